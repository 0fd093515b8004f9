/** The renewal clockwork's work in parts: each part a short transaction, and a domain that breaks one breaks it alone. */
import type { Desk, Work } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import { Prisma } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import type { Unit } from '../../database/transact.js';
import type { Window } from './planning.js';

/** One day's run, handed from step to step. */
export interface DayRun {
  readonly desk: Desk;
  readonly workOf: (unit: Unit) => Work;
  /** The desk's own day that it is about. */
  readonly day: string;
  /** Tells other processes that this one is at work; called in each part's transaction. */
  readonly holds: (unit: Unit) => Promise<void>;
  /** What could not be done, by the name of what it is about. */
  readonly faults: { readonly about: string; readonly error: unknown }[];
}

/**
 * Works through `all`, `size` at a time, each part in a transaction. A part that throws is done again one by one, so that
 * the one that breaks it is a fault of its own and keeps none of the others waiting.
 * @param of.about what a fault is called by
 */
export async function inTransactions<T>(
  run: DayRun,
  all: readonly T[],
  of: { size: number; about: (one: T) => string; work: (work: Work, part: readonly T[]) => Promise<void> },
): Promise<void> {
  const attempt = (part: readonly T[]) =>
    run.desk.database.transact(async (unit) => {
      await run.holds(unit);
      await of.work(run.workOf(unit), part);
    });
  await inParts(all, of.size, async (part) => {
    try {
      await attempt(part);
    } catch (error) {
      if (part.length === 1) return void run.faults.push({ about: of.about(part[0] as T), error });
      for (const one of part)
        await attempt([one]).catch((own: unknown) => run.faults.push({ about: of.about(one), error: own }));
    }
  });
}

/** A domain that a window has found. */
export interface Picked {
  readonly id: number;
  readonly name: string;
  readonly expiresOn: string;
}

/**
 * Running domains in one of these windows for which `but` holds too, by their days. Of each only what it is found again by.
 * One statement for all: the bounds around them are what the index is asked for.
 */
export async function pick(tx: Tx, windows: readonly Window[], but: Prisma.Sql): Promise<Picked[]> {
  const within = windows.flatMap((window) => conditionOf(window) ?? []);
  if (within.length === 0) return [];
  const after = windows.reduce((least, one) => (one.after < least ? one.after : least), windows[0]?.after ?? '');
  const until = windows.reduce((most, one) => (one.until > most ? one.until : most), '');
  const rows = await tx.$queryRaw<{ id: number | bigint; name: string; expiresOn: string }[]>`
    SELECT d."id", d."name", d."expiresOn" FROM "Domain" d
    WHERE d."state" IN ('active', 'suspended') AND d."expiresOn" > ${after} AND d."expiresOn" <= ${until}
      AND (${Prisma.join(within, ' OR ')}) AND ${but}
    ORDER BY d."expiresOn", d."id"`;
  return rows.map(({ id, name, expiresOn }) => ({ id: Number(id), name, expiresOn }));
}

function conditionOf({ tlds, other, after, until }: Window): Prisma.Sql | undefined {
  if (tlds.length === 0 && !other) return undefined;
  const listed = tlds.length === 0 ? Prisma.sql`1 = 0` : Prisma.sql`d."tld" IN (${Prisma.join([...tlds])})`;
  const of = other ? Prisma.sql`NOT ${listed}` : listed;
  return Prisma.sql`(d."expiresOn" > ${after} AND d."expiresOn" <= ${until} AND ${of})`;
}

/** What ends a domain's present time: of these one is under way at most. */
export const renewingKinds = ['renew', 'restore'] as const;
const underWayStates = ['waiting', 'uncertain'] as const;

/** Nothing is under way that renews the domain `d`. */
export const notRenewing = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM "RegistrarTask" t WHERE t."domainId" = d."id"
    AND t."kind" IN (${Prisma.join([...renewingKinds])}) AND t."state" IN (${Prisma.join([...underWayStates])}))`;

/** Those of these domains that are being renewed. */
export async function renewingOf(tx: Tx, domainIds: readonly number[]): Promise<ReadonlySet<number>> {
  const tasks = await tx.registrarTask.findMany({
    where: { domainId: { in: [...domainIds] }, kind: { in: [...renewingKinds] }, state: { in: [...underWayStates] } },
    select: { domainId: true },
  });
  return new Set(tasks.map(({ domainId }) => domainId));
}

/** Rows by what they have in common, in the order in which they come. */
export function groupedBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}
