/**
 * An outcome as people read it, neutral of any door: a headline, labelled lines, tables, and what is wrong with which
 * field. Doors render this; none has words of its own for a command.
 */
import { camel } from '../locales/key.js';
import { formatDay, formatInstant, formatMoney } from '../locales/format.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import type { AnyCommand } from './define.js';
import * as dictionary from './dictionary.js';
import type { Outcome } from './outcome.js';
import { useOf } from './registry.js';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Line {
  readonly label: string;
  readonly value: string;
  /** Somebody's own words in a conversation: whole, however long, and never to be taken for lines of ours. */
  readonly said?: true;
}

export interface Reply {
  readonly ok: boolean;
  readonly headline: string;
  readonly lines: readonly Line[];
  readonly tables: readonly Table[];
  /** Faulty fields: name as typed, label in the reader's language, what is wrong. */
  readonly faults: readonly { readonly field: string; readonly label: string; readonly text: string }[];
}

interface Reader {
  readonly locale: Locale;
  readonly timeZone: string;
}

const day = /^\d{4}-\d\d-\d\d$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Fields by their keys in data: a name means the same everywhere. */
const fields = new Map(
  Object.values<unknown>(dictionary)
    .filter((one): one is dictionary.Field => typeof one === 'object')
    .map((field) => [camel(field.name), field] as const),
);

/** What a key of data is called: by the texts, else as the field of that name is. */
export const heading = (key: string, locale: Locale): string =>
  textsOf(locale).keys[key] ?? fields.get(key)?.labels[locale][0] ?? key;

/** A field as its reader knows it, whatever command asks for it. */
export const fieldLabel = (name: string, locale: Locale): string =>
  fields.get(camel(name))?.labels[locale][0] ?? heading(camel(name), locale);

/** One value as a person reads it; what is nested deeper is JSON. */
function plain(key: string, value: unknown, reader: Reader): string {
  const texts = textsOf(reader.locale);
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (typeof value === 'string' && instant.test(value))
    return formatInstant(new Date(value), reader.timeZone, reader.locale);
  if (typeof value === 'string' && day.test(value)) return formatDay(new Date(value), 'UTC', reader.locale);
  const choice = fields.get(key)?.type.choices?.find(({ id }) => id === value);
  if (choice) return choice.names[reader.locale];
  if (/^(state|verdict|account|role|kind|outcome|\w+State)$/.test(key) && typeof value === 'string')
    return texts.states[value] ?? value;
  if (key.endsWith('Cents') && typeof value === 'number') return formatMoney(value, reader.locale);
  if (key === 'column' && typeof value === 'string') return heading(camel(value), reader.locale);
  if (key === 'changed' && Array.isArray(value))
    return value.map((name) => heading(String(name), reader.locale)).join(', ');
  if ((key === 'missing' || key === 'columns') && Array.isArray(value))
    return value.map((name) => fieldLabel(String(name), reader.locale)).join(', ');
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ') || '–';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

const isRows = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
/** What stood there, and what is to stand there. */
const isChange = (value: unknown): value is { readonly old: unknown; readonly new: unknown } =>
  isObject(value) && Object.keys(value).join() === 'old,new';
/** A form: what stands in each field, and whether it is needed. */
const isForm = (value: unknown): value is Readonly<Record<string, { value?: unknown; required: boolean }>> =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every(
    (one) =>
      isObject(one) &&
      typeof one['required'] === 'boolean' &&
      Object.keys(one).every((key) => key === 'value' || key === 'required'),
  );
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Spoken {
  readonly at: string;
  readonly who: string;
  readonly text: string;
  readonly staff?: boolean;
  readonly door?: string;
  readonly files?: readonly string[];
}

/** What people said to each other: a table would cut it. */
const isTalk = (value: unknown): value is readonly Spoken[] =>
  isRows(value) && value.every((row) => ['at', 'who', 'text'].every((key) => typeof row[key] === 'string'));

/** The newest first: it is what is looked for, and where there is little room the oldest is left out. */
const talk = (spoken: readonly Spoken[], reader: Reader): Line[] =>
  spoken.toReversed().map(({ at, who, text, staff, door, files = [] }) => {
    const side = staff ? ` (${heading('staff', reader.locale)})` : '';
    const label = [plain('at', at, reader), `${who}${side}`, ...(door ? [door] : []), ...files].join(', ');
    return { label, value: text, said: true };
  });

/** A list has pages; what a table of ten thousand rows did has none. JSON has all of them. */
const rowsAtMost = 1_000;

function table(key: string, all: readonly Readonly<Record<string, unknown>>[], reader: Reader): Table {
  const { firstRows } = textsOf(reader.locale);
  const rows = all.slice(0, rowsAtMost);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const title = key === 'items' ? '' : heading(key, reader.locale);
  const cut = rows.length < all.length ? [firstRows({ shown: rows.length, total: all.length })] : [];
  return {
    title: [...(title ? [title] : []), ...cut].join(' – '),
    columns: columns.map((column) => heading(column, reader.locale)),
    rows: rows.map((row) => columns.map((column) => plain(column, row[column], reader))),
  };
}

function fill(data: Readonly<Record<string, unknown>>, reader: Reader, into: { lines: Line[]; tables: Table[] }): void {
  for (const [key, value] of Object.entries(data)) {
    if (isTalk(value)) into.lines.push(...talk(value, reader));
    else if (isRows(value)) into.tables.push(table(key, value, reader));
    else if (isChange(value))
      into.lines.push({
        label: heading(key, reader.locale),
        value: `${plain(key, value.old, reader)} → ${plain(key, value.new, reader)}`,
      });
    else if (isForm(value))
      for (const [field, { value: stands, required }] of Object.entries(value))
        into.lines.push({
          label: `${fieldLabel(field, reader.locale)}${required ? ' *' : ''}`,
          value: plain(field, stands, reader),
        });
    else if (isObject(value)) fill(value, reader, into);
    else if (!(Array.isArray(value) && value.length === 0))
      into.lines.push({ label: heading(key, reader.locale), value: plain(key, value, reader) });
  }
}

/** A fault of a table stands under `row:column` (command/table.ts). */
function cellLabel(field: string, locale: Locale): string | undefined {
  const [, row = '', column = ''] = /^(\d+):([\w-]+)$/.exec(field) ?? [];
  return row === '' ? undefined : textsOf(locale).cell({ row, column: heading(camel(column), locale) });
}

/** Makes the reply to an outcome; `command` gives refused fields their labels. */
export function replyTo(outcome: Outcome, reader: Reader & { readonly command?: AnyCommand | undefined }): Reply {
  const texts = textsOf(reader.locale);
  const dryRun = outcome.dryRun ? ` ${texts.dryRun}` : '';
  if (!outcome.ok) {
    const faults = Object.entries(outcome.fields ?? {}).map(([field, text]) => ({
      field,
      label:
        cellLabel(field, reader.locale) ??
        (reader.command && useOf(reader.command, field)?.field.labels[reader.locale][0]) ??
        heading(camel(field), reader.locale),
      text,
    }));
    return { ok: false, headline: outcome.message + dryRun, lines: [], tables: [], faults };
  }
  const into = { lines: [] as Line[], tables: [] as Table[] };
  const { missing = outcome.panel?.missing, ...data } = outcome.data;
  fill({ ...data, ...(missing === undefined ? {} : { missing }) }, reader, into);
  const { changed } = outcome.data;
  const nothing = Array.isArray(changed) && changed.length === 0;
  const headline = nothing ? texts.nothingToChange : texts.answers[outcome.code](outcome.data);
  return { ok: true, headline: headline + dryRun, ...into, faults: [] };
}

/** Column widths for a door with a fixed-width font; wide cells are cut with an ellipsis. */
export function aligned(source: Table, widest = 40): string[] {
  const cut = (text: string) => ([...text].length > widest ? `${[...text].slice(0, widest - 1).join('')}…` : text);
  const all = [source.columns, ...source.rows].map((row) => row.map(cut));
  const widths = source.columns.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
}
