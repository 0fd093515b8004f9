/** `approval …`: what waits for a second person, and deciding it. */
import { command, required, type AnyCommand } from '../command/define.js';
import { numberOf, reason } from '../command/dictionary.js';
import { listed, listFields } from '../command/listing.js';
import type { Registry } from '../command/registry.js';
import { summarised, typedText } from '../command/asked.js';
import { approvalRef } from '../guard/approval.js';
import { fullName } from '../guard/identity.js';
import { idOf } from '../guard/number.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import type { Approval, Tx } from '../record/database.js';
import { searchable } from '../record/fold.js';
import { approve, mayDecide, refuse } from './decision.js';
import { approvalStates } from './states.js';

export interface ShownApproval {
  readonly row: Approval;
  readonly requester: string;
  readonly decisions: readonly { by: string; verdict: string; reason: string | null; decidedAt: Date }[];
}

/** A request with the names of who asked and who decided; the channel's message is made from it too. */
export async function approvalShown(tx: Tx, row: Approval): Promise<ShownApproval> {
  const decisions = await tx.approvalDecision.findMany({
    where: { approvalId: row.id },
    orderBy: { decidedAt: 'asc' },
  });
  const people = await tx.person.findMany({
    where: { id: { in: [row.requesterId, ...decisions.map(({ personId }) => personId)] } },
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

/** @param registry asked for when a request is carried out, for these commands are in it themselves */
export function approvalCommands(registry: () => Registry): readonly AnyCommand[] {
  return [
    command({
      name: 'approval list',
      help: {
        fr: 'Les demandes qui attendent une seconde personne, et les décidées',
        en: 'The requests that wait for a second person, and the decided ones',
      },
      who: 'staff',
      reads: true,
      fields: listFields,
      run: (work, input) =>
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
          where: {},
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
      who: 'staff',
      fields: [required(number)],
      async run(work, input) {
        const row = await work.tx.approval.findUnique({ where: { id: idOf(input.number) } });
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
      who: 'staff',
      fields: [required(number)],
      run: (work, input) => approve(work, idOf(input.number), registry()),
    }),
    command({
      name: 'approval refuse',
      help: {
        fr: 'Refuser la demande de quelqu’un d’autre, en disant pourquoi',
        en: 'Refuse somebody else’s request, and say why',
      },
      who: 'staff',
      fields: [required(number), required(reason)],
      run: (work, input) => refuse(work, idOf(input.number), { registry: registry(), reason: input.reason }),
    }),
  ];
}
