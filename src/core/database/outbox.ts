/**
 * The outbox: whatever leaves (mails, chat notices) is a row written with the change that causes it, and a worker
 * hands it over afterwards (X5; STATES "outgoing mail, chat notice").
 */
import { inParts, insertRows } from './bulk-insert.js';
import type { Locale } from '../locales/locale.js';
import type { Tx } from './connect.js';
import type { Secrets } from '../secrets/secrets.js';

export interface Attachment {
  readonly name: string;
  readonly type: string;
  /** Of the bytes in the document store. */
  readonly sha256: string;
}

/** Something to send. Values in `secret` are encrypted at rest and deleted once sent. */
export interface Dispatchable {
  readonly channel: 'mail' | 'chat';
  /** A letter's name; for chat the kind of notice. */
  readonly letter: string;
  /** An address; for chat `approvals` (the channel) or a Discord user's id. */
  readonly recipient: string;
  readonly personId?: number | null;
  readonly locale: Locale;
  readonly params: Readonly<Record<string, unknown>>;
  readonly secret?: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly Attachment[];
  /** The printed number of what it is about: its fate is shown there. */
  readonly object?: string | null;
  /** Given for an answer that may be asked for again: it then leaves again under the same Message-ID. */
  readonly messageId?: string;
  readonly inReplyTo?: string | null;
  /** The References of an answer, oldest first. */
  readonly references?: readonly string[];
  readonly replyToken?: string;
  /** An answer to a mail (`auto-replied`), not a mail of its own accord. */
  readonly autoReply?: boolean;
}

/** A button of the chat notice `task`: carries a command out on an object, or opens a form for what it lacks. */
export interface TaskButton {
  /** `noun verb`. */
  readonly command: string;
  /** The object's printed number. */
  readonly number: string;
  readonly label: string;
  /** The field that takes the number; unless told, `number` or the one called as the noun is. */
  readonly by?: string;
  /** `main` unless told. */
  readonly style?: 'main' | 'danger' | 'plain';
}

/** Something for staff to do, in the approvals channel: what, and the buttons that carry it out. */
export const taskNotice = (
  locale: Locale,
  { object, text, buttons }: { object: string; text: string; buttons: readonly TaskButton[] },
): Dispatchable => ({
  channel: 'chat',
  letter: 'task',
  recipient: 'approvals',
  locale,
  object,
  params: { text, buttons },
});

/** Something for staff to know, in the approvals channel. */
export const alertNotice = (locale: Locale, text: string): Dispatchable => ({
  channel: 'chat',
  letter: 'alert',
  recipient: 'approvals',
  locale,
  params: { text },
});

export const sealPurpose = 'outbox';

// A bulk's letters are written a part at a time: their texts are many megabytes.
const entriesAtATime = 250;

/** Queues what a batch of commands sends, in their transaction. */
export async function enqueue(
  tx: Tx,
  entries: readonly Dispatchable[],
  desk: { secrets: Secrets; now: Date; mailDomain: string },
): Promise<void> {
  await inParts(entries, entriesAtATime, (part) =>
    insertRows(
      tx,
      'Outbox',
      part.map((entry) => ({
        channel: entry.channel,
        letter: entry.letter,
        recipient: entry.recipient,
        personId: entry.personId ?? null,
        locale: entry.locale,
        params: JSON.stringify(entry.params),
        secret: entry.secret ? desk.secrets.seal(sealPurpose, JSON.stringify(entry.secret)) : null,
        attachments: entry.attachments?.length ? JSON.stringify(entry.attachments) : null,
        messageId: entry.messageId ?? `<${desk.secrets.token()}@${desk.mailDomain}>`,
        inReplyTo: entry.inReplyTo ?? null,
        thread: entry.references?.length ? JSON.stringify(entry.references) : null,
        replyToken: entry.replyToken ?? null,
        autoReply: entry.autoReply ?? false,
        object: entry.object ?? null,
        state: 'queued',
        attempts: 0,
        dueAt: desk.now,
        createdAt: desk.now,
      })),
    ),
  );
}
