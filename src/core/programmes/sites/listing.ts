/**
 * Finding sites among very many (D4). One column has all of a site's values, folded and marked, so that one look at it
 * answers any search and filter. An index of its parts tells whom it is about without a look at any; where that finds too
 * many, or can't be asked, all are looked at. A town, and a page without search and filter, come from an index alone.
 */
import type { Condition, Sorting } from '../../command/columns.js';
import type { Range } from '../../command/listing.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import { Prisma, type Site } from '../../database/connect.js';
import { idsHaving, rowsOfIds } from '../../database/search-index.js';
import { among, hasWord, holds, type Test } from './conditions.js';
import { ownedBy } from './site.js';

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

/** Ids in their order, and how many there are in all. */
interface Ids {
  of(range: Range): Promise<readonly number[]>;
  page(range: Range): Promise<{ ids: readonly number[]; total: number }>;
}

/** @throws {Refusal} `input.invalid` for a condition that its column can't have */
export async function findSites(work: Work, wanted: Wanted): Promise<Found> {
  // the longest is the rarest
  const tests = [...wanted.words].sort((a, b) => b.length - a.length).map(hasWord);
  for (const condition of wanted.conditions) tests.push(await holds(work, condition));
  const orgs = await orgsOf(work);
  const asked = { tests, orgs, sortings: wanted.sortings };
  const ids = ofTown(work, asked) ?? (await indexed(work, asked)) ?? (await chosen(work, asked));
  return {
    async page(range) {
      const { ids: found, total } = await ids.page(range);
      return { rows: await rowsOf(work, found), total };
    },
    all: async (range) => rowsOf(work, await ids.of(range)),
  };
}

interface SiteQuery {
  readonly tests: readonly Test[];
  /** Whose sites; nothing: everybody's. */
  readonly orgs: readonly number[] | undefined;
  readonly sortings: readonly Sorting[];
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

async function orgsOf(work: Work): Promise<readonly number[] | undefined> {
  const { orgId } = await ownedBy(work);
  return typeof orgId === 'number' ? [orgId] : orgId?.in;
}

/** Nothing at all without a condition: SQLite then counts without going through the rows. */
const every = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.sql`WHERE ${Prisma.join([...conditions], ' AND ')}` : Prisma.empty;

async function idsIn(work: Work, select: Prisma.Sql): Promise<number[]> {
  const rows = await work.tx.$queryRaw<{ id: number }[]>(select);
  return rows.map(({ id }) => Number(id));
}

async function countIn(work: Work, from: Prisma.Sql): Promise<number> {
  const [row] = await work.tx.$queryRaw<{ n: number | bigint }[]>`SELECT COUNT(*) AS n FROM ${from}`;
  return Number(row?.n ?? 0);
}

/** A town's index has what its sites are mostly sorted and chosen by: counting them costs little. */
function ofTown(work: Work, { tests, orgs, sortings }: SiteQuery): Ids | undefined {
  const rest = tests.filter((test) => test.town === undefined);
  if (rest.length === tests.length || rest.some(({ phrase }) => phrase !== undefined)) return undefined;
  const where = every([...tests.map(({ town, sql }) => town ?? sql), ...(orgs ? [among('orgId', orgs)] : [])]);
  const from = Prisma.sql`"Site" INDEXED BY "Site_town" ${where}`;
  const of = ({ skip, take }: Range) =>
    idsIn(work, Prisma.sql`SELECT "id" FROM ${from} ORDER BY ${orderBy(sortings)} LIMIT ${take} OFFSET ${skip}`);
  return { of, page: async (range) => ({ ids: await of(range), total: await countIn(work, from) }) };
}

/** More rows are chosen and sorted faster by looking at all there are than each by its place in an index. */
const fewAtMost = 12_000;
/** Where nobody has to look at them, that many cost less than a look at all. */
const manyAtMost = 200_000;

/** Whom the index of searches tells. */
async function indexed(work: Work, { tests, orgs, sortings }: SiteQuery): Promise<Ids | undefined> {
  const phrases = tests.flatMap(({ phrase }) => phrase ?? []);
  const rest = tests.filter(({ phrase }) => phrase === undefined).map(({ sql }) => sql);
  const newestFirst = sortings.length === 0;
  const atMost = rest.length === 0 && newestFirst ? manyAtMost : fewAtMost;
  const having = await idsHaving(work.tx, work.desk.database.provider, { table: 'SiteSearch', phrases, orgs, atMost });
  if (having === undefined) return undefined;
  const found =
    rest.length === 0 && newestFirst
      ? having
      : await idsIn(
          work,
          Prisma.sql`SELECT "id" FROM ${rowsOfIds('SiteSearch', having)} ${every(rest)} ORDER BY ${orderBy(sortings)}`,
        );
  const of = ({ skip, take }: Range) => Promise.resolve(found.slice(skip, skip + take));
  return { of, page: async (range) => ({ ids: await of(range), total: found.length }) };
}

/** Those that pass, of all there are. */
async function chosen(work: Work, { tests, orgs, sortings }: SiteQuery): Promise<Ids> {
  const looked = tests.length > 0;
  const where = every([...(await owned(work, orgs, looked)), ...tests.map(({ sql }) => sql)]);
  const of = ({ skip, take }: Range) =>
    idsIn(
      work,
      Prisma.sql`SELECT "id" FROM "Site" ${where} ORDER BY ${orderBy(sortings, looked)} LIMIT ${take} OFFSET ${skip}`,
    );
  return {
    of,
    async page({ skip, take }) {
      // so that one look is enough to count few of them too
      const ahead = looked ? fewAtMost : 0;
      const found = await of({ skip, take: take + ahead });
      const isLast = found.length < take + ahead && (found.length > 0 || skip === 0);
      const total = isLast ? skip + found.length : await countIn(work, Prisma.sql`"Site" ${where}`);
      return { ids: found.slice(0, take), total };
    },
  };
}

/** @param looked each of these rows will be looked at */
async function owned(work: Work, orgs: readonly number[] | undefined, looked: boolean): Promise<Prisma.Sql[]> {
  if (orgs === undefined) return [];
  const own = among('orgId', orgs);
  if (!looked) return [own];
  const n = await countIn(work, Prisma.sql`(SELECT 1 AS one FROM "Site" WHERE ${own} LIMIT ${fewAtMost + 1}) AS own`);
  return [n > fewAtMost ? among('orgId', orgs, true) : own];
}

/**
 * Rows with nothing in the column come last. `looked`: rows are chosen by looking at all of them; an expression then
 * keeps SQLite from going through an index for its order and fetching each row by itself.
 */
function orderBy(wanted: readonly Sorting[], looked = false): Prisma.Sql {
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
