/** Tickets worth offering while a number is typed. */
import type { Suggest } from '../command/define.js';
import { searchable } from '../record/fold.js';
import { seenBy, ticketRef } from './ticket.js';

/** What waits first, then the newest. */
export const suggestTickets: Suggest = async (tx, { typed, work }) => {
  const words = searchable(typed).split(' ').filter(Boolean);
  const rows = await tx.ticket.findMany({
    where: { AND: [await seenBy(work), ...words.map((word) => ({ searchText: { contains: word } }))] },
    orderBy: [{ state: 'desc' }, { id: 'desc' }],
    take: 25,
  });
  return rows.map((row) => {
    const name = `${ticketRef(row.id)} ${row.subject}`;
    return { id: ticketRef(row.id), names: { fr: name, en: name }, matches: true as const };
  });
};
