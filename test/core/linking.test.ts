/** X1: people, their addresses and Discord users, linked by codes mailed to the address. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/core/guard/identity.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  declaring,
  fieldsOf,
  hourMs,
  minuteMs,
  newEmail,
  newReseller,
  openTestDesk,
  type AskOptions,
  type TestDesk,
} from './ground.js';

let users = 0;
const newUser = (): Extract<Caller, { kind: 'discord' }> => ({
  kind: 'discord',
  id: `90000000000000${(users += 1)}`,
  name: `user-${users}`,
});

describe.each(databases())('linking on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());
  const chat = (caller: Caller): AskOptions => ({ caller, door: 'chat', locale: 'en' });

  /** Asks for a code and takes it from its letter. */
  async function codeFor(email: string, options: AskOptions): Promise<string> {
    const letters = await desk.queuedBy(() => desk.done('account link', { email }, options));
    expect(letters).toMatchObject([{ letter: 'link-code', recipient: email, params: { minutes: 15 } }]);
    return letters[0]?.secret['code'] ?? '';
  }
  const confirm = (code: string, options: AskOptions) => desk.ask('account confirm', { code }, options);
  const wrong = (code: string) => String((Number(code.replace(' ', '')) + 1) % 100_000_000).padStart(8, '0');

  test('a Discord user is nobody until the code is typed back, and is told how to begin', async () => {
    const [user, reseller] = [newUser(), await newReseller(desk, { pro: 1 })];
    const before = await desk.ask('stock show', {}, chat(user));
    expect(before).toMatchObject({
      ok: false,
      code: 'access.denied',
      message: expect.stringContaining('account link') as string,
    });
    const code = await codeFor(reseller.email, chat(user));
    expect(code).toMatch(/^\d{4} \d{4}$/);
    expect(codeOf(await desk.ask('stock show', {}, chat(user)))).toBe('access.denied');
    const letters = await desk.queuedBy(async () =>
      expect(await confirm(code, chat(user))).toMatchObject({
        code: 'account.linked',
        data: { email: reseller.email },
      }),
    );
    expect(letters).toMatchObject([
      { letter: 'address-linked', recipient: reseller.email, params: { door: 'chat', discordName: user.name } },
    ]);
    expect(codeOf(await desk.ask('declare new', declaring(), chat(user)))).toBe('declaration.placed');
    expect(await desk.done('account show', {}, chat(user))).toMatchObject({
      person: reseller.email,
      discordUsers: [user.id],
    });
  });

  test('one person has several Discord users and addresses', async () => {
    const [email, second] = [newEmail(), newEmail('second')];
    const [one, two] = [newUser(), newUser()];
    for (const user of [one, two]) await confirm(await codeFor(email, chat(user)), chat(user));
    expect(await confirm(await codeFor(second, chat(two)), chat(two))).toMatchObject({ ok: true });
    for (const options of [chat(one), { as: email }, { as: second }]) {
      expect(await desk.done('account show', {}, options)).toMatchObject({
        person: email,
        emails: expect.arrayContaining([email, second]) as string[],
        discordUsers: [one.id, two.id],
      });
    }
  });

  test('an address of nobody becomes a person by its code', async () => {
    const [email, user] = [newEmail('fresh'), newUser()];
    await confirm(await codeFor(email, chat(user)), chat(user));
    expect(await desk.done('account show', {}, chat(user))).toMatchObject({
      person: email,
      state: 'active',
      locale: 'en',
    });
  });

  test('a code typed with or without spaces, as a number too; a wrong form costs no try', async () => {
    const [email, user] = [newEmail(), newUser()];
    const code = await codeFor(email, chat(user));
    expect(fieldsOf(await confirm('1234', chat(user)))).toEqual(['code']);
    expect(codeOf(await desk.ask('account confirm', { code: Number(code.replace(' ', '')) }, chat(user)))).toBe(
      'account.linked',
    );
  });

  test('five tries, wrong ones counted, also in a dry run; then a new code is needed', async () => {
    const [email, user] = [newEmail(), newUser()];
    const code = await codeFor(email, chat(user));
    for (let tries = 1; tries <= 5; tries += 1) {
      const answer = await desk.ask('account confirm', { code: wrong(code) }, { ...chat(user), dryRun: tries > 2 });
      expect(answer).toMatchObject({ ok: false, code: 'link.invalid' });
      expect(answer.ok ? '' : answer.message).toMatch(tries < 5 ? /wrong or has ended/ : /Too many wrong tries/);
    }
    expect(codeOf(await confirm(code, chat(user)))).toBe('link.invalid');
    expect(codeOf(await confirm(await codeFor(email, chat(user)), chat(user)))).toBe('account.linked');
  });

  test('works for 15 minutes, once, and only the last one', async () => {
    const [email, user] = [newEmail(), newUser()];
    const first = await codeFor(email, chat(user));
    desk.clock.advance(15 * minuteMs);
    expect(codeOf(await confirm(first, chat(user)))).toBe('link.invalid');
    const second = await codeFor(email, chat(user));
    const third = await codeFor(email, chat(user));
    if (second !== third) expect(codeOf(await confirm(second, chat(user)))).toBe('link.invalid');
    desk.clock.advance(15 * minuteMs - 1);
    expect(codeOf(await confirm(third, chat(user)))).toBe('account.linked');
    expect(codeOf(await confirm(third, chat(user)))).toBe('link.invalid');
  });

  test('is only for whoever asked for it', async () => {
    const [email, user, thief] = [newEmail(), newUser(), newUser()];
    const code = await codeFor(email, chat(user));
    expect(codeOf(await confirm(code, chat(thief)))).toBe('link.invalid');
    expect(codeOf(await confirm(code, { as: newEmail() }))).toBe('link.invalid');
    expect(codeOf(await confirm(code, chat(user)))).toBe('account.linked');
  });

  test('five codes an hour for one asker, and for one address', async () => {
    const user = newUser();
    for (let count = 0; count < 5; count += 1) await codeFor(newEmail(), chat(user));
    expect(codeOf(await desk.ask('account link', { email: newEmail() }, chat(user)))).toBe('rate.limited');
    const email = newEmail();
    for (let count = 0; count < 5; count += 1) await codeFor(email, chat(newUser()));
    expect(codeOf(await desk.ask('account link', { email }, chat(newUser())))).toBe('rate.limited');
    desk.clock.advance(hourMs);
    await codeFor(email, chat(user));
  });

  test('an address of somebody else is refused, and stays theirs', async () => {
    const [one, two] = [newEmail(), newEmail()];
    for (const as of [one, two]) await desk.done('help', {}, { as });
    const refused = await desk.ask('account link', { email: two }, { as: one });
    expect(refused).toMatchObject({
      ok: false,
      code: 'access.denied',
      fields: { email: expect.any(String) as string },
    });
    // it became somebody's after the code was asked for
    const late = newEmail();
    const code = await codeFor(late, { as: one });
    await desk.done('help', {}, { as: late });
    expect(codeOf(await confirm(code, { as: one }))).toBe('access.denied');
    expect(await desk.done('account show', {}, { as: late })).toMatchObject({ emails: [late] });
  });

  test('unlinking a Discord user, or an address that is not the last', async () => {
    const [email, second, user] = [newEmail(), newEmail(), newUser()];
    await confirm(await codeFor(email, chat(user)), chat(user));
    expect(await desk.ask('account unlink', { email }, chat(user))).toMatchObject({ code: 'state.wrong' });
    expect(await desk.ask('account unlink', { email: newEmail() }, chat(user))).toMatchObject({
      code: 'object.unknown',
      fields: { email: expect.any(String) as string },
    });
    await confirm(await codeFor(second, { as: email }), { as: email });
    // the main one goes, the other takes its place
    expect(codeOf(await desk.ask('account unlink', { email }, chat(user)))).toBe('account.unlinked');
    expect(await desk.done('account show', {}, chat(user))).toMatchObject({ person: second, emails: [second] });
    expect(fieldsOf(await desk.ask('account unlink', {}, { as: second }))).toEqual(['email']);
    expect(codeOf(await desk.ask('account unlink', {}, chat(user)))).toBe('account.unlinked');
    expect(codeOf(await desk.ask('account unlink', {}, chat(user)))).toBe('access.denied');
    expect(codeOf(await desk.ask('account show', {}, { as: second }))).toBe('account.shown');
  });

  test.each(['help', 'account show', 'account edit', 'account link'])(
    '“%s” makes a person of a proven address',
    async (command) => {
      for (const options of [
        { as: newEmail() },
        { caller: { kind: 'address', email: newEmail() }, door: 'mail' },
      ] satisfies AskOptions[]) {
        const email = options.as ?? options.caller.email;
        expect(await desk.ask(command, command === 'account link' ? { email: newEmail() } : {}, options)).toMatchObject(
          { ok: true },
        );
        const address = await desk.connection.reader.address.findUniqueOrThrow({
          where: { email },
          include: { person: true },
        });
        expect(address).toMatchObject({ main: true, person: { state: 'active', operator: false } });
      }
    },
  );

  test('no other command does, nor a refused one, nor a dry run', async () => {
    const email = newEmail();
    for (const [command, input, more] of [
      ['stock show', {}, {}],
      ['pack redeem', { number: 'x' }, {}],
      ['account link', { email: 'nonsense' }, {}],
      ['account edit', { city: 'Lyon' }, { dryRun: true }],
      ['no such', {}, {}],
    ] as const) {
      await desk.ask(command, input, { as: email, ...more });
      expect(await desk.connection.reader.address.count({ where: { email } }), command).toBe(0);
    }
    expect(await desk.ask('pack redeem', { number: 'x' }, { as: email })).toMatchObject({
      code: 'access.denied',
      message: expect.stringContaining('account link') as string,
    });
  });
});
