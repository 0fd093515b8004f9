/** SQLite's statements, prepared once: the adapter prepares each anew every time it runs, most of what it costs. */
import type { Database, Statement } from 'better-sqlite3';

// Few texts come often; those with many rows in them never come again.
const keptAtMost = 500;
const keptTextAtMost = 4_000;

/** What the adapter asks of a statement that it has bound. */
type Asked = Pick<Statement, 'reader' | 'run' | 'columns'> & { readonly raw: () => Pick<Statement, 'all'> };

/** Makes a database's own `prepare` remember the statements used last. */
export function rememberStatements(database: Database): void {
  const prepare = database.prepare.bind(database) as (sql: string) => Statement<unknown[]>;
  const known = new Map<string, Statement<unknown[]>>();
  const remembered = (sql: string): Statement<unknown[]> => {
    const statement = known.get(sql) ?? prepare(sql);
    // back to the end of the row: the first is the one that was not used for longest
    known.delete(sql);
    known.set(sql, statement);
    const [oldest] = known.keys();
    if (known.size > keptAtMost && oldest !== undefined) known.delete(oldest);
    return statement;
  };
  const own = (sql: string): unknown => {
    if (sql.length > keptTextAtMost) return prepare(sql);
    const statement = remembered(sql);
    return { bind: (args: unknown[]) => bound(statement, args), run: (...args: unknown[]) => statement.run(...args) };
  };
  database.prepare = own as Database['prepare'];
}

/**
 * A statement's own `bind` can be called only once: this one is for a single run. It has run before its columns are
 * told, for a table may have changed since it was prepared.
 */
function bound(statement: Statement<unknown[]>, args: unknown[]): Asked {
  let rows: unknown[] | undefined;
  const all = () => (rows ??= statement.raw().all(args));
  const columns = () => {
    all();
    return statement.columns();
  };
  return { reader: statement.reader, run: () => statement.run(args), columns, raw: () => ({ all }) };
}
