/**
 * Tables that come in: CSV, XLSX and JSON files read into rows of text (sheet-writing.ts writes them). What looks like a
 * formula is text. The libraries are loaded at the first table: most commands never see one, and they would double the
 * terminal's start.
 */
import { decodeText, readCsv } from './csv.js';
import { isEncryptedOffice } from '../documents/encrypted.js';
import { columnsAtMost, rowsAtMost, SheetFault, type Line } from './sheet-fault.js';
import { readWorkbook } from './workbook.js';

export { rowsAtMost, SheetFault } from './sheet-fault.js';

export { writeSheet, type SheetCell, type SheetFile } from './sheet-writing.js';

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
  if (isEncryptedOffice(content)) throw new SheetFault('protected');
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
