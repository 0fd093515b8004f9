/** The life of a site change (docs/commands.md prints it). A move not listed is refused as `state.wrong`. */

export const siteChangeStates = {
  submitted: ['applied', 'returned', 'refused', 'cancelled'],
  returned: ['submitted', 'cancelled'],
  applied: [],
  refused: [],
  cancelled: [],
} as const;

export type SiteChangeState = keyof typeof siteChangeStates;
