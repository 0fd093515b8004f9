/** `order provisioned` and `order cancel`: what happens to an order outside sales' decision (D12, STATES). */
import { overtake, withdraw } from '../approvals/decision.js';
import { revokeCertificate } from '../certificates/certificate.js';
import { command, optional, required } from '../../command/define.js';
import { day, reason } from '../../command/dictionary.js';
import { idOf } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { dayIn, formatDay } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { freeOpportunities } from '../opportunities/opportunity.js';
import { today } from './content.js';
import { orderNumber } from './fields.js';
import { findOrder, moveOrder, wrongState, type OrderRow } from './order.js';
import { tellStep } from './notices.js';

export const orderProvisioned = command({
  name: 'order provisioned',
  help: { fr: 'Dire qu’une commande approuvée est mise en service', en: 'Say that an approved order is set up' },
  who: 'cloud',
  fields: [required(orderNumber), optional(day)],
  async run(work, { number, date = today(work) }) {
    const row = await findOrder(work, number);
    if (row.state !== 'provisioning') throw wrongState(row, 'order');
    const say = textsOf(work.locale).orders;
    if (date > today(work)) throw new Refusal('input.invalid', {}, { date: say.future({}) });
    const ordered = dayIn(row.submittedAt ?? row.createdAt, work.desk.timeZone);
    if (date < ordered) {
      const day = formatDay(new Date(`${ordered}T12:00:00Z`), 'UTC', work.locale);
      throw new Refusal('input.invalid', {}, { date: say.beforeOrder({ day }) });
    }
    const moved = await moveOrder(work.tx, row, {
      state: 'done',
      why: 'order',
      data: { provisionedOn: date, doneAt: work.now },
      now: work.now,
    });
    // who is asked to cancel it was told that it is not set up yet
    await overtake(work, { command: 'order cancel', object: number });
    work.audit({ action: 'order provisioned', object: number, detail: { date } });
    await tellStep(work, moved, { step: 'provisioned', day: date });
    return { code: 'order.provisioned', data: { order: number, state: 'done', date } };
  },
});

const decided = (row: OrderRow): boolean => row.state === 'provisioning' || row.state === 'done';

export const orderCancel = command({
  name: 'order cancel',
  help: {
    fr: 'Annuler une commande ; approuvée, avec l’accord d’une seconde personne, et son certificat est révoqué',
    en: 'Cancel an order; an approved one with a second person’s consent, and its certificate is revoked',
  },
  who: ['reseller', 'sales'],
  fields: [required(orderNumber), optional(reason)],
  fourEyes: {
    needed: async (work, { number }) => decided(await findOrder(work, number, { write: true })),
    // whatever reason is given
    same: ['number'],
    async hold(work, { number }) {
      const row = await findOrder(work, number, { write: true });
      return { object: number, content: row.state };
    },
    content: async (work, { number }) =>
      (await work.tx.order.findUniqueOrThrow({ where: { id: idOf(number) }, select: { state: true } })).state,
    release: () => Promise.resolve(),
  },
  async run(work, { number, reason: why }, approvalId) {
    const row = await findOrder(work, number, { write: true });
    if (decided(row) && approvalId === undefined) throw wrongState(row, 'order');
    const moved = await moveOrder(work.tx, row, {
      state: 'cancelled',
      why: 'order-cancel',
      data: { reason: why ?? null },
      now: work.now,
    });
    if (row.state === 'submitted' && row.approvalId !== null) await withdraw(work, row.approvalId, 'cancelled');
    await freeOpportunities(work, row.id);
    await overtake(work, { command: 'order cancel', object: number, except: approvalId });
    if (decided(row)) await revokeCertificate(work, { orderId: row.id, reason: why ?? '' });
    work.audit({ action: 'order cancel', object: number, detail: { from: row.state, reason: why } });
    await tellStep(work, moved, { step: 'cancelled', reason: why });
    return { code: 'order.cancelled', data: { order: number, state: 'cancelled' } };
  },
});
