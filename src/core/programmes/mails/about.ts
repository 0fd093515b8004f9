/** The mails about an object, and where each stands (E8, J6). */
import type { Data } from '../../command/outcome.js';
import { printRef } from '../../guard/number.js';
import type { Outbox, Tx } from '../../database/connect.js';

/** Letters that staff get about an object of somebody else's, who has no business with their addresses. */
const staffLetters = ['order-staff', 'domain-task'];

export interface About {
  /** The printed number of what they are about, or a domain. */
  readonly object: string;
  /** For staff, who see letters to staff too. */
  readonly staff: boolean;
  /** Of a domain that somebody else may have had before, or since. */
  readonly since?: Date;
  readonly until?: Date | null;
}

export const mailRows = (tx: Tx, { object, staff, since, until }: About): Promise<Outbox[]> =>
  tx.outbox.findMany({
    where: {
      ...{ object, channel: 'mail' },
      ...(staff ? {} : { letter: { notIn: staffLetters } }),
      ...(since ? { createdAt: { gte: since, ...(until ? { lte: until } : {}) } } : {}),
    },
    orderBy: { id: 'asc' },
  });

/** The same, as an answer shows them. */
export async function mailsAbout(tx: Tx, about: About): Promise<Data[]> {
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
