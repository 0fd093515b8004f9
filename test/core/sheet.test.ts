/** Tables in and out: whatever a spreadsheet saves, and whatever somebody hostile sends. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compound } from './files.js';
import { readSheet as read, SheetFault } from '../../src/core/tables/sheet.js';
import { fileOf, named, textRows, workbook, workbookParts, zip, type TestSheet } from './sheets.js';

const readSheet = async (...asked: Parameters<typeof read>) => named(await read(...asked));

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
    ['UTF-16 without a mark', utf16(text, 'le').subarray(2)],
    ['UTF-16 big endian without a mark', utf16(text, 'be').subarray(2)],
    ['UTF-16 little endian', utf16(text, 'le')],
    ['UTF-16 big endian', utf16(text, 'be')],
    ['commas', Buffer.from(text.replaceAll(';', '\u0001').replaceAll('a\u0001b', 'a;b').replaceAll('\u0001', ','))],
    ['tabs', Buffer.from(text.replaceAll(';', '\t').replace('a\tb', 'a;b'))],
    ['line feeds alone', Buffer.from(text.replaceAll('\r\n', '\n'))],
    ['bars', Buffer.from(text.replaceAll(';', '|').replace('a|b', 'a;b'))],
  ])('%s', async (_, content) => {
    expect(await readSheet(content)).toEqual(expected);
  });

  test('what Windows-1252 has beyond Latin-1', async () => {
    const bytes = Buffer.from('prix;\u0080 5 \u0096 l\u0092\u009Cil\nx;y\n', 'latin1');
    expect((await readSheet(bytes)).header).toEqual(['prix', '€ 5 – l’œil']);
  });

  test.each([
    ['sep=;\r\na;b\r\n1,5;2\r\n', { line: 3, cells: { a: '1,5', b: '2' } }],
    ["'a, b','c'\n'1','it''s'\n", { line: 2, cells: { 'a, b': '1', c: "it's" } }],
    ['"Nom, prénom";c\n1;2\n', { line: 2, cells: { 'Nom, prénom': '1', c: '2' } }],
    ['a; "b"\n1; "x;y" \n', { line: 2, cells: { a: '1', b: 'x;y' } }],
    ['a\tb\n\t2\n', { line: 2, cells: { a: '', b: '2' } }],
    ['a;b\n"two\nlines";2\n', { line: 2, cells: { a: 'two\nlines', b: '2' } }],
    ['a;b\n=1+1;@x\n', { line: 2, cells: { a: '=1+1', b: '@x' } }],
    ['number\n007\n', { line: 2, cells: { number: '007' } }],
  ])('separators and quotes are told from the text: %j', async (csv, row) => {
    expect((await readSheet(Buffer.from(csv))).rows).toEqual([row]);
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
      { name: 'Zoé', count: 12, due: { cents: 150_000 }, on: { day: '2026-12-01' }, none: null },
      {
        name: '=1+1',
        count: -0.5,
        due: { cents: -1_500 },
        on: { instant: new Date('2026-12-01T23:30:00Z') },
        none: null,
      },
    ];
    const { header, rows: read } = await readSheet(await fileOf('xlsx', rows));
    expect(header).toEqual(['name', 'count', 'due', 'on', 'none']);
    expect(read.map(({ line, cells }) => [line, cells['name'], cells['count'], cells['due'], cells['on']])).toEqual([
      [2, 'Zoé', '12', '1500', '2026-12-01'],
      // half past midnight in Paris
      [3, '=1+1', '-0.5', '-15', '2026-12-02'],
    ]);
  });

  test('short and long rows, and columns without a heading', async () => {
    const { rows } = await read(Buffer.from('a,b\n1\n1,2,3\n,\n'));
    expect(rows.map(({ cells }) => cells)).toEqual([['1'], ['1', '2', '3']]);
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
    ['a workbook with a password', compound('EncryptedPackage'), 'protected'],
    ['the beginning of an archive', Buffer.from('PK\u0003\u0004and no more'), 'damaged'],
    ['more than 10,000 rows', `a\n${'1\n'.repeat(10_001)}`, 'rows'],
    ['many more', `a\n${'1\n'.repeat(1_000_000)}`, 'rows'],
    ['more than 10,000 objects', JSON.stringify(Array.from({ length: 10_001 }, () => ({ a: 1 }))), 'rows'],
    ['300 columns', `${','.repeat(299)}a\n1\n`, 'wide'],
    ['300 keys', JSON.stringify(Array.from({ length: 300 }, (_, at) => ({ [`k${at}`]: at }))), 'wide'],
    ['a web page', '<html><table><tr><td>a</td></tr></table>', 'type'],
    ['one endless line', 'x'.repeat(200_000), 'damaged'],
  ])('%s is refused', async (_, content, why) => {
    expect(await faultOf(Buffer.from(content as string))).toBe(why);
  });

  test('10,000 rows are read', async () => {
    expect((await readSheet(Buffer.from(`a\n${'1\n'.repeat(10_000)}`))).rows).toHaveLength(10_000);
  });

  test('a blank line is no row, and lines are counted as the person counts them', async () => {
    expect((await readSheet(Buffer.from(`a\n${'\n'.repeat(5_000)}1\n`))).rows).toEqual([
      { line: 5_002, cells: { a: '1' } },
    ]);
  });

  test('a fault of quotes says in which line it is', async () => {
    await expect(read(Buffer.from('a,b\n1,2\n1"1,2\n'))).rejects.toMatchObject({ why: 'damaged', params: { line: 3 } });
  });

  test.each([
    ['says so', undefined],
    ['lies about it', 1_000],
  ])('an archive that unpacks to far more than a table, and %s, is refused in bounded memory', async (_, claimed) => {
    const parts = workbookParts([{ name: 'A', rows: textRows([['a'], ['1']]) }]);
    const bomb = Buffer.alloc(200 * 1024 * 1024, ' ');
    const archive = zip({ ...parts, 'xl/sharedStrings.xml': bomb }, { packed: true, ...(claimed ? { claimed } : {}) });
    const before = process.memoryUsage().rss;
    // what was promised is all that is unpacked, and may do
    expect(await faultOf(archive)).toMatch(claimed ? /^(damaged|\{.*)$/ : /^unpacked$/);
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
          expect(await faultOf(Buffer.from(bytes))).toMatch(/^(\{|type$|damaged$|empty$|rows$|header$|wide$)/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('workbooks', () => {
  const one = (rows: string, more: Parameters<typeof workbook>[1] = {}) => workbook([{ name: 'Feuil1', rows }], more);
  const cell = (reference: string, value: string, more = '') => `<c r="${reference}"${more}><v>${value}</v></c>`;
  const heads = (count: number) =>
    `<row r="1">${Array.from({ length: count }, (_, at) => `<c t="inlineStr"><is><t>h${at}</t></is></c>`).join('')}</row>`;
  const cellsOf = async (content: Buffer, sheet?: string) => (await read(content, { sheet })).rows[0]?.cells;

  test('texts: shared, inline, of a formula; runs are joined, pronunciations left out, escapes undone', async () => {
    const strings =
      '<si><t>plain &amp; &#233;</t></si><si><r><t>two </t></r><r><rPr/><t xml:space="preserve">runs</t></r></si>' +
      '<si><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></si><si><t>a_x000D_b</t></si><si/>';
    const row = `<row r="2">${[0, 1, 2, 3, 4].map((at) => cell(`${'ABCDE'[at]}2`, String(at), ' t="s"')).join('')}<c r="F2" t="str"><f>A1&amp;B1</f><v>made</v></c><x:c xmlns:x="y" r="G2" t="inlineStr"><x:is><x:t><![CDATA[<&>]]></x:t></x:is></x:c></row>`;
    expect(await cellsOf(one(heads(7) + row, { strings }))).toEqual([
      ...['plain & é', 'two runs', '東京', 'a\rb', '', 'made', '<&>'],
    ]);
  });

  test('numbers: what they show, not how they are kept', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="&quot;F-&quot;0000"/>' +
      '<numFmt numFmtId="166" formatCode="dd\\/mm\\/yyyy"/><numFmt numFmtId="167" formatCode="#,##0.00\\ &quot;jours&quot;"/>' +
      '<numFmt numFmtId="168" formatCode="[$-40C]d\\ mmmm\\ yyyy;@"/></numFmts>' +
      `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${[0, 164, 165, 166, 14, 167, 168].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
    const cells = [
      ['12', 0],
      ['0.30000000000000004', 0],
      ['1.5E+2', 0],
      ['7', 1],
      ['12', 2],
      ['46348', 3],
      ['46348.999', 4],
      ['1234.5', 5],
      ['46348', 6],
      ['61', 4],
      ['59', 4],
      ['0.5', 4],
      ['123456789012345', 0],
    ] as const;
    const row = cells.map(([value, style], at) => cell(`${'ABCDEFGHIJKLM'[at]}2`, value, ` s="${style}"`)).join('');
    expect(await cellsOf(one(`${heads(13)}<row r="2">${row}</row>`, { styles }))).toEqual([
      ...['12', '0.3', '150', '00007', 'F-0012', '2026-11-22', '2026-11-22', '1234.5', '2026-11-22'],
      ...['1900-03-01', '1900-02-28', '12:00:00', '123456789012345'],
    ]);
  });

  test('days that count from 1904', async () => {
    const content = one(`${heads(1)}<row r="2">${cell('A2', '44886', ' s="0"')}</row>`, {
      styles: '<cellXfs><xf numFmtId="14"/></cellXfs>',
      properties: '<workbookPr date1904="1"/>',
    });
    expect(await cellsOf(content)).toEqual(['2026-11-22']);
  });

  test('yes, no and errors are cells like others', async () => {
    const row = `<row r="2">${cell('A2', '1', ' t="b"')}${cell('B2', '0', ' t="b"')}${cell('C2', '#N/A', ' t="e"')}</row>`;
    expect(await cellsOf(one(heads(3) + row))).toEqual(['true', 'false', '#N/A']);
  });

  test('gaps stay gaps, in rows and columns, and the far end of a sheet costs nothing', async () => {
    const content = one(
      `${heads(3)}<row r="4"><c r="A4"/><c r="C4" t="inlineStr"><is><t>x</t></is></c></row><row r="9"/><row r="1048576"><c r="XFD1048576" s="1"/><c r="A1048576"><v>2</v></c></row>`,
    );
    expect((await read(content)).rows).toEqual([
      { line: 4, cells: ['', '', 'x'] },
      { line: 1_048_576, cells: ['2'] },
    ]);
    expect(await faultOf(one(`${heads(1)}<row r="2"><c r="XFD2"><v>1</v></c></row>`))).toBe('wide');
  });

  test('rows and cells need not say where they are', async () => {
    const row = '<row><c><v>1</v></c><c t="inlineStr"><is><t>b</t></is></c></row>';
    expect((await read(one(heads(2) + row + row))).rows).toEqual([
      { line: 2, cells: ['1', 'b'] },
      { line: 3, cells: ['1', 'b'] },
    ]);
  });

  describe('sheets', () => {
    const sheet = (name: string, more: Partial<TestSheet> = {}): TestSheet => ({
      name,
      rows: textRows([['from'], [name]]),
      ...more,
    });
    const content = workbook([sheet('Caché', { state: 'hidden' }), sheet('Clients'), sheet('Mai (2)'), sheet('Mai')]);

    test.each([
      [undefined, 'Clients'],
      ['Mai', 'Mai'],
      ['mai (2)', 'Mai (2)'],
      ['CACHÉ', 'Caché'],
    ])('asked for %j, the sheet %s is read', async (asked, found) => {
      expect(await cellsOf(content, asked)).toEqual([found]);
    });

    test('one that is not there is refused, with those that are; text files have none', async () => {
      await expect(read(content, { sheet: 'Juin' })).rejects.toMatchObject({
        why: 'sheet',
        params: { sheet: 'Juin', sheets: 'Caché, Clients, Mai (2), Mai' },
      });
      await expect(read(Buffer.from('a\n1\n'), { sheet: 'Juin' })).rejects.toMatchObject({ why: 'sheet' });
    });
  });

  test('a part that is not there, or no workbook at all, is damage', async () => {
    const { 'xl/workbook.xml': _, ...parts } = workbookParts([{ name: 'A', rows: textRows([['a'], ['1']]) }]);
    expect(await faultOf(zip(parts))).toBe('damaged');
    expect(await faultOf(zip({ 'word/document.xml': '<document/>' }))).toBe('damaged');
  });

  test('damaged XML ends, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            '<row r="2">',
            '<c r="A2" t="s">',
            '<v>',
            '1',
            '</v>',
            '</c>',
            '</row>',
            '<',
            '>',
            '"',
            '<!--',
            '&',
            '<c',
            ' r="',
            '<![CDATA[',
            '/>',
            'é',
          ),
          { maxLength: 40 },
        ),
        async (pieces) => {
          expect(await faultOf(one(heads(1) + pieces.join('')))).toMatch(/^(\{|damaged$|empty$|wide$)/);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('what is written as a workbook reads back', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => !/[\uFFFE\uFFFF\p{Cc}\p{Cs}]/u.test(s));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ one: text, two: fc.oneof(fc.integer(), text) }), { minLength: 1, maxLength: 6 }),
        async (rows) => {
          const blank = rows.filter((row) => Object.values(row).some((value) => String(value).trim() !== ''));
          if (blank.length === 0) return;
          const back = (await readSheet(await fileOf('xlsx', rows))).rows.map(({ cells }) => cells);
          expect(back).toEqual(blank.map(({ one, two }) => ({ one: one.trim(), two: String(two).trim() })));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('writing', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.integer(),
    fc.constantFrom('=1+1', "'=1+1", "''@x", "'x'", '+33', '-2', '@sum', '\tx', '\rx', '＝1', 'a;b', '"q"', 'a\nb'),
  );

  test('what is written as CSV is no formula, and reads back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ one: cell, two: cell }), { minLength: 1, maxLength: 8 }), async (rows) => {
        const content = await fileOf('csv', rows);
        const cells = content.toString().replace(/^\uFEFF/, '');
        expect(cells).not.toMatch(/(^|[;\n])"?[=+@\t]/);
        const blank = rows.filter((row) => Object.values(row).some((value) => String(value).trim() !== ''));
        if (blank.length === 0) return;
        const read = (await readSheet(content)).rows.map((row) => row.cells);
        const plain = (value: unknown) => String(value).replace(/\r\n?/g, '\n').trim();
        expect(
          read.map((row) => ({
            one: plain(row['one']),
            two: plain(row['two']),
          })),
        ).toEqual(blank.map(({ one, two }) => ({ one: plain(one), two: plain(two) })));
      }),
      { numRuns: 200 },
    );
  });

  test('an empty result is a file all the same', async () => {
    for (const kind of ['csv', 'xlsx'] as const) expect((await fileOf(kind, [])).length).toBeGreaterThan(0);
  });
});
