/** New people: made by somebody else (invited), or by their own first command (X1). */
import type { Locale } from '../locales/locale.js';
import type { Tx } from '../record/database.js';
import type { Unit } from '../record/transact.js';
import type { Actor } from './identity.js';
import { createWork, type Desk, type Door } from './work.js';

export interface NewPerson {
  readonly email: string;
  readonly lastName?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly company?: string | null | undefined;
  readonly locale: Locale;
  readonly state: 'invited' | 'active';
  readonly passwordHash?: string;
  readonly passwordUntil?: Date;
}

/** Makes a person with its main address; the address must be nobody's. */
export async function createPerson(tx: Tx, person: NewPerson, now: Date): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO "Person" ("operator", "state", "lastName", "firstName", "company", "locale", "passwordKind", "passwordHash", "passwordUntil", "createdAt")
    VALUES (${false}, ${person.state}, ${person.lastName ?? null}, ${person.firstName ?? null}, ${person.company ?? null}, ${person.locale},
      ${person.passwordHash ? 'first' : null}, ${person.passwordHash ?? null}, ${person.passwordUntil ?? null}, ${now})
    RETURNING "id"`;
  if (!row) throw new Error('a person was not made');
  const id = Number(row.id);
  await tx.$executeRaw`INSERT INTO "Address" ("email", "personId", "main", "createdAt") VALUES (${person.email}, ${id}, ${true}, ${now})`;
  return id;
}

/**
 * A proven address that is nobody's yet becomes a person by its first command that anyone may use. A Discord user has
 * no address before linking and stays nobody.
 */
export async function firstPerson(
  unit: Pick<Unit, 'tx' | 'leaves'>,
  more: { desk: Desk; actor: Actor; door: Door; locale: Locale },
): Promise<Actor> {
  const { email } = more.actor.proven;
  if (email === undefined) return more.actor;
  const work = createWork(unit, more);
  const personId = await createPerson(unit.tx, { email, locale: more.locale, state: 'active' }, work.now);
  const actor: Actor = { ...more.actor, personId, name: email, emails: [email], locale: more.locale, state: 'active' };
  createWork(unit, { ...more, actor }).audit({ action: 'person made', detail: { email, by: 'first command' } });
  return actor;
}
