/** J1 to J3: resellers are registered, their purchases come into stock, and the stock is counted. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  declaring,
  fieldsOf,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  root,
  type TestDesk,
} from './ground.js';

const packNumber = /^PP2026NOV[0-9A-F]{12}$/;
const counted = (data: Readonly<Record<string, unknown>>) =>
  data['products'] as { product: string; name: string; available: number; reserved: number; declared: number }[];

describe.each(databases())('the stock on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());
  const who = { 'last-name': 'Weber', 'first-name': 'Ada', company: 'Weber & Fils' };
  const stockOf = async (reseller: string) => counted(await desk.done('stock show', { reseller }));

  describe('registering a reseller (J1)', () => {
    test('makes an account and mails identifier and first password, which the answer does not have', async () => {
      const email = newEmail('reseller');
      const letters = await desk.queuedBy(async () => {
        const data = await desk.done('reseller register', { email: email.toUpperCase(), ...who });
        expect(data).toEqual({
          reseller: expect.stringMatching(/^G-\d{6}$/) as string,
          email,
          company: who.company,
          account: 'created',
          state: 'reseller',
        });
      });
      expect(letters).toHaveLength(1);
      expect(letters[0]).toMatchObject({
        letter: 'reseller-registered',
        recipient: email,
        locale: 'fr',
        params: { identifier: email, signInUrl: 'http://127.0.0.1:8080/sign-in' },
      });
      expect(letters[0]?.secret['password']).toMatch(/^[a-zA-Z2-9]{14}$/);
      expect(letters[0]?.params['passwordUntil']).toBe('7 décembre 2026');
      expect(await desk.done('account show', {}, { as: email })).toMatchObject({
        state: 'invited',
        organisations: [{ role: 'owner', state: 'reseller' }],
      });
    });

    test('an account that exists becomes a reseller and gets no password', async () => {
      const email = newEmail('client');
      await desk.done('help', {}, { as: email });
      const letters = await desk.queuedBy(async () => {
        expect(await desk.done('reseller register', { email, ...who, locale: 'anglais' })).toMatchObject({
          account: 'existing',
        });
      });
      expect(letters.map(({ letter, secret, locale }) => ({ letter, secret, locale }))).toEqual([
        { letter: 'reseller-registered', secret: {}, locale: 'en' },
      ]);
    });

    test('again changes nothing and says so', async () => {
      const reseller = await newReseller(desk);
      const before = await desk.dump();
      const again = await desk.ask('reseller register', { email: reseller.email, ...who, company: 'Another' });
      expect(again).toMatchObject({
        ok: true,
        code: 'reseller.existing',
        data: { reseller: reseller.ref, email: reseller.email },
      });
      expect(await desk.dump()).toEqual(before);
    });

    test('is for staff', async () => {
      const { email } = await newReseller(desk);
      expect(codeOf(await desk.ask('reseller register', { email: newEmail(), ...who }, { as: email }))).toBe(
        'access.denied',
      );
      expect(
        codeOf(
          await desk.ask('reseller register', { email: newEmail(), ...who }, { as: await newStaff(desk, 'sales') }),
        ),
      ).toBe('reseller.registered');
    });
  });

  describe('a purchase (J2)', () => {
    test('brings as many new pack numbers, and the reseller is told', async () => {
      const reseller = await newReseller(desk);
      let packs: string[] = [];
      const letters = await desk.queuedBy(async () => {
        const data = await desk.done('stock receive', {
          reseller: reseller.email,
          product: 'Service Pack Pro',
          quantity: '3',
          purchase: 'F-1',
        });
        expect(data).toMatchObject({ reseller: reseller.ref, product: 'pro', quantity: 3, purchase: 'F-1' });
        packs = data['packs'] as string[];
      });
      expect(new Set(packs).size).toBe(3);
      for (const pack of packs) expect(pack).toMatch(packNumber);
      expect(letters).toMatchObject([
        {
          letter: 'stock-received',
          recipient: reseller.email,
          params: { purchase: 'F-1', total: 3, lines: [{ name: 'Service Pack Pro', quantity: 3 }] },
        },
      ]);
    });

    test('the same one again gives the same packs and nothing else; another quantity is refused', async () => {
      const reseller = await newReseller(desk);
      const purchase = { reseller: reseller.ref, product: 'pro', quantity: '2', purchase: 'F-7' };
      const first = await desk.done('stock receive', purchase);
      const before = await desk.dump();
      expect(await desk.done('stock receive', purchase)).toEqual(first);
      const conflict = await desk.ask('stock receive', { ...purchase, quantity: '3' });
      expect(conflict).toMatchObject({ ok: false, code: 'purchase.conflict', fields: { quantity: '2' } });
      expect(await desk.dump()).toEqual(before);
      // trimmed and in any case it is the same purchase
      expect(await desk.done('stock receive', { ...purchase, purchase: ' f-7 ' })).toMatchObject({
        packs: first['packs'],
      });
      expect(codeOf(await desk.ask('stock receive', { ...purchase, purchase: 'f-7', quantity: '3' }))).toBe(
        'purchase.conflict',
      );
      // another product of the same purchase is another line of it
      expect(await desk.done('stock receive', { ...purchase, product: 'power' })).toMatchObject({ quantity: 2 });
    });

    test('a box model brings boxes and the packs of its kind', async () => {
      const reseller = await newReseller(desk);
      const letters = await desk.queuedBy(() =>
        desk.done('stock receive', {
          reseller: reseller.ref,
          product: 'box-power-enocean',
          quantity: '4',
          purchase: 'F-2',
        }),
      );
      const stock = await stockOf(reseller.ref);
      expect(stock.filter(({ available }) => available > 0)).toEqual([
        { product: 'power-enocean', name: 'Service Pack Power EnOcean', available: 4, reserved: 0, declared: 0 },
        { product: 'box-power-enocean', name: 'Box Power EnOcean', available: 4, reserved: 0, declared: 0 },
      ]);
      expect(letters[0]?.params).toMatchObject({
        total: 8,
        lines: [
          { name: 'Box Power EnOcean', quantity: 4 },
          { name: 'Service Pack Power EnOcean', quantity: 4 },
        ],
      });
    });

    test('of an unknown address needs its names, all told at once, and then registers it', async () => {
      const email = newEmail('buyer');
      const purchase = { reseller: email, product: 'pro', quantity: '1', purchase: 'F-3' };
      const refused = await desk.ask('stock receive', { ...purchase, company: 'Neuf SARL' });
      expect(refused).toMatchObject({ ok: false, code: 'input.invalid', missing: ['last-name', 'first-name'] });
      expect(fieldsOf(refused)).toEqual(['last-name', 'first-name']);
      const letters = await desk.queuedBy(() => desk.done('stock receive', { ...purchase, ...who }));
      expect(letters.map(({ letter }) => letter)).toEqual(['reseller-registered', 'stock-received']);
      expect((await stockOf(email)).find(({ product }) => product === 'pro')).toMatchObject({ available: 1 });
    });

    test('finds a reseller however its address is written, and makes no second one', async () => {
      const reseller = await newReseller(desk);
      for (const typed of [
        `Ada Weber <${reseller.email.toUpperCase()}>`,
        reseller.ref.toLowerCase(),
        String(reseller.id),
        ` ${reseller.email} `,
      ]) {
        const answer = await desk.ask('stock receive', {
          reseller: typed,
          product: 'pro',
          quantity: '1',
          purchase: `F-${typed}`.slice(0, 60),
        });
        expect(answer).toMatchObject({ ok: true, data: { reseller: reseller.ref } });
      }
    });

    test('of a number that is nobody’s, or of no address at all, is refused', async () => {
      const purchase = { product: 'pro', quantity: '1', purchase: 'F-4' };
      expect(await desk.ask('stock receive', { ...purchase, reseller: 'G-999999' })).toMatchObject({
        code: 'object.unknown',
        fields: { reseller: expect.any(String) as string },
      });
      expect(await desk.ask('stock receive', { ...purchase, reseller: 'a@@b' })).toMatchObject({
        code: 'input.invalid',
        fields: { reseller: expect.any(String) as string },
      });
    });

    test('of somebody who is in two resellers has to say which', async () => {
      const [one, two] = [await newReseller(desk), await newReseller(desk)];
      const { personId } = await desk.connection.writer.address.findUniqueOrThrow({ where: { email: one.email } });
      await desk.connection.writer.membership.create({
        data: { orgId: two.id, personId, role: 'manager', createdAt: desk.clock() },
      });
      const answer = await desk.ask('stock receive', {
        reseller: one.email,
        product: 'pro',
        quantity: '1',
        purchase: 'F-5',
      });
      expect(answer).toMatchObject({
        code: 'input.invalid',
        fields: { reseller: expect.stringContaining(one.ref) as string },
      });
      expect(answer).toMatchObject({ fields: { reseller: expect.stringContaining(two.ref) as string } });
    });

    test('is counted in whole numbers from 1 to 10,000', async () => {
      const reseller = await newReseller(desk);
      for (const quantity of ['0', '-1', '1.5', '10001', 'many', '']) {
        expect(
          fieldsOf(
            await desk.ask('stock receive', { reseller: reseller.ref, product: 'pro', quantity, purchase: 'F' }),
          ),
          quantity,
        ).toEqual(['quantity']);
      }
      expect(
        await desk.done('stock receive', { reseller: reseller.ref, product: 'pro', quantity: '10 000', purchase: 'F' }),
      ).toMatchObject({ quantity: 10_000 });
      expect((await stockOf(reseller.ref)).find(({ product }) => product === 'pro')?.available).toBe(10_000);
    });
  });

  describe('the count (J3)', () => {
    test('has every kind and box model, also at zero, in the catalogue’s order', async () => {
      const reseller = await newReseller(desk);
      const data = await desk.done('stock show', {}, { as: reseller.email });
      expect(data['reseller']).toBe(reseller.ref);
      expect(
        counted(data).map(({ product, available, reserved, declared }) => [product, available + reserved + declared]),
      ).toEqual(
        [
          'power',
          'power-enocean',
          'power-ultimate',
          'pro',
          'box-power',
          'box-power-enocean',
          'box-power-ultimate',
          'box-pro',
        ].map((product) => [product, 0]),
      );
    });

    test('tells available, reserved and declared apart', async () => {
      const reseller = await newReseller(desk, { pro: 6 });
      await desk.done('declare new', declaring(), { as: reseller.email });
      await desk.done('declare new', declaring({ takeover: 'oui' }), { as: reseller.email });
      await desk.done('stock withdraw', { reseller: reseller.ref, product: 'pro', quantity: '3', reason: 'returned' });
      const pro = counted(await desk.done('stock show', {}, { as: reseller.email })).find(
        ({ product }) => product === 'pro',
      );
      expect(pro).toEqual({ product: 'pro', name: 'Service Pack Pro', available: 1, reserved: 3, declared: 2 });
    });

    test('of another reseller is not shown, known or not; staff say whose', async () => {
      const [one, two] = [await newReseller(desk), await newReseller(desk)];
      const foreign = await desk.ask('stock show', { reseller: two.ref }, { as: one.email });
      expect(foreign).toMatchObject({ ok: false, code: 'access.denied' });
      expect(await desk.ask('stock show', { reseller: 'G-999999' }, { as: one.email })).toEqual(foreign);
      expect(codeOf(await desk.ask('stock show', { reseller: one.email }, { as: one.email }))).toBe('stock.shown');
      expect(await desk.ask('stock show', {}, { as: await newStaff(desk, 'stock') })).toMatchObject({
        code: 'input.invalid',
        missing: ['reseller'],
      });
    });

    test('is held against the reseller’s own; nothing changes', async () => {
      const reseller = await newReseller(desk, { pro: 3, power: 1 });
      const data = await desk.done(
        'stock reconcile',
        { counts: 'Pro=5; power=1\nBox Pro = 2' },
        { as: reseller.email },
      );
      expect(data['differences']).toEqual([
        { product: 'pro', counted: 5, available: 3, difference: 2 },
        { product: 'box-pro', counted: 2, available: 0, difference: 2 },
      ]);
      expect(await desk.done('stock reconcile', { counts: 'pro=3' }, { as: reseller.email })).toMatchObject({
        differences: [],
      });
      expect(fieldsOf(await desk.ask('stock reconcile', { counts: 'pro=3, PRO=4' }, { as: reseller.email }))).toEqual([
        'counts',
      ]);
    });
  });
});

describe.each(databases())('a vendor that mails links on $name', (provider) => {
  test('mails no first password to anybody (credentials: link)', async () => {
    const catalogue = mkdtempSync(join(tmpdir(), 'guichet-catalogue-'));
    cpSync(join(root, 'catalogue'), catalogue, { recursive: true });
    const vendor = join(catalogue, 'vendor.yaml');
    writeFileSync(vendor, readFileSync(vendor, 'utf8').replace(/^credentials: password/m, 'credentials: link'));
    const desk = await openTestDesk(provider, { catalogue });
    const reseller = await newReseller(desk, { pro: 1 });
    await desk.done('declare new', declaring({ takeover: 'yes' }), { as: reseller.email });
    const letters = await desk.letters();
    expect(letters.filter(({ secret }) => 'password' in secret)).toEqual([]);
    for (const letter of ['reseller-registered', 'takeover-installer-new']) {
      expect(letters.find((one) => one.letter === letter)?.secret['passwordLink'], letter).toMatch(
        /^http:\/\/127\.0\.0\.1:8080\/t\/[\w-]{24}$/,
      );
    }
    expect(letters.find(({ letter }) => letter === 'reseller-registered')?.params['passwordUntil']).toBe(
      '7 décembre 2026',
    );
    await desk.close();
    rmSync(catalogue, { recursive: true });
  });
});
