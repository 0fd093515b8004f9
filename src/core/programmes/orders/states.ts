/** The life of an order (docs/commands.md prints it). A move not listed is refused as `state.wrong`. */

export const orderStates = {
  draft: ['submitted', 'cancelled'],
  submitted: ['in-review', 'draft', 'cancelled'],
  'in-review': ['returned', 'refused', 'provisioning', 'done', 'draft'],
  returned: ['draft', 'submitted', 'cancelled'],
  provisioning: ['done', 'cancelled'],
  done: ['cancelled'],
  refused: [],
  cancelled: [],
} as const;

export type OrderState = keyof typeof orderStates;

/** Whether the table has the move. */
export const leadsTo = (from: OrderState, to: OrderState): boolean =>
  (orderStates[from] as readonly OrderState[]).includes(to);
