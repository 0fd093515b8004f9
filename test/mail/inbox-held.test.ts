/** Held mails over IMAP: they wait in their folder, and leave it when they have ended; and mail that is paused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startImapProxy } from '../servers/imap-proxy.js';
import { until } from './ground.js';
import { written, type House } from './house.js';
import { begin, end, keptLog, user } from './inbox-ground.js';
import { form, openAnna } from './proof-ground.js';

describe.skipIf(dovecotMissing)(`held mail over IMAP ${dovecotMissing ?? ''}`, () => {
  let server: Dovecot;
  let house: House;
  beforeAll(async () => {
    server = await startDovecot({ users: { [user]: 'secret' } });
    house = await openAnna(databases()[0]!, { trust: { trustLoopback: false, trustedAuthserv: 'mx.guichet.test' } });
  });
  afterAll(async () => {
    await house.close();
    await server.close();
  });
  const subjectsIn = async (folder: string) => (await server.list(user, folder)).map(({ subject }) => subject);
  const mailbox = () => ({
    cursor: house.mailbox.cursor,
    onward: house.mailbox,
    paused: () => house.mailbox.paused(),
    askMs: 50,
  });
  const held = async (subject: string): Promise<string> => {
    await until(async () => (await subjectsIn('Held')).includes(subject));
    const row = await house.desk.connection.reader.inboundMail.findFirstOrThrow({ where: { subject } });
    return `H-${String(row.id).padStart(6, '0')}`;
  };

  test('its person’s word, or staff’s, moves it on while the inbox waits', async () => {
    const inbox = await begin(server, house, mailbox());
    await server.append(user, written(form(), { subject: 'is hers' }));
    await server.append(user, written(form(), { subject: 'without an id', messageId: null }));
    await server.append(user, written(form(), { subject: 'stays' }));
    await held('stays');
    const number = await held('is hers');
    const question = (await house.deliver()).find((mail) => mail.parsed.subject?.includes(number));
    const to = question?.parsed.replyTo?.value[0]?.address ?? '';
    await house.post(written('OK', { to }), { to });
    await until(async () => (await subjectsIn('Processed')).includes('is hers'));
    expect(await house.desk.connection.reader.declaration.count()).toBe(1);
    await house.desk.done('mail discard', { number: await held('without an id'), reason: 'unknown' });
    await until(async () => (await subjectsIn('Ignored')).includes('without an id'));
    expect(await subjectsIn('Held')).toEqual(['stays']);
    await until(async () => (await house.mailbox.ended()).length === 0);
    // the mailbox itself is read on
    await server.append(user, written('x', { subject: 'list', headers: ['List-Id: <x.partner.test>'] }));
    await until(async () => (await subjectsIn('Ignored')).includes('list'));
    await end(inbox);
  });

  test('one that ended while nobody looked, or was taken away by hand', async () => {
    const inbox = await begin(server, house, mailbox());
    await server.append(user, written(form(), { subject: 'later' }));
    await server.append(user, written(form(), { subject: 'taken away' }));
    const numbers = [await held('later'), await held('taken away')];
    await end(inbox);
    for (const number of numbers) await house.desk.done('mail discard', { number, reason: 'unknown' });
    await server.asUser(user, async (client) => {
      await client.mailboxOpen('Held');
      await client.messageDelete({ subject: 'taken away' });
    });
    const again = await begin(server, house, mailbox());
    await until(async () => (await subjectsIn('Ignored')).includes('later'));
    await until(async () => (await house.mailbox.ended()).length === 0);
    await end(again);
  });

  test('one that can not be moved is tried again, and the mailbox is read meanwhile', async () => {
    let full = true;
    const line = await startImapProxy(server.imapPort, {
      refuse: (command) => (full && /^UID MOVE \S+ Ignored$/.test(command) ? 'NO [OVERQUOTA] full' : undefined),
    });
    const log = keptLog();
    const url = line.url(server.imapUrl(user));
    const inbox = await begin(server, house, { ...mailbox(), url, log });
    await server.append(user, written(form(), { subject: 'can not leave' }));
    await house.desk.done('mail discard', { number: await held('can not leave'), reason: 'unknown' });
    await until(() => log.lines.filter(({ text }) => /a held mail was not moved on/.test(text)).length >= 2);
    await server.append(user, written(form(), { subject: 'comes meanwhile' }));
    await held('comes meanwhile');
    full = false;
    await until(async () => (await subjectsIn('Ignored')).includes('can not leave'));
    await end(inbox);
    await line.close();
  });

  test('while mail is paused nothing is taken, and afterwards it goes on by itself', async () => {
    const log = keptLog();
    const line = await startImapProxy(server.imapPort);
    const inbox = await begin(server, house, { ...mailbox(), log, url: line.url(server.imapUrl(user)) });
    await until(() => inbox.state().status === 'waiting');
    await house.desk.done('mail pause', { reason: 'moving house' });
    await until(() => line.commands.includes('NOOP'));
    const before = line.commands.length;
    await server.append(user, written('x', { subject: 'patient', headers: ['List-Id: <x.partner.test>'] }));
    // the server tells of the mail, and the inbox only asks whether it may
    await until(() => line.commands.slice(before).includes('NOOP'));
    expect(line.commands.slice(before).filter((command) => command.startsWith('UID'))).toEqual([]);
    expect(await subjectsIn('INBOX')).toEqual(['patient']);
    await house.desk.done('mail resume', {});
    await until(async () => (await subjectsIn('Ignored')).includes('patient'));
    expect(log.lines).toEqual([]);
    await end(inbox);
    await line.close();
  });
});
