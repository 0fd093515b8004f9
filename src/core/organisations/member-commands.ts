/** `org invite` and `org remove`: who else acts for an organisation, and as what. */
import { command, optional, required } from '../command/define.js';
import { email, memberRole, orgNumber } from '../command/dictionary.js';
import { personRef } from '../guard/about.js';
import { isStaff } from '../guard/identity.js';
import { attemptsLeft, countAttempt } from '../guard/limit.js';
import { Refusal } from '../guard/refusal.js';
import { unknownObject } from '../guard/unknown.js';
import type { Work } from '../guard/work.js';
import { localeOf } from '../locales/locale.js';
import { findOrg, orgRef } from '../parties/organisation.js';
import type { Organisation } from '../record/database.js';
import { accountAt, memberAt, refuseLastOwner, roleName, type Role } from './members.js';
import { mustStand, suggestOrgs } from './organisation.js';

const denied = () => new Refusal('access.denied', { why: 'role', command: '' });

/** Only an owner says who is one; staff stand in where no owner can. @throws {Refusal} `access.denied` */
function mustRule(work: Work, org: Organisation, roles: readonly (Role | undefined)[]): void {
  const own = work.actor.members.find(({ orgId }) => orgId === org.id)?.role;
  if (roles.includes('owner') && own !== 'owner' && !isStaff(work.actor)) throw denied();
}

/** A stranger's organisation must not become a way to write to anybody. */
const invitesAnHour = { count: 20, windowMs: 3_600_000 };

export const orgInvite = command({
  name: 'org invite',
  help: {
    fr: 'Inviter quelqu’un dans une organisation, ou changer son rôle',
    en: 'Invite somebody into an organisation, or change their role',
  },
  who: ['member', 'staff'],
  fields: [required(orgNumber, { suggest: suggestOrgs }), required(email), optional(memberRole)],
  async run(work, input) {
    const { tx, now } = work;
    const org = await findOrg(work, input.number, { role: 'manager' });
    mustStand(work, org);
    const role = input.role ?? 'viewer';
    const member = await memberAt(tx, org.id, input.email);
    mustRule(work, org, [role, member?.role]);
    if (member && role !== 'owner') await refuseLastOwner(tx, org.id, member);
    const key = `invitations of ${work.actor.personId}`;
    if ((await attemptsLeft(tx, key, { limit: invitesAnHour, now })) <= 0)
      throw new Refusal('rate.limited', { minutes: 60 });
    await countAttempt(tx, key, now);
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

export const orgRemove = command({
  name: 'org remove',
  help: {
    fr: 'Retirer un membre d’une organisation, ou la quitter soi-même',
    en: 'Remove a member from an organisation, or leave it oneself',
  },
  // a viewer, who changes nothing else, may leave too
  who: 'person',
  fields: [required(orgNumber, { suggest: suggestOrgs }), required(email)],
  async run(work, input) {
    const { tx, actor } = work;
    const leaving = actor.emails.includes(input.email);
    const org = await findOrg(work, input.number, leaving ? {} : { role: 'manager' });
    const member = await memberAt(tx, org.id, input.email);
    if (!member) throw unknownObject(work, input.email, 'email');
    if (!leaving) {
      mustStand(work, org);
      mustRule(work, org, [member.role]);
    }
    await refuseLastOwner(tx, org.id, member);
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
