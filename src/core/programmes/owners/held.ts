/** What hangs on an owner's address: the domains whose registries ask for it, and who looks after them. */
import type { Work } from '../../guard/work.js';
import type { Customer } from '../../database/connect.js';
import { standingOf, type DomainRow } from '../domains/domain.js';
import type { AgedState, DomainState } from '../domains/states.js';

/** Nobody can lose what has gone already. */
const ended: readonly (AgedState | DomainState)[] = ['pending-delete', 'gone'];

/** Customers with this address that are still somebody's. */
export const customersAt = ({ tx }: Pick<Work, 'tx'>, email: string): Promise<Customer[]> =>
  tx.customer.findMany({ where: { email, state: { in: ['unverified', 'verified'] } }, orderBy: { id: 'asc' } });

/**
 * The domains that hang on an address, by name: those that run under a TLD that asks for it, and those that are
 * suspended, whatever the catalogue says today.
 */
export async function heldBy(work: Pick<Work, 'tx' | 'desk' | 'now'>, email: string): Promise<DomainRow[]> {
  const asking = work.desk.catalogue.domains.tlds.filter(({ verifyOwner }) => verifyOwner).map(({ tld }) => tld);
  const rows = (await work.tx.domain.findMany({
    where: {
      ownerEmail: email,
      OR: [{ state: 'suspended' }, { state: 'active', tld: { in: asking } }],
    },
    orderBy: { name: 'asc' },
  })) as DomainRow[];
  return rows.filter((row) => !ended.includes(standingOf(work, row).state));
}

/** The organisations that have such a customer, or a domain registered for it, each with the customer's name. */
export async function caringFor(
  work: Pick<Work, 'tx'>,
  email: string,
): Promise<{ readonly id: number; readonly name: string; readonly customer: Customer }[]> {
  const registered = await work.tx.domain.findMany({
    where: { ownerEmail: email, heldName: { not: null } },
    select: { customerId: true },
  });
  const others = { id: { in: [...new Set(registered.map(({ customerId }) => customerId))] }, email: { not: email } };
  const customers = [
    ...(await customersAt(work, email)),
    ...(await work.tx.customer.findMany({ where: others, orderBy: { id: 'asc' } })),
  ];
  const orgs = await work.tx.organisation.findMany({
    where: { id: { in: customers.map(({ orgId }) => orgId) } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });
  return orgs.flatMap((org) => {
    const customer = customers.find(({ orgId }) => orgId === org.id);
    return customer ? [{ ...org, customer }] : [];
  });
}
