/** `approval …`: what waits for a second person, and deciding it. */
import { command, required, type AnyCommand } from '../../command/define.js';
import { numberOf, reason } from '../../command/dictionary.js';
import type { RawInput } from '../../command/input.js';
import { listed, listFields } from '../../command/listing.js';
import type { Registry } from '../../command/registry.js';
import { summarised, typedText } from '../../command/request-summary.js';
import { approvalRef } from '../../guard/approval.js';
import { fullName, isStaff } from '../../guard/identity.js';
import { idOf, parseRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Desk, Work } from '../../guard/work.js';
import type { Approval, Prisma, Tx } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { approve, mayDecide, mustSee, refuse } from './decision.js';
import { approvalStates } from './states.js';

export interface ShownApproval {
  readonly row: Approval;
  readonly requester: string;
  /** Who let the mail pass in which it was asked. */
  readonly releasedBy: string | null;
  readonly decisions: readonly { by: string; verdict: string; reason: string | null; decidedAt: Date }[];
}

/** A request with the names of who asked and who decided; the channel's message is made from it too. */
export async function approvalShown(tx: Tx, row: Approval): Promise<ShownApproval> {
  const decisions = await tx.approvalDecision.findMany({
    where: { approvalId: row.id },
    orderBy: { decidedAt: 'asc' },
  });
  const people = await tx.person.findMany({
    where: { id: { in: [row.requesterId, row.releasedById ?? [], decisions.map(({ personId }) => personId)].flat() } },
    include: { addresses: { where: { main: true } } },
  });
  const name = (id: number): string => {
    const person = people.find((one) => one.id === id);
    if (person?.operator) return 'operator';
    return fullName(person) || (person?.addresses[0]?.email ?? `#${id}`);
  };
  return {
    row,
    requester: name(row.requesterId),
    releasedBy: row.releasedById === null ? null : name(row.releasedById),
    decisions: decisions.map((one) => ({
      by: name(one.personId),
      verdict: one.verdict,
      reason: one.reason,
      decidedAt: one.decidedAt,
    })),
  };
}

const itemOf = (shown: ShownApproval): Record<string, unknown> => ({
  approval: approvalRef(shown.row.id),
  command: shown.row.command,
  object: shown.row.object,
  requester: shown.requester,
  ...(shown.releasedBy === null ? {} : { releasedBy: shown.releasedBy }),
  ...(shown.row.byOperator ? { byOperator: true } : {}),
  state: shown.row.state,
  createdAt: shown.row.createdAt.toISOString(),
  expiresAt: shown.row.expiresAt.toISOString(),
});

/** Few wait and few were ever made, so they are looked at one by one, as people read them. */
async function matching(tx: Tx, words: readonly string[]): Promise<{ id: { in: number[] } }> {
  const rows = await tx.approval.findMany({ select: { id: true, command: true, object: true, input: true } });
  const found = rows.filter(({ id, command: name, object, input }) => {
    const values = Object.values(JSON.parse(input) as Record<string, unknown>).map(typedText);
    const text = searchable([approvalRef(id), name, object ?? '', ...values].join(' '));
    return words.every((word) => text.includes(word));
  });
  // the databases take some tens of thousands of values a statement
  return { id: { in: found.slice(-10_000).map(({ id }) => id) } };
}

/** Whoever may decide a request takes it up by looking at it, where its command has something to say to that. */
async function look(work: Work, row: Approval, registry: Registry): Promise<void> {
  const open = row.state === 'pending' && row.expiresAt > work.now;
  if (!open || row.requesterId === work.actor.personId || !mayDecide(work, row)) return;
  await registry.find(row.command)?.fourEyes?.seen?.(work, row.id);
}

const number = numberOf('A');

/** As `mustSee` has it, for lists. @throws {Refusal} `access.denied` for whom there are none */
async function seen({ tx, actor }: Work): Promise<Prisma.ApprovalWhereInput> {
  if (isStaff(actor)) return {};
  const owned = actor.members.filter(({ role }) => role === 'owner').map(({ orgId }) => orgId);
  const where = { orgId: { in: owned }, approvers: { contains: 'owner' } };
  if ((await tx.approval.count({ where })) === 0) throw new Refusal('access.denied', { why: 'role', command: '' });
  return where;
}

/** What the command that would be carried out has to prepare outside a transaction. */
async function aheadOf(desk: Desk, typed: unknown, registry: Registry): Promise<void> {
  const id = typeof typed === 'string' ? parseRef('A', typed) : undefined;
  const row = id === undefined ? null : await desk.database.read((tx) => tx.approval.findUnique({ where: { id } }));
  await (row && registry.find(row.command)?.ahead?.(desk, JSON.parse(row.input) as RawInput));
}

/** @param registry asked for when a request is carried out, for these commands are in it themselves */
export function approvalCommands(registry: () => Registry): readonly AnyCommand[] {
  return [
    command({
      name: 'approval list',
      help: {
        fr: 'Les demandes qui attendent une seconde personne, et les décidées',
        en: 'The requests that wait for a second person, and the decided ones',
      },
      who: ['owner', 'staff'],
      reads: true,
      fields: listFields,
      run: async (work, input) =>
        listed(work, input, {
          code: 'approval.listed',
          states: Object.keys(approvalStates),
          sortable: {
            approval: 'id',
            command: 'command',
            state: 'state',
            'created-at': 'createdAt',
            'expires-at': 'expiresAt',
          },
          matching: (words) => matching(work.tx, words),
          where: await seen(work),
          count: (args) => work.tx.approval.count(args),
          find: async (args) => {
            const rows = await work.tx.approval.findMany(args);
            return Promise.all(rows.map((row) => approvalShown(work.tx, row)));
          },
          item: itemOf,
        }),
    }),
    command({
      name: 'approval show',
      help: { fr: 'Voir une demande en entier', en: 'See a request in full' },
      who: ['owner', 'staff'],
      fields: [required(number)],
      async run(work, input) {
        const row = await work.tx.approval.findUnique({ where: { id: idOf(input.number) } });
        mustSee(work, row);
        if (!row) throw new Refusal('object.unknown', { number: input.number });
        await look(work, row, registry());
        const shown = await approvalShown(work.tx, row);
        return {
          code: 'approval.shown',
          data: {
            ...itemOf(shown),
            summary: await summarised(work, { ...row, declared: registry().find(row.command) }, work.locale),
            needed: row.needed,
            decisions: shown.decisions.map((one) => ({ ...one, decidedAt: one.decidedAt.toISOString() })),
          },
        };
      },
    }),
    command({
      name: 'approval approve',
      help: {
        fr: 'Approuver la demande de quelqu’un d’autre : elle est exécutée',
        en: 'Approve somebody else’s request: it is carried out',
      },
      who: ['owner', 'staff'],
      proof: 'own',
      ahead: (desk, raw) => aheadOf(desk, raw['number'], registry()),
      fields: [required(number)],
      run: (work, input) => approve(work, idOf(input.number), registry()),
    }),
    command({
      name: 'approval refuse',
      help: {
        fr: 'Refuser la demande de quelqu’un d’autre, en disant pourquoi',
        en: 'Refuse somebody else’s request, and say why',
      },
      who: ['owner', 'staff'],
      proof: 'own',
      fields: [required(number), required(reason)],
      run: (work, input) => refuse(work, idOf(input.number), { registry: registry(), reason: input.reason }),
    }),
  ];
}
