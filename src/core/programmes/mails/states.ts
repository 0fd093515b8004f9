/** The life of a mail that came in (docs/commands.md prints this table); it begins held, answered or ignored. */
export const inboundMailStates = {
  answered: [],
  ignored: [],
  held: ['released', 'discarded', 'expired'],
  released: [],
  discarded: [],
  expired: [],
} as const;

export type InboundMailState = keyof typeof inboundMailStates;
