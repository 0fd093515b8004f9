import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startInbox } from '../../src/mail/wire/inbox.js';
import { parseMail } from '../../src/mail/read/parse.js';
import { databases } from '../servers/databases.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { silent, until } from './ground.js';
import { written, type House } from './house.js';
import { anna, dns, form, openAnna, resolver, signed, toAnna } from './proof-ground.js';

describe.each(databases())('a mail that must be proven, on $name', (provider) => {
  let house: House;
  beforeEach(async () => {
    house = await openAnna(provider, { trust: { trustLoopback: false, resolver } });
  });
  afterEach(async () => {
    dns.allDown = false;
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
    await house.mailbox.begin({ raw, source: 'smtp', messageId, sender: anna }, []);
    await expectRows({ state: 'received' });
    expect(toAnna(await house.answers(raw))).toHaveLength(1);
    await expectRows({ state: 'answered' });
  });

  test('what nobody signed is held: nothing is done, nobody is answered', async () => {
    expect(toAnna(await house.answers(written(form())))).toEqual([]);
    expect(await placed()).toBe(0);
    await expectRows({ state: 'held', sender: anna, reason: expect.stringContaining('no DKIM signature') as unknown });
  });

  test('while DNS does not answer, the sender keeps it and it acts later, once', async () => {
    const mail = await signed(written(form()));
    dns.allDown = true;
    await expect(house.post(mail)).rejects.toThrow(/451/);
    await expectRows();
    dns.allDown = false;
    expect(toAnna(await house.answers(mail))).toHaveLength(1);
    expect(await placed()).toBe(1);
  });

  test('while the disk fails, too', async () => {
    const mail = await signed(written(form()));
    const folder = join(house.desk.settings.DATA_DIR, 'received');
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
