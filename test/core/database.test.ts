import { afterEach, describe, expect, test } from 'vitest';
import { connect, isBusy, providerOf, type Connection } from '../../src/core/database/connect.js';
import { databases } from '../servers/databases.js';
import { errorOf, holding, limits } from './database-ground.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases())('a connection to $name', ({ name: provider, fresh }) => {
  async function connected(count = 1): Promise<[Connection, Connection]> {
    const { url, drop } = await fresh();
    cleanups.push(drop);
    const open = async () => {
      const connection = await connect({ url });
      cleanups.push(connection.close);
      return connection;
    };
    const first = await open();
    await first.writer.setting.createMany({
      data: [
        { name: 'a', value: '1' },
        { name: 'b', value: '1' },
      ],
    });
    return [first, count > 1 ? await open() : first];
  }

  test('its reader sees what its writer wrote, and can’t write, by model or by hand', async () => {
    const [{ reader, writer, ...connection }] = await connected();
    expect(connection.provider).toBe(provider);
    expect(await reader.setting.findUnique({ where: { name: 'a' } })).toEqual({ name: 'a', value: '1' });
    const readonly = /read-?only/;
    await expect(reader.setting.create({ data: { name: 'c', value: '1' } })).rejects.toThrow(readonly);
    await expect(reader.$executeRaw`DELETE FROM "Setting"`).rejects.toThrow(readonly);
    await expect(reader.$transaction((tx) => tx.$executeRaw`DELETE FROM "Setting"`)).rejects.toThrow(readonly);
    expect(await writer.setting.count()).toBe(2);
  });

  test('a reading transaction sees one state, whatever is written meanwhile', async () => {
    const [{ reader, writer }] = await connected();
    const seen = await reader.$transaction(async (tx) => {
      const before = await tx.setting.count();
      await writer.setting.create({ data: { name: 'c', value: '1' } });
      return [before, await tx.setting.count()];
    }, limits);
    expect(seen).toEqual([2, 2]);
    expect(await reader.setting.count()).toBe(3);
  });

  test('a row can’t point at one that isn’t there', async () => {
    const [{ writer }] = await connected();
    const at = new Date(0);
    const session = writer.session.create({ data: { tokenHash: 't', personId: 404, createdAt: at, seenAt: at } });
    await expect(session).rejects.toMatchObject({ code: 'P2003' });
  });

  test('other faults are not busy', async () => {
    const [{ writer }] = await connected();
    const duplicate = { data: { name: 'a', value: '1' } };
    expect(isBusy(await errorOf(writer.setting.create(duplicate)))).toBe(false);
    expect(isBusy(await errorOf(writer.$executeRaw`INSERT INTO "Setting" VALUES ('a', '1')`))).toBe(false);
    expect(isBusy(await errorOf(writer.$executeRaw`NONSENSE`))).toBe(false);
    const tooLong = writer.$transaction(
      async (tx) => {
        // Statements on SQLite never leave the turn they are in: without this no timer would ever run.
        for (;;) await Promise.all([tx.setting.count(), new Promise(setImmediate)]);
      },
      { maxWait: 10_000, timeout: 20 },
    );
    const expired = await errorOf(tooLong);
    expect(expired).toMatchObject({ code: 'P2028' });
    expect(isBusy(expired)).toBe(false);
    for (const value of [undefined, null, 'SQLITE_BUSY', {}, new Error('SQLITE_BUSY')])
      expect(isBusy(value)).toBe(false);
  });

  test('a transaction that could not start in time is busy', async () => {
    const [connection] = await connected();
    // Every connection of the pool (ten) must be taken.
    const transactions = await Promise.all(
      Array.from({ length: provider === 'sqlite' ? 1 : 10 }, (_, i) => holding(connection, `other${i}`)),
    );
    const error = await errorOf(connection.writer.$transaction(async () => {}, { maxWait: 50, timeout: 1000 }));
    for (const transaction of transactions) await transaction.end();
    expect(error).toMatchObject({ code: 'P2028' });
    expect(isBusy(error)).toBe(true);
    expect(await connection.writer.setting.count()).toBe(2);
  });
});

describe.each(databases().filter(({ name }) => name === 'sqlite'))('on $name', ({ fresh }) => {
  async function twice(): Promise<[Connection, Connection]> {
    const { url, drop } = await fresh();
    cleanups.push(drop);
    const connections = [await connect({ url }), await connect({ url })] as [Connection, Connection];
    for (const connection of connections) cleanups.push(connection.close);
    await connections[0].writer.setting.create({ data: { name: 'a', value: '1' } });
    return connections;
  }

  test('both clients are durable, check foreign keys and hardly wait; only one may write', async () => {
    const [connection] = await twice();
    const pragmas = async (client: Connection['writer']) => {
      const names = ['journal_mode', 'synchronous', 'foreign_keys', 'query_only', 'busy_timeout'];
      const rows = names.map((name) => client.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`));
      return (await Promise.all(rows)).map(([row]) => String(Object.values(row ?? {})[0]));
    };
    expect(await pragmas(connection.writer)).toEqual(['wal', '2', '1', '0', '100']);
    expect(await pragmas(connection.reader)).toEqual(['wal', '2', '1', '1', '100']);
  });

  test('a database another one is writing to is busy, by model and by hand', async () => {
    const [one, other] = await twice();
    const held = await holding(one, 'a');
    const byModel = await errorOf(other.writer.setting.create({ data: { name: 'b', value: '1' } }));
    const byHand = await errorOf(other.writer.$executeRaw`UPDATE "Setting" SET "value" = '2'`);
    const inTransaction = await errorOf(
      other.writer.$transaction((tx) => tx.$executeRaw`UPDATE "Setting" SET "value" = '2'`),
    );
    await held.end();
    expect([byModel, byHand, inTransaction]).toMatchObject([{ code: 'P1008' }, { code: 'P2010' }, { code: 'P2010' }]);
    expect([byModel, byHand, inTransaction].map(isBusy)).toEqual([true, true, true]);
    expect(await other.writer.$executeRaw`UPDATE "Setting" SET "value" = '2'`).toBe(1);
  });

  test.each(['by model', 'by hand'])(
    'a transaction that read before others wrote is busy when it writes, %s',
    async (how) => {
      const [one, other] = await twice();
      const error = await errorOf(
        one.writer.$transaction(async (tx) => {
          await tx.setting.count();
          await other.writer.setting.create({ data: { name: 'b', value: '1' } });
          if (how === 'by model') await tx.setting.create({ data: { name: 'c', value: '1' } });
          else await tx.$executeRaw`UPDATE "Setting" SET "value" = '2'`;
        }, limits),
      );
      expect(JSON.stringify((error as { meta?: unknown }).meta)).toContain('SQLITE_BUSY_SNAPSHOT');
      expect(isBusy(error)).toBe(true);
      expect(await one.writer.setting.count()).toBe(2);
    },
  );

  test('a commit that fails leaves a connection that still works', async () => {
    const [{ writer }] = await twice();
    const commit = writer.$transaction(async (tx) => {
      await tx.$executeRaw`PRAGMA defer_foreign_keys = ON`;
      await tx.$executeRaw`INSERT INTO "StaffRole" ("personId", "role", "grantedAt") VALUES (404, 'sales', ${new Date(0)})`;
    }, limits);
    await expect(commit).rejects.toThrow(/foreign ?key/i);
    expect(await writer.$transaction((tx) => tx.staffRole.count(), limits)).toBe(0);
  });

  test('a database in memory is refused: two clients would see two of them', async () => {
    await expect(connect({ url: 'file::memory:' })).rejects.toThrow(/in memory/);
  });
});

test('a URL of anything else is refused', () => {
  expect(['file:/a/b.db', 'postgres://h/d', 'postgresql://h/d'].map(providerOf)).toEqual([
    'sqlite',
    'postgresql',
    'postgresql',
  ]);
  for (const url of ['mysql://h/d', '/a/b.db', 'postgres', '']) expect(() => providerOf(url)).toThrow(RangeError);
});
