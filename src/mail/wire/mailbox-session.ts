import type { ImapFlow } from 'imapflow';
import { batches, fetchMails } from './fetched.js';
import { mailFolders, pathIn } from './folders.js';
import { accepted } from './imap.js';
import type { Log, MailEnd, Receive, Received } from './message.js';
import { moveOn, type Onward } from './moving.js';

export interface Cursor {
  /** UIDVALIDITY as decimal digits. */
  uidValidity: string;
  /** Every mail up to this UID has been dealt with and moved. */
  lastUid: number;
}

export interface CursorStore {
  load(mailbox: string): Promise<Cursor | null>;
  save(mailbox: string, cursor: Cursor): Promise<void>;
}

export interface MailboxOptions {
  /** The mailbox to read, `/` parting levels. */
  mailbox: string;
  /** Under which name its cursor is kept. */
  cursorKey: string;
  folders: Record<MailEnd, string>;
  receive: Receive;
  cursor: CursorStore;
  onward?: Onward | undefined;
  log: Log;
  maxBytes: number;
  backoffMs: { first: number; most: number };
  /** Called when a mail that failed is due again. */
  wake(): void;
  closing(): boolean;
  failing(uids: number[]): void;
}

/** What is left to do for one mailbox, kept over reconnects. */
export interface MailboxReader {
  /** Selects the mailbox, finds or makes the folders, and takes up the cursor. */
  open(client: ImapFlow): Promise<void>;
  /** Deals with every mail that is due. Throws what the connection throws. */
  read(client: ImapFlow): Promise<void>;
  /** Moves held mails on that have ended since. Throws what the connection throws. */
  moveOn(client: ImapFlow): Promise<void>;
  close(): void;
}

/** How many are looked at ahead. */
const windowMails = 400;

interface Failure {
  tries: number;
  timer: NodeJS.Timeout;
  /** Received, but not moved yet: only the move is tried again. `left`: another process had it, it is received again. */
  end?: Received;
  due: boolean;
}

export function mailboxReader(options: MailboxOptions): MailboxReader {
  const { log } = options;
  const failures = new Map<number, Failure>();
  const folders = mailFolders(options.folders, log);
  let cursor: Cursor = { uidValidity: '', lastUid: 0 };
  /** Everything above this UID has not been looked at by this process. */
  let seenUid = 0;
  let mailboxPath = '';

  const forget = () => {
    for (const { timer } of failures.values()) clearTimeout(timer);
    failures.clear();
    options.failing([]);
  };

  /** Keeps a mail for another try; answers in how long. */
  const failed = (uid: number, end?: Received): { tries: number; waitMs: number } => {
    const before = failures.get(uid);
    clearTimeout(before?.timer);
    // what was received has made progress: its move is not held back by how often receiving failed
    const tries = before && before.end === end ? before.tries + 1 : 1;
    const waitMs = Math.min(options.backoffMs.most, options.backoffMs.first * 2 ** Math.min(tries - 1, 30));
    const timer = setTimeout(() => {
      const failure = failures.get(uid);
      if (failure) failure.due = true;
      options.wake();
    }, waitMs);
    timer.unref();
    failures.set(uid, { tries, timer, due: false, ...(end ? { end } : {}) });
    options.failing([...failures.keys()]);
    return { tries, waitMs };
  };

  const done = (uid: number) => {
    const failure = failures.get(uid);
    if (!failure) return;
    clearTimeout(failure.timer);
    failures.delete(uid);
    options.failing([...failures.keys()]);
  };

  /** Below the lowest mail that failed everything is done; the cursor never passes one that is not. */
  const advance = async () => {
    const lastUid = Math.max(cursor.lastUid, Math.min(seenUid, ...[...failures.keys()].map((uid) => uid - 1)));
    if (lastUid === cursor.lastUid) return;
    cursor = { ...cursor, lastUid };
    await options.cursor.save(options.cursorKey, cursor);
  };

  const move = async (client: ImapFlow, ends: Map<MailEnd, number[]>): Promise<void> => {
    for (const [end, uids] of ends) {
      const fault = await folders.move(client, uids, end);
      if (!fault) {
        uids.forEach(done);
        continue;
      }
      const waitMs = Math.min(...uids.map((uid) => failed(uid, end).waitMs));
      log.warn(
        { uids, folder: folders.pathOf(end), fault: fault.message, waitMs },
        'inbox: mails were dealt with but not moved; they stay, and only the move is tried again',
      );
    }
    if (!client.usable) throw new Error('the connection was lost while mails were in hand');
  };

  const batch = async (client: ImapFlow, uids: number[]): Promise<void> => {
    const mails = await fetchMails(client, uids, options);
    const ends = new Map<MailEnd, number[]>();
    await Promise.all(
      uids.map(async (uid) => {
        const mail = mails.get(uid);
        try {
          if (mail instanceof Error) throw mail;
          // gone meanwhile: somebody moved or deleted it
          if (!mail) return done(uid);
          const before = failures.get(uid);
          const [tries, left] = [before?.tries ?? 0, before?.end === 'left'];
          const end = await options.receive({ raw: mail, source: 'imap', recipients: [], tries, left });
          if (end === 'left') {
            log.debug({ uid, ...failed(uid, end) }, 'inbox: another process has this mail, it is looked at again');
            return;
          }
          ends.set(end, [...(ends.get(end) ?? []), uid]);
        } catch (err) {
          log.error({ uid, ...failed(uid), err }, 'inbox: a mail could not be taken, it stays and is tried again');
        }
      }),
    );
    await move(client, ends);
  };

  /** What is due again: first the mails that only have to be moved, by end; then those to be received. */
  const again = () => {
    const ends = new Map<MailEnd, number[]>();
    const unread: number[] = [];
    for (const [uid, { due, end }] of [...failures].filter((one) => one[1].due).slice(0, windowMails)) {
      if (due && end && end !== 'left') ends.set(end, [...(ends.get(end) ?? []), uid]);
      else unread.push(uid);
    }
    return { ends, unread };
  };

  const reader: MailboxReader = {
    async open(client) {
      const mailbox = await client.mailboxOpen(pathIn(client, options.mailbox));
      mailboxPath = mailbox.path;
      await folders.open(client, options.mailbox);
      const uidValidity = String(mailbox.uidValidity);
      if (uidValidity === cursor.uidValidity) return;
      forget();
      const stored = await options.cursor.load(options.cursorKey);
      // another UIDVALIDITY makes all UIDs new names; the receiver knows what it has had
      cursor = stored?.uidValidity === uidValidity ? stored : { uidValidity, lastUid: 0 };
      if (stored && stored !== cursor) {
        log.warn({ mailbox: mailbox.path }, 'inbox: the server has numbered the mailbox anew, all of it is read again');
      }
      seenUid = cursor.lastUid;
    },
    async read(client) {
      for (;;) {
        if (!client.mailbox) throw new Error('the mailbox is no longer open');
        const { ends, unread } = again();
        if (ends.size > 0) await move(client, ends);
        const found = await accepted(client, () =>
          client.search({ uid: `${seenUid + 1}:*`, deleted: false }, { uid: true }),
        );
        // "n:*" always names the last mail, even when its UID is below n (RFC 3501 §6.4.8)
        const fresh = found.filter((uid) => uid > seenUid && !failures.has(uid)).sort((a, b) => a - b);
        const todo = [...unread, ...fresh.slice(0, windowMails)];
        if (todo.length === 0) {
          await advance();
          return;
        }
        for (const uids of await batches(client, todo, options.maxBytes)) {
          if (options.closing()) return;
          await batch(client, uids);
          seenUid = Math.max(seenUid, ...uids);
          await advance();
        }
      }
    },
    async moveOn(client) {
      const { onward, maxBytes } = options;
      if (!onward) return;
      try {
        await moveOn(client, { onward, folders, maxBytes, log });
      } catch (err) {
        if (!client.usable) throw err;
        log.warn({ err }, 'inbox: held mails that have ended could not be moved on');
      }
      if (!client.mailbox || client.mailbox.path !== mailboxPath) await reader.open(client);
    },
    close: forget,
  };
  return reader;
}
