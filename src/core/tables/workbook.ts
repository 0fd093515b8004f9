/**
 * Workbooks (XLSX): the rows of one sheet as the person sees them. A date is a date, a number keeps the leading zeros that
 * its format gives it, a formula is its last result and an error its name.
 */
import type { CellObject, WorkBook } from '@e965/xlsx';
import { unpackedBytes } from './archive.js';
import { columnsAtMost, rowsAtMost, SheetFault, type Line } from './sheet-fault.js';

/** Ten thousand rows of thirty columns unpack to less. */
const unpackedAtMost = 50 * 1024 * 1024;

type Xlsx = typeof import('@e965/xlsx');

/**
 * The rows of the sheet of this name, or of the first that is shown; those without a cell are left out.
 * @throws {SheetFault}
 */
export async function readWorkbook(content: Buffer, sheet?: string): Promise<Line[]> {
  const unpacked = unpackedBytes(content);
  if (unpacked === undefined) throw new SheetFault('damaged');
  if (unpacked > unpackedAtMost) throw new SheetFault('unpacked', { atMost: unpackedAtMost / 1024 / 1024 });
  const xlsx = await import('@e965/xlsx');
  try {
    // the names first: only one sheet is then unpacked and read
    const name = nameOf(xlsx.read(content, { type: 'buffer', bookSheets: true, bookProps: true }), content, {
      xlsx,
      sheet,
    });
    const options = {
      type: 'buffer',
      sheets: name,
      dense: true,
      cellNF: true,
      cellText: true,
      cellHTML: false,
    } as const;
    // all its rows: of those beyond a limit it would not say that there are any
    return linesOf(xlsx.read(content, options), { name, xlsx });
  } catch (error) {
    throw error instanceof SheetFault ? error : new SheetFault('damaged');
  }
}

/** @throws {SheetFault} when there is no such sheet */
function nameOf(book: WorkBook, content: Buffer, { xlsx, sheet }: { xlsx: Xlsx; sheet: string | undefined }): string {
  const names = book.SheetNames;
  if (sheet === undefined) {
    const { Workbook } = xlsx.read(content, { type: 'buffer', sheets: [] });
    const shown = names.find((_, at) => !Workbook?.Sheets?.[at]?.Hidden);
    const first = shown ?? names[0];
    if (first === undefined) throw new SheetFault('damaged');
    return first;
  }
  const found = names.find((name) => name === sheet) ?? names.find((name) => alike(name) === alike(sheet));
  if (found === undefined) throw new SheetFault('sheet', { sheet, sheets: names.join(', ') });
  return found;
}

const alike = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

function linesOf(book: WorkBook, { name, xlsx }: { name: string; xlsx: Xlsx }): Line[] {
  const rows = (book.Sheets[name]?.['!data'] ?? []) as readonly (readonly (CellObject | undefined)[] | undefined)[];
  const from1904 = book.Workbook?.WBProps?.date1904 === true;
  const lines: Line[] = [];
  for (const [at, row = []] of rows.entries()) {
    const cells: string[] = [];
    // a row is as wide as its last cell, with nothing in between where no cell is
    for (const column of Object.keys(row).map(Number)) {
      const cell = row[column];
      const text = cell ? shown(cell, { from1904, xlsx }) : '';
      if (text.trim() === '') continue;
      if (column >= columnsAtMost) throw new SheetFault('wide');
      while (cells.length < column) cells.push('');
      cells[column] = text;
    }
    if (cells.length > 0) lines.push({ line: at + 1, cells });
    if (lines.length > rowsAtMost + 1) throw new SheetFault('rows');
  }
  return lines;
}

/** What the library knows of formats, and its types do not. */
interface Formats {
  is_date(format: string): boolean;
  parse_date_code(serial: number, options: { date1904: boolean }): Readonly<Record<Part, number>> | null;
}
type Part = 'y' | 'm' | 'd' | 'H' | 'M' | 'S';
const formatsOf = ({ SSF }: Xlsx): Formats => SSF as Formats;

/** Zeros alone, perhaps with words around them: what the cell shows is then more than its number. */
const padded = /^(?:"[^"]*")?0{2,20}(?:"[^"]*")?$/;

function shown(cell: CellObject, { from1904, xlsx }: { from1904: boolean; xlsx: Xlsx }): string {
  const { t: type, v: value, w: text = '', z: format } = cell;
  if (type === 'b') return value === true ? 'true' : 'false';
  if (type === 'e') return text;
  if (type !== 'n' || typeof value !== 'number') return value === undefined ? '' : String(value);
  if (format !== undefined && formatsOf(xlsx).is_date(String(format))) return dateOf(value, { from1904, xlsx });
  if (typeof format === 'string' && padded.test(format) && Number.isInteger(value)) return text;
  // a spreadsheet counts fifteen digits: 0.1 + 0.2 is 0.3 to whoever sees it
  return String(Number(value.toPrecision(15)));
}

/** A day's number as the day, less than one as the time of day. */
function dateOf(serial: number, { from1904, xlsx }: { from1904: boolean; xlsx: Xlsx }): string {
  const at = formatsOf(xlsx).parse_date_code(serial, { date1904: from1904 });
  if (!at) return String(serial);
  const two = (part: number): string => String(part).padStart(2, '0');
  if (serial < 1 && !from1904) return [at.H, at.M, Math.round(at.S)].map(two).join(':');
  return `${String(at.y).padStart(4, '0')}-${two(at.m)}-${two(at.d)}`;
}
