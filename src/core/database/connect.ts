/** Connecting to the database. Nothing outside src/core/database opens one. */
import type { SqlDriverAdapter, SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import type { Database } from 'better-sqlite3';
import { direct, followed, statementsOf, type Open } from './statements-by-hand.js';
import { Prisma, type PrismaClient } from './generated/sqlite/client.js';
import { inTurn } from './in-turn.js';
import { rememberStatements, type Statements } from './prepared-statements.js';

export { isBusy } from './busy.js';
export { Prisma };
/** A type for the row of each model. */
export type * from './generated/sqlite/client.js';

/** What an interactive transaction hands out. Typed from the SQLite client; the PostgreSQL one is made of the same models. */
export type Tx = Prisma.TransactionClient;

export type Provider = 'sqlite' | 'postgresql';

type Transacts = <T>(work: (tx: Tx) => Promise<T>, limits: { maxWait: number; timeout: number }) => Promise<T>;

export interface Connection {
  readonly provider: Provider;
  /** Reads and writes. On SQLite one connection, whose transactions follow one another. */
  readonly writer: PrismaClient;
  /** A transaction of the writer, its raw statements without the client between. Throws what `work` or the driver throws. */
  readonly write: Transacts;
  /** A write through it fails. Its transactions each see one state of the database, whatever is written meanwhile. */
  readonly reader: PrismaClient;
  /** The same of the reader. */
  readonly read: Transacts;
  /** Rolls back what is open and lets go of the database. */
  readonly close: () => Promise<void>;
}

/** Which database a URL speaks of. Throws a RangeError with a sentence for anything but `file:`, `postgres:`, `postgresql:`. */
export function providerOf(url: string): Provider {
  if (url.startsWith('file:')) return 'sqlite';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgresql';
  throw new RangeError('A database URL begins with file:, postgres:// or postgresql://');
}

/**
 * Opens a migrated database and answers once it is reached. `url` is `file:` with an absolute path, or `postgres://…`.
 * Throws what the driver says when it can't be opened or reached.
 */
export async function connect({ url }: { readonly url: string }): Promise<Connection> {
  const provider = providerOf(url);
  const open: Followed = { writes: new Set(), reads: new Set() };
  const { writer, reader } = provider === 'sqlite' ? await openSqlite(url, open) : await openPostgres(url, open);
  const close = async () => {
    await Promise.all([writer.$disconnect(), reader.$disconnect()]);
  };
  try {
    // Prisma's own $connect answers before a PostgreSQL server was reached.
    await writer.$queryRaw`SELECT 1`;
    await reader.$queryRaw`SELECT 1`;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    provider,
    writer,
    reader,
    close,
    write: transacts(writer, { open: open.writes, provider }),
    read: transacts(reader, { open: open.reads, provider }),
  };
}

/** Whose transaction the driver's is, is sure when it is the only one; else the client stays between. */
function transacts(client: PrismaClient, { open, provider }: { open: Open; provider: Provider }): Transacts {
  return (work, limits) =>
    client.$transaction((tx) => {
      const [transaction, ...others] = open;
      return work(transaction && others.length === 0 ? direct(tx, { transaction, open, provider }) : tx);
    }, limits);
}

type Clients = Pick<Connection, 'writer' | 'reader'>;

/** The open transactions of each client. */
interface Followed {
  readonly writes: Open;
  readonly reads: Open;
}

// `minimal` spares every model call a stack trace, and an error message the source it came from.
const clientOptions = { errorFormat: 'minimal' } as const;

// The driver waits for a lock on Node's only thread: not longer than this. Whoever writes tries again off the thread.
const busyTimeoutMs = 100;

async function openSqlite(url: string, followedIn: Followed): Promise<Clients> {
  const [{ PrismaClient }, { PrismaBetterSqlite3 }] = await Promise.all([
    import('./generated/sqlite/client.js'),
    import('@prisma/adapter-better-sqlite3'),
  ]);
  const open = (pragmas: readonly string[], transactions: Open) => {
    const adapter = prepared(new PrismaBetterSqlite3({ url, timeout: busyTimeoutMs }), pragmas);
    return new PrismaClient({ adapter: followed(adapter, transactions), ...clientOptions });
  };
  const both = ['PRAGMA synchronous = FULL', 'PRAGMA foreign_keys = ON'];
  return {
    // a savepoint keeps the pages it changes as they were: in memory, else it writes five times what the commit does
    writer: open([...both, 'PRAGMA temp_store = MEMORY'], followedIn.writes),
    // a list over 100,000 sites goes through 40 MB; the memory is taken only as it is read
    reader: open([...both, 'PRAGMA query_only = ON', 'PRAGMA cache_size = -65536'], followedIn.reads),
  };
}

/** The adapter has no place for pragmas, forgets its statements, and has one fault to be healed. A Prisma client has one SQLite connection, so once is enough. */
function prepared(factory: SqlDriverAdapterFactory, pragmas: readonly string[]): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      const statements = rememberStatements((adapter as unknown as { client: Database }).client);
      const mode = await adapter.queryRaw({ sql: 'PRAGMA journal_mode = WAL', args: [], argTypes: [] });
      if (mode.rows[0]?.[0] !== 'wal') throw new Error('This SQLite database has no write-ahead log; is it in memory?');
      await adapter.executeScript(pragmas.join(';'));
      return healing(adapter, statements);
    },
  };
}

/**
 * After a COMMIT that failed (a full disk, a deferred foreign key) the client only lets go of the connection, with the
 * transaction still open in it: the next BEGIN would fail, and every one after it wait for ever. So letting go also rolls
 * back; after a real ROLLBACK that finds nothing to do.
 */
function healing(adapter: SqlDriverAdapter, statements: Statements): SqlDriverAdapter {
  const start = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => {
    const transaction: Transaction = await start(level);
    statementsOf.set(transaction, statements);
    const release = transaction.rollback.bind(transaction);
    transaction.rollback = async () => {
      await transaction.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => {});
      await release();
    };
    return transaction;
  };
  return adapter;
}

async function openPostgres(url: string, followedIn: Followed): Promise<Clients> {
  const [{ PrismaClient: PostgresClient }, { PrismaPg }] = await Promise.all([
    import('./generated/postgresql/client.js'),
    import('@prisma/adapter-pg'),
  ]);
  const open = (options: string, transactions: Open) => {
    const config = { connectionString: url, connectionTimeoutMillis: 10_000, options };
    const driver = inTurn(new PrismaPg(config, { statementNameGenerator: statementNames() }));
    const adapter = followed(driver, transactions);
    return new PostgresClient({ adapter, ...clientOptions }) as unknown as PrismaClient;
  };
  return {
    writer: open('', followedIn.writes),
    reader: open(
      '-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read',
      followedIn.reads,
    ),
  };
}

// The server keeps a named statement for as long as its connection lives: only so many, and no many-row inserts.
const namesAtMost = 500;
const namedTextAtMost = 4_000;

/**
 * A statement with a name is read and planned once a connection: half the time of each call. Those without arguments
 * (BEGIN, SAVEPOINT) are quicker sent as they are; an empty name means that.
 */
function statementNames(): (query: { readonly sql: string; readonly args: readonly unknown[] }) => string {
  const names = new Map<string, string>();
  return ({ sql, args }) => {
    if (args.length === 0 || sql.length > namedTextAtMost) return '';
    const known = names.get(sql);
    if (known !== undefined || names.size >= namesAtMost) return known ?? '';
    const name = `guichet_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
