/** The life of an opportunity (docs/commands.md prints it). A move not listed is refused as `state.wrong`. */

export const opportunityStates = {
  open: ['used', 'closed'],
  used: ['open'],
  closed: [],
} as const;

export type OpportunityState = keyof typeof opportunityStates;
