/**
 * SQLite's statements, prepared once: the adapter prepares each anew every time it runs, most of what it costs. A raw
 * statement need not go through the adapter at all, which tells its log of each one and asks for its columns each time:
 * together that is an eighth of what a declaration costs (docs/performance.md).
 */
import type { ColumnDefinition, Database, Statement } from 'better-sqlite3';

// Few texts come often; those with many rows in them never come again.
const keptAtMost = 500;
const keptTextAtMost = 4_000;

/** What the adapter asks of a statement that it has bound. */
type BoundStatement = Pick<Statement, 'reader' | 'run' | 'columns'> & { readonly raw: () => Pick<Statement, 'all'> };

type Prepared = Statement<unknown[]>;

/** A database's own statements, without the adapter between. They throw what better-sqlite3 throws. */
export interface Statements {
  /** The rows as Prisma's client would hand them over. */
  query(sql: string, args: readonly unknown[]): Record<string, unknown>[];
  /** How many rows it changed. */
  execute(sql: string, args: readonly unknown[]): number;
}

/** Makes a database's own `prepare` remember the statements it made last. */
export function rememberStatements(database: Database): Statements {
  const prepare = database.prepare.bind(database) as (sql: string) => Prepared;
  const known = new Map<string, Prepared>();
  const remembered = (sql: string): Prepared => {
    if (sql.length > keptTextAtMost) return prepare(sql);
    const one = known.get(sql);
    if (one) return one;
    const statement = prepare(sql);
    known.set(sql, statement);
    // the oldest goes, however often it is used: it comes back at once, and nobody has to count
    const [oldest] = known.size > keptAtMost ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return statement;
  };
  const own = (sql: string): unknown => {
    const statement = remembered(sql);
    if (sql.length > keptTextAtMost) return statement;
    return { bind: (args: unknown[]) => bound(statement, args), run: (...args: unknown[]) => statement.run(...args) };
  };
  database.prepare = own as Database['prepare'];
  return {
    query: (sql, args) => objectsOf(remembered(sql), args.map(stored)),
    execute: (sql, args) => remembered(sql).run(args.map(stored)).changes,
  };
}

/**
 * A statement's own `bind` can be called only once: this one is for a single run. It has run before its columns are
 * told, for a table may have changed since it was prepared.
 */
function bound(statement: Prepared, args: unknown[]): BoundStatement {
  let rows: unknown[] | undefined;
  const all = () => (rows ??= statement.raw().all(args));
  const columns = () => {
    all();
    return statement.columns();
  };
  return { reader: statement.reader, run: () => statement.run(args), columns, raw: () => ({ all }) };
}

/** As the adapter stores it: a bool as 1 or 0, an instant as text. */
function stored(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? `${value.toISOString().slice(0, -1)}+00:00` : value;
}

interface Column {
  readonly name: string;
  readonly read: (value: unknown) => unknown;
}

const columnsOf = new WeakMap<Prepared, readonly Column[]>();

function objectsOf(statement: Prepared, args: readonly unknown[]): Record<string, unknown>[] {
  if (!statement.reader) {
    statement.run(args);
    return [];
  }
  const rows = statement.raw().all(args) as unknown[][];
  if (rows.length === 0) return [];
  let columns = columnsOf.get(statement);
  // a table may have changed since
  if (columns?.length !== rows[0]?.length) {
    columns = statement.columns().map(({ name, type }) => ({ name, read: readerOf(type) }));
    columnsOf.set(statement, columns);
  }
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (const [at, { name, read }] of (columns ?? []).entries())
      object[name] = row[at] === null ? null : read(row[at]);
    return object;
  });
}

/** From what the driver hands over to what the client does, by the type a column was declared with. */
function readerOf(type: ColumnDefinition['type']): Column['read'] {
  switch (type?.toUpperCase()) {
    case 'DATETIME':
      return (value) => new Date(value as string);
    case 'BOOLEAN':
      return Boolean;
    case 'INTEGER':
      return Number;
    default:
      return (value) => value;
  }
}
