/** `support close` and `support reopen`: by whoever asked, their organisation, or staff (G8). */
import { command, optional, required } from '../../command/define.js';
import { message, ticketNumber } from '../../command/dictionary.js';
import type { Work } from '../../guard/work.js';
import { say } from './messages.js';
import { companyOf } from './opening.js';
import { suggestTickets } from './suggesting.js';
import { tellAsker, tellStaff } from './notices.js';
import { findTicket, move, talkOf, ticketData, ticketRef, type Side, type TicketRow } from './ticket.js';
import type { TicketState } from './states.js';

const fields = [required(ticketNumber, { suggest: suggestTickets }), optional(message)] as const;

interface Ended {
  readonly row: TicketRow;
  readonly side: Side;
}

/** Moves it, and writes down what was said with that. */
async function moved(
  work: Work,
  number: string,
  { to, text }: { to: TicketState; text: string | undefined },
): Promise<Ended> {
  const { row, side } = await findTicket(work, number, { write: true });
  const now = await move(work, row, { to });
  if (text !== undefined) await say(work, row.id, { text, side });
  const action = to === 'closed' ? 'support close' : 'support reopen';
  work.audit({ action, object: ticketRef(row.id), detail: { side, was: row.state } });
  return { row: now, side };
}

export const supportClose = command({
  name: 'support close',
  help: { fr: 'Fermer un ticket qui n’attend plus rien', en: 'Close a ticket that waits for nothing more' },
  who: ['person', 'discord', 'staff'],
  fields,
  async run(work, { number, text }) {
    const { row, side } = await moved(work, number, { to: 'closed', text });
    if (side === 'staff') await tellAsker(work, row, { step: 'closed', text });
    // staff have nothing to do about it, but what was written is read
    else if (text !== undefined)
      await tellStaff(work, row, { step: 'closed', text, company: await companyOf(work, row.orgId) });
    return { code: 'ticket.closed', data: ticketData(work, row), ...talkOf(work, row) };
  },
});

export const supportReopen = command({
  name: 'support reopen',
  help: { fr: 'Rouvrir un ticket fermé', en: 'Open a closed ticket again' },
  who: ['person', 'discord', 'staff'],
  fields,
  async run(work, { number, text }) {
    const { row, side } = await moved(work, number, { to: 'open', text });
    if (side === 'staff') await tellAsker(work, row, { step: 'reopened', text });
    else await tellStaff(work, row, { step: 'reopened', text, company: await companyOf(work, row.orgId) });
    return { code: 'ticket.reopened', data: ticketData(work, row), ...talkOf(work, row) };
  },
});
