/** What a customer holds: its domains, as their dates make them today (G5). */
import { domainSearch, customerWords, standingOf, unicodeName, type DomainRow } from '../domains/domain.js';
import type { Work } from '../../guard/work.js';
import type { Customer, Tx } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import { tagsOf } from '../../database/tags.js';

export interface Product {
  readonly row: DomainRow;
  readonly state: string;
  readonly expiresOn: string | null;
}

/** Domains that it holds; those that failed, went elsewhere or are gone by their dates are no longer its own. */
export async function productsOf(work: Work, customerId: number): Promise<readonly Product[]> {
  const rows = (await work.tx.domain.findMany({
    where: { customerId, heldName: { not: null } },
    orderBy: [{ name: 'asc' }],
  })) as DomainRow[];
  return rows.flatMap((row) => {
    const { state, expiresOn } = standingOf(work, row);
    return state === 'gone' ? [] : [{ row, state, expiresOn }];
  });
}

export const productShown = ({ row, state, expiresOn }: Product) => ({
  domain: unicodeName(row.name),
  state,
  expiresOn,
  autoRenew: row.autoRenew,
});

/** How many names each of these customers holds. */
export async function countsOf(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  await inParts(ids, 500, async (part) => {
    const groups = await tx.domain.groupBy({
      by: ['customerId'],
      where: { customerId: { in: [...part] }, heldName: { not: null } },
      _count: true,
    });
    for (const { customerId, _count: count } of groups) counts.set(customerId, count);
  });
  return counts;
}

/** A customer's domains are found by what it is called now; those it was registered for stay as they are. */
export async function renameIn(tx: Tx, customer: Customer): Promise<void> {
  for (const row of await tx.domain.findMany({ where: { customerId: customer.id } })) {
    const searchText = domainSearch({ name: row.name, tags: tagsOf(row), customer: customerWords(customer, row) });
    await tx.domain.update({ where: { id: row.id }, data: { searchText } });
  }
}

/** The domains that stay behind no longer name a customer that was forgotten. */
export async function forgetIn(tx: Tx, customer: Customer): Promise<void> {
  await tx.domain.updateMany({ where: { customerId: customer.id }, data: { ownerName: '', ownerEmail: '' } });
  await renameIn(tx, customer);
}
