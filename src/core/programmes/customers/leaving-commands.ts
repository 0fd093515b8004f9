/** `customer release` and `customer delete`, each shown before it is done (G5). */
import { command, required } from '../../command/define.js';
import { customerNumber } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatDay } from '../../locales/format.js';
import { orgRef } from '../parties/organisation.js';
import { customerRef, findCustomer, mustBeInCare, ownerName, suggestCustomers, type CustomerRow } from './customer.js';
import { end, refuseWaiting, release, type Released } from './leaving.js';
import { productShown, productsOf, type Product } from './products.js';

interface Leaving {
  readonly row: CustomerRow;
  readonly products: readonly Product[];
}

/** @throws {Refusal} `object.unknown`, `access.denied`, `state.wrong` */
async function leaving(work: Work, number: string): Promise<Leaving> {
  const row = await findCustomer(work, number, { write: true });
  mustBeInCare(row);
  return { row, products: await productsOf(work, row.id) };
}

/** @throws {Refusal} as `leaving`; `state.wrong` for the organisation itself, or with an operation under way */
async function releasable(work: Work, number: string): Promise<Leaving> {
  const found = await leaving(work, number);
  if (found.row.selfOf !== null)
    throw new Refusal('state.wrong', { why: 'customer-self', number: customerRef(found.row.id) });
  await refuseWaiting(work, found.products);
  return found;
}

/** @throws {Refusal} as `leaving`; `state.wrong` (`customer-products`) */
async function deletable(work: Work, number: string): Promise<Leaving> {
  const found = await leaving(work, number);
  const count = found.products.length;
  if (count > 0)
    throw new Refusal('state.wrong', { why: 'customer-products', number: customerRef(found.row.id), count });
  return found;
}

const shown = ({ row, products }: Leaving): Data => ({
  customer: customerRef(row.id),
  name: ownerName(row),
  email: row.email,
  state: row.state,
  domains: products.map(productShown),
});

const previewed = (found: Leaving) => ({
  code: 'customer.previewed' as const,
  data: shown(found),
  basis: {
    ...{ customer: found.row.id, email: found.row.email },
    domains: found.products.map(({ row, expiresOn }) => [row.name, expiresOn]),
  },
});

export const customerRelease = command({
  name: 'customer release',
  help: {
    fr: 'Libérer un client : il part avec tout ce qu’il détient',
    en: 'Release a customer: they leave with everything they hold',
  },
  who: 'member',
  proof: 'own',
  fields: [required(customerNumber, { suggest: suggestCustomers })],
  preview: async (work, input) => previewed(await releasable(work, input.number)),
  async run(work, input) {
    const { row, products } = await releasable(work, input.number);
    const released = await release(work, row, products);
    await tell(work, { row, products, released });
    return {
      code: 'customer.released',
      data: {
        customer: customerRef(row.id),
        state: 'released',
        org: work.made(orgRef(released.org.id)),
        account: released.account.account,
        domains: products.map((product) => ({ ...productShown(product), autoRenew: false })),
      },
    };
  },
});

/** What it holds now and until when, and how it gets in (G5). */
async function tell(work: Work, { row, products, released }: Leaving & { released: Released }): Promise<void> {
  const reseller = await work.tx.organisation.findUniqueOrThrow({ where: { id: row.orgId } });
  const { personId, locale, params, secret } = released.account;
  const day = (text: string | null) => (text === null ? {} : { until: formatDay(new Date(text), 'UTC', locale) });
  work.send({
    channel: 'mail',
    letter: 'customer-released',
    recipient: row.email,
    personId,
    locale,
    object: orgRef(released.org.id),
    params: {
      ...params,
      name: ownerName(row),
      reseller: reseller.name,
      org: released.org.displayName ?? released.org.name,
      number: orgRef(released.org.id),
      domains: products.map((product) => ({ domain: productShown(product).domain, ...day(product.expiresOn) })),
    },
    ...(secret ? { secret } : {}),
  });
}

export const customerDelete = command({
  name: 'customer delete',
  help: {
    fr: 'Supprimer un client qui ne détient plus rien',
    en: 'Delete a customer who holds nothing any more',
  },
  who: 'member',
  proof: 'own',
  fields: [required(customerNumber, { suggest: suggestCustomers })],
  preview: async (work, input) => previewed(await deletable(work, input.number)),
  async run(work, input) {
    const { row } = await deletable(work, input.number);
    await end(work, row, 'deleted');
    work.audit({ action: 'customer deleted', object: customerRef(row.id), detail: { org: orgRef(row.orgId) } });
    return { code: 'customer.deleted', data: { customer: customerRef(row.id), state: 'deleted' } };
  },
});
