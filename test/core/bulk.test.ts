/** J9: a table of declarations is previewed by row and column, then placed: all or nothing, or the good rows alone. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  declaring,
  fieldsOf,
  newEmail,
  newReseller,
  openTestDesk,
  type AskOptions,
  type TestDesk,
  type TestReseller,
} from './ground.js';
import { fileOf, textRows, workbook } from './sheets.js';

type Row = Readonly<Record<string, string>>;

const columns = ['product', 'email', 'last-name', 'first-name', 'order-number'];
const further = ['takeover', 'support-contact', 'box', 'locale', 'anyway'];

const file = (content: string | Buffer, name = 'clients.csv') => ({
  name,
  type: 'application/octet-stream',
  content: Buffer.from(content as string),
});
/** Rows under all headings. */
const csv = (rows: readonly Row[]): string =>
  [[...columns, ...further], ...rows.map((row) => [...columns, ...further].map((name) => row[name] ?? ''))]
    .map((cells) => cells.join(';'))
    .join('\r\n');
const row = (more: Row = {}): Row => declaring(more) as Row;

interface Fault {
  readonly row: number;
  readonly column: string;
  readonly fault: string;
}
interface Item {
  readonly row: number;
  readonly declaration: string | null;
  readonly pack: string | null;
  readonly email: string | null;
  readonly state: string | null;
  readonly fault?: string;
}

describe.each(databases())('declare bulk on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
  });
  afterAll(() => desk.close());

  const ask = (reseller: TestReseller, content: string | Buffer, more: Row = {}, options: AskOptions = {}) =>
    desk.ask('declare bulk', { file: file(content), ...more }, { as: reseller.email, locale: 'en', ...options });
  const english = { locale: 'en' } as const;
  const previewOf = (outcome: Outcome) =>
    (outcome.ok ? outcome.data['preview'] : undefined) as {
      good: number;
      faulty: number;
      faultsTotal: number;
      faults: Fault[];
      products: unknown[];
    };
  const itemsOf = (outcome: Outcome) => (outcome.ok ? outcome.data['items'] : []) as Item[];
  const available = async ({ ref }: TestReseller, product = 'pro') => {
    const products = (await desk.done('stock show', { reseller: ref }))['products'] as {
      product: string;
      available: number;
    }[];
    return products.find((one) => one.product === product)?.available;
  };
  const declared = (reseller: TestReseller) =>
    desk.connection.reader.declaration.findMany({ where: { orgId: reseller.id }, orderBy: { id: 'asc' } });

  test('shows what it would do, and does it when confirmed: packs, clients, letters and audit', async () => {
    const reseller = await newReseller(desk, { pro: 3, power: 2 }, english);
    const rows = [
      row(),
      row({ product: 'Service Pack Pro', takeover: 'oui' }),
      row({ product: 'POWER', locale: 'en' }),
    ];
    const preview = await ask(reseller, csv(rows));
    expect(preview).toMatchObject({
      ok: true,
      code: 'declaration.previewed',
      pending: expect.any(String) as string,
      data: {
        preview: {
          ...{ reseller: reseller.ref, mode: 'all', total: 3, good: 3, faulty: 0, faults: [], faultsTotal: 0 },
          products: [
            { product: 'power', rows: 1, available: 2 },
            { product: 'pro', rows: 2, available: 3 },
          ],
        },
      },
    });
    expect([await declared(reseller), await available(reseller)]).toEqual([[], 3]);

    let done: Outcome | undefined;
    const letters = await desk.queuedBy(async () => (done = await ask(reseller, csv(rows), { yes: 'yes' })));
    expect(done).toMatchObject({
      ok: true,
      code: 'declaration.bulk-placed',
      data: { reseller: reseller.ref, placed: 3, refused: 0, faults: [] },
    });
    const items = itemsOf(done!);
    expect(items.map(({ row: line, email, state }) => [line, email, state])).toEqual([
      [2, rows[0]!['email'], 'placed'],
      [3, rows[1]!['email'], 'completed'],
      [4, rows[2]!['email'], 'placed'],
    ]);
    expect([await available(reseller), await available(reseller, 'power')]).toEqual([1, 1]);
    expect(letters.map(({ letter, recipient, object, locale }) => [letter, recipient, object, locale])).toEqual([
      ['declared-client', rows[0]!['email'], items[0]!.declaration, 'fr'],
      ['takeover-installer-new', reseller.email, items[1]!.declaration, 'en'],
      ['takeover-client', rows[1]!['email'], items[1]!.declaration, 'fr'],
      ['declared-client', rows[2]!['email'], items[2]!.declaration, 'en'],
    ]);
    for (const { declaration, pack } of items) {
      expect(await desk.done('declare show', { number: pack! }, { as: reseller.email })).toMatchObject({ declaration });
      const audit = await desk.done('audit show', { object: declaration! });
      expect(audit).toMatchObject({ total: 1, items: [{ action: 'declare bulk', detail: { pack } }] });
    }
    expect((await desk.ask('audit verify')).code).toBe('audit.verified');
  });

  test('a row is what “declare new” is: the same rows and letters', async () => {
    const clients = [newEmail(), newEmail(), newEmail()] as const;
    const different: readonly Row[] = [
      { email: clients[0], 'order-number': '1' },
      // the account that the row before has made
      { email: clients[0], 'order-number': '2', takeover: 'yes' },
      { email: clients[1], 'order-number': '3', takeover: 'x', locale: 'en' },
      { email: clients[1], 'order-number': '4', locale: 'fr' },
      { email: clients[2], 'order-number': '5', box: 'SERIAL-1' },
      { email: clients[2], 'order-number': '6', product: 'box-pro', takeover: 'yes' },
      { email: clients[2], 'order-number': '1', anyway: 'yes' },
      { email: clients[2], 'order-number': '1', anyway: 'yes' },
    ];
    const rows = different.map((more): Row => ({ ...row(), 'last-name': 'Même', ...more }));
    /** What is left on a desk of its own, numbers and secrets aside. */
    const left = async (place: (own: TestDesk, as: string) => Promise<unknown>) => {
      const own = await openTestDesk(provider);
      const { email } = await newReseller(own, { pro: 6, 'box-pro': 3 }, { company: 'Même' });
      const letters = await own.queuedBy(() => place(own, email));
      const dump = (await own.dump()) as Record<string, Record<string, unknown>[]>;
      await own.close();
      const units = new Map(dump['StockUnit']?.map((unit, at) => [unit['number'], at]));
      const traces = {
        letters: letters.map(({ id: _, secret, ...letter }) => ({ ...letter, secret: Object.keys(secret) })),
        declarations: dump['Declaration']?.map((one) => ({ ...one, duplicateKey: one['duplicateKey'] === null })),
        units: dump['StockUnit'],
        people: dump['Person']?.map((one) => ({ ...one, passwordHash: one['passwordHash'] === null })),
        addresses: dump['Address'],
        links: dump['OneTimeLink']?.map(({ personId }) => personId).sort(),
      };
      expect(traces).toMatchObject({ letters: { length: 11 }, declarations: { length: 8 }, links: { length: 5 } });
      const text = JSON.stringify(traces).replaceAll(email, 'reseller@');
      return JSON.parse(
        text.replace(/PP\d{4}[A-Z]{3}[0-9A-F]{12}/gi, (number) => `unit ${units.get(number.toUpperCase())}`),
      ) as unknown;
    };
    const oneByOne = await left(async (own, as) => {
      for (const each of rows) await own.done('declare new', each, { as });
    });
    const atOnce = await left((own, as) => own.done('declare bulk', { file: file(csv(rows)), yes: 'yes' }, { as }));
    expect(atOnce).toEqual(oneByOne);
  });

  describe('faults', () => {
    test('are told by row and column, all of them, as the person counts them', async () => {
      const reseller = await newReseller(desk, { pro: 9 }, english);
      const rows = [
        row(),
        row({ product: 'prp', email: 'nobody', 'first-name': '', takeover: 'perhaps' }),
        row({ 'last-name': 'x'.repeat(81) }),
        row({ locale: 'de' }),
        row({ 'support-contact': newEmail() }),
      ];
      const outcome = await ask(reseller, `${csv(rows)}\r\n\r\n${Object.values(row()).join(';')};;;;;;stray\r\n`);
      const { good, faulty, faultsTotal, faults } = previewOf(outcome);
      expect({ good, faulty, faultsTotal }).toEqual({ good: 1, faulty: 5, faultsTotal: 8 });
      expect(faults.map(({ row: line, column, fault }) => [line, column, fault])).toEqual([
        [3, 'product', expect.stringContaining('must be one of') as string],
        [3, 'email', expect.stringContaining('must be one address') as string],
        [3, 'first-name', 'is needed'],
        [3, 'takeover', 'must be yes or no'],
        [4, 'last-name', 'is too long: at most 80, it has 81'],
        [5, 'locale', expect.stringContaining('must be one of') as string],
        [6, 'support-contact', expect.stringContaining('must belong to') as string],
        [8, '11', expect.stringContaining('without a heading') as string],
      ]);
    });

    test('an equal declaration is recognised, placed before or in an earlier row, unless the row says “anyway”', async () => {
      const reseller = await newReseller(desk, { pro: 9 }, english);
      const before = row();
      const { declaration } = await desk.done('declare new', before, { as: reseller.email });
      const first = row();
      const rows = [
        { ...before, email: String(before['email']).toUpperCase(), 'order-number': `  ${before['order-number']}` },
        first,
        { ...first, 'last-name': 'Another', 'order-number': String(first['order-number']).toLowerCase() },
        { ...first, anyway: 'oui' },
        { ...before, anyway: 'x' },
        // the faulty one is not there to be equal to
        row({ 'order-number': 'SAME', email: 'same@example.org', takeover: 'perhaps' }),
        row({ 'order-number': 'SAME', email: 'same@example.org' }),
      ];
      const outcome = await ask(reseller, csv(rows), { mode: 'good', yes: 'yes' });
      expect(outcome).toMatchObject({ code: 'declaration.bulk-placed', data: { placed: 4, refused: 3 } });
      expect(itemsOf(outcome).map(({ row: line, state, fault = '' }) => [line, state, fault])).toEqual([
        [2, 'refused', expect.stringContaining(String(declaration)) as string],
        [3, 'placed', ''],
        [4, 'refused', expect.stringContaining('row 3') as string],
        [5, 'placed', ''],
        [6, 'placed', ''],
        [7, 'refused', 'Takeover: must be yes or no'],
        [8, 'placed', ''],
      ]);
      // and so for whatever comes later
      expect(codeOf(await desk.ask('declare new', first, { as: reseller.email }))).toBe('declaration.duplicate');
      expect(previewOf(await ask(reseller, csv(rows))).good).toBe(2);
    });

    test('the row that exceeds the stock is the faulty one; never below zero', async () => {
      const reseller = await newReseller(desk, { pro: 2, power: 1 }, english);
      const rows = [
        row(),
        row({ product: 'power' }),
        row(),
        row(),
        row({ product: 'power' }),
        row({ product: 'power-enocean' }),
      ];
      const { faults, good, products } = previewOf(await ask(reseller, csv(rows)));
      expect(good).toBe(3);
      expect(faults).toEqual(
        [5, 6, 7].map((line) => ({
          row: line,
          column: 'product',
          fault: expect.stringContaining('left in stock') as string,
        })),
      );
      expect(products).toMatchObject([
        { product: 'power', rows: 2, available: 1 },
        { product: 'power-enocean', rows: 1, available: 0 },
        { product: 'pro', rows: 3, available: 2 },
      ]);
      const before = await desk.dump();
      const refused = await ask(reseller, csv(rows), { yes: 'yes' });
      expect(refused).toMatchObject({ ok: false, code: 'input.invalid' });
      expect(fieldsOf(refused)).toEqual(['5:product', '6:product', '7:product']);
      const { PendingCommand: _, ...after } = await desk.dump();
      expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([table]) => table !== 'PendingCommand')));
      expect(await ask(reseller, csv(rows), { mode: 'bonnes lignes', yes: 'yes' })).toMatchObject({
        data: { placed: 3, refused: 3 },
      });
      expect([await available(reseller), await available(reseller, 'power')]).toEqual([0, 0]);
    });

    test('a refused row gives back what it took: a pack whose box is not there', async () => {
      const reseller = await newReseller(desk, { pro: 1, 'box-pro': 1 }, english);
      const rows = [
        row({ box: 'BULK-1' }),
        row({ box: 'bulk -1' }),
        row({ box: 'BULK-2' }),
        row({ product: 'box-pro' }),
        row(),
      ];
      const outcome = await ask(reseller, csv(rows), { mode: 'good', yes: 'yes' });
      expect(itemsOf(outcome).map(({ row: line, state, fault = '' }) => [line, state, fault.split(':')[0]])).toEqual([
        [2, 'placed', ''],
        [3, 'refused', 'Box'],
        [4, 'refused', 'Box'],
        [5, 'refused', 'Product'],
        [6, 'placed', ''],
      ]);
      const unit = await desk.connection.reader.stockUnit.findFirstOrThrow({ where: { serial: 'BULK-1' } });
      expect(unit).toMatchObject({ state: 'declared', product: 'box-pro' });
      expect(previewOf(await ask(reseller, csv([row({ box: 'BULK-1' })]))).faults).toMatchObject([
        { row: 2, column: 'product' },
      ]);
    });

    test('more than fit are counted, the first are told', async () => {
      const reseller = await newReseller(desk, {}, english);
      const { faults, faulty, faultsTotal } = previewOf(
        await ask(reseller, csv(Array.from({ length: 60 }, () => row({ email: 'x', takeover: 'x y' })))),
      );
      expect([faults.length, faulty, faultsTotal]).toEqual([50, 60, 120]);
    });

    test('good rows alone may be none', async () => {
      const reseller = await newReseller(desk, {}, english);
      expect(await ask(reseller, csv([row()]), { mode: 'good', yes: 'yes' })).toMatchObject({
        code: 'declaration.bulk-placed',
        data: { placed: 0, refused: 1 },
      });
    });
  });

  describe('the columns', () => {
    const client = (email: string) => ['pro', email, 'Curie', 'Irène', 'F-1'];
    const titled = (...headings: string[]) =>
      `${headings.join(';')}\r\n${client(newEmail()).slice(0, headings.length).join(';')}\r\n`;

    test.each([
      [['Licence', 'E-mail', 'Nom', 'Prénom', 'Numéro de commande']],
      [['TYPE DE LICENCE*', 'Adresse mail', 'nom de famille', 'PRENOM (usuel)', 'N° de facture']],
      [['Service pack', 'courriel', 'Surname', '• Given name', 'invoice_number']],
      [columns],
    ])('%j are known', async (headings) => {
      const reseller = await newReseller(desk, { pro: 1 });
      expect(codeOf(await ask(reseller, titled(...headings), { yes: 'yes' }))).toBe('declaration.bulk-placed');
    });

    test.each([
      [
        'are missing',
        titled('Licence', 'E-mail', 'Nom'),
        /Prénom \(first-name\).*Numéro de commande \(order-number\).*Licence, E-mail, Nom/,
      ],
      [
        'are not known',
        titled('Licence', 'Emial', 'Nom', 'Prénom', 'Commande client'),
        /E-mail \(email\).*“Emial” \(perhaps “E-mail”\?\)|« Emial » \(peut-être « E-mail » \?\)/,
      ],
      [
        'are there twice',
        titled('Licence', 'E-mail', 'Nom', 'Prénom', 'Commande client', 'Last name'),
        /deux fois : Last name/,
      ],
      ['are data', 'pro;a@b.example;Curie;Irène;F-1\r\npro;b@b.example;Curie;Ève;F-2\r\n', /Licence \(product\)/],
    ])('that %s are named', async (_, content, why) => {
      const reseller = await newReseller(desk, { pro: 1 });
      const outcome = await ask(reseller, content, { yes: 'yes' }, { locale: 'fr' });
      expect(outcome).toMatchObject({
        code: 'file.refused',
        message: expect.stringMatching(why) as string,
        fields: { file: expect.stringMatching(why) as string },
      });
      expect(await declared(reseller)).toEqual([]);
    });
  });

  describe('the file', () => {
    const rows = [columns, ['pro', 'zoe@example.org', 'Curie', 'Zoé', '0007']];
    const text = rows.map((cells) => cells.join(';')).join('\n');
    test.each([
      ['CSV of a French Excel', Buffer.from(`\uFEFF${text}`)],
      ['CSV in Windows-1252', Buffer.from(text, 'latin1')],
      ['JSON', Buffer.from(JSON.stringify([Object.fromEntries(columns.map((name, at) => [name, rows[1]![at]]))]))],
      ['a workbook’s first sheet', workbook([{ name: 'Clients', rows: textRows(rows) }])],
    ])('may be %s; leading zeros stay', async (_, content) => {
      const reseller = await newReseller(desk, { pro: 1 });
      expect(codeOf(await ask(reseller, content, { yes: 'yes' }))).toBe('declaration.bulk-placed');
      expect(await declared(reseller)).toMatchObject([{ firstName: 'Zoé', orderNumber: '0007' }]);
    });

    test('a sheet may be named; one that is not there is refused by name', async () => {
      const reseller = await newReseller(desk, { pro: 1 });
      const content = workbook([
        { name: 'Notes', rows: textRows([['nothing here']]) },
        { name: 'Mai', rows: textRows(rows) },
      ]);
      expect(codeOf(await ask(reseller, content))).toBe('file.refused');
      expect(await ask(reseller, content, { sheet: 'Juin' })).toMatchObject({
        code: 'file.refused',
        fields: { sheet: expect.stringContaining('Notes, Mai') as string },
      });
      expect(await ask(reseller, content, { sheet: ' mai ', yes: 'yes' })).toMatchObject({ data: { placed: 1 } });
      expect(fieldsOf(await ask(reseller, text, { sheet: 'Mai' }))).toEqual(['sheet']);
    });

    test.each([
      ['no rows', `${columns.join(';')}\n`],
      ['too many rows', `${columns.join(';')}\n${'a;b;c;d;e\n'.repeat(10_001)}`],
      ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0])],
      ['a broken workbook', Buffer.from('PK\u0003\u0004 broken')],
      ['an open quote', `${columns.join(';')}\n"a;b;c;d;e\n`],
    ])('with %s is refused and says why', async (_, content) => {
      const reseller = await newReseller(desk, { pro: 1 });
      for (const yes of ['', 'yes']) {
        const outcome = await ask(reseller, content, { yes });
        expect(outcome).toMatchObject({
          ok: false,
          code: 'file.refused',
          fields: { file: expect.any(String) as string },
        });
      }
    });

    test('what looks like a formula is text, on the way in and in what is mailed', async () => {
      const reseller = await newReseller(desk, { pro: 1 });
      const [letter] = await desk.queuedBy(() =>
        ask(reseller, csv([row({ 'last-name': '=HYPERLINK("x")'.replaceAll('"', "'"), 'first-name': '@sum' })]), {
          yes: 'yes',
        }),
      );
      expect(await declared(reseller)).toMatchObject([{ lastName: "=HYPERLINK('x')", firstName: '@sum' }]);
      expect(letter?.params).toMatchObject({ clientName: "@sum =HYPERLINK('x')" });
    });
  });

  describe('confirming', () => {
    test('what changed since the preview makes it stale; what did not does not', async () => {
      const reseller = await newReseller(desk, { pro: 3 });
      const content = csv([row(), row()]);
      await ask(reseller, content);
      await desk.done('declare new', declaring(), { as: reseller.email });
      expect(previewOf(await ask(reseller, content)).good).toBe(2);
      await desk.done('declare new', declaring(), { as: reseller.email });
      expect(codeOf(await ask(reseller, content, { yes: 'yes' }))).toBe('preview.stale');
      expect(await available(reseller)).toBe(1);
      expect(previewOf(await ask(reseller, content)).good).toBe(1);
      expect(codeOf(await ask(reseller, content, { yes: 'yes' }))).toBe('input.invalid');
      // the mode asked for is part of what was seen
      expect(await ask(reseller, content, { yes: 'yes', mode: 'good' })).toMatchObject({
        data: { placed: 1, refused: 1 },
      });
    });

    test('a preview ends after a day, and “yes” alone is enough', async () => {
      const reseller = await newReseller(desk, { pro: 2 });
      const content = csv([row(), row()]);
      await ask(reseller, content);
      await desk.done('declare new', declaring(), { as: reseller.email });
      desk.clock.advance(dayMs);
      expect(codeOf(await ask(reseller, content, { yes: 'yes', mode: 'good' }))).toBe('declaration.bulk-placed');
    });

    test('under the same key, the second answer is the first', async () => {
      const reseller = await newReseller(desk, { pro: 4 });
      const content = csv([row(), row()]);
      const first = await ask(reseller, content, { yes: 'yes' }, { key: 'once' });
      expect(await ask(reseller, content, { yes: 'yes' }, { key: 'once' })).toEqual(first);
      expect(codeOf(await ask(reseller, csv([row()]), { yes: 'yes' }, { key: 'once' }))).toBe('key.reused');
      expect(await available(reseller)).toBe(2);
    });

    test('a dry run, with and without “yes”, leaves nothing, not even a preview', async () => {
      const reseller = await newReseller(desk, { pro: 2 });
      const content = csv([row(), row({ takeover: 'yes' })]);
      const before = await desk.dump();
      const preview = await ask(reseller, content, { 'dry-run': 'yes' });
      expect(preview).toMatchObject({ ok: true, code: 'declaration.previewed', dryRun: true });
      expect(preview).not.toHaveProperty('pending');
      const run = await ask(reseller, content, { 'dry-run': 'yes', yes: 'yes' });
      expect(run).toMatchObject({ code: 'declaration.bulk-placed', dryRun: true, data: { placed: 2 } });
      expect(itemsOf(run).map(({ declaration, pack }) => [declaration, pack])).toEqual([
        [null, null],
        [null, null],
      ]);
      expect(await desk.dump()).toEqual(before);
    });
  });

  test('only who may change the reseller’s stock; for others no file is read', async () => {
    const reseller = await newReseller(desk, { pro: 1 });
    const viewer = newEmail('viewer');
    await desk.done('help', {}, { as: viewer });
    const { personId } = await desk.connection.writer.address.findUniqueOrThrow({ where: { email: viewer } });
    await desk.connection.writer.membership.create({
      data: { orgId: reseller.id, personId, role: 'viewer', createdAt: desk.clock() },
    });
    for (const as of [viewer, newEmail('nobody')])
      expect(codeOf(await desk.ask('declare bulk', { file: file('PK\u0003\u0004 broken') }, { as }))).toBe(
        'access.denied',
      );
    expect(codeOf(await desk.ask('declare bulk', { file: file(csv([row()])) }))).toBe('access.denied');
  });

  describe('at the same time', () => {
    test('tables and single declarations share a stock, and none gets what another has', async () => {
      const reseller = await newReseller(desk, { pro: 50 });
      const other = await desk.another();
      const table = () => csv(Array.from({ length: 30 }, () => row()));
      const elsewhere = (content: string) =>
        other.dispatcher.dispatch({
          door: 'mail',
          caller: { kind: 'address', email: reseller.email },
          command: 'declare bulk',
          input: { file: file(content), mode: 'good', yes: 'yes' },
        });
      const outcomes = await Promise.all([
        ask(reseller, table(), { mode: 'good', yes: 'yes' }),
        elsewhere(table()),
        ask(reseller, table(), { mode: 'good', yes: 'yes' }),
        ...Array.from({ length: 5 }, () => desk.ask('declare new', declaring(), { as: reseller.email })),
      ]);
      const singles = outcomes.filter(({ code }) => code === 'declaration.placed').length;
      const placed = outcomes.map((outcome) => Number((outcome.ok && outcome.data['placed']) || 0));
      expect(placed.reduce((sum, count) => sum + count, singles)).toBe(50);
      expect(await available(reseller)).toBe(0);
      const rows = await declared(reseller);
      expect(rows).toHaveLength(50);
      expect(new Set(rows.map(({ packId }) => packId)).size).toBe(50);
      expect((await desk.ask('audit verify')).code).toBe('audit.verified');
    });

    test('the same table from two sides is placed once', async () => {
      const reseller = await newReseller(desk, { pro: 50 });
      const other = await desk.another();
      const content = csv(Array.from({ length: 20 }, () => row()));
      const [here, there] = await Promise.all([
        ask(reseller, content, { yes: 'yes' }),
        other.dispatcher.dispatch({
          door: 'terminal',
          caller: { kind: 'operator', as: reseller.email },
          command: 'declare bulk',
          input: { file: file(content), yes: 'yes' },
        }),
      ]);
      expect([codeOf(here), codeOf(there)].sort()).toEqual(['declaration.bulk-placed', 'input.invalid']);
      expect(await available(reseller)).toBe(30);
    });
  });

  test('a thousand rows of a workbook: progress is told, and everything else gets its turn', async () => {
    const reseller = await newReseller(desk, { pro: 1_000 });
    const rows = Array.from({ length: 1_000 }, () => row());
    const content = await fileOf('xlsx', rows);
    expect(previewOf(await ask(reseller, content))).toMatchObject({ good: 1_000 });
    const told: [number, number][] = [];
    let [turns, over] = [0, false];
    const others = (async () => {
      while (!over) {
        await turn();
        turns += 1;
      }
    })();
    const done = await ask(reseller, content, { yes: 'yes' }, { progress: (...far) => void told.push(far) });
    over = true;
    await others;
    expect(done).toMatchObject({ data: { placed: 1_000, refused: 0 } });
    expect(told).toEqual([250, 500, 750, 1_000].map((far) => [far, 1_000]));
    expect(turns).toBeGreaterThan(10);
    expect(new Set(itemsOf(done).map(({ pack }) => pack)).size).toBe(1_000);
    expect(await available(reseller)).toBe(0);
  });
});
