/** `customer add`, `edit`, `list`, `show`: for whom domains are held (G2, G5). */
import { changedKeys, only } from '../../command/changes.js';
import { command, emptiable, optional, required } from '../../command/define.js';
import { customerNumber, tags } from '../../command/dictionary.js';
import { listed, listFields } from '../../command/listing.js';
import type { Data } from '../../command/outcome.js';
import { resellersOf } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { orgRef, ownOrg, ownReseller } from '../parties/organisation.js';
import { vatAhead } from '../parties/vat.js';
import type { Customer } from '../../database/connect.js';
import { distinctTags, tagsOf, withTags } from '../../database/tags.js';
import {
  addCustomer,
  customerRef,
  customerSearch,
  customersOf,
  findCustomer,
  mustBeInCare,
  partyColumns,
  partyEdits,
  partyOf,
  partyUses,
  stateOfAddress,
  suggestCustomers,
  type PartyInput,
} from './customer.js';
import { countsOf, productShown, productsOf, renameIn } from './products.js';
import { customerStates } from './states.js';

/** As a list shows it. */
const inBrief = (row: Customer): Data => ({
  customer: customerRef(row.id),
  org: orgRef(row.orgId),
  self: row.selfOf !== null,
  type: row.type,
  company: row.company,
  lastName: row.lastName,
  firstName: row.firstName,
  email: row.email,
  city: row.city,
  country: row.country,
  tags: tagsOf(row),
});

export const customerData = (row: Customer): Data => ({
  ...inBrief(row),
  vat: row.vat,
  street: row.street,
  zip: row.zip,
  phone: row.phone,
  locale: row.locale,
  state: row.state,
});

/** The reseller that gets a customer: the asker's only one, or the one named. @throws {Refusal} as `ownOrg` */
const buyer = (work: Work): number =>
  work.org === undefined && resellersOf(work.actor).length > 0
    ? ownReseller(work, { write: true }).id
    : ownOrg(work, { write: true }).orgId;

export const customerAdd = command({
  name: 'customer add',
  help: { fr: 'Ajouter un client, avant d’acheter pour lui', en: 'Add a customer, before buying for them' },
  who: 'member',
  ahead: vatAhead,
  fields: [...partyUses, optional(tags)],
  async run(work, input) {
    const row = await addCustomer(work, buyer(work), { ...partyOf(work, input), tags: input.tags });
    return { code: 'customer.added', data: { ...customerData(row), customer: work.made(customerRef(row.id)) } };
  },
});

export const customerEdit = command({
  name: 'customer edit',
  help: {
    fr: 'Corriger un client ; ses domaines gardent leur titulaire',
    en: 'Correct a customer; their domains keep their owner',
  },
  who: 'member',
  ahead: vatAhead,
  home: { number: async (work, number) => (await findCustomer(work, number, { write: true })).country },
  fields: [required(customerNumber, { suggest: suggestCustomers }), ...partyEdits, ...emptiable([optional(tags)])],
  async run(work, { number, tags: newTags, ...input }) {
    const row = await findCustomer(work, number, { write: true });
    mustBeInCare(row);
    const party = partyOf(work, { ...(row as PartyInput), ...given(input) });
    const edited: Customer = {
      ...row,
      ...partyColumns(party),
      locale: party.locale ?? row.locale,
      tags: newTags === undefined ? row.tags : JSON.stringify(distinctTags(newTags ?? [])),
      // another address is another thing to verify
      state: party.email === row.email ? row.state : await stateOfAddress(work, party.email),
      updatedAt: work.now,
    };
    const changed = changedKeys({ ...row }, edited).filter((key) => key !== 'updatedAt');
    if (changed.length === 0) return { code: 'customer.edited', data: { ...customerData(row), changed } };
    const data = { ...edited, searchText: customerSearch(edited) };
    const { count } = await work.tx.customer.updateMany({ where: { id: row.id, state: row.state }, data });
    if (count !== 1)
      throw new Refusal('state.wrong', { why: 'customer', number: customerRef(row.id), state: row.state });
    await renameIn(work.tx, edited);
    work.audit({
      action: 'customer edited',
      object: customerRef(row.id),
      detail: { before: only({ ...row }, changed), after: only({ ...edited }, changed) },
    });
    return { code: 'customer.edited', data: { ...customerData(data), changed } };
  },
});

const given = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

interface Listed {
  readonly row: Customer;
  readonly domains: number;
}

export const customerList = command({
  name: 'customer list',
  help: {
    fr: 'Lister ses clients : recherche, étiquettes, export',
    en: 'List one’s customers: search, tags, export',
  },
  who: ['member', 'staff'],
  reads: true,
  fields: [...listFields, optional(tags)],
  async run(work, input) {
    const { tx } = work;
    return listed<Listed>(work, input, {
      code: 'customer.listed',
      states: Object.keys(customerStates),
      sortable: {
        customer: 'id',
        type: 'type',
        email: 'email',
        company: 'company',
        'last-name': 'lastName',
        city: 'city',
        state: 'state',
        'created-at': 'createdAt',
      },
      searchColumn: 'searchText',
      where: { ...(await visible(work)), ...withTags(input.tags) },
      count: (args) => tx.customer.count(args),
      async find(args) {
        const rows = await tx.customer.findMany(args);
        const counts = await countsOf(
          tx,
          rows.map(({ id }) => id),
        );
        return rows.map((row) => ({ row, domains: counts.get(row.id) ?? 0 }));
      },
      item: ({ row, domains }) => ({
        ...inBrief(row),
        domains,
        state: row.state,
        createdAt: row.createdAt.toISOString(),
      }),
    });
  },
});

/** A list may be asked for one state: then that goes beside whose customers are seen, not in its place. */
async function visible(work: Work): Promise<object> {
  const { state, ...own } = await customersOf(work);
  return state === undefined ? own : { ...own, OR: [{ state }] };
}

export const customerShow = command({
  name: 'customer show',
  help: { fr: 'Voir un client et ce qu’il détient', en: 'See a customer and what they hold' },
  who: ['member', 'staff'],
  reads: true,
  fields: [required(customerNumber, { suggest: suggestCustomers })],
  async run(work, input) {
    const row = await findCustomer(work, input.number);
    return {
      code: 'customer.shown',
      data: {
        ...customerData(row),
        createdAt: row.createdAt.toISOString(),
        updatedAt: row.updatedAt.toISOString(),
        domains: (await productsOf(work, row.id)).map(productShown),
      },
    };
  },
});
