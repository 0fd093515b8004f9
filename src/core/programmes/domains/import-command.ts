/** `domain import`: the domains a reseller brings along, from a table; previewed, then confirmed. Nothing is charged. */
import { command, required, type Input } from '../../command/define.js';
import { file, reseller } from '../../command/dictionary.js';
import { faultReport, oncePerWork, readAhead, readTable } from '../../command/table.js';
import { addCustomer, type CustomerRow } from '../customers/customer.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { namedReseller, orgRef } from '../parties/organisation.js';
import type { Customer } from '../../database/connect.js';
import { inParts, insertRows } from '../../database/bulk-insert.js';
import { distinctTags, tagsOf } from '../../database/tags.js';
import { customerWords, domainSearch, letGo, ownerColumns } from './domain.js';
import { changesOf, columns, sortRows, type GoodRow, type Sorted } from './import-rows.js';

const fields = [required(reseller), required(file)] as const;
const rowsAtATime = 500;
/** Domains that an answer names; the others are counted. */
const namedAtMost = 200;

const sorted = oncePerWork(async (work: Work, input: Input<typeof fields>) => {
  const org = await namedReseller(work, input.reseller);
  return { org, rows: await sortRows(work, await readTable(work, input, columns), { orgId: org.id }) };
});

const newOwners = ({ good, customers }: Sorted): string[] => [
  ...new Set(
    good
      .filter(({ before }) => !before)
      .map(({ input }) => input.customerEmail)
      .filter((email) => !customers.has(email)),
  ),
];

const countsOf = (rows: Sorted) => ({
  total: rows.total,
  added: rows.good.filter(({ before }) => !before).length,
  changed: rows.good.filter(({ before }) => before).length,
  repeated: rows.repeated,
  newCustomers: newOwners(rows).length,
});

/** Somebody of whom only an address is known is called by it until the reseller says more (`customer edit`). */
const makeOwner = (work: Work, orgId: number, email: string): Promise<CustomerRow> =>
  addCustomer(work, orgId, { type: 'individual', email, lastName: email.split('@')[0] ?? email, firstName: '' });

function rowOf(work: Work, { input, tld }: GoodRow, owner: Customer) {
  const kept = distinctTags(input.tags ?? []);
  return {
    name: input.domain,
    heldName: input.domain,
    tld,
    orgId: owner.orgId,
    customerId: owner.id,
    ...ownerColumns(owner),
    state: 'active',
    autoRenew: input.autoRenew ?? false,
    expiresOn: input.expires,
    tags: JSON.stringify(kept),
    searchText: domainSearch({ name: input.domain, tags: kept, customer: customerWords(owner) }),
    createdAt: work.now,
    updatedAt: work.now,
  };
}

async function change(work: Work, { before, input }: GoodRow, owner: Customer): Promise<void> {
  if (!before) return;
  const kept = input.tags ? distinctTags(input.tags) : tagsOf(before);
  await work.tx.domain.update({
    where: { id: before.id },
    data: {
      expiresOn: input.expires,
      autoRenew: input.autoRenew ?? before.autoRenew,
      tags: JSON.stringify(kept),
      searchText: domainSearch({ name: before.name, tags: kept, customer: customerWords(owner, before) }),
      updatedAt: work.now,
    },
  });
}

async function write(work: Work, { good, customers }: Sorted, of: { orgId: number; file: string }): Promise<void> {
  const owners = new Map(customers);
  for (const email of newOwners({ good, customers, total: 0, repeated: 0, faults: [] }))
    owners.set(email, await makeOwner(work, of.orgId, email));
  await inParts(good, rowsAtATime, async (part, done) => {
    const made = part.flatMap((row) => {
      const owner = owners.get(row.input.customerEmail);
      return row.before || !owner ? [] : [rowOf(work, row, owner)];
    });
    for (const { gone } of part) if (gone) await letGo(work, gone);
    await insertRows(work.tx, 'Domain', made);
    for (const row of part) {
      const owner = owners.get(row.input.customerEmail);
      if (row.before && owner) await change(work, row, owner);
      const changes = row.before ? { changes: changesOf(row.before, row.input) } : { expiresOn: row.input.expires };
      work.audit({
        action: row.before ? 'domain changed' : 'domain imported',
        object: row.input.domain,
        detail: { reseller: orgRef(of.orgId), file: of.file, ...changes },
      });
    }
    work.progress(done, good.length);
  });
}

export const domainImport = command({
  name: 'domain import',
  help: {
    fr: 'Reprendre les domaines d’un revendeur (colonnes : domaine, e-mail du client, expire le, renouvellement automatique, étiquettes)',
    en: 'Take over a reseller’s domains (columns: domain, customer email, expires, auto-renew, tags)',
  },
  who: 'staff',
  fields,
  ahead: readAhead,
  async preview(work, input) {
    const { org, rows } = await sorted(work, input);
    return {
      code: 'domain.previewed',
      data: { reseller: orgRef(org.id), ...countsOf(rows), ...faultReport(rows.faults) },
      basis: {
        org: org.id,
        good: rows.good.map(({ row, before, gone }) => [
          row,
          before?.id ?? null,
          before?.updatedAt.toISOString() ?? null,
          gone?.id ?? null,
        ]),
        owners: newOwners(rows),
        faults: rows.faults.map(({ row, column }) => [row, column]),
      },
    };
  },
  async run(work, input) {
    const { org, rows } = await sorted(work, input);
    if (rows.faults.length > 0) {
      const { faults } = faultReport(rows.faults);
      const told = faults.map(({ row, column, fault }) => [`${row}:${column}`, fault] as const);
      throw new Refusal('input.invalid', { why: 'table' }, Object.fromEntries(told));
    }
    await write(work, rows, { orgId: org.id, file: input.file.name });
    const domains = rows.good.slice(0, namedAtMost).map(({ input: { domain } }) => domain);
    return {
      code: 'domain.imported',
      data: { reseller: orgRef(org.id), imported: rows.good.length, ...countsOf(rows), domains },
    };
  },
});
