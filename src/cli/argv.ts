/** The terminal's words: `guichet noun verb --field value …` into a request, and back. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import { everyUseOf, type Registry } from '../core/command/registry.js';
import { isUpload, type Raw, type Upload } from '../core/command/type.js';

export { splitLine } from '../core/text/shell-words.js';

export interface Line {
  /** `noun verb`, as typed. */
  readonly command: string;
  readonly input: RawInput;
  readonly as: string | undefined;
  readonly key: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly dryRun: boolean;
}

/** What is wrong with the line itself, before any command is asked. */
export class LineFault extends Error {
  override name = 'LineFault';
  readonly field: string;
  readonly why: 'value' | 'file' | 'word' | 'address';
  constructor(field: string, why: LineFault['why']) {
    super(`${field}: ${why}`);
    this.field = field;
    this.why = why;
  }
}

const own = {
  as: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Option = { type: 'string' | 'boolean' };
interface Token {
  readonly kind: string;
  readonly index: number;
  readonly name?: string;
  readonly value?: string | undefined;
  /** Written `--name=value`. */
  readonly inlineValue?: boolean | undefined;
}

const tokensOf = (args: readonly string[], options: Record<string, Option>): Token[] =>
  parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;

/** The command's name: the first two words (`help` has one; what follows it is its topic). */
function nameOf(words: readonly string[]): { command: string; rest: readonly string[] } {
  const count = words[0] === 'help' || words[0] === 'aide' ? 1 : 2;
  const name = words.slice(0, count).join(' ');
  return { command: name === 'aide' ? 'help' : name, rest: words.slice(count) };
}

/**
 * Understands a command line. A bare flag is yes; a flag may repeat where a list is meant; `--field=value` takes values
 * that begin with dashes. Files are read here: a path is only ever the operator's own.
 * @throws {LineFault}
 */
export function parseLine(
  args: readonly string[],
  registry: Registry,
  readFile: (path: string) => Buffer = (path) => readFileSync(path),
): Line {
  const wordsOnly = tokensOf(args, { ...own }).filter((token) => token.kind === 'positional');
  const guess = nameOf(wordsOnly.map((token) => token.value ?? ''));
  const command = registry.find(guess.command);
  const options: Record<string, Option> = { ...own, 'dry-run': { type: 'boolean' } };
  for (const use of command ? everyUseOf(command) : [])
    options[use.field.name] = { type: use.field.type.kind === 'bool' ? 'boolean' : 'string' };
  const tokens = tokensOf(args, options);
  const { values, words } = collect(tokens, options);
  const one = (name: string): string | undefined => values.get(name)?.at(-1);
  const { rest } = nameOf(words);
  if (rest.length > 0 && command?.name !== 'help') throw new LineFault(rest[0] ?? '', 'word');
  const fields = [...values].filter(([name]) => !(name in own) && !(name === 'dry-run' && (!command || command.reads)));
  const input = Object.fromEntries(fields.map(([name, given]) => [name, rawOf(command, { name, given }, readFile)]));
  return {
    command: command?.name ?? guess.command,
    input: rest.length > 0 ? { ...input, topic: rest.join(' ') } : input,
    as: one('as'),
    key: one('key'),
    out: one('out'),
    json: values.has('json'),
    dryRun:
      values.has('dry-run') && !['no', 'non', 'false', 'faux', '0', 'n'].includes((one('dry-run') ?? '').toLowerCase()),
  };
}

/** Flags with their values in order, and the words between. A yes/no flag takes the next word if it is a yes or no. */
function collect(
  tokens: readonly Token[],
  options: Readonly<Record<string, Option>>,
): { values: Map<string, string[]>; words: string[] } {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  tokens.forEach((token, at) => {
    const before = tokens[at - 1];
    if (token.kind === 'option' && token.name !== undefined) {
      // a value left out must not swallow the flag behind it: `--reason --dry-run` would be the real thing
      if (!token.inlineValue && token.value?.startsWith('--')) throw new LineFault(token.name, 'value');
      const next = tokens[at + 1];
      // an unknown flag's value follows it as a word: it is kept, so that the fault can name the flag
      const follows =
        token.value === undefined && next?.kind === 'positional' && takesNext(token.name, next.value, options)
          ? next.value
          : undefined;
      const value = token.value ?? follows;
      if (value === undefined && options[token.name]?.type === 'string') throw new LineFault(token.name, 'value');
      values.set(token.name, [...(values.get(token.name) ?? []), value ?? 'yes']);
    } else if (token.kind === 'positional') {
      const taken =
        before?.kind === 'option' && before.value === undefined && takesNext(before.name ?? '', token.value, options);
      if (!taken) words.push(token.value ?? '');
    }
  });
  return { values, words };
}

const yesOrNo = /^(yes|no|y|n|oui|non|o|true|false|vrai|faux|0|1|x)$/i;

const takesNext = (name: string, word: string | undefined, options: Readonly<Record<string, Option>>): boolean =>
  !(name in own) && (options[name] === undefined || (options[name].type === 'boolean' && yesOrNo.test(word ?? '')));

function rawOf(
  command: AnyCommand | undefined,
  flag: { name: string; given: readonly string[] },
  readFile: (path: string) => Buffer,
): Raw {
  const kind = command && everyUseOf(command).find((use) => use.field.name === flag.name)?.field.type.kind;
  const [first = ''] = flag.given;
  if (kind === 'file') return upload(flag.name, first, readFile);
  if (kind === 'files') return flag.given.map((path) => upload(flag.name, path, readFile));
  return flag.given.length === 1 ? first : [...flag.given];
}

function upload(field: string, path: string, readFile: (path: string) => Buffer): Upload {
  try {
    return { name: basename(path), type: 'application/octet-stream', content: readFile(path) };
  } catch {
    throw new LineFault(field, 'file');
  }
}

/** A command as words for this door; what `parseLine` reads back to the same input. */
export function encodeLine(command: AnyCommand, raw: RawInput): string[] {
  const flags = Object.entries(raw).flatMap(([name, value]) => {
    const all = Array.isArray(value) ? (value as readonly (string | Upload)[]) : [value as string | Upload];
    const given = all.map((one) => (isUpload(one) ? one.name : String(one)));
    return given.map((one) => `--${name}=${one}`);
  });
  return [...command.name.split(' '), ...flags];
}
