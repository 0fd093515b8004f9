/** The built desk as a process: how it starts, what it prints, how it ends. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  addReseller,
  freePort,
  openIn,
  orderMail,
  said,
  settingsIn,
  startDesk,
  type DeskProcess,
  type Order,
} from './ground.js';

let dir: string;
const running: DeskProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guichet-start-'));
});
afterEach(async () => {
  for (const desk of running.splice(0)) {
    desk.kill('SIGKILL');
    await desk.ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

function begun(settings: Readonly<Record<string, string>> = {}, args: readonly string[] = []): DeskProcess {
  const listening = { HTTP_LISTEN: '127.0.0.1:0', SMTP_LISTEN: '127.0.0.1:0' };
  const desk = startDesk({ ...settingsIn(dir), ...listening, ...settings }, args);
  running.push(desk);
  return desk;
}

async function ready(...asked: Parameters<typeof begun>): Promise<DeskProcess> {
  const desk = begun(...asked);
  if (!(await desk.started).ready) throw new Error(`the desk did not start: ${desk.errors()}`);
  return desk;
}

/** Ends it as an operator does; answers its exit code and how long that took. */
async function stopped(desk: DeskProcess): Promise<{ code: number | null; afterMs: number }> {
  const began = performance.now();
  desk.kill('SIGTERM');
  return { code: await desk.ended, afterMs: performance.now() - began };
}

describe('a start', () => {
  test(
    'prints where the desk and its mail are, then ready; it answers, and is there again quickly',
    { timeout: 90_000 },
    async () => {
      const [http, smtp] = [await freePort(), await freePort()];
      const settings = { HTTP_LISTEN: `127.0.0.1:${http}`, SMTP_LISTEN: `127.0.0.1:${smtp}` };
      const first = await ready(settings);
      expect(said(first, 'desk')).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${http}/desk\\?token=[\\w-]{20,}$`));
      expect(said(first, 'mail')).toBe(`smtp://127.0.0.1:${smtp}`);
      expect(first.lines.at(-1)).toBe('ready');
      expect((await fetch(`http://127.0.0.1:${http}/healthz`)).status).toBe(200);
      const entered = await fetch(said(first, 'desk'), { redirect: 'manual' });
      const cookie = entered.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ');
      expect((await fetch(`http://127.0.0.1:${http}/desk`, { headers: { cookie } })).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${http}/desk`)).status).toBe(403);
      expect((await stopped(first)).code).toBe(0);
      await expect(fetch(`http://127.0.0.1:${http}/healthz`)).rejects.toThrow();

      const second = await ready(settings);
      expect((await second.started).afterMs).toBeLessThan(10_000);
      expect(said(second, 'desk')).not.toBe(said(first, 'desk'));
    },
  );

  test('with wrong settings names them all at once, and none of their values', async () => {
    const wrong = { HTTP_LISTEN: 'anywhere', LOCALE: 'de', SECRET_KEY: 'c2hvcnQ=', SMTP_URL: 'ftp://user:hidden@host' };
    const desk = begun(wrong);
    expect(await desk.ended).toBe(1);
    for (const [name, value] of Object.entries(wrong)) {
      expect(desk.errors()).toMatch(new RegExp(`^\\s*${name}: .+`, 'm'));
      if (name !== 'LOCALE') expect(desk.errors()).not.toContain(value);
    }
    expect(desk.lines).not.toContain('ready');
  });

  test('with another secret key than its database was written with is refused', { timeout: 60_000 }, async () => {
    const key = () => ({ SECRET_KEY: randomBytes(32).toString('base64') });
    const own = key();
    expect((await stopped(await ready(own))).code).toBe(0);
    const other = begun(key());
    expect(await other.ended).toBe(1);
    expect(other.errors()).toMatch(/another secret key/);
    expect(other.lines).not.toContain('ready');
    await ready(own);
  });

  test('with --demo adds the example vendor once', { timeout: 90_000 }, async () => {
    const counts = () =>
      openIn(dir, async ({ connection: { reader } }) => [
        await reader.person.count(),
        await reader.organisation.count(),
        await reader.stockUnit.groupBy({ by: ['state'], _count: { _all: true }, orderBy: { state: 'asc' } }),
        await reader.declaration.count(),
        await reader.customer.count(),
        await reader.domain.count(),
        await reader.registrarTask.groupBy({ by: ['kind', 'state'], _count: { _all: true } }),
        await reader.balance.count(),
        await reader.ticket.count(),
        await reader.audit.count(),
        // the day's run of renewals may come before the desk is stopped, or after
        (
          await reader.outbox.findMany({
            where: { letter: { notIn: ['renewals-due', 'renewals-report'] } },
            orderBy: { id: 'asc' },
          })
        ).map(({ id, letter, recipient }) => ({
          id,
          letter,
          recipient,
        })),
      ]);
    const first = await ready({}, ['--demo']);
    expect(first.lines.some((line) => line.startsWith('try: '))).toBe(true);
    await stopped(first);
    const after = await counts();
    expect(after[3]).toBe(3);
    expect(after.slice(4, 9)).toEqual([3, 6, [{ kind: 'register', state: 'waiting', _count: { _all: 1 } }], 2, 1]);
    await stopped(await ready({}, ['--demo']));
    expect(await counts()).toEqual(after);
  });
});

describe('SIGTERM', () => {
  const posted = async (port: number, order: Order): Promise<boolean> => {
    const client = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    try {
      await client.sendMail({ raw: order.raw, envelope: { from: order.from, to: ['guichet@localhost'] } });
      return true;
    } catch {
      return false;
    } finally {
      client.close();
    }
  };

  test(
    'ends a desk within 15 s with the work in hand finished: what it took is done, what it refused is not',
    { timeout: 90_000 },
    async () => {
      const orders = Array.from({ length: 40 }, (_, n) => orderMail(n, 'zoe@partner.example'));
      await openIn(dir, (open) => addReseller(open, 'zoe@partner.example', orders.length));
      const desk = await ready();
      const port = Number(new URL(said(desk, 'mail')).port);
      let stop: ReturnType<typeof stopped> | undefined;
      const taken = await Promise.all(
        orders.map(async (order) => {
          const done = await posted(port, order);
          // while the others are under way
          stop ??= stopped(desk);
          return done ? order.client : undefined;
        }),
      );
      const { code, afterMs } = await stop!;
      expect(code).toBe(0);
      expect(afterMs).toBeLessThan(15_000);
      const clients = taken.filter((client) => client !== undefined);
      expect(clients.length).toBeGreaterThan(0);
      await openIn(dir, async ({ connection: { reader } }) => {
        const placed = await reader.declaration.findMany();
        expect(placed.map(({ email }) => email).sort()).toEqual(clients.sort());
        expect(await reader.inboundMail.count({ where: { state: { not: 'answered' } } })).toBe(0);
        // each has its letter and its answer, left or still to leave
        expect(
          await reader.outbox.count({ where: { channel: 'mail', letter: { in: ['declared-client', 'transcript'] } } }),
        ).toBe(2 * placed.length);
      });
    },
  );

  test('while nothing is to be done ends it at once, also when asked twice', { timeout: 60_000 }, async () => {
    const desk = await ready();
    desk.kill('SIGTERM');
    const { code, afterMs } = await stopped(desk);
    expect([code, afterMs < 5_000]).toEqual([0, true]);
    expect(desk.errors()).not.toMatch(/error/i);
  });
});
