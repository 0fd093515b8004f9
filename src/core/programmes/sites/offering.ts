/** What is offered while somebody types: few of very many, the likeliest first. */
import { havingWords } from '../../command/listing.js';
import { searchable } from '../../text/fold.js';

export const offeredAtMost = 25;
/** More are not looked through for those whose name begins so. */
const lookedAt = 200;

interface Offering<Row> {
  readonly typed: string;
  /** When a number was typed. */
  readonly id: number | undefined;
  readonly nameOf: (row: Row) => string;
  /** What `searchText` has of a row whose name begins so. */
  readonly begins: string;
  /** The newest of them. */
  readonly find: (where: object, take: number) => Promise<readonly Row[]>;
}

/** The one of this number, then those whose name begins with what was typed, then those that have every word somewhere. */
export async function offered<Row extends { readonly id: number }>(offering: Offering<Row>): Promise<readonly Row[]> {
  const { typed, id, find } = offering;
  const wanted = searchable(typed);
  // the longest is the rarest
  const words = wanted
    .split(' ')
    .filter(Boolean)
    .sort((a, b) => b.length - a.length);
  const exact = id === undefined ? [] : await find({ id }, 1);
  const having = await find({ AND: havingWords(words) }, lookedAt);
  const first =
    having.length < lookedAt || words.length === 0
      ? having.filter((row) => searchable(offering.nameOf(row)).startsWith(wanted))
      : await find({ searchText: { contains: offering.begins } }, offeredAtMost);
  return [...new Map([...exact, ...first, ...having].map((row) => [row.id, row])).values()].slice(0, offeredAtMost);
}
