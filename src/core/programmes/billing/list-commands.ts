/** `billing orders`, `billing receipts`, `billing history`: what was ordered, issued and booked, newest first (G7). */
import { command } from '../../command/define.js';
import { havingWords, listed, listFields } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { isStaff } from '../../guard/identity.js';
import { parseRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { orgRef } from '../parties/organisation.js';
import type { LedgerEntry, Receipt, RegistrarTask } from '../../database/connect.js';
import { ownedBy, unicodeName } from '../domains/domain.js';
import { taskStates } from '../domains/states.js';
import { taskRef } from '../domains/task.js';
import { readReceiptNumber, receiptKinds } from './receipt.js';

/** Staff see everybody's, so theirs say whose. */
const whose = (work: Work, { orgId }: { orgId: number }): Data => (isStaff(work.actor) ? { org: orgRef(orgId) } : {});

/** Under way at the registrar. */
const underWay = ['waiting', 'uncertain'];

type TaskAndName = RegistrarTask & { domain: string };

async function withNames({ tx }: Work, tasks: readonly RegistrarTask[]): Promise<TaskAndName[]> {
  const ids = [...new Set(tasks.map(({ domainId }) => domainId))];
  const rows = await tx.domain.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  const names = new Map(rows.map(({ id, name }) => [id, unicodeName(name)]));
  return tasks.map((task) => ({ ...task, domain: names.get(task.domainId) ?? '' }));
}

export const billingOrders = command({
  name: 'billing orders',
  help: {
    fr: 'Voir ses commandes de domaines en cours, ou celles d’un état',
    en: 'See one’s domain orders under way, or those of a state',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: listFields,
  run: async (work, input) =>
    listed(work, input, {
      code: 'billing.listed',
      states: Object.keys(taskStates),
      sortable: { task: 'id', state: 'state', kind: 'kind', amount: 'grossCents', 'created-at': 'createdAt' },
      matching: async (words) => {
        const where = { ...(await ownedBy(work)), AND: havingWords(words) };
        const rows = await work.tx.domain.findMany({ where, select: { id: true }, take: 500 });
        const number = { id: parseRef('W', words.join('-')) ?? 0 };
        return { AND: { OR: [{ domainId: { in: rows.map(({ id }) => id) } }, number] } };
      },
      where: { ...(await ownedBy(work)), ...(input.state === undefined ? { state: { in: underWay } } : paid) },
      count: (args) => work.tx.registrarTask.count(args),
      find: async (args) => withNames(work, await work.tx.registrarTask.findMany(args)),
      item: (row) => ({
        task: taskRef(row.id),
        ...whose(work, row),
        domain: row.domain,
        kind: row.kind,
        state: row.state,
        years: row.years,
        grossCents: row.grossCents,
        currency: row.currency,
        createdAt: row.createdAt.toISOString(),
      }),
    }),
});

/** What has ended and cost nothing is no order: a suspension, a mail to an owner. */
const paid = { OR: [{ grossCents: { not: null } }, { state: { in: underWay } }] };

/** Words of a search in the numbers that a line has. */
const numbered = (columns: readonly string[]) => (words: readonly string[]) =>
  Promise.resolve({
    AND: words.map((word) => ({ OR: columns.map((column) => ({ [column]: { contains: word.toUpperCase() } })) })),
  });

export const billingReceipts = command({
  name: 'billing receipts',
  help: { fr: 'Voir ses reçus', en: 'See one’s receipts' },
  who: ['member', 'staff'],
  reads: true,
  fields: listFields,
  run: async (work, input) =>
    listed<Receipt>(work, input, {
      code: 'billing.listed',
      states: receiptKinds,
      inState: (kind) => ({ kind }),
      sortable: { receipt: 'id', kind: 'kind', amount: 'grossCents', 'issued-at': 'issuedAt' },
      dateColumn: 'issuedAt',
      // a number may be typed as people do; it is stored in one way
      matching: (words) => numbered(['number'])([readReceiptNumber(words.join('-')) ?? words.join('-')]),
      where: await ownedBy(work),
      count: (args) => work.tx.receipt.count(args),
      find: (args) => work.tx.receipt.findMany(args),
      item: (row) => ({
        receipt: row.number,
        ...whose(work, row),
        kind: row.kind,
        netCents: row.netCents,
        vatCents: row.vatCents,
        grossCents: row.grossCents,
        currency: row.currency,
        issuedAt: row.issuedAt.toISOString(),
      }),
    }),
});

type EntryAndReceipt = LedgerEntry & { receipt: string | null };

async function withReceipts({ tx }: Work, entries: readonly LedgerEntry[]): Promise<EntryAndReceipt[]> {
  const rows: { entryId: number; number: string }[] = [];
  // each of them is a parameter of the statement
  for (let at = 0; at < entries.length; at += 500)
    rows.push(
      ...(await tx.receipt.findMany({
        where: { entryId: { in: entries.slice(at, at + 500).map(({ id }) => id) } },
        select: { entryId: true, number: true },
      })),
    );
  const numbers = new Map(rows.map(({ entryId, number }) => [entryId, number]));
  return entries.map((entry) => ({ ...entry, receipt: numbers.get(entry.id) ?? null }));
}

export const billingHistory = command({
  name: 'billing history',
  help: {
    fr: 'Voir les mouvements de son compte, chacun avec le solde qu’il laisse',
    en: 'See what moved one’s account, each with the balance it left',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: listFields,
  run: async (work, input) =>
    listed(work, input, {
      code: 'billing.listed',
      states: receiptKinds,
      inState: (kind) => ({ kind }),
      sortable: { entry: 'id', kind: 'kind', amount: 'grossCents', at: 'at' },
      dateColumn: 'at',
      matching: numbered(['object', 'onceKey']),
      where: await ownedBy(work),
      count: (args) => work.tx.ledgerEntry.count(args),
      find: async (args) => withReceipts(work, await work.tx.ledgerEntry.findMany(args)),
      item: (row) => ({
        entry: row.id,
        at: row.at.toISOString(),
        ...whose(work, row),
        kind: row.kind,
        object: row.object,
        // what it did to the balance
        amountCents: row.kind === 'charge' ? -row.grossCents : row.grossCents,
        balanceCents: row.balanceCents,
        currency: row.currency,
        receipt: row.receipt,
      }),
    }),
});
