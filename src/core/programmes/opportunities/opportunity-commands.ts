/** `opportunity list` and `opportunity show`: sales in sight, from which orders are made (D6). */
import { command, required } from '../../command/define.js';
import { numberOf } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { printRef } from '../../guard/number.js';
import { orgRef } from '../parties/organisation.js';
import type { Opportunity } from '../../database/connect.js';
import { siteColumns, siteDataOf } from '../sites/fields.js';
import { ownedBy } from '../sites/site.js';
import { findOpportunity, opportunityRef, suggestOpportunities } from './opportunity.js';
import { opportunityStates } from './states.js';

const itemOf = (row: Opportunity): Data => ({
  opportunity: opportunityRef(row.id),
  name: row.name,
  state: row.state,
  reseller: orgRef(row.orgId),
  generation: row.generation,
  solution: row.solution,
  siteName: row.siteName,
  siteCity: row.siteCity,
  amountCents: row.amountCents,
  currency: row.currency,
  closingDate: row.closingDate,
  order: row.orderId === null ? null : printRef('O', row.orderId),
  createdAt: row.createdAt.toISOString(),
});

export const opportunityList = command({
  name: 'opportunity list',
  help: { fr: 'Lister, filtrer et exporter les opportunités', en: 'List, filter and export the opportunities' },
  who: ['reseller', 'staff'],
  reads: true,
  fields: listFields,
  run: async (work, input) =>
    listed(work, input, {
      code: 'opportunity.listed',
      states: Object.keys(opportunityStates),
      sortable: {
        opportunity: 'id',
        name: 'name',
        state: 'state',
        reseller: 'orgId',
        generation: 'generation',
        solution: 'solution',
        'site-name': 'siteName',
        'site-city': 'siteCity',
        amount: 'amountCents',
        'closing-date': 'closingDate',
        'created-at': 'createdAt',
      },
      searchColumn: 'searchText',
      where: await ownedBy(work),
      count: (args) => work.tx.opportunity.count(args),
      find: (args) => work.tx.opportunity.findMany(args),
      item: itemOf,
    }),
});

export const opportunityShow = command({
  name: 'opportunity show',
  help: { fr: 'Voir une opportunité en détail', en: 'See an opportunity in detail' },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [required(numberOf('OP'), { suggest: suggestOpportunities })],
  async run(work, input) {
    const row = await findOpportunity(work, input.number);
    const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
    return {
      code: 'opportunity.shown',
      data: {
        ...itemOf(row),
        ...siteColumns(siteDataOf(row)),
        company: org.name,
        updatedAt: row.updatedAt.toISOString(),
      },
    };
  },
});
