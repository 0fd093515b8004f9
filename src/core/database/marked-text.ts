/**
 * Several values folded into one text, each behind a mark of its own: one column answers searches over all of them and
 * filters on each, without case and accents, on both databases alike.
 */
import { searchable } from '../text/fold.js';

/**
 * Control characters that are no white space. Text from outside has none of them (type.ts refuses them), and they sort
 * before every character it may have, so that a value's text and what follows it compare as the values do.
 */
const marks = [...Array.from({ length: 8 }, (_, at) => at + 1), ...Array.from({ length: 18 }, (_, at) => at + 14)].map(
  (code) => String.fromCharCode(code),
);

export type Values = Readonly<Record<string, string | null | undefined>>;

export interface MarkedText {
  /** What a row keeps. */
  write(values: Values): string;
  /** A text that a row's contains exactly when this value is the one given; both folded. */
  equal(key: string, value: string): string;
  /** A text that a row's contains exactly when this value begins so. */
  begins(key: string, value: string): string;
  /** A pattern for LIKE, between two `%`: this value contains the one given. */
  contains(key: string, part: string): string;
  /** What stands before this value, and nowhere else. */
  mark(key: string): string;
}

/** @param keys at most 25, in the order in which their values are written; that order never changes */
export function markedText(keys: readonly string[]): MarkedText {
  if (keys.length >= marks.length) throw new RangeError(`at most ${marks.length - 1} values fit into one text`);
  const between = (key: string): readonly [string, string] => {
    const at = keys.indexOf(key);
    if (at < 0) throw new RangeError(`${key} is not among ${keys.join(', ')}`);
    return [marks[at] ?? '', marks[at + 1] ?? ''];
  };
  return {
    write: (values) =>
      keys.map((key, at) => `${marks[at]}${searchable(values[key] ?? '')}`).join('') + (marks[keys.length] ?? ''),
    equal(key, value) {
      const [from, to] = between(key);
      return `${from}${searchable(value)}${to}`;
    },
    begins: (key, value) => `${between(key)[0]}${searchable(value)}`,
    contains(key, part) {
      const [from, to] = between(key);
      return `${from}%${searchable(part)}%${to}`;
    },
    mark: (key) => between(key)[0],
  };
}
