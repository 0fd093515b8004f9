/** Whom a mail acts for, and how often (X2, X4), on both databases; and the same from a real IMAP server. */
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startInbox } from '../../src/mail/inbox.js';
import { parseMail } from '../../src/mail/parse.js';
import { declaring, newEmail } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { silent, until } from './ground.js';
import { openHouse, written, type House } from './house.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyRecord = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const anna = 'anna@partner.test';

/** The far end of a DNS socket. */
const dns = { down: false };
const resolver = (name: string, type: string): Promise<string[][]> => {
  if (dns.down) return Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEOUT' }));
  if (`${type} ${name}` === 'TXT s1._domainkey.partner.test') return Promise.resolve([[keyRecord]]);
  return Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }));
};

async function signed(raw: string): Promise<string> {
  const { signatures, errors } = await dkimSign(raw, {
    canonicalization: 'relaxed/relaxed',
    algorithm: 'rsa-sha256',
    signTime: new Date('2026-11-23T09:00:00Z'),
    // mailauth reads a string, whatever its types say
    headerList: 'from:to:subject:date',
    signatureData: [
      {
        signingDomain: 'partner.test',
        selector: 's1',
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      },
    ],
  } as unknown as Parameters<typeof dkimSign>[1]);
  expect(errors).toEqual([]);
  return signatures + raw;
}

const form = (email = newEmail()): string => {
  const { product, ...rest } = declaring({ email });
  return Object.entries({ product, ...rest })
    .map(([label, value]) => `${label}: ${value as string}`)
    .join('\n')
    .replace(/^/, 'Commande: declare new\n');
};

async function openAnna(
  provider: ReturnType<typeof databases>[number],
  trust: Parameters<typeof openHouse>[1],
): Promise<House> {
  const house = await openHouse(provider, trust);
  await house.desk.done('reseller register', { email: anna, 'last-name': 'Roy', 'first-name': 'Anna', company: 'Roy' });
  await house.desk.done('stock receive', { reseller: anna, product: 'pro', quantity: '20', purchase: 'P-1' });
  await house.deliver();
  return house;
}

const toAnna = (mails: readonly ReceivedMail[]): ReceivedMail[] =>
  mails.filter((mail) => mail.envelope.to.includes(anna));

describe.each(databases())('a mail that must be proven, on $name', (provider) => {
  let house: House;
  beforeEach(async () => {
    house = await openAnna(provider, { trust: { trustLoopback: false, resolver } });
  });
  afterEach(async () => {
    dns.down = false;
    await house.close();
  });
  const expectRows = async (...rows: object[]) =>
    expect(await house.desk.connection.reader.inboundMail.findMany({ orderBy: { id: 'asc' } })).toMatchObject(rows);
  const placed = () => house.desk.connection.reader.declaration.count();

  test('its signature acts once, whatever the Message-ID', async () => {
    const mail = await signed(written(form()));
    const [first] = toAnna(await house.answers(mail));
    expect(first?.parsed.text).toMatch(/: fait\n/);
    expect(toAnna(await house.answers(mail.replace(/Message-ID: <[^>]+>/, 'Message-ID: <other@evil.test>')))).toEqual(
      [],
    );
    expect(await placed()).toBe(1);
    await expectRows(
      { state: 'answered' },
      {
        state: 'held',
        signature: null,
        messageId: '<other@evil.test>',
        reason: expect.stringContaining('its signature was spent by another mail') as unknown,
      },
    );
  });

  test('the same mail again, by another way, is answered again', async () => {
    const mail = await signed(written(form()));
    const [first] = toAnna(await house.answers(mail));
    const [again] = toAnna(await house.answers(`Received: from x by y; Mon, 23 Nov 2026 09:00:09 +0000\r\n${mail}`));
    expect(again?.parsed.messageId).toBe(first?.parsed.messageId);
    expect(await placed()).toBe(1);
    await expectRows({ state: 'answered' });
  });

  test('both at the same moment', async () => {
    const mail = await signed(written(form()));
    await Promise.all([
      house.post(mail),
      house.post(mail.replace(/Message-ID: <[^>]+>/, 'Message-ID: <other@evil.test>')),
    ]);
    expect(await placed()).toBe(1);
    expect((await house.desk.connection.reader.inboundMail.findMany()).map(({ state }) => state).sort()).toEqual([
      'answered',
      'held',
    ]);
  });

  test('a mail that was begun before a crash is ended when it comes again', async () => {
    const raw = Buffer.from(await signed(written(form())));
    const { messageId } = await parseMail(raw);
    await house.mailbox.begin({ raw, source: 'smtp', messageId, sender: anna }, undefined);
    await expectRows({ state: 'received' });
    expect(toAnna(await house.answers(raw))).toHaveLength(1);
    await expectRows({ state: 'answered' });
  });

  test('what nobody signed is held: nothing is done, nobody is answered', async () => {
    expect(await house.answers(written(form()))).toEqual([]);
    expect(await placed()).toBe(0);
    await expectRows({ state: 'held', sender: anna, reason: expect.stringContaining('no DKIM signature') as unknown });
  });

  test('while DNS does not answer, the sender keeps it and it acts later, once', async () => {
    const mail = await signed(written(form()));
    dns.down = true;
    await expect(house.post(mail)).rejects.toThrow(/451/);
    await expectRows();
    dns.down = false;
    expect(toAnna(await house.answers(mail))).toHaveLength(1);
    expect(await placed()).toBe(1);
  });

  test('while the disk fails, too', async () => {
    const mail = await signed(written(form()));
    const folder = join(house.desk.settings.DATA_DIR, 'documents');
    writeFileSync(folder, 'no folder');
    await expect(house.post(mail)).rejects.toThrow(/451/);
    rmSync(folder);
    expect(toAnna(await house.answers(mail))[0]?.parsed.text).toMatch(/: fait\n/);
    expect(await placed()).toBe(1);
  });
});

describe.skipIf(dovecotMissing)(`from an IMAP server${dovecotMissing ? `: ${dovecotMissing}` : ''}`, () => {
  const user = 'desk@guichet.test';
  let house: House;
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot({ users: { [user]: 'secret' } });
    house = await openAnna(databases()[0]!, { trust: { trustLoopback: true, trustedAuthserv: 'mx.guichet.test' } });
  });
  afterAll(async () => {
    await house?.close();
    await server?.close();
  });

  test('what our own server vouches for is carried out, the rest is held', async () => {
    const says = (value: string): string[] => [`Authentication-Results: mx.guichet.test; ${value}`];
    await server.append(
      user,
      `${says('dmarc=pass header.from=partner.test')[0]}\r\n${written(form(), { subject: 'vouched for' })}`,
    );
    await server.append(user, written(form(), { subject: 'not vouched for' }));
    await server.append(
      user,
      written(form(), {
        subject: 'refused by it',
        headers: [...says('dmarc=fail header.from=partner.test')],
      }),
    );
    await server.append(user, written(form(), { subject: 'list', headers: ['List-Id: <x.partner.test>'] }));
    const inbox = await startInbox({
      url: server.imapUrl(user),
      folders: { processed: 'Processed', held: 'Held', ignored: 'Ignored' },
      receive: house.receive,
      cursor: house.mailbox.cursor,
      log: silent,
      random: () => 0.5,
      ca: server.ca,
    });
    try {
      await until(async () => (await server.list(user, 'INBOX')).length === 0);
      const subjects = async (folder: string) => (await server.list(user, folder)).map(({ subject }) => subject);
      expect(await subjects('Processed')).toEqual(['vouched for']);
      expect(await subjects('Held')).toEqual(['not vouched for', 'refused by it']);
      expect(await subjects('Ignored')).toEqual(['list']);
      expect(toAnna(await house.deliver()).map(({ parsed }) => parsed.subject)).toEqual(['Re: vouched for']);
      expect(await house.desk.connection.reader.declaration.count()).toBe(1);
      expect(await house.desk.connection.reader.mailCursor.count()).toBe(1);
    } finally {
      await inbox.close();
    }
  });
});
