/** A mail in an IMAP mailbox is carried out once and answered once, whatever happens to the mailbox or beside it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMailbox } from '../../src/core/ports/mailbox.js';
import { createReception } from '../../src/mail/reception.js';
import { databases } from '../servers/databases.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startImapProxy } from '../servers/imap-proxy.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { silent, until } from './ground.js';
import { address, written, type House } from './house.js';
import { begin, end, keptLog, user } from './inbox-ground.js';
import { anna, dns, form, openAnna, resolver, signed, toAnna } from './proof-ground.js';

const trustedAuthserv = 'mx.guichet.test';
const vouched = (subject: string): string =>
  `Authentication-Results: ${trustedAuthserv}; dmarc=pass header.from=partner.test\r\n${written(form(), { subject })}`;

describe.skipIf(dovecotMissing).each(databases())(`once, on $name ${dovecotMissing ?? ''}`, (provider) => {
  let server: Dovecot;
  let house: House;
  let answers: ReceivedMail[];
  beforeEach(async () => {
    server = await startDovecot({ users: { [user]: 'secret' } });
    house = await openAnna(provider, { trust: { trustLoopback: false, trustedAuthserv } });
    answers = [];
  });
  afterEach(async () => {
    await house.close();
    await server.close();
  });
  const placed = () => house.desk.connection.reader.declaration.count();
  const deliver = async () => void answers.push(...toAnna(await house.deliver()));
  const subjectsIn = async (folder: string) => (await server.list(user, folder)).map(({ subject }) => subject);
  const cursor = () => house.mailbox.cursor;

  test('two processes at one mailbox', async () => {
    const second = await house.desk.another();
    const receive = createReception({
      dispatcher: second.dispatcher,
      mailbox: createMailbox(second.desk),
      address,
      trust: { trustLoopback: false, trustedAuthserv },
      log: silent,
    });
    const subjects = Array.from({ length: 6 }, (_, at) => `order ${at}`);
    // as in service: the slower one does not look again before the other has moved it
    const backoffMs = { first: 1000, most: 1000 };
    const inboxes = [
      await begin(server, house, { cursor: cursor(), backoffMs }),
      await begin(server, { receive }, { cursor: createMailbox(second.desk).cursor, backoffMs }),
    ];
    await until(() => inboxes.every((inbox) => inbox.state().status === 'waiting'));
    for (const subject of subjects) {
      await server.append(user, vouched(subject));
      // answers leave while the slower of the two may still be at their mails
      await deliver();
    }
    await until(async () => {
      await deliver();
      return (await server.list(user, 'INBOX')).length === 0;
    });
    await until(() =>
      inboxes.every((inbox) => inbox.state().status === 'waiting' && inbox.state().failing.length === 0),
    );
    await deliver();
    expect(await placed()).toBe(6);
    expect((await subjectsIn('Processed')).sort()).toEqual(subjects);
    expect(answers.map(({ parsed }) => parsed.subject).sort()).toEqual(subjects.map((subject) => `Re: ${subject}`));
    await Promise.all(inboxes.map(end));
  });

  test('the slower of two processes, before the answer has left and after', async () => {
    const mail = { raw: Buffer.from(written('x')), source: 'imap', messageId: '<1@partner.test>', sender: anna };
    const both = [await house.mailbox.begin(mail, []), await house.mailbox.begin(mail, [])];
    expect(both[1]).toEqual({ id: both[0]!.id, copy: false, ended: false });
    const answer = {
      messageId: '<a@localhost>',
      inReplyTo: mail.messageId,
      references: [],
      locale: 'fr' as const,
      subject: 'Re: x',
      text: 'x',
      html: 'x',
      attachments: [],
      carriedOut: true,
    };
    const { id } = both[0]!;
    expect(await house.mailbox.answer({ id, sender: anna, once: true }, answer)).toBe('queued');
    await deliver();
    expect(await house.mailbox.answer({ id, sender: anna, once: true }, answer)).toBe('waiting');
    await deliver();
    expect(answers).toHaveLength(1);
    expect(await house.mailbox.begin(mail, [])).toEqual({ id, copy: false, ended: true });
  });

  test('a move that fails over a restart, and a mailbox that is numbered anew meanwhile', async () => {
    let full = true;
    const line = await startImapProxy(server.imapPort, {
      refuse: (command) => (full && command.startsWith('UID MOVE') ? 'NO [OVERQUOTA] Quota exceeded' : undefined),
    });
    const url = line.url(server.imapUrl(user));
    try {
      await server.append(user, vouched('stuck'));
      for (const round of ['first', 'after a restart', 'numbered anew']) {
        if (round === 'numbered anew') await server.renew(user);
        const log = keptLog();
        const inbox = await begin(server, house, { url, cursor: cursor(), log });
        await until(() => log.lines.some(({ fault }) => fault === 'Quota exceeded'));
        await deliver();
        expect([round, answers.length, await placed()]).toEqual([round, 1, 1]);
        expect(inbox.state().failing).toHaveLength(1);
        await end(inbox);
      }
      full = false;
      const inbox = await begin(server, house, { url, cursor: cursor() });
      await until(async () => (await subjectsIn('Processed')).includes('stuck'));
      await deliver();
      expect(answers).toHaveLength(1);
      await end(inbox);
    } finally {
      await line.close();
    }
  });

  test('the same mail by another way is answered again, as a repeat', async () => {
    const mail = vouched('repeated');
    await server.append(user, mail);
    const inbox = await begin(server, house, { cursor: cursor() });
    await until(async () => (await subjectsIn('Processed')).length === 1);
    await deliver();
    await server.append(
      user,
      mail.replace('MIME-Version', 'Received: from x by y; Mon, 23 Nov 2026 09:01:00 +0000\r\nMIME-Version'),
    );
    await until(async () => (await subjectsIn('Processed')).length === 2);
    await deliver();
    expect(answers.map(({ parsed }) => parsed.messageId)).toEqual([
      answers[0]?.parsed.messageId,
      answers[0]?.parsed.messageId,
    ]);
    expect(await placed()).toBe(1);
    await end(inbox);
  });
});

describe.skipIf(dovecotMissing)('while DNS does not answer', () => {
  test('a mail stays in the mailbox and acts later; after many tries it is held', async () => {
    const server = await startDovecot({ users: { [user]: 'secret' } });
    const house = await openAnna(databases()[0]!, { trust: { trustLoopback: false, resolver } });
    try {
      dns.allDown = true;
      await server.append(user, await signed(written(form(), { subject: 'waits' })));
      const log = keptLog();
      const backoffMs = { first: 20, most: 40 };
      const inbox = await begin(server, house, { cursor: house.mailbox.cursor, log, backoffMs });
      await until(() => log.lines.some(({ tries }) => tries === 3));
      expect((await server.list(user, 'Held')).length).toBe(0);
      dns.allDown = false;
      await until(async () => (await server.list(user, 'Processed')).length === 1);
      expect(await house.desk.connection.reader.declaration.count()).toBe(1);
      dns.allDown = true;
      await server.append(user, await signed(written(form(), { subject: 'gives up' })));
      await until(async () => (await server.list(user, 'Held')).length === 1);
      expect(Math.max(...log.lines.map(({ tries }) => Number(tries ?? 0)))).toBe(10);
      await end(inbox);
    } finally {
      dns.allDown = false;
      await house.close();
      await server.close();
    }
  });
});
