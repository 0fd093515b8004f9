/** X4: a key gets the first answer again and changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSchedule } from '../../src/core/database/schedule.js';
import { jobsOf } from '../../src/core/jobs.js';
import type { RawInput } from '../../src/core/command/input.js';
import type { OpenDesk } from '../../src/core/open.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  declaring,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

describe.each(databases())('once on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 50 });
  });
  afterAll(() => desk.close());
  let keys = 0;
  const newKey = () => `key ${(keys += 1)}`;

  test('a repeat gives the first answer, word for word, and changes nothing', async () => {
    const [key, input] = [newKey(), declaring()];
    const first = await desk.ask('declare new', input, { as: reseller.email, key });
    expect(first.code).toBe('declaration.placed');
    const before = await desk.dump();
    expect(await desk.ask('declare new', input, { as: reseller.email, key })).toEqual(first);
    // the fields in another order are the same content
    expect(
      await desk.ask('declare new', Object.fromEntries(Object.entries(input).toReversed()), {
        as: reseller.email,
        key,
      }),
    ).toEqual(first);
    expect(await desk.dump()).toEqual(before);
  });

  test('twice at the same moment, in one process and in two: the first answer, never a refusal', async () => {
    const other = await desk.another();
    const as = { as: reseller.email };
    const ticket = async () => String((await desk.done('support open', { subject: 'A', text: 'B' }, as))['ticket']);
    const order = async () =>
      String((await desk.done('order new', { type: 'initial', origin: 'new-site' }, as))['order']);
    const [closed, cancelled] = [await ticket(), await order()];
    const admin = await newStaff(desk, 'admin');
    const asked: [string, RawInput, string][] = [
      ['declare new', declaring(), reseller.email],
      ['order cancel', { number: cancelled }, reseller.email],
      ['support close', { number: closed }, reseller.email],
      ['org create', { name: `Twice ${provider.name}`, type: 'company' }, newEmail('founder')],
      ['mail pause', { reason: 'a drill' }, admin],
      ['mail resume', {}, admin],
    ];
    for (const [command, input, email] of asked) {
      const key = newKey();
      const caller = { kind: 'operator', as: email } as const;
      const once = (place: OpenDesk) => place.dispatcher.dispatch({ door: 'chat', caller, command, input, key });
      const [first, ...rest] = await Promise.all([
        once(desk.open),
        once(desk.open),
        once(other),
        once(desk.open),
        once(other),
      ]);
      expect(first, command).toMatchObject({ ok: true });
      for (const outcome of rest) expect(outcome, command).toEqual(first);
    }
  });

  test('with other content it is refused, and the first answer stays', async () => {
    const [key, input] = [newKey(), declaring()];
    const first = await desk.ask('declare new', input, { as: reseller.email, key });
    expect(
      await desk.ask('declare new', { ...input, 'order-number': 'other' }, { as: reseller.email, key }),
    ).toMatchObject({ ok: false, code: 'key.reused' });
    expect(await desk.ask('declare new', input, { as: reseller.email, key })).toEqual(first);
  });

  test('files are compared by their content', async () => {
    const key = newKey();
    const file = (text: string) => ({ name: 'packs.csv', type: 'text/csv', content: Buffer.from(text) });
    const ask = (text: string) =>
      desk.ask('stock import', { reseller: reseller.ref, yes: 'yes', file: file(text) }, { key });
    const first = await ask('number,product,purchase\nPP2026NOV00000000AAAA,pro,K\n');
    expect(first.code).toBe('stock.imported');
    expect(await ask('number,product,purchase\nPP2026NOV00000000AAAA,pro,K\n')).toEqual(first);
    expect(codeOf(await ask('number,product,purchase\nPP2026NOV00000000BBBB,pro,K\n'))).toBe('key.reused');
  });

  test('a refusal is a first answer too, of the form or of a rule', async () => {
    const other = await newReseller(desk);
    const ask = (key: string, input = declaring()) => desk.ask('declare new', input, { as: other.email, key });
    const [empty, invalid] = [newKey(), newKey()];
    const input = declaring();
    const first = await ask(empty, input);
    expect(first.code).toBe('stock.empty');
    const faulty = await ask(invalid, { ...input, email: 'x' });
    await desk.done('stock receive', { reseller: other.ref, product: 'pro', quantity: '1', purchase: 'late' });
    expect(await ask(empty, input)).toEqual(first);
    expect(await ask(invalid, { ...input, email: 'x' })).toEqual(faulty);
    expect(codeOf(await ask(newKey(), input))).toBe('declaration.placed');
  });

  test('a counted refusal is not counted again', async () => {
    const [key, email] = [newKey(), newEmail()];
    await desk.done('help', {}, { as: email });
    for (let again = 0; again < 12; again += 1)
      expect(codeOf(await desk.ask('pack redeem', { number: 'wrong' }, { as: email, key }))).toBe('pack.refused');
    expect(codeOf(await desk.ask('pack redeem', { number: 'wrong' }, { as: email }))).toBe('pack.refused');
  });

  test('is one per person and command', async () => {
    const [key, other] = [newKey(), await newReseller(desk, { pro: 1 })];
    const input = declaring();
    expect(codeOf(await desk.ask('declare new', input, { as: reseller.email, key }))).toBe('declaration.placed');
    expect(codeOf(await desk.ask('declare new', input, { as: other.email, key }))).toBe('declaration.placed');
    expect(
      codeOf(await desk.ask('stock threshold', { product: 'pro', quantity: '1' }, { as: reseller.email, key })),
    ).toBe('stock.threshold-set');
  });

  test('the same key at the same moment, from two processes: one change, one answer', async () => {
    const [key, input, others] = [newKey(), declaring({ anyway: 'yes' }), await desk.another()];
    const before = await desk.connection.reader.declaration.count();
    const request = {
      door: 'terminal',
      caller: { kind: 'operator', as: reseller.email },
      command: 'declare new',
      input,
      key,
    } as const;
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => desk.open.dispatcher.dispatch(request)),
      ...Array.from({ length: 5 }, () => others.dispatcher.dispatch(request)),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.code).toBe('declaration.placed');
    expect(await desk.connection.reader.declaration.count()).toBe(before + 1);
  });

  test('the first command of somebody new counts as theirs', async () => {
    const [key, as, email] = [newKey(), newEmail(), newEmail()];
    const letters = await desk.queuedBy(async () => {
      const first = await desk.ask('account link', { email }, { as, key });
      expect(await desk.ask('account link', { email }, { as, key })).toEqual(first);
    });
    expect(letters).toHaveLength(1);
  });

  test('a Discord interaction that comes again while its user links itself', async () => {
    const [email, caller] = [newEmail(), { kind: 'discord', id: '800000000000000001', name: 'new here' } as const];
    const ask = (command: string, input: Record<string, string>, key: string) =>
      desk.ask(command, input, { caller, door: 'chat', key });
    const letters = await desk.queuedBy(async () => {
      expect(await ask('account link', { email }, '1')).toEqual(await ask('account link', { email }, '1'));
    });
    expect(letters).toHaveLength(1);
    const code = letters[0]?.secret['code'] ?? '';
    const linked = await ask('account confirm', { code }, '2');
    expect(linked.code).toBe('account.linked');
    expect(await ask('account confirm', { code }, '2')).toEqual(linked);
    // another user's interaction is not this one
    expect(
      codeOf(
        await desk.ask(
          'account confirm',
          { code },
          { caller: { ...caller, id: '800000000000000002' }, door: 'chat', key: '2' },
        ),
      ),
    ).toBe('link.invalid');
  });

  test('a dry run neither takes a key nor uses one, whichever way it was asked for', async () => {
    const [key, input] = [newKey(), declaring()];
    for (const [more, field] of [
      [{ dryRun: true }, {}],
      [{}, { 'dry-run': 'oui' }],
    ] as const) {
      for (const asked of [input, { ...input, email: 'nonsense' }]) {
        expect(
          await desk.ask('declare new', { ...asked, ...field }, { as: reseller.email, key, ...more }),
        ).toMatchObject({ dryRun: true });
      }
    }
    const first = await desk.ask('declare new', input, { as: reseller.email, key });
    expect(first).not.toHaveProperty('dryRun');
    expect(codeOf(first)).toBe('declaration.placed');
    const dry = await desk.ask('declare new', { ...input, 'dry-run': 'yes' }, { as: reseller.email, key });
    expect(dry).toMatchObject({ code: 'declaration.duplicate', dryRun: true });
  });

  test('a command that only reads has no need of keys', async () => {
    const key = newKey();
    const before = await desk.done('stock show', {}, { as: reseller.email, key });
    await desk.done('declare new', declaring(), { as: reseller.email });
    expect(await desk.done('stock show', {}, { as: reseller.email, key })).not.toEqual(before);
  });

  test('nobody gets an answer by key that he may no longer ask for', async () => {
    const [key, staff] = [newKey(), await newStaff(desk, 'stock')];
    const input = { reseller: reseller.ref, product: 'pro', quantity: '1', purchase: newKey() };
    expect(codeOf(await desk.ask('stock receive', input, { as: staff, key }))).toBe('stock.received');
    await desk.done('staff revoke', { email: staff, role: 'stock' });
    expect(codeOf(await desk.ask('stock receive', input, { as: staff, key }))).toBe('access.denied');
  });

  test('kept encrypted, for thirty days', async () => {
    const [key, input] = [newKey(), declaring()];
    const first = await desk.ask('declare new', input, { as: reseller.email, key });
    const rows = await desk.connection.reader.storedAnswer.findMany();
    const plain = JSON.stringify(rows);
    for (const word of ['declaration.placed', 'D-0000', String(input['email'])]) expect(plain).not.toContain(word);
    const { answer } = rows.find((row) => row.key === key) ?? { answer: '' };
    expect(desk.desk.secrets.open('answer', answer)).toContain('declaration.placed');
    expect(() => desk.desk.secrets.open('outbox', answer)).toThrow();

    const prune = async () =>
      createSchedule({
        database: desk.desk.database,
        clock: desk.clock,
        jobs: jobsOf(desk.desk, () => Promise.resolve()),
        onError: (error) => desk.faults.push({ reference: '', error, command: 'prune' }),
      }).tick();
    desk.clock.advance(30 * dayMs);
    await prune();
    expect(await desk.ask('declare new', input, { as: reseller.email, key })).toEqual(first);
    desk.clock.advance(dayMs);
    await prune();
    expect(codeOf(await desk.ask('declare new', input, { as: reseller.email, key }))).toBe('declaration.duplicate');
  });
});
