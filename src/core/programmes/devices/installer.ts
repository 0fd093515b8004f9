/** An installer: a registered person with its company (E1), as clients and letters are told of it. */
import { fullName } from '../../guard/identity.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import type { Tx } from '../../database/connect.js';

export interface InstallerCard {
  readonly personId: number;
  readonly company: string;
  /** The person's, else the address. */
  readonly name: string;
  /** Nothing where the account is erased. */
  readonly email: string | undefined;
  readonly phone: string | null;
  readonly locale: Locale;
}

const withAddress = { addresses: { where: { main: true } } } as const;

/** By their persons' ids. */
export async function installersOf(tx: Tx, ids: readonly number[]): Promise<Map<number, InstallerCard>> {
  const people = await tx.person.findMany({ where: { id: { in: [...new Set(ids)] } }, include: withAddress });
  return new Map(
    people.map((person) => {
      const email = person.addresses[0]?.email;
      const name = fullName(person) || (email ?? '');
      return [
        person.id,
        {
          personId: person.id,
          company: person.company ?? name,
          name,
          email,
          phone: person.phone,
          locale: localeOf(person.locale, 'fr'),
        },
      ];
    }),
  );
}

/** @throws {Error} when there is no such person */
export async function installerOf(tx: Tx, personId: number): Promise<InstallerCard> {
  const card = (await installersOf(tx, [personId])).get(personId);
  if (!card) throw new Error(`there is no person ${personId}`);
  return card;
}
