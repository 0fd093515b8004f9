/**
 * What the mail door may use of the core besides commands: inbound mails and how they ended, signatures that were spent,
 * the transcript that answers one, bounces, and how far a mailbox was read.
 */
import { aboutAddress, chained } from '../guard/about.js';
import { identify, type Actor } from '../guard/identity.js';
import { printRef } from '../guard/number.js';
import type { Desk } from '../guard/work.js';
import { tellUndelivered } from '../jobs.js';
import { mailSigningIn } from '../programmes/parties/sign-in.js';
import { answerMail, type Answer, type Answered } from './mailbox-answers.js';
import { askSender } from '../programmes/mails/held.js';
import { openIn, type InThread, type OpenForm } from '../programmes/mails/thread.js';
import { Prisma, type InboundMail, type Tx } from '../database/connect.js';
import { pauseOf } from '../database/mail-pause.js';
import { insertReturning } from '../database/bulk-insert.js';
import type { Unit } from '../database/transact.js';
import { hashesOf, spend, spenderOf } from '../programmes/mails/used-signatures.js';
import { joinedBy, type InThread as InConversation, type Joined } from '../programmes/support/thread.js';

export type { Answer, Answered } from './mailbox-answers.js';
export type { OpenForm } from '../programmes/mails/thread.js';
export type { Joined } from '../programmes/support/thread.js';

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

/** A released mail that has yet to be carried out as its sender's. */
export interface Released {
  readonly id: number;
  readonly raw: Buffer;
  readonly sender: string;
  /** Of staff, who let it pass; nothing when its sender confirmed it. */
  readonly releasedBy: Releaser | undefined;
}

export interface Releaser {
  readonly personId: number;
  readonly name: string;
}

/** A held mail that has ended, and still lies in the IMAP folder of held ones. */
export interface Ended {
  readonly id: number;
  readonly messageId: string | null;
  readonly sha256: string;
  readonly to: 'answered' | 'ignored';
}

/** A mail that may be acted on. */
export interface Begun {
  readonly id: number;
  /** It came before, and these bytes are others: by another way, or sent again. */
  readonly copy: boolean;
  /** It was answered before. */
  readonly ended: boolean;
}

export interface Mailbox {
  /** How far an IMAP mailbox has been read. */
  readonly cursor: {
    load(mailbox: string): Promise<{ uidValidity: string; lastUid: number } | null>;
    save(mailbox: string, cursor: { uidValidity: string; lastUid: number }): Promise<void>;
  };
  /** Ends a mail that is not acted on; once, however often it comes: false when it has come before. The raw bytes are kept for staff. */
  end(mail: Arrived, more: { state: 'ignored' | 'held'; reason: string }): Promise<boolean>;
  /**
   * Begins to act for a proven sender. The same mail again (same bytes, or Message-ID and sender) is the same inbound
   * mail; one of its signatures that another mail has spent holds this one (X2): undefined.
   */
  begin(mail: Arrived & { sender: string }, signatures: readonly string[]): Promise<Begun | undefined>;
  /** The sender of a mail that is still known by its number; for a reply to the question whether it is theirs. */
  heldSender(id: number): Promise<string | undefined>;
  /** The released mails that are to be carried out, oldest first. */
  released(): Promise<Released[]>;
  /** Lets these signatures of a released mail act no more, as far as no other has spent them. */
  spend(id: number, signatures: readonly string[]): Promise<void>;
  /** Ends a released mail that can't be carried out, and says why. */
  giveUp(id: number, reason: string): Promise<void>;
  /** Held mails that have ended and are to be moved on, and that one has been. */
  ended(): Promise<Ended[]>;
  moved(id: number): Promise<void>;
  /** SMTP AUTH: the addresses that signing in proves; nothing when it fails, as often as tries are allowed (X2). */
  signIn(attempt: { email: string; password: string; ip: string }): Promise<readonly string[] | undefined>;
  /** Why no mail is taken in at the moment (`mail pause`). */
  paused(): Promise<string | undefined>;
  /** Ends an inbound mail with its answer, in one transaction; at most 60 an hour leave for one sender's mails of which nothing was carried out. */
  answer(inbound: { id: number; sender: string; once?: boolean }, answer: Answer): Promise<Answered>;
  /** Marks an outgoing mail that came back; answers its printed number, or nothing when it is none of ours. */
  bounced(bounce: Bounce): Promise<string | undefined>;
  /** Records what else became of an outgoing mail (`delayed`, `delivered`, `displayed`), beside what it was about. */
  noted(report: Omit<Bounce, 'reason'> & { readonly fate: string }): Promise<string | undefined>;
  /** What is still open in a thread, for whoever it was open to. */
  openIn(mail: InThread): Promise<readonly OpenForm[]>;
  /** The conversation that a mail without any command goes on with, if it is in one. */
  joinedBy(mail: InConversation): Promise<Joined | undefined>;
  /** Whether one of these Message-IDs is of a mail of ours. */
  isOurs(messageIds: readonly string[]): Promise<boolean>;
  /** Who a proven address is. */
  whois(email: string): Promise<Actor>;
}

/** Columns hold what people read, not what an attacker can send. */
const short = (text: string | undefined, most: number): string | null =>
  text === undefined ? null : text.slice(0, most);

type Row = Pick<InboundMail, 'messageId' | 'sha256' | 'source' | 'sender' | 'subject' | 'receivedAt'>;

export function createMailbox(desk: Desk): Mailbox {
  const { database, rawMail, secrets } = desk;
  const signIn = mailSigningIn(desk);

  const rowOf = (mail: Arrived, sha256: string): Row => ({
    messageId: mail.messageId ?? null,
    sha256,
    source: mail.source,
    sender: short(mail.sender, 254),
    subject: short(mail.subject, 300),
    receivedAt: desk.clock(),
  });

  async function end(mail: Arrived, more: { state: 'ignored' | 'held'; reason: string }): Promise<boolean> {
    const sha256 = await rawMail.keep(mail.raw);
    return database.transact((unit) => endRow(unit, { row: rowOf(mail, sha256), ...more }));
  }

  async function endRow(unit: Unit, ending: { row: Row; state: 'ignored' | 'held'; reason: string }): Promise<boolean> {
    const { tx } = unit;
    const { row, state } = ending;
    const reason = ending.reason.slice(0, 500);
    if (await tx.inboundMail.findFirst({ where: { sha256: row.sha256 } })) return false;
    const made = await tx.inboundMail.create({
      data: { ...row, state, reason, ...(state === 'ignored' ? { endedAt: row.receivedAt } : {}) },
    });
    if (state === 'held') await askSender(unit, desk, made);
    return true;
  }

  async function begin(mail: Arrived & { sender: string }, signatures: readonly string[]): Promise<Begun | undefined> {
    const sha256 = await rawMail.keep(mail.raw);
    const row = rowOf(mail, sha256);
    const hashes = hashesOf(secrets, signatures);
    return database.transact(async (unit) => {
      const { tx } = unit;
      const same = await sameMail(tx, row);
      const spender = await spenderOf(tx, hashes, same?.id);
      if (spender) {
        await endRow(unit, {
          row,
          state: 'held',
          reason: `its signature was spent by another mail (${spender.messageId ?? 'without Message-ID'})`,
        });
        return undefined;
      }
      const id = same?.id ?? (await received(tx, row));
      await spend(tx, id, hashes);
      // it came again, and this time proven: that confirms it
      if (same?.state === 'held') await tx.inboundMail.update({ where: { id }, data: { state: 'released' } });
      return {
        id,
        copy: same !== undefined && same.sha256 !== sha256,
        ended: same !== undefined && same.endedAt !== null,
      };
    });
  }

  /** The outgoing mail that a report is about, by the address it came to, else by its Message-ID. */
  const reportedMail = (tx: Tx, { mailId, messageId }: Omit<Bounce, 'reason'>) =>
    mailId === undefined && messageId === undefined
      ? null
      : tx.outbox.findFirst({
          where: { channel: 'mail', ...(mailId === undefined ? { messageId: messageId ?? '' } : { id: mailId }) },
        });

  async function bounced({ reason, ...about }: Bounce): Promise<string | undefined> {
    return database.transact(async (unit) => {
      const { tx } = unit;
      const mail = await reportedMail(tx, about);
      if (!mail) return undefined;
      const error = reason.slice(0, 500);
      // an uncertain mail that comes back did leave; it must not leave again
      const { count } = await tx.outbox.updateMany({
        where: { id: mail.id, state: { in: ['sent', 'uncertain'] } },
        data: { state: 'bounced', error, secret: null },
      });
      const { id, letter, recipient, object, createdAt } = mail;
      if (count === 1)
        await tellUndelivered(desk, unit, { id, letter, recipient, object, createdAt, reason: error, bounced: true });
      return printRef('M', id);
    });
  }

  async function noted({ fate, ...about }: Parameters<Mailbox['noted']>[0]): Promise<string | undefined> {
    return database.transact(async ({ tx, leaves }) => {
      const mail = await reportedMail(tx, about);
      if (!mail) return undefined;
      const number = printRef('M', mail.id);
      const action = `mail ${fate}`;
      const detail = { mail: number, letter: mail.letter, recipient: mail.recipient };
      const whose = mail.object?.includes('@') ? await aboutAddress(tx, mail.object) : mail.object;
      const object = chained(secrets, whose ?? number);
      leaves.audit.push({ at: desk.clock(), actorId: null, operator: false, door: 'mail', action, object, detail });
      return number;
    });
  }

  const giveUp = (id: number, reason: string): Promise<void> =>
    database.transact(
      async ({ tx }) => void (await tx.inboundMail.update({ where: { id }, data: { endedAt: desk.clock(), reason } })),
    );

  async function released(): Promise<Released[]> {
    const rows = await database.read((tx) =>
      tx.inboundMail.findMany({ where: { state: 'released', endedAt: null }, orderBy: { id: 'asc' }, take: 16 }),
    );
    const mails: Released[] = [];
    for (const { id, sha256, sender, releasedById } of rows) {
      const raw = await rawMail.read(sha256).catch(() => undefined);
      if (raw && sender !== null) mails.push({ id, raw, sender, releasedBy: await releaser(releasedById) });
      else await giveUp(id, 'released, but its bytes are no longer kept');
    }
    return mails;
  }

  async function releaser(personId: number | null): Promise<Releaser | undefined> {
    if (personId === null) return undefined;
    const { name } = await database.read((tx) => identify(tx, { kind: 'session', personId }));
    return { personId, name };
  }

  const ended = async (): Promise<Ended[]> => {
    const rows = await database.read((tx) =>
      tx.inboundMail.findMany({ where: { moveDue: true }, orderBy: { id: 'asc' }, take: 50 }),
    );
    return rows.map(({ id, messageId, sha256, state }) => ({
      id,
      messageId,
      sha256,
      to: state === 'released' ? 'answered' : 'ignored',
    }));
  };

  return {
    heldSender: (id) =>
      database.read(async (tx) => (await tx.inboundMail.findUnique({ where: { id } }))?.sender ?? undefined),
    released,
    giveUp,
    spend: (id, signatures) => database.transact(({ tx }) => spend(tx, id, hashesOf(secrets, signatures))),
    ended,
    moved: (id) =>
      database.transact(
        async ({ tx }) => void (await tx.inboundMail.update({ where: { id }, data: { moveDue: false } })),
      ),
    async signIn(attempt) {
      const signed = await signIn({ ...attempt, locale: desk.locale });
      return signed.ok ? signed.emails : undefined;
    },
    paused: () => database.read(async (tx) => (await pauseOf(tx))?.reason),
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
    noted,
    openIn: (mail) => openIn(desk, mail),
    joinedBy: (mail) => database.read((tx) => joinedBy(tx, mail)),
    isOurs: (messageIds) => database.read((tx) => isOurs(tx, messageIds)),
    whois: (email) => database.read((tx) => identify(tx, { kind: 'address', email })),
  };
}

/**
 * The inbound mail that this one is again. Held and ignored ones match by their bytes alone: nobody has proven who their
 * Message-ID is from.
 */
async function sameMail(tx: Tx, { sha256, messageId, sender }: Row): Promise<Same | undefined> {
  const [same] = await tx.$queryRaw<Same[]>`
    SELECT "id", "state", "sha256", "endedAt" FROM "InboundMail"
    WHERE "sender" = ${sender} AND (("sha256" = ${sha256} AND "state" NOT IN ('ignored', 'discarded', 'expired'))
      OR ("messageId" = ${messageId} AND "state" IN ('received', 'answered', 'released')))
    ORDER BY "id" LIMIT 1`;
  return same && { ...same, id: Number(same.id) };
}

type Same = Pick<InboundMail, 'id' | 'state' | 'sha256' | 'endedAt'>;

/** `received` is seen only between here and the answer, or after a crash until the mail comes again. */
async function received(tx: Tx, row: Row): Promise<number> {
  const [made] = await insertReturning<{ id: number }>(tx, { table: 'InboundMail', returning: ['id'] }, [
    { ...row, state: 'received' },
  ]);
  if (!made) throw new Error('an inbound mail was not kept');
  return Number(made.id);
}

async function isOurs(tx: Tx, messageIds: readonly string[]): Promise<boolean> {
  if (messageIds.length === 0) return false;
  const [one] = await tx.$queryRaw<unknown[]>`
    SELECT "id" FROM "Outbox" WHERE "messageId" IN (${Prisma.join([...messageIds])}) LIMIT 1`;
  return one !== undefined;
}
