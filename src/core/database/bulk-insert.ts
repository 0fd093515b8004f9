/** Writes many rows with one statement: a model call costs several times a raw one, a row each even more. */
import { setImmediate as breath } from 'node:timers/promises';
import { Prisma, type Tx } from './connect.js';

export type Cell = string | number | boolean | Date | null;
export type Row = Readonly<Record<string, Cell>>;

// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
const cellsAtMost = 30_000;

/** Works through many a part at a time; between two parts everything else that waits gets its turn. */
export async function inParts<T>(
  all: readonly T[],
  size: number,
  work: (part: readonly T[], done: number) => Promise<void> | void,
): Promise<void> {
  for (let start = 0; start < all.length; start += size) {
    if (start > 0) await breath();
    const part = all.slice(start, start + size);
    await work(part, start + part.length);
  }
}

/** `INSERT INTO table (columns of the first row) VALUES …`, in as few statements as the databases take. */
export async function insertRows(tx: Tx, table: string, rows: readonly Row[]): Promise<void> {
  for (const part of parts(rows)) await tx.$executeRaw(...insertion(table, part));
}

/** The same; a row whose `key` is there already is replaced, every column of it but what is to `keep`. */
export async function putRows(
  tx: Tx,
  { table, key, keep = [] }: { table: string; key: string; keep?: readonly string[] },
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== key && !keep.includes(column));
  const sets = columns.map((column) => `"${column}" = excluded."${column}"`).join(', ');
  for (const part of parts(rows))
    await tx.$executeRaw(...insertion(table, part, ` ON CONFLICT ("${key}") DO UPDATE SET ${sets}`));
}

/** The same, and answers these columns of the new rows, in no order that could be relied upon. */
export async function insertReturning<R>(
  tx: Tx,
  { table, returning }: { table: string; returning: readonly (keyof R & string)[] },
  rows: readonly Row[],
): Promise<R[]> {
  const made: R[] = [];
  for (const part of parts(rows))
    made.push(...(await tx.$queryRaw<R[]>(...insertion(table, part, ` RETURNING ${named(returning)}`))));
  return made;
}

/** As many as one statement takes. */
function parts(rows: readonly Row[]): readonly (readonly Row[])[] {
  if (rows.length <= 1) return rows.length === 0 ? [] : [rows];
  const size = Math.floor(cellsAtMost / Object.keys(rows[0] ?? {}).length);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}

/** One row is a template, whose text is put together once; many are one piece, for there are too many values to spread. */
type Inserting = readonly [TemplateStringsArray | Prisma.Sql, ...Cell[]];

function insertion(table: string, rows: readonly Row[], ending = ''): Inserting {
  const columns = Object.keys(rows[0] ?? {});
  const values: Cell[] = [];
  for (const row of rows) for (const column of columns) values.push(row[column] ?? null);
  const of = { table, columns, ending };
  return rows.length === 1 ? [templateOf(of), ...values] : [new Prisma.Sql(written(of, rows.length), values)];
}

interface Insertion {
  readonly table: string;
  readonly columns: readonly string[];
  /** What follows the values. */
  readonly ending: string;
}

/** What stands around the values of one row, by table: it comes again with every command. */
const singles = new Map<string, { readonly of: Insertion; readonly template: TemplateStringsArray }>();

function templateOf(of: Insertion): TemplateStringsArray {
  const known = singles.get(of.table);
  if (known && known.of.ending === of.ending && same(known.of.columns, of.columns)) return known.template;
  const texts = written(of, 1);
  const template = Object.assign(texts, { raw: texts });
  singles.set(of.table, { of, template });
  return template;
}

const same = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);

function written({ table, columns, ending }: Insertion, rows: number): readonly string[] {
  const between = columns.slice(1).map(() => ', ');
  const texts = [`INSERT INTO "${table}" (${named(columns)}) VALUES (`, ...between];
  for (let row = 1; row < rows; row += 1) texts.push('), (', ...between);
  return [...texts, `)${ending}`];
}

const named = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');
