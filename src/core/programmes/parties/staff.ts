/** Staff roles. Granting and revoking take four eyes, except from the operator, who makes the first admin. */
import { command, required, type FourEyes } from '../../command/define.js';
import { email, role } from '../../command/dictionary.js';
import { personRef } from '../../guard/about.js';
import type { StaffRole } from '../../guard/identity.js';
import { createPerson } from '../../guard/person.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { makeLink } from './link.js';
import { formatInstant } from '../../locales/format.js';

interface RoleInput {
  readonly email: string;
  readonly role: StaffRole;
}

const holder = async (work: Work, address: string) =>
  work.tx.address.findUnique({ where: { email: address }, include: { person: { include: { roles: true } } } });

const byOthers: Omit<FourEyes<RoleInput>, 'hold' | 'content'> = {
  // as somebody, the operator is that person and needs a second one
  needed: (work) => !work.actor.operator,
  same: ['email', 'role'],
  release: () => Promise.resolve(),
};

export const staffGrant = command({
  name: 'staff grant',
  help: { fr: 'Donner un rôle à quelqu’un de l’équipe', en: 'Give somebody a staff role' },
  who: 'admin',
  proof: 'own',
  fields: [required(email), required(role)],
  fourEyes: {
    ...byOthers,
    hold: async (_, input) => Promise.resolve({ object: input.email }),
    content: () => Promise.resolve(undefined),
  },
  async run(work, input) {
    const known = await holder(work, input.email);
    const held = known?.person.roles.some((row) => row.role === input.role) ?? false;
    const locale = (known?.person.locale ?? work.desk.locale) as Locale;
    const personId =
      known?.personId ?? (await createPerson(work.tx, { email: input.email, locale, state: 'invited' }, work.now));
    if (!held) {
      await work.tx.staffRole.create({ data: { personId, role: input.role, grantedAt: work.now } });
      work.audit({ action: 'staff granted', object: personRef(personId), detail: { role: input.role } });
      tellRole(work, { letter: 'role-granted', personId, locale, input });
      if (!known) await tellNewcomer(work, { personId, locale, email: input.email });
    }
    return {
      code: 'staff.granted',
      data: { email: input.email, role: input.role, account: known ? 'existing' : 'created' },
    };
  },
});

export const staffRevoke = command({
  name: 'staff revoke',
  help: { fr: 'Retirer un rôle à quelqu’un de l’équipe', en: 'Take a staff role away' },
  who: 'admin',
  proof: 'own',
  fields: [required(email), required(role)],
  fourEyes: {
    ...byOthers,
    hold: async (work, input) => {
      await heldRole(work, input);
      return { object: input.email };
    },
    content: () => Promise.resolve(undefined),
  },
  async run(work, input) {
    const personId = await heldRole(work, input);
    await work.tx.staffRole.delete({ where: { personId_role: { personId, role: input.role } } });
    work.audit({ action: 'staff revoked', object: personRef(personId), detail: { role: input.role } });
    const person = await work.tx.person.findUniqueOrThrow({ where: { id: personId } });
    tellRole(work, { letter: 'role-revoked', personId, locale: person.locale as Locale, input });
    return { code: 'staff.revoked', data: { email: input.email, role: input.role } };
  },
});

/** @throws {Refusal} `person.unknown`, or `state.wrong` when the role is not held */
async function heldRole(work: Work, input: RoleInput): Promise<number> {
  const known = await holder(work, input.email);
  if (!known)
    throw new Refusal(
      'person.unknown',
      { email: input.email },
      { email: textsOf(work.locale).refusals['person.unknown']({ email: input.email }) },
    );
  if (!known.person.roles.some((row) => row.role === input.role))
    throw new Refusal('state.wrong', { why: 'role', role: input.role, email: input.email });
  return known.personId;
}

function tellRole(
  work: Work,
  about: { letter: 'role-granted' | 'role-revoked'; personId: number; locale: Locale; input: RoleInput },
): void {
  const names = role.type.choices?.find(({ id }) => id === about.input.role)?.names;
  work.send({
    channel: 'mail',
    letter: about.letter,
    recipient: about.input.email,
    personId: about.personId,
    locale: about.locale,
    params: { role: names?.[about.locale] ?? about.input.role, by: work.actor.name },
    object: about.input.email,
  });
}

async function tellNewcomer(work: Work, to: { personId: number; locale: Locale; email: string }): Promise<void> {
  const link = await makeLink(work.tx, work.desk, {
    purpose: 'password',
    personId: to.personId,
    first: true,
    now: work.now,
  });
  work.send({
    channel: 'mail',
    letter: 'password-link',
    recipient: to.email,
    personId: to.personId,
    locale: to.locale,
    params: { until: formatInstant(link.expiresAt, work.desk.timeZone, to.locale), isNew: true },
    secret: { url: link.url },
  });
}

export const staffList = command({
  name: 'staff list',
  help: { fr: 'Qui a quel rôle', en: 'Who has which role' },
  who: 'staff',
  reads: true,
  fields: [],
  async run(work) {
    const people = await work.tx.person.findMany({
      where: { roles: { some: {} } },
      include: { roles: true, addresses: { where: { main: true } } },
      orderBy: { id: 'asc' },
    });
    const items = people.map((person) => ({
      email: person.addresses[0]?.email ?? null,
      name: [person.firstName, person.lastName].filter(Boolean).join(' ') || null,
      roles: person.roles.map((row) => row.role).sort(),
      state: person.state,
    }));
    return { code: 'staff.listed', data: { items, total: items.length, page: 1 } };
  },
});
