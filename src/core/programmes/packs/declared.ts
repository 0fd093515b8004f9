/** What is asked of a declaration, alone or as a row of a table (J4), and what it says. */
import { optional, required, type Input, type Suggest } from '../../command/define.js';
import {
  anyway,
  box,
  email,
  firstName,
  lastName,
  locale,
  orderNumber,
  product,
  supportContact,
  takeover,
} from '../../command/dictionary.js';
import { resellersOf } from '../../guard/identity.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { numberKey } from '../../guard/number.js';
import { textsOf } from '../../locales/texts.js';
import { ownReseller, type Reseller } from '../parties/organisation.js';
import type { NewDeclaration } from './declaration.js';
import { productNamed, stockOf } from './stock.js';

/** The kinds in stock, with how many (J4: only these are offered). */
const inStock: Suggest = async (_, { work }) => {
  const own = resellersOf(work.actor);
  const counts = own.length === 0 ? [] : await stockOf(work, ownReseller(work).id);
  return counts
    .filter(({ available }) => available > 0)
    .map(({ product: id, name, available }) => ({
      id,
      names: { fr: `${name} (${available})`, en: `${name} (${available})` },
    }));
};

/** The fields of `declare new`, and the columns of `declare bulk`. */
export const declaredFields = [
  required(product, { suggest: inStock }),
  required(email),
  required(lastName),
  required(firstName),
  required(orderNumber),
  optional(takeover),
  optional(supportContact),
  optional(box),
  optional(locale),
  optional(anyway),
] as const;

export type Declared = Input<typeof declaredFields>;

/** Who of the reseller's members has which of these addresses; the asker's own need no look-up. */
export async function supportContacts(
  work: Work,
  reseller: Reseller,
  named: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, number>> {
  const { personId, emails } = work.actor;
  const contacts = new Map(emails.map((address) => [address, personId]));
  const others = new Set(named.filter((address) => address !== undefined && !contacts.has(address)));
  if (others.size === 0) return contacts;
  // the members are few, the addresses in a table may be many
  const members = await work.tx.membership.findMany({
    where: { orgId: reseller.id },
    select: { personId: true, person: { select: { addresses: { select: { email: true } } } } },
  });
  for (const member of members)
    for (const { email: address } of member.person.addresses) contacts.set(address, member.personId);
  return contacts;
}

/** The person named to the client: a member of the reseller, by default the asker. @throws {Refusal} `input.invalid` */
export function contactIn(
  work: Work,
  of: { reseller: Reseller; contacts: ReadonlyMap<string, number>; named: string | undefined },
): { personId: number } {
  const personId = of.named === undefined ? work.actor.personId : of.contacts.get(of.named);
  if (personId !== undefined) return { personId };
  const fault = textsOf(work.locale).faults.mismatch({ expected: of.reseller.name });
  throw new Refusal('input.invalid', {}, { 'support-contact': fault });
}

export const givenOf = (
  { desk }: Pick<Work, 'desk'>,
  input: Declared,
  contact: { personId: number },
): NewDeclaration => ({
  product: productNamed(desk.catalogue, input.product),
  email: input.email,
  lastName: input.lastName,
  firstName: input.firstName,
  orderNumber: input.orderNumber,
  takeover: input.takeover ?? false,
  supportContact: contact,
  // compared without case and spaces (J11): kept so, the serial's index tells equal ones
  box: input.box === undefined ? undefined : numberKey(input.box),
  locale: input.locale,
  anyway: input.anyway ?? false,
});
