/** The outbox's mails on their way out: a letter, or a transcript that was written when its mail was answered. */
import type { Deliver, Errand } from '../../core/database/outbox-worker.js';
import type { Documents } from '../../core/documents/store.js';
import type { LetterName, Letters } from '../../core/letters/letters.js';
import type { Locale } from '../../core/locales/locale.js';
import type { Secrets } from '../../core/secrets/secrets.js';
import type { MailTransport, OutgoingMail } from './deliver.js';
import { plusAddress } from '../answers/thread.js';

export interface MailDeliverOptions {
  readonly transport: MailTransport;
  readonly letters: Letters;
  readonly documents: Documents;
  /** The desk's own address (`MAIL_FROM`). */
  readonly from: string;
  readonly secrets: Pick<Secrets, 'thread'>;
  /** Shown beside the address, in the reader's language. */
  readonly vendorName: (locale: Locale) => string;
  readonly clock: () => Date;
}

/**
 * Hands an outbox mail to the transport. What can't be made into a mail (a value its letter shows is missing, a file is
 * gone) is `failed` with the reason, for another try would end the same.
 */
export function mailDeliver(options: MailDeliverOptions): Deliver {
  return async (errand, ends) => {
    let mail: OutgoingMail;
    try {
      mail = await mailOf(errand, options);
    } catch (error) {
      return {
        result: 'failed',
        reason: `the mail could not be made: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
    return options.transport.send(mail, ends);
  };
}

async function mailOf(errand: Errand, options: MailDeliverOptions): Promise<OutgoingMail> {
  const { from, secrets } = options;
  const attachments = await Promise.all(
    errand.attachments.map(async ({ name, type, sha256 }) => ({
      name,
      type,
      content: await options.documents.read(sha256),
    })),
  );
  return {
    ...bodyOf(errand, options.letters),
    from: { name: options.vendorName(errand.locale), address: from },
    to: errand.recipient,
    messageId: errand.messageId,
    ...(errand.inReplyTo ? { inReplyTo: errand.inReplyTo } : {}),
    ...(errand.references.length > 0 ? { references: [...errand.references] } : {}),
    ...(errand.replyToken ? { replyTo: plusAddress(from, errand.replyToken) } : {}),
    envelopeFrom: plusAddress(from, secrets.thread('m', errand.id)),
    autoSubmitted: errand.autoReply ? 'auto-replied' : 'auto-generated',
    date: options.clock(),
    ...(attachments.length > 0 ? { attachments } : {}),
  };
}

function bodyOf({ letter, locale, params }: Errand, letters: Letters): { subject: string; text: string; html: string } {
  if (letter !== 'transcript') return letters.render(letter as LetterName, locale, params as never);
  const { subject, text, html } = params;
  if (typeof subject !== 'string' || typeof text !== 'string' || typeof html !== 'string')
    throw new Error('the transcript has no text');
  return { subject, text, html };
}
