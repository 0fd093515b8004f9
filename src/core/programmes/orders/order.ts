/** Orders as rows: found by whoever may see them, and moved only as the table of states allows. */
import { resellersOf, isStaff } from '../../guard/identity.js';
import { idOf, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Order, Tx } from '../../database/connect.js';
import { leadsTo, orderStates, type OrderState } from './states.js';

export const orderRef = (id: number): string => printRef('O', id);

/** An order's row with its state by name. */
export type OrderRow = Order & { state: OrderState };

/**
 * An order of one's own resellers, for staff any.
 * @param to.write a reseller's viewer only reads
 * @throws {Refusal} `object.unknown`, `access.denied`
 */
export async function findOrder(work: Work, number: string, to: { write?: boolean } = {}): Promise<OrderRow> {
  const row = await work.tx.order.findUnique({ where: { id: idOf(number) } });
  const member = row ? resellersOf(work.actor).find(({ orgId }) => orgId === row.orgId) : undefined;
  if (!row || (!member && !isStaff(work.actor))) throw unknownObject(work, number);
  if (to.write && member?.role === 'viewer') throw new Refusal('access.denied', { why: 'role', command: '' });
  return row as OrderRow;
}

/** What may happen to the order in this state, told where something else was asked. */
export const wrongState = (row: Pick<OrderRow, 'id' | 'state'>, why: string): Refusal =>
  new Refusal('state.wrong', { why, number: orderRef(row.id), state: row.state });

/** Columns that change along with a state. */
export type Moved = Partial<Omit<Order, 'id' | 'state'>>;

/**
 * Moves an order, guarded: of two movers one gets it (invariant 3).
 * @param to.why chooses the sentence when the table doesn't have the move
 * @throws {Refusal} `state.wrong` when the table doesn't have the move, or another was faster
 */
export async function moveOrder(
  tx: Tx,
  row: OrderRow,
  to: { state: OrderState; why: string; data?: Moved; now: Date },
): Promise<OrderRow> {
  if (!leadsTo(row.state, to.state)) throw wrongState(row, to.why);
  const data = { ...to.data, state: to.state, updatedAt: to.now };
  const { count } = await tx.order.updateMany({
    where: { id: row.id, state: row.state, revision: row.revision },
    data,
  });
  if (count !== 1) throw wrongState(row, to.why);
  return { ...row, ...data };
}

export const orderStateNames = Object.keys(orderStates) as OrderState[];
