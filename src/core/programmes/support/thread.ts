/** Which ticket a mail goes on with: the one its reply address names, else the one that the mail of ours it answers is about. */
import { parseRef } from '../../guard/number.js';
import type { Desk } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import { ticketRef } from './ticket.js';

/** The token of a reply address that leads into the ticket of this number; nothing for another number. */
export function tokenOf({ secrets }: Pick<Desk, 'secrets'>, number: string): string | undefined {
  const id = number.startsWith('T-') ? parseRef('T', number) : undefined;
  return id === undefined ? undefined : secrets.thread('k', id);
}

/** What a mail without any command says goes there. */
export interface Joined {
  /** `noun verb`. */
  readonly command: string;
  readonly input: Readonly<Record<string, string>>;
  /** The fields that take what was written and a file. */
  readonly text: string;
  readonly file: string;
  /** The ticket's printed number. */
  readonly about: string;
}

export interface InThread {
  /** Of tickets, from the addresses the mail was sent to. */
  readonly ticketIds: readonly number[];
  /** Of the mails that it answers, the nearest first. */
  readonly messageIds: readonly string[];
}

/** Nothing for a mail about no ticket. Who may write there is the command's to say. */
export async function joinedBy(tx: Tx, { ticketIds, messageIds }: InThread): Promise<Joined | undefined> {
  const id = ticketIds[0] ?? (await answered(tx, messageIds));
  if (id === undefined) return undefined;
  const about = ticketRef(id);
  return { command: 'support reply', input: { number: about }, text: 'text', file: 'file', about };
}

async function answered(tx: Tx, messageIds: readonly string[]): Promise<number | undefined> {
  if (messageIds.length === 0) return undefined;
  const sent = await tx.outbox.findMany({
    where: { messageId: { in: [...messageIds] }, object: { startsWith: 'T-' } },
    select: { messageId: true, object: true },
  });
  for (const messageId of messageIds) {
    const object = sent.find((one) => one.messageId === messageId)?.object;
    const id = object ? parseRef('T', object) : undefined;
    if (id !== undefined) return id;
  }
  return undefined;
}
