/** Reads a folder of letters: which files there are, and each one's subject and body, before anything is rendered. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { localeNames, type Locale } from '../locales/locale.js';
import type { FileFault } from '../catalogue/faults.js';
import { hasMarks } from './markup.js';
import { letterNames, type LetterName } from './values.js';
import { didYouMean } from '../text/nearest.js';

export interface LetterSource {
  /** `fr/link-code.md` */
  file: string;
  /** Liquid. */
  subject: string;
  /** Liquid in Markdown; starts with as many empty lines as the front matter had, so that line numbers are the file's. */
  body: string;
}

export interface LetterFolder {
  letters: ReadonlyMap<LetterName, LetterSource>;
  /** By name, without `_`. */
  partials: ReadonlyMap<string, LetterSource>;
}

/** Reads `dir/fr` and `dir/en`; what is wrong is added to `faults`, and what can be read is returned nevertheless. */
export function readLetters(dir: string, faults: FileFault[]): Readonly<Record<Locale, LetterFolder>> {
  for (const entry of existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : [])
    if (entry.isDirectory() && !entry.name.startsWith('.') && !localeNames.includes(entry.name as Locale))
      faults.push({
        file: `${entry.name}/`,
        fault: 'no language of the desk',
        fix: 'Only fr/ and en/ are read: move or remove it.',
      });
  return { fr: readFolder(dir, 'fr', faults), en: readFolder(dir, 'en', faults) };
}

function readFolder(dir: string, locale: Locale, faults: FileFault[]): LetterFolder {
  const letters = new Map<LetterName, LetterSource>();
  const partials = new Map<string, LetterSource>();
  for (const name of existsSync(join(dir, locale)) ? readdirSync(join(dir, locale)).sort() : []) {
    if (name.startsWith('.')) continue;
    const file = `${locale}/${name}`;
    const bare = name.replace(/\.md$/, '');
    if (bare.startsWith('_') && name.endsWith('.md')) {
      partials.set(bare.slice(1), { file, subject: '', body: standalone(text(dir, file, faults)).trimEnd() });
    } else if (name.endsWith('.md') && letterNames.includes(bare as LetterName)) {
      const source = readLetter(file, text(dir, file, faults), faults);
      if (source) letters.set(bare as LetterName, source);
    } else {
      const fix = `${didYouMean(bare, letterNames, (one) => `${one}.md`)} Partials start with _; anything else has no place here.`;
      faults.push({ file, fault: 'no letter of this name is ever sent', fix });
    }
  }
  for (const name of letterNames)
    if (!existsSync(join(dir, locale, `${name}.md`)))
      faults.push({
        file: `${locale}/${name}.md`,
        fault: 'missing',
        fix: 'Copy it from the letters that came with the desk.',
      });
  return { letters, partials };
}

function text(dir: string, file: string, faults: FileFault[]): string {
  const content = readFileSync(join(dir, file), 'utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
  if (hasMarks(content))
    faults.push({ file, fault: 'holds U+E000 or U+E001, which the desk uses itself', fix: 'Remove these characters.' });
  return content;
}

const shape = 'Start the file with a line ---, a line such as subject: "Your code", and a line ---.';

function readLetter(file: string, content: string, faults: FileFault[]): LetterSource | undefined {
  const found = /^---\n([\s\S]*?\n)---[ \t]*\n/.exec(content);
  if (!found) {
    faults.push({ file, line: 1, fault: 'no front matter', fix: shape });
    return undefined;
  }
  const [whole, yaml = ''] = found;
  const parsed = parseDocument(yaml);
  for (const { linePos, message } of parsed.errors) {
    const fault = `bad YAML: ${message.split(' at line ')[0]}`;
    faults.push({ file, line: 1 + (linePos?.[0].line ?? 1), fault, fix: 'Put the subject between double quotes.' });
  }
  if (parsed.errors.length > 0) return undefined;
  const front = z.strictObject({ subject: z.string().trim().min(1) }).safeParse(parsed.toJS());
  if (!front.success) {
    faults.push({ file, line: 2, fault: 'the front matter is not one subject', fix: shape });
    return undefined;
  }
  const lines = whole.split('\n').length - 1;
  return { file, subject: front.data.subject, body: '\n'.repeat(lines) + standalone(content.slice(whole.length)) };
}

/** A line of nothing but Liquid tags leaves no empty line behind, which would end a list; what `render` puts in its place
 * keeps its line end. Line numbers stay. */
const standalone = (body: string): string =>
  body.replace(/^[ \t]*((?:\{%(?!-?[ \t]*render\b)(?:(?!%\}).)*%\}[ \t]*)+)$/gm, (_, tags: string) =>
    tags.trimEnd().replace(/-?%\}$/, '-%}'),
  );
