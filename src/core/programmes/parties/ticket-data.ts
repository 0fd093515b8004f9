/** What a person wrote to support, and was answered: handed out, and forgotten but for numbers, states and times (X11). */
import { printRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { Prisma, type Ticket, type TicketMessage } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { ticketRef, ticketSearch } from '../support/ticket.js';
import { isNeeded } from './file-link.js';
import { always, dropAll, endedMails } from './forgetting.js';
import { mayName, namer, type Known } from './traces.js';

type Held = Readonly<Record<string, unknown>>;
type Tables = Pick<Work, 'tx'>;

const by = ({ personId, discordIds }: Known) => ({
  OR: [{ personId }, { personId: null, discordId: { in: [...discordIds] } }],
});

/** Tickets that the person opened. */
export const ticketsOf = ({ tx }: Tables, known: Known): Promise<Ticket[]> =>
  tx.ticket.findMany({ where: by(known), orderBy: { id: 'asc' } });

/** What the person wrote as somebody who asks, in any ticket; what it answered as staff is the vendor's. */
export const wordsOf = ({ tx }: Tables, known: Known): Promise<TicketMessage[]> =>
  tx.ticketMessage.findMany({ where: { ...by(known), staff: false }, orderBy: { id: 'asc' } });

/** In tickets of the person's own what staff answered too; of what colleagues wrote there, that they did. */
export async function ticketData({ tx }: Work, known: Known): Promise<Held> {
  const own = await ticketsOf({ tx }, known);
  const mine = await wordsOf({ tx }, known);
  const theirs = await tx.ticketMessage.findMany({
    where: { ticketId: { in: own.map(({ id }) => id) }, id: { notIn: mine.map(({ id }) => id) } },
  });
  const all = [...mine, ...theirs].sort((a, b) => a.id - b.id);
  const files = await tx.ticketFile.findMany({ where: { messageId: { in: all.map(({ id }) => id) } } });
  const isOwn = ({ ticketId }: TicketMessage) => own.some(({ id }) => id === ticketId);
  const shown = (message: TicketMessage): Held => {
    const { id, staff, door, text, at } = message;
    const byMe = mine.includes(message);
    if (!byMe && !staff) return { at, byMe, staff, door };
    const its = files
      .filter(({ messageId }) => messageId === id)
      .map(({ name, type, bytes }) => ({ name, type, bytes }));
    return { at, byMe, staff, door, text, files: its };
  };
  return {
    tickets: own.map(({ id, subject, object, priority, state, door, createdAt, firstAnswerAt, closedAt }) => ({
      ...{ ticket: ticketRef(id), subject, object, priority, state, door, createdAt, firstAnswerAt, closedAt },
      messages: all.filter(({ ticketId }) => ticketId === id).map(shown),
    })),
    ticketReplies: mine
      .filter((message) => !isOwn(message))
      .map((message) => ({ ticket: printRef('T', message.ticketId), ...shown(message) })),
  };
}

const dash = '–';

/**
 * What the person wrote goes, with its files, and so does what names it; a ticket that no organisation shares is closed.
 * Mails about these tickets lose their contents, and those that wait do not leave.
 */
export async function forgetTickets(work: Work, known: Known): Promise<void> {
  const { tx, now } = work;
  const [own, mine] = [await ticketsOf(work, known), await wordsOf(work, known)];
  for (const row of own) await forgetTicket(work, row, known);
  await tx.ticket.updateMany({
    where: { id: { in: own.map(({ id }) => id) }, orgId: null, state: { not: 'closed' } },
    data: { state: 'closed', closedAt: now, updatedAt: now },
  });
  const ids = new Set([...mine.map(({ id }) => id), ...(await messagesNaming(work, known))]);
  await tx.ticketMessage.updateMany({ where: { id: { in: [...ids] } }, data: { text: dash, discordId: null } });
  await subjectsNaming(work, known);
  await forgetFiles(work, mine);
  const refs = [...new Set([...own.map(({ id }) => id), ...mine.map(({ ticketId }) => ticketId)])].map(ticketRef);
  await tx.outbox.updateMany({
    where: { object: { in: refs }, state: { notIn: [...endedMails] } },
    data: { state: 'cancelled', leasedUntil: null },
  });
  await tx.outbox.updateMany({
    where: { object: { in: refs } },
    data: { params: '{}', secret: null, attachments: null },
  });
}

/** It stays as a number with its times; to whom it belongs, other than the person, is still found by it. */
async function forgetTicket({ tx }: Tables, row: Ticket, known: Known): Promise<void> {
  const org = row.orgId === null ? null : await tx.organisation.findUnique({ where: { id: row.orgId } });
  const object = namer(known)(row.object) ? null : row.object;
  const words = ticketSearch({ ...row, subject: '', object }, { name: '', emails: [], company: org?.name });
  await tx.ticket.update({
    where: { id: row.id },
    data: { subject: dash, object, discordId: null, personId: known.personId, searchText: words },
  });
}

async function messagesNaming({ tx }: Tables, known: Known): Promise<number[]> {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ id: number; text: string }[]>`
    SELECT "id", "text" FROM "TicketMessage" WHERE ${mayName('text', known)}`;
  return rows.filter(({ text }) => named(text)).map(({ id }) => Number(id));
}

/** Of other people's tickets. */
async function subjectsNaming({ tx }: Tables, known: Known): Promise<void> {
  const named = namer(known);
  const rows = await tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "Ticket"
    WHERE ${Prisma.join([mayName('subject', known), mayName('object', known)], ' OR ')}`;
  for (const { id } of rows) {
    const row = await tx.ticket.findUniqueOrThrow({ where: { id: Number(id) } });
    const going = [row.subject, row.object ?? ''].filter(named);
    if (going.length === 0) continue;
    const subject = named(row.subject) ? dash : row.subject;
    const searchText = going.reduce((text, words) => text.replaceAll(searchable(words), ''), row.searchText);
    await tx.ticket.update({
      where: { id: row.id },
      data: { subject, object: named(row.object) ? null : row.object, searchText },
    });
  }
}

async function forgetFiles(work: Work, messages: readonly TicketMessage[]): Promise<void> {
  const { tx, desk, now } = work;
  const where = { messageId: { in: messages.map(({ id }) => id) } };
  const files = await tx.ticketFile.findMany({ where });
  await tx.ticketFile.deleteMany({ where });
  const unneeded: string[] = [];
  for (const { sha256 } of files) if (!(await isNeeded(tx, { sha256, but: '', now }))) unneeded.push(sha256);
  work.afterCommit(() => void dropAll(unneeded, (sha256) => desk.documents.drop(sha256, always)));
}
