/**
 * Which rows of the outbox an outbox worker takes next (X5): due, oldest first, and only those that have a place. A channel has
 * so many places, one destination only some of them, so that who is slow never has them all.
 */
import { Prisma, type Outbox, type Tx } from './connect.js';
import { pauseOf } from './mail-pause.js';
import type { Database } from './transact.js';

export type Channel = 'mail' | 'chat';

/** A delivery that has a place, or asks for one. */
export interface Placed {
  readonly channel: string;
  readonly destination: string;
}

/** How long a row is one process's: whoever died over it is followed by another after that, in milliseconds. */
export const leaseMs = 2 * 60_000;

const placesOfOne = 3;

/** What shares a fate: mails to one domain, chat notices to one person or to the channel. */
export const placedOf = ({ channel, recipient }: Pick<Outbox, 'channel' | 'recipient'>): Placed => ({
  channel,
  destination: channel === 'mail' ? recipient.slice(recipient.lastIndexOf('@')).toLowerCase() : recipient,
});

export interface Claiming {
  readonly database: Pick<Database, 'read' | 'transact'>;
  /** How many deliveries of each channel may be under way at once. */
  readonly places: ReadonlyMap<Channel, number>;
  /** Looked at when it is chosen: a place that is free by then is given away too. */
  readonly underWay: Iterable<Placed>;
  readonly clock: () => Date;
}

export interface Claimed {
  /** Oldest first. */
  readonly rows: readonly Outbox[];
  /** The places of a channel ran out: more may wait. */
  readonly more: boolean;
}

/**
 * Leases what is due and has a place beside what is under way. While mail is paused no mail is taken. Most looks find
 * nothing: that costs a read, not a write. Who knows of `more` does without, and shares a transaction with what is
 * recorded at that moment.
 */
export async function claimDue(claiming: Claiming, { more }: { more: boolean }): Promise<Claimed> {
  const { database, clock } = claiming;
  const nothing: Claimed = { rows: [], more: false };
  if (!more && (await database.read((tx) => withPlace(tx, claiming))).rows.length === 0) return nothing;
  return database.transact(async ({ tx }) => {
    const chosen = await withPlace(tx, claiming);
    if (chosen.rows.length === 0) return nothing;
    const leasedUntil = new Date(clock().getTime() + leaseMs);
    await tx.$executeRaw`
      UPDATE "Outbox" SET "state" = 'sending', "leasedUntil" = ${leasedUntil}, "attempts" = "attempts" + 1
      WHERE "id" IN (${Prisma.join(chosen.rows.map(({ id }) => id))})`;
    return { ...chosen, rows: chosen.rows.map((row) => ({ ...row, attempts: row.attempts + 1 })) };
  });
}

async function withPlace(tx: Tx, { places, underWay, clock }: Claiming): Promise<Claimed> {
  const [paused, now] = [(await pauseOf(tx)) !== undefined, clock()];
  const all: Claimed[] = [];
  for (const [channel, most] of places) {
    if (channel === 'mail' && paused) continue;
    const taken = [...underWay].filter((one) => one.channel === channel).map(({ destination }) => destination);
    all.push(await ofChannel(tx, { channel, most, taken, now }));
  }
  return { rows: all.flatMap(({ rows }) => rows), more: all.some(({ more }) => more) };
}

interface Choosing {
  readonly channel: Channel;
  readonly most: number;
  /** The destinations under way; grows by what is chosen. */
  readonly taken: string[];
  readonly now: Date;
}

/** Looks on behind what has no place, until the places are full or there is no more. */
async function ofChannel(tx: Tx, { channel, most, taken, now }: Choosing): Promise<Claimed> {
  const ofOne = Math.min(placesOfOne, most - 1);
  const isFull = (destination: string) => taken.filter((one) => one === destination).length >= ofOne;
  const chosen: Outbox[] = [];
  for (let after = 0, free = most - taken.length; free > 0; free = most - taken.length) {
    const full = [...new Set(taken)].filter(isFull);
    const rows = await dueRows(tx, { channel, now, after, full, atMost: free });
    for (const row of rows) {
      after = row.id;
      const { destination } = placedOf(row);
      if (isFull(destination)) continue;
      taken.push(destination);
      chosen.push(row);
    }
    if (rows.length < free) return { rows: chosen, more: false };
  }
  return { rows: chosen, more: true };
}

/** Queued and due, or of a lease that ran out (a crash): then taken over under the same Message-ID. */
function dueRows(
  tx: Tx,
  {
    channel,
    now,
    after,
    full,
    atMost,
  }: Pick<Choosing, 'channel' | 'now'> & { after: number; full: string[]; atMost: number },
): Promise<Outbox[]> {
  const others = full.map(
    (to) => Prisma.sql`AND "recipient" NOT LIKE ${`%${to.replace(/[\\%_]/g, '\\$&')}`} ESCAPE '\\'`,
  );
  return tx.$queryRaw<Outbox[]>`
    SELECT * FROM "Outbox"
    WHERE "channel" = ${channel} AND "dueAt" <= ${now} AND "id" > ${after}
      AND ("state" IN ('queued', 'uncertain') OR ("state" = 'sending' AND "leasedUntil" <= ${now}))
      ${others.length > 0 ? Prisma.join(others, ' ') : Prisma.empty}
    ORDER BY "id" LIMIT ${atMost}`;
}
