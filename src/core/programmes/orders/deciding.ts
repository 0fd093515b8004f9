/** What deciding a submitted order does to it: taken up, approved and certified, refused, returned, left undecided (D12). */
import { issueCertificate } from '../certificates/certificate.js';
import type { FourEyes } from '../../command/define.js';
import type { Done } from '../../command/outcome.js';
import type { Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import { localeOf } from '../../locales/locale.js';
import { freeOpportunities } from '../opportunities/opportunity.js';
import { ordersOf } from '../../catalogue/versions.js';
import { makeSite } from '../sites/making.js';
import { siteRef } from '../sites/site.js';
import { columnsOf, contentOf, factsOf, orderHash, pickedOf, ruleRefused, today, type Content } from './content.js';
import { documentsOf } from './draft.js';
import { findOrder, moveOrder, orderRef, type OrderRow } from './order.js';
import { judgePicks, needsCloud } from './rules.js';
import { orderSummary } from './summary.js';
import { tellCloud, tellStep } from './notices.js';

/** The order that an approval is about. */
async function approved(work: Work, approvalId: number): Promise<OrderRow> {
  return (await work.tx.order.findFirstOrThrow({ where: { approvalId } })) as OrderRow;
}

/** A salesperson takes a submitted order into review; whoever decides it has done so too. */
async function takenUp(work: Work, row: OrderRow): Promise<OrderRow> {
  if (row.state !== 'submitted') return row;
  return moveOrder(work.tx, row, {
    state: 'in-review',
    why: 'order',
    data: { reviewerId: work.actor.personId },
    now: work.now,
  });
}

/**
 * The site may have become another since the order was submitted: what no longer goes with it is not certified.
 * @throws {Refusal} `rule.refused`, by the rules that the order was judged by
 */
async function mustFitSite(work: Work, row: OrderRow): Promise<void> {
  const site = row.siteId === null ? null : await work.tx.site.findUnique({ where: { id: row.siteId } });
  if (!site) return;
  const { orders } = await ordersOf(work.tx, row.catalogueId);
  const picked = { ...pickedOf(contentOf(row)), ...factsOf(site) };
  const objections = judgePicks(orders, picked, dayIn(row.submittedAt ?? row.createdAt, work.desk.timeZone));
  if (objections.length > 0) throw ruleRefused(work, objections);
}

interface Numbered {
  readonly number: string;
}

export const submitEyes: FourEyes<Numbered> = {
  // it is submitted at once; approval is what then waits
  needed: () => false,
  tells: true,
  summary: orderSummary,
  async hold(work, { number }, approvalId) {
    const row = await findOrder(work, number);
    await work.tx.order.update({ where: { id: row.id }, data: { approvalId } });
    return { object: number, content: row.contentHash };
  },
  async content(work, _, approvalId) {
    const row = await approved(work, approvalId);
    await mustFitSite(work, row);
    return orderHash(contentOf(row), await documentsOf(work, row.id));
  },
  async release(work, approvalId, ending) {
    const row = await approved(work, approvalId);
    if (ending.state !== 'refused') {
      await moveOrder(work.tx, row, { state: 'draft', why: 'order', data: { approvalId: null }, now: work.now });
      return tellStep(work, row, { step: ending.state === 'expired' ? 'expired' : 'void' });
    }
    const state = ending.returned ? 'returned' : 'refused';
    const taken = await takenUp(work, row);
    const data = { reason: ending.reason ?? null, decidedAt: work.now };
    const moved = await moveOrder(work.tx, taken, { state, why: 'order', data, now: work.now });
    if (state === 'refused') await freeOpportunities(work, row.id);
    work.audit({ action: `order ${state}`, object: orderRef(row.id), detail: { reason: ending.reason } });
    await tellStep(work, moved, { step: state, reason: ending.reason });
  },
  async seen(work, approvalId) {
    const row = await approved(work, approvalId);
    if (row.state !== 'submitted') return;
    const taken = await takenUp(work, row);
    work.audit({ action: 'order in review', object: orderRef(row.id) });
    await tellStep(work, taken, { step: 'in-review' });
  },
  approved: (work, _, approvalId) => accept(work, approvalId),
};

/** Approved by as many people as it takes: certified, and done or handed to the cloud team. */
async function accept(work: Work, approvalId: number): Promise<Done> {
  const row = await takenUp(work, await approved(work, approvalId));
  const { orders } = await ordersOf(work.tx, row.catalogueId);
  const content = contentOf(row);
  const cloud = needsCloud(orders, pickedOf(content));
  const made = content.site === undefined ? await makeSite(work, { orgId: row.orgId, orders, content }) : undefined;
  const placed: Content = made === undefined ? content : { ...content, site: siteRef(made) };
  const moved = await moveOrder(work.tx, row, {
    state: cloud ? 'provisioning' : 'done',
    why: 'order',
    data: { decidedAt: work.now, ...(cloud ? {} : { doneAt: work.now }), ...columnsOf(placed) },
    now: work.now,
  });
  const requester = await work.tx.person.findUniqueOrThrow({ where: { id: row.requesterId } });
  const certificate = await issueCertificate(work, {
    id: row.id,
    orgId: row.orgId,
    locale: localeOf(requester.locale, work.desk.locale),
    siteName: content.siteName ?? '',
    ...(content.siteCity === undefined ? {} : { siteCity: content.siteCity }),
    ...(placed.site === undefined ? {} : { siteNumber: placed.site }),
    generation: content.generation ?? '',
    solution: content.solution ?? '',
    references: content.reference ?? [],
    recipients: content.recipients ?? [],
    deliveryDate: content.deliveryDate ?? today(work),
    months: orders.certificateMonths,
  });
  work.audit({ action: 'order approved', object: orderRef(row.id), detail: { certificate, state: moved.state } });
  await tellStep(work, moved, { step: cloud ? 'provisioning' : 'done', certificate, day: content.deliveryDate });
  if (cloud) await tellCloud(work, moved);
  return {
    code: 'order.approved',
    data: { order: orderRef(row.id), state: moved.state, certificate: work.made(certificate) },
  };
}
