import { EventEmitter } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { backoff, startInbox } from '../../src/mail/inbox.js';
import type { Inbox, InboxOptions } from '../../src/mail/inbox.js';
import type { Cursor, CursorStore } from '../../src/mail/mailbox.js';
import type { Arrival, MailEnd } from '../../src/mail/message.js';
import { parseMail } from '../../src/mail/parse.js';
import { dovecotMissing, startDovecot } from '../servers/dovecot.js';
import type { Dovecot } from '../servers/dovecot.js';
import { silent, until } from './ground.js';

const user = 'desk@guichet.test';
const other = 'other@guichet.test';
const folders = { processed: 'Processed', held: 'Held', ignored: 'Ignored' };

function mail(subject: string): string {
  return `From: a@partner.test\r\nTo: ${user}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@partner.test>\r\n\r\nCommande: help\r\n`;
}

class Cursors implements CursorStore {
  readonly kept = new Map<string, Cursor>();
  async load(mailbox: string) {
    return this.kept.get(mailbox) ?? null;
  }
  async save(mailbox: string, cursor: Cursor) {
    this.kept.set(mailbox, cursor);
  }
  get only(): Cursor | undefined {
    return [...this.kept.values()][0];
  }
}

/** A receiver that writes down what came and ends each mail by its subject. */
class Receiver extends EventEmitter {
  readonly subjects: string[] = [];
  readonly raws: Buffer[] = [];
  readonly faults = new Map<string, number>();

  receive = async ({ raw }: Arrival): Promise<MailEnd> => {
    const { subject } = await parseMail(raw);
    this.subjects.push(subject);
    this.raws.push(raw);
    const left = this.faults.get(subject) ?? 0;
    this.faults.set(subject, left - 1);
    this.emit('mail');
    if (left > 0) throw new Error('database is down');
    return subject.startsWith('ignore') ? 'ignored' : subject.startsWith('hold') ? 'held' : 'answered';
  };

  got(subject: string): boolean {
    return this.subjects.includes(subject);
  }
}

const open = new Set<Inbox>();

async function begin(
  server: Dovecot,
  receiver: Receiver,
  cursor: CursorStore,
  more: Partial<InboxOptions> = {},
): Promise<Inbox> {
  const inbox = await startInbox({
    url: server.imapUrl(user),
    folders,
    receive: receiver.receive,
    cursor,
    log: silent,
    random: () => 0.5,
    backoffMs: { first: 20, most: 200 },
    ca: server.ca,
    ...more,
  });
  open.add(inbox);
  return inbox;
}

async function end(inbox: Inbox): Promise<void> {
  open.delete(inbox);
  await inbox.close();
}

afterEach(async () => {
  await Promise.all([...open].map(end));
});

describe.skipIf(dovecotMissing)(`inbox against Dovecot ${dovecotMissing ?? ''}`, () => {
  let server: Dovecot;
  const holds = (folder: string, subject: string) => async () =>
    (await server.list(user, folder)).some((one) => one.subject === subject);

  beforeAll(async () => {
    server = await startDovecot({ users: { [user]: 'secret', [other]: 'p@ss/w%rd' } });
  });
  afterAll(() => server.close());

  test('a mail that arrives while waiting is handed over as it is and moved by its end', async () => {
    const receiver = new Receiver();
    const cursors = new Cursors();
    const inbox = await begin(server, receiver, cursors);
    await until(() => inbox.state().status === 'waiting');
    for (const subject of ['answer-1', 'ignore-1', 'hold-1']) await server.append(user, mail(subject));
    await until(holds('Processed', 'answer-1'));
    await until(holds('Ignored', 'ignore-1'));
    await until(holds('Held', 'hold-1'));
    expect(await server.list(user, 'INBOX')).toEqual([]);
    expect(receiver.subjects).toEqual(['answer-1', 'ignore-1', 'hold-1']);
    expect(receiver.raws[0]?.toString()).toBe(mail('answer-1'));
    await until(() => cursors.only?.lastUid === 3);
    expect(inbox.state()).toMatchObject({ status: 'waiting', failing: [] });
  });

  test('a restart goes on where the last run stopped', async () => {
    const cursors = new Cursors();
    const first = new Receiver();
    const before = await begin(server, first, cursors);
    await server.append(user, mail('before-restart'));
    await until(holds('Processed', 'before-restart'));
    await end(before);
    expect(before.state().status).toBe('closed');
    await server.append(user, mail('while-away'));
    const second = new Receiver();
    await begin(server, second, cursors);
    await until(holds('Processed', 'while-away'));
    expect(first.subjects).toEqual(['before-restart']);
    expect(second.subjects).toEqual(['while-away']);
  });

  test('a mail below the kept cursor is left alone, with another UIDVALIDITY it is read again', async () => {
    await server.append(other, mail('known'));
    const [known] = await server.list(other, 'INBOX');
    const receiver = new Receiver();
    const cursors = new Cursors();
    const url = server.imapUrl(other);
    const probe = await begin(server, new Receiver(), cursors, { url });
    await until(() => cursors.only !== undefined);
    await end(probe);
    const [key, cursor] = [...cursors.kept][0]!;
    // Dovecot gives the second mail the next UID; the kept cursor is already past it
    await cursors.save(key, { ...cursor, lastUid: known!.uid + 1 });
    await server.append(other, mail('below-cursor'));
    const inbox = await begin(server, receiver, cursors, { url });
    await until(() => inbox.state().status === 'waiting');
    expect(receiver.subjects).toEqual([]);
    await end(inbox);
    await server.renew(other);
    await begin(server, receiver, cursors, { url });
    await until(async () => (await server.list(other, 'Processed')).some(({ subject }) => subject === 'below-cursor'));
    expect(receiver.subjects).toEqual(['below-cursor']);
    await until(() => cursors.only!.uidValidity !== cursor.uidValidity);
  });

  test('a server that dies and comes back is found again, and nothing is lost', async () => {
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, new Cursors());
    await until(() => inbox.state().status === 'waiting');
    await server.kill();
    await until(() => inbox.state().status === 'offline');
    expect(inbox.state().fault).toBeTruthy();
    await server.restart();
    await server.append(user, mail('after-crash'));
    await until(holds('Processed', 'after-crash'));
    expect(receiver.subjects).toEqual(['after-crash']);
  });

  test('a mail whose receiver throws stays, holds nobody up, and is tried again', async () => {
    const receiver = new Receiver();
    const cursors = new Cursors();
    receiver.faults.set('bad', 3);
    const inbox = await begin(server, receiver, cursors);
    await server.append(user, mail('bad'));
    await until(() => inbox.state().failing.length === 1);
    const [held] = await server.list(user, 'INBOX');
    await server.append(user, mail('good'));
    await until(holds('Processed', 'good'));
    await until(holds('Processed', 'bad'));
    expect(receiver.subjects.filter((subject) => subject === 'bad')).toHaveLength(4);
    await until(() => cursors.only?.lastUid === held!.uid + 1);
    expect(inbox.state().failing).toEqual([]);
  });

  test('the cursor never passes a mail that failed', async () => {
    const receiver = new Receiver();
    const cursors = new Cursors();
    receiver.faults.set('stuck', 1);
    await server.append(user, mail('fine'));
    await server.append(user, mail('stuck'));
    await server.append(user, mail('later'));
    const inbox = await begin(server, receiver, cursors, { backoffMs: { first: 60_000, most: 60_000 } });
    await until(holds('Processed', 'later'));
    const [stuck] = await server.list(user, 'INBOX');
    await until(() => cursors.only?.lastUid === stuck!.uid - 1);
    await end(inbox);
    await begin(server, receiver, cursors);
    await until(holds('Processed', 'stuck'));
    expect(receiver.subjects).toEqual(['fine', 'stuck', 'later', 'stuck']);
  });

  test('bytes that are no mail are handed over all the same', async () => {
    const receiver = new Receiver();
    await begin(server, receiver, new Cursors());
    await server.append(user, Buffer.from([0xff, 0xfe, 0x0d, 0x0a, 0x80, 0x3a, 0x41, 0x0d, 0x0a]));
    await server.append(user, mail('after-rubbish'));
    await until(holds('Processed', 'after-rubbish'));
    expect(receiver.raws).toHaveLength(2);
    expect(await server.list(user, 'INBOX')).toEqual([]);
  });

  test('a mail over the limit is handed over cut off', async () => {
    const receiver = new Receiver();
    await begin(server, receiver, new Cursors(), { maxBytes: 400 });
    await server.append(user, mail('giant') + 'x'.repeat(2000));
    await until(holds('Processed', 'giant'));
    expect(receiver.raws[0]).toHaveLength(400);
  });

  test('many mails at once come in order and none twice', async () => {
    const subjects = Array.from({ length: 30 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
    for (const subject of subjects) await server.append(user, mail(subject));
    const receiver = new Receiver();
    await begin(server, receiver, new Cursors());
    await until(async () => (await server.list(user, 'INBOX')).length === 0);
    expect([...receiver.subjects].sort()).toEqual(subjects);
    const batches = receiver.subjects.map((subject) => Math.floor(subjects.indexOf(subject) / 8));
    expect(batches).toEqual([...batches].sort((a, b) => a - b));
  });

  test('closing lets the mail in hand end and be moved', async () => {
    const receiver = new Receiver();
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = async (arrival: Arrival) => {
      const ending = await receiver.receive(arrival);
      await gate;
      return ending;
    };
    const inbox = await begin(server, receiver, new Cursors(), { receive: slow });
    await server.append(user, mail('in-hand'));
    await until(() => receiver.got('in-hand'));
    const closed = end(inbox);
    release();
    await closed;
    expect((await server.list(user, 'Processed')).some(({ subject }) => subject === 'in-hand')).toBe(true);
  });

  test('speaks TLS from the start, with a password full of URL characters', async () => {
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, new Cursors(), { url: server.imapsUrl(other) });
    await until(() => inbox.state().status === 'waiting');
  });

  test('a certificate that nobody vouches for is refused', async () => {
    const inbox = await begin(server, new Receiver(), new Cursors(), { url: server.imapsUrl(user), ca: undefined });
    expect(inbox.state().status).toBe('offline');
    expect(inbox.state().fault).toMatch(/certificate/i);
  });

  test('a wrong password is said, without the password', async () => {
    const url = server.imapUrl(user).replace('secret', 'wr0ng');
    const inbox = await begin(server, new Receiver(), new Cursors(), { url });
    expect(inbox.state().fault).toMatch(/refuses our sign-in/);
    expect(inbox.state().fault).not.toContain('wr0ng');
  });

  test('a connection that has gone silent is given up and made anew', async () => {
    const line = await halfOpenProxy(server.imapPort);
    const receiver = new Receiver();
    const url = server.imapUrl(user).replace(/localhost:\d+/, `localhost:${line.port}`);
    const inbox = await begin(server, receiver, new Cursors(), { url, silenceMs: 400 });
    await until(() => inbox.state().status === 'waiting');
    line.freeze();
    await server.append(user, mail('behind-silence'));
    await until(holds('Processed', 'behind-silence'));
    expect(line.connections).toBeGreaterThan(1);
    await end(inbox);
    await line.close();
  });
});

describe.skipIf(dovecotMissing)('inbox against a lesser server', () => {
  test('without MOVE and IDLE, with folders below INBOX.', async () => {
    const server = await startDovecot({
      users: { [user]: 'secret' },
      prefix: 'INBOX.',
      capability: 'IMAP4rev1 LITERAL+ NAMESPACE UIDPLUS',
    });
    try {
      const receiver = new Receiver();
      const names = { processed: 'Desk/Processed', held: 'Held', ignored: 'Ignored' };
      const inbox = await begin(server, receiver, new Cursors(), { folders: names, pollMs: 50 });
      await until(() => inbox.state().status === 'waiting');
      await server.append(user, mail('answer-plain'));
      await server.append(user, mail('hold-plain'));
      await until(async () => (await server.list(user, 'INBOX.Desk.Processed')).length === 1);
      await until(async () => (await server.list(user, 'INBOX.Held')).length === 1);
      expect(await server.list(user, 'INBOX')).toEqual([]);
      await end(inbox);
    } finally {
      await server.close();
    }
  });
});

test('the wait before reconnecting doubles up to its limit and is spread', () => {
  const waits = (random: number) =>
    [0, 1, 2, 3, 10].map((attempt) =>
      backoff(attempt, { backoffMs: { first: 100, most: 1000 }, random: () => random }),
    );
  expect(waits(0)).toEqual([50, 100, 200, 400, 500]);
  expect(waits(0.999)).toEqual([100, 200, 400, 800, 1000]);
});

/** Passes bytes on until frozen; then old connections stay open and say nothing more, new ones work. */
async function halfOpenProxy(target: number) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    freeze() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
