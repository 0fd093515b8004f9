/** New people: made by somebody else (invited), or by their own first command (X1). */
import type { Locale } from '../locales/locale.js';
import type { Tx } from '../database/connect.js';
import { insertReturning, insertRows } from '../database/bulk-insert.js';
import type { Unit } from '../database/transact.js';
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
  const [id] = await createPeople(tx, [person], now);
  if (id === undefined) throw new Error('a person was not made');
  return id;
}

/** Makes people with their main addresses and answers their numbers, in the same order. */
export async function createPeople(tx: Tx, people: readonly NewPerson[], now: Date): Promise<number[]> {
  const made = await insertReturning<Made>(
    tx,
    { table: 'Person', returning: people.length === 1 ? ['id'] : ['id', 'firstName', 'lastName'] },
    people.map((person) => ({
      operator: false,
      state: person.state,
      lastName: person.lastName ?? null,
      firstName: person.firstName ?? null,
      company: person.company ?? null,
      locale: person.locale,
      passwordKind: person.passwordHash ? 'first' : null,
      passwordHash: person.passwordHash ?? null,
      passwordUntil: person.passwordUntil ?? null,
      createdAt: now,
    })),
  );
  if (people.length > 1) inOrder(made, people);
  const ids = made.map(({ id }) => Number(id));
  await insertRows(
    tx,
    'Address',
    people.map(({ email }, at) => ({ email, personId: ids[at] ?? null, main: true, createdAt: now })),
  );
  return ids;
}

interface Made {
  readonly id: number;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
}

/** Numbers are given in the rows' order, but answered in any. @throws {Error} when they were not */
function inOrder(made: Made[], people: readonly NewPerson[]): void {
  made.sort((a, b) => Number(a.id) - Number(b.id));
  for (const [at, { firstName = null, lastName = null }] of people.entries())
    if (made[at]?.firstName !== firstName || made[at].lastName !== lastName)
      throw new Error('people got each other’s numbers');
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
  // what somebody else vouches for proves no address
  const state = more.actor.proof === 'released' ? 'invited' : 'active';
  const personId = await createPerson(unit.tx, { email, locale: more.locale, state }, work.now);
  const actor: Actor = { ...more.actor, personId, name: email, emails: [email], locale: more.locale, state };
  createWork(unit, { ...more, actor }).audit({ action: 'person made', detail: { email, by: 'first command' } });
  return actor;
}
