/**
 * One Markdown source, two forms. A value never meets the Markdown parser: it is a mark (`opaque`) while the letter's
 * structure is read, and is put in place afterwards as plain text. So nothing that a client is called can become markup,
 * in any place of any letter that a vendor writes.
 */
import MarkdownIt, { type Token } from 'markdown-it';
import type { Locale } from '../locales/locale.js';

const [open, close] = ['\uE000', '\uE001'];
const marks = new RegExp(`${open}(\\d+)${close}`);

/** Whether a text holds characters that the marks are made of: a letter may not. */
export const hasMarks = (text: string): boolean => text.includes(open) || text.includes(close);

/** The mark that stands for the value with this index; to Markdown it is a word of letters and digits. */
export const opaque = (index: number): string => open + index + close;

// Spaces and line ends, not the no-break spaces that amounts are written with.
const gaps = /[ \t\v\f\r\n\u0085\u2028\u2029]+/g;
// Control characters, and those that make a text read in another order than it is written.
const unseen = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

/** A value in one line: gaps are one space; control and reordering characters are gone. */
export function oneLine(text: string): string {
  return text
    .replace(gaps, ' ')
    .replace(unseen, '')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();
}

/** A value of several lines, each as `oneLine` has it, joined by line feeds; empty ones at its ends are dropped. */
export function severalLines(text: string): string {
  return text
    .trim()
    .split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/)
    .map(oneLine)
    .join('\n');
}

// Only what reads the same in both forms; images, HTML, tables, quotes and rules are not in it.
const markdown = new MarkdownIt('zero', { html: false, linkify: false }).enable([
  ...['heading', 'list', 'text_join', 'newline', 'escape', 'backticks', 'emphasis', 'link', 'autolink', 'entity'],
  ...['balance_pairs', 'fragments_join'],
]);
// A link's address is judged after its values are in it.
markdown.normalizeLink = (url) => url;
markdown.validateLink = () => true;

/** The letter's own words, and the indices of the values between them. */
export type Parts = readonly (string | number)[];

/** A piece of a letter's structure: `paragraph`, `bullet_list`, `text`, `link`… (markdown-it's names). */
export interface Piece {
  type: string;
  /** Text and code. */
  content: Parts;
  tag: string;
  /** A link's address as written. */
  href: Parts;
  /** An ordered list's first number. */
  start: number;
  /** A paragraph that is a list's line, with no space around it. */
  tight: boolean;
  pieces: readonly Piece[];
}

/** A letter's structure; to be kept by those who render one source often. */
export const parseMarkup = (source: string, locale: Locale): readonly Piece[] =>
  tree(markdown.parse(source, {}), locale);

function tree(tokens: readonly Token[], locale: Locale): readonly Piece[] {
  const root: Piece[] = [];
  const levels = [root];
  for (const token of tokens) {
    if (token.nesting < 0) {
      levels.pop();
      continue;
    }
    const pieces = [...tree(token.children ?? [], locale)];
    levels.at(-1)?.push({
      type: token.type.replace(/_open$/, ''),
      content: token.type === 'text' ? partsOf(token.content, locale) : split(token.content),
      tag: token.tag,
      href: split(String(token.attrGet('href') ?? '')),
      start: Number(token.attrGet('start') ?? 1),
      tight: token.hidden,
      pieces,
    });
    if (token.nesting > 0) levels.push(pieces);
  }
  return root;
}

/** Words with marks; in French with no-break spaces where they belong, so that a vendor can type plain ones. */
export const partsOf = (text: string, locale: Locale): Parts =>
  split(locale === 'fr' ? text.replace(/ (?=[:;?!»])|(?<=«) /g, '\u00A0') : text);

// A captured group stands at every odd place of what split returns.
const split = (text: string): Parts =>
  text
    .split(marks)
    .map((part, at) => (at % 2 === 1 ? Number(part) : part))
    .filter((part) => part !== '');

/** What the two forms are made with. */
export interface Filling {
  values: readonly string[];
  locale: Locale;
}

/** The values in their places. */
export function fill(parts: Parts, { values }: Filling): string {
  let text = '';
  for (const part of parts) text += typeof part === 'number' ? values[part] : part;
  return text;
}

/** A link's address with its values in place. One that isn't the start of it is percent-encoded: it adds no parameter
 * and no recipient. */
export function address(parts: Parts, { values }: Filling): string {
  const encoded = (value = ''): string => encodeURIComponent(value).replaceAll('%40', '@');
  return parts
    .map((part, at) => (typeof part === 'string' ? part : at === 0 ? (values[part] ?? '') : encoded(values[part])))
    .join('');
}

/** What stands between a label and what it names. */
export const colon = (locale: Locale): string => (locale === 'fr' ? '\u00A0: ' : ': ');
