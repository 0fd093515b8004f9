/** G2, G5: customers of a reseller: given, corrected, listed, released with what they hold, deleted with nothing left. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSelf, selfOf } from '../../src/core/programmes/customers/customer.js';
import { identify } from '../../src/core/guard/identity.js';
import { createWork, type Work } from '../../src/core/guard/work.js';
import { vatAhead } from '../../src/core/programmes/parties/vat.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  fieldsOf,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

const party = (more: Record<string, string> = {}) => ({
  type: 'individual',
  email: newEmail('customer'),
  'last-name': 'Noël',
  'first-name': 'Inès',
  ...more,
});

describe.each(databases())('customers on $name', (provider) => {
  let desk: TestDesk;
  let ann: TestReseller;
  let bob: TestReseller;
  let staff: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    ann = await newReseller(desk, {}, { company: 'Ann & Cie' });
    bob = await newReseller(desk);
    staff = await newStaff(desk, 'sales');
  });
  afterAll(() => desk.close());

  const add = async (more: Record<string, string> = {}, as = ann.email) => {
    const given = party(more);
    const data = await desk.done('customer add', given, { as });
    const number = String(data['customer']);
    return { number, id: Number(number.slice(2)), email: given.email, data };
  };
  const ask = (command: string, input: Record<string, string>, as = ann.email) => desk.ask(command, input, { as });
  const message = (outcome: Awaited<ReturnType<TestDesk['ask']>>) => (outcome.ok ? '' : outcome.message);
  const rowOf = (id: number) => desk.connection.reader.customer.findUniqueOrThrow({ where: { id } });
  const as = <T>(email: string, run: (work: Work) => Promise<T>): Promise<T> =>
    desk.desk.database.transact(async (unit) => {
      const actor = await identify(unit.tx, { kind: 'address', email });
      return run(createWork(unit, { desk: desk.desk, actor, door: 'terminal', locale: 'fr' }));
    });

  /** A domain as if it had been registered. */
  const hold = (customer: { id: number }, name: string, more: Record<string, unknown> = {}) =>
    desk.desk.database.transact(async ({ tx }) => {
      const { orgId } = await tx.customer.findUniqueOrThrow({ where: { id: customer.id } });
      const now = desk.clock();
      return tx.domain.create({
        data: {
          ...{ name, heldName: name, tld: name.slice(name.indexOf('.') + 1), orgId, customerId: customer.id },
          ...{ state: 'active', autoRenew: true, registeredOn: '2025-12-01', expiresOn: '2027-12-01' },
          ...{ tags: '["shop"]', searchText: name, createdAt: now, updatedAt: now, ...more },
        },
      });
    });

  test('a customer is added with its tags, searched, filtered and exported', async () => {
    const first = await add({
      'last-name': 'Œuvrard',
      tags: 'VIP, École; vip',
      city: 'Évreux',
      phone: '02 32 00 00 01',
    });
    expect(first.data).toMatchObject({ state: 'unverified', tags: ['VIP', 'École'], country: 'FR', self: false });
    const second = await add({ tags: 'école' });
    const third = await add({ tags: 'écoles' });
    await hold(second, 'ecole-noel.fr');
    const list = async (input: Record<string, string>) => {
      const data = await desk.done('customer list', { sort: 'customer', ...input }, { as: ann.email });
      return (data['items'] as { customer: string }[]).map(({ customer }) => customer);
    };
    expect(await list({ tags: 'ECOLE' })).toEqual([first.number, second.number]);
    expect(await list({ tags: 'école, vip' })).toEqual([first.number]);
    expect(await list({ tags: 'écoles', search: 'noel' })).toEqual([third.number]);
    expect(await list({ search: 'oeuvrard evreux' })).toEqual([first.number]);
    expect(await list({ search: second.email, state: 'unverified' })).toEqual([second.number]);
    expect(await list({ state: 'verified' })).toEqual([]);
    const csv = await ask('customer list', { tags: 'école', export: 'csv' });
    expect(csv.ok && csv.file?.content.toString()).toMatch(/Noël.*\n.*Œuvrard/s);
    const shown = await desk.done('customer show', { number: second.number }, { as: ann.email });
    expect(shown['domains']).toEqual([
      { domain: 'ecole-noel.fr', state: 'active', expiresOn: '2027-12-01', autoRenew: true },
    ]);
  });

  test('every fault of a party is named at once', async () => {
    const none = await ask('customer add', { type: 'company' });
    expect(fieldsOf(none)).toEqual(['email', 'last-name', 'first-name']);
    const some = await ask('customer add', party({ type: 'société', vat: 'FR40303265044' }));
    expect(fieldsOf(some)).toEqual(['company', 'vat']);
    const other = party({ type: 'company', company: 'Bäcker', country: 'DE', vat: 'FR40303265045' });
    expect(fieldsOf(await ask('customer add', other))).toEqual(['vat']);
    const right = await add({ type: 'company', company: 'Bäcker', country: 'Allemagne', vat: 'DE 136695976' });
    expect(right.data).toMatchObject({ vat: 'DE136695976', country: 'DE', company: 'Bäcker' });
    const trial = await desk.ask('customer add', party(), { as: ann.email, dryRun: true });
    expect(trial).toMatchObject({ ok: true, data: { customer: null } });
  });

  test('an address that is proven already needs no verification', async () => {
    const known = newEmail('known');
    await desk.done('account show', {}, { as: known });
    const invited = newEmail('invited');
    await desk.done('reseller register', {
      ...{ email: invited, 'last-name': 'X', 'first-name': 'Y', company: 'Z' },
    });
    const owner = newEmail('owner');
    await desk.desk.database.transact(({ tx }) =>
      tx.ownerAddress.create({ data: { email: owner, state: 'verified', locale: 'fr', createdAt: desk.clock() } }),
    );
    const states = [];
    for (const email of [known, invited, owner]) states.push((await add({ email })).data['state']);
    expect(states).toEqual(['verified', 'unverified', 'verified']);
    // another address is another thing to verify
    const customer = await add({ email: known });
    const edit = (email: string) => desk.done('customer edit', { number: customer.number, email }, { as: ann.email });
    expect((await edit(newEmail()))['state']).toBe('unverified');
    expect((await edit(owner))['state']).toBe('verified');
  });

  test('an edit changes what was given alone, and no domain', async () => {
    const customer = await add({ type: 'company', company: 'Avant', tags: 'a', vat: 'FR40303265045' });
    const domain = await hold(customer, 'avant.fr');
    const edited = await desk.done(
      'customer edit',
      { number: customer.number, company: 'Après', tags: 'b' },
      { as: ann.email },
    );
    expect(edited).toMatchObject({ company: 'Après', lastName: 'Noël', vat: 'FR40303265045', tags: ['b'] });
    const after = await desk.connection.reader.domain.findUnique({ where: { id: domain.id } });
    // it is found by the new name too
    expect({ ...after, searchText: '' }).toEqual({ ...domain, searchText: '' });
    expect(after?.searchText).toContain('apres');
    const found = await desk.done('customer list', { search: 'apres', tags: 'b' }, { as: ann.email });
    expect(found['total']).toBe(1);
    const country = await ask('customer edit', { number: customer.number, country: 'DE' });
    expect(fieldsOf(country)).toEqual(['vat']);
    const individual = await add();
    const lacking = await ask('customer edit', { number: individual.number, type: 'company' });
    expect(fieldsOf(lacking)).toEqual(['company']);
  });

  test('an organisation that is no reseller has no customers but itself', async () => {
    const owner = newEmail('owner');
    const { org } = await desk.done('org create', { name: 'Les Amis', type: 'association' }, { as: owner });
    const outcome = await ask('customer add', party(), owner);
    expect([codeOf(outcome), message(outcome)]).toEqual(['state.wrong', expect.stringContaining('revendeur')]);
    const id = Number(String(org).slice(2));
    await vatAhead();
    const missing = await as(owner, (work) => makeSelf(work, id)).catch((error: unknown) => error);
    expect(missing).toMatchObject({ code: 'input.invalid', params: { missing: ['last-name', 'first-name'] } });
    await desk.done('account edit', { 'last-name': 'Roux', 'first-name': 'Léo' }, { as: owner });
    const made = await as(owner, (work) => makeSelf(work, id));
    expect(made).toMatchObject({ selfOf: id, company: 'Les Amis', lastName: 'Roux', email: owner, state: 'verified' });
    expect((await as(owner, (work) => makeSelf(work, id, { lastName: 'Autre' }))).id).toBe(made.id);
    expect(await as(owner, ({ tx }) => selfOf(tx, id))).toMatchObject({ id: made.id });
    expect((await desk.done('customer list', {}, { as: owner }))['items']).toMatchObject([{ self: true, org }]);
    // it is itself: it can't leave
    const number = `C-${made.id}`;
    const leaving = await ask('customer release', { number, yes: 'yes' }, owner);
    expect([codeOf(leaving), message(leaving)]).toEqual(['state.wrong', expect.stringContaining('elle-même')]);
    await desk.done('customer delete', { number, yes: 'yes' }, { as: owner });
    expect(await as(owner, ({ tx }) => selfOf(tx, id))).toBeUndefined();
  });

  test('another’s customer is unknown; a viewer only reads; staff read all', async () => {
    const customer = await add();
    const viewer = newEmail('viewer');
    await desk.done('org invite', { number: ann.ref, email: viewer }, { as: ann.email });
    const { number } = customer;
    const writes = [
      ['customer edit', { number, city: 'Pau' }],
      ['customer release', { number, yes: 'yes' }],
      ['customer delete', { number, yes: 'yes' }],
    ] as const;
    for (const [command, input] of [['customer show', { number }] as const, ...writes]) {
      const outcome = await ask(command, input, bob.email);
      expect([command, codeOf(outcome), fieldsOf(outcome)]).toEqual([command, 'object.unknown', ['number']]);
    }
    // bob's manager, who is a viewer at ann's
    await desk.done('org invite', { number: bob.ref, email: viewer, role: 'manager' }, { as: bob.email });
    for (const [command, input] of writes)
      expect([command, codeOf(await ask(command, input, viewer))]).toEqual([command, 'access.denied']);
    expect(codeOf(await ask('customer show', { number }, viewer))).toBe('customer.shown');
    expect(codeOf(await ask('customer add', { ...party(), org: ann.ref }, viewer))).toBe('access.denied');
    expect(codeOf(await ask('customer show', { number }, staff))).toBe('customer.shown');
    expect(codeOf(await ask('customer edit', { number, city: 'Pau' }, staff))).toBe('access.denied');
    const ofBob = await desk.done('customer list', { org: bob.ref }, { as: viewer });
    expect(ofBob['total']).toBe(0);
  });

  test('a release is shown first, then hands domains and account over and tells the customer until when', async () => {
    const customer = await add({ type: 'company', company: 'Boulangerie Noël', tags: 'pain', street: '1 rue Haute' });
    const [ends, gone] = [
      await hold(customer, 'noel.fr'),
      await hold(customer, 'vieux.fr', { expiresOn: '2024-01-01' }),
    ];
    const failed = await hold(customer, 'rate.fr', { heldName: null, state: 'failed', searchText: customer.email });
    const { number } = customer;
    const { registrarTask, renewalNotice } = desk.connection.writer;
    const before = desk.clock();
    desk.clock.advance(1_000);
    await registrarTask.create({
      data: {
        ...{ domainId: ends.id, orgId: ann.id, kind: 'register', port: 'staff', state: 'done', door: 'chat' },
        ...{ netCents: 1250, vatCents: 250, grossCents: 1500, currency: 'EUR', locale: 'fr', createdAt: before },
      },
    });
    await renewalNotice.create({
      data: {
        ...{ domainId: ends.id, expiresOn: '2027-12-01', milestone: 60, recipient: ann.email, outcome: 'sent' },
        at: before,
      },
    });
    const preview = await ask('customer release', { number });
    expect(preview).toMatchObject({
      code: 'customer.previewed',
      data: { preview: { customer: number, domains: [{ domain: 'noel.fr', expiresOn: '2027-12-01' }] } },
    });
    expect((await rowOf(customer.id)).state).toBe('unverified');
    // asked for by the reseller's own, and waiting
    const requesterId = (await desk.connection.reader.membership.findFirstOrThrow({ where: { orgId: ann.id } }))
      .personId;
    await registrarTask.create({
      data: {
        ...{ domainId: ends.id, orgId: ann.id, kind: 'owner-mail', port: 'staff', state: 'waiting', door: 'mail' },
        ...{ locale: 'fr', requesterId, createdAt: before },
      },
    });
    await renewalNotice.create({
      data: {
        ...{ domainId: ends.id, expiresOn: '2027-12-01', milestone: 30, recipient: ann.email, outcome: 'due' },
        at: before,
      },
    });
    // something came in between
    const late = await hold(customer, 'noel.com');
    expect(codeOf(await ask('customer release', { number, yes: 'yes' }))).toBe('preview.stale');
    expect(codeOf(await ask('customer release', { number }))).toBe('customer.previewed');
    let org = '';
    const sent = await desk.queuedBy(async () => {
      const done = await desk.done('customer release', { number, yes: 'yes' }, { as: ann.email });
      expect(done).toMatchObject({ customer: number, state: 'released', account: 'created' });
      org = String(done['org']);
    });
    expect(sent).toMatchObject([
      {
        letter: 'customer-released',
        recipient: customer.email,
        params: {
          ...{ reseller: 'Ann & Cie', org: 'Boulangerie Noël', number: org },
          domains: [
            { domain: 'noel.com', until: '1er décembre 2027' },
            { domain: 'noel.fr', until: '1er décembre 2027' },
          ],
        },
        secret: { passwordLink: expect.stringContaining('/t/') as string },
      },
    ]);
    const { reader } = desk.connection;
    const orgId = Number(org.slice(2));
    const self = await reader.customer.findUniqueOrThrow({ where: { selfOf: orgId } });
    expect(self).toMatchObject({ orgId, company: 'Boulangerie Noël', street: '1 rue Haute', tags: '[]' });
    for (const { id } of [ends, late])
      expect(await reader.domain.findUnique({ where: { id } })).toMatchObject({
        ...{ orgId, customerId: self.id, autoRenew: false, state: 'active', tags: '[]' },
      });
    for (const { id } of [gone, failed])
      expect(await reader.domain.findUnique({ where: { id } })).toMatchObject({
        orgId: ann.id,
        customerId: customer.id,
      });
    // the reseller keeps a number, and no longer who it was
    expect(await rowOf(customer.id)).toMatchObject({ state: 'released', email: '', lastName: '', street: null });
    expect((await reader.domain.findUniqueOrThrow({ where: { id: failed.id } })).searchText).not.toContain('@');
    expect(codeOf(await ask('customer show', { number }))).toBe('object.unknown');
    expect((await desk.done('customer list', { state: 'released' }, { as: ann.email }))['total']).toBe(0);
    expect(codeOf(await ask('customer release', { number, yes: 'yes' }))).toBe('object.unknown');
    // what its reseller noted, ordered and was mailed stays the reseller's
    const shown = await desk.done('domain show', { domain: 'noel.fr' }, { as: customer.email });
    expect(shown).toMatchObject({ tags: [], tasks: [], notices: [], mails: [] });
    const ofStaff = await desk.done('domain show', { domain: 'noel.fr' });
    expect(ofStaff).toMatchObject({ tasks: [{ kind: 'owner-mail' }, { grossCents: 1500 }] });
    expect(ofStaff['notices']).toMatchObject([{ recipient: ann.email }, { recipient: ann.email }]);
    // nobody of the reseller's is reminded of it, or told how its operation ends
    expect(await reader.renewalNotice.count({ where: { domainId: ends.id, outcome: 'due' } })).toBe(0);
    expect(await reader.registrarTask.findMany({ where: { domainId: ends.id, state: 'waiting' } })).toMatchObject([
      { orgId, requesterId: null },
    ]);
    expect((await desk.done('domain list', { tags: 'shop' }, { as: customer.email }))['total']).toBe(0);
    // its owner is at home there
    const mine = await desk.done('customer list', {}, { as: customer.email });
    expect(mine['items']).toMatchObject([{ self: true, domains: 2, org }]);
    const audited = await reader.audit.findMany({ where: { object: { in: [number, 'noel.fr', 'noel.com'] } } });
    expect(audited.map(({ action, object }) => `${action} ${object}`).sort()).toEqual([
      ...[`customer added ${number}`, `customer released ${number}`],
      ...['domain released noel.com', 'domain released noel.fr'],
    ]);
  });

  test('somebody known gets no link, and an organisation told apart from the one they have', async () => {
    const owner = newEmail('owner');
    await desk.done('org create', { name: 'Fleurs', type: 'company' }, { as: owner });
    const customer = await add({ type: 'company', company: 'fleurs', email: owner });
    const [letter] = await desk.queuedBy(() =>
      desk.done('customer release', { number: customer.number, yes: 'yes' }, { as: ann.email }),
    );
    expect(letter).toMatchObject({
      letter: 'customer-released',
      recipient: owner,
      secret: {},
      params: { domains: [] },
    });
    expect(letter?.params['until']).toBeUndefined();
    const { items } = await desk.done('org list', { sort: 'org' }, { as: owner });
    expect(items).toMatchObject([
      { name: 'Fleurs', displayName: null },
      { name: 'fleurs', displayName: `fleurs ${customer.number}`, role: 'owner' },
    ]);
  });

  test('nothing leaves while something bought is under way', async () => {
    const customer = await add();
    const domain = await hold(customer, 'attente.fr', { state: 'registering', expiresOn: null });
    const { number } = customer;
    await desk.desk.database.transact(({ tx }) =>
      tx.registrarTask.create({
        data: {
          ...{ domainId: domain.id, orgId: ann.id, kind: 'register', port: 'staff', state: 'waiting', door: 'chat' },
          ...{
            netCents: 1250,
            vatCents: 250,
            grossCents: 1500,
            currency: 'EUR',
            locale: 'fr',
            createdAt: desk.clock(),
          },
        },
      }),
    );
    for (const yes of ['', 'yes']) {
      const outcome = await ask('customer release', { number, yes });
      expect([codeOf(outcome), message(outcome)]).toEqual(['state.wrong', expect.stringMatching(/attente\.fr.*W-/)]);
    }
    const outcome = await ask('customer delete', { number, yes: 'yes' });
    expect([codeOf(outcome), message(outcome)]).toEqual(['state.wrong', expect.stringMatching(/1 domaine\b/)]);
  });

  test('only a customer with nothing left is deleted, and then forgotten but for its number', async () => {
    const customer = await add({ tags: 'x', city: 'Toul' });
    const domain = await hold(customer, 'toul.fr');
    const { number } = customer;
    const refused = await ask('customer delete', { number });
    expect([codeOf(refused), message(refused)]).toEqual(['state.wrong', expect.stringContaining(number)]);
    // gone by its date alone
    await desk.desk.database.transact(({ tx }) =>
      tx.domain.update({ where: { id: domain.id }, data: { expiresOn: '2024-01-01' } }),
    );
    expect(await ask('customer delete', { number })).toMatchObject({
      code: 'customer.previewed',
      data: { preview: { customer: number, domains: [] } },
    });
    const sent = await desk.queuedBy(() => desk.done('customer delete', { number, yes: 'yes' }, { as: ann.email }));
    expect(sent).toEqual([]);
    expect(await rowOf(customer.id)).toMatchObject({
      ...{ state: 'deleted', email: '', lastName: '', firstName: '', city: null, tags: '[]' },
      ...{ searchText: number.toLowerCase().replace('-', ' ') },
    });
    expect(codeOf(await ask('customer edit', { number, city: 'Pau' }))).toBe('object.unknown');
  });

  test('released twice at once, it leaves once', async () => {
    const customer = await add();
    await hold(customer, 'deux.fr');
    const sent = await desk.queuedBy(async () => {
      const both = await Promise.all(
        [0, 1].map(() => ask('customer release', { number: customer.number, yes: 'yes' })),
      );
      expect(both.map(codeOf).sort()).toEqual(['customer.released', 'object.unknown']);
    });
    expect(sent).toHaveLength(1);
  });
});
