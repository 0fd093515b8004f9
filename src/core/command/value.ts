/**
 * What the values of an answer are, by their keys, and how people read them. The one place that knows: an answer in words
 * (reply.ts), a sheet (listing.ts), what a request asks (asked.ts) and a fault all ask here. A key that is a field's name
 * holds what that field does.
 */
import { formatDay, formatInstant, formatMoney, formatMonth } from '../locales/format.js';
import { camel } from '../locales/key.js';
import { letterName } from '../locales/letter-texts.js';
import type { Locale } from '../locales/locale.js';
import { stateName, textsOf } from '../locales/texts.js';
import type { SheetCell } from '../tables/sheet.js';
import * as dictionary from './dictionary.js';
import { choicesOf, type Amount, type Choice, type FieldContext } from './type.js';

/** What the catalogue calls its products and choices. */
export type Names = Pick<FieldContext, 'productChoices' | 'catalogueChoices'>;

export interface Reader {
  readonly locale: Locale;
  readonly timeZone: string;
  /** Without it, where there was no desk to ask, ids of the catalogue stay as they are. */
  readonly names: Names | undefined;
}

/** Fields by their keys in data; several may share a name. */
const fields = new Map<string, dictionary.Field[]>();
for (const one of Object.values<unknown>(dictionary)) {
  if (typeof one !== 'object') continue;
  const field = one as dictionary.Field;
  fields.set(camel(field.name), [...(fields.get(camel(field.name)) ?? []), field]);
}

/** What a key of data is called: by the texts, else as the field of that name is. */
export const heading = (key: string, locale: Locale): string =>
  textsOf(locale).keys[key] ?? fields.get(key)?.at(-1)?.labels[locale][0] ?? key;

/** A field as its reader knows it, whatever command asks for it. */
export const fieldLabel = (name: string, locale: Locale): string =>
  fields.get(camel(name))?.at(-1)?.labels[locale][0] ?? heading(camel(name), locale);

type Kind = 'time' | 'month' | 'money' | 'country' | 'letter' | 'state' | 'key' | 'field' | 'text' | 'unknown';

/** Keys that no field and no ending tells. */
const kinds: Readonly<Record<string, Kind>> = {
  ...{ at: 'time', since: 'time', until: 'time', from: 'time', expires: 'time', renewBy: 'time', linkUntil: 'time' },
  ...{ validUntil: 'time', holdUntil: 'time', redemptionUntil: 'time', ownerDue: 'time', passwordUntil: 'time' },
  ...{
    month: 'month',
    letter: 'letter',
    verdict: 'state',
    account: 'state',
    kind: 'state',
    outcome: 'state',
    role: 'state',
  },
  ...{
    column: 'key',
    changed: 'key',
    missing: 'field',
    columns: 'field',
    state: 'state',
    source: 'state',
    object: 'unknown',
  },
};

const worded = new Set<string>(['text', 'long', 'email', 'phone', 'ref', 'mac', 'web', 'domain', 'digits']);

function kindOf(key: string): Kind {
  const known = kinds[key];
  if (known) return known;
  if (key.endsWith('Cents')) return 'money';
  if (/[a-z](?:At|On)$/.test(key)) return 'time';
  if (key.endsWith('State')) return 'state';
  const types = fields.get(key)?.map(({ type }) => type.kind) ?? [];
  if (types.includes('date')) return 'time';
  if (types.includes('country')) return 'country';
  return types.length > 0 && types.every((type) => worded.has(type)) ? 'text' : 'unknown';
}

/** The choice of this id that any field of this name offers; what a request is about may be a part of the catalogue. */
function choiceOf(key: string, id: string, names: Names | undefined): Choice | undefined {
  const context = names ?? { productChoices: () => [], catalogueChoices: () => [] };
  for (const { type } of fields.get(key === 'object' ? 'part' : key) ?? [])
    for (const one of [type, type.item])
      for (const choice of one ? choicesOf(one, context) : []) if (choice.id === id) return choice;
  return undefined;
}

const day = /^\d{4}-\d\d-\d\d$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const timeCell = (value: string): SheetCell =>
  instant.test(value) ? { instant: new Date(value) } : day.test(value) ? { day: value } : value;

const regions = new Map<Locale, Intl.DisplayNames>();
/** `FR` → `France`. */
export function countryName(code: string, locale: Locale): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  const known = regions.get(locale) ?? new Intl.DisplayNames([locale], { type: 'region' });
  regions.set(locale, known);
  return known.of(code) ?? code;
}

function textCell(key: string, value: string, reader: ValueReader): SheetCell {
  const kind = kindOf(key);
  if (kind === 'time') return timeCell(value);
  if (kind === 'month') return { month: value };
  if (kind === 'text') return value;
  if (kind === 'letter') return letterName(value, reader.locale);
  if (kind === 'country') return countryName(value, reader.locale);
  if (kind === 'field') return fieldLabel(value, reader.locale);
  if (kind === 'key') return heading(camel(value), reader.locale);
  const choice = choiceOf(key, value, reader.names);
  if (choice) return choice.names[reader.locale];
  if (kind === 'state') return stateName(value, { locale: reader.locale, of: subjectOf(key, reader.record) });
  // what was before and after, and the like: whatever it is
  return kind === 'unknown' ? timeCell(value) : value;
}

interface ValueReader extends Reader {
  /** The data that the value stands in, which tell what a state is said of. */
  readonly record?: Readonly<Record<string, unknown>> | undefined;
}

/** What a state is said of: `certificateState` of a certificate, `state` of what its record is about. */
function subjectOf(key: string, record: ValueReader['record'] = {}): string | undefined {
  if (key === 'verdict') return 'approval';
  if (key !== 'state') return key.replace(/State$/, '');
  const { genders } = textsOf('fr');
  return Object.keys(record).find((one) => one in genders);
}

/** One value as a cell of a sheet: a number, a date or words. */
export function cellOf(key: string, value: unknown, reader: ValueReader): SheetCell {
  const texts = textsOf(reader.locale);
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (typeof value === 'string') return textCell(key, value, reader);
  if (typeof value === 'number') return kindOf(key) === 'money' ? { cents: value } : value;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return value.map((one: unknown) => inWords(cellOf(key, one, reader), reader)).join(', ') || null;
  return JSON.stringify(value);
}

/** A cell as it is said in a sentence. */
function inWords(cell: SheetCell, { locale, timeZone }: Reader): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  if ('cents' in cell) return formatMoney(cell.cents, locale);
  if ('month' in cell) return formatMonth(cell.month, locale);
  if ('day' in cell) return formatDay(new Date(cell.day), 'UTC', locale);
  return formatInstant(cell.instant, timeZone, locale);
}

/** One value as a person reads it; nothing is a dash, and what is nested deeper is JSON. */
export const valueText = (key: string, value: unknown, reader: ValueReader): string =>
  inWords(cellOf(key, value, reader), reader) || '–';

/** A field's value, understood, as a person reads it: a choice by its name, a date and an amount in their form. */
export function fieldText(field: dictionary.Field, value: unknown, reader: Reader): string {
  const { kind } = field.type;
  if (kind === 'amount') return formatMoney((value as Amount).cents, reader.locale);
  // by the names of the fields of each: products of a count, free words of an order's details
  if (kind === 'pairs' || kind === 'details')
    return Object.entries(value as Readonly<Record<string, unknown>>)
      .map(([name, one]) => `${kind === 'pairs' ? valueText('product', name, reader) : name} = ${String(one)}`)
      .join(', ');
  return valueText(camel(field.name), value, reader);
}
