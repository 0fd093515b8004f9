/** Passwords: first ones are generated and kept as a keyed hash; chosen ones as argon2id (invariant 7). */
import { hash, verify } from '@node-rs/argon2';
import type { Secrets } from '../record/secrets.js';

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

/** The most used passwords of 12 characters and more; shorter ones are refused for their length. */
const common = new Set([
  '123456789012',
  '1234567890123',
  'passwordpassword',
  'password1234',
  'password12345',
  'qwertyuiop123',
  'qwertyuiopas',
  'azertyuiop123',
  'azertyuiopqs',
  'motdepasse123',
  'motdepasse1234',
  'motdepassemotdepasse',
  'administrator',
  'iloveyouiloveyou',
  '111111111111',
  '000000000000',
  'abcdefghijkl',
  'abcd1234abcd',
  'qwerty123456',
  'azerty123456',
  'welcome12345',
  'bienvenue123',
  'changeme1234',
  'letmein12345',
]);

export const passwordMin = 12;
export const passwordMax = 200;

/** What is wrong with a chosen password: length rather than symbols, and none that everybody uses. */
export function passwordFault(
  password: string,
  person: { emails: readonly string[] },
): 'short' | 'long' | 'common' | undefined {
  const length = [...password].length;
  if (length < passwordMin) return 'short';
  if (length > passwordMax) return 'long';
  const lower = password.toLowerCase();
  if (
    common.has(lower) ||
    new Set(lower).size < 4 ||
    person.emails.some((email) => lower.includes(email.split('@')[0] ?? '\0') && length < 16)
  )
    return 'common';
  return undefined;
}
