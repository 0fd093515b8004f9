/** The lives of a domain, of its owner's address and of what is ordered at the registrar (docs/commands.md prints them). */

/** As stored. */
export const domainStates = {
  requested: ['uncertain', 'registering', 'transferring', 'failed'],
  uncertain: ['registering', 'transferring', 'failed'],
  registering: ['active', 'failed'],
  transferring: ['active', 'failed'],
  active: ['suspended', 'transferred-out'],
  suspended: ['active', 'transferred-out'],
  failed: [],
  'transferred-out': [],
} as const;

export type DomainState = keyof typeof domainStates;

/** What a domain's dates alone make of it, in their order; never stored. A renewal brings the first two back. */
export const agedStates = {
  expired: ['active', 'redemption'],
  redemption: ['active', 'pending-delete'],
  'pending-delete': ['gone'],
  gone: [],
} as const;

export type AgedState = keyof typeof agedStates;

export const ownerStates = {
  unverified: ['pending', 'verified'],
  pending: ['verified', 'overdue'],
  overdue: ['verified'],
  verified: [],
} as const;

export type OwnerState = keyof typeof ownerStates;

export const taskStates = {
  waiting: ['done', 'failed', 'uncertain'],
  uncertain: ['done', 'failed'],
  done: [],
  failed: [],
} as const;

export type TaskState = keyof typeof taskStates;
