/**
 * What one line of a mail is to a form: a label and its value, an end, quoted text… Pure and linear: a line is looked at
 * once, a label is at most 100 characters long.
 */
import { fold } from '../../core/text/fold.js';

export type Line =
  | { readonly kind: 'empty' | 'quoted' | 'note' | 'end' | 'next' | 'stop' }
  | {
      readonly kind: 'labelled';
      readonly label: string;
      readonly value: string;
      readonly text: string;
      readonly indent: number;
    }
  | { readonly kind: 'text'; readonly text: string; readonly indent: number };

const stopWords = new Set(['quit', 'fin', 'stop']);
const longestLabel = 100;
const longestLink = 2 * 254 + 20;

/** Columns of white space before the text; a tab counts as two, as does one from an HTML table. */
export function indentOf(line: string): number {
  let columns = 0;
  for (const char of line) {
    if (char === '\t') columns += 2;
    else if (char === ' ' || char === '\u00a0') columns += 1;
    else return columns;
  }
  return columns;
}

/** Leaves out that many columns of white space, or what there is of it. */
export function outdented(line: string, columns: number): string {
  let [at, left] = [0, columns];
  while (left > 0 && (line[at] === ' ' || line[at] === '\u00a0' || line[at] === '\t'))
    left -= line[at++] === '\t' ? 2 : 1;
  return line.slice(at);
}

export function readLine(line: string): Line {
  if (/^\s?>/.test(line)) return { kind: 'quoted' };
  const text = line.trim();
  if (text === '') return { kind: 'empty' };
  if (isAttribution(text)) return { kind: 'quoted' };
  if (text.startsWith('#')) return { kind: 'note' };
  const dashes = dashWidth(text);
  if (dashes >= 2) return { kind: dashes === 2 ? 'end' : 'next' };
  if (text.length <= 12 && /^[*_]*[qfs]/i.test(text) && stopWords.has(fold(text.replace(/[.!]+$/, ''))))
    return { kind: 'stop' };
  const indent = indentOf(line);
  const parts = labelAndValue(text);
  return parts ? { kind: 'labelled', ...parts, text, indent } : { kind: 'text', text, indent };
}

/** How many hyphens a line of dashes alone stands for: phones and word processors make one `—` of two. Else 0. */
function dashWidth(text: string): number {
  if (text.length > 200 || !/^\p{Pd}/u.test(text) || !/^\p{Pd}+$/u.test(text)) return 0;
  return [...text].reduce((width, char) => width + (char === '-' || char === '\u2010' || char === '\u2011' ? 1 : 2), 0);
}

/** The label and the value of a line; a colon inside a time or an address parts nothing. */
function labelAndValue(text: string): { label: string; value: string } | undefined {
  const head = text.slice(0, longestLabel + 1);
  const tab = head.indexOf('\t');
  const colon = head.search(/[:：﹕]/);
  const at = colon < 0 || (tab > 0 && tab < colon) ? tab : colon;
  if (at < 1) return undefined;
  const after = text.slice(at + 1);
  if (at === colon && (after.startsWith('//') || (/\d$/.test(head.slice(0, at)) && /^\d/.test(after))))
    return undefined;
  const typed = text.slice(0, at);
  const label = typed.replace(/^[\s\p{Pd}•‣▪▫◦·●○*_]+|[\s*_]+$/gu, '');
  if (!/\p{L}/u.test(label)) return undefined;
  return { label, value: valueOf(typed, after) };
}

/** The value, without the rest of bold marks that began in the label (`*Email: x*`, `**Email:** x`). */
function valueOf(label: string, after: string): string {
  // a table's cells may have a colon and then a tab between them
  const value = after.trim();
  const bare = label.replace(/^(?:[\p{Pd}•‣▪▫◦·●○*]\s+)+/u, '');
  const opened = /^(\*{1,3}|_{1,3})(?=\S)/.exec(bare)?.[1];
  const stripped = !opened || bare.trimEnd().endsWith(opened) ? value : withoutMark(value, opened);
  // Outlook writes a linked address twice; longer ones are none, and would cost the square of their length
  return (stripped.length <= longestLink && /^(\S+@\S+?)\s*<mailto:\1>$/i.exec(stripped)?.[1]) || stripped;
}

function withoutMark(value: string, mark: string): string {
  if (value === mark || value.startsWith(`${mark} `)) return value.slice(mark.length).trimStart();
  return value.endsWith(mark) ? value.slice(0, -mark.length).trimEnd() : value;
}

/** `On … X wrote:`, which mail programs put above what they quote. */
function isAttribution(text: string): boolean {
  if (text.length > 400 || !/^(le|on|am|el|il)\s/i.test(text)) return false;
  return /\s(a écrit|wrote|schrieb.*|escribió|ha scritto)\s*:$/iu.test(text.normalize('NFC'));
}

const from = /^\s?\*{0,2}(de|from|von)\s?\*{0,2}\s?[:：]/iu;
const sent = /^\s*\*{0,2}(envoyé|sent|date|gesendet|enviado)[\s*]*[:：]/iu;
const subject = /^\s*\*{0,2}(objet|subject|betreff|asunto)[\s*]*[:：]/iu;
const divider = /^\s?-{2,}[ ]?(original message|message d.origine|message original|forwarded message|message transf)/i;

/**
 * Whether an earlier mail begins here that is quoted without marks, as Outlook does and others at `a écrit :`. All that
 * follows is then somebody's older text.
 */
export function isRestQuoted(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.startsWith('>')) return false;
  if (divider.test(line)) return true;
  if (indentOf(line) < 2 && isAttribution(line.trim())) return nextFilled(lines, at + 1)?.startsWith('>') !== true;
  if (!from.test(line)) return false;
  const near = lines.slice(at + 1, at + 7).map((one) => one.slice(0, 40).normalize('NFC'));
  return near.some((one) => sent.test(one)) && near.some((one) => subject.test(one));
}

const nextFilled = (lines: readonly string[], begin: number): string | undefined =>
  // an attribution stands right above what it quotes
  lines
    .slice(begin, begin + 4)
    .map((line) => line.trim())
    .find((line) => line !== '');
