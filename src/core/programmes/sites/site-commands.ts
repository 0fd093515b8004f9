/** `site list` and `site show`: where end clients use what was ordered (D4). */
import { only, shapeOf } from '../../command/columns.js';
import { command, optional, required } from '../../command/define.js';
import {
  columns,
  exportAs,
  filter,
  generation,
  numberOf,
  page,
  perPage,
  productLine,
  reseller,
  search,
  site,
  sort,
  type Field,
} from '../../command/dictionary.js';
import { answered, searchWords } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { approvalRef } from '../../guard/approval.js';
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { orgRef } from '../parties/organisation.js';
import type { Site } from '../../database/connect.js';
import { contactFields, siteColumns, siteDataOf, siteFields } from './fields.js';
import { findSites } from './listing.js';
import { findSite, siteRef, suggestSites } from './site.js';

/** What a list of sites can show, filter and sort by. */
const listable: readonly Field[] = [
  site,
  reseller,
  generation,
  productLine,
  ...[...siteFields, ...contactFields].map(({ field }) => field),
];

const itemOf = (row: Site): Data => ({
  site: siteRef(row.id),
  reseller: orgRef(row.orgId),
  generation: row.generation,
  productLine: row.productLine,
  ...siteColumns(siteDataOf(row)),
});

export const siteList = command({
  name: 'site list',
  help: {
    fr: 'Lister les sites : colonnes au choix, filtres, tri, export',
    en: 'List the sites: chosen columns, filters, sorting, export',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [
    optional(columns),
    optional(search),
    optional(filter),
    optional(sort),
    optional(page),
    optional(perPage),
    optional(exportAs),
  ],
  async run(work, input) {
    const { columns: shown, ...shape } = shapeOf(work, listable, input);
    const found = await findSites(work, { words: searchWords(input.search), ...shape });
    const items = (rows: readonly Site[]): readonly Data[] => rows.map((row) => only(itemOf(row), shown));
    return answered(work, input, {
      code: 'site.listed',
      data: { columns: shown.map(({ name }) => name) },
      page: async (range) => {
        const { rows, total } = await found.page(range);
        return { items: items(rows), total };
      },
      all: async (range) => items(await found.all(range)),
    });
  },
});

/** Changes asked of a site, the latest first. */
async function changesOf(work: Work, siteId: number): Promise<Data[]> {
  const rows = await work.tx.siteChange.findMany({ where: { siteId }, orderBy: { id: 'desc' }, take: 10 });
  return rows.map((row) => ({
    change: printRef('SC', row.id),
    state: row.state,
    approval: row.approvalId === null ? null : approvalRef(row.approvalId),
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

export const siteShow = command({
  name: 'site show',
  help: { fr: 'Voir un site en détail', en: 'See a site in detail' },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [required(numberOf('S'), { suggest: suggestSites })],
  async run(work, input) {
    const row = await findSite(work, input.number);
    const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
    return {
      code: 'site.shown',
      data: {
        ...itemOf(row),
        company: org.name,
        createdAt: row.createdAt.toISOString(),
        updatedAt: row.updatedAt.toISOString(),
        changes: await changesOf(work, row.id),
      },
    };
  },
});
