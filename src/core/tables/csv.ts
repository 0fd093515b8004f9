/** Text tables (RFC 4180 and what spreadsheets make of it): encoding, separator and quotes are told from the bytes. */
import { isUtf8 } from 'node:buffer';
import { columnsAtMost, rowsAtMost, SheetFault, type Line } from './sheet-fault.js';
import { asWritten } from './sheet-writing.js';

const separators = [';', ',', '\t', '|'];
/** Rows left blank count as lines, not as rows. */
const linesAtMost = 2 * rowsAtMost + 2;
const lineBytesAtMost = 128 * 1024;

/** UTF-8 and UTF-16 with or without a mark, else Windows-1252 as Excel writes it. @throws {SheetFault} `type` */
export function decodeText(content: Buffer): string {
  const encoding = encodingOf(content);
  return encoding === 'windows-1252' ? windows1252(content) : new TextDecoder(encoding).decode(content);
}

/** @throws {SheetFault} `type` */
export function encodingOf(content: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' {
  const wide = utf16Of(content);
  if (wide) return wide;
  if (content.includes(0)) throw new SheetFault('type');
  return isUtf8(content) ? 'utf-8' : 'windows-1252';
}

/** What Windows-1252 has in place of 32 control characters; five of them it has not. */
const printed = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ';

/** By hand: Node 20's own decoder of this name reads those 32 as Latin-1 (nodejs/node#56542). */
export const windows1252 = (content: Buffer): string =>
  content.toString('latin1').replace(/[\x80-\x9F]/g, (sign) => printed[sign.charCodeAt(0) - 0x80] ?? sign);

/** By its mark; without one, by the zeros that every second byte of such a text is in the languages of Europe. */
function utf16Of(content: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le';
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be';
  const head = content.subarray(0, 1024);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (content.length % 2 !== 0 || Math.max(even, odd) < head.length / 4) return undefined;
  if (even === 0) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : undefined;
}

/** @throws {SheetFault} `damaged` with its line, `rows`, `wide` */
export async function readCsv(text: string): Promise<Line[]> {
  const { parse, CsvError } = await import('csv-parse/sync');
  const { told, above, options } = dialectOf(text);
  try {
    const records: string[][] = parse(text.slice(told.length), { ...options, to: linesAtMost });
    if (records.length >= linesAtMost) throw new SheetFault('rows');
    if (records.some((cells) => cells.length > columnsAtMost)) throw new SheetFault('wide');
    return records.map((cells, index) => ({ line: index + 1 + above, cells: cells.map(asWritten) }));
  } catch (error) {
    if (error instanceof SheetFault) throw error;
    throw damaged(error instanceof CsvError ? error['lines'] : undefined, above);
  }
}

/** @param lines as the parser counts them */
export function damaged(lines: unknown, above: number): SheetFault {
  const line = Number(lines ?? Number.NaN);
  return new SheetFault('damaged', Number.isInteger(line) ? { line: line + above } : {});
}

/** How a text table is written, told from how it begins. */
export function dialectOf(text: string) {
  // Excel's own way of telling the separator
  const [told = '', separator] = /^sep=(.)\r?\n/i.exec(text) ?? [];
  const table = text.slice(told.length);
  const quote = quoteOf(table);
  const delimiter = separator ?? separatorOf(table, quote);
  const options = {
    delimiter,
    quote,
    escape: quote,
    relax_column_count: true,
    relax_quotes: false,
    // a blank beside a quoted cell; where blanks separate cells there is none
    trim: delimiter !== '\t',
    max_record_size: lineBytesAtMost,
  };
  return { told, above: told === '' ? 0 : 1, options };
}

/** A straight apostrophe quotes only where a whole first cell stands between two of them. */
const quoteOf = (text: string): '"' | "'" => (/^\s*'[^'\n]*'\s*[;,\t|\r\n]/.test(text) ? "'" : '"');

/** The one that the first line has most of outside its quotes; of two, the one that French spreadsheets write. */
function separatorOf(text: string, quote: string): string {
  const counts = separators.map(() => 0);
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === quote) quoted = !quoted;
    if (quoted) continue;
    if (sign === '\n' || sign === '\r') break;
    const which = separators.indexOf(sign);
    if (which >= 0) counts[which] = (counts[which] ?? 0) + 1;
  }
  return separators[counts.indexOf(Math.max(...counts))] ?? ';';
}
