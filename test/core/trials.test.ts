/** A dry run that tells something about somebody else is counted and audited like the real one (SPEC 0, "Authority"). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawInput } from '../../src/core/command/input.js';
import { databases } from '../servers/databases.js';
import { builtPair, newClient, newInstaller } from './device-ground.js';
import {
  codeOf,
  declaring,
  newEmail,
  newReseller,
  openTestDesk,
  standing,
  type TestDesk,
  type TestReseller,
} from './ground.js';

describe.each(databases())('what is tried on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 3 });
  });
  afterAll(() => desk.close());

  /** The codes of so many dry runs, each about another address, every second of somebody the desk knows. */
  async function tried(
    count: number,
    command: string,
    asked: (email: string) => RawInput | Promise<RawInput>,
    as: string,
  ) {
    const codes: string[] = [];
    for (let nth = 0; nth < count; nth += 1) {
      const email = nth % 2 === 0 ? newEmail('unknown') : (await newClient(desk)).email;
      codes.push(codeOf(await desk.ask(command, await asked(email), { as, dryRun: true })));
    }
    return codes;
  }
  const audited = (action: string) => desk.connection.reader.audit.count({ where: { action } });

  test('org invite', async () => {
    const { org } = await desk.done('org create', { name: 'Les Curieux', type: 'company' }, { as: newEmail('owner') });
    const owner = (
      await desk.connection.reader.membership.findFirstOrThrow({
        where: { orgId: Number(String(org).slice(2)) },
        include: { person: { include: { addresses: true } } },
      })
    ).person.addresses[0]?.email as string;
    const codes = await tried(22, 'org invite', (email) => ({ number: String(org), email }), owner);
    expect(codes.slice(0, 20)).toEqual(Array(20).fill('org.invited'));
    expect(codes.slice(20)).toEqual(['rate.limited', 'rate.limited']);
    expect(await audited('org invite tried')).toBe(20);
    // the real one stops at the same count
    expect(codeOf(await desk.ask('org invite', { number: String(org), email: newEmail() }, { as: owner }))).toBe(
      'rate.limited',
    );
  });

  test('device check: a right pair, a wrong one, and nothing is left of either', async () => {
    const installer = await newInstaller(desk);
    const pair = await builtPair(desk);
    const given = (email: string) => ({ ...pair, 'web-address': 'http://10.0.0.2', email });
    const before = standing(await desk.dump());
    const codes = await tried(99, 'device check', given, installer.email);
    expect(new Set(codes)).toEqual(new Set(['device.checked']));
    const wrong = await desk.ask(
      'device check',
      { ...given(newEmail()), mac: '00:1D:5B:FF:FF:FF' },
      { as: installer.email, dryRun: true },
    );
    expect(wrong).toMatchObject({ ok: false, code: 'object.unknown', dryRun: true });
    expect(await tried(2, 'device check', given, installer.email)).toEqual(['rate.limited', 'rate.limited']);
    const { Person: _, Address: __, ...after } = standing(await desk.dump());
    const { Person: ___, Address: ____, ...same } = before;
    expect(after).toEqual(same);
    expect(await audited('device check tried')).toBe(100);
  });

  test('device edit', async () => {
    const installer = await newInstaller(desk);
    const given = { ...(await builtPair(desk)), 'web-address': 'http://10.0.0.2', email: newEmail() };
    const { device } = await desk.done('device check', given, { as: installer.email });
    const codes = await tried(22, 'device edit', (email) => ({ device: String(device), email }), installer.email);
    expect(codes.slice(20)).toEqual(['rate.limited', 'rate.limited']);
    expect(codes.slice(0, 20)).toEqual(Array(20).fill('device.edited'));
  });

  test('declare new and customer add, which cost nothing when they are only tried', async () => {
    const declared = await tried(60, 'declare new', (email) => declaring({ email }), reseller.email);
    const party = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa' };
    const added = await tried(42, 'customer add', (email) => ({ ...party, email }), reseller.email);
    expect(new Set(declared)).toEqual(new Set(['declaration.placed']));
    expect(added.slice(0, 40)).toEqual(Array(40).fill('customer.added'));
    expect(added.slice(40)).toEqual(['rate.limited', 'rate.limited']);
    // what is really done goes on
    expect(codeOf(await desk.ask('declare new', declaring(), { as: reseller.email }))).toBe('declaration.placed');
  });

  test('account link: another’s address is refused, and that is counted, tried or done', async () => {
    const owned = async () => (await newClient(desk)).email;
    for (const dryRun of [true, false]) {
      const as = newEmail('linking');
      await desk.done('account edit', { city: 'Lyon' }, { as });
      const codes: string[] = [];
      for (let nth = 0; nth < 6; nth += 1)
        codes.push(codeOf(await desk.ask('account link', { email: await owned() }, { as, dryRun })));
      expect(codes).toEqual([...Array(5).fill('access.denied'), 'rate.limited']);
    }
  });

  test('pack redeem: a wrong number counts, tried or done', async () => {
    const { email } = await newClient(desk);
    const codes: string[] = [];
    for (let nth = 0; nth < 11; nth += 1)
      codes.push(
        codeOf(await desk.ask('pack redeem', { number: `PP2026NOV00000000000${nth}` }, { as: email, dryRun: true })),
      );
    expect(codes).toEqual([...Array(10).fill('pack.refused'), 'rate.limited']);
  });
});
