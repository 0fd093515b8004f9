/**
 * Who asks: every door proves something about the caller (a Discord user, a mail address, a session), and this finds
 * the person behind it with its roles and organisations (X1). A Discord user is nobody until linked.
 */
import type { Locale } from '../locales/locale.js';
import { approverRoles } from '../catalogue/shape.js';
import { Prisma, type Tx } from '../database/connect.js';

/** The staff roles; the catalogue's approval rules are about the same. */
export const staffRoles = approverRoles;
export type StaffRole = (typeof staffRoles)[number];

/** What a door has proven. `as` is the operator speaking for an address, audited as such. */
export type Caller =
  | { readonly kind: 'operator'; readonly as?: string | undefined }
  | {
      readonly kind: 'discord';
      readonly id: string;
      readonly name: string;
      /** The held mail whose question this user pressed a button of. */
      readonly held?: number;
    }
  | {
      readonly kind: 'address';
      readonly email: string;
      /** The held mail whose question was answered: the answer came to an address told to nobody else. */
      readonly held?: number;
      /** Nothing proves the address: this person let the mail pass. */
      readonly releasedById?: number;
    }
  | { readonly kind: 'session'; readonly personId: number };

/**
 * How it was proven that a person asks (SPEC 0, "Authority"). `released`: not at all, but somebody of staff said so.
 * `desk`: nobody asks, the desk does it by itself.
 */
export type Proof = 'operator' | 'operator-as' | 'session' | 'chat' | 'mail' | 'released' | 'desk';

export interface Member {
  readonly orgId: number;
  readonly role: 'owner' | 'manager' | 'viewer';
  readonly orgName: string;
  /** What its members call it, if not by its name. */
  readonly displayName?: string;
  readonly orgState: string;
}

export interface Actor {
  /** 0: nobody the desk knows yet. */
  readonly personId: number;
  /** First and last name, else the main address. */
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Main address first. */
  readonly emails: readonly string[];
  readonly locale: Locale | undefined;
  readonly country: string | undefined;
  readonly state: 'invited' | 'active' | 'suspended' | 'erased' | 'unknown';
  readonly roles: readonly StaffRole[];
  readonly members: readonly Member[];
  /** A registered installer (E1). */
  readonly installer: boolean;
  /** The operator itself, with every role. */
  readonly operator: boolean;
  readonly proof: Proof;
  /** Who let the mail pass, where that is all the proof there is. */
  readonly releasedById?: number;
  /** What was proven: for a first command, and for linking. */
  readonly proven: { readonly email?: string; readonly discordId?: string; readonly held?: number };
}

/** First and last name, as far as they are known. */
export const fullName = (person: { firstName: string | null; lastName: string | null } | null | undefined): string =>
  [person?.firstName, person?.lastName].filter(Boolean).join(' ');

interface Found {
  id: number;
  operator: boolean | number;
  state: Actor['state'];
  firstName: string | null;
  lastName: string | null;
  locale: Locale;
  country: string | null;
  email: string | null;
  main: boolean | number | null;
  role: StaffRole | null;
  orgId: number | null;
  memberRole: Member['role'] | null;
  orgName: string | null;
  displayName: string | null;
  orgState: string | null;
  installer: boolean | number;
}

async function rowsOf(tx: Tx, caller: Caller): Promise<Found[]> {
  const email = caller.kind === 'address' ? caller.email : caller.kind === 'operator' ? caller.as : undefined;
  // One statement with everything: it stands before every command. A person has few addresses, roles and organisations.

  const which =
    email !== undefined
      ? Prisma.sql`p."id" = (SELECT "personId" FROM "Address" WHERE "email" = ${email})`
      : caller.kind === 'discord'
        ? Prisma.sql`p."id" = (SELECT "personId" FROM "DiscordUser" WHERE "discordId" = ${caller.id})`
        : caller.kind === 'session'
          ? Prisma.sql`p."id" = ${caller.personId}`
          : Prisma.sql`p."operator" = ${true}`;
  return tx.$queryRaw<Found[]>`
    SELECT p."id", p."operator", p."state", p."firstName", p."lastName", p."locale", p."country", a."email", a."main",
      r."role", m."orgId", m."role" AS "memberRole", o."name" AS "orgName", o."displayName", o."state" AS "orgState",
      EXISTS (SELECT 1 FROM "Installer" i WHERE i."personId" = p."id") AS "installer"
    FROM "Person" p
    LEFT JOIN "Address" a ON a."personId" = p."id"
    LEFT JOIN "StaffRole" r ON r."personId" = p."id"
    LEFT JOIN "Membership" m ON m."personId" = p."id"
    LEFT JOIN "Organisation" o ON o."id" = m."orgId"
    WHERE ${which}`;
}

const provenBy = (caller: Caller): Actor['proven'] => {
  const held = 'held' in caller && caller.held !== undefined ? { held: caller.held } : {};
  if (caller.kind === 'address') return { email: caller.email, ...held };
  if (caller.kind === 'discord') return { discordId: caller.id, ...held };
  return caller.kind === 'operator' && caller.as !== undefined ? { email: caller.as } : {};
};

const proofs = { discord: 'chat', address: 'mail', session: 'session', operator: 'operator' } as const;

/** How the door proved it, and who vouches where it did not. */
function proofOf(caller: Caller): Pick<Actor, 'proof' | 'releasedById'> {
  if (caller.kind === 'operator' && caller.as !== undefined) return { proof: 'operator-as' };
  if (caller.kind === 'address' && caller.releasedById !== undefined)
    return { proof: 'released', releasedById: caller.releasedById };
  return { proof: proofs[caller.kind] };
}

/** The operator acts, as itself or as somebody. */
export const byOperator = ({ proof }: Pick<Actor, 'proof'>): boolean => proof === 'operator' || proof === 'operator-as';

/** Finds who asks; an unknown caller is an actor without a person, never an error. */
export async function identify(tx: Tx, caller: Caller): Promise<Actor> {
  const rows = await rowsOf(tx, caller);
  const first = rows[0];
  if (!first) {
    const name = caller.kind === 'discord' ? caller.name : (provenBy(caller).email ?? '');
    return {
      personId: 0,
      name,
      firstName: '',
      lastName: name,
      emails: [],
      locale: undefined,
      country: undefined,
      state: 'unknown',
      roles: [],
      members: [],
      installer: false,
      operator: false,
      ...proofOf(caller),
      proven: provenBy(caller),
    };
  }
  const emails = new Map(
    rows.filter((row) => row.email !== null).map((row) => [row.email as string, Boolean(row.main)]),
  );
  const members = new Map(
    rows
      .filter((row) => row.orgId !== null)
      .map((row) => [
        Number(row.orgId),
        {
          orgId: Number(row.orgId),
          role: row.memberRole ?? 'viewer',
          orgName: row.orgName ?? '',
          ...(row.displayName === null ? {} : { displayName: row.displayName }),
          orgState: row.orgState ?? '',
        } satisfies Member,
      ]),
  );
  const operator = Boolean(first.operator);
  const sorted = [...emails].sort(([, a], [, b]) => Number(b) - Number(a)).map(([address]) => address);
  return {
    personId: Number(first.id),
    name: operator ? 'operator' : fullName(first) || (sorted[0] ?? ''),
    firstName: first.firstName ?? '',
    lastName: first.lastName ?? '',
    emails: sorted,
    locale: operator ? undefined : first.locale,
    country: first.country ?? undefined,
    state: first.state,
    roles: operator ? staffRoles : [...new Set(rows.flatMap((row) => row.role ?? []))],
    members: [...members.values()].sort((a, b) => a.orgId - b.orgId),
    installer: Boolean(first.installer),
    operator,
    ...proofOf(caller),
    proven: provenBy(caller),
  };
}

/** Organisations that the actor acts for: those that are not suspended. */
export const membershipsOf = (actor: Actor): readonly Member[] =>
  actor.members.filter((member) => member.orgState === 'active' || member.orgState === 'reseller');

/** Organisations of the actor that are resellers. */
export const resellersOf = (actor: Actor): readonly Member[] =>
  actor.members.filter((member) => member.orgState === 'reseller');

export const isStaff = (actor: Actor): boolean => actor.roles.length > 0;
