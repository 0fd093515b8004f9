/** X5: who is slow to take a mail holds up no other, over a real SMTP exchange with a server that stops answering. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createOutboxWorker,
  type OutboxWorker,
  type OutboxWorkerOptions,
} from '../../src/core/database/outbox-worker.js';
import { loadLetters } from '../../src/core/letters/letters.js';
import { mailTransport, type MailTransport } from '../../src/mail/wire/deliver.js';
import { mailDeliver } from '../../src/mail/wire/outgoing.js';
import { hourMs, minuteMs, openTestDesk, root, secondMs, type TestDesk } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { startSmtpReceiver, type SmtpReceiver } from '../servers/smtp.js';
import { silent } from './ground.js';

const address = 'guichet@localhost';
const patient = { timeout: 20_000 };

describe.each(databases())('a slow recipient on $name', (provider) => {
  let desk: TestDesk;
  let receiver: SmtpReceiver;
  let transport: MailTransport;
  let couriers: OutboxWorker[];
  /** Whom the server leaves without an answer. */
  let stalls: (to: string) => 'RCPT' | 'DATA' | undefined;
  beforeEach(async () => {
    desk = await openTestDesk(provider);
    stalls = () => undefined;
    receiver = await startSmtpReceiver({ stalls: (to) => stalls(to) });
    transport = mailTransport({ smtpUrl: receiver.url, sentDir: join(desk.settings.DATA_DIR, 'sent'), log: silent });
    couriers = [];
  });
  afterEach(async () => {
    await Promise.all(couriers.map((one) => one.stop()));
    await transport.close();
    await receiver.close();
    await desk.close();
  });

  function courier(more: Partial<OutboxWorkerOptions> = {}): OutboxWorker {
    const { database, secrets, documents, catalogue } = desk.desk;
    const vendorName = (locale: 'fr' | 'en') => catalogue.vendor.name[locale];
    const letters = loadLetters(join(root, 'letters'), () => catalogue.vendor);
    const mail = mailDeliver({ transport, letters, documents, secrets, from: address, vendorName, clock: desk.clock });
    const one = createOutboxWorker({
      ...{ database, secrets, clock: desk.clock, chance: () => 0.5, channels: { mail }, closeMs: 20 },
      onError: (error) => {
        throw error;
      },
      ...more,
    });
    couriers.push(one);
    return one;
  }
  const queue = (recipients: readonly string[]) =>
    desk.desk.database.transact(({ leaves }) => {
      for (const recipient of recipients)
        leaves.outbox.push({
          ...{ channel: 'mail', letter: 'password-changed', recipient, locale: 'fr', params: { when: 'lundi' } },
        });
      return Promise.resolve();
    });
  const many = (count: number, of: (n: number) => string) => Array.from({ length: count }, (_, n) => of(n));
  const others = (count: number) => many(count, (n) => `client-${n}@maison-${n}.example`);
  const rowsTo = (to: RegExp) =>
    desk.connection.reader.outbox
      .findMany({ orderBy: { id: 'asc' } })
      .then((rows) => rows.filter(({ recipient }) => to.test(recipient)));
  const states = async (to: RegExp) => (await rowsTo(to)).map(({ state }) => state);
  const arrived = (count: number) => receiver.waitFor(() => receiver.mails.length >= count, 20_000);

  // what waits is chosen by statements of both databases (below); these are about the exchange
  if (provider.name === 'sqlite') {
    test.each([
      ['RCPT', 'queued', 30 * secondMs],
      ['DATA', 'uncertain', 10 * minuteMs],
    ] as const)('whose server is silent after %s holds up none of fifty others', async (until, state, againMs) => {
      stalls = (to) => (to.startsWith('slow@') ? until : undefined);
      await queue(['slow@slow.example', ...others(50)]);
      const mine = courier();
      mine.start(hourMs);
      await arrived(until === 'DATA' ? 51 : 50);
      await expect.poll(() => states(/maison/), patient).toEqual(Array(50).fill('sent'));
      expect(await states(/slow/)).toEqual(['sending']);
      expect(receiver.stalled()).toEqual(['slow@slow.example']);
      // the desk stops: the try ends as it stands, and is made again under the same Message-ID
      await mine.stop();
      const [tried] = await rowsTo(/slow/);
      const dueAt = new Date(desk.clock().getTime() + againMs);
      expect(tried).toMatchObject({
        state,
        attempts: 1,
        dueAt,
        error: expect.stringMatching(/no answer in time/) as string,
      });
      stalls = () => undefined;
      desk.clock.advance(againMs);
      expect(await courier().round()).toBe(1);
      const { parsed } = receiver.mails.at(-1)!;
      expect([parsed.messageId, await states(/slow/)]).toEqual([tried?.messageId, ['sent']]);
    });

    test('nine of ten places are taken by the slow: the others leave by the tenth', async () => {
      stalls = (to) => (to.startsWith('slow@') ? 'RCPT' : undefined);
      await queue([...many(9, (n) => `slow@slow-${n}.example`), ...others(50)]);
      courier().start(hourMs);
      await arrived(50);
      expect(receiver.stalled()).toHaveLength(9);
      expect(await states(/^slow@/)).toEqual(Array(9).fill('sending'));
    });
  }

  test('one domain has three places, however many mails wait for it and however it is written', async () => {
    stalls = (to) => (/@slow\.example$/i.test(to) ? 'RCPT' : undefined);
    await queue([
      ...many(30, (n) => `client-${n}@${n % 2 ? 'slow' : 'SLOW'}.example`),
      ...others(20),
      'a@not-slow.example',
    ]);
    courier().start(hourMs);
    await arrived(21);
    expect(receiver.stalled()).toHaveLength(3);
    const rows = await rowsTo(/@slow\./i);
    expect(rows.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      ...Array<string>(3).fill('sending 1'),
      ...Array<string>(27).fill('queued 0'),
    ]);
  });

  test('a delivery that takes too long is a try that failed, and its connection is free for others', async () => {
    stalls = (to) => (to.startsWith('slow@') ? 'RCPT' : undefined);
    await queue(many(12, (n) => `slow@slow-${n}.example`));
    expect(await courier({ patienceMs: 200 }).round()).toBe(12);
    expect(await rowsTo(/slow/)).toMatchObject(
      Array(12).fill({ state: 'queued', attempts: 1, dueAt: new Date(desk.clock().getTime() + 30 * secondMs) }),
    );
    await expect.poll(() => receiver.stalled(), patient).toEqual([]);
    await queue(others(20));
    expect(await courier().round()).toBe(20);
    expect(receiver.mails).toHaveLength(20);
  });
});
