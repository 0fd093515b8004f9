/** A desk that is killed again and again while orders come in by mail: nothing is lost, and nothing is done twice. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../../src/core/database/audit.js';
import type { OpenDesk } from '../../src/core/open.js';
import { startSmtpReceiver, type ReceivedMail } from '../servers/smtp.js';
import { addReseller, openIn, orderMail, said, settingsIn, startDesk, type DeskProcess, type Order } from './ground.js';

const orders = 500;
const kills = process.env['LONG'] ? 10 : 4;
// a sender gets 60 answers an hour, and each time its mail comes again counts
const senders = 25;
const senderOf = (n: number): string => `zoe@partner-${n % senders}.example`;
const authserv = 'mx.test';
const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The desk of the moment. Between its death and the next one's first line its port is not known. */
class Desk {
  readonly #settings: Readonly<Record<string, string>>;
  #process: DeskProcess | undefined;
  #port: Promise<number> = Promise.reject(new Error('not started'));

  constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = settings;
    this.#port.catch(() => undefined);
  }

  start(): Promise<number> {
    const started = startDesk(this.#settings);
    this.#process = started;
    this.#port = started.started.then(({ ready }) => {
      if (!ready) throw new Error(`the desk did not start: ${started.errors()}`);
      return Number(new URL(said(started, 'mail')).port);
    });
    return this.#port;
  }

  port(): Promise<number> {
    return this.#port;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null | undefined> {
    this.#process?.kill(signal);
    return this.#process?.ended;
  }
}

/** Posts a mail until the desk says 250; answers how often it took. */
async function post(desk: Desk, { raw, from }: Order): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await desk.port();
    const client = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, connectionTimeout: 5_000 });
    try {
      await client.sendMail({ raw, envelope: { from, to: ['guichet@localhost'] } });
      return tries;
    } catch {
      // the desk died over it, or refused it while it came up: a mail server tries again a little later
      await pause(20);
    } finally {
      client.close();
    }
  }
}

/** What is left in the rows; leases of the dead are put as if their two minutes were over. */
async function endLeases({ connection }: OpenDesk): Promise<void> {
  await connection.writer.outbox.updateMany({ where: { state: 'sending' }, data: { leasedUntil: new Date(0) } });
}

const idsOf = (mails: readonly ReceivedMail[]): ReadonlySet<string> =>
  new Set(mails.map(({ parsed }) => parsed.messageId ?? ''));

test(`${orders} orders by mail survive ${kills} kills (KILL_SEED=${seed})`, { timeout: 240_000 }, async () => {
  console.log(`KILL_SEED=${seed}`);
  const random = chance(seed);
  const dir = mkdtempSync(join(tmpdir(), 'guichet-kill-'));
  const receiver = await startSmtpReceiver();
  await openIn(dir, async (open) => {
    for (let n = 0; n < senders; n += 1) await addReseller(open, senderOf(n), orders / senders);
  });
  const all = Array.from({ length: orders }, (_, n) => orderMail(n, senderOf(n), { authserv }));
  const settings = { ...settingsIn(dir), SMTP_LISTEN: '127.0.0.1:0', HTTP_LISTEN: '127.0.0.1:0' };
  const desk = new Desk({ ...settings, SMTP_URL: receiver.url, MAIL_TRUSTED_AUTHSERV: authserv, LOG_LEVEL: 'error' });
  onTestFinished(async () => {
    await desk.kill('SIGKILL');
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });
  await desk.start();

  // after how many answered orders each kill comes, and how long after that
  const moments = Array.from({ length: kills }, (_, n) => ({
    after: Math.floor(((n + random()) * orders) / (kills + 1)),
    waitMs: random() * 40,
  }));
  let answered = 0;
  let again = 0;
  let killed = 0;
  let dying: Promise<void> | undefined;
  const killAndRestart = async (waitMs: number): Promise<void> => {
    await pause(waitMs);
    await desk.kill('SIGKILL');
    killed += 1;
    await desk.start();
  };
  const queue = [...all];
  const sender = async (): Promise<void> => {
    for (let order = queue.shift(); order; order = queue.shift()) {
      const tries = await post(desk, order);
      again += tries - 1;
      answered += 1;
      const due = moments[0];
      if (!due || answered < due.after || dying) continue;
      moments.shift();
      dying = killAndRestart(due.waitMs).finally(() => (dying = undefined));
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  await dying;
  for (let due = moments.shift(); due; due = moments.shift()) await killAndRestart(due.waitMs);

  // the last desk sends what the dead ones had begun to send
  const left = () =>
    openIn(dir, ({ connection }) => connection.reader.outbox.groupBy({ by: ['state'], _count: { _all: true } }));
  await openIn(dir, endLeases);
  const deadline = performance.now() + 60_000;
  for (let states = await left(); states.some(({ state }) => state !== 'sent'); states = await left()) {
    if (performance.now() > deadline) throw new Error(`mails do not leave: ${JSON.stringify(states)}`);
    await pause(200);
  }
  expect(await desk.kill('SIGTERM')).toBe(0);

  await openIn(dir, async ({ connection: { reader } }) => {
    const rows = await reader.declaration.findMany();
    expect(rows.map(({ email }) => email).sort()).toEqual(all.map(({ client }) => client).sort());
    expect(new Set(rows.map(({ packId }) => packId)).size).toBe(orders);
    const stock = await reader.stockUnit.groupBy({ by: ['state'], _count: { _all: true } });
    expect(stock).toEqual([{ state: 'declared', _count: { _all: orders } }]);
    expect(await reader.audit.count({ where: { action: 'declare new' } })).toBe(orders);
    expect(await reader.inboundMail.groupBy({ by: ['state'], _count: { _all: true } })).toEqual([
      { state: 'answered', _count: { _all: orders } },
    ]);
    const { rows: audited, broken } = await reader.$transaction((tx) => verifyAudit(tx));
    expect([broken, audited]).toEqual([undefined, await reader.audit.count()]);
  });
  const problems: string[] = [];
  for (const { client, messageId } of all) {
    const letters = idsOf(receiver.mails.filter(({ envelope }) => envelope.to.includes(client)));
    const transcripts = idsOf(receiver.mails.filter(({ parsed }) => parsed.inReplyTo === messageId));
    if (letters.size !== 1) problems.push(`${letters.size} letters to ${client}`);
    if (transcripts.size !== 1) problems.push(`${transcripts.size} answers to ${messageId}`);
  }
  expect(problems).toEqual([]);
  expect(killed).toBe(kills);
  console.log(`${again} orders were posted again, ${receiver.mails.length - 2 * orders} mails left twice`);
});
