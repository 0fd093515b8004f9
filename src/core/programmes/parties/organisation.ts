/** Resellers: organisations with members, and which of them somebody speaks for. */
import { isStaff, membershipsOf, resellersOf, type Member } from '../../guard/identity.js';
import { parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Organisation, Tx } from '../../database/connect.js';
import { fold, searchable } from '../../text/fold.js';
import { email as emailField } from '../../command/dictionary.js';
import { Fault, noContext } from '../../command/type.js';

export const orgRef = (id: number): string => printRef('G', id);

/** What lists search in. */
export function orgSearch(row: Pick<Organisation, 'id'> & Partial<Organisation>): string {
  const { name, displayName, email, city, vat, registration } = row;
  const words = [orgRef(row.id), name, displayName, email, city, vat, registration];
  return searchable(words.filter(Boolean).join(' '));
}

export interface Reseller {
  readonly id: number;
  readonly name: string;
}

/** Changing anything takes an owner or manager of that very reseller; a viewer only reads. */
const mayWrite = ({ role }: Member): boolean => role !== 'viewer';

/**
 * The reseller the asker acts for: its only one, or the one named in `org` (number or name).
 * @param to.write only those of which the asker is more than a viewer
 * @throws {Refusal} `input.invalid` when it must be named or is not one of the asker's, `access.denied` for a viewer
 */
export function ownReseller(work: Work, to: { write: boolean } = { write: false }): Reseller {
  const { orgId, orgName } = chosen(work, resellersOf(work.actor), to);
  return { id: orgId, name: orgName };
}

/**
 * The same of any organisation, reseller or not (G3: one that is no reseller holds domains in its own name).
 * @throws {Refusal} as `ownReseller`
 */
export const ownOrg = (work: Work, to: { write: boolean } = { write: false }): Member =>
  chosen(work, membershipsOf(work.actor), to);

function chosen(work: Work, all: readonly Member[], to: { write: boolean }): Member {
  const members = to.write ? all.filter(mayWrite) : all;
  const [first] = members;
  const denied = () => new Refusal('access.denied', { why: 'role', command: '' });
  if (!first) throw denied();
  if (work.org === undefined && members.length === 1) return first;
  const found = work.org === undefined ? undefined : namedIn(all, work.org);
  if (!found) {
    const choices = members.map((member) => `${orgRef(member.orgId)} (${calledBy(member)})`).join(', ');
    throw new Refusal('input.invalid', {}, { org: textsOf(work.locale).faults.choice({ choices }) });
  }
  if (!members.includes(found)) throw denied();
  return found;
}

/** What its members call an organisation. */
const calledBy = ({ displayName, orgName }: Member): string => displayName ?? orgName;

function namedIn(members: readonly Member[], typed: string): Member | undefined {
  const id = parseRef('G', typed);
  return members.find(
    (member) =>
      member.orgId === id || [member.displayName, member.orgName].some((name) => name && fold(name) === fold(typed)),
  );
}

/**
 * An organisation by its number or, among the asker's own, its name; for staff any.
 * @param to.role the asker must be at least this in it. `second`: somebody of staff need not be, for a second person has
 *   decided it, or will
 * @throws {Refusal} `object.unknown`, also when it is another's; `access.denied` for a member of a lesser role
 */
export async function findOrg(
  work: Work,
  typed: string,
  to: { role?: 'manager' | 'owner'; second?: boolean; field?: string } = {},
): Promise<Organisation> {
  const { actor, tx } = work;
  const member = namedIn(actor.members, typed);
  const id = member?.orgId ?? (isStaff(actor) ? parseRef('G', typed) : undefined);
  const row = id === undefined ? null : await tx.organisation.findUnique({ where: { id } });
  if (!row) throw unknownObject(work, typed, to.field ?? 'number');
  const roles: Member['role'][] = to.role === 'owner' ? ['owner'] : ['owner', 'manager'];
  const bySecond = to.second === true && isStaff(actor);
  const may = to.role === undefined || bySecond || (member && roles.includes(member.role));
  if (!may) throw new Refusal('access.denied', { why: 'role', command: '' });
  return row;
}

/** Of which the address is a member's: asked from there, for the other way round every organisation would be looked at. */
async function orgIdsOf(tx: Tx, email: string): Promise<number[]> {
  const members = await tx.membership.findMany({
    where: { personId: (await tx.address.findUnique({ where: { email } }))?.personId ?? 0 },
    select: { orgId: true },
  });
  return members.map(({ orgId }) => orgId);
}

/**
 * Any organisation named by staff, reseller or not: by its number or a member's address.
 * @throws {Refusal} `object.unknown`; `input.invalid` naming `field` when the address is a member's of several
 */
export async function namedOrg(work: Work, typed: string, field = 'reseller'): Promise<Organisation> {
  const id = parseRef('G', typed);
  const email = id === undefined ? addressOf(typed) : undefined;
  const found = await work.tx.organisation.findMany({
    where: typeof email === 'string' ? { id: { in: await orgIdsOf(work.tx, email) } } : { id: id ?? 0 },
    orderBy: { id: 'asc' },
  });
  const [first] = found;
  if (!first) throw unknownObject(work, typed, field);
  if (found.length === 1) return first;
  const choices = found.map(({ id: one, name }) => `${orgRef(one)} (${name})`).join(', ');
  throw new Refusal('input.invalid', {}, { [field]: textsOf(work.locale).faults.choice({ choices }) });
}

/** Every reseller of this number, or of which this address is a member's, the oldest first. */
export async function resellersNamed(tx: Tx, typed: string): Promise<Reseller[]> {
  const id = parseRef('G', typed);
  if (id !== undefined)
    return tx.organisation.findMany({ where: { id, state: 'reseller' }, select: { id: true, name: true } });
  const email = addressOf(typed);
  if (typeof email !== 'string') return [];
  return tx.organisation.findMany({
    where: { state: 'reseller', id: { in: await orgIdsOf(tx, email) } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });
}

/**
 * A reseller named by staff: by its number or a member's address. Nothing when nobody has it.
 * @throws {Refusal} `input.invalid` naming `field` when the address is a member's of several
 */
export async function findReseller(work: Work, typed: string, field = 'reseller'): Promise<Reseller | undefined> {
  const found = await resellersNamed(work.tx, typed);
  if (found.length <= 1) return found[0];
  const choices = found.map(({ id, name }) => `${orgRef(id)} (${name})`).join(', ');
  throw new Refusal('input.invalid', {}, { [field]: textsOf(work.locale).faults.choice({ choices }) });
}

/** The same, where it must exist. @throws {Refusal} `object.unknown` too */
export async function namedReseller(work: Work, typed: string, field = 'reseller'): Promise<Reseller> {
  const found = await findReseller(work, typed, field);
  if (!found)
    throw new Refusal(
      'object.unknown',
      { number: typed },
      { [field]: textsOf(work.locale).faults.unknown({ nearest: '' }) },
    );
  return found;
}

/** An address as the field type understands it, or the fault. */
export function addressOf(typed: string): string | Fault {
  try {
    return emailField.type.parse(typed, noContext);
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

/** An address typed where a number would do too. @throws {Refusal} `input.invalid` naming `field` */
export function addressIn(work: Work, field: string, typed: string): string {
  const address = addressOf(typed);
  if (typeof address === 'string') return address;
  throw new Refusal('input.invalid', {}, { [field]: textsOf(work.locale).faults[address.code](address.params) });
}

/** Somebody who is written to for an organisation. */
export interface Writer {
  readonly personId: number;
  readonly email: string;
  readonly locale: 'fr' | 'en';
}

/** Where letters to a reseller go: its owners and managers, at their main address, each in their language. */
export const writersTo = async (tx: Tx, orgId: number): Promise<Writer[]> =>
  (await writersOf(tx, [orgId])).get(orgId) ?? [];

/** The same of many organisations; one without anybody to write to is left out. */
export async function writersOf(tx: Tx, orgIds: readonly number[]): Promise<Map<number, Writer[]>> {
  const members = await tx.membership.findMany({
    where: {
      orgId: { in: [...orgIds] },
      role: { in: ['owner', 'manager'] },
      person: { state: { in: ['invited', 'active'] } },
    },
    include: { person: { include: { addresses: { where: { main: true } } } } },
  });
  const writers = new Map<number, Writer[]>();
  for (const { orgId, person } of members)
    for (const { email } of person.addresses) {
      const locale = person.locale === 'en' ? 'en' : 'fr';
      writers.set(orgId, [...(writers.get(orgId) ?? []), { personId: person.id, email, locale }]);
    }
  return writers;
}
