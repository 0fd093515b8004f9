/** Members of an organisation: how somebody gets in, with an account if need be, and why the last owner stays. */
import { memberRole } from '../../command/dictionary.js';
import { fullName, isStaff } from '../../guard/identity.js';
import { createPerson } from '../../guard/person.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { makeLink } from '../parties/link.js';
import type { Organisation, Person, Tx } from '../../database/connect.js';

export type Role = 'owner' | 'manager' | 'viewer';

/** A role in its reader's language. */
export const roleName = (role: Role, locale: Locale): string =>
  memberRole.type.choices?.find(({ id }) => id === role)?.names[locale] ?? role;

export interface Account {
  readonly personId: number;
  readonly locale: Locale;
  readonly account: 'created' | 'existing';
  /** What a letter says of signing in; a link to choose a password for whoever has none yet. */
  readonly params: { readonly signInUrl: string; readonly identifier: string; readonly until?: string };
  readonly secret?: { readonly passwordLink: string };
}

/** The account of an address, made as `invited` where the desk has none. */
export async function accountAt(
  work: Work,
  who: { readonly email: string; readonly locale: Locale; readonly firstName?: string; readonly lastName?: string },
): Promise<Account> {
  const { tx, desk, now } = work;
  const known = await tx.address.findUnique({ where: { email: who.email }, include: { person: true } });
  const personId = known?.personId ?? (await createPerson(tx, { ...who, state: 'invited' }, now));
  const locale = known ? localeOf(known.person.locale, desk.locale) : who.locale;
  const link =
    !known || known.person.state === 'invited'
      ? await makeLink(tx, desk, { purpose: 'password', personId, first: true, now })
      : null;
  return {
    personId,
    locale,
    account: known ? 'existing' : 'created',
    params: {
      signInUrl: `${desk.publicUrl}/sign-in`,
      identifier: who.email,
      ...(link ? { until: formatInstant(link.expiresAt, desk.timeZone, locale) } : {}),
    },
    ...(link ? { secret: { passwordLink: link.url } } : {}),
  };
}

export interface MemberRow {
  readonly personId: number;
  readonly role: Role;
  readonly person: Person;
}

/** The member with this address, if it is one. */
export async function memberAt(tx: Tx, orgId: number, email: string): Promise<MemberRow | undefined> {
  const row = await tx.membership.findFirst({
    where: { orgId, person: { addresses: { some: { email } } } },
    include: { person: true },
  });
  return row ? { ...row, role: row.role as Role } : undefined;
}

/** The asker's own role in it. */
export const roleIn = ({ actor }: Work, { id }: Pick<Organisation, 'id'>): Role | undefined =>
  actor.members.find(({ orgId }) => orgId === id)?.role;

/** Staff ask about an organisation that is not theirs to change: a second person decides it (SPEC 0, "Authority"). */
export const isOutsider = (work: Work, org: Pick<Organisation, 'id'>): boolean =>
  isStaff(work.actor) && !['owner', 'manager'].includes(roleIn(work, org) ?? '');

/** How many owners there are who could decide something. */
export const decidingOwners = ({ tx }: Work, orgId: number): Promise<number> =>
  tx.membership.count({ where: { orgId, role: 'owner', person: { state: { in: ['invited', 'active'] } } } });

/**
 * An owner may go, or become less, only where another one is left.
 * @throws {Refusal} `state.wrong` (`last-owner`)
 */
export async function refuseLastOwner(tx: Tx, orgId: number, { personId, role }: MemberRow): Promise<void> {
  if (role !== 'owner') return;
  const others = await tx.membership.count({
    where: { orgId, role: 'owner', personId: { not: personId }, person: { state: { not: 'erased' } } },
  });
  if (others === 0) throw new Refusal('state.wrong', { why: 'last-owner' });
}

/** Who they are, as other members and staff see it. */
export async function membersShown(tx: Tx, orgId: number): Promise<readonly Record<string, unknown>[]> {
  const rows = await tx.membership.findMany({
    where: { orgId },
    include: { person: { include: { addresses: { where: { main: true } } } } },
    orderBy: [{ createdAt: 'asc' }, { personId: 'asc' }],
  });
  return rows.map(({ role, person, createdAt }) => ({
    email: person.addresses[0]?.email ?? null,
    name: fullName(person) || null,
    role,
    state: person.state,
    since: createdAt.toISOString(),
  }));
}
