/**
 * The numbers that a database hands out for new rows, and so the printed ones (D-…, A-…, O-…). SQLite takes them back with
 * the transaction that rolls back; PostgreSQL's sequences do not, so that a trial would leave a gap in every number it tried.
 */
import { Prisma, type Provider, type Tx } from './connect.js';

/** How far a sequence has come. `last` is in text: it may be larger than a number holds. */
interface Reached {
  readonly name: string;
  readonly last: string;
  readonly called: boolean;
}

/**
 * Runs a trial in a writing transaction: when it throws, what it changed is undone and the numbers it took are free
 * again. Nobody else has one of them by then: every writing transaction begins with the lock of the audit chain
 * (transact.ts), and this one holds it. Throws what `work` throws.
 */
export async function givingBackNumbers<T>(tx: Tx, provider: Provider, work: () => Promise<T>): Promise<T> {
  if (provider === 'sqlite') return work();
  const before = await reached(tx);
  await tx.$executeRawUnsafe('SAVEPOINT numbers');
  try {
    const done = await work();
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT numbers');
    return done;
  } catch (error) {
    await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT numbers');
    await putBack(tx, before);
    throw error;
  }
}

/** Asked of the sequences themselves: the view pg_sequences does not tell where one begins that was never called. */
async function reached(tx: Tx): Promise<Reached[]> {
  const names = await tx.$queryRaw<{ name: string }[]>`
    SELECT oid::regclass::text AS "name" FROM pg_class
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace ORDER BY oid`;
  const each = names.map(
    ({ name }, at) => `SELECT ${at} AS "at", last_value::text AS "last", is_called AS "called" FROM ${name}`,
  );
  const rows = await tx.$queryRaw<({ at: number } & Omit<Reached, 'name'>)[]>(Prisma.raw(each.join(' UNION ALL ')));
  return rows.map(({ at, last, called }) => ({ name: names[at]?.name ?? '', last, called }));
}

async function putBack(tx: Tx, before: readonly Reached[]): Promise<void> {
  const now = new Map((await reached(tx)).map((one) => [one.name, one]));
  for (const { name, last, called } of before) {
    const { last: lastNow, called: calledNow } = now.get(name) ?? {};
    if (lastNow === last && calledNow === called) continue;
    await tx.$queryRaw`SELECT setval(${name}::text::regclass, ${last}::text::bigint, ${called})`;
  }
}
