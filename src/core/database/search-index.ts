/**
 * Rows by what their text holds, on SQLite: an FTS5 table has every three characters that follow each other, kept by
 * triggers (prisma/sqlite/migrations/*_search_by_value). What it finds is exactly what holds the text: nobody has to look
 * again. PostgreSQL has such an index of its own, which its LIKE uses by itself.
 */
import { Prisma, type Provider, type Tx } from './connect.js';

/** The index of a table's `searchText`. Its rows are in order of the resellers, so that one's are found without the others'. */
export type SearchTable = 'SiteSearch' | 'OrderSearch';

export interface Having {
  readonly table: SearchTable;
  /** Made by `phraseOf`. Every one of them holds. */
  readonly phrases: readonly string[];
  /** Parts that are too short for a phrase: they are looked for in the rows that the phrases find. */
  readonly short?: readonly string[];
  /** Of these resellers; nothing: of all. */
  readonly orgs: readonly number[] | undefined;
  /** More rows than these are better looked at one after the other. */
  readonly atMost: number;
}

/** Shorter parts are in no index. */
const lengthAtLeast = 3;

/**
 * That a row's text has this part somewhere, for `idsHaving`; nothing for a part that is too short to be in an index.
 * @param part folded as `searchText` is
 * @param column of the index: the value that has it; else any
 */
export function phraseOf(part: string, column?: string): string | undefined {
  if ([...part].length < lengthAtLeast) return undefined;
  // in quotes a part is compared as it stands, whatever is in it
  const quoted = `"${part.replaceAll('"', '""')}"`;
  return column === undefined ? quoted : `${column} : ${quoted}`;
}

/** A row of an index is numbered by its reseller, times this, and its own number. */
const orgStep = Prisma.raw(String(2 ** 32));

/** The ids of all rows that have all of that, the newest first; nothing when there are more, or no such index. */
export async function idsHaving(tx: Tx, provider: Provider, wanted: Having): Promise<number[] | undefined> {
  const { table, phrases, short = [], orgs = [undefined], atMost } = wanted;
  if (provider !== 'sqlite' || phrases.length === 0) return undefined;
  const name = Prisma.raw(`"${table}"`);
  const found: number[] = [];
  for (const org of orgs) {
    // the driver hands over every number as one with a fraction, which the index takes for no bound at all
    const first = Prisma.sql`CAST(${org} AS INTEGER) * ${orgStep}`;
    const own =
      org === undefined ? Prisma.empty : Prisma.sql`AND "rowid" BETWEEN ${first} AND ${first} + ${orgStep} - 1`;
    const [row] = await tx.$queryRaw<{ ids: string }[]>`
      SELECT json_group_array("rowid" % ${orgStep}) AS "ids" FROM (
        SELECT "rowid" FROM ${name} WHERE ${name} MATCH ${phrases.join(' AND ')} ${own}
        LIMIT ${atMost + 1 - found.length})`;
    found.push(...(JSON.parse(row?.ids ?? '[]') as number[]));
    if (found.length > atMost) return undefined;
  }
  return (short.length === 0 ? found : await having(tx, { table, short }, found)).sort((a, b) => b - a);
}

async function having(
  tx: Tx,
  { table, short }: { table: SearchTable; short: readonly string[] },
  ids: readonly number[],
): Promise<number[]> {
  const tests = short.map((part) => Prisma.sql`"searchText" LIKE ${`%${part}%`}`);
  const [row] = await tx.$queryRaw<{ ids: string }[]>`
    SELECT json_group_array("id") AS "ids" FROM ${rowsOfIds(table, ids)} WHERE ${Prisma.join(tests, ' AND ')}`;
  return JSON.parse(row?.ids ?? '[]') as number[];
}

/** What `FROM` takes: a table's rows of these ids, one after the other, on SQLite. */
export function rowsOfIds(table: SearchTable, ids: readonly number[]): Prisma.Sql {
  const rows = Prisma.raw(table === 'SiteSearch' ? '"Site"' : '"Order"');
  // a CROSS JOIN keeps SQLite from beginning with another index
  return Prisma.sql`(SELECT "value" AS "found" FROM json_each(${JSON.stringify(ids)})) CROSS JOIN ${rows} ON "id" = "found"`;
}
