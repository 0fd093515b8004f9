/**
 * Raw statements of a writing transaction go to the driver directly: through Prisma's client each costs several times
 * the statement itself (docs/performance.md). Values go in and come out as they would through the client, and errors
 * are the driver's own, with its code in `cause`.
 */
import type {
  ArgType,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { Prisma } from './generated/sqlite/client.js';
import type { Statements } from './prepared-statements.js';

/** Transactions of a driver whose statements can be asked of the database itself. */
export const statementsOf = new WeakMap<Transaction, Statements>();

/** A driver's transactions that neither the client nor a time limit has ended. */
export type Open = Set<Transaction>;

/** The same driver; it keeps `open` true. */
export function followed(factory: SqlDriverAdapterFactory, open: Open): SqlDriverAdapterFactory {
  const { provider, adapterName } = factory;
  return {
    provider,
    adapterName,
    async connect() {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (level) => follow(await start(level), open);
      return adapter;
    },
  };
}

/** The client ends a transaction by a statement: from there on nothing may act in its name. */
function follow(transaction: Transaction, open: Open): Transaction {
  const run = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = (query) => {
    if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') open.delete(transaction);
    return run(query);
  };
  for (const end of ['commit', 'rollback'] as const) {
    const ended = transaction[end].bind(transaction);
    transaction[end] = () => {
      open.delete(transaction);
      return ended();
    };
  }
  open.add(transaction);
  return transaction;
}

type Text = TemplateStringsArray | Prisma.Sql;

/** A client's transaction, its raw statements without the client between. Others of its methods are as they were. */
export function direct<Tx extends object>(
  tx: Tx,
  { transaction, open, provider }: { transaction: Transaction; open: Open; provider: 'sqlite' | 'postgresql' },
): Tx {
  const queryOf = (text: Text, values: readonly unknown[]): SqlQuery => {
    const { sql, args } = writtenFor(provider, text, values);
    return { sql, args, argTypes: args.map(() => untyped) };
  };
  const driver = (): Transaction => {
    if (!open.has(transaction)) throw new Error('a statement after the end of its transaction');
    return transaction;
  };
  /** What fails changes nothing: the driver's own error is had by asking the driver too. */
  const quickly = <T>(
    run: (statements: Statements) => T,
    slowly: (driver: Transaction) => Promise<T>,
  ): T | Promise<T> => {
    const own = driver();
    const statements = statementsOf.get(own);
    if (!statements) return slowly(own);
    try {
      return run(statements);
    } catch {
      return slowly(own);
    }
  };
  const query = (one: SqlQuery) =>
    quickly<unknown[]>(
      (statements) => statements.query(one.sql, one.args),
      async (to) => objectsOf(await to.queryRaw(one)),
    );
  const execute = (one: SqlQuery) =>
    quickly(
      (statements) => statements.execute(one.sql, one.args),
      (to) => to.executeRaw(one),
    );
  const own = {
    $queryRaw: async (text: Text, ...values: unknown[]) => query(queryOf(text, values)),
    $executeRaw: async (text: Text, ...values: unknown[]) => execute(queryOf(text, values)),
    $executeRawUnsafe: async (sql: string, ...args: unknown[]) =>
      execute({ sql, args, argTypes: args.map(() => untyped) }),
  };
  // defined, not assigned: the client's own object would take an assignment for itself
  return Object.create(tx, Object.getOwnPropertyDescriptors(own)) as Tx;
}

interface Written {
  readonly sql: string;
  readonly args: unknown[];
}

/** The same template is the same text: once put together, it is found again by the driver without being read again. */
const templates = {
  sqlite: new WeakMap<TemplateStringsArray, string>(),
  postgresql: new WeakMap<TemplateStringsArray, string>(),
};

function writtenFor(provider: 'sqlite' | 'postgresql', text: Text, values: readonly unknown[]): Written {
  const put = ({ sql, text: numbered, values: args }: Prisma.Sql): Written => ({
    sql: provider === 'sqlite' ? sql : numbered,
    args,
  });
  if (!('raw' in text)) return put(text);
  // a part of SQL among the values makes another text of it each time
  if (values.some((value) => value instanceof Prisma.Sql)) return put(Prisma.sql(text, ...values));
  const known = templates[provider].get(text);
  if (known !== undefined) return { sql: known, args: [...values] };
  const written = put(Prisma.sql(text, ...values));
  templates[provider].set(text, written.sql);
  return written;
}

const untyped: ArgType = { scalarType: 'unknown', arity: 'scalar' };

// Of the driver's column types (ColumnTypeEnum) those whose values it hands over in another shape.
const int64 = 1;
const boolean = 5;
const date = 8;
const dateTime = 10;

function objectsOf({ columnNames, columnTypes, rows }: SqlResultSet): unknown[] {
  return rows.map((row) =>
    Object.fromEntries(columnNames.map((name, at) => [name, valueOf(row[at], columnTypes[at] ?? -1)])),
  );
}

function valueOf(value: unknown, type: number): unknown {
  if (value === null) return null;
  if (type === int64) return BigInt(value as string | number);
  if (type === boolean) return Boolean(value);
  return type === date || type === dateTime ? new Date(value as string) : value;
}
