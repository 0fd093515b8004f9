/** What a site must pass to be listed (D4): words, and a condition on a column, without case and accents. */
import type { Condition } from '../../command/columns.js';
import { parseRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { camel } from '../../locales/key.js';
import { textsOf } from '../../locales/texts.js';
import { Prisma } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { phraseOf } from '../../database/search-index.js';
import { resellersNamed } from '../parties/organisation.js';
import { siteText } from './site.js';

export interface Test {
  readonly sql: Prisma.Sql;
  /** The same for the index of searches, where that can tell. */
  readonly phrase?: string | undefined;
  /** The same for the index of towns. */
  readonly town?: Prisma.Sql;
}

const column = (name: string): Prisma.Sql => Prisma.raw(`"${name}"`);

/** @param plainly without an index: a sum has none */
export const among = (name: string, numbers: readonly number[], plainly = false): Prisma.Sql =>
  numbers.length > 0
    ? Prisma.sql`${column(name)}${Prisma.raw(plainly ? ' + 0' : '')} IN (${Prisma.join([...numbers])})`
    : Prisma.sql`1 = 0`;

const like = (pattern: string, phrase: string | undefined): Test => ({
  sql: Prisma.sql`"searchText" LIKE ${`%${pattern}%`}`,
  phrase,
});

/** Some value has this word, folded already. */
export const hasWord = (word: string): Test => like(word, phraseOf(word));

/** @throws {Refusal} `input.invalid` for a condition that its column can't have */
export async function holds(work: Work, condition: Condition): Promise<Test> {
  const { field, sign, value } = condition;
  const key = camel(field.name);
  if (catalogued.has(field.name) && sign === '=') return { sql: Prisma.sql`${column(key)} = ${value}` };
  if (field.name === 'reseller') return { sql: await ofReseller(work, sign, value) };
  if (sign === '~') return like(siteText.contains(key, value), phraseOf(searchable(value), key));
  if (field.name === 'site' || sign !== '=') return { sql: await compared(work, condition) };
  const whole = siteText.equal(key, value);
  const test = like(whole, phraseOf(whole, key));
  if (field.name !== 'site-city' || work.desk.database.provider !== 'sqlite') return test;
  return { ...test, town: Prisma.sql`${town} = ${searchable(value)}` };
}

const codeOf = (key: string): number => siteText.mark(key).charCodeAt(0);
/** A site's town, folded, letter by letter as its index has it (prisma/sqlite/migrations/*_search_by_value). */
const town = Prisma.raw(
  `substr("searchText", instr("searchText", char(${codeOf('siteCity')})) + 1, ` +
    `instr("searchText", char(${codeOf('siteCountry')})) - instr("searchText", char(${codeOf('siteCity')})) - 1)`,
);

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
