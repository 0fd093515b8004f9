/**
 * Held mail (X2): one whose sender is not proven waits for the person it claims to be from, or for staff. Released, it is
 * carried out as that person's; nothing is lost, whatever becomes of it.
 */
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import { idOf, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { byOperator, isStaff } from '../../guard/identity.js';
import type { Desk, Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import { localeOf } from '../../locales/locale.js';
import type { InboundMail } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const heldRef = (id: number): string => printRef('H', id);

/** Until when the person it claims to be from may confirm it. */
const confirmableUntil = (desk: Desk, row: Pick<InboundMail, 'receivedAt'>): Date =>
  new Date(row.receivedAt.getTime() + desk.catalogue.policy.times.mailConfirmationHours * hourMs);

/** Asks the person that a mail just held claims to be from, by mail and, if linked, in Discord; a few times a day at most. */
export async function askSender({ tx, leaves }: Unit, desk: Desk, row: InboundMail): Promise<void> {
  if (row.sender === null) return;
  const address = await tx.address.findUnique({
    where: { email: row.sender },
    include: { person: { include: { discordUsers: true } } },
  });
  if (!address || !['invited', 'active'].includes(address.person.state)) return;
  const { person } = address;
  const key = `held mail of ${person.id}`;
  const limit = { count: desk.catalogue.policy.limits.confirmationMailsPerDay, windowMs: dayMs };
  const now = desk.clock();
  if ((await attemptsLeft(tx, key, { limit, now })) <= 0) return;
  await countAttempt(tx, key, now);
  const locale = localeOf(person.locale, desk.locale);
  const letter = (buttons: boolean) => ({
    letter: 'mail-held',
    personId: person.id,
    locale,
    object: heldRef(row.id),
    params: {
      number: heldRef(row.id),
      email: row.sender,
      received: formatInstant(row.receivedAt, desk.timeZone, locale),
      until: formatInstant(confirmableUntil(desk, row), desk.timeZone, locale),
      // what a stranger wrote is told, but not at length
      subject: (row.subject ?? '').slice(0, 80),
      buttons,
    },
  });
  const replyToken = desk.secrets.thread('h', row.id);
  leaves.outbox.push({ channel: 'mail', recipient: row.sender, replyToken, ...letter(false) });
  if (!desk.chat) return;
  for (const { discordId } of person.discordUsers)
    leaves.outbox.push({ channel: 'chat', recipient: discordId, ...letter(true) });
}

/**
 * The mail that the asker may decide on: any for staff; for others the one that they were asked about, in time.
 * @throws {Refusal} `object.unknown`, `state.wrong`, `link.invalid`
 */
async function decidable(work: Work, number: string): Promise<InboundMail> {
  const row = await work.tx.inboundMail.findUnique({ where: { id: idOf(number) } });
  const ended = row !== null && ['answered', 'ignored', 'received'].includes(row.state);
  const own = row !== null && isOwn(work, row);
  if (!row || ended || !(isStaff(work.actor) || (own && work.actor.proven.held === row.id)))
    throw new Refusal('object.unknown', { number });
  if (row.state !== 'held') throw new Refusal('state.wrong', { why: 'mail', number, state: row.state });
  if (!isStaff(work.actor) && confirmableUntil(work.desk, row) <= work.now) throw new Refusal('link.invalid', {});
  return row;
}

/** Its sender decides, as far as the sender can be known. */
const isOwn = ({ actor }: Work, { sender }: Pick<InboundMail, 'sender'>): boolean =>
  sender !== null && actor.emails.includes(sender) && !byOperator(actor);

/**
 * What others let pass acts for nobody of staff: such a mail waits for its sender.
 * @throws {Refusal} `sender.unproven`
 */
async function mustBeNoStaff(work: Work, { id, sender }: InboundMail): Promise<void> {
  const roles = await work.tx.staffRole.count({ where: { person: { addresses: { some: { email: sender ?? '' } } } } });
  if (roles > 0) throw new Refusal('sender.unproven', { why: 'staff', number: heldRef(id), sender: sender ?? '' });
}

/** Ends a held mail, once: of two who decide at the same moment the second is told `state.wrong`. */
export async function endHeld(
  work: Work,
  number: string,
  to: { state: 'released' | 'discarded'; reason?: string },
): Promise<Record<string, unknown>> {
  const row = await decidable(work, number);
  const { state, reason } = to;
  const vouched = state === 'released' && !isOwn(work, row);
  if (vouched) await mustBeNoStaff(work, row);
  const { count } = await work.tx.inboundMail.updateMany({
    where: { id: row.id, state: 'held' },
    data: {
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(vouched ? { releasedById: work.actor.personId } : {}),
      // a released one ends when it has been carried out
      ...(state === 'discarded' ? { endedAt: work.now, moveDue: row.source === 'imap' } : {}),
    },
  });
  if (count === 0) throw new Refusal('state.wrong', { why: 'mail', number, state: 'decided' });
  const mail = heldRef(row.id);
  work.audit({
    action: `mail ${state}`,
    object: mail,
    detail: { sender: row.sender, subject: row.subject, sha256: row.sha256, held: row.reason, reason: reason ?? null },
  });
  return { mail, state, sender: row.sender, subject: row.subject };
}

/** Whose bytes are needed still, whatever their age (SHA-256). */
export const unendedMails = (desk: Desk): Promise<ReadonlySet<string>> =>
  desk.database.read(async (tx) => {
    const rows = await tx.inboundMail.findMany({
      where: { OR: [{ state: { in: ['held', 'received'] } }, { endedAt: null }] },
      select: { sha256: true },
    });
    return new Set(rows.map(({ sha256 }) => sha256));
  });

/** What lists and answers tell of a mail. */
export const mailItem = (row: InboundMail): Record<string, unknown> => ({
  mail: heldRef(row.id),
  state: row.state,
  sender: row.sender,
  subject: row.subject,
  reason: row.reason,
  source: row.source,
  createdAt: row.receivedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});
