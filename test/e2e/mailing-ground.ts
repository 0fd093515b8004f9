/** What stories with real mail stand on: the client's real mailbox, and its browser, in which a mailed link opens as it is. */
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { OpenDesk } from '../../src/core/open.js';
import { loadLetters } from '../../src/core/letters/letters.js';
import { mailTransport } from '../../src/mail/wire/deliver.js';
import { mailDeliver } from '../../src/mail/wire/outgoing.js';
import { startWeb, type Web } from '../../src/web/server.js';
import type { Ground } from '../bot/ground.js';
import { silent } from '../mail/ground.js';
import { startDovecot } from '../servers/dovecot.js';
import { startSmtpReceiver, type ReceivedMail } from '../servers/smtp.js';
import { startBrowser } from '../web/ground.js';
import { freePort, root } from './ground.js';

export interface Post {
  /** Hands mails that an SMTP server took to their mailboxes here, as it would; those of others go nowhere. */
  deliver(mails: readonly ReceivedMail[]): Promise<void>;
  /** What lies in a mailbox, read over IMAP, oldest first. */
  inbox(user: string): Promise<ParsedMail[]>;
  close(): Promise<void>;
}

/** Mailboxes on a real server, filled over LMTP. */
export async function startPost(users: readonly string[]): Promise<Post> {
  const port = await freePort();
  const dovecot = await startDovecot({
    users: Object.fromEntries(users.map((user) => [user, 'secret'])),
    more: `protocols = imap lmtp
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}`,
  });
  const lmtp = createTransport({ host: '127.0.0.1', port, lmtp: true, ignoreTLS: true });
  return {
    async deliver(mails) {
      for (const { raw, envelope } of mails) {
        const to = envelope.to.filter((recipient) => users.includes(recipient));
        if (to.length > 0) await lmtp.sendMail({ raw, envelope: { from: envelope.from, to } });
      }
    },
    inbox: (user) =>
      dovecot.asUser(user, async (client) => {
        const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
        const mails = exists === 0 ? [] : await client.fetchAll('1:*', { source: true });
        return Promise.all(mails.map(({ source }) => simpleParser(source ?? Buffer.alloc(0))));
      }),
    async close() {
      lmtp.close();
      await dovecot.close();
    },
  };
}

/** A bot's desk whose mails really leave: by SMTP, and into these mailboxes. */
export interface Mailing {
  readonly post: Post;
  /** Lets everything leave that is queued. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export async function startMailing(ground: Ground, users: readonly string[]): Promise<Mailing> {
  const { desk } = ground.open;
  const receiver = await startSmtpReceiver();
  const post = await startPost(users);
  const transport = mailTransport({ smtpUrl: receiver.url, sentDir: join(root, 'unused'), log: silent });
  ground.mail = mailDeliver({
    transport,
    letters: loadLetters(join(root, 'letters'), () => desk.catalogue.vendor),
    documents: desk.documents,
    secrets: desk.secrets,
    from: desk.mailFrom,
    vendorName: (locale) => desk.catalogue.vendor.name[locale],
    clock: desk.clock,
  });
  return {
    post,
    async leave() {
      const before = receiver.mails.length;
      await ground.post();
      await post.deliver(receiver.mails.slice(before));
    },
    async close() {
      await post.close();
      await transport.close();
      await receiver.close();
    },
  };
}

/** Nothing failed on the way, in the bot, the double or the log. */
export function expectSound(ground: Ground): void {
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.failures).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
}

export interface Client {
  /** What the pages complained of, and what failed in the browser. */
  readonly faults: unknown[];
  readonly page: Page;
  close(): Promise<void>;
}

/** The desk's pages, and a French telephone on which the desk's public address leads to them. */
export async function startClient({ desk, dispatcher }: OpenDesk): Promise<Client> {
  const faults: unknown[] = [];
  const web: Web = await startWeb({
    dispatcher,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: desk.publicUrl,
    failing: () => Promise.resolve({}),
    desk: undefined,
    log: { warn: () => undefined, error: (data) => void faults.push(data) },
  });
  const { host } = new URL(desk.publicUrl);
  const browser: Browser = await startBrowser([`--host-resolver-rules=MAP ${host} 127.0.0.1:${web.port}`]);
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 375, height: 667 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => void faults.push(error.message));
  return {
    faults,
    page,
    async close() {
      await browser.close();
      await web.close();
    },
  };
}

/** The only address in a mail whose path begins so. */
export function linkIn(mail: ParsedMail | undefined, path: string): string {
  const found = new Set(
    (mail?.text ?? '').match(/https?:\/\/[^\s<>)\]]+/g)?.filter((url) => new URL(url).pathname.startsWith(path)),
  );
  const [url, ...more] = found;
  if (url === undefined || more.length > 0) throw new Error(`${found.size} links to ${path} in:\n${mail?.text}`);
  return url;
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Signs in on the page that is open. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('Adresse e-mail').first().fill(email);
  await page.getByLabel('Mot de passe').fill(password);
  await button(page, 'Se connecter').click();
}

/** A pair in the manufacturer's register. */
export async function manufacture(
  { desk }: OpenDesk,
  pair: { codeId: string; mac: string; model: string },
): Promise<void> {
  const now = desk.clock();
  await desk.database.transact(({ tx }) =>
    tx.manufacturedDevice.create({ data: { ...pair, codeKey: pair.codeId, createdAt: now, updatedAt: now } }),
  );
}
