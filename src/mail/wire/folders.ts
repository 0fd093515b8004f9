/** The folders that mails go to by their end, and the way there on servers of every age. */
import type { ImapFlow } from 'imapflow';
import { accepted, Refusal } from './imap.js';
import type { Log, MailEnd } from './message.js';

export interface Folders {
  /** Finds or makes the folders. One that can not be made is logged: mails are dealt with all the same. */
  open(client: ImapFlow, mailbox: string): Promise<void>;
  /** Moves mails of the open mailbox to the folder of their end; answers what went wrong. */
  move(client: ImapFlow, uids: readonly number[], end: MailEnd): Promise<Error | undefined>;
  pathOf(end: MailEnd): string;
}

/** Marks a mail that was copied to its folder, on servers that can only expunge everything marked deleted. */
const moved = 'GuichetMoved';

/**
 * @param names the folders below the server's own prefix, `/` parting levels
 */
export function mailFolders(names: Record<MailEnd, string>, log: Log): Folders {
  let paths = names;
  const copied = new Set<string>();
  const open: Folders['open'] = async (client, mailbox) => {
    paths = {
      answered: pathIn(client, names.answered),
      held: pathIn(client, names.held),
      ignored: pathIn(client, names.ignored),
    };
    const same = Object.values(paths).find((path) => path.toUpperCase() === pathIn(client, mailbox).toUpperCase());
    // a mail that is moved to where it is comes back as a new one, for ever
    if (same !== undefined) throw new Error(`IMAP_FOLDERS names ${same}, which is the mailbox that is read`);
    try {
      await makeMissing(client, Object.values(paths));
    } catch (error) {
      if (!client.usable) throw error;
      const { message, responseText } = error as Error & { responseText?: string };
      log.error({ folders: paths, fault: responseText ?? message }, 'inbox: the folders for mails can not be made');
    }
  };
  const move: Folders['move'] = async (client, uids, end) => {
    const path = paths[end];
    try {
      await moveMails(client, { uids, path, copied });
    } catch (error) {
      // somebody may have deleted or renamed the folder meanwhile
      const mended = error instanceof Refusal && (await makeMissing(client, [path]).catch(() => false));
      if (!mended) return error as Error;
      return moveMails(client, { uids, path, copied }).then(
        () => undefined,
        (again: unknown) => again as Error,
      );
    }
    return undefined;
  };
  return { open, move, pathOf: (end) => paths[end] };
}

/** A path under the server's prefix (`INBOX.`) and with its delimiter (RFC 2342). */
export function pathIn(client: ImapFlow, name: string): string {
  const { prefix = '', delimiter } = client.namespace ?? {};
  const own = name.split('/').join(delimiter || '/');
  return !prefix || own.toUpperCase() === 'INBOX' || own.startsWith(prefix) ? own : prefix + own;
}

/** Whether any had to be made. Throws when the server makes none. */
async function makeMissing(client: ImapFlow, paths: readonly string[]): Promise<boolean> {
  const listed = (await client.list()).filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'));
  const missing = new Set(paths.filter((path) => !listed.some((folder) => folder.path === path)));
  for (const path of missing) await client.mailboxCreate(path);
  return missing.size > 0;
}

interface Moving {
  uids: readonly number[];
  path: string;
  /** Copied by this process, but not yet marked deleted: not to be copied again. */
  copied: Set<string>;
}

/** Names a mail for good (RFC 3501 §2.3.1.1). */
function nameOf({ mailbox }: ImapFlow, uid: number): string {
  return mailbox ? `${mailbox.path} ${mailbox.uidValidity} ${uid}` : '';
}

/** By MOVE (RFC 6851), else by copying and deleting. Throws what is wrong. */
async function moveMails(client: ImapFlow, moving: Moving): Promise<void> {
  const { uids, path } = moving;
  if (client.capabilities.has('MOVE')) {
    await accepted(client, () => client.messageMove(uids.join(','), path, { uid: true }));
    return;
  }
  await copyMails(client, moving);
  await deleteMails(client, uids);
  for (const uid of uids) moving.copied.delete(nameOf(client, uid));
}

async function copyMails(client: ImapFlow, { uids, path, copied }: Moving): Promise<void> {
  // another process may have moved some meanwhile
  const here = await accepted(client, () => client.search({ uid: uids.join(','), deleted: false }, { uid: true }));
  const left = here.filter((uid) => uids.includes(uid) && !copied.has(nameOf(client, uid)));
  if (left.length === 0) return;
  await accepted(client, () => client.messageCopy(left.join(','), path, { uid: true }));
  for (const uid of left) copied.add(nameOf(client, uid));
}

/**
 * Without UIDPLUS (RFC 4315) EXPUNGE takes whatever is marked deleted, also what its owner may still want back. So it is
 * sent only when nothing but mails that a desk has moved is marked; else they stay marked, which every reader hides and
 * this one skips.
 */
async function deleteMails(client: ImapFlow, uids: readonly number[]): Promise<void> {
  const range = uids.join(',');
  if (!client.capabilities.has('UIDPLUS')) {
    await accepted(client, () =>
      client.messageFlagsAdd(range, ['\\Deleted', moved], { uid: true, silent: true }).then((done) => done || false),
    );
    const foreign = await accepted(client, () => client.search({ deleted: true, unKeyword: moved }, { uid: true }));
    if (foreign.length > 0) return;
  }
  await accepted(client, () => client.messageDelete(range, { uid: true }));
}
