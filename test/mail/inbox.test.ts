import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backoff } from '../../src/mail/wire/inbox.js';
import type { Arrival } from '../../src/mail/wire/message.js';
import { dovecotMissing, startDovecot } from '../servers/dovecot.js';
import type { Dovecot } from '../servers/dovecot.js';
import { until } from './ground.js';
import { begin, Cursors, end, mail, Receiver, user } from './inbox-ground.js';

const other = 'other@guichet.test';

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
    const inbox = await begin(server, receiver, { cursor: cursors });
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
    const before = await begin(server, first, { cursor: cursors });
    await server.append(user, mail('before-restart'));
    await until(holds('Processed', 'before-restart'));
    await end(before);
    expect(before.state().status).toBe('closed');
    await server.append(user, mail('while-away'));
    const second = new Receiver();
    await begin(server, second, { cursor: cursors });
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
    const probe = await begin(server, new Receiver(), { cursor: cursors, url });
    await until(() => cursors.only !== undefined);
    await end(probe);
    const [key, cursor] = [...cursors.kept][0]!;
    // Dovecot gives the second mail the next UID; the kept cursor is already past it
    await cursors.save(key, { ...cursor, lastUid: known!.uid + 1 });
    await server.append(other, mail('below-cursor'));
    const inbox = await begin(server, receiver, { cursor: cursors, url });
    await until(() => inbox.state().status === 'waiting');
    expect(receiver.subjects).toEqual([]);
    await end(inbox);
    await server.renew(other);
    await begin(server, receiver, { cursor: cursors, url });
    await until(async () => (await server.list(other, 'Processed')).some(({ subject }) => subject === 'below-cursor'));
    expect(receiver.subjects).toEqual(['below-cursor']);
    await until(() => cursors.only!.uidValidity !== cursor.uidValidity);
  });

  test('a server that dies and comes back is found again, and nothing is lost', async () => {
    const receiver = new Receiver();
    const inbox = await begin(server, receiver);
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
    const inbox = await begin(server, receiver, { cursor: cursors });
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
    const inbox = await begin(server, receiver, { cursor: cursors, backoffMs: { first: 60_000, most: 60_000 } });
    await until(holds('Processed', 'later'));
    const [stuck] = await server.list(user, 'INBOX');
    await until(() => cursors.only?.lastUid === stuck!.uid - 1);
    await end(inbox);
    await begin(server, receiver, { cursor: cursors });
    await until(holds('Processed', 'stuck'));
    expect(receiver.subjects).toEqual(['fine', 'stuck', 'later', 'stuck']);
  });

  test('bytes that are no mail are handed over all the same', async () => {
    const receiver = new Receiver();
    await begin(server, receiver);
    await server.append(user, Buffer.from([0xff, 0xfe, 0x0d, 0x0a, 0x80, 0x3a, 0x41, 0x0d, 0x0a]));
    await server.append(user, mail('after-rubbish'));
    await until(holds('Processed', 'after-rubbish'));
    expect(receiver.raws).toHaveLength(2);
    expect(await server.list(user, 'INBOX')).toEqual([]);
  });

  test('a mail over the limit is handed over cut off', async () => {
    const receiver = new Receiver();
    await begin(server, receiver, { maxBytes: 400 });
    await server.append(user, mail('giant') + 'x'.repeat(2000));
    await until(holds('Processed', 'giant'));
    expect(receiver.raws[0]).toHaveLength(400);
  });

  test('many mails at once come in order and none twice', async () => {
    const subjects = Array.from({ length: 30 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
    for (const subject of subjects) await server.append(user, mail(subject));
    const receiver = new Receiver();
    await begin(server, receiver);
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
    const inbox = await begin(server, receiver, { receive: slow });
    await server.append(user, mail('in-hand'));
    await until(() => receiver.got('in-hand'));
    const closed = end(inbox);
    release();
    await closed;
    expect((await server.list(user, 'Processed')).some(({ subject }) => subject === 'in-hand')).toBe(true);
  });

  test('speaks TLS from the start, with a password full of URL characters', async () => {
    const receiver = new Receiver();
    const inbox = await begin(server, receiver, { url: server.imapsUrl(other) });
    await until(() => inbox.state().status === 'waiting');
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
