/**
 * Tables in and out: CSV, XLSX and JSON files read into rows of text, and results written as CSV or XLSX. A cell is data
 * both ways: what looks like a formula is text when it comes in and neutralised when it goes out. The libraries are
 * loaded at the first table: most commands never see one, and they would double the terminal's start.
 */
import { decodeText, readCsv } from './csv.js';
import { columnsAtMost, rowsAtMost, SheetFault, type Line } from './sheet-fault.js';
import { readWorkbook } from './workbook.js';

export { rowsAtMost, SheetFault } from './sheet-fault.js';

export type SheetCell = string | number | boolean | null | undefined;

export interface SheetFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

export type SheetRow = Line;

export interface Sheet {
  /** The columns' names as typed; blank where a column has none. */
  readonly header: readonly string[];
  /** Those that have a cell; a row's cells may be fewer or more than the columns. All trimmed. */
  readonly rows: readonly SheetRow[];
}

/**
 * Reads a table; the first line names the columns. What it is, its bytes say, not its name.
 * @param named.sheet of a workbook, else its first
 * @throws {SheetFault}
 */
export async function readSheet(content: Buffer, { sheet }: { sheet?: string | undefined } = {}): Promise<Sheet> {
  const [head, ...body] = await linesOf(content, sheet);
  const header = (head?.cells ?? []).map((cell) => cell.trim());
  const rows = body
    .map(({ line, cells }) => ({ line, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (rows.length > rowsAtMost) throw new SheetFault('rows');
  if (rows.length === 0) throw new SheetFault('empty');
  if (header.every((name) => name === '')) throw new SheetFault('header');
  return { header, rows };
}

async function linesOf(content: Buffer, sheet: string | undefined): Promise<readonly Line[]> {
  if (content.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return readWorkbook(content, sheet);
  const text = decodeText(content).replace(/^\uFEFF/, '');
  // a web page or an old workbook saved as XML, whatever its name says
  if (/^\s*</.test(text)) throw new SheetFault('type');
  if (sheet !== undefined) throw new SheetFault('sheet', { sheet, sheets: '' });
  return /^\s*[[{]/.test(text) ? readJson(text) : readCsv(text);
}

function readJson(text: string): Line[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SheetFault('damaged');
  }
  if (!Array.isArray(value)) throw new SheetFault('damaged');
  if (value.length > rowsAtMost) throw new SheetFault('rows');
  const names = new Set<string>();
  for (const row of value) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new SheetFault('damaged');
    for (const name of Object.keys(row as object)) names.add(name);
    if (names.size > columnsAtMost) throw new SheetFault('wide');
  }
  const columns = [...names];
  const rows = (value as Readonly<Record<string, unknown>>[]).map((row) => columns.map((name) => plain(row[name])));
  return [columns, ...rows].map((cells, index) => ({ line: index + 1, cells }));
}

const plain = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

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
  typeof cell === 'number' ? { value: cell, type: Number } : { value: ownText(cellText(cell)), type: String };

// the library keeps the texts it has seen in an object: `constructor` would be written as what every object has of that name
const ownText = (text: string): string => (text in {} ? `${text} ` : text);
