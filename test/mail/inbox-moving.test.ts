/** Where mails go when they end, on servers of every age, and when moving them fails: they are never received again. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dovecotMissing, startDovecot, type Dovecot } from '../servers/dovecot.js';
import { startImapProxy, type ImapProxy, type ImapProxyOptions } from '../servers/imap-proxy.js';
import { until } from './ground.js';
import { begin, Cursors, end, keptLog, mail, Receiver, user } from './inbox-ground.js';

const subjectsIn = async (server: Dovecot, folder: string): Promise<string[]> =>
  (await server.list(user, folder)).map(({ subject }) => subject);
const flagsIn = (server: Dovecot, folder: string): Promise<Record<string, string[]>> =>
  server.asUser(user, async (client) => {
    const { exists } = await client.mailboxOpen(folder, { readOnly: true });
    if (exists === 0) return {};
    const mails = await client.fetchAll('1:*', { flags: true, envelope: true });
    return Object.fromEntries(mails.map((one) => [one.envelope?.subject ?? '', [...(one.flags ?? [])].sort()]));
  });
/** Marks the mails of this subject deleted and leaves them there, as a mail program that can undelete does. */
const markDeleted = (server: Dovecot, subject: string): Promise<unknown> =>
  server.asUser(user, async (client) => {
    await client.mailboxOpen('INBOX');
    return client.messageFlagsAdd({ subject }, ['\\Deleted']);
  });

describe.skipIf(dovecotMissing)(`moving mails ${dovecotMissing ?? ''}`, () => {
  let server: Dovecot;
  let line: ImapProxy | undefined;
  beforeAll(async () => {
    server = await startDovecot({ users: { [user]: 'secret' } });
  });
  afterAll(() => server.close());
  afterEach(async () => {
    await line?.close();
    line = undefined;
    await server.asUser(user, async (client) => {
      for (const folder of ['INBOX', 'Processed', 'Held', 'Ignored']) {
        if (!(await client.list()).some(({ path }) => path === folder)) continue;
        const { exists } = await client.mailboxOpen(folder);
        if (exists > 0) await client.messageDelete('1:*');
      }
    });
  });
  const through = async (options: ImapProxyOptions) => {
    line = await startImapProxy(server.imapPort, options);
    return { url: line.url(server.imapUrl(user)), line };
  };

  test('without MOVE only what was dealt with is expunged', async () => {
    await server.append(user, mail('mine-to-undelete'));
    await markDeleted(server, 'mine-to-undelete');
    const { url, line } = await through({ without: ['MOVE'] });
    const receiver = new Receiver();
    await begin(server, receiver, { url });
    await server.append(user, mail('copied'));
    await until(async () => (await subjectsIn(server, 'Processed')).includes('copied'));
    await until(async () => (await subjectsIn(server, 'INBOX')).length === 1);
    expect(await subjectsIn(server, 'INBOX')).toEqual(['mine-to-undelete']);
    expect(receiver.subjects).toEqual(['copied']);
    expect(line.commands.some((command) => command.startsWith('UID EXPUNGE'))).toBe(true);
  });

  test('without MOVE and UIDPLUS a mail stays marked while anything else is, and is not read again', async () => {
    await server.append(user, mail('mine-to-undelete'));
    await markDeleted(server, 'mine-to-undelete');
    const { url, line } = await through({ without: ['MOVE', 'UIDPLUS'] });
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, { url });
    await server.append(user, mail('copied'));
    await until(async () => (await flagsIn(server, 'INBOX'))['copied']?.includes('\\Deleted') === true);
    await until(() => inbox.state().status === 'waiting');
    expect(await subjectsIn(server, 'INBOX')).toEqual(['mine-to-undelete', 'copied']);
    expect(await subjectsIn(server, 'Processed')).toEqual(['copied']);
    await end(inbox);
    const again = await begin(server, receiver, { url, cursor: new Cursors() });
    await until(() => again.state().status === 'waiting');
    expect(receiver.subjects).toEqual(['copied']);
    // once its owner has thrown it away, nothing marked is anybody else's
    await server.asUser(user, async (client) => {
      await client.mailboxOpen('INBOX');
      await client.messageDelete({ subject: 'mine-to-undelete' });
    });
    expect(await subjectsIn(server, 'INBOX')).toEqual(['copied']);
    await server.append(user, mail('copied-too'));
    await until(async () => (await subjectsIn(server, 'INBOX')).length === 0);
    expect(await subjectsIn(server, 'Processed')).toEqual(['copied', 'copied-too']);
    expect(receiver.subjects).toEqual(['copied', 'copied-too']);
    expect(line.commands).toContain('EXPUNGE');
  });

  test('without UIDPLUS and keywords nothing is expunged', async () => {
    const edit = (line: string) =>
      line.includes('[PERMANENTFLAGS') ? line.replace(/ (\\\*|GuichetMoved)(?=[ )])/g, '') : line;
    const { url, line } = await through({ without: ['MOVE', 'UIDPLUS'], edit });
    const inbox = await begin(server, new Receiver(), { url });
    await server.append(user, mail('copied'));
    await until(async () => (await flagsIn(server, 'INBOX'))['copied']?.includes('\\Deleted') === true);
    await until(() => inbox.state().status === 'waiting');
    expect(await subjectsIn(server, 'Processed')).toEqual(['copied']);
    expect(line.commands.some((command) => command.includes('EXPUNGE'))).toBe(false);
  });

  test('a mail that is copied but can not be marked yet is not copied twice', async () => {
    let refusals = 2;
    const refuse = (command: string) =>
      command.startsWith('UID STORE') && refusals-- > 0 ? 'NO [SERVERBUG] not now' : undefined;
    const { url } = await through({ without: ['MOVE'], refuse });
    const receiver = new Receiver();
    await begin(server, receiver, { url });
    await server.append(user, mail('copied-once'));
    await until(async () => (await subjectsIn(server, 'Processed')).length > 0);
    await until(async () => (await subjectsIn(server, 'INBOX')).length === 0);
    expect(refusals).toBeLessThan(0);
    expect(await subjectsIn(server, 'Processed')).toEqual(['copied-once']);
    expect(receiver.subjects).toEqual(['copied-once']);
  });

  test('a move that is refused is tried again; the mail is not, and others are not held up', async () => {
    let full = true;
    const refuse = (command: string) =>
      full && /^UID MOVE \S+ Held$/.test(command) ? 'NO [OVERQUOTA] Mailbox is full' : undefined;
    const { url } = await through({ refuse });
    const receiver = new Receiver();
    const log = keptLog();
    const cursor = new Cursors();
    const inbox = await begin(server, receiver, { url, log, cursor });
    await server.append(user, mail('hold-full'));
    await until(() => log.lines.filter(({ text }) => /only the move is tried again/.test(text)).length >= 3);
    const [stays] = await server.list(user, 'INBOX');
    await server.append(user, mail('passes'));
    await until(async () => (await subjectsIn(server, 'Processed')).includes('passes'));
    expect(await subjectsIn(server, 'INBOX')).toEqual(['hold-full']);
    expect(inbox.state()).toMatchObject({ failing: [stays!.uid] });
    expect(cursor.only?.lastUid ?? 0).toBeLessThan(stays!.uid);
    const waits = log.lines.map(({ waitMs }) => waitMs);
    expect(waits.slice(0, 3)).toEqual([20, 40, 80]);
    expect(log.lines[0]).toMatchObject({ uids: [stays!.uid], folder: 'Held', fault: 'Mailbox is full', level: 'warn' });
    full = false;
    await until(async () => (await subjectsIn(server, 'Held')).includes('hold-full'));
    await until(() => inbox.state().failing.length === 0);
    expect(receiver.subjects).toEqual(['hold-full', 'passes']);
    await until(() => cursor.only?.lastUid === stays!.uid + 1);
  });

  test('a connection that is lost in the middle of a move ends it later', async () => {
    let cuts = 2;
    const { url, line } = await through({
      refuse: (command) => {
        if (!command.startsWith('UID MOVE') || cuts-- <= 0) return undefined;
        line.end('* BYE maintenance');
        return 'NO gone';
      },
    });
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, { url });
    await server.append(user, mail('cut-off'));
    await until(async () => (await subjectsIn(server, 'Processed')).includes('cut-off'));
    await until(() => inbox.state().failing.length === 0);
    expect(line.connections).toBe(3);
    expect(receiver.subjects).toEqual(['cut-off']);
  });

  test('a folder that was deleted meanwhile is made again', async () => {
    const receiver = new Receiver();
    const inbox = await begin(server, receiver);
    await until(() => inbox.state().status === 'waiting');
    await server.asUser(user, (client) => client.mailboxDelete('Processed'));
    await server.append(user, mail('after-deletion'));
    await until(async () => (await subjectsIn(server, 'Processed')).includes('after-deletion'));
    expect(receiver.subjects).toEqual(['after-deletion']);
  });

  test('mails are dealt with although their folder can not be made', async () => {
    await server.asUser(user, (client) => client.mailboxDelete('Ignored')).catch(() => {});
    let denied = true;
    const refuse = (command: string) =>
      denied && command.startsWith('CREATE') ? 'NO [NOPERM] Permission denied' : undefined;
    const { url } = await through({ refuse });
    const receiver = new Receiver();
    const log = keptLog();
    await begin(server, receiver, { url, log });
    await server.append(user, mail('ignore-this'));
    await server.append(user, mail('do-this'));
    await until(async () => (await subjectsIn(server, 'Processed')).includes('do-this'));
    await until(() => receiver.got('ignore-this'));
    expect(log.lines[0]).toMatchObject({ level: 'error', fault: 'Permission denied' });
    denied = false;
    await until(async () => (await subjectsIn(server, 'Ignored')).includes('ignore-this'));
    expect(receiver.subjects.filter((subject) => subject === 'ignore-this')).toHaveLength(1);
  });

  test('a folder that is the mailbox itself is a fault of the settings', async () => {
    await server.append(user, mail('never-read'));
    const names = { processed: 'Processed', held: 'inbox', ignored: 'Ignored' };
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, { folders: names });
    expect(inbox.state()).toMatchObject({ status: 'offline', fault: expect.stringMatching(/IMAP_FOLDERS names/) });
    expect(receiver.subjects).toEqual([]);
  });
});

describe.skipIf(dovecotMissing)('a mailbox over quota', () => {
  test('keeps what was dealt with until there is room, and answers nobody twice', async () => {
    const server = await startDovecot({
      users: { [user]: 'secret' },
      capability: 'IMAP4rev1 LITERAL+ NAMESPACE IDLE',
      more: 'mail_plugins = quota\nplugin {\n  quota = maildir:User quota\n  quota_rule = *:bytes=6000\n  quota_grace = 0\n}',
    });
    try {
      await server.append(user, mail('private').replace('Commande: help', 'x'.repeat(2500)));
      await markDeleted(server, 'private');
      const receiver = new Receiver();
      const log = keptLog();
      await server.append(user, mail('ordered').replace('Commande: help', 'y'.repeat(2500)));
      const inbox = await begin(server, receiver, { log });
      await until(() => log.lines.some(({ fault }) => /quota/i.test(String(fault))));
      expect(await subjectsIn(server, 'Processed')).toEqual([]);
      expect(await subjectsIn(server, 'INBOX')).toEqual(['private', 'ordered']);
      await server.asUser(user, async (client) => {
        await client.mailboxOpen('INBOX');
        await client.messageDelete({ subject: 'private' });
      });
      await until(async () => (await subjectsIn(server, 'Processed')).length === 1);
      await until(() => inbox.state().failing.length === 0);
      expect(await subjectsIn(server, 'INBOX')).toEqual([]);
      expect(receiver.subjects).toEqual(['ordered']);
    } finally {
      await server.close();
    }
  });
});

describe.skipIf(dovecotMissing)('a lesser server', () => {
  test('without MOVE, IDLE and UIDPLUS, with all folders below INBOX., reading one of them', async () => {
    const server = await startDovecot({
      users: { [user]: 'secret' },
      prefix: 'INBOX.',
      capability: 'IMAP4rev1 LITERAL+ NAMESPACE',
    });
    try {
      await server.asUser(user, (client) => client.mailboxCreate('INBOX.Orders.New'));
      const receiver = new Receiver();
      const names = { processed: 'Desk/Processed', held: 'INBOX.Held', ignored: 'INBOX/Ignored' };
      const url = server.imapUrl(user).replace(/INBOX$/, 'Orders/New');
      const inbox = await begin(server, receiver, { folders: names, pollMs: 50, url });
      await until(() => inbox.state().status === 'waiting');
      for (const subject of ['answer-plain', 'hold-plain', 'ignore-plain']) {
        await server.append(user, mail(subject), 'INBOX.Orders.New');
      }
      await until(async () => (await subjectsIn(server, 'INBOX.Desk.Processed')).length === 1);
      await until(async () => (await subjectsIn(server, 'INBOX.Held')).length === 1);
      await until(async () => (await subjectsIn(server, 'INBOX.Ignored')).length === 1);
      expect(await subjectsIn(server, 'INBOX.Orders.New')).toEqual([]);
      expect(receiver.subjects).toEqual(['answer-plain', 'hold-plain', 'ignore-plain']);
      expect((await server.folders(user)).sort()).toEqual(
        ['INBOX', 'INBOX.Desk.Processed', 'INBOX.Held', 'INBOX.Ignored', 'INBOX.Orders.New'].sort(),
      );
    } finally {
      await server.close();
    }
  });
});
