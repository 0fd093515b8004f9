/** An organisation as a row: made, shown, and told apart from its owner's other ones. */
import { emptiable, lasting, lookedUp, optional, type Suggest } from '../../command/define.js';
import { havingWords, searchWords } from '../../command/listing.js';
import { city, country, displayName, email, phone, registration, street, vat, zip } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { isStaff } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { orgRef, orgSearch } from '../parties/organisation.js';
import { vatIn } from '../parties/vat.js';
import type { Organisation, Tx } from '../../database/connect.js';
import { fold } from '../../text/fold.js';
import type { OrganisationState } from './states.js';

/** What of an organisation can be given and changed, beside its name and type. */
export const detailUses = [
  optional(displayName),
  optional(vat),
  optional(registration),
  optional(street),
  optional(zip),
  optional(city),
  optional(country),
  optional(phone),
  optional(email),
] as const;

/** The same in an edit: an organisation is always somewhere, the rest can be taken out again. */
export const detailEdits = [
  ...emptiable([
    optional(displayName),
    optional(vat),
    optional(registration),
    optional(street),
    optional(zip),
    optional(city),
  ]),
  ...lasting([optional(country)]),
  ...emptiable([optional(phone), optional(email)]),
] as const;

const detailKeys = [
  'displayName',
  'vat',
  'registration',
  'street',
  'zip',
  'city',
  'country',
  'phone',
  'email',
] as const;
export type Details = { readonly [Key in (typeof detailKeys)[number]]?: string | null | undefined };

/** What was given, and nothing else. */
export const given = <T extends object>(input: T): Partial<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;

export const orgData = (row: Organisation): Data => ({
  org: orgRef(row.id),
  name: row.name,
  type: row.type,
  state: row.state,
  ...Object.fromEntries(detailKeys.map((key) => [key, row[key]])),
});

/** The VAT number as its country writes it. @throws {Refusal} `input.invalid` */
export const checkedVat = (work: Work, number: string | null | undefined, country: string | null | undefined) =>
  number ? { vat: vatIn(work, number, country ?? work.desk.catalogue.vendor.country) } : {};

/**
 * What an organisation is called by its members is unique among those of its owners: `org` names it so.
 * @throws {Refusal} `input.invalid` naming `display-name`
 */
export async function refuseSameName(
  work: Work,
  org: { readonly id?: number; readonly name: string; readonly displayName?: string | null | undefined },
  owners: readonly number[],
): Promise<void> {
  const others = await work.tx.organisation.findMany({
    where: {
      memberships: { some: { personId: { in: [...owners] }, role: 'owner' } },
      ...(org.id === undefined ? {} : { id: { not: org.id } }),
    },
    select: { name: true, displayName: true },
  });
  const called = fold(org.displayName ?? org.name);
  if (!others.some((other) => fold(other.displayName ?? other.name) === called)) return;
  throw new Refusal('input.invalid', {}, { 'display-name': textsOf(work.locale).organisations.named({}) });
}

export interface NewOrg extends Details {
  readonly name: string;
  readonly type: string;
  readonly locale: Locale;
}

/** Makes an organisation with its first owner, and notes it in the audit. */
export async function insertOrg(work: Work, org: NewOrg, ownerId: number): Promise<Organisation> {
  const { tx, now } = work;
  const made = await tx.organisation.create({
    data: {
      ...org,
      state: 'active' satisfies OrganisationState,
      createdAt: now,
      memberships: { create: { personId: ownerId, role: 'owner', createdAt: now } },
    },
  });
  const searchText = orgSearch(made);
  await tx.organisation.update({ where: { id: made.id }, data: { searchText } });
  work.audit({ action: 'organisation created', object: orgRef(made.id), detail: { ...org, owner: ownerId } });
  return { ...made, searchText };
}

/** What is suspended changes only by staff. @throws {Refusal} `state.wrong` */
export function mustStand(work: Work, { id, state }: Organisation): void {
  if (state === 'suspended' && !isStaff(work.actor))
    throw new Refusal('state.wrong', { why: 'org', number: orgRef(id), state });
}

export const ownersOf = async (tx: Tx, orgId: number): Promise<number[]> =>
  (await tx.membership.findMany({ where: { orgId, role: 'owner' } })).map(({ personId }) => personId);

/** One's own organisations, for staff all: by number or any words. */
export const suggestOrgs: Suggest = async (tx, { actor, typed }) => {
  const own = actor.members.map(({ orgId }) => orgId);
  const rows = await tx.organisation.findMany({
    where: {
      ...(isStaff(actor) ? {} : { id: { in: own } }),
      AND: havingWords(searchWords(typed)),
    },
    orderBy: { id: 'desc' },
    take: 25,
  });
  return rows.map((row) => lookedUp(orgRef(row.id), orgRef(row.id), row.displayName ?? row.name));
};
