/** Limits on attempts: one row each, counted over a sliding window (catalogue `policy`). */
import type { Tx } from '../record/database.js';

export interface Limit {
  readonly count: number;
  readonly windowMs: number;
}

/** How many attempts under `key` are still free in the window before `now`; zero or less: refuse. */
export async function attemptsLeft(tx: Tx, key: string, more: { limit: Limit; now: Date }): Promise<number> {
  const since = new Date(more.now.getTime() - more.limit.windowMs);
  return more.limit.count - (await tx.attempt.count({ where: { key, at: { gt: since } } }));
}

/** Counts one attempt; it stays counted only if the unit commits. */
export async function countAttempt(tx: Tx, key: string, now: Date): Promise<void> {
  await tx.attempt.create({ data: { key, at: now } });
}
