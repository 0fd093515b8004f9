/** The life of a customer (docs/commands.md prints it). With another address it begins anew: that one is verified or is not. */
export const customerStates = {
  unverified: ['verified', 'released', 'deleted'],
  verified: ['released', 'deleted'],
  released: [],
  deleted: [],
} as const;

export type CustomerState = keyof typeof customerStates;
