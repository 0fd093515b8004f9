/** Tickets worth offering while a number is typed. */
import { lookedUp, type Suggest } from '../../command/define.js';
import { havingWords, searchWords } from '../../command/listing.js';
import { seenBy, ticketRef } from './ticket.js';

/** What waits first, then the newest. */
export const suggestTickets: Suggest = async (tx, { typed, work }) => {
  const rows = await tx.ticket.findMany({
    where: { AND: [await seenBy(work), ...havingWords(searchWords(typed))] },
    orderBy: [{ state: 'desc' }, { id: 'desc' }],
    take: 25,
  });
  return rows.map((row) => lookedUp(ticketRef(row.id), `${ticketRef(row.id)} ${row.subject}`));
};
