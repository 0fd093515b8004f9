/** J7 and the rule about secrets: what the client gets and enters, and where no password may stand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecrets } from '../../src/core/secrets/secrets.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  declaring,
  hourMs,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  secretKey,
  type TestDesk,
  type TestReseller,
} from './ground.js';

describe.each(databases())('the client on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 100, power: 20 });
  });
  afterAll(() => desk.close());
  const declared = async (more = {}) => desk.done('declare new', declaring(more), { as: reseller.email });
  const redeem = (email: string, number: unknown, more = {}) =>
    desk.ask('pack redeem', { number: String(number) }, { as: email, ...more });

  test('a new one is mailed order and pack number, credentials, services, links and a one-time link, never a password', async () => {
    const email = newEmail();
    const letters = await desk.queuedBy(() => declared({ email, 'order-number': 'F 12', locale: 'en' }));
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      letter: 'declared-client',
      recipient: email,
      locale: 'en',
      params: { orderNumber: 'F 12', account: 'created', product: 'Service Pack Pro', clientName: 'Irène Curie' },
    });
    expect(letters[0]?.params['until']).toBe('7 December 2026 at 10:00');
    expect(letters[0]?.params['services']).toHaveLength(3);
    expect(letters[0]?.params['boxCredentials']).toHaveLength(3);
    expect(letters[0]?.params['links']).not.toEqual([]);
    expect(Object.keys(letters[0]?.secret ?? {})).toEqual(['chooseUrl']);
    expect(await desk.done('account show', {}, { as: email })).toMatchObject({
      state: 'invited',
      locale: 'en',
      packs: [],
    });
  });

  test('a known one is written to in its own language, without a link', async () => {
    const email = newEmail();
    await desk.done('account edit', { locale: 'anglais' }, { as: email });
    const letters = await desk.queuedBy(async () =>
      expect(await declared({ email })).toMatchObject({ account: 'existing' }),
    );
    expect(letters).toMatchObject([{ locale: 'en', secret: {}, params: { account: 'existing' } }]);
  });

  test('enters the number, in any case and spacing, once', async () => {
    const email = newEmail();
    const { pack, declaration } = await declared({ email });
    const typed = ` ${String(pack).toLowerCase().replace('2026', ' 2026 ')} `;
    expect(await redeem(email, typed)).toMatchObject({
      ok: true,
      code: 'pack.redeemed',
      data: { pack, product: 'pro' },
    });
    expect(await desk.done('account show', {}, { as: email })).toMatchObject({
      packs: [{ pack, services: expect.any(Array) as unknown[] }],
    });
    expect(await desk.done('declare show', { number: String(declaration) }, { as: reseller.email })).toMatchObject({
      state: 'completed',
      completedAt: desk.clock().toISOString(),
    });
    // entered again by its own client it is there already: no refusal, and nothing that counts
    for (let nth = 0; nth < 12; nth += 1)
      expect(await redeem(email, pack)).toMatchObject({
        ok: true,
        code: 'pack.redeemed',
        data: { pack, product: 'pro', state: 'assigned', already: true },
      });
    expect(codeOf(await redeem(newEmail(), pack))).toMatch(/access.denied|pack.refused/);
    const takenOver = await declared({ email, takeover: 'yes' });
    expect(await redeem(email, takenOver['pack'])).toMatchObject({ ok: true, data: { already: true } });
  });

  test('two at once: the number is taken once', async () => {
    const email = newEmail();
    const { pack } = await declared({ email });
    const answers = await Promise.all([redeem(email, pack), redeem(email, pack)]);
    expect(answers.map((answer) => answer.ok && (answer.data['already'] ?? false)).sort()).toEqual([false, true]);
  });

  test('a wrong, a foreign, a used and an undeclared number look the same', async () => {
    const [email, other] = [newEmail(), newEmail()];
    await desk.done('account edit', { city: 'Lyon' }, { as: email });
    const third = newEmail();
    const used = await declared({ email: third });
    await redeem(third, used['pack']);
    const foreign = await declared({ email: other });
    const takenOver = await declared({ email: other, takeover: 'yes' });
    const free = await desk.connection.reader.stockUnit.findFirstOrThrow({
      where: { state: 'available', kind: 'pack' },
    });
    const answers = [];
    for (const number of [
      'PP2026NOV000000000000',
      used['pack'],
      foreign['pack'],
      takenOver['pack'],
      free.number,
      'nonsense',
    ])
      answers.push(await redeem(email, number));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: false, code: 'pack.refused' });
    expect(codeOf(await redeem(other, foreign['pack']))).toBe('pack.redeemed');
  });

  test('ten wrong ones an hour, although each was refused; a dry run counts too', async () => {
    const email = newEmail();
    const { pack } = await declared({ email });
    for (let wrong = 0; wrong < 10; wrong += 1) {
      expect(await redeem(email, `wrong ${wrong}`, { dryRun: wrong % 2 === 1 })).toMatchObject({
        ok: false,
        code: 'pack.refused',
      });
    }
    expect(codeOf(await redeem(email, pack))).toBe('rate.limited');
    desk.clock.advance(hourMs - 1);
    expect(codeOf(await redeem(email, pack))).toBe('rate.limited');
    desk.clock.advance(1);
    expect(codeOf(await redeem(email, pack))).toBe('pack.redeemed');
  });

  test('thirty wrong ones an hour from one place, whoever tries', async () => {
    const ip = '192.0.2.7';
    for (const someone of [newEmail(), newEmail(), newEmail()]) {
      await desk.done('help', {}, { as: someone });
      for (let wrong = 0; wrong < 10; wrong += 1)
        expect(codeOf(await redeem(someone, 'wrong', { ip }))).toBe('pack.refused');
    }
    const email = newEmail();
    const { pack } = await declared({ email });
    expect(codeOf(await redeem(email, pack, { ip }))).toBe('rate.limited');
    expect(codeOf(await redeem(email, pack, { ip: '192.0.2.8' }))).toBe('pack.redeemed');
  });

  test('somebody suspended does nothing', async () => {
    const email = newEmail();
    const { pack } = await declared({ email });
    const { personId } = await desk.connection.writer.address.findUniqueOrThrow({ where: { email } });
    await desk.connection.writer.person.update({ where: { id: personId }, data: { state: 'suspended' } });
    expect(codeOf(await redeem(email, pack))).toBe('access.denied');
    expect(codeOf(await desk.ask('account show', {}, { as: email }))).toBe('access.denied');
  });
});

describe.each(databases())('secrets on $name', (provider) => {
  test('a password, link or code stands in its letter and nowhere else', async () => {
    const desk = await openTestDesk(provider, { chat: true });
    let keys = 0;
    const keyed = () => ({ key: `k${(keys += 1)}` });
    const reseller = await newReseller(desk);
    const email = newEmail();
    await desk.done(
      'reseller register',
      { email: newEmail(), 'last-name': 'B', 'first-name': 'C', company: 'D' },
      keyed(),
    );
    await desk.done(
      'stock receive',
      {
        reseller: newEmail(),
        product: 'pro',
        quantity: '3',
        purchase: 'P',
        'last-name': 'B',
        'first-name': 'C',
        company: 'D',
      },
      keyed(),
    );
    await desk.done('stock receive', { reseller: reseller.ref, product: 'pro', quantity: '3', purchase: 'P' }, keyed());
    const { declaration } = await desk.done('declare new', declaring({ takeover: 'yes' }), {
      as: reseller.email,
      ...keyed(),
    });
    await desk.done('declare new', declaring({ email }), { as: reseller.email, ...keyed() });
    await desk.done('declare resend', { number: String(declaration) }, { as: reseller.email, ...keyed() });
    await desk.done('account password', {}, { as: email, ...keyed() });
    await desk.done('account link', { email: newEmail() }, { as: email, ...keyed() });
    await desk.done('staff grant', { email: newEmail(), role: 'sales' }, keyed());
    const admin = await newStaff(desk, 'admin');
    for (const [command, input] of [
      ['declare show', { number: String(declaration) }],
      ['declare list', { export: 'csv' }],
      ['account show', { person: email }],
      ['staff list', {}],
      ['audit show', { object: String(declaration) }],
      ['catalogue show', {}],
    ] as const) {
      await desk.done(command, input, { as: admin });
    }
    const secrets = (await desk.letters()).flatMap(({ secret }) => Object.values(secret));
    // two passwords by register, one by receive, one by takeover; links by resend, declaration, password, two roles; a code
    expect(secrets).toHaveLength(10);
    const needles = secrets.flatMap((secret) =>
      secret.includes('/t/') ? [secret.slice(secret.lastIndexOf('/') + 1)] : [secret, secret.replaceAll(' ', '')],
    );
    const { check: _, ...opener } = createSecrets(secretKey);
    const tables = await desk.dump();
    const stored = (tables['StoredAnswer'] as { answer: string }[]).map(({ answer }) => opener.open('answer', answer));
    expect(stored.length).toBe(keys);
    const everything = JSON.stringify([tables, stored, desk.answers]);
    for (const needle of needles) expect(everything.includes(needle), needle).toBe(false);
    // the search itself would find what is there
    expect(everything).toContain(email);
    expect(stored.join()).toContain(String(declaration));
    await desk.close();
  });
});
