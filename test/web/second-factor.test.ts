/** Two-step sign-in through real HTTP: what is open before the code, what a code is good for, and how it is lost. */
import { TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personRef } from '../../src/core/guard/about.js';
import { createMailbox } from '../../src/core/ports/mailbox.js';
import { ground, minutes, reseller, type Answer, type Ground, type Visitor } from './ground.js';

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const email = 'anne@volts.example';
const good = 'a phrase that is long enough';
const seconds = 1_000;

const signIn = (visitor: Visitor, password = good) => visitor.post('/sign-in', { email, password });
const give = (visitor: Visitor, code: string) => visitor.post('/sign-in/code', { code });
const change = (visitor: Visitor, fields: Record<string, string>) => visitor.post('/me/second-factor', fields);
const cookie = (visitor: Visitor): string => visitor.jar.get('guichet-session') ?? '';

/** Somebody with a password of their own, signed in. */
async function settled(): Promise<Visitor> {
  const who = await reseller(desk, email);
  const visitor = desk.visitor();
  await signIn(visitor, who.password);
  await visitor.post('/password', { password: good });
  return visitor;
}

interface Factor {
  readonly visitor: Visitor;
  readonly codes: readonly string[];
  /** What the authenticator shows now, or some seconds away. */
  readonly code: (awayS?: number) => string;
}

const authenticator = (page: string) => {
  const secret = /<p class="number">([A-Z2-7 ]+)<\/p>/.exec(page)?.[1] ?? '';
  expect(secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  const totp = new TOTP({ secret: secret.replaceAll(' ', '') });
  return (awayS = 0) => totp.generate({ timestamp: desk.open.desk.clock().getTime() + awayS * seconds });
};

const codesIn = (page: Answer): string[] =>
  [...page.text.matchAll(/<li class="number">([^<]+)<\/li>/g)].map(([, code = '']) => code);

/** The same with the second factor in force; the step that confirmed it is past. */
async function guarded(): Promise<Factor> {
  const visitor = await settled();
  await change(visitor, { _step: 'begin', password: good });
  const code = authenticator((await visitor.get('/me/second-factor')).text);
  const codes = codesIn(await change(visitor, { _step: 'confirm', code: code() }));
  desk.pass(60 * seconds);
  return { visitor, codes, code };
}

const events = async (): Promise<string[]> => {
  const { reader } = desk.open.connection;
  const { personId } = await reader.address.findUniqueOrThrow({ where: { email } });
  const rows = await reader.audit.findMany({ where: { object: personRef(personId) }, orderBy: { seq: 'asc' } });
  return rows.map(({ action }) => action);
};
const letters = async () =>
  (await desk.mails(email)).filter(({ letter }) => letter === 'second-factor').map(({ params }) => params['step']);

describe('switching it on', () => {
  it('takes the password, then a first right code, and shows ten recovery codes once', async () => {
    const visitor = await settled();
    const elsewhere = desk.visitor();
    await signIn(elsewhere);
    expect((await visitor.get('/me')).text).toContain('href="/me/second-factor"');
    expect((await change(visitor, { _step: 'begin', password: 'not the password' })).status).toBe(403);
    expect(await desk.open.connection.reader.secondFactor.count()).toBe(0);

    expect((await change(visitor, { _step: 'begin', password: good })).location).toBe('/me/second-factor');
    const page = (await visitor.get('/me/second-factor')).text;
    expect(page).toMatch(/<img[^>]* src="data:image\/svg\+xml;base64,[\w+/=]+"/);
    const code = authenticator(page);
    // until it is confirmed it asks nothing of anybody
    const other = desk.visitor();
    expect((await signIn(other)).location).toBe('/me');
    expect((await other.get('/me')).status).toBe(200);
    expect((await change(visitor, { _step: 'confirm', code: code(-90) })).status).toBe(403);

    const before = cookie(visitor);
    const confirmed = await change(visitor, { _step: 'confirm', code: ` ${code().slice(0, 3)} ${code().slice(3)} ` });
    expect(confirmed.status).toBe(200);
    const codes = codesIn(confirmed);
    expect(new Set(codes).size).toBe(10);
    for (const one of codes) expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(cookie(visitor)).not.toBe(before);
    expect((await elsewhere.get('/me')).location).toBe('/sign-in');
    const again = (await visitor.get('/me/second-factor')).text;
    expect(again).toContain('You have 10 recovery codes left.');
    for (const one of codes) expect(again).not.toContain(one);
    expect(await events()).toContain('second factor on');
    expect(await letters()).toEqual(['on']);
  });

  it('keeps neither the key nor a code in the clear', async () => {
    const { codes } = await guarded();
    const { reader } = desk.open.connection;
    const [factor, rows] = [await reader.secondFactor.findFirstOrThrow(), await reader.recoveryCode.findMany()];
    expect(factor.secret).not.toMatch(/^[A-Z2-7]{32}$/);
    expect(() => desk.open.desk.secrets.open('second factor 0', factor.secret)).toThrow();
    expect(rows).toHaveLength(10);
    const kept = JSON.stringify([factor, rows]);
    for (const code of codes) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(code.replace('-', ''));
    }
  });

  it('lapses when no code comes for half an hour, and is begun anew with another key', async () => {
    const visitor = await settled();
    await change(visitor, { _step: 'begin', password: good });
    const old = authenticator((await visitor.get('/me/second-factor')).text);
    desk.pass(29 * minutes);
    await visitor.get('/me');
    desk.pass(minutes);
    expect((await change(visitor, { _step: 'confirm', code: old() })).status).toBe(403);
    await change(visitor, { _step: 'begin', password: good });
    const fresh = authenticator((await visitor.get('/me/second-factor')).text);
    expect(fresh()).not.toBe(old());
    expect((await change(visitor, { _step: 'confirm', code: old() })).status).toBe(403);
    expect(codesIn(await change(visitor, { _step: 'confirm', code: fresh() }))).toHaveLength(10);
  });

  it('is not begun over one that is on', async () => {
    const { visitor } = await guarded();
    const before = await desk.open.connection.reader.secondFactor.findFirstOrThrow();
    expect((await change(visitor, { _step: 'begin', password: good })).status).toBe(403);
    expect(await desk.open.connection.reader.secondFactor.findFirstOrThrow()).toEqual(before);
  });
});

describe('signing in with it', () => {
  it('opens nothing until the code is given, and then starts another session', async () => {
    const { code } = await guarded();
    const visitor = desk.visitor();
    expect((await signIn(visitor)).location).toBe('/me');
    const waiting = cookie(visitor);
    for (const path of ['/', '/me', '/me/declared', '/me/second-factor', '/password', '/sign-in'])
      expect((await visitor.get(path)).location, path).toBe('/sign-in/code');
    const page = { page: '/sign-in/code' };
    const edit = { _command: 'account edit', 'last-name': 'Forged' };
    expect((await visitor.post('/me', edit, page)).location).toBe('/sign-in/code');
    expect((await visitor.post('/password', { password: 'another long phrase' }, page)).location).toBe('/sign-in/code');
    expect((await visitor.post('/me/second-factor', { _step: 'end', code: code() }, page)).location).toBe(
      '/sign-in/code',
    );
    expect((await visitor.get('/sign-in/code')).text).toContain('Your code');

    expect((await give(visitor, code())).location).toBe('/me');
    expect(cookie(visitor)).not.toBe(waiting);
    expect((await visitor.get('/me')).status).toBe(200);
    const shown = await desk.run('account show', {}, email);
    expect(shown.ok && shown.data['lastName']).toBe('Morel');
    // the session that waited is gone
    const held = desk.visitor();
    held.jar.set('guichet-session', waiting);
    expect((await held.get('/me')).location).toBe('/sign-in');
    expect((await events()).slice(-2)).toEqual(['password given', 'signed in']);
  });

  it('can be given up', async () => {
    await guarded();
    const visitor = desk.visitor();
    await signIn(visitor);
    const waiting = cookie(visitor);
    expect((await visitor.post('/sign-out', {}, { page: '/sign-in/code' })).location).toBe('/sign-in');
    const held = desk.visitor();
    held.jar.set('guichet-session', waiting);
    expect((await held.get('/sign-in/code')).location).toBe('/sign-in');
  });

  it('takes the code of the step before or after, each once, and none earlier than the last', async () => {
    const { code } = await guarded();
    const come = async (typed: string) => {
      const visitor = desk.visitor();
      await signIn(visitor);
      return (await give(visitor, typed)).status;
    };
    expect(await come(code(-60))).toBe(403);
    expect(await come(code(60))).toBe(403);
    expect(await come(code(30))).toBe(303);
    expect(await come(code(30))).toBe(403);
    expect(await come(code())).toBe(403);
    desk.pass(60 * seconds);
    expect(await come(code(-30))).toBe(403);
    expect(await come(code())).toBe(303);
  });

  it('lets one of two in that give the same code at the same moment', async () => {
    const { code } = await guarded();
    const visitors = [desk.visitor(), desk.visitor()];
    for (const visitor of visitors) await signIn(visitor);
    const answers = await Promise.all(visitors.map((visitor) => give(visitor, code())));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
  });

  it('allows five wrong codes in a quarter of an hour, from wherever, and says the same of each', async () => {
    const { code, codes } = await guarded();
    const answers: Answer[] = [];
    const visitors: Visitor[] = [];
    // a used code is as wrong as any
    const first = desk.visitor();
    await signIn(first);
    await give(first, codes[0] ?? '');
    for (const [at, typed] of ['000000', 'AAAAA-AAAAA', codes[0] ?? '', '', "' OR 1=1"].entries()) {
      const visitor = desk.visitor(`127.0.0.${at + 2}`);
      await signIn(visitor);
      visitors.push(visitor);
      answers.push(await give(visitor, typed));
    }
    const plain = (text: string) => text.replace(/value="[^"]*"/g, '');
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(new Set(answers.map(({ text }) => plain(text))).size).toBe(1);
    const late = visitors[0] as Visitor;
    for (const right of [code(), codes[1] ?? '']) {
      const answer = await give(late, right);
      expect([answer.status, answer.location]).toEqual([429, '']);
      expect(answer.text).toContain('Too many wrong codes. Try again in 15 minutes.');
    }
    desk.pass(15 * minutes);
    expect((await give(late, code())).location).toBe('/me');
  });

  it('takes a recovery code in any hand, once, which is told', async () => {
    const { codes } = await guarded();
    const [one = ''] = codes;
    const visitor = desk.visitor();
    await signIn(visitor);
    const typed = ` ${one.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect((await give(visitor, typed)).location).toBe('/me');
    expect((await visitor.get('/me/second-factor')).text).toContain('You have 9 recovery codes left.');
    const again = desk.visitor();
    await signIn(again);
    expect((await give(again, one)).status).toBe(403);
    expect(await events()).toContain('recovery code used');
    expect(await letters()).toEqual(['on', 'recovery']);
  });

  it('knows another person’s code for nothing', async () => {
    const { codes } = await guarded();
    const theirs = await reseller(desk, 'tom@x.example');
    const tom = desk.visitor();
    await tom.post('/sign-in', { email: theirs.email, password: theirs.password });
    await tom.post('/password', { password: good });
    await change(tom, { _step: 'begin', password: good });
    const code = authenticator((await tom.get('/me/second-factor')).text);
    await change(tom, { _step: 'confirm', code: code() });
    desk.pass(60 * seconds);
    const visitor = desk.visitor();
    await signIn(visitor);
    expect((await give(visitor, code())).status).toBe(403);
    const asTom = desk.visitor();
    await asTom.post('/sign-in', { email: theirs.email, password: good });
    expect((await give(asTom, codes[0] ?? '')).status).toBe(403);
    expect((await give(asTom, code())).location).toBe('/me');
  });

  it('is no form from elsewhere', async () => {
    const { code } = await guarded();
    const visitor = desk.visitor();
    await signIn(visitor);
    const headers = { origin: 'https://evil.example' };
    expect((await visitor.post('/sign-in/code', { code: code() }, { headers })).status).toBe(403);
    expect((await visitor.post('/sign-in/code', { code: code(), _mark: 'x' })).status).toBe(403);
    expect((await give(visitor, code())).location).toBe('/me');
  });
});

describe('no way around it', () => {
  it('by a mailed link to another password', async () => {
    const { code } = await guarded();
    await desk.run('account password', {}, email);
    const visitor = desk.visitor();
    const chosen = await visitor.post(await desk.link(email), { password: 'another phrase, also long' });
    expect(chosen.location).toBe('/me');
    expect((await visitor.get('/me')).location).toBe('/sign-in/code');
    expect((await visitor.get('/sign-in/code')).text).toContain('Your password is saved.');
    expect((await give(visitor, code())).location).toBe('/me');
    expect((await visitor.get('/me')).status).toBe(200);
  });

  it('by a first password', async () => {
    const { code } = await guarded();
    // as staff would hand out a new one
    const { database, secrets, clock } = desk.open.desk;
    await database.transact(({ tx }) =>
      tx.person.updateMany({
        where: { addresses: { some: { email } } },
        data: {
          passwordKind: 'first',
          passwordHash: secrets.hash('first password', 'handed out'),
          passwordUntil: new Date(clock().getTime() + 60 * minutes),
        },
      }),
    );
    const visitor = desk.visitor();
    await signIn(visitor, 'handed out');
    expect((await visitor.get('/password')).location).toBe('/sign-in/code');
    expect((await give(visitor, code())).location).toBe('/me');
    expect((await visitor.get('/me')).location).toBe('/password');
    await visitor.post('/password', { password: 'a phrase of my own now' });
    expect((await visitor.get('/me')).location).toBe('/sign-in/code');
    desk.pass(60 * seconds);
    expect((await give(visitor, code())).location).toBe('/me');
    expect((await visitor.get('/me')).status).toBe(200);
  });

  it('by SMTP AUTH, where nobody can be asked', async () => {
    const mailbox = createMailbox(desk.open.desk);
    await settled();
    expect(await mailbox.signIn({ email, password: good, ip: '127.0.0.7' })).toEqual([email]);
    const visitor = desk.visitor();
    await signIn(visitor);
    await change(visitor, { _step: 'begin', password: good });
    expect(await mailbox.signIn({ email, password: good, ip: '127.0.0.7' })).toEqual([email]);
    const code = authenticator((await visitor.get('/me/second-factor')).text);
    await change(visitor, { _step: 'confirm', code: code() });
    expect(await mailbox.signIn({ email, password: good, ip: '127.0.0.7' })).toBeUndefined();
  });

  it('by waiting: a session that owes its code idles out like any', async () => {
    const { code } = await guarded();
    const visitor = desk.visitor();
    await signIn(visitor);
    await visitor.get('/sign-in/code');
    desk.pass(30 * minutes);
    expect((await visitor.post('/sign-in/code', { code: code() }, { page: '/sign-in' })).location).toBe('/sign-in');
    expect((await visitor.get('/me')).location).toBe('/sign-in');
  });
});

describe('switching it off', () => {
  it.each(['code', 'recovery code'])('takes a %s, ends the recovery codes, and is told', async (by) => {
    const { visitor, code, codes } = await guarded();
    expect((await change(visitor, { _step: 'end', code: '000000' })).status).toBe(403);
    expect((await change(visitor, { _step: 'end', code: good })).status).toBe(403);
    const right = by === 'code' ? code() : (codes[0] ?? '');
    expect((await change(visitor, { _step: 'end', code: right })).location).toBe('/me/second-factor');
    expect((await visitor.get('/me/second-factor')).text).toContain('Two-step sign-in is off.');
    const { reader } = desk.open.connection;
    expect([await reader.secondFactor.count(), await reader.recoveryCode.count()]).toEqual([0, 0]);
    const other = desk.visitor();
    await signIn(other);
    expect((await other.get('/me')).status).toBe(200);
    expect(await events()).toContain('second factor off');
    expect(await letters()).toEqual(['on', 'off']);
  });

  it('is nobody else’s: staff neither see nor switch it', async () => {
    await guarded();
    await desk.run('staff grant', { email: 'boss@x.example', role: 'admin' });
    const shown = await desk.run('account show', { person: email }, 'boss@x.example');
    expect(shown.ok).toBe(true);
    expect(JSON.stringify(shown)).not.toMatch(/factor|recovery/i);
    expect(desk.open.dispatcher.registry.all.filter(({ name }) => /factor|recovery/.test(name))).toEqual([]);
  });
});
