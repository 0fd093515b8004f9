/** `order list` and `order show`: where one's orders stand (D12). */
import { approvalRef } from '../../guard/approval.js';
import { command, optional, required } from '../../command/define.js';
import { orderType, site } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import { idOf } from '../../guard/number.js';
import { fullName, isStaff } from '../../guard/identity.js';
import type { Work } from '../../guard/work.js';
import { certificateOf } from '../certificates/certificate.js';
import { mailsAbout } from '../mails/about.js';
import { orgRef } from '../parties/organisation.js';
import { ordersInForce, ordersOf } from '../../catalogue/versions.js';
import type { Order } from '../../database/connect.js';
import { ownedBy } from '../sites/site.js';
import { contentOf, missingIn, today } from './content.js';
import { documentsOf } from './draft.js';
import { orderNumber } from './fields.js';
import { findOrder, orderRef, orderStateNames } from './order.js';
import { orderPanel } from './panel.js';

type Listed = Order & { readonly company: string; readonly requester: string };

interface Named {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly addresses: readonly { readonly email: string }[];
}

const nameOf = (person: Named | undefined): string => fullName(person) || (person?.addresses[0]?.email ?? '');

/** With the names of the reseller and of whoever asked. */
async function named(work: Work, rows: readonly Order[]): Promise<Listed[]> {
  const unique = (ids: readonly number[]) => [...new Set(ids)].slice(0, 10_000);
  const orgs = await work.tx.organisation.findMany({ where: { id: { in: unique(rows.map(({ orgId }) => orgId)) } } });
  const people = await work.tx.person.findMany({
    where: { id: { in: unique(rows.map(({ requesterId }) => requesterId)) } },
    include: { addresses: { where: { main: true } } },
  });
  const [companies, names] = [new Map(orgs.map((org) => [org.id, org.name])), new Map(people.map((p) => [p.id, p]))];
  return rows.map((row) => ({
    ...row,
    company: companies.get(row.orgId) ?? '',
    requester: nameOf(names.get(row.requesterId)),
  }));
}

/** SQLite counts all rows without going through them, but only when it is asked plainly, as the client never does. */
async function countOf(work: Work, args: { where: object }): Promise<number> {
  if (Object.keys(args.where).length > 0) return work.tx.order.count(args);
  const [row] = await work.tx.$queryRaw<{ n: number | bigint }[]>`SELECT COUNT(*) AS n FROM "Order"`;
  return Number(row?.n ?? 0);
}

const itemOf = (row: Listed) => {
  const { siteName, site: number, quoteNumber, reference } = contentOf(row);
  return {
    order: orderRef(row.id),
    state: row.state,
    type: row.type,
    origin: row.origin,
    generation: row.generation,
    solution: row.solution,
    reference: reference ?? null,
    site: number ?? null,
    siteName: siteName ?? null,
    quoteNumber: quoteNumber ?? null,
    reseller: orgRef(row.orgId),
    company: row.company,
    requester: row.requester,
    createdAt: row.createdAt.toISOString(),
    submittedAt: row.submittedAt?.toISOString() ?? null,
  };
};

export const orderList = command({
  name: 'order list',
  help: {
    fr: 'Voir ses commandes, par état, type, site, date ou texte',
    en: 'See one’s orders, by state, type, site, date or text',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [...listFields, optional(orderType), optional(site)],
  run: async (work, input) =>
    listed(work, input, {
      code: 'order.listed',
      states: orderStateNames,
      sortable: {
        order: 'id',
        state: 'state',
        type: 'type',
        solution: 'solution',
        'created-at': 'createdAt',
        'submitted-at': 'submittedAt',
      },
      searchColumn: 'searchText',
      searchTable: 'OrderSearch',
      where: {
        ...(await ownedBy(work)),
        ...(input.type === undefined ? {} : { type: input.type }),
        ...(input.site === undefined ? {} : { siteId: idOf(input.site) }),
      },
      count: (args) => countOf(work, args),
      find: async (args) => named(work, await work.tx.order.findMany(args)),
      item: itemOf,
    }),
});

export const orderShow = command({
  name: 'order show',
  help: {
    fr: 'Voir une commande en entier ; un brouillon se complète de là',
    en: 'See an order in full; a draft can be completed from there',
  },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [required(orderNumber)],
  async run(work, { number }) {
    const row = await findOrder(work, number);
    const [shown] = await named(work, [row]);
    const { siteGeneration: _, siteProductLine: __, ...content } = contentOf(row);
    const documents = await documentsOf(work, row.id);
    const open = row.state === 'draft' || row.state === 'returned';
    const { orders } = open ? await ordersInForce(work.tx) : await ordersOf(work.tx, row.catalogueId);
    const missing = open ? missingIn(orders, contentOf(row), documents) : [];
    const certificate = await certificateOf(work.tx, row.id);
    const reviewer =
      row.reviewerId === null
        ? null
        : await work.tx.person.findUnique({
            where: { id: row.reviewerId },
            include: { addresses: { where: { main: true } } },
          });
    const mine = !isStaff(work.actor) || work.actor.members.some(({ orgId }) => orgId === row.orgId);
    return {
      code: 'order.shown',
      data: {
        ...(shown ? itemOf(shown) : {}),
        ...content,
        missing,
        documents: documents.map(({ name, kind, type, bytes, sha256, createdAt }) => ({
          file: name,
          kind,
          type,
          bytes,
          sha256,
          createdAt: createdAt.toISOString(),
        })),
        approval: row.approvalId === null ? null : approvalRef(row.approvalId),
        reviewer: reviewer ? nameOf(reviewer) : null,
        reason: row.reason,
        certificate: certificate?.number ?? null,
        ...(certificate ? { certificateState: certificate.state } : {}),
        catalogue: row.catalogueId,
        decidedAt: row.decidedAt?.toISOString() ?? null,
        provisionedOn: row.provisionedOn,
        doneAt: row.doneAt?.toISOString() ?? null,
        mails: await mailsAbout(work.tx, { object: number, staff: isStaff(work.actor) }),
      },
      ...(open && mine
        ? { panel: orderPanel(row, { content: contentOf(row), missing, orders, today: today(work) }) }
        : {}),
    };
  },
});
