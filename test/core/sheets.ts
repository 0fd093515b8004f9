/** Tables for tests: rows by heading, and workbooks as spreadsheets write them, made by hand. */
import { deflateRawSync } from 'node:zlib';
import type { Locale } from '../../src/core/locales/locale.js';
import { writeSheet, type Sheet, type SheetCell } from '../../src/core/tables/sheet.js';

/** A table's rows by their headings. */
export const named = ({ header, rows }: Sheet) => ({
  header,
  rows: rows.map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(header.map((heading, at) => [heading, cells[at] ?? ''])),
  })),
});

/** Rows as a file, their keys as its header. */
export async function fileOf(
  kind: 'csv' | 'xlsx',
  rows: readonly Readonly<Record<string, SheetCell>>[],
  locale: Locale = 'fr',
): Promise<Buffer> {
  const header = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => header.map((key) => row[key] ?? null));
  return (await writeSheet(kind, { name: 'x', header, rows: cells }, { locale, timeZone: 'Europe/Paris' })).content;
}

export interface ZipOptions {
  /** What the directory says of each entry's size, when it lies. */
  readonly claimed?: number;
  /** Packed, not just stored. */
  readonly packed?: boolean;
}

/** An archive of these entries. */
export function zip(entries: Readonly<Record<string, string | Buffer>>, { claimed, packed }: ZipOptions = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, value] of Object.entries(entries)) {
    const content = Buffer.from(value);
    const stored = packed ? deflateRawSync(content, { level: 9 }) : content;
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(packed ? 8 : 0, 4);
    head.writeUInt32LE(stored.length, 14);
    head.writeUInt32LE(claimed ?? content.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), head, Buffer.from(name), stored]);
    const entry = Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), head, Buffer.alloc(14)]);
    entry.writeUInt32LE(offset, 42);
    locals.push(local);
    directory.push(entry, Buffer.from(name));
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, listed, end]);
}

export interface TestSheet {
  readonly name: string;
  /** What stands in `sheetData`. */
  readonly rows: string;
  readonly state?: string;
}

const rels = (parts: readonly string[]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${parts.join('')}</Relationships>`;
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const types = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook's parts; `strings` and `styles` are XML. */
export function workbookParts(
  sheets: readonly TestSheet[],
  more: { strings?: string; styles?: string; properties?: string } = {},
): Record<string, string> {
  const parts: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${[
      ['/xl/workbook.xml', 'sheet.main'],
      ...sheets.map((_, at) => [`/xl/worksheets/sheet${at + 1}.xml`, 'worksheet']),
      ...(more.strings ? [['/xl/sharedStrings.xml', 'sharedStrings']] : []),
      ...(more.styles ? [['/xl/styles.xml', 'styles']] : []),
    ]
      .map(
        ([part, type]) =>
          `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`,
      )
      .join('')}</Types>`,
    '_rels/.rels': rels([`<Relationship Id="rId1" Type="${types}/officeDocument" Target="xl/workbook.xml"/>`]),
    'xl/workbook.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="${main}" xmlns:r="${types}">${more.properties ?? ''}<sheets>${sheets
      .map(
        ({ name, state }, at) =>
          `<sheet name="${name}" sheetId="${at + 1}"${state ? ` state="${state}"` : ''} r:id="rId${at + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': rels([
      ...sheets.map(
        (_, at) => `<Relationship Id="rId${at + 1}" Type="${types}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
      ),
      `<Relationship Id="s" Type="${types}/sharedStrings" Target="/xl/sharedStrings.xml"/>`,
      `<Relationship Id="t" Type="${types}/styles" Target="styles.xml"/>`,
    ]),
  };
  for (const [at, { rows }] of sheets.entries())
    parts[`xl/worksheets/sheet${at + 1}.xml`] = `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`;
  if (more.strings) parts['xl/sharedStrings.xml'] = `<sst xmlns="${main}">${more.strings}</sst>`;
  if (more.styles) parts['xl/styles.xml'] = `<styleSheet xmlns="${main}">${more.styles}</styleSheet>`;
  return parts;
}

export const workbook = (...parts: Parameters<typeof workbookParts>): Buffer => zip(workbookParts(...parts));

/** Rows of inline texts, from the first line. */
export const textRows = (rows: readonly (readonly string[])[]): string =>
  rows
    .map(
      (cells, line) =>
        `<row r="${line + 1}">${cells
          .map(
            (text, at) => `<c r="${String.fromCharCode(65 + at)}${line + 1}" t="inlineStr"><is><t>${text}</t></is></c>`,
          )
          .join('')}</row>`,
    )
    .join('');

/** A table of declarations as a French spreadsheet saves it: so many clients, each with an order of its own. */
export const clientTable = (count: number, more: { product?: string; prefix?: string } = {}): string => {
  const { product = 'Service Pack Pro', prefix = 'client' } = more;
  const rows = Array.from(
    { length: count },
    (_, at) => `${product};${prefix}-${at}@maison.example;Lefèvre;Élodie;F-${prefix}-${at}`,
  );
  return `\uFEFF${['Licence;E-mail;Nom;Prénom;N° de facture', ...rows].join('\r\n')}\r\n`;
};
