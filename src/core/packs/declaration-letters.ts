/** The letters of a declaration: J6 (installer and client) with takeover, J7 (client) without. */
import type { Work } from '../guard/work.js';
import { formatDay, formatInstant } from '../locales/format.js';
import type { Locale } from '../locales/locale.js';
import { makeLink } from '../parties/link.js';
import type { Reseller } from '../parties/organisation.js';
import { firstCredentials, linksOf, servicesOf } from '../record/catalogue.js';
import type { Client, NewDeclaration } from './declaration.js';
import { declarationRef } from './declaration.js';

export interface Told {
  readonly id: number;
  readonly reseller: Reseller;
  readonly given: Omit<NewDeclaration, 'anyway'> & { readonly locale: Locale };
  readonly pack: string | null;
  readonly client: Client;
  /** Who took the installation over, and gets the box's credentials. */
  readonly installer: Installer;
}

export interface Installer {
  readonly personId: number;
  readonly email: string | undefined;
  readonly firstName: string;
  /** Or whatever the person is called by. */
  readonly lastName: string;
  readonly locale: Locale;
}

/** The asker as an installer. */
export function installerOf({ actor, desk }: Pick<Work, 'actor' | 'desk'>): Installer {
  const { personId, emails, firstName, lastName, name } = actor;
  return {
    personId,
    email: emails[0],
    firstName,
    lastName: firstName || lastName ? lastName : name,
    locale: actor.locale ?? desk.locale,
  };
}

/** Queues the letters of a declaration that has just been placed, or sends them again. */
export async function tellDeclared(work: Work, told: Told): Promise<void> {
  if (told.given.takeover) {
    await tellInstaller(work, told);
    await tellClientOfTakeover(work, told);
  } else await tellClient(work, told);
}

const clientName = ({ given }: Told): string => `${given.firstName} ${given.lastName}`;

const unitOf = ({ pack, given }: Told) => ({
  ...(pack === null ? {} : { pack }),
  ...(given.box === undefined ? {} : { box: given.box }),
});

/** J6: number, the box's credentials and, for a new account, identifier and password. To whoever declared. */
async function tellInstaller(work: Work, told: Told): Promise<void> {
  const { desk, now } = work;
  const { given, client, installer } = told;
  const { locale, email: recipient } = installer;
  if (recipient === undefined) return;
  // A password is mailed once; sent again, the letter has a link to choose one instead. An account that was there before
  // is the client's own: whoever declares a system for it is given no way in.
  const link =
    client.account === 'created' && client.invited && client.firstPassword === undefined
      ? await makeLink(work.tx, desk, { purpose: 'password', personId: client.personId, now })
      : undefined;
  const isNew = client.firstPassword !== undefined || link !== undefined;
  const until = client.passwordUntil ?? link?.expiresAt;
  work.send({
    channel: 'mail',
    letter: isNew ? 'takeover-installer-new' : 'takeover-installer-existing',
    recipient,
    personId: installer.personId,
    locale,
    object: declarationRef(told.id),
    params: {
      firstName: installer.firstName,
      lastName: installer.lastName,
      clientName: clientName(told),
      product: given.product.name[locale],
      ...unitOf(told),
      boxCredentials: firstCredentials(desk.catalogue, given.product.id, locale),
      signInUrl: `${desk.publicUrl}/sign-in`,
      clientIdentifier: given.email,
      ...(isNew && until ? { passwordUntil: formatDay(until, desk.timeZone, locale) } : {}),
    },
    ...(client.firstPassword
      ? { secret: { password: client.firstPassword } }
      : link
        ? { secret: { passwordLink: link.url } }
        : {}),
  });
}

/** J6: who declared a system for the client and takes charge of it, and whom to ask. */
async function tellClientOfTakeover(work: Work, told: Told): Promise<void> {
  const contact = await contactOf(work, told.given.supportContact.personId);
  work.send({
    channel: 'mail',
    letter: 'takeover-client',
    recipient: told.given.email,
    personId: told.client.personId,
    locale: told.given.locale,
    object: declarationRef(told.id),
    params: {
      company: told.reseller.name,
      contactName: contact.name,
      contactEmail: contact.email,
      clientName: clientName(told),
      product: told.given.product.name[told.given.locale],
    },
  });
}

async function contactOf(work: Work, personId: number): Promise<{ name: string; email: string }> {
  if (personId === work.actor.personId) return { name: work.actor.name, email: work.actor.emails[0] ?? '' };
  const person = await work.tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: { addresses: { where: { main: true } } },
  });
  const email = person.addresses[0]?.email ?? '';
  return { name: [person.firstName, person.lastName].filter(Boolean).join(' ') || email, email };
}

/** J7: order and pack number, the steps, credentials, services and links; a new account gets a link, never a password. */
async function tellClient(work: Work, told: Told): Promise<void> {
  const { desk } = work;
  const { given, client } = told;
  const link = client.invited
    ? await makeLink(work.tx, desk, { purpose: 'password', personId: client.personId, now: work.now })
    : undefined;
  work.send({
    channel: 'mail',
    letter: 'declared-client',
    recipient: given.email,
    personId: client.personId,
    locale: given.locale,
    object: declarationRef(told.id),
    params: {
      clientName: clientName(told),
      company: told.reseller.name,
      orderNumber: given.orderNumber,
      product: given.product.name[given.locale],
      ...unitOf(told),
      account: client.invited ? 'created' : 'existing',
      ...(link ? { until: formatInstant(link.expiresAt, desk.timeZone, given.locale) } : {}),
      signInUrl: `${desk.publicUrl}/sign-in`,
      boxCredentials: firstCredentials(desk.catalogue, given.product.id, given.locale),
      services: servicesOf(desk.catalogue, given.product.id, given.locale),
      links: linksOf(desk.catalogue, given.locale),
    },
    ...(link ? { secret: { chooseUrl: link.url } } : {}),
  });
}
