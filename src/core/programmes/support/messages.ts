/** What is said in a ticket, with its files; and since when somebody waits for an answer. */
import { documentIn, documentNames } from '../orders/documents.js';
import type { Upload } from '../../command/type.js';
import { fullName, isStaff } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { TicketFile, TicketMessage, Tx } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import type { Side, TicketRow } from './ticket.js';

/** Of all messages of a ticket together. */
export const ticketFilesAtMost = 30;

export interface Said {
  readonly text: string;
  readonly file?: Upload | undefined;
}

/**
 * Writes a message of the asker's into a ticket.
 * @returns its file, if it came with one that is new to the ticket, under the name it got
 * @throws {Refusal} `file.refused`
 */
export async function say(
  work: Work,
  ticketId: number,
  { text, file, side }: Said & { readonly side: Side },
): Promise<TicketFile | undefined> {
  const { tx, actor, now } = work;
  const named = file && (await fileFor(work, ticketId, file));
  const message = await tx.ticketMessage.create({
    data: {
      ticketId,
      personId: actor.personId || null,
      discordId: actor.personId === 0 ? (actor.proven.discordId ?? null) : null,
      staff: side === 'staff',
      door: work.door,
      text,
      at: now,
    },
  });
  return named && (await tx.ticketFile.create({ data: { ...named, ticketId, messageId: message.id } }));
}

async function fileFor(work: Work, ticketId: number, upload: Upload) {
  const found = await documentIn(work, upload, 'file');
  const present = await work.tx.ticketFile.findMany({ where: { ticketId }, select: { name: true, sha256: true } });
  // the logo below each of somebody's mails is there once
  if (present.some(({ sha256 }) => sha256 === found.sha256)) return undefined;
  if (present.length >= ticketFilesAtMost) {
    const params = { why: 'ticket-files', max: ticketFilesAtMost };
    throw new Refusal('file.refused', params, { file: textsOf(work.locale).refusals['file.refused'](params) });
  }
  const taken = present.map(({ name }) => name);
  return { ...found, name: documentNames([found.name], taken)[0] ?? found.name };
}

/** A message as answers show it. */
export interface Shown {
  readonly at: string;
  /** Whose it is, as far as the reader may know. */
  readonly who: string;
  readonly staff: boolean;
  readonly door: string;
  readonly text: string;
  /** Names of its files. */
  readonly files: readonly string[];
}

/** Every message of a ticket, the oldest first. Of those who answer, others learn names but no addresses. */
export async function messagesOf(
  work: Work,
  ticketId: number,
): Promise<{ messages: readonly Shown[]; files: readonly TicketFile[] }> {
  const { tx } = work;
  const rows = await tx.ticketMessage.findMany({ where: { ticketId }, orderBy: { id: 'asc' } });
  const files = await tx.ticketFile.findMany({ where: { ticketId }, orderBy: { id: 'asc' } });
  const names = await namesOf(work, rows);
  const messages = rows.map((row) => ({
    at: row.at.toISOString(),
    who: names(row),
    staff: row.staff,
    door: row.door,
    text: row.text,
    files: files.filter(({ messageId }) => messageId === row.id).map(({ name }) => name),
  }));
  return { messages, files };
}

/** Each costs a parameter of the statement, of which Prisma takes 997 on SQLite. */
const idsAtOnce = 500;

interface Named {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly addresses: readonly { readonly email: string }[];
}

type Speaker = Pick<TicketMessage, 'personId' | 'discordId' | 'staff'>;

async function namesOf(work: Work, rows: readonly Speaker[]): Promise<(row: Speaker) => string> {
  const ids = [...new Set(rows.flatMap(({ personId }) => personId ?? []))];
  const known = new Map<number, Named>();
  await inParts(ids, idsAtOnce, async (part) => {
    const include = { addresses: { where: { main: true } } };
    const people = await work.tx.person.findMany({ where: { id: { in: [...part] } }, include });
    for (const person of people) known.set(person.id, person);
  });
  const { team, discord } = textsOf(work.locale).tickets;
  const reader = isStaff(work.actor);
  return ({ personId, discordId, staff }) => {
    if (personId === null) return discord({ id: discordId ?? '' });
    const person = known.get(personId);
    const address = staff && !reader ? '' : person?.addresses[0]?.email;
    return fullName(person) || address || (staff ? team({}) : '');
  };
}

/** Who opened each of these tickets, for lists. */
export async function askersOf(work: Work, rows: readonly TicketRow[]): Promise<(row: TicketRow) => string> {
  const names = await namesOf(
    work,
    rows.map((row) => ({ ...row, staff: false })),
  );
  return (row) => names({ ...row, staff: false });
}

/**
 * Since when each open ticket has waited for staff: its first message that nobody has answered, else (opened again without
 * a word) its last change.
 */
export async function waitingSince(tx: Tx, rows: readonly TicketRow[]): Promise<Map<number, Date>> {
  const open = rows.filter(({ state }) => state === 'open');
  const since = new Map<number, Date>();
  await inParts(open, idsAtOnce, async (part) => {
    const messages = await tx.ticketMessage.findMany({
      where: { ticketId: { in: part.map(({ id }) => id) } },
      orderBy: { id: 'asc' },
      select: { ticketId: true, staff: true, at: true },
    });
    for (const { ticketId, staff, at } of messages) {
      if (staff) since.delete(ticketId);
      else if (!since.has(ticketId)) since.set(ticketId, at);
    }
  });
  return new Map(open.map((row) => [row.id, since.get(row.id) ?? row.updatedAt]));
}
