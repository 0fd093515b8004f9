/** `order submit`: a complete order goes to sales, judged by the catalogue in force (D12, X10). */
import { summarised } from '../../command/request-summary.js';
import { command, required, type AnyCommand } from '../../command/define.js';
import { openApproval } from '../../guard/approval.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { takeOpportunity } from '../opportunities/opportunity.js';
import { ordersInForce } from '../../catalogue/versions.js';
import type { Orders } from '../../catalogue/orders-shape.js';
import {
  columnsOf,
  contentOf,
  fromSite,
  missingIn,
  orderHash,
  pickedOf,
  ruleRefused,
  today,
  type Content,
} from './content.js';
import { submitEyes } from './deciding.js';
import { documentsOf } from './draft.js';
import { orderNumber } from './fields.js';
import { findOrder, moveOrder, orderRef, wrongState, type OrderRow } from './order.js';
import { decidedBy, judge } from './rules.js';
import { leadsTo } from './states.js';

/** Everything in it, judged anew: what was allowed when it was typed may be withdrawn since. @throws {Refusal} */
async function complete(work: Work, row: OrderRow, orders: Orders): Promise<{ content: Content; hash: string }> {
  const before = contentOf(row);
  // the site may have changed since it was picked
  const content = before.site === undefined ? before : await fromSite(work, { content: before, typed: {} });
  const documents = await documentsOf(work, row.id);
  const objections = judge(orders, pickedOf(content), today(work));
  if (objections.length > 0) throw ruleRefused(work, objections);
  const left = missingIn(orders, content, documents);
  if (left.length > 0) {
    const { missing: fault } = textsOf(work.locale).faults;
    throw new Refusal(
      'input.invalid',
      { why: 'order', number: orderRef(row.id) },
      Object.fromEntries(left.map((field) => [field, fault({})])),
    );
  }
  return { content, hash: orderHash(content, documents) };
}

export const orderSubmit: AnyCommand = command({
  name: 'order submit',
  help: { fr: 'Soumettre une commande complète aux ventes', en: 'Submit a complete order to sales' },
  who: 'reseller',
  fields: [required(orderNumber)],
  fourEyes: submitEyes,
  async run(work, { number }) {
    const row = await findOrder(work, number, { write: true });
    if (!leadsTo(row.state, 'submitted')) throw wrongState(row, 'order');
    const { id: catalogueId, orders } = await ordersInForce(work.tx);
    const { content, hash } = await complete(work, row, orders);
    if (row.opportunityId !== null) await takeOpportunity(work, row.opportunityId, row.id);
    await moveOrder(work.tx, row, {
      state: 'submitted',
      why: 'order',
      data: {
        ...columnsOf(content),
        contentHash: hash,
        catalogueId,
        reviewerId: null,
        reason: null,
        submittedAt: work.now,
        door: work.door,
        locale: work.locale,
      },
      now: work.now,
    });
    const approval = await openApproval(work, {
      command: 'order submit',
      input: { number },
      hold: (approvalId) => submitEyes.hold(work, { number }, approvalId),
      rule: decidedBy(orders, pickedOf(content)),
      summary: (id, locale) =>
        summarised(work, { id, command: orderSubmit.name, input: { number }, declared: orderSubmit }, locale),
    });
    work.audit({ action: 'order submit', object: number, detail: { approval, hash, catalogue: catalogueId } });
    return {
      code: 'order.submitted',
      data: { order: number, state: 'submitted', approval: work.made(approval), catalogue: catalogueId },
    };
  },
});
