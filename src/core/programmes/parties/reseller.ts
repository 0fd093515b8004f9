/** Registering resellers (J1, and the first purchase of J2). */
import { createPerson } from '../../guard/person.js';
import type { Work } from '../../guard/work.js';
import { formatDay } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { makeLink } from './link.js';
import { orgRef, orgSearch, type Reseller } from './organisation.js';
import { hashFirst } from './password.js';

export interface NewReseller {
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly company: string;
  readonly locale?: Locale | undefined;
}

const dayMs = 86_400_000;

/** Makes person (if new) and organisation, and mails J1. The address must not be a reseller's yet. */
export async function registerReseller(
  work: Work,
  given: NewReseller,
): Promise<Reseller & { account: 'created' | 'existing' }> {
  const { tx, desk, now } = work;
  const known = await tx.address.findUnique({ where: { email: given.email }, include: { person: true } });
  const language = given.locale ?? (known ? (known.person.locale as Locale) : desk.locale);
  const until = new Date(now.getTime() + desk.catalogue.policy.times.firstPasswordDays * dayMs);
  const mailed = !known && desk.catalogue.vendor.credentials === 'password' ? desk.secrets.password() : undefined;
  const personId =
    known?.personId ??
    (await createPerson(
      tx,
      {
        ...given,
        locale: language,
        state: 'invited',
        ...(mailed ? { passwordHash: hashFirst(desk.secrets, mailed), passwordUntil: until } : {}),
      },
      now,
    ));
  const link =
    known || mailed ? undefined : await makeLink(tx, desk, { purpose: 'password', personId, first: true, now });
  const org = await tx.organisation.create({
    data: {
      name: given.company,
      type: 'company',
      state: 'reseller',
      locale: language,
      createdAt: now,
      memberships: { create: { personId, role: 'owner', createdAt: now } },
    },
  });
  await tx.organisation.update({ where: { id: org.id }, data: { searchText: orgSearch(org) } });
  work.audit({
    action: 'reseller registered',
    object: orgRef(org.id),
    detail: { email: given.email, company: given.company, account: known ? 'existing' : 'created' },
  });
  work.send({
    channel: 'mail',
    letter: 'reseller-registered',
    recipient: given.email,
    personId,
    locale: language,
    object: orgRef(org.id),
    params: {
      firstName: given.firstName,
      lastName: given.lastName,
      company: given.company,
      signInUrl: `${desk.publicUrl}/sign-in`,
      identifier: given.email,
      ...(mailed ? { passwordUntil: formatDay(until, work.desk.timeZone, language) } : {}),
      ...(link ? { passwordUntil: formatDay(link.expiresAt, work.desk.timeZone, language) } : {}),
    },
    ...(mailed ? { secret: { password: mailed } } : link ? { secret: { passwordLink: link.url } } : {}),
  });
  return { id: org.id, name: org.name, account: known ? 'existing' : 'created' };
}
