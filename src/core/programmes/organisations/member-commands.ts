/** `org invite` and `org remove`: who else acts for an organisation, and as what. */
import { command, optional, required } from '../../command/define.js';
import { email, memberRole, orgNumber } from '../../command/dictionary.js';
import { personRef } from '../../guard/about.js';
import { tellAtMost } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import { localeOf } from '../../locales/locale.js';
import { findOrg, orgRef } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';
import {
  accountAt,
  decidingOwners,
  isOutsider,
  memberAt,
  refuseLastOwner,
  roleIn,
  roleName,
  type Role,
} from './members.js';
import { mustStand, suggestOrgs } from './organisation.js';

const denied = () => new Refusal('access.denied', { why: 'role', command: '' });

/** Only an owner says who is one; what staff ask for another's organisation a second person decides. @throws {Refusal} `access.denied` */
function mustRule(work: Work, org: Organisation, roles: readonly (Role | undefined)[]): void {
  if (roles.includes('owner') && !isOutsider(work, org) && roleIn(work, org) !== 'owner') throw denied();
}

/** A stranger's organisation must not become a way to write to anybody. */
const invitesAnHour = { count: 20, windowMs: 3_600_000 };

interface Invitation {
  readonly number: string;
  readonly email: string;
  readonly role?: Role | undefined;
}

/** What an invitation would do, if it may. @throws {Refusal} as `orgInvite` */
async function judged(work: Work, { number, email: address, role = 'viewer' }: Invitation, second: boolean) {
  const org = await findOrg(work, number, { role: 'manager', second });
  mustStand(work, org);
  const member = await memberAt(work.tx, org.id, address);
  mustRule(work, org, [role, member?.role]);
  if (member && role !== 'owner') await refuseLastOwner(work.tx, org.id, member);
  return { org, role, member };
}

const countInvitation = (work: Work): Promise<void> =>
  tellAtMost(work, `invitations of ${work.actor.personId}`, invitesAnHour);

export const orgInvite = command({
  name: 'org invite',
  help: {
    fr: 'Inviter quelqu’un dans une organisation, ou changer son rôle',
    en: 'Invite somebody into an organisation, or change their role',
  },
  who: ['member', 'staff'],
  proof: 'own',
  fields: [required(orgNumber, { suggest: suggestOrgs }), required(email), optional(memberRole)],
  fourEyes: {
    needed: async (work, { number }) => isOutsider(work, await findOrg(work, number)),
    async rule(work, { number }) {
      const { id: orgId } = await findOrg(work, number);
      return (await decidingOwners(work, orgId)) > 0
        ? { approvers: ['owner'], needed: 1, orgId }
        : { approvers: ['admin'], needed: 1 };
    },
    async hold(work, input) {
      const { org, member } = await judged(work, input, true);
      await countInvitation(work);
      return { object: orgRef(org.id), content: member?.role ?? null };
    },
    content: async (work, input) => (await judged(work, input, true)).member?.role ?? null,
    release: () => Promise.resolve(),
  },
  async run(work, input, approvalId) {
    const { tx, now } = work;
    const { org, role, member } = await judged(work, input, approvalId !== undefined);
    if (approvalId === undefined) await countInvitation(work);
    const { personId, account, locale, params, secret } = await accountAt(work, {
      email: input.email,
      locale: localeOf(org.locale, work.desk.locale),
    });
    await tx.membership.upsert({
      where: { orgId_personId: { orgId: org.id, personId } },
      create: { orgId: org.id, personId, role, createdAt: now },
      update: { role },
    });
    work.audit({
      action: 'member invited',
      object: orgRef(org.id),
      detail: { person: personRef(personId), role, before: member?.role ?? null, account },
    });
    work.send({
      channel: 'mail',
      letter: 'org-invited',
      recipient: input.email,
      personId,
      locale,
      object: orgRef(org.id),
      params: { ...params, org: org.name, number: orgRef(org.id), role: roleName(role, locale), by: work.actor.name },
      ...(secret ? { secret } : {}),
    });
    return {
      code: 'org.invited',
      data: { org: orgRef(org.id), name: org.name, email: input.email, role, account, state: org.state },
    };
  },
});

type Removal = Pick<Invitation, 'number' | 'email'>;

const isLeaving = ({ actor }: Work, input: Removal): boolean => actor.emails.includes(input.email);

/** The member that would go, if it may. @throws {Refusal} as `orgRemove` */
async function removable(work: Work, input: Removal, second: boolean) {
  const leaving = isLeaving(work, input);
  const org = await findOrg(work, input.number, leaving ? {} : { role: 'manager', second });
  const member = await memberAt(work.tx, org.id, input.email);
  if (!member) throw unknownObject(work, input.email, 'email');
  if (!leaving) {
    mustStand(work, org);
    mustRule(work, org, [member.role]);
  }
  await refuseLastOwner(work.tx, org.id, member);
  return { org, member };
}

export const orgRemove = command({
  name: 'org remove',
  help: {
    fr: 'Retirer un membre d’une organisation, ou la quitter soi-même',
    en: 'Remove a member from an organisation, or leave it oneself',
  },
  // a viewer, who changes nothing else, may leave too
  who: ['person', 'staff'],
  proof: 'own',
  fields: [required(orgNumber, { suggest: suggestOrgs }), required(email)],
  fourEyes: {
    needed: async (work, input) => !isLeaving(work, input) && isOutsider(work, await findOrg(work, input.number)),
    async hold(work, input) {
      const { org, member } = await removable(work, input, true);
      return { object: orgRef(org.id), content: member.role };
    },
    content: async (work, input) => (await removable(work, input, true)).member.role,
    release: () => Promise.resolve(),
  },
  async run(work, input, approvalId) {
    const { tx, actor } = work;
    const leaving = isLeaving(work, input);
    const { org, member } = await removable(work, input, approvalId !== undefined);
    const { personId } = member;
    await tx.membership.delete({ where: { orgId_personId: { orgId: org.id, personId } } });
    work.audit({
      action: 'member removed',
      object: orgRef(org.id),
      detail: { person: personRef(personId), role: member.role },
    });
    if (!leaving)
      work.send({
        channel: 'mail',
        letter: 'org-removed',
        recipient: input.email,
        personId,
        locale: localeOf(member.person.locale, work.desk.locale),
        object: orgRef(org.id),
        params: { org: org.name, number: orgRef(org.id), by: actor.name },
      });
    return {
      code: 'org.member-removed',
      data: { org: orgRef(org.id), name: org.name, email: input.email, role: member.role, state: org.state },
    };
  },
});
