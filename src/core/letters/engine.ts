/** Liquid for letters: what one language's letters are parsed, tried and rendered with. */
import { Liquid, type Template } from 'liquidjs';
import { z } from 'zod';
import { de, plural, que } from '../locales/grammar.js';
import type { Locale } from '../locales/locale.js';
import type { FileFault } from '../catalogue/faults.js';
import type { LetterFolder, LetterSource } from './files.js';
import { toHtml } from './html.js';
import { fill, oneLine, opaque, parseMarkup, partsOf, severalLines, type Piece } from './markup.js';
import { toText } from './text.js';
import * as all from './values.js';
import type { LetterName, LetterParams, VendorValues } from './values.js';
import { didYouMean } from '../text/nearest.js';

export interface RenderedLetter {
  subject: string;
  text: string;
  html: string;
}

// A letter chooses and repeats; it has no way to make a value into markup (`capture`, `raw`) or to read other files.
const tags = new Set(['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'render', 'comment', '#']);
// Few structures come up, since values are not in them; the bound is for lists of very many lengths.
const mostStructures = 500;

/** What `| lines` makes of a value. */
class SeveralLines {
  readonly text: string;
  constructor(value: unknown) {
    this.text = severalLines([value].flat().join('\n'));
  }
}

export class LetterEngine {
  readonly #locale: Locale;
  readonly #folder: LetterFolder;
  readonly #liquid: Liquid;
  readonly #letters = new Map<LetterName, { subject: Template[]; body: Template[] }>();
  /** Markdown is parsed once a structure: for the longest letter that is half of the time. */
  readonly #structures = new Map<string, readonly Piece[]>();
  /** The values of the letter being rendered, which is done in one go; a mark is an index of it. */
  #values: string[] = [];

  constructor(locale: Locale, folder: LetterFolder, faults: FileFault[]) {
    this.#locale = locale;
    this.#folder = folder;
    this.#liquid = new Liquid({
      templates: Object.fromEntries([...folder.partials].map(([name, { body }]) => [name, body])),
      cache: true,
      greedy: false,
      strictFilters: true,
      strictVariables: true,
      lenientIf: true,
      outputEscape: (value: unknown) => this.#set(value),
    });
    for (const tag of Object.keys(this.#liquid.tags)) if (!tags.has(tag)) delete this.#liquid.tags[tag];
    this.#liquid.unregisterFilter('raw');
    // the words that a name or a count changes before or after it (letters/README.md)
    this.#liquid.registerFilter('de', (name: unknown) => de(String(name)));
    this.#liquid.registerFilter('que', (name: unknown) => que(String(name)));
    const word = plural(locale);
    this.#liquid.registerFilter(
      'count',
      (count: unknown, single: string, several: string) => `${String(count)} ${word(count, single, several)}`,
    );
    this.#liquid.registerFilter('lines', (value: unknown) => new SeveralLines(value));
    for (const { file, body } of folder.partials.values()) this.#try(file, faults, () => this.#liquid.parse(body));
    for (const [name, { file, subject, body }] of folder.letters) {
      const parse = (): unknown =>
        this.#letters.set(name, { subject: this.#liquid.parse(subject), body: this.#liquid.parse(body) });
      this.#try(file, faults, parse);
    }
  }

  /** @see Letters.render */
  render<Name extends LetterName>(name: Name, params: LetterParams[Name], vendor: VendorValues): RenderedLetter {
    const marked = this.#mark(name, params, vendor);
    const filling = { values: this.#values, locale: this.#locale };
    const subject = oneLine(fill(partsOf(marked.subject, this.#locale), filling));
    const pieces = this.#structure(marked.body);
    return { subject, text: toText(pieces, filling), html: toHtml(pieces, { ...filling, subject }) };
  }

  /** Tries each letter without making it: its words known, its partials there, its branches good. */
  check(faults: FileFault[]): void {
    for (const [name, templates] of this.#letters) {
      const { file } = this.#folder.letters.get(name) as LetterSource;
      const branches = (): void => {
        for (let variant = 0; variant < all.sampleCount; variant++)
          this.#mark(name, all.sampleOf(name, variant), all.sampleVendor(variant));
      };
      if (this.#try(file, faults, () => this.#checkWords(name, templates, faults))) this.#try(file, faults, branches);
    }
  }

  /** Subject and Markdown with marks for values, which are gathered on the way. */
  #mark(name: LetterName, params: object, vendor: VendorValues): { subject: string; body: string } {
    const letter = this.#letters.get(name);
    if (!letter) throw new Error(`no letter ${name}`);
    this.#values = [];
    const render = (part: Template[]): string =>
      this.#liquid.renderSync(part, params, { globals: { vendor } }) as string;
    return { subject: render(letter.subject), body: render(letter.body) };
  }

  #set(value: unknown): string {
    return opaque(
      this.#values.push(
        value instanceof SeveralLines ? value.text : oneLine(String((value as string | number | undefined) ?? '')),
      ) - 1,
    );
  }

  #structure(markdown: string): readonly Piece[] {
    const known = this.#structures.get(markdown);
    if (known) return known;
    if (this.#structures.size >= mostStructures) this.#structures.clear();
    const pieces = parseMarkup(markdown, this.#locale);
    this.#structures.set(markdown, pieces);
    return pieces;
  }

  #checkWords(
    name: LetterName,
    { subject, body }: { subject: Template[]; body: Template[] },
    faults: FileFault[],
  ): void {
    const values = z.strictObject({ ...all.letterValues[name].shape, vendor: all.vendorValues });
    const { globals } = this.#liquid.analyzeSync([...subject, ...body]);
    for (const { segments, location } of Object.values(globals).flat()) {
      if (all.knows(values, segments)) continue;
      const file = this.#folder.partials.get(location.file ?? '')?.file ?? `${this.#locale}/${name}.md`;
      const word = segments.filter((it) => typeof it === 'string').join('.');
      const fix = `${didYouMean(word, Object.keys(values.shape))} letters/README.md lists what this letter has.`;
      tell(faults, { file, line: location.row, fault: `no value is called ${word}`, fix });
    }
  }

  /** False if it threw, which becomes a fault of the file (of the partial, when it is the partial's). */
  #try(letter: string, faults: FileFault[], attempt: () => unknown): boolean {
    try {
      attempt();
      return true;
    } catch (error) {
      const { message, token } = error as Error & { token?: { input: string } };
      const [, fault = message, row] = /^(.*?)(?:, file:.*)?, line:(\d+), col:\d+/.exec(message) ?? [];
      // a token knows the text it stands in, though not always its file
      const partial = [...this.#folder.partials.values()].find(({ body }) => body === token?.input);
      tell(faults, { file: partial?.file ?? letter, line: row ? Number(row) : undefined, fault, fix: advice(fault) });
      return false;
    }
  }
}

/** One fault a line: the second is mostly what the first led to, and a partial is met by many letters. */
function tell(faults: FileFault[], fault: FileFault): void {
  if (!faults.some((it) => it.file === fault.file && it.line === fault.line)) faults.push(fault);
}

function advice(fault: string): string {
  if (/undefined variable/.test(fault))
    return 'Show it only inside {% if … %}, or correct its name (letters/README.md).';
  if (/^ENOENT/.test(fault)) return 'Add the partial as _name.md beside the letter, or remove the render tag.';
  if (/^tag "/.test(fault)) return `Letters can use ${[...tags].join(', ')}.`;
  return 'Correct the Liquid; letters/README.md shows what letters can use.';
}
