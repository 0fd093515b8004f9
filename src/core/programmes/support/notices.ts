/** Who hears of a ticket: staff in the approvals channel or by mail, its asker by mail and, if it came by chat, there. */
import type { Work } from '../../guard/work.js';
import { fullName } from '../../guard/identity.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { writersTo } from '../parties/organisation.js';
import { readers, type Reader } from '../parties/readers.js';
import type { TicketFile } from '../../database/connect.js';
import { taskNotice, type Attachment, type Dispatchable, type TaskButton } from '../../database/outbox.js';
import { ticketRef, type TicketRow } from './ticket.js';

/** What a message is told with. */
export interface TicketNotice {
  readonly step: 'opened' | 'replied' | 'reopened' | 'closed';
  readonly text?: string | undefined;
  readonly file?: TicketFile | undefined;
}

const attached = (file: TicketFile | undefined): readonly Attachment[] =>
  file ? [{ name: file.name, type: file.type, sha256: file.sha256 }] : [];

/** The thread of a ticket at one reader's: a mail of ours about it goes on from the one before. */
async function threadAt(
  work: Work,
  row: TicketRow,
  recipient: string,
): Promise<Pick<Dispatchable, 'inReplyTo' | 'references' | 'replyToken'>> {
  const before = await work.tx.outbox.findFirst({
    where: { channel: 'mail', object: ticketRef(row.id), recipient },
    orderBy: { id: 'desc' },
    select: { messageId: true, thread: true },
  });
  const replyToken = work.desk.secrets.thread('k', row.id);
  if (!before) return { replyToken };
  const [first, ...others] = [...((JSON.parse(before.thread ?? '[]') as string[]) ?? []), before.messageId];
  return {
    replyToken,
    inReplyTo: before.messageId,
    references: [...(first === undefined ? [] : [first]), ...others.slice(-referencesAtMost)],
  };
}

const referencesAtMost = 18;
const lineMost = 60;
const quotedMost = 72;

/** Short enough to stand on one line of a mail, so that nothing of it begins another. */
const short = (text: string): string => {
  const chars = [...text];
  return chars.length > lineMost ? `${chars.slice(0, lineMost - 1).join('')}…` : text;
};

/**
 * A text as a quotation, every line of it marked: what its reader's mail program quotes without a mark must not become a
 * command of that reader's.
 */
export const quoted = (text: string): string =>
  text
    .split('\n')
    .flatMap((line) => broken(line))
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

function broken(line: string): string[] {
  const lines: string[] = [];
  let now = '';
  for (const word of line.trimEnd().split(' ')) {
    if (now !== '' && now.length + 1 + word.length > quotedMost) {
      lines.push(now);
      now = word;
    } else now = now === '' ? word : `${now} ${word}`;
  }
  return [...lines, now];
}

/** The name of who asks, for staff. */
const askerName = ({ actor }: Work): string => actor.name || (actor.proven.discordId ?? '');

/**
 * Staff hear of what the asker's side wrote: in the approvals channel with buttons, or by mail where there is no chat, to
 * those with the role `support`, else to admins.
 */
export async function tellStaff(
  work: Work,
  row: TicketRow,
  told: TicketNotice & { company?: string | undefined },
): Promise<void> {
  const { desk } = work;
  if (desk.chat) return tellChannel(work, row, told);
  const all = await staffReaders(work);
  for (const { personId, email, locale } of all) {
    if (!email || personId === work.actor.personId) continue;
    work.send({
      channel: 'mail',
      letter: 'ticket-staff',
      recipient: email,
      personId,
      locale,
      object: ticketRef(row.id),
      params: {
        ...subjectOf(row),
        // as it stands on a line of its own, and in all mails of the thread alike
        subject: short(row.subject),
        step: told.step,
        priority: row.priority,
        asker: short(told.company ? `${askerName(work)} (${told.company})` : askerName(work)),
        about: short(row.object ?? '') || undefined,
        follows: row.followsId === null ? undefined : ticketRef(row.followsId),
        text: quoted(told.text ?? ''),
        file: told.file?.name,
      },
      attachments: attached(told.file),
      ...(await threadAt(work, row, email)),
    });
  }
}

const subjectOf = (row: TicketRow) => ({ number: ticketRef(row.id), subject: row.subject });

async function staffReaders(work: Work): Promise<Reader[]> {
  const having = (role: string) => readers(work, { roles: { some: { role } } });
  const support = await having('support');
  return support.length > 0 ? support : having('admin');
}

function tellChannel(work: Work, row: TicketRow, told: TicketNotice & { company?: string | undefined }): void {
  const { locale } = work.desk;
  const say = textsOf(locale).tickets;
  const number = ticketRef(row.id);
  const head = say[told.step]({
    number,
    asker: told.company ? `${askerName(work)} (${told.company})` : askerName(work),
    priority: row.priority ? 1 : 0,
    subject: row.subject,
  });
  const lines = [
    head,
    ...(row.object === null ? [] : [say.about({ object: row.object })]),
    ...(told.file ? [say.attached({ file: told.file.name })] : []),
    ...(told.text ? ['', told.text] : []),
  ];
  const buttons = [
    { command: 'support reply', number, label: say.reply({}) },
    { command: 'support close', number, label: say.close({}), style: 'plain' as const },
  ];
  work.send(taskNotice(locale, { object: number, text: lines.join('\n'), buttons }));
}

/** Who of the asker's side is told: who opened it, and those of its organisation who wrote in it; never who acts now. */
async function askers(work: Work, row: TicketRow): Promise<Reader[]> {
  const { tx } = work;
  const linked =
    row.personId === null && row.discordId !== null
      ? await tx.discordUser.findUnique({ where: { discordId: row.discordId } })
      : null;
  const personId = row.personId ?? linked?.personId;
  const wrote = await tx.ticketMessage.findMany({
    where: { ticketId: row.id, staff: false, personId: { not: null } },
    distinct: ['personId'],
    select: { personId: true },
  });
  const members = await tx.membership.findMany({
    where: { orgId: row.orgId ?? 0, personId: { in: wrote.flatMap((one) => one.personId ?? []) } },
  });
  const ids = new Set([...(personId === undefined ? [] : [personId]), ...members.map((member) => member.personId)]);
  const found = await readers(work, { id: { in: [...ids] } });
  if (found.length > 0 || row.orgId === null) return found.filter((one) => one.personId !== work.actor.personId);
  // who asked is gone: their organisation still wants to know
  return (await writersTo(tx, row.orgId)).map((one) => ({ ...one, discordId: undefined }));
}

/** The asker's side hears of what staff wrote or did. */
export async function tellAsker(work: Work, row: TicketRow, told: TicketNotice): Promise<void> {
  const letter = told.step === 'closed' ? 'ticket-closed' : 'ticket-reply';
  const { actor, desk } = work;
  const about = {
    letter,
    object: ticketRef(row.id),
    params: {
      ...subjectOf(row),
      step: told.step,
      writer: fullName(actor) || undefined,
      text: told.text,
      file: told.file?.name,
      days: desk.catalogue.policy.times.ticketReopenDays,
      chat: false,
    },
  } as const;
  const all = await askers(work, row);
  for (const { personId, email, discordId, locale } of all) {
    if (row.door === 'chat' && discordId) work.send(direct(about, { discordId, personId, locale }));
    if (!email) continue;
    const thread = await threadAt(work, row, email);
    const attachments = attached(told.file);
    work.send({ channel: 'mail', recipient: email, personId, locale, ...about, attachments, ...thread });
  }
  // nobody but Discord knows them
  const isStranger = row.personId === null && row.discordId !== null && all.length === 0;
  if (isStranger && row.discordId !== null)
    work.send(direct(about, { discordId: row.discordId, personId: null, locale: row.locale === 'en' ? 'en' : 'fr' }));
}

type About = Pick<Dispatchable, 'letter' | 'params'> & { readonly object: string };

/** As a direct message, with the button that answers it. */
function direct(
  { letter, object, params }: About,
  to: { readonly discordId: string; readonly personId: number | null; readonly locale: Locale },
): Dispatchable {
  const say = textsOf(to.locale).tickets;
  const buttons: TaskButton[] = [{ command: 'support reply', number: object, label: say.reply({}) }];
  const { discordId, personId, locale } = to;
  return {
    channel: 'chat',
    letter,
    recipient: discordId,
    personId,
    locale,
    object,
    params: { ...params, chat: true, buttons },
  };
}
