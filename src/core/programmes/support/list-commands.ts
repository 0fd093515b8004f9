/** `support list` and `support show`: one's tickets; for staff the queue (G8). */
import { command, optional, required } from '../../command/define.js';
import { documentName, ofCustomer, ticketNumber } from '../../command/dictionary.js';
import { listed, listFields, type ListInput } from '../../command/listing.js';
import { customerRef, findCustomer, suggestCustomers } from '../customers/customer.js';
import { isStaff } from '../../guard/identity.js';
import type { Work } from '../../guard/work.js';
import { findOrg, ownOrg } from '../parties/organisation.js';
import { fileNamed } from './files.js';
import { firstAnswerMinutes, minutesBetween } from './first-answer.js';
import { askersOf, messagesOf, waitingSince } from './messages.js';
import { suggestTickets } from './suggesting.js';
import { findTicket, seenBy, talkOf, ticketData, ticketRef, ticketStateNames, type TicketRow } from './ticket.js';

type Item = TicketRow & { readonly company: string | null; readonly who: string; readonly since: Date | undefined };

async function itemsOf(work: Work, rows: readonly TicketRow[]): Promise<Item[]> {
  const ids = [...new Set(rows.flatMap(({ orgId }) => orgId ?? []))];
  const orgs = await work.tx.organisation.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  const companies = new Map(orgs.map(({ id, name }) => [id, name]));
  const since = await waitingSince(work.tx, rows);
  const askers = await askersOf(work, rows);
  return rows.map((row) => ({
    ...row,
    company: companies.get(row.orgId ?? 0) ?? null,
    who: askers(row),
    since: since.get(row.id),
  }));
}

const minutesWaited = (work: Work, since: Date | undefined): number | null =>
  since === undefined ? null : minutesBetween(since, work.now);

const itemOf = (work: Work) => (row: Item) => ({
  ticket: ticketRef(row.id),
  state: row.state,
  priority: row.priority,
  subject: row.subject,
  waitingMinutes: minutesWaited(work, row.since),
  requester: row.who,
  company: row.company,
  customer: row.customerId === null ? null : customerRef(row.customerId),
  object: row.object,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/** What the list is narrowed to before any filter of its own. */
async function narrowed(
  work: Work,
  input: ListInput & { readonly customer?: string | undefined },
): Promise<Readonly<Record<string, unknown>>> {
  const { actor, org } = work;
  const staff = isStaff(actor);
  const where: object[] = staff ? [] : [await seenBy(work)];
  if (org !== undefined)
    where.push({ orgId: staff ? (await findOrg(work, org, { field: 'org' })).id : ownOrg(work).orgId });
  if (input.customer !== undefined)
    where.push({ customerId: (await findCustomer(work, input.customer, { field: 'customer' })).id });
  // the queue is what is not over; what is over is found by its state, or by words
  if (staff && input.state === undefined && input.search === undefined) where.push({ state: { not: 'closed' } });
  // the words of a search stand beside it, under AND; an empty one inside an OR would match nothing
  return where.length === 0 ? {} : { OR: [{ AND: where }] };
}

export const supportList = command({
  name: 'support list',
  help: {
    fr: 'Voir ses tickets ; pour l’équipe, ce qui attend, prioritaires et plus anciens d’abord',
    en: 'See one’s tickets; for staff what waits, priority and oldest first',
  },
  who: ['person', 'discord', 'member', 'staff'],
  reads: true,
  fields: [...listFields, optional(ofCustomer, { suggest: suggestCustomers })],
  run: async (work, input) =>
    listed<Item>(work, input, {
      code: 'ticket.listed',
      states: ticketStateNames,
      sortable: {
        ticket: 'id',
        state: 'state',
        priority: 'priority',
        subject: 'subject',
        'created-at': 'createdAt',
        'updated-at': 'updatedAt',
      },
      // open before answered: by name, too
      ...(isStaff(work.actor)
        ? { usualOrder: [{ state: 'desc' }, { priority: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }] }
        : {}),
      searchColumn: 'searchText',
      where: await narrowed(work, input),
      count: (args) => work.tx.ticket.count(args),
      find: async (args) => itemsOf(work, (await work.tx.ticket.findMany(args)) as TicketRow[]),
      item: itemOf(work),
    }),
});

export const supportShow = command({
  name: 'support show',
  help: {
    fr: 'Voir un ticket et tout ce qui s’y est dit ; avec le nom d’un fichier, le prendre',
    en: 'See a ticket and all that was said in it; with the name of a file, fetch it',
  },
  who: ['person', 'discord', 'staff'],
  reads: true,
  fields: [required(ticketNumber, { suggest: suggestTickets }), optional(documentName)],
  async run(work, { number, file }) {
    const { row } = await findTicket(work, number);
    const [item] = await itemsOf(work, [row]);
    const { messages, files } = await messagesOf(work, row.id);
    const next = await work.tx.ticket.findFirst({ where: { followsId: row.id }, orderBy: { id: 'desc' } });
    const fetched = file === undefined ? undefined : await fileNamed(work, files, file);
    return {
      code: 'ticket.shown',
      data: {
        ...ticketData(work, row),
        ...(item ? itemOf(work)(item) : {}),
        door: row.door,
        firstAnswerAt: row.firstAnswerAt?.toISOString() ?? null,
        firstAnswerMinutes: firstAnswerMinutes(row),
        closedAt: row.closedAt?.toISOString() ?? null,
        followedBy: next ? ticketRef(next.id) : null,
        messages,
        files: files.map(({ name, type, bytes, sha256 }) => ({ file: name, type, bytes, sha256 })),
      },
      ...(fetched ? { file: fetched } : {}),
      ...talkOf(work, row),
    };
  },
});
