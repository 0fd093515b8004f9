/** `GET /readyz`: 200 only while the desk can work, and what is the matter when it can't. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHealth } from '../../src/core/ports/health.js';
import type { Database } from '../../src/core/database/transact.js';
import { databases } from '../servers/databases.js';
import { minuteMs, newStaff, openTestDesk, type TestDesk } from '../core/ground.js';
import { ground, type Ground } from './ground.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (path: string) => {
  exec(sql: string): void;
  close(): void;
};

describe('the page', () => {
  let desk: Ground;
  beforeAll(async () => {
    desk = await ground({ roomAtLeast: 1 });
  });
  afterAll(() => desk.close());
  const asked = async () => {
    const { status, text } = await desk.send({ path: '/readyz' });
    return { status, ...(JSON.parse(text) as { ok: boolean; failing?: Record<string, string> }) };
  };

  test('says yes, and no while another program holds the database', async () => {
    expect(await asked()).toEqual({ status: 200, ok: true });
    const other = new Sqlite(join(desk.dir, 'guichet.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await asked()).toMatchObject({
      status: 503,
      ok: false,
      failing: { database: expect.any(String) as string },
    });
    // the process itself runs
    expect((await desk.send({ path: '/healthz' })).status).toBe(200);
    other.exec('ROLLBACK');
    other.close();
    expect(await asked()).toEqual({ status: 200, ok: true });
  });
});

describe.each(databases())('what it looks at, on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());
  /** Each looks anew. */
  const healthOf = (more: { folders?: string[]; roomAtLeast?: number } = {}) =>
    createHealth({ desk: desk.desk, folders: [desk.settings.DATA_DIR], roomAtLeast: 1, heldMs: 0, ...more });

  test('a schedule that stands still, and an outbox that nobody empties', async () => {
    const health = healthOf();
    expect(await health.failing()).toEqual({});
    await newStaff(desk, 'sales');
    desk.clock.advance(6 * minuteMs);
    expect(Object.keys(await health.failing()).sort()).toEqual(['outbox', 'schedule']);
    await desk.connection.writer.jobRun.create({ data: { job: 'approvals', slot: '9', at: desk.clock() } });
    await desk.done('mail pause', { reason: 'moving house' });
    expect(await health.failing()).toEqual({});
    await desk.done('mail resume');
    // as long as something is under way, what waits has no place: it is not forgotten
    const writer = desk.connection.writer.outbox;
    await writer.create({
      data: {
        ...{ channel: 'mail', letter: 'x', recipient: 'a@b.example', locale: 'fr', params: '{}', messageId: '<x@y>' },
        ...{ state: 'sending', leasedUntil: new Date(desk.clock().getTime() + minuteMs) },
        ...{ dueAt: desk.clock(), createdAt: desk.clock() },
      },
    });
    expect(await health.failing()).toEqual({});
    await writer.deleteMany({ where: { state: 'sending' } });
    expect(Object.keys(await health.failing())).toEqual(['outbox']);
    await desk.connection.writer.outbox.updateMany({ data: { state: 'sent' } });
    expect(await health.failing()).toEqual({});
  });

  test('it writes once a second, however often it is asked', async () => {
    let writes = 0;
    const database: Database = {
      ...desk.desk.database,
      transact: (work) => {
        writes += 1;
        return desk.desk.database.transact(work);
      },
    };
    const health = createHealth({ desk: { ...desk.desk, database }, folders: [], heldMs: 60_000 });
    for (let round = 0; round < 20; round += 1) await Promise.all([health.failing(), health.failing()]);
    expect(writes).toBe(1);
  });

  test('a disk without room, and a folder that is gone', async () => {
    expect(await healthOf({ roomAtLeast: Number.MAX_SAFE_INTEGER }).failing()).toEqual({
      disk: expect.stringContaining('MB') as string,
    });
    expect(await healthOf({ folders: ['/nowhere'] }).failing()).toEqual({ disk: expect.any(String) as string });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'guichet-full-'));
mkdirSync(join(folder, 'disk'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', join(folder, 'disk')]).status === 0;

describe.skipIf(!mounted)('a full disk', () => {
  afterAll(() => void spawnSync('umount', [join(folder, 'disk')]));
  test('is told', async () => {
    const [sqlite] = databases();
    const desk = await openTestDesk(sqlite as NonNullable<typeof sqlite>);
    const health = createHealth({
      desk: desk.desk,
      folders: [join(folder, 'disk')],
      roomAtLeast: 4 * 1024 * 1024,
      heldMs: 0,
    });
    expect(await health.failing()).toEqual({});
    writeFileSync(join(folder, 'disk', 'big'), Buffer.alloc(6 * 1024 * 1024));
    expect(await health.failing()).toEqual({ disk: 'less than 4 MB free' });
    await desk.close();
  });
});
