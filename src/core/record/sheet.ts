/**
 * Tables in and out: CSV, XLSX and JSON files read into rows of text, and results written as CSV or XLSX. A cell is data
 * both ways: what looks like a formula is text when it comes in and neutralised when it goes out. The libraries are
 * loaded at the first table: most commands never see one, and they would double the terminal's start.
 */

import { unpackedBytes } from './archive.js';

export type SheetCell = string | number | boolean | null | undefined;

export interface SheetFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** Why a file could not be read as a table; told to the asker as `file.refused`. */
export class SheetFault extends Error {
  override name = 'SheetFault';
  readonly why: 'type' | 'damaged' | 'empty' | 'rows' | 'header';
  constructor(why: SheetFault['why']) {
    super(why);
    this.why = why;
  }
}

export interface SheetRow {
  /** As the person counts: the header is line 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

const rowsAtMost = 10_000;
/** Ten thousand rows of thirty columns unpack to less. */
const unpackedAtMost = 50 * 1024 * 1024;

/**
 * Reads a table; the first row names the columns. What it is, its bytes say, not its name.
 * @throws {SheetFault}
 */
export async function readSheet(content: Buffer): Promise<{ header: readonly string[]; rows: readonly SheetRow[] }> {
  const table = await readTable(content);
  const [header, ...body] = table;
  if (!header || body.length === 0) throw new SheetFault('empty');
  if (body.length > rowsAtMost) throw new SheetFault('rows');
  const names = header.map((cell) => cell.trim());
  if (names.every((name) => name === '')) throw new SheetFault('header');
  const rows = body
    .map((cells, index) => ({
      line: index + 2,
      cells: Object.fromEntries(names.map((name, column) => [name, (cells[column] ?? '').trim()])),
    }))
    .filter((row) => Object.values(row.cells).some((cell) => cell !== ''));
  return { header: names, rows };
}

async function readTable(content: Buffer): Promise<string[][]> {
  if (content.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return readWorkbook(content);
  if (content.includes(0) && !hasUtf16Mark(content)) throw new SheetFault('type');
  const text = decode(content).replace(/^\uFEFF/, '');
  return /^\s*[[{]/.test(text) ? readJson(text) : await readCsv(text);
}

async function readWorkbook(content: Buffer): Promise<string[][]> {
  if ((unpackedBytes(content) ?? Infinity) > unpackedAtMost) throw new SheetFault('damaged');
  // this one goes by the archive's directory; the one for Node unpacks whatever streams past, without end
  const { default: readXlsx } = await import('read-excel-file/universal');
  try {
    const sheets = (await readXlsx(new Uint8Array(content).buffer)) as unknown;
    // one sheet is rows; a whole workbook is sheets with data
    const first =
      Array.isArray(sheets) && sheets[0] && !Array.isArray(sheets[0])
        ? (sheets[0] as { data: unknown[][] }).data
        : (sheets as unknown[][]);
    return first.map((row) =>
      row.map((cell) =>
        cell === null || cell === undefined
          ? ''
          : cell instanceof Date
            ? cell.toISOString().slice(0, 10)
            : String(cell as string),
      ),
    );
  } catch {
    throw new SheetFault('damaged');
  }
}

function readJson(text: string): string[][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SheetFault('damaged');
  }
  if (
    !Array.isArray(value) ||
    !value.every(
      (row): row is Record<string, unknown> => typeof row === 'object' && row !== null && !Array.isArray(row),
    )
  )
    throw new SheetFault('damaged');
  const names = [...new Set(value.flatMap((row) => Object.keys(row)))];
  return [names, ...value.map((row) => names.map((name) => plain(row[name])))];
}

const plain = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

async function readCsv(text: string): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync');
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  // Excel in French writes semicolons; the separator is the one the header has most of
  const delimiter =
    [';', ',', '\t'].map((sign) => ({ sign, count: firstLine.split(sign).length })).sort((a, b) => b.count - a.count)[0]
      ?.sign ?? ';';
  try {
    const rows: string[][] = parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      relax_quotes: false,
    });
    return rows;
  } catch {
    throw new SheetFault('damaged');
  }
}

const hasUtf16Mark = (content: Buffer): boolean =>
  (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);

/** UTF-8 with or without mark, UTF-16 with a mark, else Windows-1252 as Excel writes it. */
function decode(content: Buffer): string {
  if (content[0] === 0xff && content[1] === 0xfe) return new TextDecoder('utf-16le').decode(content);
  if (content[0] === 0xfe && content[1] === 0xff) return new TextDecoder('utf-16be').decode(content);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('windows-1252').decode(content);
  }
}

/** A result as a file; `label` heads a column. */
export async function writeSheet(
  kind: 'csv' | 'xlsx',
  sheet: { name: string; rows: readonly Readonly<Record<string, SheetCell>>[]; label: (key: string) => string },
): Promise<SheetFile> {
  const keys = Object.keys(sheet.rows[0] ?? {});
  const header = keys.map((key) => sheet.label(key));
  if (kind === 'csv') {
    const { stringify } = await import('csv-stringify/sync');
    const rows = sheet.rows.map((row) => keys.map((key) => cellText(row[key])));
    // the mark tells Excel that it is UTF-8
    const text = stringify([header, ...rows], { escape_formulas: true, bom: true, record_delimiter: '\r\n' });
    return { name: `${sheet.name}.csv`, type: 'text/csv; charset=utf-8', content: Buffer.from(text) };
  }
  const data = [
    header.map((value) => ({ value, fontWeight: 'bold' as const, type: String })),
    ...sheet.rows.map((row) => keys.map((key) => typedCell(row[key]))),
  ];
  const { default: writeXlsx } = await import('write-excel-file/node');
  const content = await writeXlsx(data as never).toBuffer();
  return {
    name: `${sheet.name}.xlsx`,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    content: Buffer.from(content),
  };
}

const cellText = (cell: SheetCell): string => (cell === null || cell === undefined ? '' : String(cell));

// a typed text cell is never evaluated, whatever it begins with
const typedCell = (cell: SheetCell) =>
  typeof cell === 'number' ? { value: cell, type: Number } : { value: cellText(cell), type: String };
