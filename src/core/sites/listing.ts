/**
 * Finding sites among very many (D4). One column has all of a site's values, folded and marked, so that one look at it
 * answers any search and filter. An index of its parts tells whom to look at; where they are too many, all are. A page
 * without search and filter comes from an index alone.
 */
import type { Condition, Sorting } from '../command/columns.js';
import type { Range } from '../command/listing.js';
import { parseRef } from '../guard/number.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { camel } from '../locales/key.js';
import { textsOf } from '../locales/texts.js';
import { Prisma, type Site } from '../record/database.js';
import { searchable } from '../record/fold.js';
import { idsHaving } from '../record/trigrams.js';
import { resellersNamed } from '../parties/organisation.js';
import { ownedBy, siteText } from './site.js';

export interface Wanted {
  readonly words: readonly string[];
  readonly conditions: readonly Condition[];
  readonly sortings: readonly Sorting[];
}

const rowsAtATime = 5_000;

/** Columns in which nothing is ever left out: their indexes are sorted as people want them. */
const full: Readonly<Record<string, string>> = {
  site: 'id',
  reseller: 'orgId',
  generation: 'generation',
  'product-line': 'productLine',
  'site-name': 'siteName',
};

export interface Found {
  page(range: Range): Promise<{ rows: readonly Site[]; total: number }>;
  all(range: Range): Promise<readonly Site[]>;
}

/** @throws {Refusal} `input.invalid` for a condition that its column can't have */
export async function findSites(work: Work, wanted: Wanted): Promise<Found> {
  // the longest is the rarest
  const tests = [...wanted.words].sort((a, b) => b.length - a.length).map((word) => like(word));
  for (const condition of wanted.conditions) tests.push(await holds(work, condition));
  const parts = tests.flatMap(({ part }) => part ?? []);
  const ids = await idsHaving(work.tx, work.desk.database.provider, { table: 'SiteSearch', parts, atMost: fewAtMost });
  const all = ids === undefined && tests.length > 0;
  const from = ids === undefined ? Prisma.sql`"Site"` : these(ids);
  const where = every([...(await owned(work, all)), ...tests.map(({ sql }) => sql)]);
  const order = orderBy(wanted.sortings, all);
  const idsOf = async ({ skip, take }: Range): Promise<number[]> => {
    const rows = await work.tx.$queryRaw<{ id: number }[]>`
      SELECT "id" FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ${take} OFFSET ${skip}`;
    return rows.map(({ id }) => Number(id));
  };
  const count = async (): Promise<number> => {
    const [row] = await work.tx.$queryRaw<{ n: number | bigint }[]>`SELECT COUNT(*) AS n FROM ${from} WHERE ${where}`;
    return Number(row?.n ?? 0);
  };
  return {
    async page({ skip, take }) {
      // so that one look is enough to count few of them too
      const ahead = tests.length > 0 ? fewAtMost : 0;
      const found = await idsOf({ skip, take: take + ahead });
      const isLast = found.length < take + ahead && (found.length > 0 || skip === 0);
      const total = isLast ? skip + found.length : await count();
      return { rows: await rowsOf(work, found.slice(0, take)), total };
    },
    all: async (range) => rowsOf(work, await idsOf(range)),
  };
}

/** The rows of these ids, in their order. */
async function rowsOf(work: Work, ids: readonly number[]): Promise<Site[]> {
  const rows = new Map<number, Site>();
  for (let start = 0; start < ids.length; start += rowsAtATime) {
    const part = await work.tx.site.findMany({ where: { id: { in: ids.slice(start, start + rowsAtATime) } } });
    for (const row of part) rows.set(row.id, row);
  }
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** More rows are found faster by looking at all there are than each by its place in an index. */
const fewAtMost = 12_000;

/** Sites of these ids, one after the other: a CROSS JOIN keeps SQLite from beginning with another index. */
const these = (ids: string): Prisma.Sql =>
  Prisma.sql`(SELECT "value" AS "found" FROM json_each(${ids})) CROSS JOIN "Site" ON "id" = "found"`;

/** @param looked each of these rows will be looked at */
async function owned(work: Work, looked: boolean): Promise<Prisma.Sql[]> {
  const { orgId } = await ownedBy(work);
  if (orgId === undefined) return [];
  const ids = typeof orgId === 'number' ? [orgId] : orgId.in;
  const own = among('orgId', ids);
  if (!looked) return [own];
  const [row] = await work.tx.$queryRaw<{ n: number | bigint }[]>`
    SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM "Site" WHERE ${own} LIMIT ${fewAtMost + 1}) AS own`;
  return [Number(row?.n ?? 0) > fewAtMost ? among('orgId', ids, true) : own];
}

const column = (name: string): Prisma.Sql => Prisma.raw(`"${name}"`);
const every = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.sql`(${Prisma.join([...conditions], ' AND ')})` : Prisma.sql`1 = 1`;
/** @param plainly without an index: a sum has none */
const among = (name: string, numbers: readonly number[], plainly = false): Prisma.Sql =>
  numbers.length > 0
    ? Prisma.sql`${column(name)}${Prisma.raw(plainly ? ' + 0' : '')} IN (${Prisma.join([...numbers])})`
    : Prisma.sql`1 = 0`;

/** What a row must pass. */
interface Test {
  readonly sql: Prisma.Sql;
  /** What the text of every row that passes has in it. */
  readonly part?: string;
}
const like = (part: string, pattern = part): Test => ({
  sql: Prisma.sql`"searchText" LIKE ${`%${pattern}%`}`,
  part,
});

/** One condition, without case and accents where it is about text. */
async function holds(work: Work, condition: Condition): Promise<Test> {
  const { field, sign, value } = condition;
  const key = camel(field.name);
  if (catalogued.has(field.name) && sign === '=') return { sql: Prisma.sql`${column(key)} = ${value}` };
  if (field.name === 'reseller') return { sql: await ofReseller(work, sign, value) };
  if (sign === '~') return like(searchable(value), siteText.contains(key, value));
  if (field.name !== 'site' && sign === '=') return like(siteText.equal(key, value));
  return { sql: await compared(work, condition) };
}

/** A site's number, or a text that comes before or after another. */
async function compared(work: Work, condition: Condition): Promise<Prisma.Sql> {
  const { field, sign, value } = condition;
  const key = camel(field.name);
  if (field.name === 'site') {
    const id = parseRef('S', value);
    if (id === undefined) throw wrong(textsOf(work.locale).faults.ref({ prefix: 'S' }));
    return Prisma.sql`"id" ${Prisma.raw(sign)} ${id}`;
  }
  const spelled = indexed.has(field.name) && (await spelledSo(work, condition));
  if (spelled) return spelled;
  const text = searchable(value);
  const tail = tailAfter(work, siteText.mark(key));
  // marks sort before every character: what follows a value never makes it the greater one
  return sign === '<'
    ? Prisma.sql`(${column(key)} IS NOT NULL AND ${tail} < ${text})`
    : Prisma.sql`(${column(key)} IS NOT NULL AND ${tail} >= ${`${text} `})`;
}

/** Kept as the catalogue writes them. */
const catalogued = new Set(['generation', 'product-line']);
/** Columns with an index and few different values: places. */
const indexed = new Set(['site-city', 'site-zip']);
const spellingsAtMost = 6_000;
const namedAtMost = 1_000;

/** The ways in which the values that fit are written, from the column's index alone; nothing when there are too many. */
async function spelledSo(work: Work, { field, sign, value }: Condition): Promise<Prisma.Sql | undefined> {
  // PostgreSQL is no quicker that way
  if (value === '' || work.desk.database.provider !== 'sqlite') return undefined;
  const name = column(camel(field.name));
  const rows = await work.tx.$queryRaw<{ value: string }[]>`
    SELECT DISTINCT ${name} AS "value" FROM "Site" WHERE ${name} IS NOT NULL LIMIT ${spellingsAtMost + 1}`;
  if (rows.length > spellingsAtMost) return undefined;
  const wanted = searchable(value);
  const fits = (text: string) => (sign === '<' ? text < wanted : text > wanted);
  const found = rows.filter((row) => fits(searchable(row.value)));
  if (found.length > namedAtMost) return undefined;
  return found.length > 0 ? Prisma.sql`${name} IN (${Prisma.join(found.map((row) => row.value))})` : Prisma.sql`1 = 0`;
}

const wrong = (sentence: string): Refusal => new Refusal('input.invalid', {}, { filter: sentence });

/** A site's text from behind a mark on, compared by code points. */
function tailAfter(work: Work, mark: string): Prisma.Sql {
  return work.desk.database.provider === 'sqlite'
    ? Prisma.sql`substr("searchText", instr("searchText", ${mark}) + 1)`
    : Prisma.sql`substr("searchText", strpos("searchText", ${mark}) + 1) COLLATE "C"`;
}

/** By number or a member's address, or with `~` a part of its name. */
async function ofReseller(work: Work, sign: Condition['sign'], value: string): Promise<Prisma.Sql> {
  if (sign === '=')
    return among(
      'orgId',
      (await resellersNamed(work.tx, value)).map(({ id }) => id),
    );
  if (sign !== '~') throw wrong(textsOf(work.locale).lists.sign({ field: 'reseller', signs: '= ~' }));
  const orgs = await work.tx.organisation.findMany({ where: { state: 'reseller' }, select: { id: true, name: true } });
  const part = searchable(value);
  return among(
    'orgId',
    orgs.filter(({ name }) => searchable(name).includes(part)).map(({ id }) => id),
  );
}

/**
 * Rows with nothing in the column come last. `looked`: rows are chosen by looking at all of them; an expression then
 * keeps SQLite from going through an index for its order and fetching each row by itself.
 */
function orderBy(wanted: readonly Sorting[], looked: boolean): Prisma.Sql {
  const last = wanted.at(-1);
  // always a total order, so that pages neither overlap nor leave gaps; newest first unless told
  const tie = Prisma.raw(`"id" ${last && !last.descending ? 'ASC' : 'DESC'}`);
  const orders = wanted.map(({ field, descending }) => {
    const name = full[field.name];
    const way = descending ? 'DESC' : 'ASC';
    if (name === 'id' || name === 'orgId') return Prisma.raw(`"${name}" ${way}`);
    const text = `"${name ?? camel(field.name)}"${looked ? " || ''" : ''}`;
    return Prisma.raw(`${text} ${way}${name ? '' : ' NULLS LAST'}`);
  });
  return Prisma.join([...orders, tie], ', ');
}
