/** The life of an approval (docs/commands.md prints this table). */
export const approvalStates = {
  pending: ['approved', 'refused', 'void', 'expired', 'cancelled'],
  approved: [],
  refused: [],
  void: [],
  expired: [],
  cancelled: [],
} as const;

export type ApprovalState = keyof typeof approvalStates;
