/** Passwords: first ones are generated and kept as a keyed hash; chosen ones as argon2id (invariant 7). */
import { hash, verify } from '@node-rs/argon2';
import type { Secrets } from '../../secrets/secrets.js';

/** OWASP's second recommended argon2id setting (19 MiB, 2 passes, 1 lane); the library's default algorithm is argon2id. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const firstPurpose = 'first password';

export const hashFirst = (secrets: Secrets, password: string): string => secrets.hash(firstPurpose, password);

export const hashChosen = (password: string): Promise<string> => hash(password, cost);

/** Whether `password` is the one kept; a first password past its end is not. */
export async function matches(
  secrets: Secrets,
  kept: { passwordKind: string | null; passwordHash: string | null; passwordUntil: Date | null },
  attempt: { password: string; now: Date },
): Promise<boolean> {
  if (!kept.passwordHash) return false;
  if (kept.passwordKind === 'chosen') return verify(kept.passwordHash, attempt.password);
  const current = kept.passwordUntil !== null && kept.passwordUntil > attempt.now;
  return secrets.equal(kept.passwordHash, hashFirst(secrets, attempt.password)) && current;
}

export const passwordMin = 12;
export const passwordMax = 200;

/** What the list of common passwords, which is English, does not know. */
const commonHere = ['motdepasse', 'bienvenue', 'azerty', 'azertyuiop', 'changezmoi', 'guichet'];
/** zxcvbn's second step: a million guesses, which a list of common passwords and its usual turns takes. */
const guessedEasily = 2;

/**
 * zxcvbn with its list of some 50,000 common passwords, keyboards and usual turns (p@ssw0rd, doubled, reversed, a year
 * behind it): 0.2 s and 25 MB, so only when somebody chooses a password.
 */
let strength: Promise<(password: string, words: string[]) => number> | undefined;
const measuring = () =>
  (strength ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]).then(
    ([{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }]) => {
      const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
      return (password, words) => zxcvbn.check(password, words).score;
    },
  ));

/** What is known of whoever chooses: a password must not be made of it. */
export interface Chooser {
  readonly emails: readonly string[];
  readonly words?: readonly (string | null | undefined)[];
}

/** What is wrong with a chosen password: length rather than symbols, and none that is guessed first. */
export async function passwordFault(
  password: string,
  person: Chooser,
): Promise<'short' | 'long' | 'common' | undefined> {
  const length = [...password].length;
  if (length < passwordMin) return 'short';
  if (length > passwordMax) return 'long';
  const own = [...person.emails, ...person.emails.flatMap((email) => email.split(/[@.]/)), ...(person.words ?? [])];
  const words = own.filter((word): word is string => Boolean(word)).map((word) => word.toLowerCase());
  const score = (await measuring())(password, [
    ...words,
    ...words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, '')),
    ...commonHere,
  ]);
  return score < guessedEasily ? 'common' : undefined;
}
