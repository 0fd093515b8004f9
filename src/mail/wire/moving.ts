/** Held mails end later, by their person's word, by staff, or by time: then they leave the folder of held ones. */
import { createHash } from 'node:crypto';
import type { ImapFlow } from 'imapflow';
import type { Folders } from './folders.js';
import { accepted } from './imap.js';
import type { Log } from './message.js';

/** A held mail that has ended since. */
export interface EndedMail {
  readonly id: number;
  readonly messageId: string | null;
  /** Of its bytes, as they were handed over. */
  readonly sha256: string;
  readonly to: 'answered' | 'ignored';
}

export interface Onward {
  ended(): Promise<readonly EndedMail[]>;
  /** It is no longer in the folder of held mails. */
  moved(id: number): Promise<void>;
}

/** Mails without Message-ID that are looked at, at most, to find one of them. */
const mostLookedAt = 50;

/**
 * Moves them on; then the folder of held mails is open if there were any. One that is nowhere was taken away by hand; one
 * that can not be moved is left for the next time. Throws what the connection and the database throw.
 */
export async function moveOn(
  client: ImapFlow,
  { onward, folders, maxBytes, log }: { onward: Onward; folders: Folders; maxBytes: number; log: Log },
): Promise<void> {
  const due = await onward.ended();
  if (due.length === 0) return;
  await client.mailboxOpen(folders.pathOf('held'));
  for (const mail of due) {
    const uid = await find(client, mail, maxBytes);
    const fault = uid === undefined ? undefined : await folders.move(client, [uid], mail.to);
    if (!client.usable) throw new Error('the connection was lost while held mails were moved on');
    if (fault)
      log.warn({ folder: folders.pathOf(mail.to), fault: fault.message }, 'inbox: a held mail was not moved on');
    else await onward.moved(mail.id);
  }
}

async function find(client: ImapFlow, mail: EndedMail, maxBytes: number): Promise<number | undefined> {
  const { messageId } = mail;
  const query =
    messageId === null ? { not: { header: { 'message-id': true } } } : { header: { 'message-id': messageId } };
  const found = await accepted(client, () => client.search({ ...query, deleted: false }, { uid: true }));
  for (const uid of found.slice(-mostLookedAt)) {
    const source = { start: 0, maxLength: maxBytes };
    const one = await client.fetchOne(String(uid), { uid: true, source }, { uid: true });
    if (one && one.source && createHash('sha256').update(one.source).digest('hex') === mail.sha256) return uid;
  }
  return undefined;
}
