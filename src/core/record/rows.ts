/** Writes many rows with one statement: a model call costs several times a raw one, a row each even more. */
import { Prisma, type Tx } from './database.js';

export type Cell = string | number | boolean | Date | null;
export type Row = Readonly<Record<string, Cell>>;

// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
const cellsAtMost = 30_000;

const names = new Map<string, Prisma.Sql>();
function name(identifier: string): Prisma.Sql {
  let sql = names.get(identifier);
  if (!sql) names.set(identifier, (sql = Prisma.raw(`"${identifier}"`)));
  return sql;
}

/** `INSERT INTO table (columns of the first row) VALUES …`, in as few statements as the databases take. */
export async function insertRows(tx: Tx, table: string, rows: readonly Row[]): Promise<void> {
  const first = rows[0];
  if (!first) return;
  const columns = Object.keys(first);
  const perStatement = Math.floor(cellsAtMost / columns.length);
  const head = Prisma.sql`INSERT INTO ${name(table)} (${Prisma.join(columns.map(name))}) VALUES `;
  for (let start = 0; start < rows.length; start += perStatement) {
    const values = rows
      .slice(start, start + perStatement)
      .map((row) => Prisma.sql`(${Prisma.join(columns.map((column) => row[column] ?? null))})`);
    await tx.$executeRaw`${head}${Prisma.join(values)}`;
  }
}
