/** X5: what leaves is a row of the change that causes it, handed over once, under one Message-ID, until it arrives. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tellUndelivered } from '../../src/core/jobs.js';
import {
  backOffMs,
  createOutboxWorker,
  type OutboxWorker,
  type OutboxWorkerOptions,
  type Deliver,
  type Delivery,
  type Errand,
} from '../../src/core/database/outbox-worker.js';
import { databases } from '../servers/databases.js';
import { dayMs, hourMs, minuteMs, newEmail, newStaff, openTestDesk, secondMs, type TestDesk } from './ground.js';

/** A far end that answers as told, and remembers. */
function farEnd(...answers: (Delivery | Error | Promise<Delivery>)[]) {
  const errands: Errand[] = [];
  let called = () => {};
  const first = new Promise<void>((resolve) => (called = resolve));
  const deliver: Deliver = (errand) => {
    errands.push(errand);
    called();
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer ?? { result: 'sent' });
  };
  return { errands, deliver, first };
}

const later = <T>() => {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
};

describe.each(databases())('the outbox on $name', (provider) => {
  let desk: TestDesk;
  let problems: unknown[];
  beforeEach(async () => {
    desk = await openTestDesk(provider);
    problems = [];
  });
  afterEach(() => desk.close());

  const courier = (mail: Deliver | undefined, more: Partial<OutboxWorkerOptions> = {}): OutboxWorker =>
    createOutboxWorker({
      database: desk.desk.database,
      secrets: desk.desk.secrets,
      clock: desk.clock,
      chance: () => 0.5,
      channels: mail ? { mail } : {},
      onError: (error) => problems.push(error),
      ...more,
    });
  /** One mail with a secret in it: a code. */
  const queue = () => desk.done('account link', { email: newEmail() }, { as: newEmail() });
  const rows = () => desk.connection.reader.outbox.findMany({ orderBy: { id: 'asc' } });
  const states = async () => (await rows()).map(({ state }) => state);

  test('a mail waits with its secret encrypted; sent, the secret is gone', async () => {
    await queue();
    const [queued] = await rows();
    expect(queued).toMatchObject({
      state: 'queued',
      channel: 'mail',
      letter: 'link-code',
      attempts: 0,
      messageId: expect.stringMatching(/^<[\w-]{24}@localhost>$/) as string,
    });
    const { errands, deliver } = farEnd({ result: 'sent' });
    expect(await courier(deliver).round()).toBe(1);
    const code = String(errands[0]?.params['code']);
    expect(code).toMatch(/^\d{4} \d{4}$/);
    expect(errands[0]).toMatchObject({
      letter: 'link-code',
      params: { minutes: 15 },
      messageId: queued?.messageId,
      attachments: [],
      references: [],
    });
    expect(JSON.stringify(queued)).not.toContain(code);
    expect(await rows()).toMatchObject([
      { state: 'sent', secret: null, sentAt: desk.clock(), leasedUntil: null, error: null, attempts: 1 },
    ]);
    expect(await courier(deliver).round()).toBe(0);
  });

  test('what is refused, tried or broken off sends nothing', async () => {
    const as = newEmail();
    await desk.done('help', {}, { as });
    await desk.ask('account link', { email: 'nonsense' }, { as });
    await desk.ask('account link', { email: newEmail() }, { as, dryRun: true });
    const broken = desk.desk.database.transact(({ leaves }) => {
      leaves.outbox.push({ channel: 'mail', letter: 'link-code', recipient: as, locale: 'fr', params: {} });
      return Promise.reject(new Error('broken off'));
    });
    await expect(broken).rejects.toThrow('broken off');
    expect(await rows()).toEqual([]);
  });

  test('tried again after 30 s, twice as long each time, up to two hours', async () => {
    await queue();
    const { errands, deliver } = farEnd({ result: 'retry', reason: '451 later' });
    const mine = courier(deliver);
    for (const waitS of [30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200]) {
      expect(await mine.round()).toBe(1);
      expect(await rows()).toMatchObject([
        {
          state: 'queued',
          error: '451 later',
          dueAt: new Date(desk.clock().getTime() + waitS * secondMs),
          secret: expect.any(String) as string,
        },
      ]);
      desk.clock.advance(waitS * secondMs - 1);
      expect(await mine.round()).toBe(0);
      desk.clock.advance(1);
    }
    expect(new Set(errands.map(({ messageId }) => messageId)).size).toBe(1);
    expect(new Set(errands.map(({ params }) => params['code'])).size).toBe(1);
  });

  test('the waiting is spread by a tenth either way', () => {
    expect([backOffMs(1, 0), backOffMs(1, 0.5), backOffMs(1, 1)]).toEqual(
      [27_000, 30_000, 33_000].map((ms) => expect.closeTo(ms, 3) as number),
    );
    expect(backOffMs(1_000, 0.5)).toBeCloseTo(2 * hourMs, 3);
  });

  test('a far end that throws is tried again, and told of', async () => {
    await queue();
    const mine = courier(farEnd(new Error('no route'), { result: 'sent' }).deliver);
    await mine.round();
    expect(await rows()).toMatchObject([{ state: 'queued', error: 'no route' }]);
    expect(problems).toMatchObject([{ message: 'no route' }]);
    desk.clock.advance(30 * secondMs);
    await mine.round();
    expect(await states()).toEqual(['sent']);
  });

  test('when the answer was lost it is sent again after ten minutes, under the same Message-ID', async () => {
    await queue();
    const { errands, deliver } = farEnd({ result: 'uncertain', reason: 'answer to DATA lost' }, { result: 'sent' });
    const mine = courier(deliver);
    await mine.round();
    expect(await rows()).toMatchObject([
      { state: 'uncertain', dueAt: new Date(desk.clock().getTime() + 10 * minuteMs) },
    ]);
    desk.clock.advance(10 * minuteMs - 1);
    expect(await mine.round()).toBe(0);
    desk.clock.advance(1);
    await mine.round();
    expect(await states()).toEqual(['sent']);
    expect(errands.map(({ messageId }) => messageId)).toEqual([errands[0]?.messageId, errands[0]?.messageId]);
  });

  test('a far end that does not answer in time is uncertain, and keeps nobody waiting', async () => {
    await queue();
    const mine = courier(farEnd(new Promise<Delivery>(() => {})).deliver, { patienceMs: 5 });
    expect(await mine.round()).toBe(1);
    expect(await states()).toEqual(['uncertain']);
  });

  test('a crash: another process takes it over when the lease has ended, under the same Message-ID', async () => {
    await queue();
    const [answer, own] = [later<Delivery>(), later<Delivery>()];
    const [crashed, other] = [farEnd(answer.promise), farEnd(own.promise, { result: 'sent' })];
    const round = courier(crashed.deliver).round();
    await crashed.first;
    const second = courier(other.deliver);
    desk.clock.advance(2 * minuteMs - 1);
    expect(await second.round()).toBe(0);
    desk.clock.advance(1);
    const takenOver = second.round();
    await other.first;
    expect(other.errands[0]?.messageId).toBe(crashed.errands[0]?.messageId);
    const [taken] = await rows();
    expect(taken).toMatchObject({ state: 'sending', attempts: 2 });
    // it was alive after all: its failure is no longer its to record
    answer.resolve({ result: 'failed', reason: 'too late' });
    await round;
    expect(await rows()).toEqual([taken]);
    own.resolve({ result: 'retry', reason: 'busy' });
    await takenOver;
    desk.clock.advance(minuteMs);
    await second.round();
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 3 }]);
  });

  test('handed over after its lease was lost, it is not sent again', async () => {
    await queue();
    const [slow, other] = [later<Delivery>(), later<Delivery>()];
    const [one, two] = [farEnd(slow.promise), farEnd(other.promise)];
    const first = courier(one.deliver).round();
    await one.first;
    desk.clock.advance(2 * minuteMs);
    const second = courier(two.deliver).round();
    await two.first;
    slow.resolve({ result: 'sent' });
    await first;
    other.resolve({ result: 'retry', reason: 'it has that Message-ID already' });
    await second;
    expect(await rows()).toMatchObject([{ state: 'sent', secret: null }]);
  });

  test('given up after five days', async () => {
    await queue();
    const told: string[] = [];
    const mine = courier(farEnd({ result: 'retry', reason: '421 never' }).deliver, {
      onFailed: (_, { reason }) => Promise.resolve(void told.push(reason)),
    });
    desk.clock.advance(5 * dayMs);
    await mine.round();
    expect(await states()).toEqual(['queued']);
    desk.clock.advance(30 * secondMs);
    await mine.round();
    expect(await rows()).toMatchObject([{ state: 'failed', error: '421 never' }]);
    expect(told).toEqual(['421 never']);
    desk.clock.advance(dayMs);
    expect(await mine.round()).toBe(0);
  });

  test('what can’t be delivered is told to staff once, without its secrets, and not about itself', async () => {
    const admin = await newStaff(desk, 'admin');
    await desk.connection.writer.outbox.deleteMany();
    await queue();
    const secret = (await desk.letters())[0]?.secret['code'] ?? '';
    const mine = courier(farEnd({ result: 'failed', reason: '550 no such mailbox' }).deliver, {
      onFailed: (unit, { errand, reason }) => tellUndelivered(desk.desk, unit, { ...errand, reason }),
    });
    await mine.round();
    const all = await rows();
    expect(all.map(({ letter, recipient, state }) => [letter, recipient, state])).toEqual([
      ['link-code', all[0]?.recipient, 'failed'],
      ['delivery-failed', admin, 'failed'],
    ]);
    expect(JSON.parse(all[1]?.params ?? '')).toMatchObject({
      letter: 'Code de liaison',
      recipient: all[0]?.recipient,
      error: '550 no such mailbox',
      number: expect.stringMatching(/^M-\d{6}$/) as string,
    });
    expect(secret).toMatch(/^\d{4} \d{4}$/);
    expect(JSON.stringify(await desk.dump())).not.toContain(secret);
    expect((await desk.done('audit show', { object: all[0]?.recipient ?? '' }))['items']).toMatchObject([
      { action: 'mail failed', detail: { letter: 'delivery-failed' } },
      { action: 'mail failed', detail: { letter: 'link-code', reason: '550 no such mailbox' } },
      { action: 'account link' },
    ]);
    expect(await mine.round()).toBe(0);
  });

  test('a row that can’t be read is failed and told, and keeps no other waiting', async () => {
    for (let count = 0; count < 3; count += 1) await queue();
    const [, second] = await rows();
    await desk.connection.writer.outbox.update({ where: { id: second?.id ?? 0 }, data: { secret: 'damaged' } });
    const failed: number[] = [];
    const { errands, deliver } = farEnd({ result: 'sent' });
    await courier(deliver, { onFailed: (_, { errand }) => Promise.resolve(void failed.push(errand.id)) }).round();
    expect(await states()).toEqual(['sent', 'failed', 'sent']);
    expect(failed).toEqual([second?.id]);
    expect(errands).toHaveLength(2);
    expect(problems).toHaveLength(1);
  });

  test('two couriers at two connections never hand one over twice', async () => {
    for (let count = 0; count < 40; count += 1) await queue();
    const other = await desk.another();
    const [one, two] = [farEnd({ result: 'sent' }), farEnd({ result: 'sent' })];
    await Promise.all([courier(one.deliver).round(), courier(two.deliver, { database: other.desk.database }).round()]);
    const ids = [...one.errands, ...two.errands].map(({ id }) => id);
    expect(ids.length).toBe(40);
    expect(new Set(ids).size).toBe(40);
    expect(new Set(await states())).toEqual(new Set(['sent']));
  });

  test('a channel nobody serves here stays queued for a process that does', async () => {
    await queue();
    expect(await courier(undefined).round()).toBe(0);
    expect(await courier(undefined, { channels: { chat: farEnd({ result: 'sent' }).deliver } }).round()).toBe(0);
    expect(await states()).toEqual(['queued']);
  });

  test('a commit wakes it; stopping ends what is in hand and takes no more', async () => {
    const answer = later<Delivery>();
    const far = farEnd(answer.promise);
    const mine = courier(far.deliver);
    desk.desk.database.onOutbox(() => mine.wake());
    await queue();
    await far.first;
    const stopped = mine.stop();
    await queue();
    answer.resolve({ result: 'sent' });
    await stopped;
    expect(await states()).toEqual(['sent', 'queued']);
    expect(problems).toEqual([]);
  });
});
