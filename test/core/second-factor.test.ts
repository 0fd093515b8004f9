/** The second factor below its pages, on every database: what many do at the same moment, and what it is worth then. */
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessions, type Sessions } from '../../src/core/ports/sessions.js';
import { databases } from '../servers/databases.js';
import { minuteMs, newEmail, openTestDesk, secondMs, type TestDesk } from './ground.js';

const password = 'a phrase that is long enough';
const from = { ip: '192.0.2.7', locale: 'en' } as const;

describe.each(databases())('a second factor on $name', (provider) => {
  let desk: TestDesk;
  let sessions: Sessions;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    sessions = createSessions(desk.open.dispatcher);
  });
  afterAll(() => desk.close());

  interface Person {
    readonly email: string;
    readonly personId: number;
    readonly codes: readonly string[];
    readonly code: () => string;
  }

  async function guarded(): Promise<Person> {
    const email = newEmail();
    const [letter] = await desk.queuedBy(() => sessions.requestLink({ email, ...from }));
    const link = new URL(letter?.secret['url'] ?? '').pathname.split('/').pop() ?? '';
    const chosen = await sessions.chooseByLink({ link, password, ...from });
    const session = chosen.ok ? await sessions.find(chosen.token) : undefined;
    const personId = session?.personId ?? 0;
    expect(await sessions.factor.begin({ personId, password, ...from })).toEqual({ ok: true });
    const view = await sessions.factor.view(personId);
    const totp = new TOTP({ secret: view.state === 'begun' ? view.secret : '' });
    const code = () => totp.generate({ timestamp: desk.clock().getTime() });
    const confirmed = await sessions.factor.confirm({ personId, code: code(), ...from });
    desk.clock.advance(minuteMs);
    return { email, personId, code, codes: confirmed.ok ? confirmed.codes : [] };
  }

  async function waiting({ email }: Person): Promise<string> {
    const signed = await sessions.signIn({ email, password, ...from });
    if (!signed.ok) throw new Error(signed.why);
    expect((await sessions.find(signed.token))?.awaitsCode).toBe(true);
    return signed.token;
  }

  test('four at once with one code: one comes in', async () => {
    const person = await guarded();
    for (const code of [person.code(), person.codes[3] ?? '']) {
      const tokens: string[] = [];
      for (let count = 0; count < 4; count += 1) tokens.push(await waiting(person));
      const given = await Promise.all(tokens.map((token) => sessions.factor.give({ token, code, ...from })));
      expect(given.filter(({ ok }) => ok)).toHaveLength(1);
      const [session] = given.flatMap((one) => (one.ok ? [one.token] : []));
      expect((await sessions.find(session ?? ''))?.awaitsCode).toBe(false);
      desk.clock.advance(15 * minuteMs);
    }
  });

  test('one session with two right codes at once comes in once', async () => {
    const person = await guarded();
    const token = await waiting(person);
    const given = await Promise.all(
      [person.code(), person.codes[0] ?? ''].map((code) => sessions.factor.give({ token, code, ...from })),
    );
    expect(given.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await sessions.find(token)).toBeUndefined();
  });

  test('wrong codes made at once are counted all the same', async () => {
    const person = await guarded();
    const token = await waiting(person);
    const given = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        sessions.factor.give({ token, code: String(at).padStart(6, '9'), ...from }),
      ),
    );
    const why = given.map((one) => (one.ok ? 'in' : one.why)).sort();
    expect(why).toEqual([...Array<string>(7).fill('throttled'), ...Array<string>(5).fill('wrong')]);
    expect(await sessions.factor.give({ token, code: person.code(), ...from })).toMatchObject({ why: 'throttled' });
  });

  test('confirmed twice at once is on once, with one set of codes', async () => {
    const email = newEmail();
    const [letter] = await desk.queuedBy(() => sessions.requestLink({ email, ...from }));
    const link = new URL(letter?.secret['url'] ?? '').pathname.split('/').pop() ?? '';
    const chosen = await sessions.chooseByLink({ link, password, ...from });
    const personId = (chosen.ok ? await sessions.find(chosen.token) : undefined)?.personId ?? 0;
    await sessions.factor.begin({ personId, password, ...from });
    const view = await sessions.factor.view(personId);
    const totp = new TOTP({ secret: view.state === 'begun' ? view.secret : '' });
    const code = totp.generate({ timestamp: desk.clock().getTime() });
    const both = await Promise.all([1, 2].map(() => sessions.factor.confirm({ personId, code, ...from })));
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await desk.connection.reader.recoveryCode.count({ where: { personId } })).toBe(10);
    desk.clock.advance(30 * secondMs);
  });

  test('goes with the account', async () => {
    const person = await guarded();
    const { personId, email } = person;
    await desk.done('account erase', { confirm: email, yes: 'yes' }, { caller: { kind: 'session', personId } });
    const { reader } = desk.connection;
    expect(await reader.secondFactor.count({ where: { personId } })).toBe(0);
    expect(await reader.recoveryCode.count({ where: { personId } })).toBe(0);
  });
});
