/** Opening a ticket: whose it is, what it is about, and how urgent (G8). */
import { customerRef, findCustomer } from '../customers/customer.js';
import type { Upload } from '../../command/type.js';
import { isStaff, membershipsOf } from '../../guard/identity.js';
import { attemptsLeft, countAttempt, type Limit } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { findOrg, ownOrg } from '../parties/organisation.js';
import { say } from './messages.js';
import { aboutOf } from './object.js';
import { tellStaff } from './notices.js';
import { ticketRef, ticketSearch, type TicketRow } from './ticket.js';
import type { TicketFile } from '../../database/connect.js';

const hourMs = 3_600_000;

export interface Opening {
  readonly subject: string;
  readonly text: string;
  readonly file?: Upload | undefined;
  readonly object?: string | null | undefined;
  readonly orgId?: number | null | undefined;
  readonly customerId?: number | null | undefined;
  /** The closed one that it follows. */
  readonly follows?: TicketRow | undefined;
}

/** What may be told about whose a new ticket is. */
interface Whose {
  readonly orgId: number | null;
  readonly customerId: number | null;
  readonly object: string | null;
}

/**
 * Whose it is: the customer's organisation, the one that is named, that of the object, or the only one of the asker's. Of
 * several none is guessed: the ticket is then its asker's alone.
 * @throws {Refusal} `object.unknown` for a customer or an organisation that is not the asker's; `access.denied` for a viewer
 */
export async function whoseIs(
  work: Work,
  input: { readonly customer?: string | undefined; readonly object?: string | undefined },
): Promise<Whose> {
  const { actor, org } = work;
  const about = input.object === undefined ? undefined : await aboutOf(work, input.object);
  const object = about?.object ?? null;
  if (input.customer !== undefined) {
    const customer = await findCustomer(work, input.customer, { field: 'customer', write: !isStaff(actor) });
    return { orgId: customer.orgId, customerId: customer.id, object };
  }
  if (org !== undefined) {
    const { id } = isStaff(actor) ? await findOrg(work, org, { field: 'org' }) : { id: ownOrg(work).orgId };
    return { orgId: id, customerId: null, object };
  }
  const own = membershipsOf(actor);
  const sole = own.length === 1 ? own[0]?.orgId : undefined;
  return { orgId: about?.orgId ?? sole ?? null, customerId: null, object };
}

/**
 * Opens a ticket and tells staff. It has priority for whoever the desk knows.
 * @throws {Refusal} `rate.limited` for a Discord user who is linked to nobody; `file.refused`
 */
export async function openTicket(work: Work, opening: Opening): Promise<{ row: TicketRow; file?: TicketFile }> {
  const { tx, actor, now } = work;
  const stranger = actor.personId === 0;
  if (stranger) await limited(work, 'tickets');
  const { subject, text, file, follows } = opening;
  const made = await tx.ticket.create({
    data: {
      orgId: opening.orgId ?? null,
      customerId: opening.customerId ?? null,
      personId: actor.personId || null,
      discordId: stranger ? (actor.proven.discordId ?? null) : null,
      subject,
      object: opening.object ?? null,
      priority: !stranger,
      state: 'open',
      door: work.door,
      locale: work.locale,
      followsId: follows?.id ?? null,
      searchText: '',
      createdAt: now,
      updatedAt: now,
    },
  });
  const company = await companyOf(work, made.orgId);
  const searchText = ticketSearch(made, { name: actor.name, emails: actor.emails, company });
  const row = (await tx.ticket.update({ where: { id: made.id }, data: { searchText } })) as TicketRow;
  const kept = await say(work, row.id, { text, file, side: 'asker' });
  work.audit({
    action: 'support open',
    object: ticketRef(row.id),
    detail: {
      subject,
      object: row.object,
      priority: row.priority,
      customer: row.customerId === null ? null : customerRef(row.customerId),
      follows: follows ? ticketRef(follows.id) : null,
      ...(kept ? { file: { name: kept.name, sha256: kept.sha256 } } : {}),
    },
  });
  await tellStaff(work, row, { step: 'opened', text, file: kept, company });
  return { row, ...(kept ? { file: kept } : {}) };
}

/** What staff know the asker's organisation by. */
export async function companyOf({ tx }: Work, orgId: number | null): Promise<string | undefined> {
  if (orgId === null) return undefined;
  return (await tx.organisation.findUnique({ where: { id: orgId }, select: { name: true } }))?.name;
}

/** Counts what a Discord user does who is linked to nobody. @throws {Refusal} `rate.limited` */
export async function limited(work: Work, what: 'tickets' | 'replies'): Promise<void> {
  const count = work.desk.catalogue.policy.limits.ticketsPerHour * (what === 'tickets' ? 1 : repliesPerTicket);
  await counted(work, `${what} of Discord user ${work.actor.proven.discordId ?? ''}`, { count, windowMs: hourMs });
}

const repliesPerTicket = 4;

/** What two programs that answer each other's mails would soon go beyond, and no person does. */
const mailsAnHour = 20;

/** Counts what comes into a ticket by mail. @throws {Refusal} `rate.limited` */
export const limitedByMail = (work: Work, ticket: TicketRow): Promise<void> =>
  counted(work, `mails to ${ticketRef(ticket.id)}`, { count: mailsAnHour, windowMs: hourMs });

async function counted({ tx, now }: Work, key: string, limit: Limit): Promise<void> {
  if ((await attemptsLeft(tx, key, { limit, now })) <= 0) throw new Refusal('rate.limited', { minutes: 60 });
  await countAttempt(tx, key, now);
}
