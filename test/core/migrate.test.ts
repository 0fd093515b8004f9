import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { connect, Prisma, type Connection } from '../../src/core/database/connect.js';
import { BrokenMigration, migrate, NewerDatabase } from '../../src/core/database/migrate.js';
import { databases } from '../servers/databases.js';
import { migrationsDir } from '../servers/templates.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases())('migrations on $name', ({ name: provider, empty, fresh }) => {
  const committed = readdirSync(migrationsDir(provider)).filter((name) => /^\d{14}_/.test(name));

  async function target(make = empty) {
    const { url, drop } = await make();
    cleanups.push(drop);
    return { provider, url, migrationsDir: copyOfMigrations() };
  }

  /** Ours to change. */
  function copyOfMigrations(): string {
    const dir = mkdtempSync(join(tmpdir(), 'guichet-migrations-'));
    cleanups.push(() => rmSync(dir, { recursive: true }));
    cpSync(migrationsDir(provider), dir, { recursive: true });
    return dir;
  }

  function add(dir: string, name: string, sql: string): void {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'migration.sql'), sql);
  }

  async function look<T>(url: string, at: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connect({ url });
    try {
      return await at(connection);
    } finally {
      await connection.close();
    }
  }

  const history = (url: string) =>
    look(
      url,
      ({ reader }) =>
        reader.$queryRaw<Record<string, unknown>[]>`SELECT * FROM "_prisma_migrations" ORDER BY "migration_name"`,
    );

  test('a new database gets them all, and a history as Prisma’s own tools write it', async () => {
    const to = await target();
    expect(await migrate(to)).toEqual({ applied: committed });
    expect(await look(to.url, ({ writer }) => writer.setting.count())).toBe(0);
    const rows = await history(to.url);
    expect(rows.map((row) => row['migration_name'])).toEqual(committed);
    for (const row of rows) {
      const text = readFileSync(join(to.migrationsDir, String(row['migration_name']), 'migration.sql'));
      expect(row['checksum']).toBe(createHash('sha256').update(text).digest('hex'));
      expect(row).toMatchObject({ logs: null, rolled_back_at: null });
      expect(Number(row['applied_steps_count'])).toBe(1);
      expect(row['started_at']).toBeInstanceOf(Date);
      expect(Number(row['finished_at'])).toBeGreaterThanOrEqual(Number(row['started_at']));
    }
  });

  test('a second start changes nothing', async () => {
    const to = await target();
    await migrate(to);
    const before = await history(to.url);
    expect(await migrate(to)).toEqual({ applied: [] });
    expect(await history(to.url)).toEqual(before);
  });

  test('of several processes starting at once one applies them, and all go on', async () => {
    const { url } = await target();
    const hooks = new URL('../servers/typescript.mjs', import.meta.url).href;
    const file = fileURLToPath(new URL('./migrate-child.ts', import.meta.url));
    const children = Array.from({ length: 4 }, () => fork(file, { execArgv: ['--import', hooks] }));
    cleanups.push(() => children.forEach((child) => child.kill()));
    await Promise.all(children.map((child) => once(child, 'message')));
    const answers = children.map(async (child) => (await once(child, 'message'))[0] as unknown);
    for (const child of children) child.send({ provider, url, migrationsDir: migrationsDir(provider) });
    const applied = await Promise.all(answers);
    expect(applied).toHaveLength(4);
    expect(applied.filter((answer) => JSON.stringify(answer) === JSON.stringify({ applied: committed }))).toHaveLength(
      1,
    );
    expect(applied.filter((answer) => JSON.stringify(answer) === JSON.stringify({ applied: [] }))).toHaveLength(3);
    expect(await history(url)).toHaveLength(committed.length);
  });

  test('a later migration is applied to a database in use, and keeps its rows', async () => {
    const to = await target(fresh);
    await look(to.url, ({ writer }) => writer.setting.create({ data: { name: 'kept', value: 'here; still' } }));
    add(
      to.migrationsDir,
      '29990101000000_more',
      `ALTER TABLE "Setting" ADD COLUMN "note" TEXT DEFAULT 'a;b';\nCREATE TABLE "More" ("id" INTEGER PRIMARY KEY);`,
    );
    expect(await migrate(to)).toEqual({ applied: ['29990101000000_more'] });
    const rows = await look(to.url, ({ reader }) => reader.$queryRaw`SELECT "name", "value", "note" FROM "Setting"`);
    expect(rows).toEqual([{ name: 'kept', value: 'here; still', note: 'a;b' }]);
    expect(await look(to.url, ({ reader }) => reader.$queryRaw`SELECT "id" FROM "More"`)).toEqual([]);
  });

  test('what an older desk holds is folded as what comes in now', async () => {
    const whole = await target();
    const old = mkdtempSync(join(tmpdir(), 'guichet-migrations-'));
    cleanups.push(() => rmSync(old, { recursive: true }));
    cpSync(whole.migrationsDir, old, { recursive: true });
    const since = committed.findIndex((name) => name.endsWith('_folded_numbers'));
    for (const name of committed.slice(since)) rmSync(join(old, name), { recursive: true });
    await migrate({ ...whole, migrationsDir: old });
    const at = provider === 'sqlite' ? `'2026-11-23T09:00:00.000Z'` : `timestamp '2026-11-23 09:00:00'`;
    const insert = (table: string, columns: string, rows: string[]) =>
      `INSERT INTO "${table}" (${columns}, "createdAt") VALUES ${rows.map((row) => `(${row}, ${at})`).join()}`;
    await look(whole.url, async ({ writer }) => {
      const purchases = ['f-1', 'F-1', 'a b', 'A B ', ' x'].map((one, id) => `${id + 1}, 1, '${one}', 'pro', 2`);
      await writer.$executeRawUnsafe(
        insert('Purchase', '"id", "orgId", "reference", "product", "quantity"', purchases),
      );
      const boxes = ['sn 1', 'SN1', 'Sn 2', 'SN3'].map((one, id) => `${id + 1}, 'box', 'box-${id}', 1, '${one}'`);
      await writer.$executeRawUnsafe(insert('StockUnit', '"id", "kind", "product", "orgId", "serial"', boxes));
    });
    await migrate(whole);
    await look(whole.url, async ({ reader }) => {
      const purchases = await reader.purchase.findMany({ orderBy: { id: 'asc' } });
      expect(purchases.map(({ reference }) => reference)).toEqual(['f-1', 'F-1', 'A B', 'A B ', 'X']);
      const units = await reader.stockUnit.findMany({ orderBy: { id: 'asc' } });
      expect(units.map(({ serial }) => serial)).toEqual(['SN1', 'SN1/2', 'SN2', 'SN3']);
    });
  });

  const searchName = '20261122050500_search';
  const addSite = (url: string) =>
    look(url, ({ writer }) => {
      const [text, now] = ['\u0001s 000007\u0002one\u0003', new Date(0)];
      const data = { orgId: 1, generation: 'one', productLine: 'erp', siteName: 'One', searchText: text };
      return writer.site.create({ data: { id: 7, ...data, createdAt: now, updatedAt: now } });
    });

  test('sites that were there before searches had an index are in it', async () => {
    const to = await target();
    const older = copyOfMigrations();
    for (const name of committed.filter((one) => one >= searchName)) rmSync(join(older, name), { recursive: true });
    await migrate({ ...to, migrationsDir: older });
    await addSite(to.url);
    expect((await migrate(to)).applied).toContain(searchName);
    const found = await look(to.url, ({ reader }) =>
      provider === 'sqlite'
        ? reader.$queryRaw`SELECT "rowid" % 4294967296 AS "id" FROM "SiteSearch" WHERE "SiteSearch" MATCH ${'site : "s 000007"'}`
        : reader.$queryRaw`SELECT 7 AS "id" FROM pg_indexes WHERE indexname = 'Site_searchText_trgm'`,
    );
    expect((found as { id: number | bigint }[]).map(({ id }) => Number(id))).toEqual([7]);
  });

  if (provider === 'postgresql')
    test('a server without the extension goes on without that index', async () => {
      const to = await target();
      const path = join(to.migrationsDir, searchName, 'migration.sql');
      writeFileSync(path, readFileSync(path, 'utf8').replace('EXISTS pg_trgm', 'EXISTS no_such_extension'));
      expect(await migrate(to)).toEqual({ applied: committed });
      await addSite(to.url);
      const found = await look(to.url, ({ reader }) =>
        reader.site.findMany({ where: { searchText: { contains: '7\u0002o' } } }),
      );
      expect(found).toHaveLength(1);
    });

  test('one that fails leaves nothing behind, names itself, and can be put right', async () => {
    const to = await target(fresh);
    const text = `CREATE TABLE "Half" ("id" INTEGER PRIMARY KEY);\nINSERT INTO "NoSuchTable" VALUES (1);`;
    add(to.migrationsDir, '29990101000000_fails', text);
    await expect(migrate(to)).rejects.toThrow(/29990101000000_fails failed, and nothing was changed: .*NoSuchTable/);
    await expect(migrate(to)).rejects.toBeInstanceOf(BrokenMigration);
    expect(await history(to.url)).toHaveLength(committed.length);
    writeFileSync(
      join(to.migrationsDir, '29990101000000_fails', 'migration.sql'),
      'CREATE TABLE "Half" ("id" INTEGER PRIMARY KEY);',
    );
    expect(await migrate(to)).toEqual({ applied: ['29990101000000_fails'] });
  });

  test('a database that is newer than the program is refused', async () => {
    const to = await target(fresh);
    const older = copyOfMigrations();
    add(to.migrationsDir, '29990101000000_newer', 'CREATE TABLE "Newer" ("id" INTEGER PRIMARY KEY);');
    await migrate(to);
    await expect(migrate({ ...to, migrationsDir: older })).rejects.toThrow(
      /newer than this program.*29990101000000_newer/,
    );
    await expect(migrate({ ...to, migrationsDir: older })).rejects.toBeInstanceOf(NewerDatabase);
  });

  test('a migration changed after it was applied is refused', async () => {
    const to = await target(fresh);
    appendFileSync(join(to.migrationsDir, committed[0] ?? '', 'migration.sql'), '\n-- a word more\n');
    await expect(migrate(to)).rejects.toThrow(/was applied to this database with another text/);
    await expect(migrate(to)).rejects.toBeInstanceOf(BrokenMigration);
  });

  test('a migration that other tools left unfinished is refused, one they rolled back is applied again', async () => {
    const to = await target(fresh);
    const set = (sql: string) => look(to.url, ({ writer }) => writer.$executeRaw(Prisma.raw(sql)));
    add(to.migrationsDir, '29990101000000_more', 'CREATE TABLE "More" ("id" INTEGER PRIMARY KEY);');
    await set(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name") VALUES ('x', 'y', '29990101000000_more')`,
    );
    await expect(migrate(to)).rejects.toThrow(/29990101000000_more once stopped half-way/);
    await set(`UPDATE "_prisma_migrations" SET "rolled_back_at" = CURRENT_TIMESTAMP WHERE "id" = 'x'`);
    expect(await migrate(to)).toEqual({ applied: ['29990101000000_more'] });
    expect(await migrate(to)).toEqual({ applied: [] });
  });
});

test('the folder of a SQLite database is made, for its owner alone, and its log is on from the start', async () => {
  const root = mkdtempSync(join(tmpdir(), 'guichet-folder-'));
  cleanups.push(() => rmSync(root, { recursive: true }));
  const path = join(root, 'a', 'b', 'guichet.db');
  await migrate({ provider: 'sqlite', url: `file:${path}`, migrationsDir: migrationsDir('sqlite') });
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  // Bytes 18 and 19 of a SQLite file say how it is written: 2 is a write-ahead log.
  expect([...readFileSync(path).subarray(18, 20)]).toEqual([2, 2]);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('a SQLite table made anew keeps what points at it; rows left without their parent stop the migration', async () => {
  const [sqlite] = databases();
  const { url, drop } = await (sqlite ?? expect.fail()).fresh();
  cleanups.push(drop);
  const dir = mkdtempSync(join(tmpdir(), 'guichet-migrations-'));
  cleanups.push(() => rmSync(dir, { recursive: true }));
  cpSync(migrationsDir('sqlite'), dir, { recursive: true });
  const next = (name: string, sql: string) => {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'migration.sql'), sql);
    return migrate({ provider: 'sqlite', url, migrationsDir: dir });
  };
  await next(
    '29990101000000_tables',
    `CREATE TABLE "Parent" ("id" INTEGER PRIMARY KEY);
     CREATE TABLE "Child" ("id" INTEGER PRIMARY KEY, "parentId" INTEGER NOT NULL REFERENCES "Parent" ("id") ON DELETE CASCADE);
     INSERT INTO "Parent" VALUES (1); INSERT INTO "Child" VALUES (1, 1);`,
  );
  await next(
    '29990101000001_anew',
    `PRAGMA defer_foreign_keys=ON; PRAGMA foreign_keys=OFF;
     CREATE TABLE "new_Parent" ("id" INTEGER PRIMARY KEY, "note" TEXT); INSERT INTO "new_Parent" ("id") SELECT "id" FROM "Parent";
     DROP TABLE "Parent"; ALTER TABLE "new_Parent" RENAME TO "Parent";
     PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=OFF;`,
  );
  const connection = await connect({ url });
  cleanups.push(() => connection.close());
  expect(await connection.reader.$queryRaw`SELECT "parentId" FROM "Child"`).toEqual([{ parentId: 1 }]);
  await expect(next('29990101000002_orphans', 'DELETE FROM "Parent"')).rejects.toThrow(
    /rows of Child without their Parent/,
  );
  expect(await connection.reader.$queryRaw`SELECT "id" FROM "Parent"`).toEqual([{ id: 1 }]);
});

test('the committed migrations lead to what prisma/models.prisma says', async () => {
  const postgres = databases().find(({ name }) => name === 'postgresql');
  const server = inject('databases').postgresql ? await postgres?.empty() : undefined;
  if (server) cleanups.push(server.drop);
  const script = fileURLToPath(new URL('../../scripts/database.mjs', import.meta.url));
  // Throws with what the script says.
  execFileSync(process.execPath, [script, 'check', ...(server ? [server.url] : [])], { stdio: 'pipe' });
});
