/**
 * Brings a database up to the migrations the program carries: forward only, all missing ones in one transaction. Keeps the
 * table Prisma's own tools keep, so that they can be used on the same database.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SqlDriverAdapter, SqlQueryable } from '@prisma/driver-adapter-utils';
import { isBusy } from './busy.js';
import type { Provider } from './connect.js';

export interface MigrationTarget {
  readonly provider: Provider;
  /** `file:` with an absolute path, or `postgres://…`. */
  readonly url: string;
  /** prisma/<provider>/migrations, as an absolute path. */
  readonly migrationsDir: string;
}

/** The database was migrated by a newer program. Nothing was changed. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

/** The database's history is not the one the program carries, or a migration could not be applied. Nothing was changed. */
export class BrokenMigration extends Error {
  override readonly name = 'BrokenMigration';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const waitAtMostMs = 60_000;

/**
 * Applies what is missing and answers the names, oldest first. When several processes start at once, one applies and the
 * others wait, at most a minute. Throws NewerDatabase or BrokenMigration with a sentence for the operator, and what the
 * driver says when the database can't be reached or stays locked.
 */
export async function migrate({ provider, url, migrationsDir }: MigrationTarget): Promise<{ applied: string[] }> {
  const known = migrationsIn(migrationsDir);
  const database = provider === 'sqlite' ? await openSqlite(url) : await openPostgres(url);
  try {
    // Nearly every start ends here, without having locked anything.
    if (missing(known, await history(database.adapter)).length === 0) return { applied: [] };
    return { applied: await database.locked((session) => applyMissing(session, database, known)) };
  } finally {
    await database.adapter.dispose();
  }
}

function migrationsIn(dir: string): Migration[] {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  return names.map((name) => {
    const bytes = readFileSync(join(dir, name, 'migration.sql'));
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
  });
}

interface Past {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

async function history(session: SqlQueryable): Promise<Past[]> {
  const sql = `SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`;
  try {
    const { rows } = await session.queryRaw({ sql, args: [], argTypes: [] });
    return rows.map(([name, checksum, end]) => ({
      name: String(name),
      checksum: String(checksum),
      finished: end !== null,
    }));
  } catch (error) {
    if (causeOf(error).kind === 'TableDoesNotExist') return [];
    throw error;
  }
}

/** What is to be applied; throws when the past is not a part of what is known. */
function missing(known: readonly Migration[], past: readonly Past[]): Migration[] {
  const checksums = new Map(known.map(({ name, checksum }) => [name, checksum]));
  for (const { name, checksum, finished } of past) {
    if (!checksums.has(name))
      throw new NewerDatabase(
        `This database is newer than this program, which does not know its migration ${name}: start the newer program.`,
      );
    if (!finished)
      throw new BrokenMigration(
        `The migration ${name} once stopped half-way in this database: restore a backup, or repair it and tell \`prisma migrate resolve\`.`,
      );
    if (checksum !== checksums.get(name))
      throw new BrokenMigration(
        `The migration ${name} was applied to this database with another text than the program now carries: bring that text back.`,
      );
  }
  const applied = new Set(past.map(({ name }) => name));
  return known.filter(({ name }) => !applied.has(name));
}

async function applyMissing(session: SqlQueryable, database: Database, known: readonly Migration[]): Promise<string[]> {
  // before the look at it: on PostgreSQL a missing table would end the transaction
  await database.script(session, database.historyTable);
  const todo = missing(known, await history(session));
  for (const { name, sql, checksum } of todo) {
    await record(session, database.begun, [checksum, name]);
    try {
      await database.script(session, sql);
    } catch (error) {
      const reason = causeOf(error).originalMessage ?? String(error);
      throw new BrokenMigration(`The migration ${name} failed, and nothing was changed: ${reason}`, { cause: error });
    }
    await record(session, database.finished, [name]);
  }
  return todo.map(({ name }) => name);
}

async function record(session: SqlQueryable, sql: string, args: string[]): Promise<void> {
  await session.executeRaw({ sql, args, argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' })) });
}

function causeOf(error: unknown): { readonly kind?: string; readonly originalMessage?: string } {
  return error instanceof Error && typeof error.cause === 'object' && error.cause !== null ? error.cause : {};
}

/** What differs between the two databases. The history table is the one Prisma's engine makes, to the letter. */
interface Database {
  readonly adapter: SqlDriverAdapter;
  readonly historyTable: string;
  readonly begun: string;
  readonly finished: string;
  /** Several statements, in the session's transaction. */
  script(session: SqlQueryable, sql: string): Promise<unknown>;
  /** Runs `work` in a transaction nobody else migrates in; commits, or rolls back and throws what `work` threw. */
  locked<T>(work: (session: SqlQueryable) => Promise<T>): Promise<T>;
}

async function openSqlite(url: string): Promise<Database> {
  const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
  mkdirSync(dirname(url.replace(/^file:/, '')), { recursive: true, mode: 0o700 });
  // The driver waits on Node's only thread, so it waits shortly and `patiently` the rest.
  const adapter = await new PrismaBetterSqlite3({ url, timeout: 50 }).connect();
  const script = (_: SqlQueryable, sql: string) => adapter.executeScript(sql);
  // Foreign keys are off while tables are made anew, and looked at afterwards: SQLite's own advice for changing tables.
  await patiently(() =>
    adapter.executeScript('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF'),
  );
  return {
    adapter,
    script,
    historyTable: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`,
    begun: `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at") VALUES (lower(hex(randomblob(16))), ?, ?, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))`,
    finished: `UPDATE "_prisma_migrations" SET "finished_at" = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'), "applied_steps_count" = 1 WHERE "migration_name" = ? AND "rolled_back_at" IS NULL`,
    async locked(work) {
      await patiently(() => adapter.executeScript('BEGIN IMMEDIATE'));
      try {
        const result = await work(adapter);
        const { rows } = await adapter.queryRaw({ sql: 'PRAGMA foreign_key_check', args: [], argTypes: [] });
        if (rows[0])
          throw new BrokenMigration(
            `A migration would leave rows of ${String(rows[0][0])} without their ${String(rows[0][2])}; nothing was changed.`,
          );
        await adapter.executeScript('COMMIT');
        return result;
      } catch (error) {
        // Some faults have rolled back already.
        await adapter.executeScript('ROLLBACK').catch(() => {});
        throw error;
      }
    },
  };
}

async function patiently(attempt: () => Promise<unknown>): Promise<void> {
  for (const giveUpAt = performance.now() + waitAtMostMs; ; await pause(20)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
  }
}

async function openPostgres(url: string): Promise<Database> {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const adapter = await new PrismaPg({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 }).connect();
  // Without arguments a text of several statements goes to the server as it is; executeScript would cut it at each semicolon.
  const script = (session: SqlQueryable, sql: string) => session.executeRaw({ sql, args: [], argTypes: [] });
  return {
    adapter,
    script,
    historyTable: `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`,
    begun: `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES (gen_random_uuid()::text, $1, $2, clock_timestamp())`,
    finished: `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    async locked(work) {
      const transaction = await adapter.startTransaction();
      try {
        await script(transaction, `SET LOCAL lock_timeout = ${waitAtMostMs}`);
        // The number Prisma's own tools lock, so that they and we exclude each other.
        await script(transaction, 'SELECT pg_advisory_xact_lock(72707369)');
        const result = await work(transaction);
        await script(transaction, 'COMMIT');
        await transaction.commit();
        return result;
      } catch (error) {
        await script(transaction, 'ROLLBACK').catch(() => {});
        await transaction.rollback();
        throw error;
      }
    },
  };
}
