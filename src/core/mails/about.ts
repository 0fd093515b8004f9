/** The mails about an object, and where each stands (E8, J6). */
import type { Data } from '../command/outcome.js';
import { printRef } from '../guard/number.js';
import type { Outbox, Tx } from '../record/database.js';

/** Letters that staff get about an object of somebody else's, who has no business with their addresses. */
const staffLetters = ['order-staff'];

/** @param about.object the printed number of what they are about */
export const mailRows = (tx: Tx, { object, staff }: { object: string; staff: boolean }): Promise<Outbox[]> =>
  tx.outbox.findMany({
    where: { object, channel: 'mail', ...(staff ? {} : { letter: { notIn: staffLetters } }) },
    orderBy: { id: 'asc' },
  });

/** The same, as an answer shows them. */
export async function mailsAbout(tx: Tx, about: { object: string; staff: boolean }): Promise<Data[]> {
  const mails = await mailRows(tx, about);
  return mails.map((mail) => ({
    mail: printRef('M', mail.id),
    letter: mail.letter,
    recipient: mail.recipient,
    state: mail.state,
    sentAt: mail.sentAt?.toISOString() ?? null,
    ...(mail.error ? { error: mail.error } : {}),
  }));
}
