/** The letters of a declaration: J6 (installer and client) with takeover, J7 (client) without. */
import type { Work } from '../../guard/work.js';
import { formatDay, formatInstant } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { makeLinks, type MadeLink } from '../parties/link.js';
import type { Reseller } from '../parties/organisation.js';
import { firstCredentials, linksOf, servicesOf, type Catalogue } from '../../catalogue/catalogue.js';
import type { NewDeclaration } from './declaration.js';
import { declarationRef } from './number.js';
import type { Client } from './declaration-clients.js';

export interface DeclarationNotice {
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

/** Queues the letters of declarations that have just been placed, or sends them again. */
export async function tellDeclared(work: Work, many: readonly DeclarationNotice[]): Promise<void> {
  const links = await linksFor(work, many);
  const contacts = await contactsOf(work, many);
  for (const [at, told] of many.entries()) {
    if (told.given.takeover) {
      tellInstaller(work, told, links[at]);
      tellClientOfTakeover(work, told, contacts.get(told.given.supportContact.personId));
    } else tellClient(work, told, links[at]);
  }
}

/** Links to choose a password, for clients who have not signed in yet; by the declarations' places. */
async function linksFor(work: Work, many: readonly DeclarationNotice[]): Promise<readonly (MadeLink | undefined)[]> {
  const linked = many.flatMap((told, at) => (isLinked(told) ? [at] : []));
  const made = await makeLinks(
    work.tx,
    work.desk,
    linked.map((at) => ({ purpose: 'password', personId: many[at]?.client.personId ?? 0, first: true, now: work.now })),
  );
  const links: (MadeLink | undefined)[] = [];
  for (const [which, at] of linked.entries()) links[at] = made[which];
  return links;
}

// A password is mailed once; sent again, the letter has a link to choose one instead. An account that was there before is
// the client's own: whoever declares a system for it is given no way in.
const isLinked = ({ given, client, installer }: DeclarationNotice): boolean =>
  given.takeover
    ? installer.email !== undefined &&
      client.account === 'created' &&
      client.invited &&
      client.firstPassword === undefined
    : client.invited;

interface Contact {
  readonly name: string;
  readonly email: string;
}

/** Whom the clients of takeovers are told to ask. */
async function contactsOf({ tx, actor }: Work, many: readonly DeclarationNotice[]): Promise<Map<number, Contact>> {
  const contacts = new Map([[actor.personId, { name: actor.name, email: actor.emails[0] ?? '' }]]);
  const named = many.flatMap(({ given }) => (given.takeover ? [given.supportContact.personId] : []));
  const others = [...new Set(named)].filter((id) => !contacts.has(id));
  if (others.length === 0) return contacts;
  const people = await tx.person.findMany({
    where: { id: { in: others } },
    include: { addresses: { where: { main: true } } },
  });
  for (const { id, firstName, lastName, addresses } of people) {
    const email = addresses[0]?.email ?? '';
    contacts.set(id, { name: [firstName, lastName].filter(Boolean).join(' ') || email, email });
  }
  return contacts;
}

const partsKnown = new WeakMap<Catalogue, Map<string, Parts>>();
type Parts = ReturnType<typeof partsOf>;

const partsOf = (catalogue: Catalogue, product: string, locale: Locale) => ({
  boxCredentials: firstCredentials(catalogue, product, locale),
  services: servicesOf(catalogue, product, locale),
  links: linksOf(catalogue, locale),
});

/** What all letters about a product in a language have in common. */
function sharedParts({ desk: { catalogue } }: Work, product: string, locale: Locale): Parts {
  const known = partsKnown.get(catalogue) ?? new Map<string, Parts>();
  partsKnown.set(catalogue, known);
  const key = `${locale} ${product}`;
  const parts = known.get(key) ?? partsOf(catalogue, product, locale);
  known.set(key, parts);
  return parts;
}

const clientName = ({ given }: DeclarationNotice): string => `${given.firstName} ${given.lastName}`;

const unitOf = ({ pack, given }: DeclarationNotice) => ({
  ...(pack === null ? {} : { pack }),
  ...(given.box === undefined ? {} : { box: given.box }),
});

/** J6: number, the box's credentials and, for a new account, identifier and password. To whoever declared. */
function tellInstaller(work: Work, told: DeclarationNotice, link: MadeLink | undefined): void {
  const { desk } = work;
  const { given, client, installer } = told;
  const { locale, email: recipient } = installer;
  if (recipient === undefined) return;
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
      boxCredentials: sharedParts(work, given.product.id, locale).boxCredentials,
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
function tellClientOfTakeover(work: Work, told: DeclarationNotice, contact: Contact | undefined): void {
  work.send({
    channel: 'mail',
    letter: 'takeover-client',
    recipient: told.given.email,
    personId: told.client.personId,
    locale: told.given.locale,
    object: declarationRef(told.id),
    params: {
      company: told.reseller.name,
      contactName: contact?.name ?? '',
      contactEmail: contact?.email ?? '',
      clientName: clientName(told),
      product: told.given.product.name[told.given.locale],
    },
  });
}

/** J7: order and pack number, the steps, credentials, services and links; a new account gets a link, never a password. */
function tellClient(work: Work, told: DeclarationNotice, link: MadeLink | undefined): void {
  const { desk } = work;
  const { given, client } = told;
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
      ...sharedParts(work, given.product.id, given.locale),
    },
    ...(link ? { secret: { chooseUrl: link.url } } : {}),
  });
}
