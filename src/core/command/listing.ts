/** What every list has in common: LIST = search state since until sort page per-page export (docs/commands.md, "Lists"). */
import { DateTime } from 'luxon';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { formatDay } from '../locales/format.js';
import { camel } from '../locales/key.js';
import { localeNames } from '../locales/locale.js';
import { stateName, textsOf } from '../locales/texts.js';
import { fold, searchable } from '../text/fold.js';
import { writeSheet, type SheetFile } from '../tables/sheet.js';
import { idsHaving, phraseOf, type SearchTable } from '../database/search-index.js';
import { exportAs, page, perPage, search, since, sort, state, until } from './dictionary.js';
import { optional, type Input } from './define.js';
import type { AnswerCode, Data, Done } from './outcome.js';
import { readerOf } from './context.js';
import { cellOf, heading } from './value.js';

export const listFields = [
  optional(search),
  optional(state),
  optional(since),
  optional(until),
  optional(sort),
  optional(page),
  optional(perPage),
  optional(exportAs),
] as const;
export type ListInput = Input<typeof listFields>;

export interface ListSpec<Row> {
  readonly code: AnswerCode;
  /** States of the objects listed; their labels are accepted too. */
  readonly states: readonly string[];
  /** The rows in a state, where it is no column: part of Prisma's where, with no key of another filter. */
  inState?(state: string): Readonly<Record<string, unknown>>;
  /** Field names that can be sorted by, and the column of each. */
  readonly sortable: Readonly<Record<string, string>>;
  /** When `sort` says nothing: columns, first to last. */
  readonly usualOrder?: readonly Readonly<Record<string, 'asc' | 'desc'>>[];
  /** The column of `searchable` text that `search` looks in; or, for want of one, the rows that have every word. */
  readonly searchColumn?: string;
  /** The index of that column, where it has one: its rows have an `orgId`, and are found without a look at all of them. */
  readonly searchTable?: SearchTable;
  matching?(words: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  /** The column that `since` and `until` are about; `createdAt` unless told. */
  readonly dateColumn?: string;
  /** Prisma's where, added to the list's own filters. */
  readonly where: Readonly<Record<string, unknown>>;
  count(args: { where: never }): Promise<number>;
  find(args: { where: never; orderBy: never; skip: number; take: number }): Promise<readonly Row[]>;
  item(row: Row): Record<string, unknown>;
}

const perPageDefault = 25;
const exportedAtMost = 100_000;

export interface Range {
  readonly skip: number;
  readonly take: number;
}

/** A list however it finds its rows. */
export interface Pages {
  readonly code: AnswerCode;
  /** Goes with every answer. */
  readonly data?: Data;
  /** One page, and how many there are in all. */
  page(range: Range): Promise<{ items: readonly Data[]; total: number }>;
  /** The whole result, for a file. */
  all(range: Range): Promise<readonly Data[]>;
}

/** Answers one page of a list; with `export` the whole result is a file too. */
export async function answered(
  work: Pick<Work, 'locale' | 'desk'>,
  input: Pick<ListInput, 'page' | 'perPage' | 'export'>,
  pages: Pages,
): Promise<Done> {
  const [pageNumber, take] = [input.page ?? 1, input.perPage ?? perPageDefault];
  const { items, total } = await pages.page({ skip: (pageNumber - 1) * take, take });
  const data = { items, total, page: pageNumber, ...pages.data };
  if (!input.export) return { code: pages.code, data };
  const all = await pages.all({ skip: 0, take: exportedAtMost });
  return { code: pages.code, data, file: await sheetOf(work, input.export, { name: pages.code, items: all }) };
}

/** Items as a file for whoever asks: labels as its header, words, numbers and dates as they read them. */
export function sheetOf(
  { locale, desk }: Pick<Work, 'locale' | 'desk'>,
  kind: 'csv' | 'xlsx',
  { name, items }: { name: AnswerCode; items: readonly Data[] },
): Promise<SheetFile> {
  const keys = Object.keys(items[0] ?? {});
  const reader = readerOf(desk, locale);
  const header = keys.map((key) => heading(key, locale));
  const rows = items.map((record) => keys.map((key) => cellOf(key, record[key], { ...reader, record })));
  return writeSheet(kind, { name: name.replace('.', '-'), header, rows }, reader);
}

/** Runs a list: filtered, sorted, paged; with `export` the whole result is a file too. */
export async function listed<Row>(work: Work, input: ListInput, spec: ListSpec<Row>): Promise<Done> {
  mustBePeriod(work, input);
  const own = { ...spec.where, ...filters(work, input, spec) };
  const words = searchWords(input.search);
  const where = { ...own, ...(await matching(words, spec)) };
  const orderBy = order(work, input, spec);
  const rows = async (narrowed: Where, range: Range) =>
    (await spec.find({ where: narrowed as never, orderBy: orderBy as never, ...range })).map((row) => spec.item(row));
  return answered(work, input, {
    code: spec.code,
    async page({ skip, take }) {
      const ids = await indexed(work, spec, { words, own });
      const isAll = ids && orderBy.length === 1 && Object.keys(own).every((key) => key === 'orgId');
      if (isAll) {
        const page = ids.slice(skip, skip + take);
        return { total: ids.length, items: await rows({ id: { in: page } }, { skip: 0, take }) };
      }
      const narrowed = ids && ids.length <= namedAtMost ? { ...own, id: { in: ids } } : where;
      return { total: await spec.count({ where: narrowed as never }), items: await rows(narrowed, { skip, take }) };
    },
    all: (range) => rows(where, range),
  });
}

type Where = Readonly<Record<string, unknown>>;

function filters<Row>(work: Work, input: ListInput, spec: ListSpec<Row>): Record<string, unknown> {
  const from = input.since && dayStart(work, input.since);
  const to = input.until && dayStart(work, input.until).plus({ days: 1 });
  return {
    ...(input.state ? inState(spec, stateNamed(work, input.state, spec)) : {}),
    ...(from || to
      ? {
          [spec.dateColumn ?? 'createdAt']: {
            ...(from ? { gte: from.toJSDate() } : {}),
            ...(to ? { lt: to.toJSDate() } : {}),
          },
        }
      : {}),
  };
}

/** @throws {Refusal} `input.invalid` naming both days, when a period ends before it begins */
function mustBePeriod({ locale }: Pick<Work, 'locale'>, { since: from, until: to }: ListInput): void {
  if (from === undefined || to === undefined || from <= to) return;
  const [fromText, toText] = [from, to].map((day) => formatDay(new Date(day), 'UTC', locale));
  const labels = { since: since.labels[locale][0], until: until.labels[locale][0] };
  const fault = textsOf(locale).lists.order({ ...labels, from: fromText ?? '', to: toText ?? '' });
  throw new Refusal('input.invalid', {}, { since: fault, until: fault });
}

const inState = <Row>(spec: ListSpec<Row>, state: string): Where => spec.inState?.(state) ?? { state };

/** What `search` asks for, as it is compared. */
export const searchWords = (typed: string | undefined): readonly string[] =>
  searchable(typed ?? '')
    .split(' ')
    .filter(Boolean);

/** Prisma's conditions, for its `AND`: every word is in that column of searchable text. */
export const havingWords = (words: readonly string[], column = 'searchText'): Record<string, { contains: string }>[] =>
  words.map((word) => ({ [column]: { contains: word } }));

/** Every word has to be there. */
async function matching<Row>(words: readonly string[], spec: ListSpec<Row>): Promise<Where> {
  const { searchColumn } = spec;
  if (words.length === 0) return {};
  if (!searchColumn) return (await spec.matching?.(words)) ?? {};
  return { AND: havingWords(words, searchColumn) };
}

/** The rows that have every word, of the resellers that `own` names, the newest first; nothing when no index can tell. */
async function indexed<Row>(
  work: Work,
  { searchTable: table }: ListSpec<Row>,
  { words, own }: { words: readonly string[]; own: Where },
): Promise<readonly number[] | undefined> {
  const short = words.filter((word) => phraseOf(word) === undefined);
  const { orgId } = own as { orgId?: number | { in: number[] } };
  const wanted = {
    phrases: words.flatMap((word) => phraseOf(word) ?? []),
    short,
    orgs: typeof orgId === 'number' ? [orgId] : orgId?.in,
    atMost: short.length > 0 ? lookedAtMost : foundAtMost,
  };
  return table && (await idsHaving(work.tx, work.desk.database.provider, { table, ...wanted }));
}

/** Each of them is a parameter of the statement, of which Prisma takes 997 on SQLite. */
const namedAtMost = 500;
/** More are looked at faster with all others, one after the other. */
const lookedAtMost = 12_000;
/** Where nobody has to look at them, that many cost less than a look at all. */
const foundAtMost = 200_000;

const dayStart = (work: Work, day: string): DateTime =>
  DateTime.fromISO(day, { zone: work.desk.timeZone }).startOf('day');

function stateNamed(work: Work, typed: string, { states, code }: Pick<ListSpec<never>, 'states' | 'code'>): string {
  const [of] = code.split('.');
  const wanted = fold(typed);
  const found = states.find((name) =>
    [name, ...localeNames.flatMap((one) => [textsOf(one).states[name], textsOf(one).feminineStates[name]])].some(
      (label) => label !== undefined && fold(label) === wanted,
    ),
  );
  if (found) return found;
  const labels = states.map((name) => `${name} (${stateName(name, { locale: work.locale, of })})`);
  throw new Refusal('input.invalid', {}, { state: textsOf(work.locale).faults.choice({ choices: labels.join(', ') }) });
}

/** What can be sorted by, as it is typed and as it is called. */
function sortFault(
  { locale }: Work,
  { sortable }: Pick<ListSpec<never>, 'sortable'>,
  typed: readonly string[],
): string {
  const { faults, lists } = textsOf(locale);
  const names = Object.keys(sortable).map((name) => `${name} (${heading(camel(name), locale)})`);
  return [...typed.map((one) => lists.unknown({ typed: one })), faults.choice({ choices: names.join(', ') })].join(
    '; ',
  );
}

function order<Row>(work: Work, input: ListInput, spec: ListSpec<Row>): Record<string, 'asc' | 'desc'>[] {
  const wanted = input.sort ?? [];
  const columnOf = (typed: string): string | undefined => spec.sortable[typed.replace(/^-/, '').toLowerCase()];
  const unknown = wanted.filter((typed) => columnOf(typed) === undefined);
  if (unknown.length > 0) throw new Refusal('input.invalid', {}, { sort: sortFault(work, spec, unknown) });
  const orders = wanted.map((typed): Record<string, 'asc' | 'desc'> => ({
    [columnOf(typed) ?? '']: typed.startsWith('-') ? 'desc' : 'asc',
  }));
  if (orders.length === 0 && spec.usualOrder) return [...spec.usualOrder];
  // newest first, and always a total order, so that pages neither overlap nor leave gaps
  return [...orders, { id: 'desc' }];
}
