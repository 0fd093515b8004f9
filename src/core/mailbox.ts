/**
 * What the mail door may use of the core besides commands: inbound mails and how they ended, signatures that were spent,
 * the transcript that answers one, bounces, and how far a mailbox was read.
 */
import { identify, type Actor } from './guard/identity.js';
import { printRef } from './guard/number.js';
import type { Desk } from './guard/work.js';
import { tellUndelivered } from './jobs.js';
import { answerMail, type Answer, type Answered } from './mailbox-answers.js';
import type { InboundMail, Tx } from './record/database.js';

export type { Answer, Answered } from './mailbox-answers.js';

/** A mail that came in; its sender may be anybody's claim. */
export interface Arrived {
  readonly raw: Buffer;
  readonly source: string;
  readonly messageId?: string | undefined;
  readonly subject?: string | undefined;
  /** The From address, proven or not. */
  readonly sender?: string | undefined;
}

export interface Bounce {
  /** Of the outgoing mail, from the address it came back to. */
  readonly mailId?: number | undefined;
  readonly messageId?: string | undefined;
  readonly reason: string;
}

export interface Mailbox {
  /** How far an IMAP mailbox has been read. */
  readonly cursor: {
    load(mailbox: string): Promise<{ uidValidity: string; lastUid: number } | null>;
    save(mailbox: string, cursor: { uidValidity: string; lastUid: number }): Promise<void>;
  };
  /** Ends a mail that is not acted on; once, however often it comes. The raw bytes are kept for staff. */
  end(mail: Arrived, more: { state: 'ignored' | 'held'; reason: string }): Promise<void>;
  /**
   * Begins to act for a proven sender. The same mail again (same bytes, or Message-ID and sender) is the same inbound
   * mail; a signature that another mail has spent holds this one (X2): undefined.
   */
  begin(mail: Arrived & { sender: string }, signature: string | undefined): Promise<{ id: number } | undefined>;
  /** Ends an inbound mail with its answer, in one transaction; at most 60 an hour leave for one sender's mails of which nothing was carried out. */
  answer(inbound: { id: number; sender: string }, answer: Answer): Promise<Answered>;
  /** Marks an outgoing mail that came back; answers its printed number, or nothing when it is none of ours. */
  bounced(bounce: Bounce): Promise<string | undefined>;
  /** Whether one of these Message-IDs is of a mail of ours. */
  isOurs(messageIds: readonly string[]): Promise<boolean>;
  /** Who a proven address is. */
  whois(email: string): Promise<Actor>;
}

/** Columns hold what people read, not what an attacker can send. */
const short = (text: string | undefined, most: number): string | null =>
  text === undefined ? null : text.slice(0, most);

export function createMailbox(desk: Desk): Mailbox {
  const { database, documents, secrets } = desk;

  const rowOf = (
    mail: Arrived,
    sha256: string,
  ): Omit<InboundMail, 'id' | 'state' | 'reason' | 'endedAt' | 'signature' | 'personId'> => ({
    messageId: mail.messageId ?? null,
    sha256,
    source: mail.source,
    sender: short(mail.sender, 254),
    subject: short(mail.subject, 300),
    receivedAt: desk.clock(),
  });

  async function end(mail: Arrived, more: { state: 'ignored' | 'held'; reason: string }): Promise<void> {
    const sha256 = await documents.keep(mail.raw);
    await database.transact(({ tx }) => endRow(tx, { row: rowOf(mail, sha256), ...more }));
  }

  async function endRow(
    tx: Tx,
    ending: { row: ReturnType<typeof rowOf>; state: 'ignored' | 'held'; reason: string },
  ): Promise<void> {
    const { row, state } = ending;
    const reason = ending.reason.slice(0, 500);
    if (await tx.inboundMail.findFirst({ where: { sha256: row.sha256 } })) return;
    await tx.inboundMail.create({
      data: { ...row, state, reason, ...(state === 'ignored' ? { endedAt: row.receivedAt } : {}) },
    });
  }

  async function begin(
    mail: Arrived & { sender: string },
    signature: string | undefined,
  ): Promise<{ id: number } | undefined> {
    const sha256 = await documents.keep(mail.raw);
    const row = rowOf(mail, sha256);
    const spent = signature === undefined ? null : secrets.hash('signature', signature);
    return database.transact(async ({ tx }) => {
      const same = await sameMail(tx, row);
      const spender = spent === null ? null : await tx.inboundMail.findUnique({ where: { signature: spent } });
      if (spender && spender.id !== same?.id) {
        await endRow(tx, {
          row,
          state: 'held',
          reason: `its signature was spent by another mail (${spender.messageId ?? 'without Message-ID'})`,
        });
        return undefined;
      }
      const proof = spent === null ? {} : { signature: spent };
      // `received` is seen only between here and the answer, or after a crash until the mail comes again
      if (!same) return { id: (await tx.inboundMail.create({ data: { ...row, ...proof, state: 'received' } })).id };
      await tx.inboundMail.update({
        where: { id: same.id },
        data: {
          ...(same.signature === null ? proof : {}),
          ...(same.state === 'held' ? { state: 'received', reason: null } : {}),
        },
      });
      return { id: same.id };
    });
  }

  async function bounced({ mailId, messageId, reason }: Bounce): Promise<string | undefined> {
    if (mailId === undefined && messageId === undefined) return undefined;
    return database.transact(async (unit) => {
      const { tx } = unit;
      const mail = await tx.outbox.findFirst({
        where: { channel: 'mail', ...(mailId === undefined ? { messageId: messageId ?? '' } : { id: mailId }) },
      });
      if (!mail) return undefined;
      const number = printRef('M', mail.id);
      const error = reason.slice(0, 500);
      // an uncertain mail that comes back did leave; it must not leave again
      const { count } = await tx.outbox.updateMany({
        where: { id: mail.id, state: { in: ['sent', 'uncertain'] } },
        data: { state: 'bounced', error, secret: null },
      });
      if (count === 1)
        await tellUndelivered(desk, unit, {
          id: mail.id,
          letter: mail.letter,
          recipient: mail.recipient,
          object: mail.object,
          reason: error,
          bounced: true,
        });
      return number;
    });
  }

  return {
    cursor: {
      load: (mailbox) =>
        database.read((tx) =>
          tx.mailCursor.findUnique({ where: { mailbox }, select: { uidValidity: true, lastUid: true } }),
        ),
      save: (mailbox, cursor) =>
        database.transact(
          async ({ tx }) =>
            void (await tx.mailCursor.upsert({ where: { mailbox }, create: { mailbox, ...cursor }, update: cursor })),
        ),
    },
    end,
    begin,
    answer: (inbound, sent) => database.transact((unit) => answerMail(unit, desk, { ...inbound, sent })),
    bounced,
    isOurs: async (messageIds) =>
      messageIds.length > 0 &&
      (await database.read((tx) => tx.outbox.count({ where: { messageId: { in: [...messageIds] } } }))) > 0,
    whois: (email) => database.read((tx) => identify(tx, { kind: 'address', email })),
  };
}

/**
 * The inbound mail that this one is again. Held and ignored ones match by their bytes alone: nobody has proven who their
 * Message-ID is from.
 */
const sameMail = (
  tx: Tx,
  row: { sha256: string; messageId: string | null; sender: string | null },
): Promise<InboundMail | null> =>
  tx.inboundMail.findFirst({
    where: {
      sender: row.sender,
      state: { not: 'ignored' },
      OR: [
        { sha256: row.sha256 },
        ...(row.messageId === null ? [] : [{ messageId: row.messageId, state: { in: ['received', 'answered'] } }]),
      ],
    },
    orderBy: { id: 'asc' },
  });
