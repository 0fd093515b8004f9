/** Tickets as rows: whose they are, on whose side somebody speaks in one, and the only way their state moves (G8). */
import { isStaff, membershipsOf } from '../../guard/identity.js';
import { idOf, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { orgRef } from '../parties/organisation.js';
import { customerRef } from '../customers/customer.js';
import type { Ticket } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { ticketStates, type TicketState } from './states.js';

export const ticketRef = (id: number): string => printRef('T', id);

/** A ticket's row with its state by name. */
export type TicketRow = Ticket & { state: TicketState };

export const ticketStateNames = Object.keys(ticketStates) as TicketState[];

/** Who speaks: whoever asked (and their organisation), or those who answer. */
export type Side = 'asker' | 'staff';

/** The Discord users whose tickets are the asker's: those linked, or the one that is linked to nobody. */
async function discordIdsOf({ tx, actor }: Work): Promise<string[]> {
  if (actor.personId === 0) return actor.proven.discordId === undefined ? [] : [actor.proven.discordId];
  const users = await tx.discordUser.findMany({ where: { personId: actor.personId } });
  return users.map(({ discordId }) => discordId);
}

/** Which tickets the asker sees: their own and their organisations', staff all. */
export async function seenBy(work: Work): Promise<object> {
  const { actor } = work;
  if (isStaff(actor)) return {};
  return {
    OR: [
      ...(actor.personId === 0 ? [] : [{ personId: actor.personId }]),
      { orgId: { in: membershipsOf(actor).map(({ orgId }) => orgId) } },
      { personId: null, discordId: { in: await discordIdsOf(work) } },
    ],
  };
}

/** Whether the asker is the one who opened it. */
async function isAsker(work: Work, row: Ticket): Promise<boolean> {
  if (row.personId !== null) return row.personId === work.actor.personId;
  return row.discordId !== null && (await discordIdsOf(work)).includes(row.discordId);
}

/**
 * A ticket of one's own or of one's organisation, for staff any; and on which side the asker speaks in it. Staff speak as
 * staff, but in the tickets that they opened themselves.
 * @param to.write what the others have opened a viewer only reads
 * @throws {Refusal} `object.unknown`, also when it is another's; `access.denied`
 */
export async function findTicket(
  work: Work,
  number: string,
  to: { readonly write?: boolean } = {},
): Promise<{ row: TicketRow; side: Side }> {
  const found = await work.tx.ticket.findFirst({ where: { id: idOf(number), ...(await seenBy(work)) } });
  if (!found) throw unknownObject(work, number);
  const row = found as TicketRow;
  if (await isAsker(work, row)) return { row, side: 'asker' };
  if (isStaff(work.actor)) return { row, side: 'staff' };
  const member = membershipsOf(work.actor).find(({ orgId }) => orgId === row.orgId);
  if (to.write && member?.role === 'viewer') throw new Refusal('access.denied', { why: 'role', command: '' });
  return { row, side: 'asker' };
}

/** Refuses what the ticket's state does not allow. */
export const wrongState = (row: Pick<TicketRow, 'id' | 'state'>): Refusal =>
  new Refusal('state.wrong', { why: 'ticket', number: ticketRef(row.id), state: row.state });

/** Columns that change along with a state. */
export type Moved = Partial<Omit<Ticket, 'id' | 'state'>>;

/**
 * Moves a ticket along its table by a guarded update (invariant 3).
 * @throws {Refusal} `state.wrong` when the table has no such move, or another was quicker
 */
export async function move(
  work: Work,
  row: TicketRow,
  { to, ...data }: { to: TicketState } & Moved,
): Promise<TicketRow> {
  if (!(ticketStates[row.state] as readonly TicketState[]).includes(to)) throw wrongState(row);
  const changed = { ...data, state: to, closedAt: to === 'closed' ? work.now : null, updatedAt: work.now };
  const { count } = await work.tx.ticket.updateMany({ where: { id: row.id, state: row.state }, data: changed });
  if (count !== 1) throw wrongState(row);
  return { ...row, ...changed };
}

/** What `search` looks in. */
export function ticketSearch(
  row: Pick<Ticket, 'id' | 'subject' | 'object' | 'orgId' | 'customerId'>,
  asker: { readonly name: string; readonly emails: readonly string[]; readonly company?: string | undefined },
): string {
  const { id, subject, object, orgId, customerId } = row;
  const words = [ticketRef(id), subject, object, asker.name, ...asker.emails, asker.company];
  const refs = [orgId === null ? '' : orgRef(orgId), customerId === null ? '' : customerRef(customerId)];
  return searchable([...words, ...refs].filter(Boolean).join(' '));
}

/** What every answer about a ticket tells. */
export const ticketData = (work: Pick<Work, 'made'>, row: TicketRow) => ({
  ticket: work.made(ticketRef(row.id)),
  state: row.state,
  priority: row.priority,
  subject: row.subject,
  object: row.object,
  customer: row.customerId === null ? null : customerRef(row.customerId),
  follows: row.followsId === null ? null : ticketRef(row.followsId),
});

/** A reply to an answer about a ticket goes on with it; nothing in a dry run, which has made no number. */
export const talkOf = (work: Pick<Work, 'dryRun'>, row: TicketRow, more: { readonly quiet?: boolean } = {}) =>
  work.dryRun ? {} : { talk: { number: ticketRef(row.id), ...(more.quiet ? { quiet: true as const } : {}) } };
