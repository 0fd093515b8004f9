/** The odd mails of test/fixtures/mail and what is expected of each. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const folder = new URL('../fixtures/mail/', import.meta.url);

/** The fields of expected.yaml are explained there. */
export interface Expected {
  readonly outcome: 'answered' | 'ignored' | 'held';
  readonly reason?: string;
  readonly forms?: readonly (Readonly<Record<string, string>> & { readonly command: string })[];
  readonly refused?: boolean;
  readonly exact?: boolean;
  readonly damaged?: boolean;
  readonly encrypted?: boolean;
  readonly sender?: string;
  readonly failed?: readonly string[];
  readonly original?: string;
  readonly disposition?: string;
}

export interface Fixture {
  readonly name: string;
  readonly raw: Buffer;
  readonly expected: Expected;
}

export const expectations = parse(readFileSync(new URL('expected.yaml', folder), 'utf8')) as Record<string, Expected>;

export const fixtures: readonly Fixture[] = Object.entries(expectations).map(([name, expected]) => ({
  name,
  raw: readFileSync(new URL(`${name}.eml`, folder)),
  expected,
}));

/** The mail with other line ends; bytes stay what they are. */
export const withEnds = (raw: Buffer, end: '\n' | '\r\n'): Buffer =>
  Buffer.from(raw.toString('latin1').replace(/\r?\n/g, end), 'latin1');
