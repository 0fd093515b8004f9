/** The life of an organisation (docs/commands.md prints it). Becoming a reseller is permanent (G1). */
export const organisationStates = {
  active: ['reseller'],
  reseller: ['suspended'],
  suspended: ['reseller'],
} as const;

export type OrganisationState = keyof typeof organisationStates;
