/**
 * Signing in under attack, over a real socket: guesses by the thousand, planted cookies, forged forms. What a limit costs
 * is counted in slow comparisons: argon2 is called through unchanged, and each call noted.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signingIn } from '../../src/core/programmes/parties/sign-in.js';
import { ground, minutes, reseller, type Answer, type Ground, type Visitor } from './ground.js';

const slow = vi.hoisted(() => ({ comparisons: 0 }));
vi.mock('@node-rs/argon2', async (original) => {
  const actual = await original<typeof import('@node-rs/argon2')>();
  return {
    ...actual,
    verify: (...given: Parameters<typeof actual.verify>) => {
      slow.comparisons += 1;
      return actual.verify(...given);
    },
  };
});

// a thousand requests on a machine that others use too
vi.setConfig({ testTimeout: 180_000 });

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
  slow.comparisons = 0;
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const good = 'a phrase that is long enough';
const owner = 'anne@volts.example';
const guesses = 1_000;

const signIn = (visitor: Visitor, email = owner, password = good) => visitor.post('/sign-in', { email, password });

/** Somebody with a password of their own. */
async function settled(email = owner): Promise<Visitor> {
  const who = await reseller(desk, email);
  const visitor = desk.visitor();
  await signIn(visitor, email, who.password);
  await visitor.post('/password', { password: good });
  slow.comparisons = 0;
  return visitor;
}

/** A program that fetched the page once and then posts as fast as it can, several requests at a time. */
async function guesser(from: string): Promise<(email: string, password: string) => Promise<Answer>> {
  const visitor = desk.visitor(from);
  const mark = /name="_mark" value="([^"]+)"/.exec((await visitor.get('/sign-in')).text)?.[1] ?? '';
  const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return (email, password) =>
    desk.send({
      method: 'POST',
      path: '/sign-in',
      from,
      body: new URLSearchParams({ _mark: mark, email, password }).toString(),
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: desk.web.url },
    });
}

/** Runs them all, ten at a time. */
async function inTens<T>(count: number, run: (at: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let at = 0; at < count; at += 10)
    all.push(...(await Promise.all(Array.from({ length: Math.min(10, count - at) }, (_, more) => run(at + more)))));
  return all;
}

const counted = (values: readonly (string | number)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** A page without what differs from one rendering to the next. */
const plain = (text: string): string => text.replace(/value="[^"]*"/g, '');

describe('a thousand guesses', () => {
  it('at one address from one place: five are compared, the same for an address that is nobody’s', async () => {
    await settled();
    const told: Answer[][] = [];
    for (const [email, from] of [
      [owner, '127.0.0.2'],
      ['nobody@x.example', '127.0.0.3'],
    ] as const) {
      slow.comparisons = 0;
      const guess = await guesser(from);
      const answers = await inTens(guesses, (at) => guess(email, `guess number ${at}`));
      expect(counted(answers.map(({ status }) => status))).toEqual({ 403: 5, 429: 995 });
      expect(slow.comparisons).toBe(5);
      expect(answers.filter(({ headers }) => String(headers['set-cookie']).includes('session='))).toEqual([]);
      // the right one is not even looked at there, until the quarter of an hour is over
      expect((await guess(email, good)).status).toBe(429);
      expect(slow.comparisons).toBe(5);
      told.push(answers);
    }
    const [known = [], unknown = []] = told;
    for (const status of [403, 429]) {
      const bodies = [...known, ...unknown].filter((one) => one.status === status).map(({ text }) => plain(text));
      expect(new Set(bodies).size, `bodies with ${status}`).toBe(1);
    }
    // the owner, elsewhere, comes in at once
    expect((await signIn(desk.visitor('127.0.0.4'))).location).toBe('/me');
    desk.pass(15 * minutes);
    expect((await (await guesser('127.0.0.2'))(owner, good)).location).toBe('/me');
  });

  it('at one address from a hundred places: five each until thirty, then two each', async () => {
    await settled();
    const attempt = signingIn(desk.open.desk);
    const answers = await inTens(guesses, async (at) => {
      const answer = await attempt({
        email: owner,
        password: `guess number ${at}`,
        // ten from each place in turn
        ip: `10.0.${Math.floor(at / 10)}.1`,
        locale: 'en',
      });
      return answer.ok ? 'in' : answer.why;
    });
    const compared = 6 * 5 + 94 * 2;
    expect(counted(answers)).toEqual({ wrong: compared, throttled: guesses - compared });
    expect(slow.comparisons).toBe(compared);
    // the owner has not been kept out, a slip of the finger included
    const visitor = desk.visitor('127.0.0.5');
    expect((await signIn(visitor, owner, 'mistyped')).status).toBe(403);
    expect((await signIn(visitor)).location).toBe('/me');
  });

  it('from one network of IPv6 are guesses from one place', async () => {
    await settled();
    const attempt = signingIn(desk.open.desk);
    const answers = await inTens(guesses, async (at) => {
      const ip = `2001:db8:0:7:${(at % 500).toString(16)}::${at.toString(16)}`;
      const answer = await attempt({ email: owner, password: `guess number ${at}`, ip, locale: 'en' });
      return answer.ok ? 'in' : answer.why;
    });
    expect(counted(answers)).toEqual({ wrong: 5, throttled: 995 });
    expect(slow.comparisons).toBe(5);
  });

  it('at as many addresses from one place: thirty are compared', async () => {
    await settled();
    const guess = await guesser('127.0.0.6');
    const answers = await inTens(guesses, (at) => guess(`person${at}@x.example`, 'Welcome2026!'));
    expect(counted(answers.map(({ status }) => status))).toEqual({ 403: 30, 429: 970 });
    expect(slow.comparisons).toBe(30);
    expect((await guess(owner, good)).status).toBe(429);
    expect((await signIn(desk.visitor('127.0.0.7'))).location).toBe('/me');
    desk.pass(15 * minutes);
    expect((await guess(owner, good)).location).toBe('/me');
  });
});

describe('a guess', () => {
  it('costs one slow comparison, whoever it is about', async () => {
    await settled();
    const { password: first } = await reseller(desk, 'invited@x.example');
    await desk.run('account show', {}, 'without@x.example');
    await settled('suspended@x.example');
    await desk.open.desk.database.transact(({ tx }) =>
      tx.person.updateMany({
        where: { addresses: { some: { email: 'suspended@x.example' } } },
        data: { state: 'suspended' },
      }),
    );
    const costs: Record<string, number> = {};
    const who = [
      owner,
      'invited@x.example',
      'without@x.example',
      'suspended@x.example',
      'nobody@x.example',
      'no address',
    ];
    for (const email of who) {
      slow.comparisons = 0;
      expect((await signIn(desk.visitor(), email, 'not the password')).status, email).toBe(403);
      costs[email] = slow.comparisons;
    }
    slow.comparisons = 0;
    expect((await signIn(desk.visitor(), 'invited@x.example', first)).location).toBe('/me');
    expect({ ...costs, first: slow.comparisons }).toEqual({
      ...Object.fromEntries(who.map((email) => [email, 1])),
      first: 1,
    });
  });

  it.each([
    ['very long', 'x'.repeat(100_000)],
    ['empty', ''],
    ['with a zero byte', `${good}\0`],
    ['with what a database would take for its own', `' OR '1'='1`],
  ])('that is %s is wrong, and nothing else', async (_, password) => {
    await settled();
    expect((await signIn(desk.visitor(), owner, password)).status).toBe(403);
  });
});

describe('a session', () => {
  const session = (visitor: Visitor): string => visitor.jar.get('guichet-session') ?? '';

  it('never takes a token that the browser brought', async () => {
    await settled();
    const planted = desk.open.desk.secrets.token();
    const victim = desk.visitor();
    victim.jar.set('guichet-session', planted);
    expect((await signIn(victim)).location).toBe('/me');
    expect(session(victim)).not.toBe(planted);
    const attacker = desk.visitor();
    attacker.jar.set('guichet-session', planted);
    expect((await attacker.get('/me')).location).toBe('/sign-in');
  });

  it('of another account, planted, ends at sign-in and is nobody’s afterwards', async () => {
    await settled();
    const attacker = await settled('mallory@x.example');
    const planted = session(attacker);
    const victim = desk.visitor();
    victim.jar.set('guichet-session', planted);
    // the form of the page for who has signed in already is another one: that of a second window
    const mark = desk.open.desk.secrets.hash('form', planted);
    expect(
      (await victim.post('/sign-in', { email: owner, password: good, _mark: mark }, { page: '/me' })).location,
    ).toBe('/me');
    expect((await victim.get('/me')).text).toContain(owner);
    expect(session(victim)).not.toBe(planted);
    expect((await attacker.get('/me')).location).toBe('/sign-in');
  });

  it('has another token after each sign-in, and the one before has ended', async () => {
    await settled();
    const visitor = desk.visitor();
    const tokens = new Set<string>();
    for (let times = 0; times < 3; times += 1) {
      const before = session(visitor);
      await visitor.post('/sign-in', { email: owner, password: good }, { page: before ? '/me' : '/sign-in' });
      if (before) {
        const old = desk.visitor();
        old.jar.set('guichet-session', before);
        expect((await old.get('/me')).location).toBe('/sign-in');
      }
      tokens.add(session(visitor));
    }
    expect(tokens.size).toBe(3);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{24}$/);
  });

  it('is ended everywhere by another password', async () => {
    const here = await settled();
    await desk.run('account password', {}, owner);
    await desk.visitor().post(await desk.link(owner), { password: 'another phrase, also long' });
    expect((await here.get('/me')).location).toBe('/sign-in');
  });

  it('with https is bound to this host and never sent in the clear', async () => {
    const secure = await ground({ publicUrl: 'https://desk.example.com' });
    const who = await reseller(secure);
    const visitor = secure.visitor();
    const answer = await visitor.post('/sign-in', { email: who.email, password: who.password });
    const lines = [answer.headers['set-cookie'] ?? []].flat();
    expect(lines.find((line) => line.includes('session='))).toMatch(
      /^__Host-guichet-session=[\w-]{24}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8,}$/);
    // one that plain http could have planted is not looked at
    const other = secure.visitor();
    other.jar.set('guichet-session', visitor.jar.get('__Host-guichet-session') ?? '');
    expect((await other.get('/me')).location).toBe('/sign-in');
    expect((await visitor.get('/me')).location).toBe('/password');
    expect(secure.faults).toEqual([]);
    await secure.close();
  });

  it('says so in each cookie that it sets', async () => {
    const visitor = desk.visitor();
    const who = await reseller(desk);
    const answers = [
      await visitor.get('/sign-in'),
      await signIn(visitor, who.email, who.password),
      await visitor.post('/password', { password: good }),
      await visitor.post('/sign-out', {}, { page: '/me' }),
    ];
    const cookies = answers.flatMap(({ headers }) => [headers['set-cookie'] ?? []].flat());
    expect(cookies.length).toBeGreaterThanOrEqual(4);
    for (const line of cookies) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=(Lax|Strict)$/);
  });
});

describe('a form', () => {
  /** Every address that takes one, and the page that has it. */
  const forms: readonly [path: string, fields: Record<string, string>][] = [
    ['/me', { _command: 'account edit', 'last-name': 'Forged' }],
    ['/me', { _command: 'account password' }],
    ['/me', { _command: 'account erase', confirm: owner, yes: 'yes' }],
    ['/me/second-factor', { _step: 'begin', password: good }],
    ['/password', { password: 'a forged phrase, quite long' }],
    ['/sign-in', { email: owner, password: good }],
    ['/sign-in/link', { email: owner }],
    ['/sign-in/code', { code: '000000' }],
    ['/sign-out', {}],
  ];

  it.each(forms)('to %s %o does nothing without this session’s own mark and origin', async (path, fields) => {
    const victim = await settled();
    const other = await settled('mallory@x.example');
    const markOf = (text: string): string => /name="_mark" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const theirs = markOf((await other.get('/me')).text);
    const strangers = markOf((await desk.visitor().get('/sign-in')).text);
    const own = markOf((await victim.get('/me')).text);
    expect(new Set([own, theirs, strangers]).size).toBe(3);
    const before = await stands();
    for (const mark of ['', 'x', theirs, strangers, own.toUpperCase()])
      expect((await victim.post(path, { ...fields, _mark: mark }, { page: '/me' })).status, `mark ${mark}`).toBe(403);
    const elsewhere: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: desk.web.url.replace('http:', 'https:') },
      { origin: '', 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of elsewhere)
      expect((await victim.post(path, fields, { page: '/me', headers })).status, JSON.stringify(headers)).toBe(403);
    expect(await stands()).toEqual(before);
    expect((await victim.get('/me')).status).toBe(200);
  });

  /** What a forged form could have changed. */
  async function stands(): Promise<unknown> {
    const { reader } = desk.open.connection;
    return [
      await reader.person.findMany({ orderBy: { id: 'asc' } }),
      await reader.secondFactor.findMany(),
      await reader.oneTimeLink.count(),
      await reader.outbox.count(),
      await reader.session.count(),
    ];
  }
});

describe('a page', () => {
  it('has no script, style or handler of its own, and a policy that would run none', async () => {
    const visitor = await settled();
    await desk.run('account password', {}, owner);
    await visitor.post('/me/second-factor', { _step: 'begin', password: good });
    const stranger = desk.visitor();
    const invited = desk.visitor();
    const { password } = await reseller(desk, 'invited@x.example');
    await signIn(invited, 'invited@x.example', password);
    const answers = [
      await stranger.get('/sign-in'),
      await signIn(stranger, '"><script>alert(1)</script>', 'wrong'),
      await stranger.get('/nothing'),
      await stranger.get('/t/nothing'),
      await stranger.get(await desk.link(owner)),
      await stranger.get('/c/CT-000000000000'),
      await invited.get('/password'),
      await visitor.get('/me'),
      await visitor.post('/me', {
        _command: 'account edit',
        'last-name': 'x'.repeat(500),
        phone: '" onfocus="alert(1)',
      }),
      await visitor.get('/me/second-factor'),
    ];
    for (const { headers, text, status } of answers) {
      const rules = String(headers['content-security-policy']);
      expect(rules).toContain("default-src 'none'");
      expect(rules).toContain("script-src 'self'");
      expect(rules).not.toMatch(/unsafe|nonce|\*/);
      const tags = text.match(/<[a-z][^>]*>/gi) ?? [];
      expect(tags.length, String(status)).toBeGreaterThan(10);
      expect(tags.filter((tag) => /^<(script|style|iframe|object|embed|base)\b/i.test(tag))).toEqual([]);
      expect(tags.map(withoutValues).filter((tag) => /\s(on\w+|style|srcdoc)\s*=/i.test(tag))).toEqual([]);
      expect(tags.filter((tag) => /(?:href|src|action)="(?!\/|#|data:)/i.test(tag))).toEqual([]);
    }
  });

  /** What stands between quotes is data. */
  const withoutValues = (tag: string): string => tag.replace(/"[^"]*"/g, '""');
});
