/** Requests that a second person decides (X3): opened here by dispatch, decided by the approval commands. */
import { identify } from './identity.js';
import { printRef } from './number.js';
import { formatInstant } from '../locales/format.js';
import { textsOf } from '../locales/texts.js';
import type { Locale } from '../locales/locale.js';
import { contentHash } from './once.js';
import type { Approval } from '../database/connect.js';
import type { Desk, Work } from './work.js';

/** Who decides a request, and how many of them it takes. */
export interface ApprovalRule {
  /** Staff roles; `owner`: the owners of the organisation `orgId`. */
  readonly approvers: readonly string[];
  readonly needed: number;
  readonly orgId?: number;
}

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
    /** Who decides this one, where that is not what the policy says. */
    rule?: ApprovalRule | undefined;
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
      releasedById: work.actor.releasedById ?? null,
      byOperator: work.actor.proof === 'operator-as',
      orgId: request.rule?.orgId ?? null,
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
  request: Pick<
    Approval,
    'id' | 'command' | 'approvers' | 'orgId' | 'expiresAt' | 'requesterId' | 'releasedById' | 'byOperator'
  > & { summary: Summary },
  letter: 'approval-asked' | 'approval-reminder',
): Promise<void> {
  const { requesterId, releasedById, orgId } = request;
  const approvers = approversOf(work.desk, request);
  const owners =
    approvers.includes('owner') && orgId !== null ? { memberships: { some: { orgId, role: 'owner' } } } : [];
  const people = await work.tx.person.findMany({
    where: {
      id: { notIn: [requesterId, releasedById ?? requesterId] },
      state: { in: ['invited', 'active'] },
      OR: [{ roles: { some: { role: { in: [...approvers] } } } }, owners].flat(),
    },
    include: { addresses: { where: { main: true } } },
  });
  const asker = await askerOf(work.tx, request);
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
        asker: asker(locale),
        summary: await request.summary(locale),
        expires: formatInstant(request.expiresAt, work.desk.timeZone, locale),
      },
    });
  }
}

/** Who asked, and through whose hands: what the operator or a colleague's word stands behind is told (SPEC 0, "Authority"). */
export async function askerOf(
  tx: Work['tx'],
  { requesterId, releasedById, byOperator }: Pick<Approval, 'requesterId' | 'releasedById' | 'byOperator'>,
): Promise<(locale: Locale) => string> {
  const name = async (personId: number) => (await identify(tx, { kind: 'session', personId })).name || `#${personId}`;
  const as = await name(requesterId);
  const by = releasedById === null ? undefined : await name(releasedById);
  return (locale) => {
    const { hands } = textsOf(locale);
    if (by !== undefined) return hands.released({ as, by });
    return byOperator ? hands.operator({ as }) : as;
  };
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
