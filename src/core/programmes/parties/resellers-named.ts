/** The resellers that many rows name, found together. */
import { parseRef } from '../../guard/number.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { addressOf, orgRef, type Reseller } from './organisation.js';

/** A reseller, or what is wrong with its name. */
export type NamedReseller =
  | { readonly reseller: Reseller; readonly fault?: undefined }
  | { readonly reseller?: undefined; readonly fault: string };

const emailIn = (typed: string): string | undefined => {
  const address = addressOf(typed);
  return typeof address === 'string' ? address : undefined;
};

/** By number, or a member's address: what `namedReseller` finds for each, in two statements for all. */
export async function resellersFor(work: Work, typed: readonly string[]): Promise<(typed: string) => NamedReseller> {
  const all = [...new Set(typed)];
  const ids = all.flatMap((one) => parseRef('G', one) ?? []);
  const emails = all.flatMap((one) => emailIn(one) ?? []);
  const orgs = await work.tx.organisation.findMany({
    where: { state: 'reseller', id: { in: ids } },
    select: { id: true, name: true },
  });
  const members = await work.tx.membership.findMany({
    where: { org: { state: 'reseller' }, person: { addresses: { some: { email: { in: emails } } } } },
    select: {
      org: { select: { id: true, name: true } },
      person: { select: { addresses: { select: { email: true } } } },
    },
  });
  const byId = new Map(orgs.map((org) => [org.id, org]));
  const byEmail = new Map<string, Reseller[]>();
  for (const { org, person } of members)
    for (const { email } of person.addresses) byEmail.set(email, [...(byEmail.get(email) ?? []), org]);
  const say = textsOf(work.locale).faults;
  return (one) => {
    const id = parseRef('G', one);
    const found =
      id === undefined ? (byEmail.get(emailIn(one) ?? '') ?? []) : [byId.get(id)].filter((org) => org !== undefined);
    const [reseller, ...others] = found;
    if (!reseller) return { fault: say.unknown({ nearest: '' }) };
    if (others.length === 0) return { reseller };
    return { fault: say.choice({ choices: found.map(({ id: own, name }) => `${orgRef(own)} (${name})`).join(', ') }) };
  };
}
