/** A site that an approved order brings: later orders are for it (D3). */
import type { Work } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import type { Orders } from '../../catalogue/orders-shape.js';
import { siteColumns, siteDataOf, type SiteData } from './fields.js';
import { siteSearchText } from './site.js';

/** The highest number of a site; 0 when there is none. Writers take turns, so the next is free. */
export const lastSite = async (tx: Tx): Promise<number> =>
  (await tx.site.aggregate({ _max: { id: true } }))._max.id ?? 0;

/** @returns its id */
export async function makeSite(
  work: Work,
  made: {
    orgId: number;
    orders: Orders;
    content: SiteData & { readonly generation?: string; readonly solution?: string };
  },
): Promise<number> {
  const { generation = '', solution } = made.content;
  const productLine = made.orders.solutions.find(({ id }) => id === solution)?.['product-line'] ?? 'erp';
  const id = (await lastSite(work.tx)) + 1;
  const data = siteDataOf(made.content);
  await work.tx.site.create({
    data: {
      ...siteColumns(data),
      siteName: data.siteName ?? '',
      id,
      orgId: made.orgId,
      generation,
      productLine,
      searchText: siteSearchText({ id, generation, productLine }, data),
      createdAt: work.now,
      updatedAt: work.now,
    },
  });
  return id;
}
