/**
 * What happens with a mail: hygiene (X7), proof of its sender (X2), its commands, and one answer. Whatever is told to the
 * sender is committed when this resolves; after a fault of the machine the mail comes again, and its keys make it once.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:dns/promises';
import type { Answered, Arrived, Begun, Mailbox } from '../core/ports/mailbox.js';
import { answerTo, type AnswerOptions } from './answers/answer.js';
import { readDecision } from './answers/decision.js';
import { neverAnswer } from './read/loop-guard.js';
import type { Log, MailEnd, Message, Receive, Received } from './wire/message.js';
import { parseInThread } from './read/parsing.js';
import { tokensOf, type Token } from './answers/thread.js';
import { proveSender, signaturesOf, type TrustOptions } from './proof/sender.js';
import type { Proven } from './answers/requests.js';

export interface ReceptionOptions extends AnswerOptions {
  /** `resolver`: for tests; else the system's DNS. */
  readonly trust: Omit<TrustOptions, 'now' | 'resolver'> & { readonly resolver?: TrustOptions['resolver'] };
  readonly log: Log;
}

const systemDns: TrustOptions['resolver'] = (name, type) => resolve(name, type) as Promise<string[][]>;

/** So often a mail from a mailbox is tried while DNS does not answer: with the inbox's waits a quarter of an hour. */
const mostTries = 10;

/** The sender could not be checked because DNS did not answer: the mail is to be handed over again. */
class NotChecked extends Error {
  override name = 'NotChecked';
}

/** Mail is stopped (`mail pause`): what comes is to be handed over again later. */
class Paused extends Error {
  override name = 'Paused';
}

/** Makes the receiver that the listener and the inbox hand mails to. It throws only what another try may mend. */
export function createReception(options: ReceptionOptions): Receive {
  const { dispatcher, mailbox, log } = options;
  const { desk } = dispatcher;
  const carryOutReleased = createReleases(options);
  return async (arrival) => {
    const paused = await mailbox.paused();
    if (paused !== undefined) throw new Paused(`mail is paused: ${paused}`);
    const { raw, source } = arrival;
    const before = (end: MailEnd): Received => (source === 'imap' && !arrival.left ? 'left' : end);
    const ended = async (mail: Arrived, more: { state: 'held' | 'ignored'; reason: string }): Promise<Received> =>
      (await mailbox.end(mail, more)) ? more.state : before(more.state);
    // the same bytes in a mailbox are the same delivery: its move failed, or the server has numbered it anew
    const answered = async (reply: Proven, begun: Begun): Promise<Received> => {
      const once = source === 'imap' && !begun.copy;
      if (once && begun.ended) return before('answered');
      const what = await carryOut(reply, options, once);
      return once && what === 'waiting' ? before('answered') : 'answered';
    };
    const message = await parseInThread(raw, desk.aside);
    if ('unread' in message) {
      const { unread: reason, ...head } = message;
      log.warn({ messageId: head.messageId, reason, bytes: raw.length }, 'mail held: it could not be read');
      return ended({ raw, source, ...head }, { state: 'held', reason });
    }
    const mail = { raw, source, messageId: message.messageId, subject: message.subject, sender: message.fromAddress };
    const tokens = tokensOf(message, arrival, { address: options.address, secrets: desk.secrets });
    const never = neverAnswer(message, arrival, { address: options.address });
    if (never) {
      const reported = await reportIn(message, { tokens, mailbox });
      const reason = reported ? `${never.reason}: ${reported}` : never.reason;
      log.info({ messageId: message.messageId, reason }, 'mail ignored');
      return ended(mail, { state: 'ignored', reason });
    }
    if (message.messageId !== undefined && (await mailbox.isOurs([message.messageId])))
      return ended(mail, { state: 'ignored', reason: 'our own mail' });
    const held = await heldQuestion(message, { tokens, mailbox });
    if (held) {
      const begun = await mailbox.begin({ ...mail, sender: held.sender }, []);
      if (!begun) return 'held';
      const { id } = begun;
      const reply = { message, sender: held.sender, tokens, mailKey: keyOf(message, raw), id, held: held.id };
      const end = await answered(reply, begun);
      await carryOutReleased();
      return end;
    }
    const proof = await proveSender(arrival, message, { resolver: systemDns, ...options.trust, now: desk.clock() });
    if (!proof.proven) {
      // over SMTP the sender's server keeps it and gives up some day; a mailbox would try the same for ever
      if (proof.temporary && (arrival.tries ?? 0) < mostTries) throw new NotChecked(proof.reason);
      log.info({ messageId: message.messageId, reason: proof.reason }, 'mail held');
      return ended(mail, { state: 'held', reason: proof.reason });
    }
    const begun = await mailbox.begin({ ...mail, sender: proof.address }, proof.signatures);
    if (!begun) {
      log.warn({ messageId: message.messageId }, 'mail held: its signature was spent by another mail');
      return 'held';
    }
    const { id } = begun;
    return answered({ message, sender: proof.address, tokens, mailKey: keyOf(message, raw), id }, begun);
  };
}

/** Names a mail in keys: its Message-ID, else its bytes. */
const keyOf = (message: Message, raw: Buffer): string =>
  message.messageId ?? `sha256:${createHash('sha256').update(raw).digest('hex')}`;

async function carryOut(mail: Proven, options: ReceptionOptions, once = false): Promise<Answered> {
  const answer = await answerTo(mail, options);
  const answered = await options.mailbox.answer({ id: mail.id, sender: mail.sender, once }, answer);
  if (answered === 'silent')
    options.log.warn(
      { messageId: mail.message.messageId },
      'mail carried out but not answered: its sender had too many answers this hour',
    );
  return answered;
}

/**
 * Carries out the mails that were released, one after the other, as their sender's; answers how many. Released again
 * after a crash, their keys make it once.
 */
export function createReleases(options: ReceptionOptions): () => Promise<number> {
  const { dispatcher, mailbox, address } = options;
  let running: Promise<number> | undefined;
  async function round(): Promise<number> {
    if ((await mailbox.paused()) !== undefined) return 0;
    const released = await mailbox.released();
    for (const { id, raw, sender, releasedBy } of released) {
      const message = await parseInThread(raw, dispatcher.desk.aside);
      if ('unread' in message) {
        await mailbox.giveUp(id, message.unread);
        continue;
      }
      // a mail of hers that could not be proven then may prove itself later, under another Message-ID
      const signatures = signaturesOf(message);
      if (signatures.length > 0) await mailbox.spend(id, signatures);
      const arrival = { raw, source: 'lmtp', recipients: [] } as const;
      const tokens = tokensOf(message, { ...arrival, recipients: [] }, { address, secrets: dispatcher.desk.secrets });
      const vouched = releasedBy ? { releasedBy } : {};
      await carryOut({ message, sender, tokens, mailKey: keyOf(message, raw), id, ...vouched }, options);
    }
    return released.length;
  }
  return () => (running ??= round().finally(() => (running = undefined)));
}

/**
 * An answer to the question whether a held mail is its sender's: sent to an address that nobody else was told, in the
 * name of whom it was sent to. It needs no other proof, and may decide nothing else.
 */
async function heldQuestion(
  message: Message,
  { tokens, mailbox }: { tokens: readonly Token[]; mailbox: Mailbox },
): Promise<{ id: number; sender: string } | undefined> {
  const id = tokens.find(({ kind }) => kind === 'h')?.id;
  if (id === undefined || !readDecision(message.text)) return undefined;
  const sender = await mailbox.heldSender(id);
  return sender !== undefined && sender === message.fromAddress ? { id, sender } : undefined;
}

/** What reports say of a mail (RFC 3464 §2.3.3, RFC 8098 §3.2.6). Other words of a stranger's are none for the audit. */
const fates: ReadonlySet<string> = new Set(
  'delayed delivered relayed expanded displayed deleted dispatched processed'.split(' '),
);

/**
 * Ties a report to the mail of ours that it is about: that it came back, is late, was delivered, was opened. Without a
 * report only a mail server's own word counts. Answers what to say of it.
 */
async function reportIn(
  message: Message,
  { tokens, mailbox }: { tokens: readonly Token[]; mailbox: Mailbox },
): Promise<string | undefined> {
  const mailId = tokens.find(({ kind }) => kind === 'm')?.id;
  const { delivery, receipt } = message;
  const messageId = (delivery ?? receipt)?.originalMessageId;
  const failed = delivery?.recipients.find(({ action }) => action === 'failed');
  const daemon = message.from.some(({ address }) => /^(mailer-daemon|postmaster)@/i.test(address));
  if (failed || (!delivery && !receipt && daemon && mailId !== undefined)) {
    const said = failed ? [failed.status, failed.diagnostic].filter(Boolean).join(' ') : message.subject;
    const number = await mailbox.bounced({ mailId, messageId, reason: said || 'the mail came back' });
    return number && `${number} came back`;
  }
  const fate = delivery?.recipients[0]?.action ?? receipt?.disposition ?? '';
  const number = fates.has(fate) ? await mailbox.noted({ mailId, messageId, fate }) : undefined;
  return number && `${number} ${fate}`;
}
