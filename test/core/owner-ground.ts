/** Customers with domains that are registered already, whose owners' addresses are to be verified (G4). */
import { domainSearch, ownerColumns } from '../../src/core/programmes/domains/domain.js';
import { askOwner } from '../../src/core/programmes/owners/owner.js';
import { workOf } from '../../src/core/jobs.js';
import type { Desk } from '../../src/core/guard/work.js';
import type { Customer, Domain } from '../../src/core/database/connect.js';

export interface Owned {
  readonly customer: Customer;
  readonly domain: Domain;
}

let count = 0;

/** A customer of an organisation, and a domain of it that has just become active; its owner is asked where it has to be. */
export async function newDomain(
  { desk }: { readonly desk: Desk },
  given: {
    orgId: number;
    email: string;
    tld?: string;
    locale?: 'fr' | 'en';
    name?: string;
    asked?: boolean;
    expiresOn?: string;
  },
): Promise<Owned> {
  const { orgId, email, tld = 'com', locale = 'en', asked = tld === 'com', expiresOn = '2028-11-01' } = given;
  const name = given.name ?? `owned-${(count += 1)}.${tld}`;
  const now = desk.clock();
  return desk.database.transact(async (unit) => {
    const { tx } = unit;
    const times = { createdAt: now, updatedAt: now };
    const known = await tx.customer.findFirst({ where: { orgId, email } });
    const customer =
      known ??
      (await tx.customer.create({
        data: {
          orgId,
          type: 'individual',
          email,
          lastName: 'Petit',
          firstName: 'Léa',
          locale,
          searchText: '',
          ...times,
        },
      }));
    const domain = await tx.domain.create({
      data: {
        ...{ name, heldName: name, tld, orgId, customerId: customer.id, state: 'active' },
        ...ownerColumns(customer),
        ...{ registeredOn: '2025-11-01', expiresOn },
        searchText: domainSearch({ name, tags: [], customer: 'Petit' }),
        ...times,
      },
    });
    if (asked) await askOwner(workOf(desk, unit), { domain, customer });
    return { customer, domain };
  });
}
