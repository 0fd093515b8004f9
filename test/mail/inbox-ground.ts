/** What tests of the inbox share: mails, a receiver that writes down what came, and inboxes that are closed after each. */
import { EventEmitter } from 'node:events';
import { afterEach } from 'vitest';
import { startInbox, type Inbox, type InboxOptions } from '../../src/mail/wire/inbox.js';
import type { Cursor, CursorStore } from '../../src/mail/wire/mailbox-session.js';
import type { Log, Receive } from '../../src/mail/wire/message.js';
import { parseMail } from '../../src/mail/read/parse.js';
import type { Dovecot } from '../servers/dovecot.js';
import { silent } from './ground.js';

export const user = 'desk@guichet.test';
export const folders = { processed: 'Processed', held: 'Held', ignored: 'Ignored' };

export function mail(subject: string): string {
  return `From: a@partner.test\r\nTo: ${user}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@partner.test>\r\n\r\nCommande: help\r\n`;
}

export class Cursors implements CursorStore {
  readonly kept = new Map<string, Cursor>();
  async load(mailbox: string) {
    return this.kept.get(mailbox) ?? null;
  }
  async save(mailbox: string, cursor: Cursor) {
    this.kept.set(mailbox, cursor);
  }
  get only(): Cursor | undefined {
    return [...this.kept.values()][0];
  }
}

/** Writes down what came and ends each mail by its subject; throws as often as `faults` says. */
export class Receiver extends EventEmitter {
  readonly subjects: string[] = [];
  readonly raws: Buffer[] = [];
  readonly faults = new Map<string, number>();

  receive: Receive = async ({ raw }) => {
    const { subject } = await parseMail(raw);
    this.subjects.push(subject);
    this.raws.push(raw);
    const left = this.faults.get(subject) ?? 0;
    this.faults.set(subject, left - 1);
    this.emit('mail');
    if (left > 0) throw new Error('database is down');
    return subject.startsWith('ignore') ? 'ignored' : subject.startsWith('hold') ? 'held' : 'answered';
  };

  got(subject: string): boolean {
    return this.subjects.includes(subject);
  }
}

export interface LogLine {
  level: string;
  text: string;
  [field: string]: unknown;
}

/** A log that keeps its lines. */
export function keptLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const level = (name: string) => (fields: object, text: string) => void lines.push({ ...fields, level: name, text });
  return { lines, debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
}

const open = new Set<Inbox>();

export async function begin(
  server: Pick<Dovecot, 'imapUrl' | 'ca'>,
  receiver: Pick<Receiver, 'receive'>,
  more: Partial<InboxOptions> = {},
): Promise<Inbox> {
  const inbox = await startInbox({
    url: server.imapUrl(user),
    folders,
    receive: receiver.receive,
    cursor: new Cursors(),
    log: silent,
    random: () => 0.5,
    backoffMs: { first: 20, most: 200 },
    ca: server.ca,
    ...more,
  });
  open.add(inbox);
  return inbox;
}

export async function end(inbox: Inbox): Promise<void> {
  open.delete(inbox);
  await inbox.close();
}

afterEach(async () => {
  await Promise.all([...open].map(end));
});
