/** Replies as a mail program makes them, and what is read in an answer. */
import type { ReceivedMail } from '../servers/smtp.js';
import { address, type Posted } from './house.js';

export const textOf = (mail: ReceivedMail | undefined): string => mail?.parsed.text ?? '';

/** To the reply address, in the thread. */
export const inThread = (before: ReceivedMail): Posted => ({
  to: before.parsed.replyTo?.value[0]?.address ?? '',
  subject: `Re: ${before.parsed.subject ?? ''}`,
  headers: [`In-Reply-To: ${before.parsed.messageId ?? ''}`],
});

/** The mail that is answered, below the reply. */
export const quote = (before: ReceivedMail): string =>
  `Le lun. 23 nov. 2026 à 10:00, Guichet <${address}> a écrit :\n\n${textOf(before)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}\n`;

/** The form at the end of a transcript. */
export const formIn = (before: ReceivedMail): string => /^Commande : .*\n(?:.+\n)*/mu.exec(textOf(before))?.[0] ?? '';
