/** The client of Gandi's v5 interface by itself: its rate, its retries, and what never leaves it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RegistrarOrder } from '../../src/core/programmes/registrar/registrar.js';
import type { CallOptions } from '../../src/registrar/call.js';
import { gandiRegistrar } from '../../src/registrar/gandi.js';
import { readSettings } from '../../src/settings.js';
import { startOfTime, testClock } from '../core/ground.js';
import { reseller, startGandi, type Fault, type GandiDouble, type Route } from '../servers/gandi.js';

const name = 'maison-lumen.com';
const authCode = 'Code-of-a-transfer-7';
const order = (more: Partial<RegistrarOrder> = {}): RegistrarOrder => ({
  ...{ kind: 'register', name, years: 1 },
  owner: {
    ...{ type: 'individual', email: 'alice@example.org', firstName: 'Alice', lastName: 'Doe', company: null },
    ...{ street: '5 rue neuve', zip: '75001', city: 'Paris', country: 'FR', phone: '+33123456789', locale: 'fr' },
  },
  ...more,
});

describe('Gandi’s v5 interface', () => {
  const clock = testClock();
  let gandi: GandiDouble;
  let turns: number;
  beforeEach(async () => {
    clock.set(startOfTime);
    gandi = await startGandi({ clock });
    turns = 0;
  });
  afterEach(async () => {
    vi.useRealTimers();
    await gandi.close();
  });

  const client = (more: Partial<CallOptions> = {}) =>
    gandiRegistrar({
      ...{ token: gandi.token, root: gandi.root, clock, retryMs: () => 1 },
      turn: async () => void (turns += 1),
      ...more,
    });
  const routes = () => gandi.calls.map(({ route }) => route);

  test('asks as the documentation has it', async () => {
    gandi.books.own('held.com', '2027-03-04', { status: ['serverHold'], reachability: 'failed' });
    const registrar = client();
    expect(await registrar.look({ name: 'held.com', kind: 'renew' })).toEqual({
      ...{ result: 'held', reference: gandi.books.account.get('held.com')?.id, expiresOn: '2027-03-04' },
      ...{ suspended: true, ownerReach: 'failed' },
    });
    expect(await registrar.look({ name, kind: 'register' })).toEqual({ result: 'nothing' });
    expect(await registrar.check(order())).toEqual({ result: 'fine' });
    expect(gandi.books.sales).toEqual([]);
    expect(await registrar.order(order())).toEqual({ result: 'accepted', reference: name });
    expect(await registrar.look({ name, kind: 'register' })).toEqual({ result: 'under-way' });
    expect(gandi.calls.every(({ authorization }) => authorization === `Bearer ${gandi.token}`)).toBe(true);
    expect(
      routes().filter((route) => route === 'organisations'),
      'asked once',
    ).toHaveLength(1);
    expect(gandi.books.sales[0]?.payer).toBe(reseller);
  });

  test('the payer can be named in GANDI_API, which may end with a slash', async () => {
    const payer = '00000000-0000-4000-8000-000000000001';
    await client({ root: `${gandi.root}/?sharing_id=${payer}` }).order(order());
    expect(gandi.books.sales[0]?.payer).toBe(payer);
    expect(routes()).toEqual(['create']);
  });

  test('what is missing is the registrar’s to refuse, by name', async () => {
    const { owner } = order();
    const bare = order({ owner: { ...owner, street: null, country: null } });
    expect(await client().check(bare)).toMatchObject({
      result: 'refused',
      reason: /owner\.streetaddr: .*owner\.country: /,
    });
    expect(await client().order(bare)).toMatchObject({ result: 'refused', reason: /owner\.streetaddr: / });
    expect(gandi.books.sales).toEqual([]);
  });

  test('a retry takes its turn like any call; what is not only read has none', async () => {
    void gandi.fault('list', '502 before');
    void gandi.fault('list', 'cut before');
    expect(await client().look({ name, kind: 'renew' })).toEqual({ result: 'nothing' });
    expect([routes(), turns]).toEqual([['list', 'list', 'list'], 3]);
    for (let at = 0; at < 3; at += 1) void gandi.fault('list', '502 before');
    expect(await client().look({ name, kind: 'renew' })).toEqual({ result: 'later', reason: 'HTTP 502' });
    expect([gandi.calls.length, turns]).toEqual([6, 6]);
    const registrar = client({ root: `${gandi.root}?sharing_id=x` });
    for (const fault of ['502 before', 'cut before'] as const) {
      void gandi.fault('create', fault);
      expect((await registrar.order(order())).result).toBe('unclear');
    }
    expect([gandi.calls.length, turns]).toEqual([8, 8]);
  });

  test('no more than five calls within a second, retries among them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const registrar = gandiRegistrar({ token: gandi.token, root: gandi.root, clock, retryMs: () => 1 });
    void gandi.fault('list', '502 before');
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => registrar.look({ name, kind: 'renew' })));
    await gandi.until(5);
    await vi.advanceTimersByTimeAsync(900);
    expect(gandi.calls).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(200);
    await gandi.until(7);
    // the one that went wrong, whenever its answer was read
    while (gandi.calls.length < 8) await vi.advanceTimersByTimeAsync(100);
    expect((await answers).every(({ result }) => result === 'nothing')).toBe(true);
    expect(gandi.calls).toHaveLength(8);
  });

  test.each([
    ['seconds', '120', 120_000],
    ['a date', new Date(startOfTime.getTime() + 300_000).toUTCString(), 300_000],
    ['nothing', undefined, 60_000],
    ['nonsense', 'soon', 60_000],
    ['years', '999999999', 3_600_000],
  ])('Retry-After with %s: nothing is sent until then, whatever is asked', async (_, header, waitMs) => {
    const retryAt = new Date(clock().getTime() + waitMs);
    const registrar = client();
    void gandi.fault('list', { status: 429, headers: header === undefined ? {} : { 'retry-after': header } });
    const later = { result: 'later', reason: 'rate limit', retryAt };
    expect(await registrar.look({ name, kind: 'renew' })).toEqual(later);
    expect(await registrar.order(order())).toEqual(later);
    expect(gandi.calls).toHaveLength(1);
    clock.advance(waitMs);
    expect(await registrar.look({ name, kind: 'renew' })).toEqual({ result: 'nothing' });
  });

  test('a redirect is not followed: the token stays where it belongs', async () => {
    const elsewhere = await startGandi({ clock });
    const to = { status: 307, headers: { location: `${elsewhere.root}/domain/domains` } };
    void gandi.fault('list', to);
    expect(await client().look({ name, kind: 'renew' })).toEqual({ result: 'later', reason: 'HTTP 307' });
    void gandi.fault('create', to);
    expect(await client().order(order())).toEqual({ result: 'unclear', reason: 'HTTP 307' });
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.close();
  });

  test.each<[string, Route, Fault]>([
    ['a page of a proxy', 'list', { status: 404, body: '<h1>Not found</h1>' }],
    ['a list of something else', 'list', { status: 200, body: [{ name }] }],
    ['a domain of another name', 'details', { status: 200, body: { fqdn: 'another.com', status: [], dates: {} } }],
    ['a domain without dates', 'details', { status: 200, body: { fqdn: name, status: [] } }],
    [
      'a date that is none',
      'details',
      { status: 200, body: { fqdn: name, status: [], dates: { registry_ends_at: 'x' } } },
    ],
    ['an order that a proxy does not know', 'create status', { status: 404, body: '<h1>Not found</h1>' }],
    ['an order of an unknown shape', 'create status', { status: 200, body: { state: 'done' } }],
  ])('%s says nothing about what is there', async (_, route, fault) => {
    if (route === 'details') gandi.books.own(name, '2027-01-01');
    void gandi.fault(route, fault);
    expect((await client().look({ name, kind: 'register' })).result).toBe('later');
  });

  test('a dry run that was carried out all the same is no reason to order again', async () => {
    void gandi.fault('create dry', { status: 202, body: { message: 'Domain operation created.' } });
    expect(await client().check(order())).toEqual({ result: 'later', reason: 'dry run: HTTP 202' });
  });

  test('an answer too long is not read to its end', async () => {
    void gandi.fault('create', 'giant after');
    expect((await client().order(order())).result).toBe('unclear');
  });

  test('no secret comes back in an answer, however it went', async () => {
    const registrar = client();
    const transfer = order({ kind: 'transfer', authCode });
    gandi.books.elsewhere.set(name, 'another code');
    const answers: unknown[] = [await registrar.check(transfer), await registrar.order(transfer)];
    const said = {
      status: 400,
      body: { code: 400, message: `${gandi.token} may not send ${authCode}`, cause: '', object: '' },
    };
    const faults: Fault[] = ['401', '403', '502 before', 'cut before', 'garbage after', 'odd after', 'elsewhere', said];
    for (const fault of faults) {
      void gandi.fault('transfer', fault);
      answers.push(await registrar.order(transfer));
    }
    await gandi.shut();
    answers.push(await registrar.order(transfer), await registrar.look({ name, kind: 'transfer' }));
    expect(answers).toContainEqual({ result: 'refused', reason: 'fqdn: Wrong authorization code "…"' });
    expect(answers).toContainEqual({ result: 'refused', reason: '… may not send …' });
    expect(JSON.stringify(answers)).not.toContain(authCode);
    expect(JSON.stringify(answers)).not.toContain(gandi.token);
  });
});

test('the settings: a token with gandi, and never in clear over the network', () => {
  const read = (more: Record<string, string>) => readSettings('/nowhere', { REGISTRAR: 'gandi', ...more });
  expect(() => read({})).toThrow(/GANDI_TOKEN: /);
  expect(() => read({ GANDI_TOKEN: 'x', GANDI_API: 'http://api.gandi.net/v5' })).toThrow(/GANDI_API: .*https/);
  expect(read({ GANDI_TOKEN: 'x', GANDI_API: 'http://127.0.0.1:1/v5' }).REGISTRAR).toBe('gandi');
  expect(read({ GANDI_TOKEN: 'x', GANDI_API: 'https://api.sandbox.gandi.net/v5' }).GANDI_TOKEN).toBe('x');
});
