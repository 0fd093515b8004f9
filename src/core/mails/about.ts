/** The mails about an object, and where each stands (E8, J6). */
import type { Data } from '../command/outcome.js';
import { printRef } from '../guard/number.js';
import type { Tx } from '../record/database.js';

/** @param object the printed number of what they are about */
export async function mailsAbout(tx: Tx, object: string): Promise<Data[]> {
  const mails = await tx.outbox.findMany({ where: { object, channel: 'mail' }, orderBy: { id: 'asc' } });
  return mails.map((mail) => ({
    mail: printRef('M', mail.id),
    letter: mail.letter,
    recipient: mail.recipient,
    state: mail.state,
    sentAt: mail.sentAt?.toISOString() ?? null,
    ...(mail.error ? { error: mail.error } : {}),
  }));
}
