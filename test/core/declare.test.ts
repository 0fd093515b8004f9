/** J4 to J6 and J11: declarations take one pack, once, and the right people are told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import {
  dayMs,
  codeOf,
  declaring,
  fieldsOf,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

describe.each(databases())('declarations on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());

  const available = async ({ ref }: TestReseller, product = 'pro') => {
    const products = (await desk.done('stock show', { reseller: ref }))['products'] as {
      product: string;
      available: number;
    }[];
    return products.find((row) => row.product === product)?.available;
  };
  /** Makes somebody a member of a reseller too. */
  async function join(email: string, reseller: TestReseller, role: string): Promise<void> {
    await desk.done('help', {}, { as: email });
    const { personId } = await desk.connection.writer.address.findUniqueOrThrow({ where: { email } });
    await desk.connection.writer.membership.create({
      data: { orgId: reseller.id, personId, role, createdAt: desk.clock() },
    });
  }

  test('one pack leaves the stock for the client, and both numbers are answered (J4, J5)', async () => {
    const reseller = await newReseller(desk, { pro: 2 });
    const input = declaring({ product: 'Service Pack Pro', email: `Irène <${newEmail('IRENE')}>` });
    const data = await desk.done('declare new', input, { as: reseller.email });
    expect(data).toMatchObject({
      declaration: expect.stringMatching(/^D-\d{6}$/) as string,
      pack: expect.stringMatching(/^PP2026NOV/) as string,
      product: 'pro',
      takeover: false,
      account: 'created',
      state: 'placed',
    });
    expect(data['email']).toMatch(/^irene\.\d+@example\.org$/);
    expect(await available(reseller)).toBe(1);
    const byPack = await desk.done(
      'declare show',
      { number: String(data['pack']).toLowerCase() },
      { as: reseller.email },
    );
    expect(byPack).toMatchObject({
      declaration: data['declaration'],
      pack: data['pack'],
      reseller: reseller.ref,
      mails: [{ letter: 'declared-client', state: 'queued' }],
    });
    expect(
      await desk.done(
        'declare show',
        { number: String(data['declaration']).replace('D-0', 'd-') },
        { as: reseller.email },
      ),
    ).toEqual(byPack);
  });

  test('a number of digits alone may be a declaration’s or an imported pack’s', async () => {
    const reseller = await newReseller(desk);
    const table = {
      name: 'packs.csv',
      type: 'text/csv',
      content: Buffer.from('number,product,purchase\n987654321,pro,X\n'),
    };
    await desk.done('stock import', { reseller: reseller.ref, file: table, yes: 'yes' });
    const { declaration } = await desk.done('declare new', declaring(), { as: reseller.email });
    for (const number of ['987654321', String(declaration), String(declaration).slice(2)]) {
      expect(await desk.done('declare show', { number }, { as: reseller.email }), number).toMatchObject({
        declaration,
        pack: '987654321',
      });
    }
  });

  test('only what is in stock is offered and accepted, and never below zero (J4)', async () => {
    const reseller = await newReseller(desk, { pro: 1 });
    expect(await desk.ask('declare new', declaring({ product: 'power' }), { as: reseller.email })).toMatchObject({
      code: 'stock.empty',
      fields: { product: expect.any(String) as string },
    });
    expect(codeOf(await desk.ask('declare new', declaring(), { as: reseller.email }))).toBe('declaration.placed');
    const before = await desk.dump();
    expect(codeOf(await desk.ask('declare new', declaring(), { as: reseller.email }))).toBe('stock.empty');
    expect(await desk.dump()).toEqual(before);
    expect(await available(reseller)).toBe(0);
  });

  test('an equal declaration is recognised whatever its case and door, and placed only with “anyway” (J5)', async () => {
    const reseller = await newReseller(desk, { pro: 5 });
    const first = declaring({ 'order-number': 'Fact-9', email: newEmail() });
    const { declaration } = await desk.done('declare new', first, { as: reseller.email });
    const equal = {
      ...first,
      product: 'SERVICE PACK PRO',
      'order-number': '  fACT-9 ',
      email: String(first['email']).toUpperCase(),
      'last-name': 'Other',
    };
    for (const door of ['terminal', 'mail', 'chat', 'web'] as const) {
      const answer = await desk.ask('declare new', equal, { caller: { kind: 'address', email: reseller.email }, door });
      expect(answer).toMatchObject({ ok: false, code: 'declaration.duplicate', fields: { declaration } });
    }
    expect(await available(reseller)).toBe(4);
    const second = await desk.done('declare new', { ...equal, anyway: 'oui' }, { as: reseller.email });
    expect(second['declaration']).not.toBe(declaration);
    // the first one is still the one that others are equal to
    expect(await desk.ask('declare new', equal, { as: reseller.email })).toMatchObject({
      code: 'declaration.duplicate',
      fields: { declaration },
    });
    // another licence, order or reseller is no duplicate
    expect(codeOf(await desk.ask('declare new', { ...first, 'order-number': 'FACT-10' }, { as: reseller.email }))).toBe(
      'declaration.placed',
    );
    const other = await newReseller(desk, { pro: 1 });
    expect(codeOf(await desk.ask('declare new', first, { as: other.email }))).toBe('declaration.placed');
  });

  test('two equal ones at the same moment: one is placed', async () => {
    const reseller = await newReseller(desk, { pro: 5 });
    const input = declaring();
    const answers = await Promise.all([1, 2, 3].map(() => desk.ask('declare new', input, { as: reseller.email })));
    expect(answers.map(codeOf).sort()).toEqual([
      'declaration.duplicate',
      'declaration.duplicate',
      'declaration.placed',
    ]);
    expect(await available(reseller)).toBe(4);
  });

  describe('with takeover (J6)', () => {
    test('a new client’s password is in the installer’s letter and nowhere else; the client learns who takes charge', async () => {
      const reseller = await newReseller(desk, { pro: 1 }, { company: 'Installations & Cie' });
      const email = newEmail();
      let data: Readonly<Record<string, unknown>> = {};
      const letters = await desk.queuedBy(async () => {
        data = await desk.done('declare new', declaring({ email, takeover: 'x' }), { as: reseller.email });
      });
      expect(data).toMatchObject({ account: 'created', takeover: true, state: 'completed' });
      expect(letters.map(({ letter, recipient }) => [letter, recipient])).toEqual([
        ['takeover-installer-new', reseller.email],
        ['takeover-client', email],
      ]);
      const [installer, client] = letters;
      expect(installer?.params).toMatchObject({
        pack: data['pack'],
        clientIdentifier: email,
        passwordUntil: '7 décembre 2026',
      });
      expect(installer?.params['boxCredentials']).toHaveLength(3);
      expect(installer?.secret['password']).toMatch(/^\w{14}$/);
      expect(client?.params).toMatchObject({
        company: 'Installations & Cie',
        contactName: 'Ada Weber',
        contactEmail: reseller.email,
      });
      expect(client?.params).not.toHaveProperty('pack');
      expect(client?.secret).toEqual({});
      expect(await desk.done('account show', {}, { as: email })).toMatchObject({
        packs: [{ pack: data['pack'], product: 'pro' }],
      });
    });

    test('an account that existed is the client’s: the installer gets no way in, only the note to ask', async () => {
      const [first, second] = [await newReseller(desk, { pro: 1 }), await newReseller(desk, { pro: 1 })];
      const email = newEmail();
      // invited by another reseller: nobody has signed in yet
      await desk.done('declare new', declaring({ email }), { as: first.email });
      const letters = await desk.queuedBy(async () => {
        const { declaration, account } = await desk.done('declare new', declaring({ email, takeover: 'yes' }), {
          as: second.email,
        });
        expect(account).toBe('existing');
        await desk.done('declare resend', { number: String(declaration) }, { as: second.email });
      });
      expect(letters.map(({ letter }) => letter)).toEqual([
        'takeover-installer-existing',
        'takeover-client',
        'takeover-installer-existing',
        'takeover-client',
      ]);
      expect(letters.filter(({ secret }) => Object.keys(secret).length > 0)).toEqual([]);
    });

    test('sent again, the installer’s letter has a link in place of the password, and goes to the reseller even when staff ask', async () => {
      const reseller = await newReseller(desk, { pro: 1 });
      const { declaration } = await desk.done('declare new', declaring({ takeover: 'yes' }), { as: reseller.email });
      for (const as of [reseller.email, await newStaff(desk, 'support')]) {
        const [installer] = await desk.queuedBy(() =>
          desk.done('declare resend', { number: String(declaration) }, { as }),
        );
        expect(installer).toMatchObject({
          letter: 'takeover-installer-new',
          recipient: reseller.email,
          params: { lastName: 'Weber' },
        });
        expect(Object.keys(installer?.secret ?? {})).toEqual(['passwordLink']);
        // to choose the first password there are 14 days, to reset one 24 hours
        const { expiresAt } = await desk.connection.reader.oneTimeLink.findFirstOrThrow({
          orderBy: { expiresAt: 'desc' },
        });
        expect(expiresAt.getTime() - desk.clock().getTime()).toBe(14 * dayMs);
      }
      for (let sent = 2; sent < 5; sent += 1)
        await desk.done('declare resend', { number: String(declaration) }, { as: reseller.email });
      expect(codeOf(await desk.ask('declare resend', { number: String(declaration) }, { as: reseller.email }))).toBe(
        'rate.limited',
      );
    });

    test('the contact named to the client is a member of the reseller', async () => {
      const reseller = await newReseller(desk, { pro: 1 });
      const colleague = newEmail('colleague');
      await join(colleague, reseller, 'viewer');
      const input = declaring({ takeover: 'yes' });
      expect(
        fieldsOf(await desk.ask('declare new', { ...input, 'support-contact': newEmail() }, { as: reseller.email })),
      ).toEqual(['support-contact']);
      const letters = await desk.queuedBy(() =>
        desk.done('declare new', { ...input, 'support-contact': colleague }, { as: reseller.email }),
      );
      expect(letters.find(({ letter }) => letter === 'takeover-client')?.params).toMatchObject({
        contactEmail: colleague,
      });
    });
  });

  describe('a box (J11)', () => {
    test('leaves the stock with the pack, under its serial, which goes out once', async () => {
      const reseller = await newReseller(desk, { 'box-pro': 3 });
      const data = await desk.done('declare new', declaring({ box: 'SN-0001' }), { as: reseller.email });
      expect(data).toMatchObject({ box: 'SN-0001', product: 'pro', pack: expect.stringMatching(/^PP/) as string });
      expect([await available(reseller, 'pro'), await available(reseller, 'box-pro')]).toEqual([2, 2]);
      const again = await desk.ask('declare new', declaring({ box: 'SN-0001' }), { as: reseller.email });
      expect(again.code).toBe('input.invalid');
      expect(fieldsOf(again)).toEqual(['box']);
      for (const box of ['sn-0001', ' SN -0001', 'Sn-00 01'])
        expect(fieldsOf(await desk.ask('declare new', declaring({ box }), { as: reseller.email }))).toEqual(['box']);
      expect([await available(reseller, 'pro'), await available(reseller, 'box-pro')]).toEqual([2, 2]);
      expect((await desk.letters()).at(-1)).toMatchObject({ letter: 'declared-client', params: { box: 'SN-0001' } });
    });

    test('its serial is on one client, whatever its case, spaces and model, and whoever sold it', async () => {
      const reseller = await newReseller(desk, { 'box-pro': 2, 'box-power': 1 });
      await desk.done('declare new', declaring({ box: 'sn 77-ab' }), { as: reseller.email });
      const other = await newReseller(desk, { 'box-pro': 1 });
      for (const [as, more] of [
        [reseller.email, { box: 'SN77-AB' }],
        [reseller.email, { box: ' Sn 7 7-aB ', product: 'power' }],
        [other.email, { box: 'ＳＮ77-ab' }],
      ] as const)
        expect(fieldsOf(await desk.ask('declare new', declaring(more), { as }))).toEqual(['box']);
      const { writer, reader } = desk.connection;
      const free = await reader.stockUnit.findFirstOrThrow({ where: { orgId: other.id, kind: 'box' } });
      await expect(writer.stockUnit.update({ where: { id: free.id }, data: { serial: 'SN77-AB' } })).rejects.toThrow(
        /unique/i,
      );
    });

    test('without one in stock nothing leaves, the pack neither', async () => {
      const reseller = await newReseller(desk, { pro: 1 });
      expect(await desk.ask('declare new', declaring({ box: 'SN-2' }), { as: reseller.email })).toMatchObject({
        code: 'stock.empty',
        fields: { box: expect.any(String) as string },
      });
      expect(await available(reseller)).toBe(1);
    });

    test('may be declared alone', async () => {
      const reseller = await newReseller(desk, { 'box-pro': 1 });
      const data = await desk.done('declare new', declaring({ product: 'Box Pro' }), { as: reseller.email });
      expect(data).toMatchObject({ pack: null, product: 'box-pro', state: 'completed' });
      expect([await available(reseller, 'pro'), await available(reseller, 'box-pro')]).toEqual([1, 0]);
      expect(codeOf(await desk.ask('declare new', declaring({ product: 'box-pro' }), { as: reseller.email }))).toBe(
        'stock.empty',
      );
    });
  });

  describe('who may', () => {
    test('another reseller’s declaration is unknown, as one that never was', async () => {
      const [one, two] = [await newReseller(desk, { pro: 1 }), await newReseller(desk)];
      const { declaration, pack } = await desk.done('declare new', declaring(), { as: one.email });
      for (const command of ['declare show', 'declare resend'])
        for (const number of [String(declaration), String(pack), 'D-999999', 'PP2026NOV000000000000']) {
          const answer = await desk.ask(command, { number }, { as: two.email });
          expect(answer, `${command} ${number}`).toMatchObject({ code: 'object.unknown' });
          expect(answer.ok ? '' : answer.message).toContain(number);
        }
      expect(await desk.done('declare list', {}, { as: two.email })).toMatchObject({ items: [], total: 0 });
    });

    test('a member of several says for which, by number or name', async () => {
      const [one, two] = [
        await newReseller(desk, { pro: 1 }, { company: 'Éclair' }),
        await newReseller(desk, { pro: 1 }),
      ];
      await join(one.email, two, 'manager');
      const silent = await desk.ask('declare new', declaring(), { as: one.email });
      expect(silent).toMatchObject({
        code: 'input.invalid',
        fields: { org: expect.stringContaining(two.ref) as string },
      });
      expect(codeOf(await desk.ask('declare new', declaring({ org: two.ref }), { as: one.email }))).toBe(
        'declaration.placed',
      );
      expect(codeOf(await desk.ask('declare new', declaring({ org: 'eclair' }), { as: one.email }))).toBe(
        'declaration.placed',
      );
      expect([await available(one), await available(two)]).toEqual([0, 0]);
      const third = await newReseller(desk, { pro: 1 });
      expect(fieldsOf(await desk.ask('declare new', declaring({ org: third.ref }), { as: one.email }))).toEqual([
        'org',
      ]);
    });

    test('a viewer reads and does not write, whatever else the viewer is', async () => {
      const [theirs, own] = [await newReseller(desk, { pro: 2 }), await newReseller(desk, { pro: 1 })];
      const viewer = newEmail('viewer');
      await join(viewer, theirs, 'viewer');
      const { declaration } = await desk.done('declare new', declaring(), { as: theirs.email });
      for (const [command, input] of [
        ['declare new', declaring()],
        ['declare resend', { number: String(declaration) }],
        ['stock threshold', { product: 'pro', quantity: '1' }],
      ] as const) {
        expect(codeOf(await desk.ask(command, input, { as: viewer })), command).toBe('access.denied');
      }
      expect(codeOf(await desk.ask('declare show', { number: String(declaration) }, { as: viewer }))).toBe(
        'declaration.shown',
      );
      // a manager elsewhere is still a viewer here
      await join(own.email, theirs, 'viewer');
      for (const [command, input] of [
        ['declare new', declaring({ org: theirs.ref })],
        ['declare resend', { number: String(declaration), org: theirs.ref }],
        ['stock threshold', { product: 'pro', quantity: '1', org: theirs.ref }],
      ] as const) {
        expect(codeOf(await desk.ask(command, input, { as: own.email })), command).toBe('access.denied');
      }
      // and needs not say which one can be meant
      expect(codeOf(await desk.ask('declare new', declaring(), { as: own.email }))).toBe('declaration.placed');
      expect([await available(theirs), await available(own)]).toEqual([1, 0]);
    });

    test('a client, staff and the operator have no stock to declare from', async () => {
      const client = newEmail();
      await desk.done('help', {}, { as: client });
      for (const as of [client, await newStaff(desk, 'sales')])
        expect(codeOf(await desk.ask('declare new', declaring(), { as }))).toBe('access.denied');
      expect(codeOf(await desk.ask('declare new', declaring()))).toBe('access.denied');
    });

    test('staff see every declaration, or those of the reseller they name', async () => {
      const [one, two] = [await newReseller(desk, { pro: 1 }), await newReseller(desk, { pro: 1 })];
      const staff = await newStaff(desk, 'support');
      for (const { email } of [one, two]) await desk.done('declare new', declaring(), { as: email });
      const total = async (input: Record<string, string>) =>
        (await desk.done('declare list', input, { as: staff }))['total'];
      expect(await total({ org: one.ref })).toBe(1);
      expect(Number(await total({}))).toBeGreaterThan(1);
      expect(fieldsOf(await desk.ask('declare list', { org: 'G-999999' }, { as: staff }))).toEqual(['org']);
    });
  });

  test('every fault of the form is told at once, before any rule is looked at', async () => {
    const reseller = await newReseller(desk);
    const answer = await desk.ask(
      'declare new',
      { product: 'prp', email: 'x', 'first-name': 'a\u0000b', takeover: 'perhaps', colour: 'red' },
      { as: reseller.email },
    );
    expect(answer.code).toBe('input.invalid');
    expect(fieldsOf(answer).toSorted()).toEqual([
      'colour',
      'email',
      'first-name',
      'last-name',
      'order-number',
      'product',
      'takeover',
    ]);
    expect(answer).toMatchObject({ missing: ['last-name', 'order-number'] });
  });
});
