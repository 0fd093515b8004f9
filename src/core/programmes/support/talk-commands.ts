/** `support open` and `support reply`: what is asked and answered, through whichever door (G8). */
import { command, optional, required } from '../../command/define.js';
import { documentFile, message, object, ofCustomer, subject, ticketNumber } from '../../command/dictionary.js';
import type { Done } from '../../command/outcome.js';
import { suggestCustomers } from '../customers/customer.js';
import type { Work } from '../../guard/work.js';
import { inspectAhead } from '../orders/documents.js';
import { say, type Said } from './messages.js';
import { companyOf, limited, limitedByMail, openTicket, whoseIs } from './opening.js';
import { suggestTickets } from './suggesting.js';
import { tellAsker, tellStaff } from './notices.js';
import { findTicket, move, talkOf, ticketData, ticketRef, type Side, type TicketRow } from './ticket.js';
import type { TicketFile } from '../../database/connect.js';

export const supportOpen = command({
  name: 'support open',
  help: {
    fr: 'Poser une question à l’assistance ; on vous répond ici ou par courrier',
    en: 'Ask support something; the answer comes here or by mail',
  },
  who: ['anyone', 'member', 'staff'],
  fields: [
    required(subject),
    required(message),
    optional(object),
    optional(ofCustomer, { suggest: suggestCustomers }),
    optional(documentFile),
  ],
  ahead: inspectAhead,
  async run(work, { subject: about, text, file, ...input }) {
    const opened = await openTicket(work, { subject: about, text, file, ...(await whoseIs(work, input)) });
    const data = { ...ticketData(work, opened.row), ...filed(opened.file) };
    return { code: 'ticket.opened', data, ...talkOf(work, opened.row) };
  },
});

const filed = (file: TicketFile | undefined) => (file ? { file: file.name } : {});

const dayMs = 86_400_000;

/** A closed ticket that a reply no longer opens again. */
const isOver = (work: Work, { state, closedAt }: TicketRow): boolean =>
  state === 'closed' &&
  closedAt !== null &&
  work.now.getTime() - closedAt.getTime() > work.desk.catalogue.policy.times.ticketReopenDays * dayMs;

/** Where a reply goes on: in the ticket itself, else in the last of those that follow it. */
async function lastOf(work: Work, row: TicketRow): Promise<TicketRow> {
  let last = row;
  for (;;) {
    const next = isOver(work, last)
      ? await work.tx.ticket.findFirst({ where: { followsId: last.id }, orderBy: { id: 'desc' } })
      : null;
    if (!next) return last;
    last = next as TicketRow;
  }
}

export const supportReply = command({
  name: 'support reply',
  help: { fr: 'Écrire dans un ticket', en: 'Write in a ticket' },
  who: ['person', 'discord', 'staff'],
  fields: [required(ticketNumber, { suggest: suggestTickets }), required(message), optional(documentFile)],
  ahead: inspectAhead,
  async run(work, { number, text, file }) {
    const { row, side } = await findTicket(work, number, { write: true });
    const said = { text, file };
    if (side === 'staff') return answer(work, row, said);
    const last = await lastOf(work, row);
    if (work.door === 'mail') await limitedByMail(work, last);
    return isOver(work, last) ? follow(work, last, said) : goOn(work, last, said);
  },
});

/** Staff answer: the asker has the next word. */
async function answer(work: Work, row: TicketRow, said: Said): Promise<Done> {
  if (work.door === 'mail') await limitedByMail(work, row);
  const open = row.state === 'closed' ? await move(work, row, { to: 'open' }) : row;
  const answered = open.state === 'open' ? await move(work, open, { to: 'answered' }) : await touched(work, open);
  // of two who answer at once one is first
  await work.tx.ticket.updateMany({
    where: { id: row.id, firstAnswerAt: null },
    data: { firstAnswerAt: work.now },
  });
  const file = await written(work, answered, { ...said, side: 'staff', was: row.state });
  await tellAsker(work, answered, { step: 'replied', text: said.text, file });
  return replied(work, answered, { file, quiet: work.door === 'mail' });
}

/** The asker's side goes on: staff have the next word. */
async function goOn(work: Work, row: TicketRow, said: Said): Promise<Done> {
  const { tx, actor } = work;
  if (actor.personId === 0) await limited(work, 'replies');
  const open = row.state === 'open' ? await touched(work, row) : await move(work, row, { to: 'open' });
  const byMail = await tx.ticketMessage.count({ where: { ticketId: row.id, door: 'mail', personId: actor.personId } });
  // the one that opened it was answered as any form is
  const before = byMail - (row.door === 'mail' && row.personId === actor.personId ? 1 : 0);
  const file = await written(work, open, { ...said, side: 'asker', was: row.state });
  const company = await companyOf(work, row.orgId);
  await tellStaff(work, open, {
    step: row.state === 'closed' ? 'reopened' : 'replied',
    text: said.text,
    file,
    company,
  });
  // who writes by mail hears once that it arrives
  return replied(work, open, { file, quiet: work.door === 'mail' && before > 0 });
}

/** Closed too long ago: a new ticket that names it. */
async function follow(work: Work, old: TicketRow, said: Said): Promise<Done> {
  const { subject: about, object: what, orgId, customerId } = old;
  const opened = await openTicket(work, { ...said, subject: about, object: what, orgId, customerId, follows: old });
  const { data, ...rest } = replied(work, opened.row, { file: opened.file, quiet: false });
  return { ...rest, data: { ...data, follows: ticketRef(old.id) } };
}

const touched = async (work: Work, row: TicketRow): Promise<TicketRow> =>
  (await work.tx.ticket.update({ where: { id: row.id }, data: { updatedAt: work.now } })) as TicketRow;

async function written(
  work: Work,
  row: TicketRow,
  { was, ...said }: Said & { side: Side; was: string },
): Promise<TicketFile | undefined> {
  const file = await say(work, row.id, said);
  work.audit({
    action: 'support reply',
    object: ticketRef(row.id),
    detail: {
      side: said.side,
      was,
      state: row.state,
      ...(file ? { file: { name: file.name, sha256: file.sha256 } } : {}),
    },
  });
  return file;
}

/** What it follows is told when the reply itself has opened it. */
function replied(work: Work, row: TicketRow, { file, quiet }: { file: TicketFile | undefined; quiet: boolean }): Done {
  const { follows: _, ...data } = ticketData(work, row);
  return { code: 'ticket.replied', data: { ...data, ...filed(file) }, ...talkOf(work, row, { quiet }) };
}
