/**
 * Mails a second from the outbox to an SMTP server that takes each at once, and into the folder of a desk without one,
 * beside nodemailer alone, which hands as many mails of that size to the same server.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import type { Log } from '../../src/mail/wire/message.js';
import { benchDesk, built, root } from './desk.js';
import { beside, rate, tell } from './measure.js';

const rounds = 7;
const count = 300;
const domains = 50;
const recipientOf = (n: number): string => `client-${n}@maison-${n % domains}.example`;
const log: Log = { debug() {}, info() {}, warn: console.error, error: console.error };

const [{ createOutboxWorker }, { mailTransport }, { mailDeliver }, { loadLetters }] = await Promise.all([
  built<typeof import('../../src/core/database/outbox-worker.js')>('core/database/outbox-worker.js'),
  built<typeof import('../../src/mail/wire/deliver.js')>('mail/wire/deliver.js'),
  built<typeof import('../../src/mail/wire/outgoing.js')>('mail/wire/outgoing.js'),
  built<typeof import('../../src/core/letters/letters.js')>('core/letters/letters.js'),
]);
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const sink = fork(file('./sink.ts'), { execArgv: ['--import', file('../servers/typescript.mjs')] });
const [port] = (await once(sink, 'message')) as [number];
const smtpUrl = `smtp://127.0.0.1:${port}`;
const desk = await benchDesk();
const { database, secrets, documents, catalogue, clock } = desk.open.desk;
const letters = loadLetters(join(root, 'letters'), () => catalogue.vendor);

/** Queues so many letters and waits until all of them left; answers how many left a second. */
function leaving(to: string | undefined) {
  const transport = mailTransport({ smtpUrl: to, sentDir: join(desk.dir, 'sent'), log });
  const from = 'guichet@localhost';
  const vendorName = (locale: 'fr' | 'en') => catalogue.vendor.name[locale];
  const mail = mailDeliver({ transport, letters, from, documents, secrets, vendorName, clock });
  const courier = createOutboxWorker({
    ...{ database, secrets, clock, chance: () => 0.5, channels: { mail } },
    onError: (error) => console.error(error),
  });
  return {
    close: () => transport.close(),
    async all(): Promise<number> {
      await database.transact(({ leaves }) => {
        for (let n = 0; n < count; n += 1)
          leaves.outbox.push({
            ...{ channel: 'mail', letter: 'password-changed', locale: 'fr' },
            ...{ recipient: recipientOf(n), params: { when: 'lundi 23 novembre 2026 à 10:00' } },
          });
        return Promise.resolve();
      });
      return rate(count, async () => {
        const taken = await courier.round();
        if (taken !== count) throw new Error(`${taken} of ${count} mails were taken`);
      });
    },
  };
}

const alone = createTransport({ pool: true, maxConnections: 3, maxMessages: 100, host: '127.0.0.1', port });
const bare = () =>
  rate(count, () =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        alone.sendMail({
          ...{ from: 'guichet@localhost', to: recipientOf(n), subject: 'Votre mot de passe a changé' },
          ...{ text: 'x'.repeat(800), html: `<p>${'x'.repeat(1600)}</p>` },
        }),
      ),
    ),
  );

const [overSmtp, intoFolder] = [leaving(smtpUrl), leaving(undefined)];
await overSmtp.all();
await intoFolder.all();
await bare();
const figures = await beside(rounds, bare, {
  'over SMTP': () => overSmtp.all(),
  'kept as files': () => intoFolder.all(),
});
for (const [figure, values] of Object.entries(figures))
  tell({ bench: 'mails that leave the outbox, SQLite', figure, unit: '/s', ...values, than: 'nodemailer alone' });
alone.close();
await Promise.all([overSmtp.close(), intoFolder.close()]);
await desk.close();
sink.disconnect();
