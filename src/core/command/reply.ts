/**
 * An outcome as people read it, neutral of any door: a headline, labelled lines, tables, and what is wrong with which
 * field. Doors render this; none has words of its own for a command.
 */
import { camel } from '../locales/key.js';
import type { Locale } from '../locales/locale.js';
import { textsOf, type Read } from '../locales/texts.js';
import type { AnyCommand } from './define.js';
import type { Data, Outcome } from './outcome.js';
import { useOf } from './registry.js';
import { fieldLabel, heading, valueText as plain, type Reader } from './value.js';

export { fieldLabel, heading } from './value.js';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Its columns are names over counts: wider than what stands below them, so a door of little width wraps them. */
  readonly counts?: true;
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
    rows: rows.map((record) => columns.map((column) => plain(column, record[column], { ...reader, record }))),
  };
}

type CountRow = { readonly product: string; readonly name: string } & Readonly<Record<string, number>>;

/** How many there are of each kind. */
const isCounts = (rows: readonly Readonly<Record<string, unknown>>[]): rows is readonly CountRow[] =>
  rows.every(({ product, name, ...counts }) => {
    const numbers = Object.values(counts);
    const named = typeof product === 'string' && typeof name === 'string';
    return named && numbers.length > 0 && numbers.every((one) => typeof one === 'number');
  });

/** A column a kind, as on the desk that resellers know (J3); boxes stand apart from packs. */
function countTables(rows: readonly CountRow[], { locale, names }: Reader): Table[] {
  const packs = new Set((names?.productChoices(false) ?? rows.map(({ product: id }) => ({ id }))).map(({ id }) => id));
  const table = (key: string, kinds: readonly CountRow[]): Table => ({
    title: heading(key, locale),
    columns: ['', ...kinds.map(({ name }) => name)],
    rows: Object.keys(kinds[0] ?? {})
      .filter((count) => count !== 'product' && count !== 'name')
      .map((count) => [heading(count, locale), ...kinds.map((kind) => String(kind[count]))]),
    counts: true,
  });
  const parts: [string, CountRow[]][] = [
    ['packKinds', rows.filter(({ product }) => packs.has(product))],
    ['boxKinds', rows.filter(({ product }) => !packs.has(product))],
  ];
  return parts.flatMap(([key, kinds]) => (kinds.length > 0 ? [table(key, kinds)] : []));
}

function fill(data: Readonly<Record<string, unknown>>, reader: Reader, into: { lines: Line[]; tables: Table[] }): void {
  for (const [key, value] of Object.entries(data)) {
    if (isTalk(value)) into.lines.push(...talk(value, reader));
    else if (isRows(value))
      into.tables.push(...(isCounts(value) ? countTables(value, reader) : [table(key, value, reader)]));
    else if (isChange(value))
      into.lines.push({
        label: heading(key, reader.locale),
        value: `${plain(key, value.old, reader)} → ${plain(key, value.new, reader)}`,
      });
    else if (isForm(value))
      for (const [field, { value: stands, required }] of Object.entries(value))
        into.lines.push({
          label: `${fieldLabel(field, reader.locale)}${required ? ' *' : ''}`,
          value: plain(camel(field), stands, reader),
        });
    else if (isObject(value)) fill(value, reader, into);
    else if (!(Array.isArray(value) && value.length === 0))
      into.lines.push({ label: heading(key, reader.locale), value: plain(key, value, { ...reader, record: data }) });
  }
}

/** A fault of a table stands under `row:column` (command/table.ts). */
function cellLabel(field: string, locale: Locale): string | undefined {
  const [, row = '', column = ''] = /^(\d+):([\w-]+)$/.exec(field) ?? [];
  return row === '' ? undefined : textsOf(locale).cell({ row, column: heading(camel(column), locale) });
}

/** How a headline reads a value of its answer. */
const reads =
  (data: Data, reader: Reader): Read =>
  (key, value = data[key]) =>
    plain(key, value, { ...reader, record: data });

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
  const headline = nothing
    ? texts.nothingToChange
    : texts.answers[outcome.code](outcome.data, reads(outcome.data, reader));
  return { ok: true, headline: headline + dryRun, ...into, faults: [] };
}

/** Column widths for a door with a fixed-width font; wide cells are cut with an ellipsis. */
export function aligned(source: Table, widest = 40): string[] {
  const cut = (text: string) => ([...text].length > widest ? `${[...text].slice(0, widest - 1).join('')}…` : text);
  const all = [...(source.counts ? wrapped(source.columns) : [source.columns]), ...source.rows].map((row) =>
    row.map(cut),
  );
  const widths = source.columns.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
}

/** As wide as a count's name may be before it goes on below: four of them stand beside each other in a message. */
const nameMost = 14;

/** Names as a heading of as many lines as the longest needs. */
function wrapped(names: readonly string[]): string[][] {
  const parts = names.map((name) => {
    const lines: string[] = [];
    for (const word of name.split(' ')) {
      const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
      if (lines.length > 0 && longer.length <= nameMost) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  });
  const most = Math.max(...parts.map((lines) => lines.length));
  return Array.from({ length: most }, (_, at) => parts.map((lines) => lines[at] ?? ''));
}
