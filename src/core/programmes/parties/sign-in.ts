/**
 * Signing in with an address and a password. A stranger learns nothing from the answer or from how long it takes, and
 * can't keep the owner out: tries are counted for the address from one place, so that a right password from another
 * place still comes in.
 */
import { attemptsLeft, placeOf } from '../../guard/limit.js';
import { createWork, type Desk } from '../../guard/work.js';
import { personRef } from '../../guard/about.js';
import { identify } from '../../guard/identity.js';
import type { Locale } from '../../locales/locale.js';
import type { Tx } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';
import { hashChosen, matches, passwordMax } from './password.js';
import { endSession, hasFactor, startSession } from './session.js';

export interface SignInAttempt {
  /** As typed. */
  readonly email: string;
  readonly password: string;
  /** Absent when the desk can't tell clients apart (a proxy stands before it). */
  readonly ip: string | undefined;
  readonly locale: Locale;
  /** The session the browser had before: it ends. */
  readonly before?: string | undefined;
}

export type SignedIn =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly why: 'wrong' | 'suspended' }
  | { readonly ok: false; readonly why: 'throttled'; readonly minutes: number };

const windowMs = 15 * 60_000;
/** Wrong tries for one address from one place; fewer once the address has had many from anywhere. */
const fromOnePlace = { count: 5, windowMs };
const whenMany = { count: 2, windowMs };
const perAddress = { count: 30, windowMs };
const perPlace = { count: 30, windowMs };

const throttled = { ok: false, why: 'throttled', minutes: windowMs / 60_000 } as const;
const wrong = { ok: false, why: 'wrong' } as const;

/** Counts the try before it is known to be wrong, so that tries made at once don't slip through together. */
async function reserve(tx: Tx, attempt: SignInAttempt, now: Date): Promise<number[] | undefined> {
  const place = placeOf(attempt.ip);
  const keys = {
    pair: `sign-in to ${attempt.email} from ${place}`,
    address: `sign-in to ${attempt.email}`,
    place: `sign-in from ${place}`,
  };
  const many = (await attemptsLeft(tx, keys.address, { limit: perAddress, now })) <= 0;
  if ((await attemptsLeft(tx, keys.pair, { limit: many ? whenMany : fromOnePlace, now })) <= 0) return undefined;
  if (attempt.ip !== undefined && (await attemptsLeft(tx, keys.place, { limit: perPlace, now })) <= 0) return undefined;
  const ids: number[] = [];
  for (const key of Object.values(keys)) ids.push((await tx.attempt.create({ data: { key, at: now } })).id);
  return ids;
}

const withPassword = { id: true, passwordKind: true, passwordHash: true, passwordUntil: true, state: true } as const;

/** Signs in to the web: a session begins. A function is returned so that the stand-in below is made once. */
export const signingIn = (desk: Desk): ((attempt: SignInAttempt) => Promise<SignedIn>) =>
  checking(desk, async ({ tx, leaves }, { person, attempt }): Promise<SignedIn> => {
    if (attempt.before !== undefined) await endSession(tx, desk, attempt.before);
    const actor = await identify(tx, { kind: 'session', personId: person.id });
    createWork({ tx, leaves }, { desk, actor, door: 'web', locale: attempt.locale, ip: attempt.ip }).audit({
      // with a second factor it is the code that lets in
      action: (await hasFactor(tx, person.id)) ? 'password given' : 'signed in',
      object: personRef(person.id),
      detail: { ip: attempt.ip ?? null },
    });
    return { ok: true, token: await startSession(tx, desk, { personId: person.id, now: desk.clock() }) };
  });

/** Whether a password is the one of somebody who has signed in already; its tries count as any other's. */
export const provingPassword = (
  desk: Desk,
): ((attempt: SignInAttempt) => Promise<{ ok: true } | (SignedIn & { ok: false })>) =>
  checking(desk, async (_, { person }) => (person.passwordKind === 'chosen' ? { ok: true } : wrong));

/**
 * Signs in to the mail listener (SMTP AUTH): answers the addresses that this proves. A first password must be changed
 * before; with a second factor a password alone proves nothing.
 */
export const mailSigningIn = (
  desk: Desk,
): ((attempt: SignInAttempt) => Promise<{ ok: true; emails: readonly string[] } | (SignedIn & { ok: false })>) =>
  checking(desk, async ({ tx }, { person }) =>
    person.passwordKind === 'chosen' && !(await hasFactor(tx, person.id))
      ? { ok: true, emails: (await identify(tx, { kind: 'session', personId: person.id })).emails }
      : wrong,
  );

interface Checked {
  readonly person: { readonly id: number; readonly passwordKind: string | null };
  readonly attempt: SignInAttempt;
}

/** What both have in common: tries are counted, the password compared, and then `end` says what comes of it. */
function checking<T>(
  desk: Desk,
  end: (unit: Pick<Unit, 'tx' | 'leaves'>, checked: Checked) => Promise<T>,
): (attempt: SignInAttempt) => Promise<T | (SignedIn & { ok: false })> {
  let nobodys: Promise<string> | undefined;

  /** Always one slow comparison, whoever it is about: with a first password, or nobody's, against the stand-in. */
  async function right(
    kept: { passwordKind: string | null; passwordHash: string | null; passwordUntil: Date | null } | undefined,
    password: string,
  ): Promise<boolean> {
    const given = { password: password.slice(0, 2 * passwordMax), now: desk.clock() };
    const chosen = kept?.passwordKind === 'chosen' ? kept : undefined;
    const slow = await matches(
      desk.secrets,
      chosen ?? {
        passwordKind: 'chosen',
        passwordHash: await (nobodys ??= hashChosen(desk.secrets.token())),
        passwordUntil: null,
      },
      given,
    );
    if (chosen || !kept) return chosen !== undefined && slow;
    return matches(desk.secrets, kept, given);
  }

  return async (typed) => {
    const attempt = { ...typed, email: typed.email.trim().toLowerCase().slice(0, 254) };
    const now = desk.clock();
    const begun = await desk.database.transact(async ({ tx }) => {
      const counted = await reserve(tx, attempt, now);
      const address =
        counted &&
        (await tx.address.findUnique({
          where: { email: attempt.email },
          include: { person: { select: withPassword } },
        }));
      return { counted, person: address?.person };
    });
    const { counted, person } = begun;
    if (!counted) return throttled;
    // outside of any transaction: it takes tens of milliseconds
    if (!(await right(person, attempt.password)) || !person) return wrong;
    return desk.database.transact(async ({ tx, leaves }): Promise<T | (SignedIn & { ok: false })> => {
      const still = await tx.person.findFirst({ where: { id: person.id, passwordHash: person.passwordHash } });
      if (!still) return wrong;
      await tx.attempt.deleteMany({ where: { id: { in: counted } } });
      if (still.state !== 'invited' && still.state !== 'active') return { ok: false, why: 'suspended' };
      await tx.attempt.deleteMany({ where: { key: `sign-in to ${attempt.email} from ${placeOf(attempt.ip)}` } });
      return end({ tx, leaves }, { person, attempt });
    });
  };
}
