/**
 * What happens with a mail: hygiene (X7), proof of its sender (X2), its commands, and one answer. Whatever is told to the
 * sender is committed when this resolves; after a fault of the machine the mail comes again, and its keys make it once.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:dns/promises';
import type { Mailbox } from '../core/mailbox.js';
import { answerTo, type AnswerOptions } from './answer.js';
import { neverAnswer } from './hygiene.js';
import type { Log, Message, Receive } from './message.js';
import { parseMail } from './parse.js';
import { tokensOf, type Token } from './thread.js';
import { proveSender, type TrustOptions } from './trust.js';

export interface ReceptionOptions extends AnswerOptions {
  /** `resolver`: for tests; else the system's DNS. */
  readonly trust: Omit<TrustOptions, 'now' | 'resolver'> & { readonly resolver?: TrustOptions['resolver'] };
  readonly log: Log;
}

const systemDns: TrustOptions['resolver'] = (name, type) => resolve(name, type) as Promise<string[][]>;

/** The sender could not be checked because DNS did not answer: the mail is to be handed over again. */
class NotChecked extends Error {
  override name = 'NotChecked';
}

/** Makes the receiver that the listener and the inbox hand mails to. It throws only what another try may mend. */
export function createReception(options: ReceptionOptions): Receive {
  const { dispatcher, mailbox, log } = options;
  const { desk } = dispatcher;
  return async (arrival) => {
    const message = await parseMail(arrival.raw);
    const { raw, source } = arrival;
    const mail = { raw, source, messageId: message.messageId, subject: message.subject, sender: message.fromAddress };
    const tokens = tokensOf(message, arrival, { address: options.address, secrets: desk.secrets });
    const never = neverAnswer(message, arrival, { address: options.address });
    if (never) {
      const bounced = await bounceIn(message, { tokens, mailbox });
      const reason = bounced ? `${never.reason}: ${bounced} came back` : never.reason;
      await mailbox.end(mail, { state: 'ignored', reason });
      log.info({ messageId: message.messageId, reason }, 'mail ignored');
      return 'ignored';
    }
    const proof = await proveSender(arrival, message, { resolver: systemDns, ...options.trust, now: desk.clock() });
    if (!proof.proven) {
      // over SMTP the sender's server keeps it and tries again; a mailbox would try the same for ever
      if (proof.temporary && source !== 'imap') throw new NotChecked(proof.reason);
      await mailbox.end(mail, { state: 'held', reason: proof.reason });
      log.info({ messageId: message.messageId, reason: proof.reason }, 'mail held');
      return 'held';
    }
    const begun = await mailbox.begin({ ...mail, sender: proof.address }, proof.signature);
    if (!begun) {
      log.warn({ messageId: message.messageId }, 'mail held: its signature was spent by another mail');
      return 'held';
    }
    const mailKey = message.messageId ?? `sha256:${createHash('sha256').update(raw).digest('hex')}`;
    const answer = await answerTo({ message, sender: proof.address, tokens, mailKey }, options);
    const answered = await mailbox.answer({ id: begun.id, sender: proof.address }, answer);
    if (answered === 'silent')
      log.warn(
        { messageId: message.messageId },
        'mail carried out but not answered: its sender had too many answers this hour',
      );
    return 'answered';
  };
}

/** Ties a delivery report to the mail it is about. Without a report only a mail server's own word counts. */
async function bounceIn(
  message: Message,
  { tokens, mailbox }: { tokens: readonly Token[]; mailbox: Mailbox },
): Promise<string | undefined> {
  const mailId = tokens.find(({ kind }) => kind === 'm')?.id;
  const { delivery } = message;
  if (delivery) {
    const failed = delivery.recipients.find(({ action }) => action === 'failed');
    if (!failed) return undefined;
    const reason = [failed.status, failed.diagnostic].filter(Boolean).join(' ') || 'the mail came back';
    return mailbox.bounced({ mailId, messageId: delivery.originalMessageId, reason });
  }
  const daemon = message.from.some(({ address }) => /^(mailer-daemon|postmaster)@/i.test(address));
  return daemon && mailId !== undefined
    ? mailbox.bounced({ mailId, reason: message.subject || 'the mail came back' })
    : undefined;
}
