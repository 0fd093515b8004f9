/** Resellers: organisations with members, and which of them somebody speaks for. */
import { resellersOf, type Actor } from '../guard/identity.js';
import { parseRef, printRef } from '../guard/number.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { textsOf } from '../locales/texts.js';
import type { Tx } from '../record/database.js';
import { email as emailField } from '../command/dictionary.js';
import { Fault } from '../command/type.js';

export const orgRef = (id: number): string => printRef('G', id);

export interface Reseller {
  readonly id: number;
  readonly name: string;
}

/**
 * The reseller the asker acts for: its only one, or the one named in `org` (number or name).
 * @throws {Refusal} `input.invalid` when it must be named or is not one of the asker's
 */
export function ownReseller(work: Work): Reseller {
  const resellers = resellersOf(work.actor);
  const first = resellers[0];
  if (!first) throw new Refusal('access.denied', { why: 'role', command: '' });
  if (work.org === undefined && resellers.length === 1) return { id: first.orgId, name: first.orgName };
  const say = textsOf(work.locale).faults;
  const choices = resellers.map((member) => `${orgRef(member.orgId)} (${member.orgName})`).join(', ');
  if (work.org === undefined) throw new Refusal('input.invalid', {}, { org: say.choice({ choices }) });
  const found = namedIn(work.actor, work.org);
  if (!found) throw new Refusal('input.invalid', {}, { org: say.choice({ choices }) });
  return found;
}

function namedIn(actor: Actor, typed: string): Reseller | undefined {
  const id = parseRef('G', typed);
  const found = resellersOf(actor).find((member) => member.orgId === id || member.orgName.toLowerCase() === typed.toLowerCase());
  return found && { id: found.orgId, name: found.orgName };
}

/** A reseller named by staff: by its number or a member's address. Nothing when nobody has it. */
export async function findReseller(tx: Tx, typed: string): Promise<Reseller | undefined> {
  const id = parseRef('G', typed);
  if (id !== undefined) {
    const org = await tx.organisation.findFirst({ where: { id, state: 'reseller' } });
    return org ? { id: org.id, name: org.name } : undefined;
  }
  const membership = await tx.membership.findFirst({
    where: { org: { state: 'reseller' }, person: { addresses: { some: { email: typed.toLowerCase() } } } },
    include: { org: true },
    orderBy: { orgId: 'asc' },
  });
  return membership ? { id: membership.org.id, name: membership.org.name } : undefined;
}

/** The same, where it must exist. @throws {Refusal} `object.unknown` */
export async function namedReseller(work: Work, typed: string): Promise<Reseller> {
  const found = await findReseller(work.tx, typed);
  if (!found) throw new Refusal('object.unknown', { number: typed }, { reseller: textsOf(work.locale).faults.unknown({ nearest: '' }) });
  return found;
}

/** An address typed where a number would do too. @throws {Refusal} `input.invalid` naming `field` */
export function addressIn(work: Work, field: string, typed: string): string {
  try {
    return emailField.type.parse(typed, { locale: work.locale, country: 'FR', products: () => undefined, productChoices: () => [] });
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    throw new Refusal('input.invalid', {}, { [field]: textsOf(work.locale).faults[fault.code](fault.params) });
  }
}

/** Where letters to a reseller go: its owners and managers, at their main address, each in their language. */
export async function writersTo(tx: Tx, orgId: number): Promise<{ personId: number; email: string; locale: 'fr' | 'en' }[]> {
  const members = await tx.membership.findMany({
    where: { orgId, role: { in: ['owner', 'manager'] }, person: { state: { in: ['invited', 'active'] } } },
    include: { person: { include: { addresses: { where: { main: true } } } } },
  });
  return members.flatMap(({ person }) => person.addresses.map(({ email }) => ({ personId: person.id, email, locale: person.locale === 'en' ? ('en' as const) : ('fr' as const) })));
}
