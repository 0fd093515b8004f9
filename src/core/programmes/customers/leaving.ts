/** How a customer leaves a reseller's care: with all it holds, or with nothing left (G5). */
import { customerWords, domainSearch, unicodeName } from '../domains/domain.js';
import { taskRef } from '../domains/task.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { accountAt, type Account } from '../organisations/members.js';
import { insertOrg } from '../organisations/organisation.js';
import { orgRef } from '../parties/organisation.js';
import type { Customer, Organisation } from '../../database/connect.js';
import { fold } from '../../text/fold.js';
import type { NoticeOutcome, SkipReason } from '../renewals/planning.js';
import { customerRef, customerSearch, insertCustomer, ownerName, partyColumns, type CustomerRow } from './customer.js';
import type { Party } from './party.js';
import { forgetIn, type Product } from './products.js';
import type { CustomerState } from './states.js';

/** What is bought and not yet done would come to whoever paid for it. */
const bought = ['register', 'transfer', 'renew', 'restore'];
const open = ['waiting', 'uncertain'];

/** @throws {Refusal} `state.wrong` (`domain-waiting`) for the first of them with an operation under way */
export async function refuseWaiting(work: Work, products: readonly Product[]): Promise<void> {
  const names = new Map(products.map(({ row }) => [row.id, row.name]));
  const task = await work.tx.registrarTask.findFirst({
    where: { domainId: { in: [...names.keys()] }, kind: { in: bought }, state: { in: open } },
    orderBy: { id: 'asc' },
  });
  if (!task) return;
  const number = unicodeName(names.get(task.domainId) ?? '');
  throw new Refusal('state.wrong', { why: 'domain-waiting', number, task: taskRef(task.id) });
}

/**
 * Ends a customer, by a guarded update. What it was called and where it lives goes: receipts keep their own words, and
 * a released customer takes them along. Its number, type and country stay.
 * @throws {Refusal} `state.wrong` when somebody was quicker
 */
export async function end(work: Work, row: CustomerRow, to: 'released' | 'deleted'): Promise<void> {
  const { tx, now } = work;
  const nobody = { email: '', lastName: '', firstName: '', company: null, vat: null };
  const nowhere = { street: null, zip: null, city: null, phone: null, tags: '[]', selfOf: null };
  const ended: Customer = { ...row, ...nobody, ...nowhere, state: to, updatedAt: now, endedAt: now };
  const { count } = await tx.customer.updateMany({
    where: { id: row.id, state: row.state },
    data: { ...ended, searchText: customerSearch(ended) },
  });
  if (count !== 1) throw new Refusal('state.wrong', { why: 'customer', number: customerRef(row.id), state: row.state });
  await forgetIn(tx, ended);
}

export interface Released {
  readonly org: Organisation;
  readonly customer: CustomerRow;
  readonly account: Account;
}

/** The customer gets an organisation of its own, which holds its domains from now on; nothing in it renews by itself. */
export async function release(work: Work, row: CustomerRow, products: readonly Product[]): Promise<Released> {
  const locale = localeOf(row.locale, work.desk.locale);
  const { email, firstName, lastName } = row;
  const account = await accountAt(work, { email, firstName, lastName, locale });
  const org = await ownOrgOf(work, row, account.personId);
  const party = { ...partyColumns(row as unknown as Party), type: row.type as Party['type'], locale };
  const customer = await insertCustomer(work, { orgId: org.id, self: true }, party);
  for (const { row: domain } of products) {
    // what its reseller noted for itself stays behind: tags, and what happened to it there
    const words = { name: domain.name, tags: [], customer: customerWords(customer, domain) };
    const { count } = await work.tx.domain.updateMany({
      where: { id: domain.id, orgId: row.orgId, customerId: row.id },
      data: {
        ...{ orgId: org.id, customerId: customer.id, autoRenew: false, tags: '[]', orgSince: work.now },
        ...{ searchText: domainSearch(words), updatedAt: work.now },
      },
    });
    if (count !== 1)
      throw new Refusal('state.wrong', { why: 'domain', number: unicodeName(domain.name), state: domain.state });
    // what nobody pays for (an owner's mail, a suspension) goes along with its domain
    await work.tx.registrarTask.updateMany({
      where: { domainId: domain.id, state: { in: open } },
      // whoever asked for it was the reseller's: how it ends is told to nobody there
      data: { orgId: org.id, requesterId: null },
    });
    await work.tx.renewalNotice.updateMany({
      where: { domainId: domain.id, outcome: 'due' satisfies NoticeOutcome },
      data: { outcome: 'skipped' satisfies NoticeOutcome, reason: 'changed' satisfies SkipReason },
    });
    work.audit({
      action: 'domain released',
      object: domain.name,
      detail: { from: orgRef(row.orgId), to: orgRef(org.id), customer: customerRef(customer.id) },
    });
  }
  await end(work, row, 'released' satisfies CustomerState);
  work.audit({
    action: 'customer released',
    object: customerRef(row.id),
    detail: { to: orgRef(org.id), customer: customerRef(customer.id), domains: products.map((one) => one.row.name) },
  });
  return { org, customer, account };
}

async function ownOrgOf(work: Work, row: CustomerRow, ownerId: number): Promise<Organisation> {
  const name = ownerName(row);
  const others = await work.tx.organisation.findMany({
    where: { memberships: { some: { personId: ownerId, role: 'owner' } } },
    select: { name: true, displayName: true },
  });
  const isTaken = others.some((other) => fold(other.displayName ?? other.name) === fold(name));
  const { type, email, vat, street, zip, city, country, phone } = row;
  return insertOrg(
    work,
    {
      ...{ name, type, email, vat, street, zip, city, country, phone },
      locale: localeOf(row.locale, work.desk.locale),
      ...(isTaken ? { displayName: `${name} ${customerRef(row.id)}`.slice(-120) } : {}),
    },
    ownerId,
  );
}
