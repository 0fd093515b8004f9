/**
 * A table too large to lie in memory as rows: a text is read through once, so that what cannot be read is refused before
 * anything of it is taken, then a part at a time. It is read here and not aside (threads/worker.ts): only those who may ask
 * the command get so far, a slice takes a few milliseconds, a record has a bounded length, and others get their turn
 * between two slices.
 */
import { readCsvParts } from '../tables/csv-parts.js';
import { decodeText } from '../tables/csv.js';
import { isEncryptedOffice } from '../documents/encrypted.js';
import { cleanName } from '../text/file-name.js';
import { inParts } from '../database/bulk-insert.js';
import { rowsInPartsAtMost, type Line } from '../tables/sheet-fault.js';
import { SheetFault } from '../tables/sheet.js';
import type { Use } from './define.js';
import { file as fileField } from './dictionary.js';
import {
  fileRefused,
  readableSheet,
  rowReader,
  rowsAtATime,
  unreadable,
  type Reader,
  type TableInput,
  type TableRow,
} from './table.js';

export interface LargeTable<Uses extends readonly Use[]> {
  /** Rows below the header that have a cell. */
  readonly total: number;
  /** Its rows in their order, `size` of them at a time. */
  parts(size: number): AsyncGenerator<readonly TableRow<Uses>[], void>;
}

/**
 * Opens a table of up to a million rows; as a workbook or JSON it has the bounds that every table has.
 * @throws {Refusal} `file.refused` when it is no such table, or its columns are not these
 */
export async function openTable<const Uses extends readonly Use[]>(
  reader: Reader,
  input: TableInput,
  uses: Uses,
): Promise<LargeTable<Uses>> {
  const { content } = input.file;
  if (!isText(content) || input.sheet !== undefined) return wholeTable(reader, input, uses);
  const reading = readings.get(content) ?? throughOnce(content);
  readings.set(content, reading);
  const { header, total } = await reading.catch((error: unknown) => {
    throw error instanceof SheetFault ? unreadable(reader, error) : error;
  });
  const read = rowReader(reader, header, uses);
  return {
    total,
    async *parts(size) {
      let part: TableRow<Uses>[] = [];
      for await (const row of rowsOf(content)) {
        part.push(read(row));
        if (part.length < size) continue;
        yield part;
        part = [];
      }
      if (part.length > 0) yield part;
    },
  };
}

/** Neither a workbook nor JSON, by its bytes. */
function isText(content: Buffer): boolean {
  if (content.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004')) || isEncryptedOffice(content)) return false;
  return !/^\s*[[{]/.test(decodeText(content.subarray(0, 1024)).replace(/^\uFEFF/, ''));
}

async function wholeTable<const Uses extends readonly Use[]>(
  reader: Reader,
  input: TableInput,
  uses: Uses,
): Promise<LargeTable<Uses>> {
  const { name, content } = input.file;
  const max = fileField.type.max ?? 0;
  if (content.length > max)
    throw fileRefused(reader, { why: 'document-large', name: cleanName(name), max: max / 1024 / 1024 });
  const { header, rows } = await readableSheet(reader, input);
  const read = rowReader(reader, header, uses);
  return {
    total: rows.length,
    async *parts(size) {
      for (let at = 0; at < rows.length; at += size) {
        const part: TableRow<Uses>[] = [];
        await inParts(rows.slice(at, at + size), rowsAtATime, (some) => {
          for (const row of some) part.push(read(row));
        });
        yield part;
      }
    },
  };
}

/** A confirmation goes through its file for the comparison with its preview, and again to do it. */
const readings = new WeakMap<Buffer, ReturnType<typeof throughOnce>>();

/** The header, and how many rows there are. @throws {SheetFault} */
async function throughOnce(content: Buffer): Promise<{ header: readonly string[]; total: number }> {
  let header: readonly string[] | undefined;
  let total = 0;
  for await (const lines of readCsvParts(content))
    for (const line of lines) {
      if (header) total += isBlank(line) ? 0 : 1;
      // a web page or an old workbook saved as XML, whatever its name says
      else if (line.cells[0]?.trimStart().startsWith('<')) throw new SheetFault('type');
      else header = line.cells.map((cell) => cell.trim());
      if (total > rowsInPartsAtMost) throw new SheetFault('million');
    }
  if (total === 0) throw new SheetFault('empty');
  if (!header || header.every((name) => name === '')) throw new SheetFault('header');
  return { header, total };
}

const isBlank = ({ cells }: Line): boolean => cells.every((cell) => cell.trim() === '');

async function* rowsOf(content: Buffer): AsyncGenerator<Line, void> {
  let header = true;
  for await (const lines of readCsvParts(content))
    for (const line of lines) {
      if (!header && !isBlank(line)) yield { line: line.line, cells: line.cells.map((cell) => cell.trim()) };
      header = false;
    }
}
