/** For whom a domain is bought: a customer that is there, one made in the same command, or the organisation itself (G3). */
import {
  addCustomer,
  findCustomer,
  inCare,
  makeSelf,
  partyOf,
  selfOf,
  customerRef,
  type CustomerRow,
  type PartyInput,
} from '../customers/customer.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { orgRef, ownOrg } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';

export interface Buyer {
  readonly org: Organisation;
  readonly customer: CustomerRow;
  /** It was not there before this command. */
  readonly made: boolean;
}

export interface OwnerChoice {
  /** `C-…`, `new` or `self`. */
  readonly customer: string;
  readonly party: PartyInput;
  readonly kind: 'register' | 'transfer';
}

const fieldNames: Readonly<Record<string, string>> = { lastName: 'last-name', firstName: 'first-name' };

const given = (party: PartyInput): string[] =>
  Object.entries(party).flatMap(([key, value]) => (value === undefined ? [] : [fieldNames[key] ?? key]));

/**
 * What is wrong with the party as it was typed: of a customer that is there nothing is changed by buying.
 * @throws {Refusal} `input.invalid` naming every field that is missing, wrong or not meant here
 */
export function checkParty(work: Work, { customer, party }: OwnerChoice): void {
  if (customer === 'new') partyOf(work, party);
  if (customer === 'new' || customer === 'self') return;
  const say = textsOf(work.locale).domains;
  const extra = given(party);
  if (extra.length > 0)
    throw new Refusal('input.invalid', {}, Object.fromEntries(extra.map((name) => [name, say.onlyNew({})])));
}

/**
 * The buyer, in the command's own transaction. Registering for oneself makes the customer `self` where there is none; a
 * transfer for oneself takes it to be there, or its details in the same command.
 * @throws {Refusal} `object.unknown`, `access.denied`, `input.invalid`; `state.wrong`: `self-missing`, `not-reseller` for
 *   an organisation that is none and would buy for another, `customer` for one that has left
 */
export async function buyerOf(work: Work, asked: OwnerChoice): Promise<Buyer> {
  const { tx } = work;
  if (asked.customer !== 'new' && asked.customer !== 'self') {
    const customer = await findCustomer(work, asked.customer, { write: true, field: 'customer' });
    if (!(inCare as readonly string[]).includes(customer.state))
      throw new Refusal('state.wrong', { why: 'customer', number: customerRef(customer.id), state: customer.state });
    const org = await tx.organisation.findUniqueOrThrow({ where: { id: customer.orgId } });
    if (org.state !== 'reseller' && customer.selfOf === null) throw notReseller(org);
    return { org, customer, made: false };
  }
  const { orgId } = ownOrg(work, { write: true });
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: orgId } });
  if (asked.customer === 'new') {
    if (org.state !== 'reseller') throw notReseller(org);
    return { org, customer: await addCustomer(work, orgId, partyOf(work, asked.party)), made: true };
  }
  const self = await selfOf(tx, orgId);
  if (self) return { org, customer: self, made: false };
  if (asked.kind === 'transfer' && given(asked.party).length === 0)
    throw new Refusal('state.wrong', { why: 'self-missing' });
  return { org, customer: await makeSelf(work, orgId, asked.party), made: true };
}

const notReseller = ({ id }: Organisation): Refusal =>
  new Refusal('state.wrong', { why: 'not-reseller', number: orgRef(id) });
