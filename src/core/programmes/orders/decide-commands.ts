/** `order approve`, `refuse`, `return`: deciding an order is deciding its request, the same way as `approval …` (X3, D12). */
import { approve, refuse } from '../approvals/decision.js';
import { command, required, type AnyCommand } from '../../command/define.js';
import { missing, reason } from '../../command/dictionary.js';
import type { Done } from '../../command/outcome.js';
import type { Registry } from '../../command/registry.js';
import { approvalRef } from '../../guard/approval.js';
import type { Work } from '../../guard/work.js';
import { orderNumber } from './fields.js';
import { findOrder, wrongState, type OrderRow } from './order.js';

/** The request that waits on a submitted order. @throws {Refusal} `state.wrong` */
async function waitingOn(work: Work, number: string): Promise<{ row: OrderRow; approvalId: number }> {
  const row = await findOrder(work, number);
  if (row.approvalId === null || (row.state !== 'submitted' && row.state !== 'in-review'))
    throw wrongState(row, 'order');
  return { row, approvalId: row.approvalId };
}

/** Deciding an order is deciding its request: the same way as `approval …`. */
export const orderDecisions = (registry: () => Registry): readonly AnyCommand[] => [
  command({
    name: 'order approve',
    help: {
      fr: 'Approuver une commande soumise : elle reçoit son certificat',
      en: 'Approve a submitted order: it gets its certificate',
    },
    who: 'staff',
    proof: 'own',
    fields: [required(orderNumber)],
    async run(work, { number }) {
      const { approvalId } = await waitingOn(work, number);
      const done = await approve(work, approvalId, registry());
      if ('refusal' in done) return done;
      const { state: approvalState, result } = done.data as { state: string; result?: Done };
      // more people are needed
      if (done.waiting) {
        const { state } = await findOrder(work, number);
        return { ...done, data: { ...done.data, order: number, approvalState, state } };
      }
      const approval = approvalRef(approvalId);
      return { code: 'order.approved', data: { order: number, approval, approvalState, ...result?.data } };
    },
  }),
  command({
    name: 'order refuse',
    help: { fr: 'Refuser une commande soumise, en disant pourquoi', en: 'Refuse a submitted order, and say why' },
    who: 'staff',
    proof: 'own',
    fields: [required(orderNumber), required(reason)],
    async run(work, { number, reason: why }) {
      const { approvalId } = await waitingOn(work, number);
      await refuse(work, approvalId, { registry: registry(), reason: why });
      return { code: 'order.refused', data: { order: number, state: 'refused', reason: why } };
    },
  }),
  command({
    name: 'order return',
    help: {
      fr: 'Renvoyer une commande soumise à son demandeur, en disant ce qui manque',
      en: 'Send a submitted order back to its requester, and say what is missing',
    },
    who: 'staff',
    proof: 'own',
    fields: [required(orderNumber), required(missing)],
    async run(work, { number, missing: what }) {
      const { approvalId } = await waitingOn(work, number);
      await refuse(work, approvalId, { registry: registry(), reason: what, returned: true });
      return { code: 'order.returned', data: { order: number, state: 'returned', missing: what } };
    },
  }),
];
