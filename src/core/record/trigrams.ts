/**
 * Rows by what their text holds, on SQLite: an FTS5 table has every three characters that follow each other, kept by
 * triggers (prisma/sqlite/migrations/*_search). PostgreSQL has such an index of its own, which its LIKE uses by itself.
 */
import { Prisma, type Provider, type Tx } from './database.js';

/** The index of a table's `searchText`. */
export type SearchTable = 'SiteSearch' | 'OrderSearch';

export interface Having {
  readonly table: SearchTable;
  /** Folded as `searchText` is. */
  readonly parts: readonly string[];
  /** More rows than these are better looked at one after the other. */
  readonly atMost: number;
}

/** Shorter parts are in no index. */
const lengthAtLeast = 3;

/**
 * The ids of the rows whose text has all these parts, but for those too short to be in an index, as a JSON array.
 * Nothing when there are more of them, no part is long enough, or the database is not SQLite.
 */
export async function idsHaving(tx: Tx, provider: Provider, wanted: Having): Promise<string | undefined> {
  const parts = wanted.parts.filter((part) => [...part].length >= lengthAtLeast);
  if (provider !== 'sqlite' || parts.length === 0) return undefined;
  const table = Prisma.raw(`"${wanted.table}"`);
  // in quotes a part is compared as it stands, whatever is in it
  const phrases = parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(' AND ');
  const [row] = await tx.$queryRaw<{ ids: string; n: number | bigint }[]>`
    SELECT json_group_array("rowid") AS "ids", COUNT(*) AS "n"
    FROM (SELECT "rowid" FROM ${table} WHERE ${table} MATCH ${phrases} LIMIT ${wanted.atMost + 1})`;
  return row === undefined || Number(row.n) > wanted.atMost ? undefined : row.ids;
}
