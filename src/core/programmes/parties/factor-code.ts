/** The codes of a second factor: those of its authenticator, and those for who has lost it. */
import { Secret, TOTP } from 'otpauth';
import { attemptsLeft, countAttempt } from '../../guard/limit.js';
import type { Desk, Work } from '../../guard/work.js';
import type { SecondFactor } from '../../database/connect.js';

export type CodeFault =
  | { readonly ok: false; readonly why: 'wrong' | 'ended' }
  | { readonly ok: false; readonly why: 'throttled'; readonly minutes: number };

const periodS = 30;
/** A code of the step before or after is taken: clocks differ, and typing takes its time. */
const stepsAround = 1;
/**
 * Crockford's base 32: no letter that is taken for a digit. Ten of them are 50 random bits, short enough to be typed: a
 * keyed hash does for them, since without the key none can be tried, and at the desk five in a quarter of an hour.
 */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const recoveryLength = 10;
const windowMs = 15 * 60_000;
const wrongCodes = { count: 5, windowMs };

const wrong = { ok: false, why: 'wrong' } as const;

const sealPurpose = (personId: number): string => `second factor ${personId}`;

/** A secret as it is kept: another person's row can't have it. */
export const sealFactor = (desk: Desk, personId: number, base32: string): string =>
  desk.secrets.seal(sealPurpose(personId), base32);

/** @param label whose it is, for the authenticator's list */
export const totpOf = (desk: Desk, row: Pick<SecondFactor, 'personId' | 'secret'>, label = ''): TOTP =>
  new TOTP({
    issuer: desk.catalogue.vendor.name[desk.locale],
    label,
    period: periodS,
    secret: Secret.fromBase32(desk.secrets.open(sealPurpose(row.personId), row.secret)),
  });

/** The time step that a code is right for; undefined when it is not. Spaces are left out. */
export function stepOf(work: Work, row: SecondFactor, typed: string): number | undefined {
  const token = typed.replace(/\s/g, '').slice(0, 20);
  if (!/^\d{6}$/.test(token)) return undefined;
  const totp = totpOf(work.desk, row);
  const timestamp = work.now.getTime();
  const delta = totp.validate({ token, timestamp, window: stepsAround });
  return delta === null ? undefined : totp.counter({ timestamp }) + delta;
}

export const recoveryCode = (desk: Desk): string =>
  [...desk.random(recoveryLength)].map((byte) => signs[byte % signs.length]).join('');

/** In two groups of five. */
export const printed = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;

/** Typed in any case and grouping, with letters in place of the digits they look like. */
const recoveryTyped = (typed: string): string =>
  typed.slice(0, 40).toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');

export const recoveryHash = (desk: Desk, personId: number, code: string): string =>
  desk.secrets.hash('recovery code', `${personId} ${code}`);

const tryKey = (personId: number): string => `second factor ${personId}`;

/** Counts a try before it is known to be wrong; answers when there is none left. */
export async function countTry(work: Work, personId: number): Promise<CodeFault | undefined> {
  const { now, tx } = work;
  if ((await attemptsLeft(tx, tryKey(personId), { limit: wrongCodes, now })) <= 0)
    return { ok: false, why: 'throttled', minutes: windowMs / 60_000 };
  await countAttempt(tx, tryKey(personId), now);
  return undefined;
}

export const forgetTries = (work: Work, personId: number): Promise<unknown> =>
  work.tx.attempt.deleteMany({ where: { key: tryKey(personId) } });

/**
 * Takes a code of a factor in force, or a recovery code, each once: a guarded update decides between two that come at the
 * same moment. A step earlier than the last one taken is no longer right (RFC 6238, section 5.2).
 */
export async function takeCode(
  work: Work,
  given: { personId: number; code: string },
): Promise<'code' | 'recovery code' | CodeFault> {
  const { tx, desk, now } = work;
  const { personId, code } = given;
  const row = await tx.secondFactor.findFirst({ where: { personId, confirmedAt: { not: null } } });
  if (!row) return { ok: false, why: 'ended' };
  const late = await countTry(work, personId);
  if (late) return late;
  const step = stepOf(work, row, code);
  const { count } =
    step === undefined
      ? await tx.recoveryCode.updateMany({
          where: { personId, codeHash: recoveryHash(desk, personId, recoveryTyped(code)), usedAt: null },
          data: { usedAt: now },
        })
      : await tx.secondFactor.updateMany({ where: { personId, lastStep: { lt: step } }, data: { lastStep: step } });
  if (count !== 1) return wrong;
  await forgetTries(work, personId);
  return step === undefined ? 'recovery code' : 'code';
}
