/**
 * A customer: the named party for whom an organisation holds domains (G2, G3). A reseller has many; any organisation has
 * one of its own, `self`, as soon as it holds something in its own name.
 */
import { lookedUp, type Suggest } from '../../command/define.js';
import { havingWords, searchWords } from '../../command/listing.js';
import { isStaff, membershipsOf } from '../../guard/identity.js';
import { tellAtMost, trialsAnHour } from '../../guard/limit.js';
import { parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { namedOrg, orgRef, ownOrg } from '../parties/organisation.js';
import type { Customer, Tx } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { distinctTags, markedTags, tagsOf } from '../../database/tags.js';
import { partyOf, type Party, type PartyInput } from './party.js';
import type { CustomerState } from './states.js';

export { partyEdits, partyOf, partyOptionalUses, partyUses, type Party, type PartyInput } from './party.js';

export const customerRef = (id: number): string => printRef('C', id);

/** A customer's row with its state by name. */
export type CustomerRow = Customer & { state: CustomerState };

/** Those that are in an organisation's care; to it, others are no longer there. */
export const inCare = ['unverified', 'verified'] as const satisfies readonly CustomerState[];

/** First and last name of an individual, else the company's, association's or body's. */
export const ownerName = (row: Pick<Customer, 'type' | 'company' | 'firstName' | 'lastName'>): string =>
  (row.type === 'individual' ? undefined : row.company) || [row.firstName, row.lastName].filter(Boolean).join(' ');

/** What `search` and `tags` look in. */
export function customerSearch(row: Omit<Customer, 'searchText'>): string {
  const { email, lastName, firstName, company, vat, zip, city, phone } = row;
  const words = [customerRef(row.id), company, firstName, lastName, email, vat, zip, city, phone, ...tagsOf(row)];
  return searchable(words.filter(Boolean).join(' ')) + markedTags(tagsOf(row));
}

/** An address that its owner has proven, as a person of the desk or to a registry, is not asked again (G4). */
export async function stateOfAddress(work: Work, email: string): Promise<'unverified' | 'verified'> {
  const { tx, actor } = work;
  // a trial leaves no customer, and tells whether somebody has the address
  if (work.dryRun && !isStaff(actor)) await tellAtMost(work, `trials of ${actor.personId}`, trialsAnHour);
  const person = await tx.address.findFirst({ where: { email, person: { state: 'active' } } });
  const owner = person ? null : await tx.ownerAddress.findFirst({ where: { email, state: 'verified' } });
  return person || owner ? 'verified' : 'unverified';
}

/** The columns that a party fills. */
export const partyColumns = (party: Party) => ({
  type: party.type,
  email: party.email,
  lastName: party.lastName,
  firstName: party.firstName,
  company: party.company ?? null,
  vat: party.vat ?? null,
  street: party.street ?? null,
  zip: party.zip ?? null,
  city: party.city ?? null,
  country: party.country ?? null,
  phone: party.phone ?? null,
});

/** Inserts the row and notes it in the audit. */
export async function insertCustomer(
  work: Work,
  of: { readonly orgId: number; readonly self: boolean },
  given: Party & { readonly tags?: readonly string[] | undefined },
): Promise<CustomerRow> {
  const { tx, now } = work;
  const tags = distinctTags(given.tags ?? []);
  const row = await tx.customer.create({
    data: {
      ...partyColumns(given),
      orgId: of.orgId,
      selfOf: of.self ? of.orgId : null,
      locale: given.locale ?? work.locale,
      tags: JSON.stringify(tags),
      state: await stateOfAddress(work, given.email),
      searchText: '',
      createdAt: now,
      updatedAt: now,
    },
  });
  const searchText = customerSearch(row);
  await tx.customer.update({ where: { id: row.id }, data: { searchText } });
  work.audit({
    action: 'customer added',
    object: customerRef(row.id),
    detail: { org: orgRef(of.orgId), self: of.self, ...partyColumns(given), tags },
  });
  return { ...row, searchText, state: row.state as CustomerState };
}

/**
 * A new customer of a reseller (G2). `party` comes from `partyOf`.
 * @throws {Refusal} `state.wrong` (`not-reseller`): any other organisation holds domains for itself alone
 */
export async function addCustomer(
  work: Work,
  orgId: number,
  party: Party & { readonly tags?: readonly string[] | undefined },
): Promise<CustomerRow> {
  const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: orgId } });
  if (org.state !== 'reseller') throw new Refusal('state.wrong', { why: 'not-reseller', number: orgRef(orgId) });
  return insertCustomer(work, { orgId, self: false }, party);
}

/** The organisation as its own customer, if it is one yet. */
export async function selfOf(tx: Tx, orgId: number): Promise<CustomerRow | undefined> {
  return ((await tx.customer.findUnique({ where: { selfOf: orgId } })) as CustomerRow | null) ?? undefined;
}

/**
 * The organisation as its own customer, made from its data and, for what it lacks, the asker's; what is given goes first
 * (G3). The one that is there already is answered as it is.
 * @throws {Refusal} `input.invalid` naming what neither of them has
 */
export async function makeSelf(work: Work, orgId: number, given: PartyInput = {}): Promise<CustomerRow> {
  const { tx, actor } = work;
  const there = await selfOf(tx, orgId);
  if (there) return there;
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: orgId } });
  const { vat, street, zip, city, country, phone } = org;
  const type = org.type as Party['type'];
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const party = partyOf(work, {
    ...{ type, street, zip, city, country, phone },
    company: type === 'individual' ? null : org.name,
    email: org.email ?? actor.emails[0],
    lastName: actor.operator ? undefined : actor.lastName || undefined,
    firstName: actor.operator ? undefined : actor.firstName || undefined,
    locale: localeOf(org.locale, work.desk.locale),
    ...filled,
  });
  // the organisation's own was checked when it was given
  return insertCustomer(work, { orgId, self: true }, { ...party, vat: party.vat ?? vat });
}

/** Whose customers the asker sees: those of all their organisations, or of the one named in `org`; staff see everybody's. */
export async function customersOf(work: Work): Promise<Readonly<Record<string, unknown>>> {
  if (isStaff(work.actor)) return work.org === undefined ? {} : { orgId: (await namedOrg(work, work.org, 'org')).id };
  const members = membershipsOf(work.actor);
  const ids = work.org === undefined ? members.map(({ orgId }) => orgId) : [ownOrg(work).orgId];
  return { orgId: { in: ids }, state: { in: [...inCare] } };
}

/** Owners and managers of its organisation. @throws {Refusal} `access.denied` for anybody else */
export function mustWrite(work: Work, { orgId }: Pick<Customer, 'orgId'>): void {
  const member = membershipsOf(work.actor).find((one) => one.orgId === orgId);
  if (!member || member.role === 'viewer') throw new Refusal('access.denied', { why: 'role', command: '' });
}

/** A customer that has not left its reseller's care. @throws {Refusal} `state.wrong` */
export function mustBeInCare(row: CustomerRow): void {
  if (row.state === 'released' || row.state === 'deleted')
    throw new Refusal('state.wrong', { why: 'customer', number: customerRef(row.id), state: row.state });
}

/**
 * A customer by its number, or the asker's organisation itself (`self`); for staff anybody's.
 * @param to.field the field that named it
 * @throws {Refusal} `object.unknown`, also when it is another's or has left its reseller's care; `access.denied`;
 *   `state.wrong` (`self-missing`)
 */
export async function findCustomer(
  work: Work,
  typed: string,
  to: { readonly write?: boolean; readonly field?: string } = {},
): Promise<CustomerRow> {
  const row = typed === 'self' ? await ownSelf(work) : await numbered(work, typed);
  if (!row) throw unknownObject(work, typed, to.field ?? 'number');
  if (to.write) mustWrite(work, row);
  return row;
}

async function numbered(work: Work, typed: string): Promise<CustomerRow | undefined> {
  const id = parseRef('C', typed) ?? 0;
  const row = await work.tx.customer.findFirst({ where: { id, ...(await customersOf(work)) } });
  return (row as CustomerRow | null) ?? undefined;
}

async function ownSelf(work: Work): Promise<CustomerRow> {
  const byStaff = isStaff(work.actor) && work.org !== undefined;
  const orgId = byStaff ? (await namedOrg(work, work.org ?? '', 'org')).id : ownOrg(work).orgId;
  const row = await selfOf(work.tx, orgId);
  if (!row) throw new Refusal('state.wrong', { why: 'self-missing' });
  return row;
}

/** One's customers, by number or any words. */
export const suggestCustomers: Suggest = async (tx, { typed, work }) => {
  const rows = await tx.customer.findMany({
    where: {
      ...(await customersOf(work)),
      AND: havingWords(searchWords(typed)),
    },
    orderBy: { id: 'desc' },
    take: 25,
  });
  return rows.map((row) => lookedUp(customerRef(row.id), customerRef(row.id), ownerName(row), row.email));
};
