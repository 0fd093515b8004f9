/** Limits on attempts: one row each, counted over a sliding window (catalogue `policy`). */
import type { Tx } from '../database/connect.js';
import { Refusal } from './refusal.js';

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

/** A unit of work as far as counting takes it. */
interface Counting {
  readonly tx: Tx;
  readonly now: Date;
  /** What was counted, kept even where the unit is a dry run and rolls back. */
  readonly told: string[];
}

/** Counts an attempt that tells the asker something about somebody else: a dry run tells as much, so it counts as much. */
export async function countTelling(work: Counting, key: string): Promise<void> {
  await countAttempt(work.tx, key, work.now);
  work.told.push(key);
}

/** The same, refused when there have been too many. @throws {Refusal} `rate.limited` */
export async function tellAtMost(work: Counting, key: string, limit: Limit): Promise<void> {
  if ((await attemptsLeft(work.tx, key, { limit, now: work.now })) <= 0)
    throw new Refusal('rate.limited', { minutes: Math.ceil(limit.windowMs / 60_000) });
  await countTelling(work, key);
}

/** Dry runs of what costs something when it is done, and tells whether an address is known. */
export const trialsAnHour: Limit = { count: 100, windowMs: 3_600_000 };

/** How long until one more attempt under `key` is free, in seconds, when none is now. */
export async function freeInS(tx: Tx, key: string, more: { limit: Limit; now: Date }): Promise<number> {
  const [at, windowMs] = [more.now.getTime(), more.limit.windowMs];
  const oldest = await tx.attempt.findFirst({
    where: { key, at: { gt: new Date(at - windowMs) } },
    orderBy: { at: 'asc' },
    select: { at: true },
  });
  return Math.max(1, Math.ceil(((oldest?.at.getTime() ?? at) + windowMs - at) / 1000));
}

/** Forgets what has left the window: for a key that is counted many times a minute, day and night. */
export async function dropOldAttempts(tx: Tx, key: string, more: { limit: Limit; now: Date }): Promise<void> {
  await tx.attempt.deleteMany({ where: { key, at: { lte: new Date(more.now.getTime() - more.limit.windowMs) } } });
}

/** Where a try comes from. An IPv6 customer has a whole /64 to try from. */
export function placeOf(ip: string | undefined): string {
  if (ip === undefined) return 'anywhere';
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = [], tail = []] = plain.split('::').map((half) => half.split(':').filter(Boolean));
  return `${[...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail].slice(0, 4).join(':')}::/64`;
}
