/** G7: balance, payments, credit, warnings, receipts and their paper, lists, and the forecast of renewals. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forecastOf, horizon } from '../../src/core/programmes/billing/forecast.js';
import { charge, giveBack, topUp } from '../../src/core/programmes/billing/ledger.js';
import { drawReceipt } from '../../src/core/programmes/billing/paper.js';
import { contentOf, readReceiptNumber } from '../../src/core/programmes/billing/receipt.js';
import { withVatOn } from '../../src/core/programmes/billing/vat.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import type { Desk, Work } from '../../src/core/guard/work.js';
import { workOf } from '../../src/core/jobs.js';
import { formatMoney } from '../../src/core/locales/format.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  newReseller,
  newStaff,
  openTestDesk,
  startOfTime,
  type TestDesk,
  type TestReseller,
} from './ground.js';

const vat = {
  home: [
    { from: '2014-01-01', percent: 20 },
    { from: '2027-01-01', percent: 21.5 },
  ],
  reverseCharge: ['DE', 'BE'],
};
const taxing = (rules: typeof vat | undefined = vat) =>
  ({ catalogue: { vendor: { country: 'FR' }, domains: { vat: rules } } }) as unknown as Desk;

describe('tax', () => {
  const day = '2026-11-23';
  test.each([
    ['at home', { taxCountry: 'FR', taxVat: null }, 20, false],
    ['at home, with a number', { taxCountry: 'FR', taxVat: 'FR40303265045' }, 20, false],
    ['of no known country', { taxCountry: null, taxVat: null }, 20, false],
    ['abroad in the union, without a number', { taxCountry: 'DE', taxVat: null }, 20, false],
    ['abroad in the union, with a number', { taxCountry: 'DE', taxVat: 'DE136695976' }, 0, true],
    ['elsewhere', { taxCountry: 'CH', taxVat: null }, 0, false],
    ['elsewhere, with a number', { taxCountry: 'CH', taxVat: 'CHE107787577' }, 0, false],
  ])('%s', (_, org, percent, reverseCharge) => {
    const price = withVatOn(taxing(), { ...org, day }, 1_250);
    expect(price).toEqual({
      netCents: 1_250,
      vatCents: percent === 0 ? 0 : 250,
      grossCents: percent === 0 ? 1_250 : 1_500,
      percent,
      reverseCharge,
    });
  });

  test('is of the day, and none without rules', () => {
    const org = { taxCountry: 'FR', taxVat: null };
    const on = (at: string) => withVatOn(taxing(), { ...org, day: at }, 1_000).vatCents;
    expect([on('2000-01-01'), on('2026-12-31'), on('2027-01-01')]).toEqual([200, 200, 215]);
    expect(
      withVatOn({ catalogue: { ...taxing().catalogue, domains: { tlds: [] } } }, { ...org, day }, 1_000),
    ).toMatchObject({ vatCents: 0, percent: 0, reverseCharge: false });
  });

  test('net and tax are the gross, and the tax is half a cent off at most', () => {
    const sums = fc.record({ net: fc.nat(100_000_000), parts: fc.nat(1_000_000) });
    fc.assert(
      fc.property(sums, ({ net, parts }) => {
        const rules = { home: [{ from: '2014-01-01', percent: parts / 10_000 }], reverseCharge: [] };
        const { netCents, vatCents, grossCents } = withVatOn(
          taxing(rules),
          { taxCountry: 'FR', taxVat: null, day },
          net,
        );
        expect(netCents + vatCents).toBe(grossCents);
        // in whole numbers: twice the tax, and what it is exactly
        const apart = BigInt(vatCents) * 2_000_000n - BigInt(net) * BigInt(parts) * 2n;
        expect(apart > -1_000_000n && apart <= 1_000_000n).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(withVatOn(taxing(), { taxCountry: 'FR', taxVat: null, day }, 1_002.5 - 0.5).vatCents).toBe(200);
    expect(
      withVatOn(
        taxing({ ...vat, home: [{ from: '2014-01-01', percent: 5.5 }] }),
        { taxCountry: 'FR', taxVat: null, day },
        100,
      ).vatCents,
    ).toBe(6);
  });
});

describe('the forecast', () => {
  const today = '2026-11-23';
  test('covers whole months from a day on', () => {
    expect(horizon(today, 12)).toBe('2027-11-22');
    expect(horizon('2026-08-31', 6)).toBe('2027-02-27');
  });

  test('adds up, and is short on the first day that nothing is left for', () => {
    const due = fc.record({ in: fc.nat(500), grossCents: fc.integer({ min: 1, max: 5_000 }) });
    const account = fc.record({
      balanceCents: fc.integer({ min: -2_000, max: 30_000 }),
      creditCents: fc.integer({ min: 2_000, max: 4_000 }),
    });
    fc.assert(
      fc.property(fc.array(due, { maxLength: 30 }), account, (ins, { balanceCents, creditCents }) => {
        const dues = ins.map((one) => ({
          day: new Date(Date.parse(today) + one.in * dayMs).toISOString().slice(0, 10),
          grossCents: one.grossCents,
        }));
        const until = horizon(today, 12);
        const got = forecastOf(dues, { balanceCents, creditCents, today, until });
        const meant = dues.filter(({ day }) => day <= until);
        const sum = (some: typeof dues) => some.reduce((total, { grossCents }) => total + grossCents, 0);
        expect([got.count, got.dueCents]).toEqual([meant.length, sum(meant)]);
        expect(got.items).toHaveLength(13);
        expect(got.items.reduce((total, { dueCents }) => total + dueCents, 0)).toBe(got.dueCents);
        expect(got.items.at(-1)?.balanceCents).toBe(balanceCents - got.dueCents);
        const days = [...new Set(meant.map(({ day }) => day))].sort();
        const short = days.find((at) => sum(meant.filter(({ day }) => day <= at)) > balanceCents + creditCents);
        expect(got.shortOn).toBe(short ?? null);
      }),
      { numRuns: 200 },
    );
  });
});

test('a receipt’s number is read as people type it', () => {
  for (const typed of ['R-2026-000123', ' r-2026-123', 'R 2026 123', '2026/123', 'r2026-000123'])
    expect(readReceiptNumber(typed)).toBe('R-2026-000123');
  for (const typed of ['', 'R-2026', '123', 'R-2026-0', 'W-000123', 'R-2026-123; x'])
    expect(readReceiptNumber(typed)).toBeUndefined();
});

describe.each(databases())('on $name', (provider) => {
  let desk: TestDesk;
  let sales: string;
  let org: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    sales = await newStaff(desk, 'sales');
  });
  afterAll(() => desk.close());
  beforeEach(async () => void (org = await newReseller(desk, {}, { company: 'Ferronnerie Žižka & Œuvre' })));

  const inWork = <T>(run: (work: Work) => Promise<T>): Promise<T> =>
    desk.desk.database.transact((unit) => run(workOf(desk.desk, unit)));
  let count = 0;
  const charged = (cents: number, more: { net?: number; reverseCharge?: boolean } = {}) => {
    const netCents = more.net ?? cents;
    const sums = { netCents, vatCents: cents - netCents, grossCents: cents };
    return inWork((work) =>
      charge(work, {
        orgId: org.id,
        price: { ...sums, percent: netCents === cents ? 0 : 20, reverseCharge: more.reverseCharge ?? false },
        onceKey: `test ${(count += 1)}`,
        object: 'W-000007',
        lines: [{ text: { fr: 'Renouvellement : bücher.de, 1 an', en: 'Renewal: bücher.de, 1 year' }, netCents }],
      }),
    );
  };
  const topped = (amount: string, payment: string, as = sales) =>
    desk.ask('billing topup', { reseller: org.ref, amount, payment }, { as });
  const balance = async () => await desk.done('billing balance', {}, { as: org.email });
  const rows = async () => [
    await desk.connection.reader.ledgerEntry.count(),
    await desk.connection.reader.receipt.count(),
    await desk.connection.reader.balance.findUnique({ where: { orgId: org.id } }),
  ];

  test('a payment counts once, whoever types it how often', async () => {
    expect(await balance()).toEqual({
      ...{ org: org.ref, name: 'Ferronnerie Žižka & Œuvre', currency: 'EUR' },
      ...{ prepaidCents: 0, receivableCents: 0, creditCents: 0, balanceCents: 0, thresholdCents: 0 },
    });
    // looking makes no row
    expect(await desk.connection.reader.balance.findUnique({ where: { orgId: org.id } })).toBeNull();
    const payment = `VIR ${org.id}`;
    const dry = await desk.ask(
      'billing topup',
      { reseller: org.ref, amount: '120', payment },
      { as: sales, dryRun: true },
    );
    expect(dry).toMatchObject({ ok: true, data: { receipt: null } });
    const first = await topped('120,00 €', payment);
    expect(first).toMatchObject({
      code: 'billing.topped-up',
      data: { payment, amountCents: 12_000, balanceCents: 12_000 },
    });
    const before = await rows();
    expect(await topped('120.00', ` vir  ${org.id} `)).toEqual(first);
    const conflict = await topped('121', payment);
    expect(conflict).toMatchObject({ code: 'purchase.conflict', message: expect.stringContaining('120,00') as string });
    const other = await newReseller(desk);
    const elsewhere = await desk.ask('billing topup', { reseller: other.ref, amount: '120', payment }, { as: sales });
    expect(elsewhere).toMatchObject({ code: 'purchase.conflict', message: expect.stringContaining(org.ref) as string });
    for (const amount of ['0', '10000000.01']) expect(fieldsOf(await topped(amount, 'VIR-X'))).toEqual(['amount']);
    expect(await rows()).toEqual(before);
    expect(codeOf(await topped('1', 'VIR-Y', org.email))).toBe('access.denied');
    const stock = await newStaff(desk, 'stock');
    const credit = await desk.ask('billing credit', { reseller: org.ref, amount: '1' }, { as: stock });
    expect(codeOf(credit)).toBe('access.denied');
    expect((await balance())['balanceCents']).toBe(12_000);
    expect(await desk.ask('billing balance', { reseller: org.ref }, { as: sales })).toMatchObject({
      data: { prepaidCents: 12_000 },
    });
    expect(codeOf(await desk.ask('billing balance', { reseller: org.ref }, { as: other.email }))).toBe('access.denied');
    expect(fieldsOf(await desk.ask('billing balance', {}, { as: sales }))).toEqual(['reseller']);
  });

  test('credit lets an account be owed, and never more; what comes in pays that first', async () => {
    const credit = (amount: string) => desk.ask('billing credit', { reseller: org.ref, amount }, { as: sales });
    await topped('10', `C ${org.id}`);
    await expect(charged(1_001)).rejects.toMatchObject({
      code: 'balance.low',
      params: { amount: formatMoney(1_001, 'fr'), balance: formatMoney(1_000, 'fr') },
    });
    expect(await credit('5')).toMatchObject({
      code: 'billing.credit-set',
      data: { creditCents: 500, balanceCents: 1_000 },
    });
    const { entryId } = await charged(1_300);
    expect(await balance()).toMatchObject({ prepaidCents: 0, receivableCents: 300, balanceCents: -300 });
    await expect(charged(201)).rejects.toMatchObject({ params: { balance: formatMoney(200, 'fr') } });
    // it can't be taken away below what is owed
    expect(await credit('2.99')).toMatchObject({
      code: 'input.invalid',
      fields: { amount: expect.stringContaining('3,00') as string },
    });
    expect(codeOf(await credit('3'))).toBe('billing.credit-set');
    await topped('1', `D ${org.id}`);
    expect(await balance()).toMatchObject({ prepaidCents: 0, receivableCents: 200 });
    await inWork((work) => giveBack(work, { chargeId: entryId, onceKey: `back ${entryId}`, object: null }));
    expect(await balance()).toMatchObject({ prepaidCents: 1_100, receivableCents: 0 });
    expect(codeOf(await credit('0'))).toBe('billing.credit-set');
    const lines = await desk.connection.reader.ledgerLine.findMany({ where: { entryId }, orderBy: { account: 'asc' } });
    expect(lines.map(({ account, cents }) => [account, cents])).toEqual([
      ['prepaid', 1_000],
      ['receivable', 300],
      ['sales', -1_300],
    ]);
  });

  test('the warning is mailed once each time the balance falls below', async () => {
    const told = (run: () => Promise<unknown>) =>
      desk.queuedBy(run).then((letters) => letters.filter(({ letter }) => letter === 'balance-low'));
    const threshold = (amount: string) => desk.ask('billing threshold', { amount }, { as: org.email });
    await topped('100', `E ${org.id}`);
    expect(await told(() => threshold('50'))).toEqual([]);
    expect(await told(() => charged(5_000))).toEqual([]);
    const [letter, ...more] = await told(() => charged(1));
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      recipient: org.email,
      params: { balance: formatMoney(4_999, 'fr'), threshold: formatMoney(5_000, 'fr') },
    });
    expect(await told(() => charged(100))).toEqual([]);
    // what fails tells nobody
    expect(await told(() => charged(90_000).catch(() => undefined))).toEqual([]);
    await topped('20', `F ${org.id}`);
    expect(await told(() => charged(3_000))).toHaveLength(1);
    // one that is set when the balance is below already says so at once; 0 ends it
    expect(await told(() => threshold('60'))).toHaveLength(1);
    expect(await threshold('0')).toMatchObject({ code: 'billing.threshold-set', data: { thresholdCents: 0 } });
    expect(await told(() => charged(1))).toEqual([]);
  });

  test('receipts and history: one’s own, without a gap, each with the balance it left', async () => {
    const payment = `G ${org.id}`;
    await topped('30', payment);
    const one = await charged(1_500, { net: 1_250 });
    await inWork(async (work) => {
      await topUp(work, { orgId: org.id, cents: 1, payment: 'never' });
      throw new Error('broken');
    }).catch(() => undefined);
    const back = await inWork((work) =>
      giveBack(work, { chargeId: one.entryId, onceKey: `back ${one.entryId}`, object: 'W-000007' }),
    );
    const history = await desk.done('billing history', {}, { as: org.email });
    expect(history['items']).toMatchObject([
      { kind: 'refund', amountCents: 1_500, balanceCents: 3_000, receipt: back.receipt, object: 'W-000007' },
      { kind: 'charge', amountCents: -1_500, balanceCents: 1_500, receipt: one.receipt },
      { kind: 'topup', amountCents: 3_000, balanceCents: 3_000, object: payment },
    ]);
    const found = await desk.done('billing history', { search: payment }, { as: org.email });
    expect(found).toMatchObject({ total: 1, items: [{ kind: 'topup' }] });
    const receipts = await desk.done('billing receipts', { state: 'refund' }, { as: org.email });
    expect(receipts).toMatchObject({
      total: 1,
      items: [{ receipt: back.receipt, netCents: -1_250, vatCents: -250, grossCents: -1_500 }],
    });
    const typed = one.receipt.toLowerCase().replace(/-0+/, '-');
    expect(await desk.done('billing receipts', { search: typed }, { as: org.email })).toMatchObject({ total: 1 });
    const all = await desk.done('billing receipts', { 'per-page': '200' }, { as: sales });
    const numbers = (all['items'] as { receipt: string }[])
      .map(({ receipt }) => Number(receipt.slice(7)))
      .sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    const shown = await desk.ask('billing receipt', { number: typed }, { as: org.email });
    expect(shown).toMatchObject({
      code: 'billing.receipt',
      data: { number: one.receipt, org: org.ref, vatCents: 250 },
    });
    const other = await newReseller(desk);
    for (const number of [one.receipt, 'R-2026-999999', 'nonsense'])
      expect(codeOf(await desk.ask('billing receipt', { number }, { as: other.email }))).toBe('object.unknown');
    expect(await desk.done('billing receipts', {}, { as: other.email })).toMatchObject({ total: 0 });
  });

  test('orders: those under way, and of a state those that cost something', async () => {
    const at = { orgId: org.id, updatedAt: startOfTime, createdAt: startOfTime };
    const domain = await desk.connection.writer.domain.create({
      data: { ...at, name: 'xn--bcher-kva.de', tld: 'de', customerId: 0, searchText: 'xn--bcher-kva.de bucher.de' },
    });
    const task = {
      domainId: domain.id,
      orgId: org.id,
      port: 'staff',
      door: 'chat',
      locale: 'fr',
      createdAt: startOfTime,
    };
    await desk.connection.writer.registrarTask.createMany({
      data: [
        { ...task, kind: 'register', state: 'waiting', years: 1, grossCents: 1_200, currency: 'EUR' },
        { ...task, kind: 'suspend', state: 'uncertain' },
        { ...task, kind: 'renew', state: 'done', years: 1, grossCents: 1_200, currency: 'EUR' },
        { ...task, kind: 'resume', state: 'done' },
      ],
    });
    const kinds = async (input: Record<string, string>, as = org.email) =>
      ((await desk.done('billing orders', input, { as }))['items'] as { kind: string }[]).map(({ kind }) => kind);
    expect(await kinds({})).toEqual(['suspend', 'register']);
    expect(await kinds({ state: 'done' })).toEqual(['renew']);
    expect(await kinds({ search: 'bucher' })).toEqual(['suspend', 'register']);
    expect(await kinds({ state: 'done', search: 'nothing' })).toEqual([]);
    const mine = await desk.done('billing orders', { sort: 'task' }, { as: org.email });
    expect(mine['items']).toMatchObject([{ domain: 'bücher.de', state: 'waiting', grossCents: 1_200, years: 1 }, {}]);
    const other = await newReseller(desk);
    expect(await kinds({}, other.email)).toEqual([]);
    expect(await kinds({}, sales)).toEqual(['suspend', 'register']);
  });

  test('the forecast of a known year, as data, picture and sheet', async () => {
    const at = { orgId: org.id, customerId: 0, searchText: '', createdAt: startOfTime, updatedAt: startOfTime };
    const names = ['eins.fr', 'zwei.com', 'drei.de', 'vier.fr', 'alt.fr', 'weg.com', 'anders.xyz', 'neu.eu'];
    const days = [
      '2026-12-05',
      '2027-03-10',
      '2026-12-01',
      '2027-11-23',
      '2026-11-22',
      '2026-11-01',
      '2027-01-01',
      null,
    ];
    await desk.connection.writer.domain.createMany({
      data: names.map((name, one) => ({
        ...at,
        name,
        tld: name.slice(name.indexOf('.') + 1),
        state: name === 'neu.eu' ? 'registering' : 'active',
        expiresOn: days[one] ?? null,
      })),
    });
    // ordered and charged already: it is next due a year later
    const paid = await desk.connection.writer.domain.create({
      data: { ...at, name: 'bezahlt.fr', tld: 'fr', state: 'active', expiresOn: '2026-12-24' },
    });
    await desk.connection.writer.registrarTask.create({
      data: {
        domainId: paid.id,
        orgId: org.id,
        kind: 'renew',
        years: 1,
        port: 'staff',
        door: 'chat',
        locale: 'fr',
        createdAt: startOfTime,
      },
    });
    await topped('50', `H ${org.id}`);
    await desk.done('billing threshold', { amount: '20' }, { as: org.email });
    const outcome = await desk.ask('billing forecast', {}, { as: org.email });
    // fr 12.50, com 15.90, de 10.00 before tax, each and 20 per cent; weg.com is on hold, and due at once and in a year; alt.fr can only be restored
    expect(outcome).toMatchObject({
      code: 'billing.forecast',
      data: {
        until: '2027-11-22',
        balanceCents: 5_000,
        total: 5,
        dueCents: 1_908 + 1_200 + 1_500 + 1_908 + 1_908,
        shortOn: '2027-03-10',
        unpriced: 1,
      },
    });
    const items = (outcome as Outcome & { data: { items: { month: string }[] } }).data.items;
    expect(items).toHaveLength(13);
    expect(items.filter(({ month }) => ['2026-11', '2026-12', '2027-03', '2027-11'].includes(month))).toEqual([
      { month: '2026-11', count: 2, dueCents: 1_908 + 1_200, balanceCents: 1_892 },
      { month: '2026-12', count: 1, dueCents: 1_500, balanceCents: 392 },
      { month: '2027-03', count: 1, dueCents: 1_908, balanceCents: -1_516 },
      { month: '2027-11', count: 1, dueCents: 1_908, balanceCents: -3_424 },
    ]);
    expect(await desk.done('billing forecast', { months: '24', export: 'xlsx' }, { as: org.email })).toMatchObject({
      total: 11,
    });
    const file = outcome.ok ? outcome.file : undefined;
    expect(file).toMatchObject({ name: `${org.ref}-2026-11.png`, type: 'image/png' });
    const colours = await coloursOf(file?.content ?? Buffer.alloc(0));
    for (const colour of ['#ffffff', '#3f8f83', '#1f3b73', '#b3261e', '#1c2321'])
      expect(colours.get(colour) ?? 0).toBeGreaterThan(300);
    const sheet = await desk.ask('billing forecast', { export: 'csv', months: '1' }, { as: org.email });
    const text = sheet.ok ? sheet.file?.content.toString('utf8') : '';
    expect(
      text
        ?.replace(/^\uFEFF/, '')
        .split(/\r?\n/)
        .slice(0, 2),
    ).toEqual(['Mois;Combien;À payer;Solde', '11/2026;2;31,08;18,92']);
  });

  if (provider.name === 'sqlite') {
    test('a receipt is of its year where the desk is', async () => {
      desk.clock.set(new Date('2026-12-31T22:59:59Z'));
      const { data: old } = (await topped('50', 'Y1')) as Outcome & { data: Record<string, unknown> };
      expect(old['receipt']).toMatch(/^R-2026-0/);
      desk.clock.set(new Date('2026-12-31T23:00:00Z'));
      expect(await topped('50', 'Y2')).toMatchObject({ data: { receipt: 'R-2027-000001' } });
      const row = await desk.connection.reader.receipt.findUniqueOrThrow({ where: { number: 'R-2027-000001' } });
      expect(contentOf(row).day).toBe('2027-01-01');
      desk.clock.set(startOfTime);
    });

    const hasTools = existsSync('/usr/bin/pdftotext');
    test.skipIf(!hasTools && process.env['CI'] !== 'true')('the paper says what was issued, for ever', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'guichet-receipt-'));
      const read = (pdf: Buffer | undefined) => {
        writeFileSync(join(folder, 'it.pdf'), pdf ?? '');
        return execFileSync('pdftotext', ['-layout', join(folder, 'it.pdf'), '-'], { encoding: 'utf8' }).replace(
          /\s+/g,
          ' ',
        );
      };
      const paper = async (number: string) => {
        const outcome = await desk.ask('billing receipt', { number }, { as: org.email });
        return outcome.ok ? outcome.file?.content : undefined;
      };
      const address = { street: 'Łąkowa 5', zip: '10115', city: 'Αθήνα', country: 'DE', vat: 'DE136695976' };
      await desk.connection.writer.organisation.update({ where: { id: org.id }, data: address });
      await topped('1234.56', `P ${org.id}`);
      const { entryId, receipt } = await charged(1_500, { net: 1_250 });
      const pdf = await paper(receipt);
      const said = [
        'Maison Lumen',
        receipt,
        'Ferronnerie Žižka & Œuvre',
        'Łąkowa 5',
        '10115 Αθήνα',
        'DE136695976',
        'W-000007',
      ];
      for (const text of [...said, 'bücher.de', '12,50 €', 'TVA 20 %', '2,50 €', '15,00 €', '23 novembre 2026'])
        expect(read(pdf)).toContain(text);
      // the organisation moves, the language changes: what was issued stays
      await desk.connection.writer.organisation.update({
        where: { id: org.id },
        data: { name: 'Else', city: 'Elsewhere', locale: 'en' },
      });
      expect((await paper(receipt))?.equals(pdf ?? Buffer.alloc(0))).toBe(true);
      const reverse = await charged(1_250, { reverseCharge: true });
      expect(read(await paper(reverse.receipt))).toMatch(
        /Else .*Elsewhere .*Renewal: bücher\.de.*VAT 0% €0\.00.*Reverse charge: VAT/,
      );
      const back = await inWork((work) =>
        giveBack(work, { chargeId: entryId, onceKey: `back ${entryId}`, object: null }),
      );
      expect(read(await paper(back.receipt))).toMatch(new RegExp(`avoir.*Annule le reçu ${receipt}.*-15,00 €`));
      const payment = await desk.connection.reader.receipt.findFirstOrThrow({
        where: { orgId: org.id, kind: 'topup' },
      });
      expect(read(await paper(payment.number))).toMatch(/Reçu de paiement.*référence P \d+ 1 234,56 €/);
      const row = await desk.connection.reader.receipt.findUniqueOrThrow({ where: { number: reverse.receipt } });
      const lines = Array.from({ length: 60 }, (_, at) => ({ text: `Line ${at}\u0000\n<b>`, netCents: at }));
      const long = read(await drawReceipt({ ...row, locale: 'en', content: { ...contentOf(row), lines } }));
      expect(long).toMatch(/Line 59 ?<b>.*Page 3 of 3/);
      rmSync(folder, { recursive: true });
    });
  }
});

/** Colours of a PNG by how many pixels have them. */
async function coloursOf(png: Buffer): Promise<Map<string, number>> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counts = new Map<string, number>();
  for (let at = 0; at < data.length; at += 4) {
    const colour = `#${Buffer.from(data.slice(at, at + 3)).toString('hex')}`;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}
