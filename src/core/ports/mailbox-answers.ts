/** The answer to an inbound mail: queued in the transaction that ends it, and not more often than anybody reads. */
import { always, dropAll } from '../programmes/parties/forgetting.js';
import { identify } from '../guard/identity.js';
import { attemptsLeft, countAttempt } from '../guard/limit.js';
import type { Desk } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import { keepThread, type ThreadChange } from '../programmes/mails/thread.js';
import { tokenOf } from '../programmes/support/thread.js';
import { alertNotice, sealPurpose, type Attachment } from '../database/outbox.js';
import type { InboundMail } from '../database/connect.js';
import type { Unit } from '../database/transact.js';

/** An answer to an inbound mail, rendered. */
export interface Answer {
  readonly messageId: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  readonly locale: Locale;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
  /** A command of the mail changed something: two robots writing to each other never get there, so it always leaves. */
  readonly carriedOut: boolean;
  /** What its transcript leaves open in the thread, and has ended there. */
  readonly thread?: ThreadChange;
  /** The printed number of a conversation: a reply to the answer goes on with it. */
  readonly about?: string;
  /** It tells nothing that its sender waits for: it does not leave. */
  readonly quiet?: true;
  /** A form of the mail held a secret: its raw bytes are not kept any longer. */
  readonly secret?: boolean;
}

/**
 * `queued`: it leaves; `waiting`: the same answer is on its way already; `silent`: the sender had too many this hour;
 * `quiet`: there was nothing to say.
 */
export type Answered = 'queued' | 'waiting' | 'silent' | 'quiet';

const hourMs = 3_600_000;
const answersAnHour = 60;

/** An inbound mail and what answers it. */
interface Answering {
  readonly id: number;
  readonly sender: string;
  readonly sent: Answer;
  /** It is not answered again: another process at the same mailbox may have been first. */
  readonly once?: boolean;
}

type Inbound = Pick<InboundMail, 'sha256' | 'state' | 'source' | 'endedAt' | 'personId'>;

/** Ends the inbound mail as answered and queues its answer, unless nothing was done and the sender had its 60 (X7). */
export async function answerMail(unit: Unit, desk: Desk, { id, sender, sent, once }: Answering): Promise<Answered> {
  const { tx } = unit;
  const now = desk.clock();
  const [inbound] = await tx.$queryRaw<Inbound[]>`
    SELECT "sha256", "state", "source", "endedAt", "personId" FROM "InboundMail" WHERE "id" = ${id}`;
  if (!inbound) throw new Error(`there is no inbound mail ${id}`);
  const { sha256, state, source, endedAt } = inbound;
  if (sent.secret) unit.afterCommit(() => void dropAll([sha256], (one) => desk.rawMail.drop(one, always)));
  // whoever erased their account by this mail is known by the number alone
  const personId = (await identify(tx, { kind: 'address', email: sender })).personId || inbound.personId;
  if (once && endedAt !== null) return 'waiting';
  // a mail that was held stays one that was released
  const ended = {
    state: state === 'released' ? 'released' : 'answered',
    personId,
    endedAt: now,
    ...(state === 'released' ? { moveDue: source === 'imap' } : {}),
  };
  if (sent.thread) await keepThread(tx, desk, { inboundId: id, sender, personId, change: sent.thread });
  if (sent.quiet) {
    await tx.inboundMail.update({ where: { id }, data: ended });
    return 'quiet';
  }
  const key = `answers to ${sender}`;
  const limit = { count: answersAnHour, windowMs: hourMs };
  if (!sent.carriedOut && (await attemptsLeft(tx, key, { limit, now })) <= 0) {
    await tx.inboundMail.update({
      where: { id },
      data: { ...ended, reason: `not answered: more than ${answersAnHour} an hour` },
    });
    await alertOnce(unit, desk, { sender, now });
    return 'silent';
  }
  if (!sent.carriedOut) await countAttempt(tx, key, now);
  await tx.inboundMail.update({ where: { id }, data: ended });
  return queue(unit, desk, { id, sender, personId, sent, now });
}

async function queue(
  { tx, leaves }: Unit,
  desk: Desk,
  { id, sender, personId, sent, now }: Answering & { personId: number | null; now: Date },
): Promise<Answered> {
  const params = { subject: sent.subject };
  const secret = { text: sent.text, html: sent.html };
  const [before] = await tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "Outbox" WHERE "messageId" = ${sent.messageId}`;
  if (!before) {
    const { messageId, references, attachments, locale } = sent;
    const replyToken = conversationToken(desk, sent) ?? desk.secrets.thread('t', id);
    const thread = { messageId, inReplyTo: sent.inReplyTo ?? null, references, replyToken, autoReply: true };
    leaves.outbox.push({
      channel: 'mail',
      letter: 'transcript',
      recipient: sender,
      personId,
      locale,
      params,
      secret,
      attachments,
      object: sent.about ?? null,
      ...thread,
    });
    return 'queued';
  }
  // it leaves once more under the same Message-ID, so that a mail program shows it once
  const { count } = await tx.outbox.updateMany({
    where: { id: Number(before.id), state: 'sent' },
    data: {
      state: 'queued',
      attempts: 0,
      dueAt: now,
      sentAt: null,
      error: null,
      params: JSON.stringify(params),
      secret: desk.secrets.seal(sealPurpose, JSON.stringify(secret)),
      attachments: sent.attachments.length > 0 ? JSON.stringify(sent.attachments) : null,
    },
  });
  return count === 1 ? 'queued' : 'waiting';
}

/** A conversation goes on by itself; what is left open in a thread is taken up there first. */
const conversationToken = (desk: Desk, { about, thread }: Answer): string | undefined =>
  about === undefined || (thread && thread.open.length > 0) ? undefined : tokenOf(desk, about);

/** Staff hear of a sender who is no longer answered, once an hour. */
async function alertOnce(
  { tx, leaves }: Unit,
  desk: Desk,
  { sender, now }: { sender: string; now: Date },
): Promise<void> {
  const key = `alert about answers to ${sender}`;
  if ((await attemptsLeft(tx, key, { limit: { count: 1, windowMs: hourMs }, now })) <= 0) return;
  await countAttempt(tx, key, now);
  const detail = { sender, perHour: answersAnHour };
  leaves.audit.push({
    at: now,
    actorId: null,
    operator: false,
    door: 'mail',
    action: 'answers stopped',
    object: null,
    detail,
  });
  const text = textsOf(desk.locale).unanswered(detail);
  if (desk.chat) leaves.outbox.push(alertNotice(desk.locale, text));
}
