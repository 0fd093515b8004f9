/** One's own account, or for staff another's: seen, edited, and a link to choose a password. */
import { changedKeys, only } from '../../command/changes.js';
import { command, emptiable, lasting, optional, type Input } from '../../command/define.js';
import {
  city,
  company,
  country,
  firstName,
  lastName,
  locale,
  person,
  phone,
  street,
  zip,
} from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import { personRef } from '../../guard/about.js';
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { servicesOf } from '../../catalogue/catalogue.js';
import { makeLink } from './link.js';
import { orgRef } from './organisation.js';
import { mainOf, othersEyes, subject, type Profile } from './profile.js';

/** The packs on a person's account, with what comes with them (J11). */
async function packsOf(work: Work, personId: number): Promise<Data[]> {
  const units = await work.tx.stockUnit.findMany({
    where: { personId, kind: 'pack', state: 'assigned' },
    orderBy: { id: 'asc' },
  });
  const { catalogue } = work.desk;
  return units.map(({ number, product, state }) => ({
    pack: number,
    product,
    // a kind that is no longer sold is still on the account
    name: catalogue.packs.find(({ id }) => id === product)?.name[work.locale] ?? product,
    services: servicesOf(catalogue, product, work.locale),
    state,
  }));
}

const shown = async (work: Work, found: Profile): Promise<Data> => ({
  person: mainOf(found),
  lastName: found.lastName,
  firstName: found.firstName,
  company: found.company,
  phone: found.phone,
  street: found.street,
  zip: found.zip,
  city: found.city,
  country: found.country,
  locale: found.locale,
  state: found.state,
  emails: found.addresses.map((address) => address.email),
  discordUsers: found.discordUsers.map((user) => user.discordId),
  roles: found.roles.map((row) => row.role),
  organisations: found.memberships.map((member) => ({
    org: orgRef(member.orgId),
    name: member.org.name,
    role: member.role,
    state: member.org.state,
  })),
  packs: await packsOf(work, found.id),
});

export const accountShow = command({
  name: 'account show',
  help: {
    fr: 'Voir un compte : le sien, ou pour l’équipe celui d’un autre',
    en: 'See an account: one’s own, or for staff another’s',
  },
  who: ['anyone', 'staff'],
  reads: true,
  fields: [optional(person)],
  run: async (work, input) => ({ code: 'account.shown', data: await shown(work, await subject(work, input.person)) }),
});

/** What stands where these would change something: a request to change it is void once that has changed. */
const standing = (found: Profile, changes: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.keys(changes).map((key) => [key, found[key as keyof Profile]]));

const editFields = [
  optional(person),
  ...lasting([optional(lastName), optional(firstName)]),
  ...emptiable([
    optional(company),
    optional(phone),
    optional(street),
    optional(zip),
    optional(city),
    optional(country),
  ]),
  ...lasting([optional(locale)]),
] as const;

export const accountEdit = command({
  name: 'account edit',
  help: { fr: 'Corriger ses coordonnées et sa langue', en: 'Correct one’s details and language' },
  who: ['anyone', 'support'],
  proof: 'own',
  fourEyes: othersEyes(async (work, { person: named, ...changes }: Input<typeof editFields>) =>
    standing(await subject(work, named), changes),
  ),
  fields: editFields,
  home: { person: async (work, named) => (await subject(work, named)).country },
  async run(work, input) {
    const { person: named, ...changes } = input;
    const found = await subject(work, named);
    const changed = changedKeys({ ...found }, changes);
    if (changed.length > 0) {
      await work.tx.person.update({ where: { id: found.id }, data: changes });
      const detail = { before: only({ ...found }, changed), after: only(changes, changed) };
      work.audit({ action: 'account edit', object: personRef(found.id), detail });
    }
    return { code: 'account.edited', data: { ...(await shown(work, await subject(work, named))), changed } };
  },
});

/** Mails a one-time link to choose or reset a password; choosing one by any link ends them all. */
export async function mailPasswordLink(
  work: Work,
  to: { personId: number; email: string; locale: Locale; isNew: boolean },
): Promise<void> {
  const link = await makeLink(work.tx, work.desk, {
    purpose: 'password',
    personId: to.personId,
    first: to.isNew,
    now: work.now,
  });
  work.send({
    channel: 'mail',
    letter: 'password-link',
    recipient: to.email,
    personId: to.personId,
    locale: to.locale,
    params: { until: formatInstant(link.expiresAt, work.desk.timeZone, to.locale), isNew: to.isNew },
    secret: { url: link.url },
    object: to.email,
  });
}

const linksAnHour = { count: 5, windowMs: 3_600_000 };

export const accountPassword = command({
  name: 'account password',
  help: { fr: 'Recevoir par mail un lien pour choisir un mot de passe', en: 'Be mailed a link to choose a password' },
  who: ['anyone', 'staff'],
  proof: 'own',
  fields: [optional(person)],
  async run(work, input) {
    const found = await subject(work, input.person);
    const email = mainOf(found);
    if (email === null) throw new Refusal('state.wrong', { why: 'no-address' });
    const key = `password link ${found.id}`;
    if ((await attemptsLeft(work.tx, key, { limit: linksAnHour, now: work.now })) <= 0)
      throw new Refusal('rate.limited', { minutes: 60 });
    await countAttempt(work.tx, key, work.now);
    await mailPasswordLink(work, {
      personId: found.id,
      email,
      locale: found.locale as Locale,
      isNew: found.passwordKind === null,
    });
    work.audit({ action: 'account password', object: personRef(found.id) });
    return { code: 'account.password-link-sent', data: { person: email } };
  },
});
