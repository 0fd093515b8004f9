import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { Log, MailEnd, Receive } from './message.js';

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
  /** Path of the mailbox to read. */
  mailbox: string;
  /** Under which name its cursor is kept. */
  cursorKey: string;
  folders: Record<MailEnd, string>;
  receive: Receive;
  cursor: CursorStore;
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
  close(): void;
}

/** Mails fetched, received and moved together: fewer round trips, and a bound on memory and on what runs at once. */
const batchMails = 8;
const batchBytes = 32 * 1024 * 1024;
/** How many are looked at ahead. */
const windowMails = 400;

interface Failure {
  tries: number;
  timer: NodeJS.Timeout;
  /** Received, but not moved yet: only the move is tried again. */
  end?: MailEnd;
  due: boolean;
}

export function mailboxReader(options: MailboxOptions): MailboxReader {
  const failures = new Map<number, Failure>();
  let cursor: Cursor = { uidValidity: '', lastUid: 0 };
  /** Everything above this UID has not been looked at by this process. */
  let seenUid = 0;
  let paths: Record<MailEnd, string> = options.folders;

  const forget = () => {
    for (const { timer } of failures.values()) clearTimeout(timer);
    failures.clear();
    options.failing([]);
  };

  const failed = (uid: number, error: unknown, end?: MailEnd) => {
    const tries = (failures.get(uid)?.tries ?? 0) + 1;
    const waitMs = Math.min(options.backoffMs.most, options.backoffMs.first * 2 ** Math.min(tries - 1, 30));
    const timer = setTimeout(() => {
      const failure = failures.get(uid);
      if (failure) failure.due = true;
      options.wake();
    }, waitMs);
    timer.unref();
    failures.set(uid, { tries, timer, due: false, ...(end ? { end } : {}) });
    options.failing([...failures.keys()]);
    options.log.error({ uid, tries, waitMs, error }, 'inbox: a mail could not be taken, it stays and is tried again');
  };

  const done = (uid: number) => {
    if (!failures.delete(uid)) return;
    options.failing([...failures.keys()]);
  };

  /** Below the lowest mail that failed everything is done; the cursor never passes one that is not. */
  const advance = async () => {
    const lastUid = Math.max(cursor.lastUid, Math.min(seenUid, ...[...failures.keys()].map((uid) => uid - 1)));
    if (lastUid === cursor.lastUid) return;
    cursor = { ...cursor, lastUid };
    await options.cursor.save(options.cursorKey, cursor);
  };

  const batch = async (client: ImapFlow, uids: number[]): Promise<void> => {
    const mails = await fetchMails(client, uids, options);
    const ends = new Map<MailEnd, number[]>();
    const keepEnd = (end: MailEnd, uid: number) => ends.set(end, [...(ends.get(end) ?? []), uid]);
    await Promise.all(
      uids.map(async (uid) => {
        const mail = mails.get(uid);
        try {
          const known = failures.get(uid)?.end;
          if (known) keepEnd(known, uid);
          else if (mail instanceof Error) throw mail;
          // gone meanwhile: somebody moved or deleted it
          else if (!mail) done(uid);
          else keepEnd(await options.receive({ raw: mail, source: 'imap', recipients: [] }), uid);
        } catch (error) {
          failed(uid, error);
        }
      }),
    );
    for (const [end, moved] of ends) {
      const fault = await move(client, moved, paths[end]);
      for (const uid of moved) {
        if (fault) failed(uid, fault, end);
        else done(uid);
      }
    }
    if (client.usable) return;
    throw new Error('the connection was lost while mails were in hand');
  };

  return {
    async open(client) {
      const mailbox = await client.mailboxOpen(options.mailbox);
      paths = await ensureFolders(client, options.folders);
      const uidValidity = String(mailbox.uidValidity);
      if (uidValidity === cursor.uidValidity) return;
      forget();
      const stored = await options.cursor.load(options.cursorKey);
      // another UIDVALIDITY makes all UIDs new names; the receiver knows what it has had
      cursor = stored?.uidValidity === uidValidity ? stored : { uidValidity, lastUid: 0 };
      seenUid = cursor.lastUid;
    },
    async read(client) {
      for (;;) {
        const due = [...failures].filter(([, failure]) => failure.due).map(([uid]) => uid);
        if (!client.mailbox) throw new Error('the mailbox is no longer open');
        const found = await client.search({ uid: `${seenUid + 1}:*`, deleted: false }, { uid: true });
        if (!found) throw new Error('the server would not search the mailbox');
        // "n:*" always names the last mail, even when its UID is below n (RFC 3501 §6.4.8)
        const fresh = found.filter((uid) => uid > seenUid && !failures.has(uid)).sort((a, b) => a - b);
        const todo = [...due, ...fresh.slice(0, windowMails)];
        if (todo.length === 0) return;
        for (const uids of await batches(client, todo, options.maxBytes)) {
          if (options.closing()) return;
          await batch(client, uids);
          seenUid = Math.max(seenUid, ...uids);
          await advance();
        }
      }
    },
    close: forget,
  };
}

/** The mails in order, parted so that no batch is too many or too much for memory. */
async function batches(client: ImapFlow, uids: number[], maxBytes: number): Promise<number[][]> {
  const listed = await client.fetchAll(uids.join(','), { uid: true, size: true }, { uid: true });
  const sizes = new Map(listed.map(({ uid, size = 0 }) => [uid, Math.min(size, maxBytes)]));
  const parts: number[][] = [];
  let bytes = Infinity;
  for (const uid of uids) {
    bytes += sizes.get(uid) ?? 0;
    if (bytes > batchBytes || parts.at(-1)!.length === batchMails) {
      parts.push([]);
      bytes = sizes.get(uid) ?? 0;
    }
    parts.at(-1)!.push(uid);
  }
  return parts;
}

/** Each mail's bytes; an Error for one that the server would not give. Throws when the connection is gone. */
async function fetchMails(client: ImapFlow, uids: number[], { maxBytes, log }: MailboxOptions) {
  const mails = new Map<number, Buffer | Error>();
  const ask = (range: string) =>
    client.fetchAll(range, { uid: true, source: { start: 0, maxLength: maxBytes } }, { uid: true });
  const put = (list: FetchMessageObject[]) => {
    for (const { uid, source } of list) if (source) mails.set(uid, source);
  };
  try {
    put(await ask(uids.join(',')));
    return mails;
  } catch (error) {
    if (!client.usable) throw error;
    log.warn({ uids, error }, 'inbox: mails could not be fetched together, fetching one by one');
  }
  for (const uid of uids) {
    try {
      put(await ask(String(uid)));
    } catch (error) {
      if (!client.usable) throw error;
      mails.set(uid, error as Error);
    }
  }
  return mails;
}

/** Moves mails; imapflow copies, flags and expunges where the server has no MOVE (RFC 6851). Returns what went wrong. */
async function move(client: ImapFlow, uids: number[], path: string): Promise<Error | undefined> {
  try {
    const moved = await client.messageMove(uids.join(','), path, { uid: true });
    return moved ? undefined : new Error(`the server would not move mails to ${path}`);
  } catch (error) {
    return error as Error;
  }
}

/** The folders' full paths under the server's prefix and with its delimiter; those that are missing are made. */
async function ensureFolders(client: ImapFlow, names: Record<MailEnd, string>): Promise<Record<MailEnd, string>> {
  const { prefix = '', delimiter = '/' } = client.namespace ?? {};
  const listed = new Set((await client.list()).map(({ path }) => path));
  const pathOf = async (name: string) => {
    const own = name.split('/').join(delimiter || '/');
    const path = prefix && !own.startsWith(prefix) ? prefix + own : own;
    if (!listed.has(path)) listed.add((await client.mailboxCreate(path)).path);
    return path;
  };
  return {
    answered: await pathOf(names.answered),
    held: await pathOf(names.held),
    ignored: await pathOf(names.ignored),
  };
}
