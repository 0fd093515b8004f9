/** An opportunity: a sale in sight at a prospect, from which an order takes its data (D6). */
import type { Suggest } from '../../command/define.js';
import { idOf, parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Opportunity } from '../../database/connect.js';
import { markedText } from '../../database/marked-text.js';
import { dataKeys, type SiteData } from '../sites/fields.js';
import { offered } from '../sites/offering.js';
import { unknownObject } from '../../guard/unknown.js';
import { ownedBy } from '../sites/site.js';

export const opportunityRef = (id: number): string => printRef('OP', id);

/** Everything that is searched, in one column. */
export const opportunityText = markedText(['opportunity', 'name', 'generation', 'solution', ...dataKeys]);

export const opportunitySearchText = (
  row: { readonly id: number; readonly name: string; readonly generation?: string; readonly solution?: string },
  data: SiteData,
): string =>
  opportunityText.write({
    opportunity: opportunityRef(row.id),
    name: row.name,
    generation: row.generation,
    solution: row.solution,
    ...data,
  });

/**
 * The opportunity of this number.
 * @param field the field that named it, for the refusal
 * @throws {Refusal} `object.unknown`, also when it is another's
 */
export async function findOpportunity(work: Work, number: string, field = 'number'): Promise<Opportunity> {
  const found = await work.tx.opportunity.findFirst({ where: { id: idOf(number), ...(await ownedBy(work)) } });
  if (!found) throw unknownObject(work, number, field);
  return found;
}

/** The open ones, by number, name, or any words. */
export const suggestOpportunities: Suggest = async (tx, { typed, work }) => {
  const owned = await ownedBy(work);
  const rows = await offered<Pick<Opportunity, 'id' | 'name' | 'siteName'>>({
    typed,
    id: parseRef('OP', typed),
    nameOf: ({ name }) => name,
    begins: opportunityText.begins('name', typed),
    find: (where, take) =>
      tx.opportunity.findMany({
        where: { ...where, ...owned, state: 'open' },
        orderBy: { id: 'desc' },
        take,
        select: { id: true, name: true, siteName: true },
      }),
  });
  return rows.map((row) => {
    const name = [opportunityRef(row.id), row.name, ...(row.siteName ? [row.siteName] : [])].join(', ');
    return { id: opportunityRef(row.id), names: { fr: name, en: name }, matches: true };
  });
};

/** An order made from it was submitted; again, after a change, too. @throws {Refusal} `state.wrong` unless it is open */
export async function takeOpportunity(work: Work, id: number, orderId: number): Promise<void> {
  const { count } = await work.tx.opportunity.updateMany({
    where: { id, OR: [{ state: 'open' }, { state: 'used', orderId }] },
    data: { state: 'used', orderId, updatedAt: work.now },
  });
  if (count === 1) return;
  const row = await work.tx.opportunity.findUnique({ where: { id }, select: { state: true } });
  throw new Refusal('state.wrong', { why: 'opportunity', number: opportunityRef(id), state: row?.state ?? '' });
}

/**
 * Those that an order used and names no longer can be ordered from again: it was refused or cancelled, or it is about
 * another one now.
 * @param to.keeping the one that it still names
 */
export async function freeOpportunities(
  work: Work,
  orderId: number,
  to: { keeping?: number | null } = {},
): Promise<void> {
  await work.tx.opportunity.updateMany({
    where: { state: 'used', orderId, ...(to.keeping == null ? {} : { id: { not: to.keeping } }) },
    data: { state: 'open', orderId: null, updatedAt: work.now },
  });
}
