/**
 * A trial takes no number: what is really done next gets the one that follows the last. That no sequence moves is looked
 * at in every dry run of every test (`ask` in ground.ts); here it is what people see.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawInput } from '../../src/core/command/input.js';
import { databases } from '../servers/databases.js';
import { builtPair, newInstaller } from './device-ground.js';
import {
  codeOf,
  declaring,
  newEmail,
  newReseller,
  newStaff,
  numbersIn,
  openTestDesk,
  type TestDesk,
} from './ground.js';
import { newSiteOrder } from './order-ground.js';

describe.each(databases())('numbers on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());

  const seller = async () => (await newReseller(desk, { pro: 9 })).email;
  const withdrawal = async () => ({ reseller: await seller(), product: 'pro', quantity: '1', reason: 'returned' });
  test.each<[string, string, () => Promise<RawInput>, () => Promise<string>]>([
    ['declare new', 'declaration', () => Promise.resolve(declaring()), seller],
    ['order new', 'order', () => Promise.resolve(newSiteOrder()), seller],
    ['support open', 'ticket', () => Promise.resolve({ subject: 'Silent', text: 'It does not start.' }), seller],
    ['stock withdraw', 'approval', withdrawal, () => newStaff(desk, 'stock')],
    [
      'org create',
      'org',
      () => Promise.resolve({ name: `Les Essais ${newEmail()}`, type: 'company' }),
      () => Promise.resolve(newEmail()),
    ],
    [
      'device check',
      'device',
      async () => ({ ...(await builtPair(desk)), 'web-address': 'http://10.0.0.2', email: newEmail() }),
      async () => (await newInstaller(desk)).email,
    ],
  ])('%s: three trials, and the next number is the next', async (command, named, input, by) => {
    const as = await by();
    const number = async (given: RawInput) => Number(String((await desk.done(command, given, { as }))[named]).slice(2));
    const first = await number(await input());
    const given = await input();
    for (let nth = 0; nth < 3; nth += 1)
      expect((await desk.done(command, given, { as, dryRun: true }))[named]).toBe(null);
    expect(await number(given)).toBe(first + 1);
  });

  test('a trial that is refused, or breaks after it took some, gives them back too', async () => {
    const as = await seller();
    const before = await numbersIn(desk.connection);
    const refused = await desk.ask('declare new', declaring({ product: 'power' }), { as, dryRun: true });
    expect(codeOf(refused)).toBe('stock.empty');
    expect(await numbersIn(desk.connection)).toEqual(before);
  });

  test('trials among others that are meant: no number is given twice, and none is left out', async () => {
    const as = await seller();
    const asked = Array.from({ length: 12 }, (_, nth) =>
      desk.open.dispatcher.dispatch({
        ...{ door: 'terminal', caller: { kind: 'operator', as }, command: 'declare new', input: declaring() },
        dryRun: nth % 2 === 0,
      }),
    );
    const placed = (await Promise.all(asked)).flatMap((outcome) =>
      outcome.ok && !outcome.dryRun ? [Number(String(outcome.data['declaration']).slice(2))] : [],
    );
    const sorted = placed.sort((one, other) => one - other);
    expect(sorted).toEqual(Array.from({ length: 6 }, (_, at) => (sorted[0] ?? 0) + at));
  });
});
