/** Invariants 1 and 2: units share a transaction, fail alone, and leave everything or nothing. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/core/database/connect.js';
import type { Unit } from '../../src/core/database/transact.js';
import { databases } from '../servers/databases.js';
import { openTestDesk, type TestDesk } from './ground.js';

describe.each(databases())('transact on $name', (provider) => {
  let desk: TestDesk;
  let retries: number;
  let onRetry: () => void;
  beforeEach(async () => {
    retries = 0;
    onRetry = () => {};
    const { randomBytes } = await import('node:crypto');
    desk = await openTestDesk(provider, {
      // one byte is asked for only where a busy database is tried again
      random(count) {
        if (count === 1) {
          retries += 1;
          onRetry();
        }
        return randomBytes(count);
      },
    });
  });
  afterEach(() => desk.close());
  const database = () => desk.desk.database;
  const names = async () =>
    (
      await desk.connection.reader.setting.findMany({
        where: { name: { startsWith: 'test' } },
        orderBy: { name: 'asc' },
      })
    ).map(({ name }) => name);
  const event = (action: string) => ({
    at: desk.clock(),
    actorId: null,
    operator: false,
    door: 'desk',
    action,
    object: null,
    detail: {},
  });
  const leaving = (name: string) => async (unit: Unit) => {
    await unit.tx.$executeRaw`INSERT INTO "Setting" ("name", "value") VALUES (${name}, '1')`;
    unit.leaves.audit.push(event(name));
    unit.leaves.outbox.push({ channel: 'mail', letter: 'x', recipient: name, locale: 'fr', params: {} });
    unit.leaves.answers.push({
      personId: 1,
      command: 'x',
      key: name,
      contentHash: '',
      answer: '',
      createdAt: desk.clock(),
    });
    return name;
  };
  const left = async () => ({
    settings: await names(),
    audit: (await desk.connection.reader.audit.findMany({ orderBy: { seq: 'asc' } })).map(({ action }) => action),
    outbox: (await desk.connection.reader.outbox.findMany({ orderBy: { id: 'asc' } })).map(
      ({ recipient }) => recipient,
    ),
    answers: (await desk.connection.reader.storedAnswer.findMany({ orderBy: { key: 'asc' } })).map(({ key }) => key),
  });
  const all = (...list: string[]) => ({ settings: list, audit: list, outbox: list, answers: list });

  test('of units asked for at once each fails alone, with all that it would have left', async () => {
    const results = await Promise.allSettled([
      database().transact(leaving('test 1')),
      database().transact(async (unit) => {
        await leaving('test 2')(unit);
        throw new Error('on second thoughts');
      }),
      // a statement that the database itself refuses ends a transaction on PostgreSQL
      database().transact(leaving('test 1')),
      database().transact(async (unit) => {
        await leaving('test 4')(unit);
        await unit.tx.setting.create({ data: { name: 'test 1', value: 'by model' } });
      }),
      database().transact(leaving('test 5')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { message: 'on second thoughts' } });
    expect(await left()).toEqual(all('test 1', 'test 5'));
    expect(await desk.done('audit verify')).toEqual({ rows: 2, erased: 0 });
  });

  test('one that breaks the common end of the batch takes no other along, and runs nobody’s callbacks', async () => {
    const called: string[] = [];
    const answer = { personId: 1, command: 'x', key: 'taken', contentHash: '', answer: '', createdAt: desk.clock() };
    await database().transact(({ leaves }) => Promise.resolve(void leaves.answers.push(answer)));
    const results = await Promise.allSettled([
      database().transact(leaving('test 1')),
      database().transact(async (unit) => {
        unit.afterCommit(() => called.push('broken'));
        await leaving('test 2')(unit);
        unit.leaves.answers.push(answer);
      }),
      database().transact((unit) => {
        unit.afterCommit(() => called.push('whole'));
        return leaving('test 3')(unit);
      }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await names()).toEqual(['test 1', 'test 3']);
    expect(called).toEqual(['whole']);
  });

  test('alone too, what it throws rolls everything back', async () => {
    await expect(
      database().transact(async (unit) => {
        await leaving('test 1')(unit);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await left()).toEqual(all());
  });

  test('callbacks run after the commit, and never for what failed', async () => {
    const seen: string[][] = [];
    const later: Promise<string[]>[] = [];
    await Promise.allSettled([
      database().transact(async (unit) => {
        unit.afterCommit(() => later.push(names()));
        await leaving('test 1')(unit);
        seen.push(await names());
      }),
      database().transact((unit) => {
        unit.afterCommit(() => later.push(Promise.resolve(['never'])));
        return Promise.reject(new Error('no'));
      }),
    ]);
    expect(seen).toEqual([[]]);
    expect(await Promise.all(later)).toEqual([['test 1']]);
  });

  test('a callback or listener that throws has nothing done twice', async () => {
    const warned = new Promise((resolve) => process.once('warning', resolve));
    database().onOutbox(() => {
      throw new Error('a listener of ours');
    });
    let ran = 0;
    const work = (name: string) => (unit: Unit) => {
      ran += 1;
      unit.afterCommit(() => {
        throw new Error('a callback of ours');
      });
      return leaving(name)(unit);
    };
    expect(await Promise.all([database().transact(work('test 1')), database().transact(work('test 2'))])).toEqual([
      'test 1',
      'test 2',
    ]);
    expect(await database().transact(work('test 3'))).toBe('test 3');
    expect(ran).toBe(3);
    expect(await left()).toEqual(all('test 1', 'test 2', 'test 3'));
    expect(await warned).toMatchObject({ message: expect.stringContaining('of ours') as string });
  });

  test('a busy database is tried again, the whole batch, until it is free', async () => {
    const { writer, close } = await connect({ url: desk.url });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let holding = () => {};
    const taken = new Promise<void>((resolve) => (holding = resolve));
    const other = writer.$transaction(
      async (tx) => {
        await tx.$executeRaw`UPDATE "AuditHead" SET "seq" = "seq"`;
        holding();
        await held;
      },
      { timeout: 30_000 },
    );
    await taken;
    let attempts = 0;
    // SQLite says busy at once, PostgreSQL waits in line; a deadlock or lost snapshot it tells like this
    const busyOnce = async (unit: Unit) => {
      attempts += 1;
      if (provider.name === 'postgresql' && attempts === 1)
        await unit.tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '40P01'; END $$`);
      return leaving('test 1')(unit);
    };
    onRetry = release;
    if (provider.name === 'postgresql') release();
    const both = await Promise.all([database().transact(busyOnce), database().transact(leaving('test 2'))]);
    await other;
    await close();
    expect(both).toEqual(['test 1', 'test 2']);
    expect(retries).toBeGreaterThan(0);
    expect(attempts).toBe(provider.name === 'postgresql' ? 2 : 1);
    expect(await left()).toEqual(all('test 1', 'test 2'));
  });

  test('many at once all end, in the order they were asked', async () => {
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        database().transact(
          ({ tx }) => (
            order.push(at),
            tx.setting.create({ data: { name: `test ${String(at).padStart(3, '0')}`, value: '' } })
          ),
        ),
      ),
    );
    expect(order).toEqual(Array.from({ length: 300 }, (_, at) => at));
    expect(await names()).toHaveLength(300);
  });

  test('closing ends the work in hand; afterwards nothing is begun', async () => {
    const url = desk.url;
    const other = await desk.another();
    const done = Promise.all([1, 2, 3].map((at) => other.desk.database.transact(leaving(`test ${at}`))));
    await other.close();
    expect(await done).toHaveLength(3);
    await expect(other.desk.database.transact(leaving('test 4'))).rejects.toThrow('closed');
    await expect(other.desk.database.read((tx) => tx.setting.count())).rejects.toThrow('closed');
    expect(url).toBe(desk.url);
    expect(await names()).toEqual(['test 1', 'test 2', 'test 3']);
  });

  test('several processes that open an empty database at once make one head and one operator', async () => {
    const empty = await openTestDesk(provider, { empty: true });
    await empty.connection.writer.$executeRaw`DELETE FROM "Setting"`;
    await empty.connection.writer.$executeRaw`DELETE FROM "AuditHead"`;
    await empty.connection.writer.$executeRaw`DELETE FROM "Person"`;
    await Promise.all(Array.from({ length: 6 }, () => empty.another()));
    expect(await empty.connection.reader.person.count({ where: { operator: true } })).toBe(1);
    expect(await empty.connection.reader.auditHead.count()).toBe(1);
    await empty.close();
  });

  test('a database written under another key is refused', async () => {
    const { openDesk } = await import('../../src/core/open.js');
    await expect(
      openDesk({ ...desk.settings, SECRET_KEY: Buffer.alloc(32, 8) }, { onFault: () => {} }),
    ).rejects.toThrow(/secret key/);
  });
});
