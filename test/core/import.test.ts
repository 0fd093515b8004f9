/** J2 for packs that have numbers: a table is previewed, its faults told by row and column, then confirmed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../servers/databases.js';
import { codeOf, dayMs, fieldsOf, newReseller, openTestDesk, type TestDesk, type TestReseller } from './ground.js';
import { fileOf } from './sheets.js';

describe.each(databases())('stock import on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  let count = 0;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk);
  });
  afterAll(() => desk.close());

  const newNumber = () => `PP2016JUN${String((count += 1)).padStart(12, '0')}`;
  const file = (content: string | Buffer, name = 'packs.csv') => ({
    name,
    type: 'application/octet-stream',
    content: Buffer.from(content as string),
  });
  const ask = (content: string | Buffer, more: Record<string, string> = {}) =>
    desk.ask('stock import', { reseller: reseller.ref, file: file(content), ...more });
  const available = async () => {
    const products = (await desk.done('stock show', { reseller: reseller.ref }))['products'] as {
      product: string;
      available: number;
    }[];
    return Object.fromEntries(products.filter((row) => row.available > 0).map((row) => [row.product, row.available]));
  };

  test('shows what it would do, and does it when confirmed; the reseller is told once a purchase', async () => {
    const numbers = [newNumber(), newNumber(), newNumber()];
    const content = `number,product,purchase\n${numbers[0]},pro,F-1\n${numbers[1]},Service Pack Pro,F-1\n${numbers[2]},power,F-2\n`;
    const before = await available();
    const preview = await ask(content);
    expect(preview).toMatchObject({
      ok: true,
      code: 'stock.previewed',
      pending: expect.any(String) as string,
      data: { preview: { reseller: reseller.ref, good: 3, repeated: 0, faulty: 0, faults: [], warnings: [] } },
    });
    expect(await available()).toEqual(before);
    const letters = await desk.queuedBy(async () => {
      expect(await ask(content, { yes: 'yes' })).toMatchObject({
        ok: true,
        code: 'stock.imported',
        data: { imported: 3, packs: numbers },
      });
    });
    expect(await available()).toEqual({ pro: (before['pro'] ?? 0) + 2, power: (before['power'] ?? 0) + 1 });
    expect(letters.map(({ letter, params }) => [letter, params['purchase'], params['total']])).toEqual([
      ['stock-received', 'F-1', 2],
      ['stock-received', 'F-2', 1],
    ]);
  });

  test('repeated, it changes nothing; more rows of a purchase add to it', async () => {
    const [one, two] = [newNumber(), newNumber()];
    await ask(`number,product,purchase\n${one},pro,F-3\n`, { yes: 'yes' });
    const before = await available();
    expect(await ask(`number,product,purchase\n${one.toLowerCase()},pro,F-3\n`, { yes: 'yes' })).toMatchObject({
      data: { imported: 0, repeated: 1 },
    });
    expect(await available()).toEqual(before);
    expect(await ask(`number,product,purchase\n${one},pro,F-3\n${two},pro,F-3\n`, { yes: 'yes' })).toMatchObject({
      data: { imported: 1, repeated: 1 },
    });
    expect(await desk.connection.reader.purchase.findFirst({ where: { reference: 'F-3' } })).toMatchObject({
      quantity: 2,
    });
  });

  describe('faults', () => {
    const faulty = async (locale: 'fr' | 'en' = 'en') => {
      const [good, taken, twice] = [newNumber(), newNumber(), newNumber()];
      const other = await newReseller(desk);
      await desk.done('stock import', {
        reseller: other.ref,
        file: file(`number,product,purchase\n${taken},pro,X\n`),
        yes: 'yes',
      });
      const content = [
        'number,product,purchase',
        `${good},pro,F-9`,
        `${taken},pro,F-9`,
        `${twice},pro,F-9`,
        `${twice},pro,F-9`,
        `,prp,`,
        `${newNumber()},box-pro,F-9`,
        `${'x'.repeat(61)},pro,F-9`,
        `a\u0007b,pro,F-9`,
      ].join('\n');
      const outcome = await desk.ask('stock import', { reseller: reseller.ref, file: file(content) }, { locale });
      return {
        content,
        good,
        twice,
        preview: outcome.ok
          ? (outcome.data['preview'] as {
              good: number;
              faulty: number;
              faults: { row: number; column: string; fault: string }[];
            })
          : undefined,
      };
    };

    test('are told by row and column, as the person counts them', async () => {
      const mustBe = expect.stringMatching(/^must be one of: power \(.+\), .*pro \(Service Pack Pro\)$/) as string;
      const { preview } = await faulty();
      expect(preview).toMatchObject({ good: 2, faulty: 6 });
      expect(preview?.faults).toEqual([
        { row: 3, column: 'number', fault: 'this number exists already' },
        { row: 5, column: 'number', fault: 'the same number as in row 4' },
        { row: 6, column: 'number', fault: 'is needed' },
        { row: 6, column: 'product', fault: mustBe },
        { row: 6, column: 'purchase', fault: 'is needed' },
        { row: 7, column: 'product', fault: mustBe },
        { row: 8, column: 'number', fault: 'is too long: at most 60, it has 61' },
        { row: 9, column: 'number', fault: 'has invisible characters: type it again' },
      ]);
    });

    test('all-or-nothing takes none; the good rows alone on request', async () => {
      const { content, good, twice } = await faulty();
      const before = await available();
      const refused = await ask(content, { yes: 'yes' });
      expect(refused.code).toBe('input.invalid');
      expect(fieldsOf(refused)).toEqual([
        '3:number',
        '5:number',
        '6:number',
        '6:product',
        '6:purchase',
        '7:product',
        '8:number',
        '9:number',
      ]);
      expect(await available()).toEqual(before);
      expect(await ask(content, { yes: 'yes', mode: 'bonnes lignes' })).toMatchObject({
        code: 'stock.imported',
        data: { imported: 2, faulty: 6, packs: [good, twice] },
      });
    });
  });

  test('numbers of another make are taken with a warning', async () => {
    for (const number of ['PP2016JUN0212', '**** 4711', 'déjà vu 7']) {
      expect(await ask(`number,product,purchase\n${number},pro,OLD\n`)).toMatchObject({
        data: { preview: { good: 1, warnings: [{ row: 2, column: 'number', fault: expect.any(String) as string }] } },
      });
      expect(await ask(`number,product,purchase\n${number},pro,OLD\n`, { yes: 'yes' })).toMatchObject({
        data: { imported: 1, packs: [number] },
      });
    }
  });

  test('what changed since the preview makes it stale, and nothing is done', async () => {
    const [one, two] = [newNumber(), newNumber()];
    const content = `number,product,purchase\n${one},pro,S\n${two},pro,S\n`;
    await ask(content);
    await ask(`number,product,purchase\n${two},pro,S\n`, { yes: 'yes' });
    const before = await desk.dump();
    expect(codeOf(await ask(content, { yes: 'yes' }))).toBe('preview.stale');
    expect(await desk.dump()).toEqual(before);
    expect(await ask(content)).toMatchObject({ data: { preview: { good: 1, repeated: 1 } } });
    expect(await ask(content, { yes: 'yes' })).toMatchObject({ data: { imported: 1 } });
  });

  test('a preview counts for a day; without one, or after it, “yes” is enough', async () => {
    const content = `number,product,purchase\n${newNumber()},pro,T\n`;
    await ask(content);
    const { number } = await desk.connection.reader.stockUnit.findFirstOrThrow({ where: { orgId: reseller.id } });
    expect(number).toBeTruthy();
    desk.clock.advance(dayMs);
    expect(codeOf(await ask(content, { yes: 'yes' }))).toBe('stock.imported');
    expect(codeOf(await ask(`number,product,purchase\n${newNumber()},pro,T\n`, { yes: 'yes' }))).toBe('stock.imported');
  });

  test('a dry run, with and without “yes”, leaves nothing, not even a preview', async () => {
    const content = `number,product,purchase\n${newNumber()},pro,D\n`;
    const before = await desk.dump();
    const preview = await ask(content, { 'dry-run': 'yes' });
    expect(preview).toMatchObject({ ok: true, code: 'stock.previewed', dryRun: true });
    expect(preview).not.toHaveProperty('pending');
    expect(await ask(content, { 'dry-run': 'yes', yes: 'yes' })).toMatchObject({
      ok: true,
      code: 'stock.imported',
      dryRun: true,
      data: { imported: 1 },
    });
    expect(await desk.dump()).toEqual(before);
  });

  describe('the same table', () => {
    const labels = ['Numéro ', 'TYPE DE LICENCE*', 'Référence d’achat'] as const;
    const rows = (number: string) => [labels, [number, 'Service Pack Pro', 'É-1']] as const;
    const csv = (number: string, sign: string) =>
      rows(number)
        .map((cells) => cells.join(sign))
        .join('\r\n');
    test.each([
      ['as UTF-8 with semicolons', (number: string) => Buffer.from(csv(number, ';'))],
      ['as Windows-1252', (number: string) => Buffer.from(csv(number, ';').replace('’', "'"), 'latin1')],
      ['as UTF-16 with tabs', (number: string) => Buffer.from(`\uFEFF${csv(number, '\t')}`, 'utf16le')],
      ['as JSON', (number: string) => Buffer.from(JSON.stringify([{ 'N°': number, Produit: 'pro', Achat: 'É-1' }]))],
      [
        'as a workbook',
        (number: string) =>
          fileOf('xlsx', [Object.fromEntries(labels.map((label, at) => [label, rows(number)[1][at] ?? '']))]),
      ],
    ] as const)('%s', async (_, made) => {
      const number = newNumber();
      expect(await ask(await made(number), { yes: 'yes' })).toMatchObject({
        ok: true,
        data: { imported: 1, packs: [number] },
      });
      const unit = await desk.connection.reader.stockUnit.findFirstOrThrow({ where: { number } });
      expect(
        await desk.connection.reader.purchase.findUniqueOrThrow({ where: { id: unit.purchaseId ?? 0 } }),
      ).toMatchObject({ reference: 'É-1', product: 'pro' });
    });
  });

  test.each([
    ['columns that are not there', 'number,licence\nx,pro\n', /purchase/],
    ['no rows', 'number,product,purchase\n', /./],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), /./],
    ['a broken workbook', Buffer.from('PK\u0003\u0004 broken'), /./],
  ])('a file with %s is refused and says why', async (_, content, why) => {
    const outcome = await ask(content, { yes: 'yes' });
    expect(outcome).toMatchObject({
      ok: false,
      code: 'file.refused',
      fields: { file: expect.stringMatching(why) as string },
    });
  });

  test('an empty file, none at all, or a text in its place is a fault of the form', async () => {
    expect(fieldsOf(await ask(''))).toEqual(['file']);
    expect(fieldsOf(await desk.ask('stock import', { reseller: reseller.ref }))).toEqual(['file']);
    expect(fieldsOf(await desk.ask('stock import', { reseller: reseller.ref, file: 'packs.csv' }))).toEqual(['file']);
    expect(fieldsOf(await ask(Buffer.alloc(10 * 1024 * 1024 + 1, 'x')))).toEqual(['file']);
    expect(
      codeOf(
        await desk.ask('stock import', { reseller: 'G-999999', file: file('number,product,purchase\nx,pro,y\n') }),
      ),
    ).toBe('object.unknown');
  });

  test('a thousand rows in one go', async () => {
    const numbers = Array.from({ length: 1_000 }, newNumber);
    const before = (await available())['pro'] ?? 0;
    const content = `number,product,purchase\n${numbers.map((number) => `${number},pro,BULK`).join('\n')}\n`;
    expect(await ask(content)).toMatchObject({ data: { preview: { good: 1_000 } } });
    expect(await ask(content, { yes: 'yes' })).toMatchObject({ data: { imported: 1_000 } });
    expect((await available())['pro']).toBe(before + 1_000);
  });
});
