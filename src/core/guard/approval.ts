/** Requests that a second person decides (X3): opened here by dispatch, decided by the approval commands. */
import { identify } from './identity.js';
import { printRef } from './number.js';
import { formatInstant } from '../locales/format.js';
import type { Locale } from '../locales/locale.js';
import { contentHash } from './once.js';
import type { Approval } from '../record/database.js';
import type { Desk, Work } from './work.js';

export const approvalRef = (id: number): string => printRef('A', id);

/** What an approval holds for: the command, what was typed, and what it is about, by hash. */
export const approvedHash = (command: string, input: unknown, content: unknown): string =>
  contentHash({ command, input, content: content ?? null });

/**
 * Opens a request and tells those who may decide it. `hold` takes hold of what it is about, in the same transaction.
 * @returns the approval's printed number
 */
export async function openApproval(
  work: Work,
  request: {
    command: string;
    input: Readonly<Record<string, unknown>>;
    hold: (approvalId: number) => Promise<{ object?: string; content?: unknown }>;
    /** Who decides this one, where that is stricter than the policy. */
    rule?: { readonly approvers: readonly string[]; readonly needed: number } | undefined;
    /** What is asked, for whoever decides it. */
    summary: (approvalId: number, locale: Locale) => Promise<readonly SummaryLine[]>;
  },
): Promise<string> {
  const { approvals, times } = work.desk.catalogue.policy;
  const rule = request.rule ?? approvals[request.command];
  const row = await work.tx.approval.create({
    data: {
      command: request.command,
      input: JSON.stringify(request.input),
      contentHash: '',
      requesterId: work.actor.personId,
      approvers: request.rule?.approvers.join(',') ?? null,
      door: work.door,
      locale: work.locale,
      needed: rule?.needed ?? 1,
      createdAt: work.now,
      expiresAt: new Date(work.now.getTime() + times.approvalDays * 86_400_000),
    },
  });
  const { object, content } = await request.hold(row.id);
  await work.tx.approval.update({
    where: { id: row.id },
    data: { object: object ?? null, contentHash: approvedHash(request.command, request.input, content) },
  });
  const number = approvalRef(row.id);
  work.audit({
    action: 'approval asked',
    object: number,
    detail: { command: request.command, input: request.input, object },
  });
  tellApprovals(work, row.id);
  await mailApprovers(work, { ...row, summary: (locale) => request.summary(row.id, locale) }, 'approval-asked');
  return number;
}

export interface SummaryLine {
  readonly label: string;
  readonly value: string;
}

/** What a request asks, as its reader understands it. */
export type Summary = (locale: Locale) => Promise<readonly SummaryLine[]>;

/** The roles that may decide a request: those kept with it, else the policy's of today. */
export const approversOf = (
  { catalogue }: Pick<Desk, 'catalogue'>,
  request: { readonly command: string; readonly approvers: string | null },
): readonly string[] =>
  request.approvers?.split(',') ?? catalogue.policy.approvals[request.command]?.approvers ?? ['admin'];

/** Those who may decide are asked by mail too; they can answer it (OK, or NON and a reason). */
export async function mailApprovers(
  work: Work,
  request: Pick<Approval, 'id' | 'command' | 'approvers' | 'expiresAt' | 'requesterId'> & { summary: Summary },
  letter: 'approval-asked' | 'approval-reminder',
): Promise<void> {
  const people = await work.tx.person.findMany({
    where: {
      id: { not: request.requesterId },
      state: { in: ['invited', 'active'] },
      roles: { some: { role: { in: [...approversOf(work.desk, request)] } } },
    },
    include: { addresses: { where: { main: true } } },
  });
  const asker = await nameOf(work, request.requesterId);
  for (const person of people) {
    const recipient = person.addresses[0]?.email;
    const locale = person.locale as Locale;
    if (!recipient) continue;
    work.send({
      channel: 'mail',
      letter,
      recipient,
      personId: person.id,
      locale,
      object: approvalRef(request.id),
      replyToken: work.desk.secrets.thread('a', request.id),
      params: {
        number: approvalRef(request.id),
        asker,
        summary: await request.summary(locale),
        expires: formatInstant(request.expiresAt, work.desk.timeZone, locale),
      },
    });
  }
}

/** Who asked; a reminder is the schedule's doing. */
async function nameOf(work: Work, personId: number): Promise<string> {
  if (personId === work.actor.personId) return work.actor.name;
  return (await identify(work.tx, { kind: 'session', personId })).name;
}

/** Posts the request in the approvals channel, or brings its message up to date: the message is made from the row. */
export function tellApprovals(work: Work, approvalId: number): void {
  work.send({
    channel: 'chat',
    letter: 'approval',
    recipient: 'approvals',
    locale: work.desk.locale,
    params: { approval: approvalId },
    object: approvalRef(approvalId),
  });
}
