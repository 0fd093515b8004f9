/**
 * Results as CSV or XLSX, as a spreadsheet of the reader's country takes them: amounts are numbers that add up, dates are
 * dates, and a text is never a formula (invariant 8). The libraries are loaded at the first table, as for reading.
 */
import { DateTime } from 'luxon';
import type { Locale } from '../locales/locale.js';

/** What a cell is; money in cents, a day `2026-12-01`, a month `2026-12`. */
export type SheetCell =
  | string
  | number
  | null
  | { readonly cents: number }
  | { readonly day: string }
  | { readonly month: string }
  | { readonly instant: Date };

export interface SheetFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface SheetTable {
  /** Without its ending. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly SheetCell[])[];
}

interface SheetReader {
  readonly locale: Locale;
  readonly timeZone: string;
}

/** A table as a file for this reader: in French CSV has `;` and decimal commas, as spreadsheets there write and read it. */
export const writeSheet = (kind: 'csv' | 'xlsx', table: SheetTable, reader: SheetReader): Promise<SheetFile> =>
  kind === 'csv' ? writeCsv(table, reader) : writeXlsx(table, reader);

async function writeCsv({ name, header, rows }: SheetTable, reader: SheetReader): Promise<SheetFile> {
  const { stringify } = await import('csv-stringify/sync');
  const lines = [header.map(inert), ...rows.map((row) => row.map((cell) => csvCell(cell, reader)))];
  // the mark tells Excel that it is UTF-8
  const form = { bom: true, record_delimiter: '\r\n', delimiter: reader.locale === 'fr' ? ';' : ',' };
  const text = stringify(lines, form);
  return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', content: Buffer.from(text) };
}

/** What a spreadsheet takes for a formula begins so; a quote before one is the mark that it was neutralised. */
const formula = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const inert = (text: string): string => (formula.test(text) ? `'${text}` : text);

/** What `inert` made of a text is that text again. */
export const asWritten = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell);

function csvCell(cell: SheetCell, { locale, timeZone }: SheetReader): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return inert(cell);
  if (typeof cell === 'number') return decimal(String(cell), locale);
  if ('cents' in cell) return decimal((cell.cents / 100).toFixed(2), locale);
  if ('instant' in cell) return DateTime.fromJSDate(cell.instant, { zone: timeZone }).toFormat('dd/MM/yyyy HH:mm');
  const [year = '', month = '', day] = ('day' in cell ? cell.day : cell.month).split('-');
  return [...(day === undefined ? [] : [day]), month, year].join('/');
}

const decimal = (number: string, locale: Locale): string => (locale === 'fr' ? number.replace('.', ',') : number);

async function writeXlsx({ name, header, rows }: SheetTable, reader: SheetReader): Promise<SheetFile> {
  const { default: write } = await import('write-excel-file/node');
  const data = [
    header.map((value) => ({ value, fontWeight: 'bold' as const, type: String })),
    ...rows.map((row) => row.map((cell) => xlsxCell(cell, reader))),
  ];
  // as wide as a moment: a date that does not fit is shown as #####
  const columns = header.map(() => ({ width: 17 }));
  const content = await write(data as never, { columns } as never).toBuffer();
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  return { name: `${name}.xlsx`, type, content: Buffer.from(content) };
}

/** A typed text cell is never evaluated, whatever it begins with. A workbook has no time zone: a moment is the reader's. */
function xlsxCell(cell: SheetCell, { timeZone }: SheetReader) {
  if (cell === null) return null;
  if (typeof cell === 'string') return { value: ownText(cell), type: String };
  if (typeof cell === 'number') return { value: cell, type: Number };
  if ('cents' in cell) return { value: cell.cents / 100, type: Number, format: '#,##0.00' };
  if ('day' in cell) return { value: new Date(cell.day), type: Date, format: 'dd/mm/yyyy' };
  if ('month' in cell) return { value: new Date(`${cell.month}-01`), type: Date, format: 'mm/yyyy' };
  const there = DateTime.fromJSDate(cell.instant, { zone: timeZone }).setZone('utc', { keepLocalTime: true });
  return { value: there.toJSDate(), type: Date, format: 'dd/mm/yyyy hh:mm' };
}

// the library keeps the texts it has seen in an object: `constructor` would be written as what every object has of that name
const ownText = (text: string): string => (text in {} ? `${text} ` : text);
