import { afterEach, describe, expect, test } from 'vitest';
import { connect, isBusy, type Connection } from '../../src/core/database/connect.js';
import { databases } from '../servers/databases.js';
import { errorOf, gate, limits, none } from './database-ground.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases().filter(({ name }) => name === 'postgresql'))('on $name', ({ fresh }) => {
  async function connected(): Promise<Connection> {
    const { url, drop } = await fresh();
    const connection = await connect({ url });
    cleanups.push(drop, connection.close);
    await connection.writer.setting.createMany({
      data: [
        { name: 'a', value: '1' },
        { name: 'b', value: '1' },
      ],
    });
    return connection;
  }

  const update = (tx: Pick<Connection['writer'], '$executeRaw' | 'setting'>, how: string, name: string) =>
    how === 'by model'
      ? tx.setting.update({ where: { name }, data: { value: 'new' } })
      : tx.$executeRaw`UPDATE "Setting" SET "value" = 'new' WHERE "name" = ${name}`;

  test.each(['by model', 'by hand'])('of two transactions that wait for each other one is busy, %s', async (how) => {
    const { writer } = await connected();
    const gates = { a: gate(), b: gate() };
    const crossing = (first: 'a' | 'b', second: 'a' | 'b') =>
      errorOf(
        writer.$transaction(async (tx) => {
          await update(tx, how, first);
          gates[first].open();
          await gates[second].opened;
          await update(tx, how, second);
        }, limits),
      );
    const ends = await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
    expect(ends.filter((end) => end === none)).toHaveLength(1);
    expect(ends.map(isBusy).filter(Boolean)).toHaveLength(1);
  });

  test('statements asked at once follow one another, and one that fails leaves the next its turn', async () => {
    const { write } = await connected();
    const ends = await write(async (tx) => {
      const named = (name: string) => tx.setting.findMany({ where: { name }, select: { name: true } });
      const found = await Promise.all([named('a'), tx.$queryRaw`SELECT 1 AS "one"`, named('b'), named('c')]);
      expect(found).toEqual([[{ name: 'a' }], [{ one: 1 }], [{ name: 'b' }], []]);
      await tx.$executeRawUnsafe('SAVEPOINT here');
      const [, back] = await Promise.allSettled([
        tx.$queryRaw`SELECT 1 / 0`,
        tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT here'),
      ]);
      return [back.status, await named('a')];
    }, limits);
    expect(ends).toEqual(['fulfilled', [{ name: 'a' }]]);
  });

  test.each(['by model', 'by hand'])('a write on a state that is gone is busy, %s', async (how) => {
    const { writer } = await connected();
    const error = await errorOf(
      writer.$transaction(
        async (tx) => {
          await tx.setting.count();
          await update(writer, how, 'a');
          await update(tx, how, 'a');
        },
        { ...limits, isolationLevel: 'RepeatableRead' as never },
      ),
    );
    expect(error).not.toBe(none);
    expect(isBusy(error)).toBe(true);
  });

  test('a commit that another one’s commit forbids is busy', async () => {
    const { writer } = await connected();
    const read = gate();
    const committed = gate();
    const serializable = { ...limits, isolationLevel: 'Serializable' as const };
    let statementsDone = false;
    const late = errorOf(
      writer.$transaction(async (tx) => {
        await tx.setting.findUnique({ where: { name: 'b' } });
        await update(tx, 'by hand', 'a');
        read.open();
        await committed.opened;
        statementsDone = true;
      }, serializable),
    );
    await read.opened;
    await writer.$transaction(async (tx) => {
      await tx.setting.findUnique({ where: { name: 'a' } });
      await update(tx, 'by hand', 'b');
    }, serializable);
    committed.open();
    const error = await late;
    expect(statementsDone).toBe(true);
    expect(error).not.toBe(none);
    expect(isBusy(error)).toBe(true);
  });

  test('statements with arguments are prepared once a connection, others not at all', async () => {
    const { writer } = await connected();
    const prepared = await writer.$transaction(async (tx) => {
      for (const name of ['a', 'b', 'a']) await tx.$queryRaw`SELECT "value" FROM "Setting" WHERE "name" = ${name}`;
      await tx.$executeRaw`SAVEPOINT unit`;
      return tx.$queryRaw<{ statement: string }[]>`SELECT "statement" FROM pg_prepared_statements`;
    }, limits);
    const statements = prepared.map(({ statement }) => statement);
    expect(statements.filter((text) => text.includes('WHERE "name" = $1'))).toHaveLength(1);
    expect(statements.filter((text) => /BEGIN|SAVEPOINT|pg_prepared/.test(text))).toEqual([]);
  });

  test('a server that is not there is told at once, and is not busy', async () => {
    const error = await errorOf(connect({ url: 'postgresql://guichet@127.0.0.1:1/nothing' }));
    expect(error).toBeInstanceOf(Error);
    expect(isBusy(error)).toBe(false);
  });
});
