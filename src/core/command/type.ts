/**
 * Field types: what a value of each kind accepts at every door, what it is kept as and how it is printed again
 * (docs/commands.md, "Types"). A type is neutral: a Discord option, a mail line, a terminal flag and a form control
 * are made from the same description.
 */
import { createRequire } from 'node:module';
import { domainToASCII } from 'node:url';
import countries, { type LocaleData } from 'i18n-iso-countries/index.js';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { DateTime } from 'luxon';
import { parse as parseDomain } from 'tldts';
import { z } from 'zod';
import { parseRef, printRef } from '../guard/number.js';
import { cleanName } from '../text/file-name.js';
import { fold, searchable } from '../text/fold.js';
import type { Locale, Localised } from '../locales/locale.js';

/** A file as a door hands it over; its name is only shown, never used as a path. */
export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
  /** Nobody said which field it is for: the sole attachment of a mail. */
  readonly unnamed?: true;
}

/** A value before it is understood. */
export type Raw = string | number | boolean | readonly string[] | Upload | readonly Upload[];

export const isUpload = (raw: Raw | undefined): raw is Upload =>
  typeof raw === 'object' && !Array.isArray(raw) && 'content' in raw;

/** Several files of one field. */
export const areUploads = (raw: Raw | undefined): raw is readonly Upload[] =>
  Array.isArray(raw) && raw.length > 0 && raw.every((one: Raw) => isUpload(one));

/** Sets of choices that the catalogue's orders part names. */
export type CatalogueSet = 'type' | 'origin' | 'generation' | 'solution' | 'reference';

/** Why a value was refused; the sentences are in the locales. */
export type FaultCode =
  | 'missing'
  | 'kept'
  | 'unknown'
  | 'one-line'
  | 'too-long'
  | 'too-short'
  | 'control'
  | 'bool'
  | 'choice'
  | 'email'
  | 'date'
  | 'phone'
  | 'country'
  | 'ref'
  | 'mac'
  | 'vat'
  | 'web'
  | 'domain'
  | 'whole'
  | 'range'
  | 'file'
  | 'file-empty'
  | 'file-large'
  | 'pairs'
  | 'amount'
  | 'digits'
  | 'many'
  | 'mismatch'
  | 'exactly'
  | 'twice'
  | 'repeats'
  | 'items'
  | 'quoted'
  | 'more'
  | 'next';

export type FaultParams = Readonly<Record<string, string | number>>;

/** Thrown by a type's `parse`; dispatch gathers them, so that all faults are told at once. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: FaultCode;
  readonly params: FaultParams;
  constructor(code: FaultCode, params: FaultParams = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/** Some items of a list are wrong: each is named, with what is wrong with it. */
export class ItemFaults extends Fault {
  override name = 'ItemFaults';
  readonly items: readonly { readonly typed: string; readonly fault: Fault }[];
  constructor(items: ItemFaults['items']) {
    super('items');
    this.items = items;
  }
}

/** Items that a sentence names; a list may have hundreds. */
const namedAtMost = 20;

/** Files that are refused before anybody looks at what they hold; told as `file.refused`, each by its name. */
export class FileFaults extends Fault {
  override name = 'FileFaults';
  readonly files: readonly Fault[];
  constructor(files: FileFaults['files']) {
    super('file');
    this.files = files;
  }
}

/** A fault in words; of a list those items that are wrong in the same way are named together. */
export function faultText(fault: Fault, say: Readonly<Record<FaultCode, (params: FaultParams) => string>>): string {
  if (fault instanceof FileFaults) return fault.files.map((one) => say[one.code](one.params)).join(' ');
  if (!(fault instanceof ItemFaults)) return say[fault.code](fault.params);
  const alike = new Map<string, string[]>();
  for (const { typed, fault: one } of fault.items) {
    const sentence = faultText(one, say);
    alike.set(sentence, [...(alike.get(sentence) ?? []), typed]);
  }
  return [...alike]
    .map(([sentence, typed]) => {
      const shown = typed.slice(0, namedAtMost).map((one) => say.quoted({ text: one }));
      const more = typed.length > namedAtMost ? [say.more({ count: typed.length - namedAtMost })] : [];
      return say.items({ items: [...shown, ...more].join(', '), sentence, count: typed.length });
    })
    .reduce((before, next) => say.next({ before, next }));
}

/** What each item is; all that are wrong are told at once. @throws {Fault} */
function each<Item, T>(items: readonly Item[], parse: (item: Item) => T, named: (item: Item) => string): T[] {
  const faults: { typed: string; fault: Fault }[] = [];
  const values = items.flatMap((item) => {
    try {
      return [parse(item)];
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults.push({ typed: named(item), fault });
      return [];
    }
  });
  if (faults.length > 0) throw new ItemFaults(faults);
  return values;
}

export interface Choice {
  readonly id: string;
  readonly names: Localised;
}

/** What understanding a value may depend on. */
export interface FieldContext {
  readonly locale: Locale;
  /** ISO 3166-1 alpha-2, for national phone numbers and as the default country. */
  readonly country: string;
  readonly products: (text: string, boxes: boolean) => string | undefined;
  readonly productChoices: (boxes: boolean) => readonly Choice[];
  readonly catalogueChoices: (set: CatalogueSet) => readonly Choice[];
}

/** For values that do not depend on anything. */
export const noContext: FieldContext = {
  locale: 'fr',
  country: 'FR',
  products: () => undefined,
  productChoices: () => [],
  catalogueChoices: () => [],
};

export type Kind =
  | 'text'
  | 'long'
  | 'bool'
  | 'choice'
  | 'product'
  | 'email'
  | 'date'
  | 'phone'
  | 'country'
  | 'ref'
  | 'mac'
  | 'web'
  | 'domain'
  | 'secret'
  | 'whole'
  | 'digits'
  | 'list'
  | 'pairs'
  | 'details'
  | 'amount'
  | 'catalogue'
  | 'file'
  | 'files';

export interface FieldType<T> {
  readonly kind: Kind;
  /** Characters for text, the highest number for a whole. */
  readonly max?: number;
  readonly min?: number;
  /** Fixed choices; the catalogue's are asked for through the context. */
  readonly choices?: readonly Choice[];
  readonly boxes?: boolean;
  /** Which of the catalogue's choices. */
  readonly set?: CatalogueSet;
  readonly prefix?: string;
  readonly item?: FieldType<unknown>;
  /** @throws {Fault} */
  parse(raw: Raw, context: FieldContext): T;
  /** The value as a person would type it: `parse(print(value))` gives it back. */
  print(value: T): string;
}

function line(raw: Raw): string {
  if (typeof raw === 'object') throw new Fault(Array.isArray(raw) ? 'many' : 'file');
  return String(raw).normalize('NFC').trim();
}

// Cc, and the marks that reorder or hide text; a tab counts as a space.
const hidden = /[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B\u2060\uFEFF\uD800-\uDFFF]/u;

function checked(text: string, bounds: { max: number; min?: number | undefined; lines?: boolean }): string {
  if (text === '') throw new Fault('missing');
  if (!bounds.lines && /[\n\r\u2028\u2029]/u.test(text)) throw new Fault('one-line');
  if (hidden.test(bounds.lines ? text.replaceAll('\n', '') : text)) throw new Fault('control');
  const length = [...text].length;
  if (length > bounds.max) throw new Fault('too-long', { max: bounds.max, length });
  if (bounds.min !== undefined && length < bounds.min) throw new Fault('too-short', { min: bounds.min });
  return text;
}

const itself = (value: string): string => value;

/** `text n`: one line of 1 to n characters, trimmed, NFC, no control characters. */
export const text = (max: number): FieldType<string> => ({
  kind: 'text',
  max,
  parse: (raw) => checked(line(raw).replaceAll('\t', ' '), { max }),
  print: itself,
});

/** `long n`: like text, of several lines. */
export const long = (max: number, min?: number): FieldType<string> => ({
  kind: 'long',
  max,
  ...(min === undefined ? {} : { min }),
  parse: (raw) => checked(line(raw).replace(/\r\n?/g, '\n').replaceAll('\t', ' '), { max, min, lines: true }),
  print: itself,
});

const yes = new Set(['yes', 'y', 'oui', 'o', 'true', 'vrai', '1', 'x']);
const no = new Set(['no', 'n', 'non', 'false', 'faux', '0']);

export const bool: FieldType<boolean> = {
  kind: 'bool',
  parse(raw) {
    const word = fold(line(raw));
    if (yes.has(word)) return true;
    // «no» alone folds to «n°», as in labels
    if (no.has(word) || word === 'n°') return false;
    throw new Fault('bool');
  },
  print: (value) => (value ? 'yes' : 'no'),
};

/** One of fixed ids, by id or by its French or English name. */
export const choice = <const Id extends string>(names: Readonly<Record<Id, Localised>>): FieldType<Id> => {
  const choices = Object.entries<Localised>(names).map(([id, localised]) => ({ id: id as Id, names: localised }));
  return {
    kind: 'choice',
    choices,
    parse(raw, context) {
      const typed = fold(line(raw));
      const found = choices.find(({ id, names: n }) => [id, n.fr, n.en].some((name) => fold(name) === typed));
      if (!found)
        throw new Fault('choice', { choices: choices.map((c) => `${c.id} (${c.names[context.locale]})`).join(', ') });
      return found.id;
    },
    print: itself,
  };
};

/** A pack kind of the catalogue, or with `boxes` a box model too. */
export const product = (boxes: boolean): FieldType<string> => ({
  kind: 'product',
  boxes,
  parse(raw, context) {
    const found = context.products(line(raw), boxes);
    if (!found)
      throw new Fault('choice', {
        choices: context
          .productChoices(boxes)
          .map(({ id, names }) => `${id} (${names[context.locale]})`)
          .join(', '),
      });
    return found;
  },
  print: itself,
});

/** One of the catalogue's choices, by id or by its French or English name. */
export const fromCatalogue = (set: CatalogueSet): FieldType<string> => ({
  kind: 'catalogue',
  set,
  parse(raw, context) {
    const typed = fold(line(raw));
    const choices = context.catalogueChoices(set);
    const called = (form: (text: string) => string) =>
      choices.filter(({ id, names }) => [id, names.fr, names.en].some((name) => form(name) === form(typed)));
    const [found] = called(fold);
    if (found) return found.id;
    // spaces left out, as on many a purchase order, where that can mean only one
    const [squeezed, ...others] = called((text) => fold(text).replaceAll(' ', ''));
    if (squeezed && others.length === 0) return squeezed.id;
    throw new Fault('choice', {
      choices: choices.map(({ id, names }) => `${id} (${names[context.locale]})`).join(', '),
    });
  },
  print: itself,
});

/** The choices of a type, whether its own or the catalogue's; none for what is typed freely. */
export function choicesOf(
  type: FieldType<unknown>,
  context: Pick<FieldContext, 'productChoices' | 'catalogueChoices'>,
): readonly Choice[] {
  if (type.kind === 'product') return context.productChoices(type.boxes ?? false);
  return type.set ? context.catalogueChoices(type.set) : (type.choices ?? []);
}

const emailShape = z.email({ pattern: z.regexes.html5Email });

/** One address of at most 254 characters, in lower case with the domain as A-label; a display name around it is dropped. */
export const email: FieldType<string> = {
  kind: 'email',
  max: 254,
  parse(raw) {
    const typed = line(raw);
    if (typed === '') throw new Fault('missing');
    const bare = /^[^<>]*<([^<>]+)>$/.exec(typed)?.[1]?.trim() ?? typed;
    const at = bare.lastIndexOf('@');
    const domain = domainToASCII(bare.slice(at + 1).toLowerCase());
    const address = `${bare.slice(0, at).toLowerCase()}@${domain}`;
    const known = emailShape.safeParse(address);
    if (at < 1 || !domain || address.length > 254 || !known.success || /^\.|\.\.|\.@/.test(address))
      throw new Fault('email');
    return address;
  },
  print: itself,
};

/** A day as `2026-11-30` or `30/11/2026`; kept as the first. */
export const date: FieldType<string> = {
  kind: 'date',
  parse(raw) {
    const typed = line(raw);
    const day = ['yyyy-MM-dd', 'd/M/yyyy']
      .map((format) => DateTime.fromFormat(typed, format, { zone: 'utc' }))
      .find((d) => d.isValid);
    if (!day) throw new Fault('date');
    return day.toFormat('yyyy-MM-dd');
  },
  print: itself,
};

/** International, or national of the context's country; kept as E.164. */
export const phone: FieldType<string> = {
  kind: 'phone',
  max: 30,
  parse(raw, context) {
    const number = parsePhoneNumberFromString(line(raw), context.country as CountryCode);
    if (!number?.isValid()) throw new Fault('phone');
    return number.number;
  },
  print: itself,
};

// of eighty languages two; each is a file of the library
const load = createRequire(import.meta.url);
for (const language of ['en', 'fr'])
  countries.registerLocale(load(`i18n-iso-countries/langs/${language}.json`) as LocaleData);

/** Every name by which people call a country, to its code: the long ones of ISO, and the short ones of everyday. */
let countryNames: ReadonlyMap<string, string> | undefined;

function namesOfCountries(): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  // the first to claim a name has it; what stands in brackets tells some apart, so it counts before it is dropped
  const add = (name: string, code: string) => names.has(name) || names.set(name, code);
  const all = (['en', 'fr'] as const).flatMap((language) => {
    const everyday = new Intl.DisplayNames([language], { type: 'region' });
    return Object.entries(countries.getNames(language, { select: 'all' })).flatMap(([code, long]) => [
      [code, everyday.of(code) ?? code] as const,
      ...[long].flat().map((name) => [code, name] as const),
    ]);
  });
  for (const form of [searchable, fold]) for (const [code, name] of all) add(form(name), code);
  return names;
}

/** ISO 3166-1 alpha-2, or the country's French or English name. */
export const country: FieldType<string> = {
  kind: 'country',
  max: 60,
  parse(raw) {
    const typed = line(raw);
    if (typed === '' || typed.length > 100) throw new Fault('country');
    countryNames ??= namesOfCountries();
    const code = countries.isValid(typed.toUpperCase())
      ? countries.toAlpha2(typed.toUpperCase())
      : (countryNames.get(searchable(typed)) ?? countryNames.get(fold(typed)));
    if (!code) throw new Fault('country');
    return code;
  },
  print: itself,
};

/** An object's number; kept printed (`D-000123`). @param words what may stand instead of one, by id or name */
export const ref = (prefix: string, words: Readonly<Record<string, Localised>> = {}): FieldType<string> => ({
  kind: 'ref',
  prefix,
  parse(raw) {
    const typed = line(raw);
    const folded = fold(typed);
    const word = Object.entries(words).find(([id, { fr, en }]) => [id, fr, en].some((one) => fold(one) === folded));
    if (word) return word[0];
    const id = parseRef(prefix, typed);
    if (id === undefined) throw new Fault('ref', { prefix });
    return printRef(prefix, id);
  },
  print: itself,
});

/** A MAC address: twelve hexadecimal digits with `:`, `-`, `.` or nothing between them (IEEE 802); kept as `AA:BB:CC:DD:EE:FF`. */
export const mac: FieldType<string> = {
  kind: 'mac',
  max: 40,
  parse(raw) {
    const typed = line(raw);
    if (!/^[\da-f]+(?:[:.-][\da-f]+)*$/i.test(typed)) throw new Fault('mac');
    const hex = typed.replace(/[:.-]/g, '');
    if (hex.length !== 12) throw new Fault('mac');
    return (hex.toUpperCase().match(/../g) ?? []).join(':');
  },
  print: itself,
};

const hostShape = /^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d]([a-z\d-]{0,61}[a-z\d])?\.?$/i;

/** Where a device answers: an http or https address, or a host with or without its port; kept as typed. */
export const webAddress: FieldType<string> = {
  kind: 'web',
  max: 300,
  parse(raw) {
    const typed = checked(line(raw), { max: 300 });
    const plain = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
    if (/[\s<>"'`\\{}|^]/.test(typed) || !URL.canParse(plain)) throw new Fault('web');
    const { protocol, hostname, username, password } = new URL(plain);
    const isHost = hostname.startsWith('[') || hostShape.test(hostname);
    if (!/^https?:$/.test(protocol) || !isHost || username !== '' || password !== '') throw new Fault('web');
    if (plain !== typed && !/^[^/?#]+$/.test(typed)) throw new Fault('web');
    return typed;
  },
  print: itself,
};

/**
 * A domain that can be registered: a label below a public suffix, kept in lower case with A-labels (RFC 5891; a name has
 * at most 253 characters, a label 63). Which suffixes are sold is the catalogue's business.
 */
export const domainName: FieldType<string> = {
  kind: 'domain',
  max: 253,
  parse(raw) {
    const typed = line(raw).toLowerCase().replace(/\.$/, '');
    if (typed === '') throw new Fault('missing');
    const name = /[\s/:@?#\\%]/.test(typed) ? '' : domainToASCII(typed);
    const labels = name.split('.');
    const isHost = name.length <= 253 && labels.every((label) => /^(?!-)[a-z\d-]{1,63}(?<!-)$/.test(label));
    const { domain, publicSuffix, isIcann } = parseDomain(name, { allowPrivateDomains: false });
    if (!isHost || !isIcann || domain !== name || publicSuffix === null) throw new Fault('domain');
    return name;
  },
  print: itself,
};

/** What only its owner and the registry may know: 6 to 64 printable characters, never shown again. */
export const secret: FieldType<string> = {
  kind: 'secret',
  min: 6,
  max: 64,
  parse(raw) {
    const typed = checked(line(raw), { max: 64, min: 6 });
    if (/\s/.test(typed)) throw new Fault('one-line');
    return typed;
  },
  print: itself,
};

/** A whole number within bounds. */
export const whole = (min: number, max: number): FieldType<number> => ({
  kind: 'whole',
  min,
  max,
  parse(raw) {
    const typed = line(raw).replace(/(?<=\d)[ \u00A0\u202F](?=\d{3}\b)/g, '');
    if (!/^[+-]?\d{1,15}$/.test(typed)) throw new Fault('whole');
    const number = Number(typed);
    if (number < min || number > max) throw new Fault('range', { min, max });
    return number;
  },
  print: String,
});

/** A fixed count of digits, spaces ignored: a code typed back from a letter. */
export const digits = (count: number): FieldType<string> => ({
  kind: 'digits',
  max: count + 4,
  min: count,
  parse(raw) {
    const typed = String(line(raw)).replace(/\s/g, '');
    // a door with numbers drops leading zeros
    const padded = typeof raw === 'number' ? typed.padStart(count, '0') : typed;
    if (!new RegExp(`^\\d{${count}}$`).test(padded)) throw new Fault('digits', { count });
    return padded;
  },
  print: itself,
});

const pieces = (raw: Raw): readonly string[] => {
  if (areUploads(raw)) throw new Fault('file');
  return Array.isArray(raw) ? (raw as readonly string[]).map(line) : [line(raw)];
};

const parts = (raw: Raw): string[] =>
  pieces(raw)
    .flatMap((piece) => piece.split(/[,;\n]/))
    .map((piece) => piece.trim())
    .filter(Boolean);

/** Several values, separated by `,` `;` or line ends. */
export const list = <T>(item: FieldType<T>, max: number): FieldType<readonly T[]> => ({
  kind: 'list',
  max,
  item: item,
  parse(raw, context) {
    const values = parts(raw);
    if (values.length === 0) throw new Fault('missing');
    if (values.length > max) throw new Fault('range', { min: 1, max });
    return each(values, (value) => item.parse(value, context), itself);
  },
  print: (values) => values.map((value) => item.print(value)).join(', '),
});

/** A list of `product=whole`, as in a stock count. */
export const counts: FieldType<Readonly<Record<string, number>>> = {
  kind: 'pairs',
  max: 4000,
  parse(raw, context) {
    const found: Record<string, number> = {};
    const take = (pair: string): void => {
      const [name, value, ...more] = pair.split('=');
      if (!name || value === undefined || more.length > 0) throw new Fault('pairs', { example: 'pro=3' });
      const id = product(true).parse(name, context);
      if (Object.hasOwn(found, id)) throw new Fault('repeats', { value: name });
      found[id] = whole(0, 1_000_000).parse(value, context);
    };
    each(parts(raw), take, itself);
    if (Object.keys(found).length === 0) throw new Fault('missing');
    return found;
  },
  print: (value) =>
    Object.entries(value)
      .map(([id, count]) => `${id}=${count}`)
      .join(', '),
};

/** Refuses those that are empty or larger, all of them at once. @throws {FileFaults} */
function sized(uploads: readonly Upload[], maxBytes: number): readonly Upload[] {
  const faults = uploads.flatMap(({ name, content }) => {
    const params = { name: cleanName(name), max: Math.floor(maxBytes / 1024 / 1024) };
    if (content.length === 0) return [new Fault('file-empty', params)];
    return content.length > maxBytes ? [new Fault('file-large', params)] : [];
  });
  if (faults.length > 0) throw new FileFaults(faults);
  return uploads;
}

/** A file of at least one byte and at most `maxBytes`. */
export const file = (maxBytes: number): FieldType<Upload> => ({
  kind: 'file',
  max: maxBytes,
  parse(raw) {
    if (typeof raw !== 'object' || Array.isArray(raw)) throw new Fault('file');
    sized([raw as Upload], maxBytes);
    return raw as Upload;
  },
  print: (value) => value.name,
});

/** At most `most` files of at most `maxBytes` each. */
export const files = (maxBytes: number, most: number): FieldType<readonly Upload[]> => ({
  kind: 'files',
  max: most,
  item: file(maxBytes),
  parse(raw, context) {
    const uploads = areUploads(raw) ? raw : [file(maxBytes).parse(raw, context)];
    if (uploads.length > most) throw new Fault('range', { min: 1, max: most });
    return sized(uploads, maxBytes);
  },
  print: (values) => values.map(({ name }) => name).join(', '),
});

/** A list of `key=value`; which keys there are depends on what else was chosen, and is judged with it. */
export const details: FieldType<Readonly<Record<string, string>>> = {
  kind: 'details',
  max: 4000,
  parse(raw) {
    const found: Record<string, string> = {};
    const take = (pair: string): void => {
      const [, name, value] = /^([^=]{1,60}?)\s*=\s*(.{1,200})$/su.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new Fault('pairs', { example: 'users=12' });
      const key = fold(name).replaceAll(' ', '-');
      if (Object.hasOwn(found, key)) throw new Fault('repeats', { value: key });
      found[key] = checked(value.trim(), { max: 200 });
    };
    each(parts(raw), take, itself);
    if (Object.keys(found).length === 0) throw new Fault('missing');
    return found;
  },
  print: (value) =>
    Object.entries(value)
      .map(([key, one]) => `${key}=${one}`)
      .join(', '),
};

export interface Amount {
  /** In the currency's minor unit. */
  readonly cents: number;
  readonly currency: 'EUR';
}

/** `1234.56`, `1 234,56`, with or without `EUR` or `€`. */
export const amount: FieldType<Amount> = {
  kind: 'amount',
  max: 40,
  parse(raw) {
    const typed = line(raw)
      .replace(/\s*(?:EUR|€)\s*/giu, '')
      .replace(/[\s\u00A0\u202F](?=\d{3}(?:\D|$))/gu, '');
    const [, whole = '', part = ''] = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(typed) ?? [];
    if (whole === '') throw new Fault('amount');
    return { cents: Number(whole) * 100 + Number(part.padEnd(2, '0')), currency: 'EUR' };
  },
  print: ({ cents }) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
};
