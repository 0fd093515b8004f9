/**
 * What organisations hold of a person as their customer: the party itself, its domains, the address as registries had it
 * confirmed; and what the person ordered for them. Handed out, counted, and forgotten where no domain needs it (X11).
 */
import { customerRef, inCare, type CustomerRow } from '../customers/customer.js';
import { end } from '../customers/leaving.js';
import { productsOf } from '../customers/products.js';
import { unicodeName } from '../domains/domain.js';
import { taskRef } from '../domains/task.js';
import { personRef } from '../../guard/about.js';
import type { Work } from '../../guard/work.js';
import { tagsOf } from '../../database/tags.js';
import { orgRef, orgSearch } from './organisation.js';
import type { Known } from './traces.js';
import { ownerContent } from './link.js';

type Held = Readonly<Record<string, unknown>>;

/** Customers in an organisation's care that have one of the person's addresses. */
const customersAt = async ({ tx }: Pick<Work, 'tx'>, { emails }: Known): Promise<CustomerRow[]> =>
  (await tx.customer.findMany({
    where: { email: { in: [...emails] }, state: { in: [...inCare] } },
    orderBy: { id: 'asc' },
  })) as CustomerRow[];

/** Those that hold domains stay: a registry knows their owner by what the contract says. The others can go. */
export async function asCustomers(
  work: Work,
  known: Known,
): Promise<{ readonly holding: readonly CustomerRow[]; readonly free: readonly CustomerRow[] }> {
  const [holding, free]: [CustomerRow[], CustomerRow[]] = [[], []];
  for (const row of await customersAt(work, known))
    ((await productsOf(work, row.id)).length > 0 ? holding : free).push(row);
  return { holding, free };
}

const noticesOf = ({ personId, emails }: Known) => ({ OR: [{ personId }, { recipient: { in: [...emails] } }] });

export async function customerData(work: Work, known: Known): Promise<Held> {
  const { tx } = work;
  const customers = await customersAt(work, known);
  const owners = await tx.ownerAddress.findMany({ where: { email: { in: [...known.emails] } } });
  const notices = await tx.renewalNotice.findMany({ where: noticesOf(known), orderBy: { id: 'asc' } });
  const tasks = await tx.registrarTask.findMany({ where: { requesterId: known.personId }, orderBy: { id: 'asc' } });
  const orgs = await tx.organisation.findMany({
    where: { id: { in: customers.map(({ orgId }) => orgId) } },
    select: { id: true, name: true },
  });
  const named = new Set([...notices, ...tasks].map(({ domainId }) => domainId));
  const domains = await tx.domain.findMany({ where: { id: { in: [...named] } }, select: { id: true, name: true } });
  const domain = (id: number) => unicodeName(domains.find((one) => one.id === id)?.name ?? '');
  const shown: Held[] = [];
  for (const { id, orgId, searchText: _, selfOf: __, tags: ___, ...party } of customers) {
    const tags = tagsOf(customers.find((one) => one.id === id) ?? { tags: '[]' });
    const held = (await productsOf(work, id)).map(({ row }) => unicodeName(row.name));
    const organisation = orgs.find((one) => one.id === orgId)?.name ?? null;
    shown.push({ customer: customerRef(id), organisation, ...party, tags, domains: held });
  }
  return {
    customers: shown,
    ownerAddresses: owners.map(({ email, state, locale, askedAt, dueAt, reminders, verifiedAt, createdAt }) => ({
      ...{ email, state, locale, askedAt, dueAt, reminders, verifiedAt, createdAt },
    })),
    renewalNotices: notices.map(({ domainId, expiresOn, milestone, recipient, outcome, at }) => ({
      ...{ domain: domain(domainId), expiresOn, milestone, recipient, outcome, at },
    })),
    registrarTasks: tasks.map(({ id, domainId, kind, state, door, createdAt, endedAt }) => ({
      ...{ task: taskRef(id), domain: domain(domainId), kind, state, door, createdAt, endedAt },
    })),
  };
}

/** Customers without a domain are emptied; an address is forgotten with the last of them. */
export async function forgetCustomers(work: Work, known: Known): Promise<void> {
  const { tx } = work;
  const { holding, free } = await asCustomers(work, known);
  for (const row of free) {
    await end(work, row, 'deleted');
    work.audit({ action: 'customer deleted', object: customerRef(row.id), detail: { by: 'erasure' } });
  }
  // those that have ended needn't say any more whom they were registered for
  const registered = { ownerEmail: { in: [...known.emails] } };
  await tx.domain.updateMany({ where: { ...registered, heldName: null }, data: { ownerName: '', ownerEmail: '' } });
  const held = await tx.domain.findMany({ where: registered, select: { ownerEmail: true } });
  const needed = [...holding.map(({ email }) => email), ...held.map(({ ownerEmail }) => ownerEmail)];
  const forgotten = known.emails.filter((one) => !needed.includes(one));
  await tx.ownerAddress.deleteMany({ where: { email: { in: forgotten } } });
  await tx.oneTimeLink.deleteMany({ where: { purpose: 'owner', content: { in: forgotten.map(ownerContent) } } });
}

/** That a reminder went out stays known, and to which number; not to which address. */
export async function forgetNotices({ tx }: Pick<Work, 'tx'>, known: Known): Promise<void> {
  for (const { id } of await tx.renewalNotice.findMany({ where: noticesOf(known), select: { id: true } }))
    await tx.renewalNotice.update({
      where: { id },
      data: { recipient: `${personRef(known.personId)} (${id})`, personId: known.personId },
    });
}

/** Organisations to which one could write at the person's address. */
export async function forgetOrgAddress({ tx }: Pick<Work, 'tx'>, { emails }: Known): Promise<void> {
  for (const row of await tx.organisation.findMany({ where: { email: { in: [...emails] } } }))
    await tx.organisation.update({
      where: { id: row.id },
      data: { email: null, searchText: orgSearch({ ...row, email: null }) },
    });
}

/** Terms that the person agreed to for an organisation: what binds it stays. */
export async function termsAccepted({ tx }: Pick<Work, 'tx'>, personId: number): Promise<readonly Held[]> {
  const rows = await tx.organisation.findMany({ where: { termsAcceptedBy: personId }, orderBy: { id: 'asc' } });
  return rows.map(({ id, name, termsVersion, termsAcceptedAt }) => ({
    ...{ org: orgRef(id), name, version: termsVersion, at: termsAcceptedAt },
  }));
}
