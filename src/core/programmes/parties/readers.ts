/** Whom letters and notices reach: people with their main address, Discord user and language. */
import type { Work } from '../../guard/work.js';
import { localeOf, type Locale } from '../../locales/locale.js';

export interface Reader {
  readonly personId: number;
  readonly email: string | undefined;
  readonly discordId: string | undefined;
  readonly locale: Locale;
}

/** People who can be told something, each where they can be reached. */
export async function readers(work: Work, where: object): Promise<Reader[]> {
  const people = await work.tx.person.findMany({
    where: { state: { in: ['invited', 'active'] }, ...where },
    include: { addresses: { where: { main: true } }, discordUsers: true },
  });
  return people.map((person) => ({
    personId: person.id,
    email: person.addresses[0]?.email,
    discordId: person.discordUsers[0]?.discordId,
    locale: localeOf(person.locale, work.desk.locale),
  }));
}
