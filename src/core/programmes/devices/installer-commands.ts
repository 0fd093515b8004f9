/** `installer register`, `show`, `edit`: who installs devices, registered once (E1, E8). */
import { changedKeys, only } from '../../command/changes.js';
import { command, emptiable, lasting, optional, required } from '../../command/define.js';
import {
  city,
  company,
  country,
  email,
  firstName,
  lastName,
  phone,
  street,
  vat,
  zip,
} from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { personRef } from '../../guard/about.js';
import { isStaff } from '../../guard/identity.js';
import { createPerson } from '../../guard/person.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import type { Tx } from '../../database/connect.js';
import { localeOf } from '../../locales/locale.js';
import { textsOf } from '../../locales/texts.js';
import { makeLink } from '../parties/link.js';
import { vatAhead, vatIn } from '../parties/vat.js';

const details = [optional(vat), optional(street), optional(zip), optional(city), optional(country)] as const;

async function shown(work: Work, personId: number): Promise<Data> {
  const person = await work.tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: { addresses: { where: { main: true } } },
  });
  const installer = await work.tx.installer.findUniqueOrThrow({ where: { personId } });
  return {
    email: person.addresses[0]?.email ?? null,
    company: person.company,
    lastName: person.lastName,
    firstName: person.firstName,
    phone: person.phone,
    vat: installer.vat,
    street: person.street,
    zip: person.zip,
    city: person.city,
    country: person.country,
    state: person.state,
    registeredAt: installer.createdAt.toISOString(),
    devices: await work.tx.device.count({ where: { installerId: personId, state: { not: 'removed' } } }),
  };
}

/** The VAT number as it is kept. @throws {Refusal} `input.invalid` */
const checkedVat = (work: Work, given: { vat?: string | undefined; country?: string | null | undefined }) =>
  given.vat === undefined
    ? {}
    : { vat: vatIn(work, given.vat, given.country ?? work.actor.country ?? work.desk.catalogue.vendor.country) };

/** What of it is the person's own. */
function personal<I extends object>(input: I & { readonly email?: unknown; readonly vat?: unknown }) {
  const { email: _, vat: __, ...own } = input;
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

/**
 * Whose registration it is: the asker's own, or for staff another's, who is made known to the desk by it.
 * @throws {Refusal} `access.denied` for another's, or for somebody the desk does not know
 */
async function subject(work: Work, address: string | undefined): Promise<{ personId?: number; email: string }> {
  const { actor } = work;
  const own = address === undefined || actor.emails.includes(address);
  if (!own && !isStaff(actor)) throw new Refusal('access.denied', { why: 'others' });
  const mine = address ?? actor.emails[0];
  if (mine === undefined)
    throw actor.operator
      ? new Refusal('input.invalid', {}, { email: textsOf(work.locale).faults.missing({}) })
      : new Refusal('access.denied', { why: 'unlinked' });
  if (own) return { personId: actor.personId, email: mine };
  const known = await work.tx.address.findUnique({ where: { email: mine } });
  return { email: mine, ...(known ? { personId: known.personId } : {}) };
}

/** Somebody else's data are not changed by registering them: only what they have not given is filled in. */
async function missingOf(tx: Tx, personId: number, given: Readonly<Record<string, unknown>>) {
  const known: Readonly<Record<string, unknown>> = await tx.person.findUniqueOrThrow({ where: { id: personId } });
  return Object.fromEntries(Object.entries(given).filter(([key]) => known[key] === null));
}

const registerFields = [
  required(company),
  required(lastName),
  required(firstName),
  required(phone),
  optional(email, { when: { fr: 'si c’est pour quelqu’un d’autre', en: 'if it is for somebody else' } }),
  ...details,
] as const;

export const installerRegister = command({
  name: 'installer register',
  help: {
    fr: 'S’enregistrer comme installateur, une fois pour toutes',
    en: 'Register as an installer, once and for all',
  },
  who: ['anyone', 'staff'],
  ahead: vatAhead,
  fields: registerFields,
  async run(work, input) {
    const { tx, now } = work;
    const { personId: known, email: address } = await subject(work, input.email);
    if (known !== undefined && (await tx.installer.findUnique({ where: { personId: known } })))
      return { code: 'installer.existing', data: await shown(work, known) };
    const number = checkedVat(work, input);
    const locale = localeOf(work.locale, work.desk.locale);
    const personId =
      known ?? (await createPerson(tx, { email: address, locale: work.desk.locale, state: 'invited' }, now));
    const own = personId === work.actor.personId ? personal(input) : await missingOf(tx, personId, personal(input));
    await tx.person.update({ where: { id: personId }, data: own });
    await tx.installer.create({ data: { personId, ...number, createdAt: now } });
    work.audit({
      action: 'installer registered',
      object: personRef(personId),
      detail: { ...own, ...number, account: known === undefined ? 'created' : 'existing' },
    });
    const link =
      known === undefined
        ? await makeLink(tx, work.desk, { purpose: 'password', personId, first: true, now })
        : undefined;
    const language = known === undefined ? work.desk.locale : locale;
    work.send({
      channel: 'mail',
      letter: 'installer-registered',
      recipient: address,
      personId,
      locale: language,
      object: address,
      params: {
        firstName: input.firstName,
        lastName: input.lastName,
        company: input.company,
        identifier: address,
        signInUrl: `${work.desk.publicUrl}/sign-in`,
        ...(link ? { until: formatInstant(link.expiresAt, work.desk.timeZone, language) } : {}),
      },
      ...(link ? { secret: { passwordLink: link.url } } : {}),
    });
    return { code: 'installer.registered', data: await shown(work, personId) };
  },
});

export const installerShow = command({
  name: 'installer show',
  help: { fr: 'Voir son enregistrement d’installateur', en: 'See one’s registration as an installer' },
  who: 'installer',
  reads: true,
  fields: [],
  run: async (work) => ({ code: 'installer.shown', data: await shown(work, work.actor.personId) }),
});

export const installerEdit = command({
  name: 'installer edit',
  help: { fr: 'Corriger ses coordonnées d’installateur', en: 'Correct one’s details as an installer' },
  who: 'installer',
  ahead: vatAhead,
  fields: [
    ...lasting([optional(company), optional(lastName), optional(firstName), optional(phone)]),
    ...emptiable(details),
  ],
  async run(work, input) {
    const { personId } = work.actor;
    const before = await shown(work, personId);
    const changes = personal(input);
    const place = input.country ?? (before['country'] as string | null);
    const number = input.vat === null ? { vat: null } : checkedVat(work, { vat: input.vat, country: place });
    const after = { ...changes, ...number };
    const changed = changedKeys(before, after);
    if (changed.length > 0) {
      await work.tx.person.update({ where: { id: personId }, data: changes });
      await work.tx.installer.update({ where: { personId }, data: number });
      const detail = { before: only(before, changed), after: only(after, changed) };
      work.audit({ action: 'installer edit', object: personRef(personId), detail });
    }
    return { code: 'installer.edited', data: { ...(await shown(work, personId)), changed } };
  },
});
