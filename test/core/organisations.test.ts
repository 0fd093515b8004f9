/** G1, G3: organisations, who acts for them, and how a company becomes a reseller, once and for all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suggest } from '../../src/core/command/suggest.js';
import { databases } from '../servers/databases.js';
import { codeOf, dayMs, fieldsOf, newEmail, newReseller, newStaff, openTestDesk, type TestDesk } from './ground.js';

describe.each(databases())('organisations on $name', (provider) => {
  let desk: TestDesk;
  let staff: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    staff = await newStaff(desk, 'sales');
  });
  afterAll(() => desk.close());

  /** A company of somebody new. */
  async function company(more: Record<string, string> = {}) {
    const owner = newEmail('owner');
    const data = await desk.done('org create', { name: `Maison ${owner}`, type: 'company', ...more }, { as: owner });
    return { owner, org: String(data['org']), name: String(data['name']) };
  }
  const message = (outcome: Awaited<ReturnType<TestDesk['ask']>>) => (outcome.ok ? '' : outcome.message);
  const accepting = (org: string, name: string) => ({ org, 'accept-terms': 'oui', confirm: name, terms: '2026-01' });
  const rowOf = async (org: string) => {
    const rows = await desk.connection.reader.organisation.findMany({ where: { id: Number(org.slice(2)) } });
    return rows[0];
  };

  test('a stranger’s first command makes the organisation, and its owner', async () => {
    const ada = newEmail('ada');
    const input = { name: 'Ateliers Ada', type: 'société', vat: 'FR 40 303 265 045', city: 'Lyon' };
    const trial = await desk.ask('org create', input, { as: ada, dryRun: true });
    expect(trial).toMatchObject({ ok: true, dryRun: true, data: { org: null, state: 'active' } });
    const data = await desk.done('org create', input, { as: ada });
    expect(data).toMatchObject({
      type: 'company',
      state: 'active',
      vat: 'FR40303265045',
      country: 'FR',
      role: 'owner',
    });
    const list = await desk.done('org list', { search: 'atéliers' }, { as: ada });
    expect(list).toMatchObject({ total: 1, items: [{ org: data['org'], role: 'owner', state: 'active' }] });
    const found = await desk.done('org list', { search: 'ateliers ada lyon' }, { as: staff });
    expect(found['total']).toBe(1);
  });

  test('a Discord user whom nobody knows is told to link, and nothing is made', async () => {
    const before = await desk.connection.reader.organisation.count();
    const caller = { kind: 'discord', id: '4711', name: 'x' } as const;
    const outcome = await desk.ask('org create', { name: 'Nobody', type: 'company' }, { caller, door: 'chat' });
    expect(outcome).toMatchObject({
      code: 'access.denied',
      message: expect.stringContaining('account link') as string,
    });
    expect(await desk.connection.reader.organisation.count()).toBe(before);
  });

  test('a wrong VAT number and a wrong type are named at once or one after the other, never kept', async () => {
    const { owner, org } = await company();
    const wrong = { name: 'Faux', type: 'company', vat: 'FR40303265044' };
    expect(fieldsOf(await desk.ask('org create', wrong, { as: owner }))).toEqual(['vat']);
    expect(fieldsOf(await desk.ask('org create', { name: 'F', type: 'gang' }, { as: owner }))).toEqual(['type']);
    expect(fieldsOf(await desk.ask('org edit', { number: org, vat: 'DE123' }, { as: owner }))).toEqual(['vat']);
    expect((await rowOf(org))?.vat).toBeNull();
  });

  test('what one’s organisations are called is unique among them, however it is written', async () => {
    const { owner } = await company({ name: 'Les Deux' });
    const again = { name: 'les deux', type: 'association' };
    expect(fieldsOf(await desk.ask('org create', again, { as: owner }))).toEqual(['display-name']);
    const second = await desk.done('org create', { ...again, 'display-name': 'Club' }, { as: owner });
    expect(fieldsOf(await desk.ask('org create', { ...again, 'display-name': 'CLUB' }, { as: owner }))).toEqual([
      'display-name',
    ]);
    const renamed = { number: String(second['org']), 'display-name': 'Les deux' };
    expect(fieldsOf(await desk.ask('org edit', renamed, { as: owner }))).toEqual(['display-name']);
    // another's may be called the same
    expect(codeOf(await desk.ask('org create', again, { as: newEmail() }))).toBe('org.created');
    const edited = await desk.done('org edit', { ...renamed, 'display-name': 'Club', city: 'Brest' }, { as: owner });
    expect(edited).toMatchObject({ displayName: 'Club', city: 'Brest', type: 'association' });
  });

  test('an unknown address is invited with a link, a known one without; who is in is shown', async () => {
    const { owner, org, name } = await company();
    const guest = newEmail('guest');
    const sent = await desk.queuedBy(async () => {
      const data = await desk.done('org invite', { number: org, email: guest, role: 'manager' }, { as: owner });
      expect(data).toMatchObject({ org, email: guest, role: 'manager', account: 'created' });
    });
    expect(sent).toMatchObject([
      {
        letter: 'org-invited',
        recipient: guest,
        params: { org: name, role: 'gestionnaire', by: owner, identifier: guest },
        secret: { passwordLink: expect.stringContaining('/t/') as string },
      },
    ]);
    const known = newEmail('known');
    await desk.done('account show', {}, { as: known });
    const [letter] = await desk.queuedBy(() => desk.done('org invite', { number: org, email: known }, { as: guest }));
    expect(letter).toMatchObject({ letter: 'org-invited', recipient: known, secret: {} });
    expect(letter?.params['until']).toBeUndefined();
    const shown = await desk.done('org show', { number: org }, { as: known });
    expect(shown['members']).toMatchObject([
      { email: owner, role: 'owner', state: 'active' },
      { email: guest, role: 'manager', state: 'invited' },
      { email: known, role: 'viewer', state: 'active' },
    ]);
    // again: another role
    await desk.done('org invite', { number: org, email: known, role: 'manager' }, { as: owner });
    expect((await desk.done('org list', {}, { as: known }))['items']).toMatchObject([{ org, role: 'manager' }]);
  });

  test('owners are made by owners, a manager makes the others, a viewer none', async () => {
    const { owner, org } = await company();
    const [manager, viewer] = [newEmail('manager'), newEmail('viewer')];
    await desk.done('org invite', { number: org, email: manager, role: 'manager' }, { as: owner });
    await desk.done('org invite', { number: org, email: viewer }, { as: manager });
    const ask = (as: string, email: string, role: string) =>
      desk.ask('org invite', { number: org, email, role }, { as });
    expect(codeOf(await ask(manager, newEmail(), 'owner'))).toBe('access.denied');
    expect(codeOf(await ask(manager, manager, 'owner'))).toBe('access.denied');
    expect(codeOf(await ask(manager, owner, 'viewer'))).toBe('access.denied');
    expect(codeOf(await ask(viewer, newEmail(), 'viewer'))).toBe('access.denied');
    expect(codeOf(await desk.ask('org edit', { number: org, city: 'Metz' }, { as: viewer }))).toBe('access.denied');
    expect(codeOf(await desk.ask('org remove', { number: org, email: owner }, { as: manager }))).toBe('access.denied');
    expect(codeOf(await desk.ask('org remove', { number: org, email: manager }, { as: viewer }))).toBe('access.denied');
  });

  test('what staff ask for another’s organisation, its owner decides', async () => {
    const { owner, org } = await company();
    const [clerk, other] = [await newStaff(desk, 'stock'), await newStaff(desk, 'admin')];
    const asked = await desk.ask('org invite', { number: org, email: clerk, role: 'owner' }, { as: clerk });
    expect(asked).toMatchObject({ code: 'approval.pending', waiting: true });
    const number = String(asked.ok && asked.data['approval']);
    const roleOf = async (email: string) =>
      (
        (await desk.done('org show', { number: org }, { as: owner }))['members'] as { email: string; role: string }[]
      ).find((one) => one.email === email)?.role;
    for (const [as, code] of [
      [clerk, 'approval.self'],
      [other, 'access.denied'],
      [(await company()).owner, 'access.denied'],
    ] as const)
      expect([as, codeOf(await desk.ask('approval approve', { number }, { as }))]).toEqual([as, code]);
    expect(await roleOf(clerk)).toBeUndefined();
    expect(await desk.done('approval list', {}, { as: owner })).toMatchObject({ total: 1 });
    expect(await desk.done('approval show', { number }, { as: owner })).toMatchObject({ approval: number });
    await desk.done('approval refuse', { number, reason: 'who is that?' }, { as: owner });
    expect(await roleOf(clerk)).toBeUndefined();
    const again = await desk.ask('org invite', { number: org, email: clerk, role: 'viewer' }, { as: clerk });
    const mails = await desk.queuedBy(() =>
      desk.done('approval approve', { number: String(again.ok && again.data['approval']) }, { as: owner }),
    );
    expect(mails.map(({ letter }) => letter).sort()).toEqual(['approval-decided', 'org-invited']);
    expect(await roleOf(clerk)).toBe('viewer');
    // a member who is no owner or manager is an outsider still, and an owner is removed by two of staff at least
    expect(codeOf(await desk.ask('org invite', { number: org, email: clerk, role: 'owner' }, { as: clerk }))).toBe(
      'approval.pending',
    );
    expect(codeOf(await desk.ask('org remove', { number: org, email: clerk }, { as: other }))).toBe('approval.pending');
  });

  test('where no owner is left that could decide, an admin does', async () => {
    const { owner, org } = await company();
    await desk.connection.writer.person.updateMany({
      where: { addresses: { some: { email: owner } } },
      data: { state: 'suspended' },
    });
    const [clerk, heir] = [await newStaff(desk, 'support'), newEmail('heir')];
    const asked = await desk.ask('org invite', { number: org, email: heir, role: 'owner' }, { as: clerk });
    const number = String(asked.ok && asked.data['approval']);
    expect(codeOf(await desk.ask('approval approve', { number }, { as: await newStaff(desk, 'sales') }))).toBe(
      'access.denied',
    );
    await desk.done('approval approve', { number }, { as: await newStaff(desk, 'admin') });
    expect(await desk.done('org show', { number: org }, { as: heir })).toMatchObject({ role: 'owner' });
  });

  test('the last owner neither leaves nor becomes less; anybody else may leave', async () => {
    const { owner, org } = await company();
    const viewer = newEmail('viewer');
    await desk.done('org invite', { number: org, email: viewer }, { as: owner });
    const leaving = await desk.ask('org remove', { number: org, email: owner }, { as: owner });
    expect([codeOf(leaving), message(leaving)]).toEqual(['state.wrong', expect.stringContaining('propriétaire')]);
    const less = await desk.ask('org invite', { number: org, email: owner, role: 'viewer' }, { as: owner });
    expect(codeOf(less)).toBe('state.wrong');
    expect(await desk.queuedBy(() => desk.done('org remove', { number: org, email: viewer }, { as: viewer }))).toEqual(
      [],
    );
    expect(codeOf(await desk.ask('org show', { number: org }, { as: viewer }))).toBe('access.denied');
    const other = newEmail('owner');
    await desk.done('org invite', { number: org, email: other, role: 'owner' }, { as: owner });
    // both at once: one of them has to stay
    const both = await Promise.all(
      [owner, other].map((email) => desk.ask('org remove', { number: org, email }, { as: email })),
    );
    expect(both.map(codeOf).sort()).toEqual(['org.member-removed', 'state.wrong']);
  });

  test('whoever is removed is told; nobody else can be', async () => {
    const { owner, org, name } = await company();
    const guest = newEmail('guest');
    await desk.done('org invite', { number: org, email: guest }, { as: owner });
    const sent = await desk.queuedBy(() => desk.done('org remove', { number: org, email: guest }, { as: owner }));
    expect(sent).toMatchObject([{ letter: 'org-removed', recipient: guest, params: { org: name, number: org } }]);
    const again = await desk.ask('org remove', { number: org, email: guest }, { as: owner });
    expect([codeOf(again), fieldsOf(again)]).toEqual(['object.unknown', ['email']]);
  });

  test('another’s organisation is unknown, whatever is asked', async () => {
    const [mine, theirs] = [await company(), await company()];
    const email = newEmail();
    for (const [command, input] of [
      ['org show', { number: theirs.org }],
      ['org edit', { number: theirs.org, city: 'Pau' }],
      ['org invite', { number: theirs.org, email }],
      ['org remove', { number: theirs.org, email: theirs.owner }],
    ] as const)
      expect([command, codeOf(await desk.ask(command, input, { as: mine.owner }))]).toEqual([
        command,
        'object.unknown',
      ]);
    const outcome = await desk.ask('org become-reseller', accepting(theirs.org, theirs.name), { as: mine.owner });
    expect([codeOf(outcome), fieldsOf(outcome)]).toEqual(['object.unknown', ['org']]);
    expect(codeOf(await desk.ask('org show', { number: theirs.org }, { as: staff }))).toBe('org.shown');
  });

  test('invitations are limited, so that nobody writes to everybody', async () => {
    const { owner, org } = await company();
    const codes = new Set<string>();
    for (let at = 0; at < 21; at += 1)
      codes.add(codeOf(await desk.ask('org invite', { number: org, email: newEmail() }, { as: owner })));
    expect([...codes]).toEqual(['org.invited', 'rate.limited']);
    desk.clock.advance(dayMs);
  });

  describe('becoming a reseller', () => {
    test('an owner is told the terms and that it is for ever, accepts, and types the name', async () => {
      const { owner, org, name } = await company({ name: 'Évry & Cie (Nord)' });
      const manager = newEmail('manager');
      await desk.done('org invite', { number: org, email: manager, role: 'manager' }, { as: owner });
      const url = 'https://www.maison-lumen.example/fr/revendeurs';
      const before = await desk.done('org show', { number: org }, { as: owner });
      expect(before).toMatchObject({ terms: '2026-01', termsUrl: url, termsAcceptedAt: null });
      expect(before['notice']).toContain('définitif');
      expect((await desk.done('org show', { number: org }, { as: manager }))['notice']).toBeUndefined();
      const offered = await suggest(desk.open.dispatcher, {
        ...{ command: 'org become-reseller', field: 'terms', typed: '', door: 'terminal' },
        caller: { kind: 'operator', as: owner },
      });
      expect(offered.map(({ value }) => value)).toEqual(['2026-01']);
      const sent = await desk.queuedBy(async () => {
        const done = await desk.done('org become-reseller', accepting(org, 'evry & cie'), { as: owner });
        expect(done).toMatchObject({ org, name, state: 'reseller', terms: '2026-01', termsUrl: url });
      });
      expect(sent).toMatchObject([
        { letter: 'became-reseller', recipient: owner, params: { org: name, terms: '2026-01', termsUrl: url } },
      ]);
      expect(sent).toHaveLength(1);
      expect(await rowOf(org)).toMatchObject({ state: 'reseller', termsVersion: '2026-01' });
      const after = await desk.done('org show', { number: org }, { as: owner });
      expect(after).toMatchObject({ terms: '2026-01', termsAcceptedAt: desk.clock().toISOString() });
      const again = await desk.ask('org become-reseller', accepting(org, name), { as: owner });
      expect([codeOf(again), message(again)]).toEqual(['state.wrong', expect.stringContaining('déjà revendeur')]);
    });

    test('what is refused leaves it as it is', async () => {
      const { owner, org, name } = await company();
      const ask = (more: Record<string, string>, as = owner) =>
        desk.ask('org become-reseller', { ...accepting(org, name), ...more }, { as });
      expect(fieldsOf(await ask({ 'accept-terms': 'non' }))).toEqual(['accept-terms']);
      expect(fieldsOf(await ask({ 'accept-terms': '' }))).toEqual(['accept-terms']);
      expect(fieldsOf(await ask({ confirm: 'Maison' }))).toEqual(['confirm']);
      expect(fieldsOf(await ask({ confirm: 'Maison', 'accept-terms': 'non' }))).toEqual(['accept-terms', 'confirm']);
      const old = await ask({ terms: '2025-03' });
      expect([codeOf(old), message(old)]).toEqual(['terms.outdated', expect.stringMatching(/2026-01.*https/)]);
      expect((await rowOf(org))?.state).toBe('active');
    });

    test('only its owner: neither manager, viewer nor staff', async () => {
      const { owner, org, name } = await company();
      const other = await newReseller(desk);
      for (const [email, role] of [
        [other.email, 'manager'],
        [staff, 'viewer'],
        [newEmail('viewer'), 'viewer'],
      ] as const) {
        await desk.done('org invite', { number: org, email, role }, { as: owner });
        const outcome = await desk.ask('org become-reseller', accepting(org, name), { as: email });
        expect([email, codeOf(outcome)]).toEqual([email, 'access.denied']);
      }
      expect(codeOf(await desk.ask('org become-reseller', accepting(org, name)))).toBe('access.denied');
      expect((await rowOf(org))?.state).toBe('active');
    });

    test('only a company', async () => {
      for (const type of ['association', 'individual', 'publicbody']) {
        const owner = newEmail();
        const { org } = await desk.done('org create', { name: 'Les Amis', type }, { as: owner });
        const outcome = await desk.ask('org become-reseller', accepting(String(org), 'Les Amis'), { as: owner });
        expect([codeOf(outcome), message(outcome)]).toEqual(['state.wrong', expect.stringContaining('société')]);
      }
    });

    test('asked twice at once it happens once', async () => {
      const { owner, org, name } = await company();
      const sent = await desk.queuedBy(async () => {
        const both = await Promise.all(
          [0, 1].map(() => desk.ask('org become-reseller', accepting(org, name), { as: owner })),
        );
        expect(both.map(codeOf).sort()).toEqual(['org.became-reseller', 'state.wrong']);
      });
      expect(sent).toHaveLength(1);
    });
  });
});
