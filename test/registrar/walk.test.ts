/** The port `gandi` (SPEC G): what is ordered is bought once, whatever happens on the way; asserted from the double's books. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import type { Fault, Route } from '../servers/gandi.js';
import { openRegistrarHouse, type RegistrarHouse } from './ground.js';

const after: readonly Fault[] = ['cut after', '502 after', 'garbage after', 'odd after', 'giant after'];
const before: readonly Fault[] = ['cut before', '502 before', 'elsewhere'];

describe.each(databases())('orders at Gandi on $name', (provider) => {
  let house: RegistrarHouse;
  // what goes wrong on the way is no matter of the database: each kind once, the outcome on each
  const some = (faults: readonly Fault[]) => (provider.name === 'sqlite' ? faults : faults.slice(0, 1));
  beforeAll(async () => {
    house = await openRegistrarHouse(provider);
  });
  afterAll(async () => {
    expect(house.problems).toEqual([]);
    await house.close();
  });

  /** What was called since then, by route. */
  const calledSince = (from: number) => house.gandi.calls.slice(from).map(({ route }) => route);
  const calls = () => house.gandi.calls.length;
  const stateOf = async (name: string) => {
    const { state, reason } = await house.task(name);
    return { task: state, domain: (await house.domain(name)).state, ...(reason === null ? {} : { reason }) };
  };

  test('a registration: looked for, checked, ordered, followed until the registry has it', async () => {
    const from = calls();
    const name = await house.register(undefined, 2);
    const paid = await house.balance();
    expect(await house.round()).toBe(1);
    expect(calledSince(from)).toEqual(['list', 'create status', 'organisations', 'create dry', 'create']);
    expect(house.gandi.books.sales.at(-1)).toMatchObject({
      ...{ kind: 'create', name, years: 2, payer: 'f2a1c0de-0000-4000-8000-00000000cafe' },
      owner: { type: 'company', orgname: 'Anneaux & Cie', phone: '+33.123456789', family: 'Noether' },
    });
    expect(await stateOf(name)).toEqual({ task: 'waiting', domain: 'registering' });
    expect(await house.round(), 'not due yet').toBe(0);
    await house.after(1);
    expect(await stateOf(name)).toEqual({ task: 'waiting', domain: 'registering' });
    house.gandi.books.finish(name);
    const letters = await house.desk.queuedBy(() => house.after(1));
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect(await house.domain(name)).toMatchObject({ expiresOn: '2028-11-23', registeredOn: '2026-11-23' });
    expect(await house.task(name)).toMatchObject({ reference: house.gandi.books.account.get(name)?.id, secret: null });
    expect(letters.map(({ letter, recipient }) => [letter, recipient])).toContainEqual([
      'domain-step',
      house.org.email,
    ]);
    expect(await house.balance()).toBe(paid);
    expect(house.gandi.books.sold(name)).toBe(1);
  });

  test('what takes long is asked about ever more rarely, and never ordered again', async () => {
    const name = await house.register();
    await house.round();
    const from = calls();
    for (let minute = 0; minute < 240; minute += 4) await house.after(4);
    const asked = calledSince(from).filter((route) => route === 'list').length;
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(20);
    house.gandi.books.finish(name);
    await house.after(150);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect(house.gandi.books.sold(name)).toBe(1);
  });

  test.each(some(after))('sold, and then %s: uncertain, asked about, bought once', async (fault) => {
    const name = await house.register();
    const paid = await house.balance();
    const from = calls();
    void house.gandi.fault('create', fault);
    await house.round();
    expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'uncertain' });
    expect(await house.after(9)).toBe(0);
    await house.after(1);
    expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'registering' });
    house.gandi.books.finish(name);
    await house.after(10);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect(house.gandi.books.sold(name)).toBe(1);
    expect(calledSince(from).filter((route) => route === 'create')).toHaveLength(1);
    expect(await house.balance()).toBe(paid);
  });

  test('the registry was quick: the first question finds the domain', async () => {
    const name = await house.register();
    void house.gandi.fault('create', '502 after');
    await house.round();
    house.gandi.books.finish(name);
    await house.after(10);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect(house.gandi.books.sold(name)).toBe(1);
  });

  test.each(some(before))(
    'not sold, and %s: asked about for half an hour, then given back; never sent again',
    async (fault) => {
      const name = await house.register();
      const paid = await house.balance();
      const from = calls();
      void house.gandi.fault('create', fault);
      await house.round();
      expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'uncertain' });
      await house.after(10);
      await house.after(10);
      expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'uncertain' });
      await house.after(10);
      expect(await stateOf(name)).toMatchObject({ task: 'failed', domain: 'failed', reason: /nothing was bought/ });
      expect(house.gandi.books.sold(name)).toBe(0);
      expect(calledSince(from).filter((route) => route === 'create')).toHaveLength(1);
      expect(await house.balance()).toBeGreaterThan(paid);
      // the name is free for another order
      await house.register(name);
      await house.round();
      expect(house.gandi.books.sold(name)).toBe(1);
      house.gandi.books.finish(name);
      await house.after(2);
      expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    },
  );

  test('no answer at all: sold in silence, given up by the desk', async () => {
    const name = await house.register();
    const patience = new AbortController();
    const struck = house.gandi.fault('create', 'silence after');
    const round = house.worker({ patience: () => patience.signal }).round();
    await struck;
    expect((await house.task(name)).sentAt, 'committed before it left').not.toBeNull();
    patience.abort();
    await round;
    expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'uncertain' });
    house.gandi.books.finish(name);
    await house.after(10);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect(house.gandi.books.sold(name)).toBe(1);
  });

  test.each<Fault>(['silence after', 'silence before'])(
    'the process ends between order and answer (%s)',
    async (fault) => {
      const name = await house.register();
      const gone = new AbortController();
      const struck = house.gandi.fault('create', fault);
      const lost = house.worker({ patience: () => gone.signal }).round();
      await struck;
      expect(await house.after(4), 'under its lease').toBe(0);
      await house.after(1);
      expect(await stateOf(name)).toEqual({ task: 'uncertain', domain: 'uncertain' });
      // whatever the first one believed is no longer its to record
      gone.abort();
      await lost;
      const bought = fault === 'silence after';
      if (bought) house.gandi.books.finish(name);
      await house.after(10);
      await house.after(20);
      expect(await stateOf(name)).toMatchObject({
        task: bought ? 'done' : 'failed',
        domain: bought ? 'active' : 'failed',
      });
      expect(house.gandi.books.sold(name)).toBe(bought ? 1 : 0);
    },
  );

  test('two processes at once: each order leaves once', async () => {
    const other = (await house.desk.another()).desk;
    const names = [];
    for (let at = 0; at < 10; at += 1) names.push(await house.register());
    const workers = [house.worker(), house.worker({}, other), house.worker(), house.worker({}, other)];
    await Promise.all(workers.map((worker) => worker.round()));
    expect(names.map((name) => house.gandi.books.sold(name))).toEqual(names.map(() => 1));
    for (const name of names) house.gandi.books.finish(name);
    house.desk.clock.advance(120_000);
    await Promise.all(workers.map((worker) => worker.round()));
    for (const name of names) expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
  });

  test('a clear no, in the dry run or at the order: given back, told, nothing bought', async () => {
    const paid = await house.balance();
    const held = 'held-by-another.com';
    house.gandi.books.elsewhere.set(held, 'x');
    await house.register(held);
    const raced = await house.register();
    const from = calls();
    const letters = await house.desk.queuedBy(async () => {
      void house.gandi.fault('create', () => house.gandi.books.elsewhere.set(raced, 'x'));
      await house.round();
    });
    for (const name of [held, raced]) {
      expect(await stateOf(name)).toMatchObject({
        task: 'failed',
        domain: 'failed',
        reason: /Domain is not available/,
      });
      expect(house.gandi.books.sold(name)).toBe(0);
    }
    expect(calledSince(from).filter((route) => route === 'create')).toHaveLength(1);
    expect(letters.filter(({ letter }) => letter === 'domain-step').map(({ params }) => params['step'])).toEqual([
      'failed',
      'failed',
    ]);
    expect(await house.balance()).toBe(paid);
    expect(await house.after(600), 'it has ended').toBe(0);
  });

  test('the registry refuses later on', async () => {
    const name = await house.register();
    const paid = await house.balance();
    await house.round();
    house.gandi.books.fail(name, 'Registrant refused\u2028by the registry');
    await house.after(1);
    const reason = 'Registrant refused by the registry';
    expect(await stateOf(name)).toEqual({ task: 'failed', domain: 'failed', reason });
    expect(await house.balance()).toBeGreaterThan(paid);
  });

  test('a name that is in the account already is not bought, and staff hear of it', async () => {
    const name = await house.register('ours-already.com');
    house.gandi.books.own(name, '2027-05-05');
    const letters = await house.desk.queuedBy(() => house.round());
    expect(await stateOf(name)).toMatchObject({ task: 'failed', domain: 'failed' });
    expect(letters.filter(({ letter }) => letter === 'registrar-alert').map(({ recipient }) => recipient)).toEqual([
      house.admin,
    ]);
    expect(house.gandi.books.sold(name)).toBe(0);
  });

  test.each<[Route, Fault]>([
    ['list', '401'],
    ['create dry', '403'],
    ['create', '402'],
  ])('the desk is refused (%s: %s): nobody’s order fails, staff hear of it once', async (route, fault) => {
    const [one, two] = [await house.register(), await house.register()];
    const letters = await house.desk.queuedBy(async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        void house.gandi.fault(route, fault);
        void house.gandi.fault(route, fault);
        await house.round();
        for (const name of [one, two]) {
          expect(await stateOf(name)).toEqual({ task: 'waiting', domain: 'requested' });
          expect((await house.task(name)).sentAt).toBeNull();
        }
        house.desk.clock.advance(15 * 60_000);
      }
    });
    expect(letters.map(({ letter }) => letter)).toEqual(['registrar-alert']);
    expect(letters[0]?.params['text']).toContain(`HTTP ${String(fault)}`);
    await house.round();
    for (const name of [one, two]) {
      expect(house.gandi.books.sold(name)).toBe(1);
      house.gandi.books.finish(name);
    }
    await house.after(2);
  });

  test('the rate limit: nothing is sent before Retry-After is over, then everything once', async () => {
    const names = [await house.register(), await house.register(), await house.register()];
    house.gandi.limit(3);
    await house.round();
    const from = calls();
    for (let second = 0; second < 50; second += 10) {
      house.desk.clock.advance(10_000);
      await house.round();
    }
    expect(calls()).toBe(from);
    house.gandi.limit(Number.POSITIVE_INFINITY);
    await house.after(1);
    for (const name of names) expect(house.gandi.books.sold(name)).toBe(1);
    for (const name of names) house.gandi.books.finish(name);
    await house.after(2);
    for (const name of names) expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
  });

  test('a limit that strikes at the order itself: it had not left', async () => {
    const name = await house.register();
    void house.gandi.fault('create', () => house.gandi.limit(0));
    await house.round();
    expect(await house.task(name)).toMatchObject({ state: 'waiting', sentAt: null, leasedUntil: null });
    house.gandi.limit(Number.POSITIVE_INFINITY);
    await house.after(2);
    expect(house.gandi.books.sold(name)).toBe(1);
    house.gandi.books.finish(name);
    await house.after(2);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
  });

  test('nobody listens: waited for, with ever longer pauses', async () => {
    const name = await house.register();
    await house.gandi.shut();
    await house.round();
    const first = await house.task(name);
    await house.after(1);
    const second = await house.task(name);
    expect(second).toMatchObject({ state: 'waiting', sentAt: null, attempts: 2 });
    const pause = ({ dueAt }: { dueAt: Date | null }, at: Date) => (dueAt?.getTime() ?? 0) - at.getTime();
    expect(pause(first, new Date(house.desk.clock().getTime() - 60_000))).toBe(30_000);
    expect(pause(second, house.desk.clock())).toBe(60_000);
    await house.gandi.open();
    await house.after(1);
    expect(house.gandi.books.sold(name)).toBe(1);
    house.gandi.books.finish(name);
    await house.after(2);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
  });

  test('a transfer: its code reaches the registrar, and nothing else', async () => {
    const code = 'Zq!7-very"secret\\code';
    const name = await house.transfer(code);
    const wrong = await house.transfer('another-Secret-9');
    house.gandi.books.elsewhere.set(wrong, 'changed since');
    await house.round();
    expect(await stateOf(name)).toEqual({ task: 'waiting', domain: 'transferring' });
    const reason = 'fqdn: Wrong authorization code "…"';
    expect(await stateOf(wrong)).toEqual({ task: 'failed', domain: 'failed', reason });
    const sent = house.gandi.calls.filter(({ route, body }) => route === 'transfer' && body.includes(name));
    expect(sent.map(({ body }) => (JSON.parse(body) as { authinfo: string }).authinfo)).toEqual([code]);
    house.gandi.books.finish(name);
    await house.after(2);
    expect(await stateOf(name)).toEqual({ task: 'done', domain: 'active' });
    expect((await house.task(name)).secret).toBeNull();
    const everything = JSON.stringify([
      await house.desk.dump(),
      house.desk.answers,
      await house.desk.letters(),
      house.problems,
    ]);
    expect(everything).not.toContain('very\\"secret');
    expect(everything).not.toContain('very\\\\\\"secret');
    expect(everything).not.toContain('another-Secret-9');
    expect(house.gandi.books.sold(name)).toBe(1);
  });
});
