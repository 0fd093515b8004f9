/** Tables in and out: whatever a spreadsheet saves, and whatever somebody hostile sends. */
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSheet, SheetFault, writeSheet } from '../../src/core/record/sheet.js';

const text = 'Numéro;Produit;Achat\r\nÉ1;pro;"a;b ""c"""\r\n\r\nÉ2;power;\r\n';
const expected = {
  header: ['Numéro', 'Produit', 'Achat'],
  rows: [
    { line: 2, cells: { Numéro: 'É1', Produit: 'pro', Achat: 'a;b "c"' } },
    { line: 4, cells: { Numéro: 'É2', Produit: 'power', Achat: '' } },
  ],
};
const utf16 = (of: string, order: 'le' | 'be') => {
  const bytes = Buffer.from(`\uFEFF${of}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};
const faultOf = async (content: Buffer | string) =>
  readSheet(Buffer.from(content)).then(
    (table) => JSON.stringify(table),
    (error: unknown) => (error instanceof SheetFault ? error.why : String(error)),
  );

describe('reading', () => {
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['Windows-1252, as Excel saves CSV', Buffer.from(text, 'latin1')],
    ['UTF-16 little endian', utf16(text, 'le')],
    ['UTF-16 big endian', utf16(text, 'be')],
    ['commas', Buffer.from(text.replaceAll(';', '\u0001').replaceAll('a\u0001b', 'a;b').replaceAll('\u0001', ','))],
    ['tabs', Buffer.from(text.replaceAll(';', '\t').replace('a\tb', 'a;b'))],
    ['line feeds alone', Buffer.from(text.replaceAll('\r\n', '\n'))],
  ])('%s', async (_, content) => {
    expect(await readSheet(content)).toEqual(expected);
  });

  test('JSON rows, with keys that come and go', async () => {
    const json = [
      { number: 'A', product: 'pro', purchase: 7 },
      { number: 'B', more: { deep: true } },
      { product: null, purchase: false },
    ];
    expect(await readSheet(Buffer.from(` \n${JSON.stringify(json)}`))).toEqual({
      header: ['number', 'product', 'purchase', 'more'],
      rows: [
        { line: 2, cells: { number: 'A', product: 'pro', purchase: '7', more: '' } },
        { line: 3, cells: { number: 'B', product: '', purchase: '', more: '{"deep":true}' } },
        { line: 4, cells: { number: '', product: '', purchase: 'false', more: '' } },
      ],
    });
  });

  test('a workbook: numbers and text; what it is, its bytes say', async () => {
    const rows = [
      { name: 'Zoé', count: 12, flag: true, none: null },
      { name: '=1+1', count: -0.5, flag: false, none: undefined },
    ];
    const { content } = await writeSheet('xlsx', { name: 'x', rows, label: (key) => key.toUpperCase() });
    const { header, rows: read } = await readSheet(content);
    expect(header).toEqual(['NAME', 'COUNT', 'FLAG', 'NONE']);
    expect(read.map(({ line, cells }) => [line, cells['NAME'], cells['COUNT'], cells['FLAG']])).toEqual([
      [2, 'Zoé', '12', 'true'],
      [3, '=1+1', '-0.5', 'false'],
    ]);
  });

  test('short and long rows, and columns without a heading', async () => {
    const { rows } = await readSheet(Buffer.from('a,b\n1\n1,2,3\n'));
    expect(rows.map(({ cells }) => cells)).toEqual([
      { a: '1', b: '' },
      { a: '1', b: '2' },
    ]);
  });

  test.each([
    ['nothing', '', 'empty'],
    ['a header alone', 'a,b\n', 'empty'],
    ['an empty header', ',,\n1,2,3\n', 'header'],
    ['a quote that never ends', 'a,b\n"1,2\n', 'damaged'],
    ['a quote in the middle', 'a,b\n1"1",2\n', 'damaged'],
    ['a list of no rows', '[]', 'empty'],
    ['a list of something else', '[1,2]', 'damaged'],
    ['an object', '{"a":1}', 'damaged'],
    ['broken JSON', '[{"a":1', 'damaged'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), 'type'],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'type'],
    ['the beginning of an archive', Buffer.from('PK\u0003\u0004and no more'), 'damaged'],
    ['more than 10,000 rows', `a\n${'1\n'.repeat(10_001)}`, 'rows'],
  ])('%s is refused', async (_, content, why) => {
    expect(await faultOf(Buffer.from(content as string))).toBe(why);
  });

  test('10,000 rows are read', async () => {
    expect((await readSheet(Buffer.from(`a\n${'1\n'.repeat(10_000)}`))).rows).toHaveLength(10_000);
  });

  test.each([
    ['says so', 200 * 1024 * 1024],
    ['lies about it', 1_000],
  ])('an archive that unpacks to far more than a table, and %s, is refused in bounded memory', async (_, claimed) => {
    const archive = bomb(200 * 1024 * 1024, claimed);
    const before = process.memoryUsage().rss;
    expect(await faultOf(archive)).toBe('damaged');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('whatever comes, it is a table or a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string({ unit: 'binary', maxLength: 200 }).map((s) => Buffer.from(s)),
          fc.uint8Array({ maxLength: 100 }).map((tail) => Buffer.concat([Buffer.from('PK\u0003\u0004'), tail])),
        ),
        async (bytes) => {
          expect(await faultOf(Buffer.from(bytes))).toMatch(/^(\{|type$|damaged$|empty$|rows$|header$)/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('writing', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('=1+1', '+33', '-2', '@sum', '\tx', '\rx', '＝1', 'a;b', '"q"', 'a\nb'),
  );

  test('what is written as CSV reads back, apart from the mark that takes a formula’s force', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ one: cell, two: cell }), { minLength: 1, maxLength: 8 }), async (rows) => {
        const { content } = await writeSheet('csv', { name: 'x', rows, label: (key) => key });
        const cells = content.toString().replace(/^\uFEFF/, '');
        expect(cells).not.toMatch(/(^|[,\n])"?[=+@\t]/);
        const blank = rows.filter((row) => Object.values(row).some((value) => String(value).trim() !== ''));
        if (blank.length === 0) return;
        const read = (await readSheet(content)).rows.map((row) => row.cells);
        const plain = (value: unknown) => String(value).replace(/\r\n?/g, '\n').trim();
        expect(
          read.map((row) => ({
            one: plain(row['one'])
              .replace(/^'(?=[=+\-@\t\r＝＋－＠\n])/, '')
              .trim(),
            two: plain(row['two'])
              .replace(/^'(?=[=+\-@\t\r＝＋－＠\n])/, '')
              .trim(),
          })),
        ).toEqual(blank.map(({ one, two }) => ({ one: plain(one), two: plain(two) })));
      }),
      { numRuns: 200 },
    );
  });

  test('an empty result is a file all the same', async () => {
    for (const kind of ['csv', 'xlsx'] as const)
      expect((await writeSheet(kind, { name: 'x', rows: [], label: String })).content.length).toBeGreaterThan(0);
  });
});

/** An archive of one entry of so many zeros, whose directory claims another size. */
function bomb(bytes: number, claimed: number): Buffer {
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const packed = deflateRawSync(Buffer.alloc(bytes), { level: 9 });
  const sizes = (at: number, header: Buffer) => {
    header.writeUInt16LE(8, at - 10);
    header.writeUInt32LE(packed.length, at);
    header.writeUInt32LE(claimed, at + 4);
    header.writeUInt16LE(name.length, at + 8);
  };
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  sizes(18, local);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  sizes(20, entry);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, entry, name, end]);
}
