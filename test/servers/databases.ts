/** The databases the core is tested on: `describe.each(databases())('… on $name', ({ fresh }) => …)`. */
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, test } from 'vitest';
import type { Provider } from '../../src/core/database/connect.js';
import { migrate } from '../../src/core/database/migrate.js';
import { migrationsDir } from './templates.js';

export interface TestDatabase {
  readonly url: string;
  /** Close every connection to it first. */
  readonly drop: () => Promise<void>;
}

export interface TestProvider {
  readonly name: Provider;
  /** A new, migrated database. */
  readonly fresh: () => Promise<TestDatabase>;
  /** A new database, not migrated. */
  readonly empty: () => Promise<TestDatabase>;
}

/**
 * SQLite, and PostgreSQL where its binaries are. Without them the run shows a skipped test that says so, and fails where
 * the environment says CI=true.
 */
export function databases(): TestProvider[] {
  if (inject('databases').postgresql) return [sqlite, postgresql];
  if (process.env['CI'] === 'true') throw new Error('No PostgreSQL binaries (initdb, postgres) on this machine');
  test.skip('on postgresql: no binaries (initdb, postgres) on this machine', () => {});
  return [sqlite];
}

const sqlite: TestProvider = {
  name: 'sqlite',
  empty: () => Promise.resolve(emptySqlite()),
  async fresh() {
    const database = emptySqlite();
    copyFileSync(await template(), database.url.slice('file:'.length));
    return database;
  },
};

function emptySqlite(): TestDatabase {
  const dir = mkdtempSync(join(inject('databases').dir, 'sqlite-'));
  return {
    url: `file:${join(dir, 'guichet.db')}`,
    drop: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Migrated once a test file; its log is empty again once nobody has it open, so the one file is all of it. */
let templateFile: Promise<string> | undefined;
function template(): Promise<string> {
  return (templateFile ??= (async () => {
    const dir = mkdtempSync(join(inject('databases').dir, 'template-'));
    const path = join(dir, 'template.db');
    await migrate({ provider: 'sqlite', url: `file:${path}`, migrationsDir: migrationsDir('sqlite') });
    if (existsSync(`${path}-wal`)) throw new Error('The template database still has a log');
    return path;
  })());
}

const postgresql: TestProvider = {
  name: 'postgresql',
  fresh: () => asked('/fresh'),
  empty: () => asked('/empty'),
};

async function asked(path: string): Promise<TestDatabase> {
  const url = await answered(path, 'POST');
  return { url, drop: async () => void (await answered(new URL(url).pathname, 'DELETE')) };
}

async function answered(path: string, method: string): Promise<string> {
  const response = await fetch(inject('databases').url + path, { method });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
