/** A draft as it is kept and changed: its row, its documents, what it still misses, and how that is answered. */
import { documentsAtMost } from '../../command/dictionary.js';
import type { AnswerCode, Done } from '../../command/outcome.js';
import type { Upload } from '../../command/type.js';
import { withdraw } from '../approvals/decision.js';
import { isStaff } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { freeOpportunities } from '../opportunities/opportunity.js';
import type { OrderDocument } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import type { Orders } from '../../catalogue/orders-shape.js';
import { dataKeys } from '../sites/fields.js';
import { columnsOf, missingIn, today, type Content } from './content.js';
import { documentsIn, newDocuments, type DocumentIn, type Incoming } from './documents.js';
import { orderRef, wrongState, type OrderRow } from './order.js';
import { orderPanel } from './panel.js';
import { leadsTo } from './states.js';
import { tellReviewer } from './notices.js';

export const documentsOf = ({ tx }: Pick<Work, 'tx'>, orderId: number): Promise<OrderDocument[]> =>
  tx.orderDocument.findMany({ where: { orderId }, orderBy: { id: 'asc' } });

/** What lists search in. */
export function searchTextOf(id: number, content: Content, company: string): string {
  const own = dataKeys.map((key) => content[key]);
  const { type, origin, generation, solution, site, opportunity, reference, quoteNumber, comments } = content;
  const words = [orderRef(id), type, origin, generation, solution, site, opportunity, quoteNumber, comments, company];
  return searchable([...words, ...(reference ?? []), ...own].filter(Boolean).join(' '));
}

/** A file of the command, and the nature it is given. */
export interface Attached extends Incoming {
  readonly kind: string;
}

/** The files of `order new` and `order edit`. */
export const attachedIn = (input: {
  readonly purchaseOrder?: Upload | undefined;
  readonly documents?: readonly Upload[] | undefined;
}): Attached[] => [
  ...(input.purchaseOrder ? [{ upload: input.purchaseOrder, field: 'purchase-order', kind: 'purchase-order' }] : []),
  ...(input.documents ?? []).map((upload) => ({ upload, field: 'documents', kind: 'other' })),
];

/** What attaching comes to: what is new, whose place it takes, and what turns out to be the purchase order. */
export interface Attaching {
  readonly fresh: readonly (DocumentIn & Pick<Attached, 'kind'>)[];
  readonly replaced: readonly OrderDocument[];
  readonly promoted: readonly OrderDocument[];
}

export const attaches = ({ fresh, replaced, promoted }: Attaching): boolean =>
  fresh.length + replaced.length + promoted.length > 0;

/**
 * What files do to an order's documents. A purchase order takes the place of the one before it, unless its sender did not
 * say that it is one: then it joins the others. The same bytes again are no second document.
 * @throws {Refusal} `file.refused`
 */
export async function attaching(
  work: Work,
  present: readonly OrderDocument[],
  attached: readonly Attached[],
): Promise<Attaching> {
  const orders = present.filter(({ kind }) => kind === 'purchase-order');
  const incoming = (await documentsIn(work, attached)).map(({ upload, field, kind, document }) => {
    const unsaid = kind === 'purchase-order' && upload.unnamed === true && orders.length > 0;
    return { ...document, kind: unsaid ? 'other' : kind, field };
  });
  const replaced = incoming.some(({ kind, field }) => kind === 'purchase-order' && field === 'purchase-order')
    ? orders.filter(({ sha256 }) => !incoming.some((one) => one.sha256 === sha256))
    : [];
  const kept = present.filter((one) => !replaced.includes(one));
  const found = newDocuments(kept, incoming);
  const count = kept.length + found.length;
  if (count > documentsAtMost) {
    const params = { why: 'document-many', max: documentsAtMost, count };
    const field = found[0]?.field ?? 'documents';
    throw new Refusal('file.refused', params, { [field]: textsOf(work.locale).refusals['file.refused'](params) });
  }
  // what was "other" and comes again as the purchase order is the purchase order
  const promoted = kept.flatMap((one) => {
    const again = incoming.find(({ kind, sha256 }) => sha256 === one.sha256 && kind !== 'other' && kind !== one.kind);
    return again ? [{ ...one, kind: again.kind }] : [];
  });
  return { fresh: found.map(({ field: _, ...one }) => one), replaced, promoted };
}

/** Carries it out. @returns what was added, under the names they got */
export async function addDocuments(
  work: Work,
  orderId: number,
  { fresh, replaced, promoted }: Attaching,
): Promise<OrderDocument[]> {
  for (const { id, kind } of promoted) await work.tx.orderDocument.update({ where: { id }, data: { kind } });
  if (replaced.length > 0)
    await work.tx.orderDocument.deleteMany({ where: { id: { in: replaced.map(({ id }) => id) } } });
  const added: OrderDocument[] = [];
  for (const one of fresh) {
    const data = { ...one, orderId, personId: work.actor.personId, door: work.door, createdAt: work.now };
    added.push(await work.tx.orderDocument.create({ data }));
  }
  return added;
}

/**
 * Opens an order to a change of its content, or of its documents alone (which a returned order keeps its state for). What
 * was submitted is a draft again: its approval is void, and its salesperson told.
 * @throws {Refusal} `state.wrong`
 */
export async function reopened(work: Work, row: OrderRow, what: 'content' | 'documents'): Promise<OrderRow['state']> {
  if (row.state === 'draft' || (row.state === 'returned' && what === 'documents')) return row.state;
  if (!leadsTo(row.state, 'draft')) throw wrongState(row, 'order');
  if (row.approvalId !== null && row.state !== 'returned') {
    await withdraw(work, row.approvalId, 'void');
    await tellReviewer(work, row);
  }
  return 'draft';
}

/** Writes what an order now holds; of two who change it at once one is told that it has changed. */
export async function rewritten(
  work: Work,
  row: OrderRow,
  change: { state: OrderRow['state']; content: Content; company: string },
): Promise<OrderRow> {
  const data = {
    ...columnsOf(change.content),
    state: change.state,
    revision: row.revision + 1,
    searchText: searchTextOf(row.id, change.content, change.company),
    updatedAt: work.now,
    ...(change.state === row.state ? {} : { approvalId: null, reviewerId: null, contentHash: null }),
    // its requester is told where it was last worked on
    ...(isStaff(work.actor) ? {} : { door: work.door, locale: work.locale }),
  };
  const { count } = await work.tx.order.updateMany({
    where: { id: row.id, state: row.state, revision: row.revision },
    data,
  });
  if (count !== 1) throw wrongState(row, 'order');
  await freeOpportunities(work, row.id, { keeping: data.opportunityId });
  return { ...row, ...data };
}

/** How a draft is answered: where it stands, what it still needs, and how to go on. */
export async function answered(
  work: Work,
  code: AnswerCode,
  {
    row,
    content,
    orders,
    data = {},
  }: { row: OrderRow; content: Content; orders: Orders; data?: Readonly<Record<string, unknown>> },
): Promise<Done> {
  const documents = await documentsOf(work, row.id);
  const missing = missingIn(orders, content, documents);
  const open = row.state === 'draft' || row.state === 'returned';
  const made = code === 'order.drafted' ? work.made(orderRef(row.id)) : orderRef(row.id);
  return {
    code,
    data: { order: made, state: row.state, ...data, missing, documents: documents.map(({ name }) => name) },
    ...(open && !work.dryRun ? { panel: orderPanel(row, { content, missing, orders, today: today(work) }) } : {}),
  };
}
