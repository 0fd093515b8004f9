import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { connect, isBusy, Prisma, type Connection, type Tx } from '../../src/core/database/connect.js';
import { databases } from '../servers/databases.js';
import { errorOf, holding, limits, none } from './database-ground.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases())('raw statements of a writing transaction on $name', ({ name: provider, fresh }) => {
  async function connected(count = 1): Promise<[Connection, Connection]> {
    const { url, drop } = await fresh();
    cleanups.push(drop);
    const open = async () => {
      const connection = await connect({ url });
      cleanups.push(connection.close);
      return connection;
    };
    const first = await open();
    await first.writer.setting.create({ data: { name: 'a', value: '1' } });
    return [first, count > 1 ? await open() : first];
  }

  const at = new Date('2026-11-21T22:35:04.120Z');
  const addPerson = (tx: Tx, lastName: string | null) =>
    tx.$queryRaw`INSERT INTO "Person" ("operator", "state", "lastName", "locale", "createdAt", "passwordUntil")
      VALUES (${true}, 'active', ${lastName}, 'fr', ${at}, ${null}) RETURNING "id", "operator", "lastName", "createdAt", "passwordUntil"`;

  test('values go in and come out as through the client', async () => {
    const { writer, write } = (await connected())[0];
    const look = async (tx: Tx, lastName: string | null) => [
      await addPerson(tx, lastName),
      await tx.$queryRaw(Prisma.sql`SELECT COUNT(*) AS "count", MAX("id") AS "id", 1.5 AS "half" FROM "Person"
        WHERE "lastName" IN (${Prisma.join(['Éloïse', 'Zoé'])}) OR "lastName" IS NULL`),
      await tx.$executeRaw`UPDATE "Person" SET "lastName" = ${'Zoé'} WHERE "createdAt" = ${at}`,
      await tx.$executeRawUnsafe('SAVEPOINT s'),
      await tx.person.findMany({ select: { lastName: true, createdAt: true } }),
    ];
    const rollBack = new Error('roll back');
    for (const lastName of ['Éloïse', null]) {
      let expected: unknown;
      const byClient = writer.$transaction(async (tx) => {
        expected = await look(tx, lastName);
        throw rollBack;
      }, limits);
      expect(await errorOf(byClient)).toBe(rollBack);
      // a number the database gives out is not taken back
      const sameIds = (value: unknown) =>
        JSON.parse(
          JSON.stringify(value, (key, inner: unknown) =>
            key === 'id' ? typeof inner : typeof inner === 'bigint' ? `${inner}n` : inner,
          ),
        ) as unknown;
      const directly = await write((tx) => look(tx, lastName), limits);
      expect(sameIds(directly)).toEqual(sameIds(expected));
      expect((directly[0] as object[])[0]).toMatchObject({
        operator: true,
        lastName,
        createdAt: at,
        passwordUntil: null,
      });
      await writer.person.deleteMany();
    }
  });

  test('they roll back with their transaction, and so do the models’', async () => {
    const { writer, write } = (await connected())[0];
    const failed = write(async (tx) => {
      await tx.$executeRaw`UPDATE "Setting" SET "value" = ${'2'}`;
      await tx.setting.create({ data: { name: 'b', value: '2' } });
      throw new Error('no');
    }, limits);
    await expect(failed).rejects.toThrow('no');
    expect(await writer.setting.findMany()).toEqual([{ name: 'a', value: '1' }]);
  });

  test('after the end of their transaction, or of its time, they fail and change nothing', async () => {
    const { writer, write } = (await connected())[0];
    const kept = await write((tx) => Promise.resolve({ tx }), limits);
    await expect(kept.tx.$executeRaw`UPDATE "Setting" SET "value" = 'late'`).rejects.toThrow('after the end');
    const tooLong = write(
      async (tx) => {
        while ((await errorOf(tx.setting.count())) === none) await setImmediate();
        await tx.$executeRaw`UPDATE "Setting" SET "value" = 'late'`;
      },
      { maxWait: 1_000, timeout: 50 },
    );
    await expect(tooLong).rejects.toThrow('after the end');
    expect(await writer.setting.findMany()).toEqual([{ name: 'a', value: '1' }]);
  });

  test('a busy database is told from a broken statement', async () => {
    const [first, other] = await connected(2);
    const duplicate = first.write((tx) => tx.$executeRaw`INSERT INTO "Setting" VALUES ('a', '1')`, limits);
    expect(isBusy(await errorOf(duplicate))).toBe(false);
    expect(isBusy(await errorOf(first.write((tx) => tx.$queryRaw`NONSENSE`, limits)))).toBe(false);
    if (provider === 'postgresql') return;
    const held = await holding(first, 'a');
    const waiting = other.write((tx) => tx.$executeRaw`UPDATE "Setting" SET "value" = '2'`, limits);
    expect(isBusy(await errorOf(waiting))).toBe(true);
    await held.end();
  });

  test('each acts in its own transaction, also while another of the same connection is open', async () => {
    const { writer, write } = (await connected())[0];
    // SQLite has one writer: there the second begins when the first has ended
    const first = await (provider === 'sqlite'
      ? Promise.resolve({ end: () => Promise.resolve() })
      : holding({ writer } as Connection, 'a'));
    const second = write(async (tx) => {
      await tx.$executeRaw`INSERT INTO "Setting" VALUES ('b', '2')`;
      await first.end();
      throw new Error('no');
    }, limits);
    await expect(second).rejects.toThrow('no');
    expect(await writer.setting.findMany()).toEqual([{ name: 'a', value: provider === 'sqlite' ? '1' : 'held' }]);
  });

  test('a remembered statement sees a table that has changed since, and many others do no harm', async () => {
    const { writer, write } = (await connected())[0];
    const all = () => write((tx) => tx.$queryRaw<object[]>`SELECT * FROM "JobRun"`, limits);
    await writer.jobRun.create({ data: { job: 'j', slot: 's', at } });
    expect(await all()).toEqual([{ job: 'j', slot: 's', at }]);
    if (provider === 'sqlite') {
      await writer.$executeRawUnsafe('ALTER TABLE "JobRun" ADD COLUMN "more" TEXT');
      expect(await all()).toEqual([{ job: 'j', slot: 's', at, more: null }]);
    }
    await write(async (tx) => {
      for (let n = 0; n < 600; n += 1)
        expect(await tx.$queryRaw(Prisma.raw(`SELECT 'x' AS "v${n}"`))).toEqual([{ [`v${n}`]: 'x' }]);
    }, limits);
    expect(await all()).toHaveLength(1);
  });
});
