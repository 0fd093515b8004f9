/** Coming in: first passwords, throttling, forms from elsewhere, links. Through real HTTP; see pages.test.ts for the browser. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ground, hours, minutes, reseller, type Ground, type Visitor } from './ground.js';

let desk: Ground;
beforeEach(async () => {
  desk = await ground();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.close();
});

const good = 'a phrase that is long enough';

const signIn = (visitor: Visitor, email: string, password: string) => visitor.post('/sign-in', { email, password });

/** Somebody with a password of their own. */
async function settled(email = 'anne@volts.example'): Promise<{ email: string; password: string }> {
  const who = await reseller(desk, email);
  const visitor = desk.visitor();
  await signIn(visitor, who.email, who.password);
  await visitor.post('/password', { password: good });
  return { email, password: good };
}

const stateOf = async (email: string): Promise<string | undefined> =>
  (await desk.open.connection.reader.address.findUnique({ where: { email }, include: { person: true } }))?.person.state;

describe('a first password', () => {
  it('lets in only to choose another one, which is told and makes the account active', async () => {
    const who = await reseller(desk);
    const visitor = desk.visitor();
    expect((await signIn(visitor, who.email.toUpperCase(), who.password)).location).toBe('/me');
    expect((await visitor.get('/me')).location).toBe('/password');
    expect((await visitor.get('/me/declared')).location).toBe('/password');
    expect(await stateOf(who.email)).toBe('invited');
    const before = visitor.jar.get('guichet-session');

    expect((await visitor.post('/password', { password: 'short' })).text).toContain('Password is too short');
    expect((await visitor.post('/password', { password: 'passwordpassword' })).text).toContain('too easy to guess');
    expect((await visitor.post('/password', { password: who.password })).text).toContain(
      'must differ from the first one',
    );
    expect((await visitor.post('/password', { password: good })).location).toBe('/me');
    expect(visitor.jar.get('guichet-session')).not.toBe(before);

    const me = await visitor.get('/me');
    expect(me.status).toBe(200);
    expect(me.text).toContain('Your password is saved.');
    expect((await visitor.get('/me')).text).not.toContain('Your password is saved.');
    expect(await stateOf(who.email)).toBe('active');
    expect((await desk.mails(who.email)).map(({ letter }) => letter)).toContain('password-changed');
    const { reader } = desk.open.connection;
    const { personId } = await reader.address.findUniqueOrThrow({ where: { email: who.email } });
    const events = await reader.audit.findMany({ where: { object: `person ${personId}` } });
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['signed in', 'password chosen']));
  });

  it('ends after 14 days', async () => {
    const who = await reseller(desk);
    desk.pass(14 * 24 * hours);
    expect((await signIn(desk.visitor(), who.email, who.password)).status).toBe(403);
  });
});

describe('a session', () => {
  it('ends after 30 idle minutes, and after 12 hours whatever happens', async () => {
    const who = await settled();
    const visitor = desk.visitor();
    await signIn(visitor, who.email, who.password);
    desk.pass(29 * minutes);
    expect((await visitor.get('/me')).status).toBe(200);
    desk.pass(29 * minutes);
    expect((await visitor.get('/me')).status).toBe(200);
    desk.pass(30 * minutes);
    expect((await visitor.get('/me')).location).toBe('/sign-in');
    expect((await visitor.get('/sign-in')).text).toContain('Your session has ended');

    await signIn(visitor, who.email, who.password);
    for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
      desk.pass(20 * minutes);
      expect((await visitor.get('/me')).status).toBe(200);
    }
    desk.pass(20 * minutes);
    expect((await visitor.get('/me')).location).toBe('/sign-in');
  });

  it('is kept as a hash, changes at each sign-in and ends with sign-out', async () => {
    const who = await settled();
    const visitor = desk.visitor();
    const answer = await signIn(visitor, who.email, who.password);
    const cookie = [answer.headers['set-cookie'] ?? []].flat().find((line) => line.startsWith('guichet-session='));
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    const first = visitor.jar.get('guichet-session') ?? '';
    expect(
      await desk.open.connection.reader.session.findFirst({ where: { tokenHash: { contains: first } } }),
    ).toBeNull();
    const other = desk.visitor();
    await signIn(other, who.email, who.password);
    expect(other.jar.get('guichet-session')).not.toBe(first);
    expect((await other.post('/sign-out', {}, { page: '/me' })).location).toBe('/sign-in');
    expect((await other.get('/me')).location).toBe('/sign-in');
  });

  it('of a suspended person holds no longer', async () => {
    const who = await settled();
    const visitor = desk.visitor();
    await signIn(visitor, who.email, who.password);
    await desk.open.desk.database.transact(({ tx }) =>
      tx.person.updateMany({ where: { addresses: { some: { email: who.email } } }, data: { state: 'suspended' } }),
    );
    expect((await visitor.get('/me')).location).toBe('/sign-in');
    expect((await signIn(desk.visitor(), who.email, who.password)).text).toContain('This account is suspended');
    expect((await signIn(desk.visitor(), who.email, 'wrong')).text).not.toContain('suspended');
  });
});

describe('wrong passwords', () => {
  it('are answered alike, whether the address is known or not', async () => {
    const who = await settled();
    const plain = (text: string) => text.replace(/value="[^"]*"/g, '');
    const [known, unknown, none] = [
      await signIn(desk.visitor(), who.email, 'wrong'),
      await signIn(desk.visitor(), 'nobody@x.example', 'wrong'),
      await signIn(desk.visitor(), 'not an address', 'wrong'),
    ];
    expect(known.status).toBe(403);
    expect([unknown.status, none.status]).toEqual([403, 403]);
    expect(plain(unknown.text)).toBe(plain(known.text));
    expect(plain(none.text)).toBe(plain(known.text));
  });

  it('keep out whoever makes them, and not the owner elsewhere', async () => {
    const who = await settled();
    const attacker = desk.visitor('127.0.0.2');
    for (let tries = 0; tries < 5; tries += 1)
      expect((await signIn(attacker, who.email, `wrong ${tries}`)).status).toBe(403);
    const late = await signIn(attacker, who.email, who.password);
    expect(late.status).toBe(429);
    expect(late.text).toContain('Try again in 15 minutes');
    expect((await signIn(desk.visitor('127.0.0.3'), who.email, who.password)).location).toBe('/me');
    desk.pass(15 * minutes);
    expect((await signIn(attacker, who.email, who.password)).location).toBe('/me');
  });

  it('from many places leave two tries to each, the right one among them', async () => {
    const who = await settled();
    for (let place = 10; place < 16; place += 1) {
      const attacker = desk.visitor(`127.0.0.${place}`);
      for (let tries = 0; tries < 5; tries += 1) await signIn(attacker, who.email, 'wrong');
    }
    const next = desk.visitor('127.0.0.30');
    expect([
      (await signIn(next, who.email, 'wrong')).status,
      (await signIn(next, who.email, 'wrong')).status,
      (await signIn(next, who.email, 'wrong')).status,
    ]).toEqual([403, 403, 429]);
    const owner = desk.visitor('127.0.0.31');
    await signIn(owner, who.email, 'mistyped');
    expect((await signIn(owner, who.email, who.password)).location).toBe('/me');
  });

  it('for many addresses stop one place', async () => {
    const who = await settled();
    const sprayer = desk.visitor('127.0.0.4');
    for (let tries = 0; tries < 30; tries += 1) await signIn(sprayer, `someone${tries}@x.example`, 'wrong');
    expect((await signIn(sprayer, who.email, who.password)).status).toBe(429);
    expect((await signIn(desk.visitor('127.0.0.5'), who.email, who.password)).location).toBe('/me');
  });

  it('made at once are counted all the same', async () => {
    const who = await settled();
    const attacker = desk.visitor('127.0.0.6');
    await attacker.get('/sign-in');
    const all = await Promise.all(Array.from({ length: 12 }, () => signIn(attacker, who.email, 'wrong')));
    expect(all.filter(({ status }) => status === 403)).toHaveLength(5);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(7);
  });
});

describe('a form from elsewhere', () => {
  it('is refused without the mark, with another visitor’s, or from another origin', async () => {
    const who = await settled();
    const visitor = desk.visitor();
    const fields = { email: who.email, password: who.password };
    expect((await visitor.post('/sign-in', { ...fields, _mark: '' })).status).toBe(403);
    const other = desk.visitor();
    const theirs = /name="_mark" value="([^"]+)"/.exec((await other.get('/sign-in')).text)?.[1] ?? '';
    expect((await visitor.post('/sign-in', { ...fields, _mark: theirs })).status).toBe(403);
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: `${desk.web.url}0` }]) {
      expect((await visitor.post('/sign-in', fields, { headers })).status).toBe(403);
    }
    expect((await signIn(visitor, who.email, who.password)).location).toBe('/me');
  });

  it('changes nothing of somebody who is signed in', async () => {
    const who = await settled();
    const visitor = desk.visitor();
    await signIn(visitor, who.email, who.password);
    const forged = { _command: 'account edit', _mark: 'x', 'last-name': 'Forged' };
    expect((await visitor.post('/me', forged)).status).toBe(403);
    expect(
      (await visitor.post('/me', { ...forged, _mark: '' }, { headers: { origin: 'https://evil.example' } })).status,
    ).toBe(403);
    const shown = await desk.run('account show', {}, who.email);
    expect(shown.ok && shown.data['lastName']).toBe('Morel');
  });
});

describe('asking for a link', () => {
  const ask = (visitor: Visitor, email: string) => visitor.post('/sign-in/link', { email }, { page: '/sign-in' });

  it('is answered alike for anybody, and mails what fits', async () => {
    const who = await settled();
    const [known, unknown] = [await ask(desk.visitor(), who.email), await ask(desk.visitor(), 'new@x.example')];
    const plain = (text: string) => text.replace(/value="[^"]*"/g, '');
    expect(plain(known.text)).toBe(plain(unknown.text));
    expect(known.text).toContain('If this address can receive mail');
    expect((await desk.mails(who.email)).at(-1)).toMatchObject({ letter: 'password-link', params: { isNew: false } });
    expect(await desk.mails('new@x.example')).toMatchObject([{ letter: 'password-link', params: { isNew: true } }]);
    expect((await ask(desk.visitor(), 'no address')).text).toContain('must be one address');
  });

  it('mails one address five times an hour, and one place twenty times', async () => {
    const visitor = desk.visitor();
    for (let asked = 0; asked < 7; asked += 1) expect((await ask(visitor, 'new@x.example')).status).toBe(200);
    expect(await desk.mails('new@x.example')).toHaveLength(5);
    for (let asked = 0; asked < 13; asked += 1) expect((await ask(visitor, `n${asked}@x.example`)).status).toBe(200);
    expect((await ask(visitor, 'more@x.example')).status).toBe(429);
    expect(await desk.mails('more@x.example')).toEqual([]);
    expect((await ask(desk.visitor('127.0.0.9'), 'more@x.example')).status).toBe(200);
    desk.pass(hours);
    await ask(visitor, 'new@x.example');
    expect(await desk.mails('new@x.example')).toHaveLength(6);
  });

  it('lets a new address sign up, once', async () => {
    await ask(desk.visitor(), 'New@X.example');
    const path = await desk.link('new@x.example');
    const visitor = desk.visitor();
    expect((await visitor.get(path)).text).toContain('make the account of new@x.example');
    expect((await visitor.post(path, { password: good })).location).toBe('/me');
    expect((await visitor.get('/me')).text).toContain('new@x.example');
    expect(await stateOf('new@x.example')).toBe('active');
    expect((await desk.mails('new@x.example')).map(({ letter }) => letter)).toEqual(['password-link']);
    expect((await signIn(desk.visitor(), 'new@x.example', good)).location).toBe('/me');
  });
});

describe('a link', () => {
  it('is changed by no GET, works once, and ends every session and other link', async () => {
    const who = await settled();
    const elsewhere = desk.visitor();
    await signIn(elsewhere, who.email, who.password);
    await desk.run('account password', {}, who.email);
    const older = await desk.link(who.email);
    await desk.run('account password', {}, who.email);
    const path = await desk.link(who.email);

    const scanner = desk.visitor();
    for (let looks = 0; looks < 3; looks += 1) expect((await scanner.get(path)).status).toBe(200);
    expect((await desk.send({ method: 'HEAD', path })).status).toBe(200);
    expect((await scanner.get(path)).headers['referrer-policy']).toBe('no-referrer');
    expect((await elsewhere.get('/me')).status).toBe(200);

    const visitor = desk.visitor();
    expect((await visitor.post(path, { password: 'short' })).status).toBe(422);
    // a page without a referrer sends its forms from origin null
    const chosen = await visitor.post(
      path,
      { password: 'another phrase, also long' },
      { headers: { origin: 'null', 'sec-fetch-site': 'same-origin' } },
    );
    expect(chosen.location).toBe('/me');
    expect((await visitor.get('/me')).status).toBe(200);
    expect((await elsewhere.get('/me')).location).toBe('/sign-in');
    expect((await desk.mails(who.email)).at(-1)?.letter).toBe('password-changed');

    for (const used of [path, older]) {
      const again = await desk.visitor().get(used);
      expect(again.status).toBe(410);
      expect(again.text).toContain('This link no longer works');
      expect(again.text).toContain('action="/sign-in/link"');
    }
    expect((await signIn(desk.visitor(), who.email, good)).status).toBe(403);
    expect((await signIn(desk.visitor(), who.email, 'another phrase, also long')).location).toBe('/me');
  });

  it('posted twice at once chooses one password', async () => {
    await settled();
    await desk.run('account password', {}, 'anne@volts.example');
    const path = await desk.link('anne@volts.example');
    const [one, two] = [desk.visitor(), desk.visitor()];
    const answers = await Promise.all([
      one.post(path, { password: 'the first of two phrases' }),
      two.post(path, { password: 'the second of two phrases' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  it('ends after a day', async () => {
    await settled();
    await desk.run('account password', {}, 'anne@volts.example');
    const path = await desk.link('anne@volts.example');
    const visitor = desk.visitor();
    await visitor.get(path);
    desk.pass(24 * hours);
    expect((await visitor.post(path, { password: good }, { page: '/sign-in' })).status).toBe(410);
    expect((await visitor.get('/t/nonsense')).status).toBe(410);
  });

  it('from another origin chooses nothing', async () => {
    await settled();
    await desk.run('account password', {}, 'anne@volts.example');
    const path = await desk.link('anne@volts.example');
    const headers = { origin: 'null', 'sec-fetch-site': 'cross-site' };
    expect((await desk.visitor().post(path, { password: good }, { headers })).status).toBe(403);
    expect((await desk.visitor().get(path)).status).toBe(200);
  });
});
