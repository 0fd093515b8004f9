/**
 * A second factor for the web: six digits from an authenticator (TOTP, RFC 6238: SHA-1, 30 seconds), and ten recovery
 * codes for who has lost it. It is its person's own affair: no command shows or switches it, for staff neither.
 */
import { Secret } from 'otpauth';
import { personRef } from '../../guard/about.js';
import { identify } from '../../guard/identity.js';
import { createWork, type Desk, type Work } from '../../guard/work.js';
import { formatInstant } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import type { SecondFactor, Tx } from '../../database/connect.js';
import type { Unit } from '../../database/transact.js';
import {
  countTry,
  forgetTries,
  printed,
  recoveryCode,
  recoveryHash,
  sealFactor,
  stepOf,
  takeCode,
  totpOf,
  type CodeFault,
} from './factor-code.js';
import type { Visitor } from './password-choice.js';
import { endSessionsOf, endWaiting, findSession, hasFactor, startSession } from './session.js';
import { provingPassword } from './sign-in.js';

export type { CodeFault } from './factor-code.js';

/** RFC 4226, section 4: at least 128 bits, 160 recommended. */
const secretBytes = 20;
/** How long a factor that was begun waits for its first code. */
const begunMs = 30 * 60_000;
const recoveryCodes = 10;

const wrong = { ok: false, why: 'wrong' } as const;
const ended = { ok: false, why: 'ended' } as const;

/** What its person sees of it. `uri` is for the QR code, `secret` (base32) to be typed where there is no camera. */
export type FactorView =
  | { readonly state: 'off' }
  | { readonly state: 'begun'; readonly secret: string; readonly uri: string }
  | { readonly state: 'on'; readonly since: Date; readonly codesLeft: number };

interface Own extends Visitor {
  readonly personId: number;
}

const isBegun = (row: SecondFactor | null, now: Date): row is SecondFactor =>
  row !== null && row.confirmedAt === null && row.createdAt.getTime() + begunMs > now.getTime();

export async function viewFactor(tx: Tx, desk: Desk, personId: number): Promise<FactorView> {
  const row = await tx.secondFactor.findUnique({ where: { personId } });
  if (row?.confirmedAt)
    return {
      state: 'on',
      since: row.confirmedAt,
      codesLeft: await tx.recoveryCode.count({ where: { personId, usedAt: null } }),
    };
  if (!isBegun(row, desk.clock())) return { state: 'off' };
  const { emails } = await identify(tx, { kind: 'session', personId });
  const totp = totpOf(desk, row, emails[0]);
  return { state: 'begun', secret: totp.secret.base32, uri: totp.toString() };
}

/** Begins a factor, in place of one that was never confirmed; it takes the password. A function, as for signing in. */
export function beginningFactor(desk: Desk): (given: Own & { password: string }) => Promise<{ ok: true } | CodeFault> {
  const prove = provingPassword(desk);
  return async ({ personId, password, ip, locale }) => {
    const { emails } = await desk.database.read((tx) => identify(tx, { kind: 'session', personId }));
    const proven = await prove({ email: emails[0] ?? '', password, ip, locale });
    if (!proven.ok) return proven.why === 'throttled' ? proven : wrong;
    return desk.database.transact(async ({ tx }): Promise<{ ok: true } | CodeFault> => {
      if (await hasFactor(tx, personId)) return ended;
      const { base32 } = new Secret({ buffer: Uint8Array.from(desk.random(secretBytes)).buffer });
      const row = {
        secret: sealFactor(desk, personId, base32),
        confirmedAt: null,
        lastStep: 0,
        createdAt: desk.clock(),
      };
      await tx.secondFactor.upsert({ where: { personId }, create: { personId, ...row }, update: row });
      return { ok: true };
    });
  };
}

/**
 * Puts a factor in force with its first right code. Every session ends, whoever has one.
 * @returns the recovery codes, which are shown this once, and the token of a new session
 */
export async function confirmFactor(
  desk: Desk,
  given: Own & { code: string },
): Promise<{ ok: true; codes: readonly string[]; token: string } | CodeFault> {
  return desk.database.transact(async (unit) => {
    const { tx } = unit;
    const work = await workOf(unit, desk, given);
    const row = await tx.secondFactor.findUnique({ where: { personId: given.personId } });
    if (!isBegun(row, work.now)) return ended;
    const late = await countTry(work, given.personId);
    if (late) return late;
    const step = stepOf(work, row, given.code);
    if (step === undefined) return wrong;
    await forgetTries(work, given.personId);
    const { personId } = given;
    await tx.secondFactor.update({ where: { personId }, data: { confirmedAt: work.now, lastStep: step } });
    const codes = Array.from({ length: recoveryCodes }, () => recoveryCode(desk));
    await tx.recoveryCode.deleteMany({ where: { personId } });
    await tx.recoveryCode.createMany({
      data: codes.map((code) => ({ codeHash: recoveryHash(desk, personId, code), personId, createdAt: work.now })),
    });
    await tell(work, 'on', codes.length);
    await endSessionsOf(tx, personId);
    return {
      ok: true as const,
      codes: codes.map(printed),
      token: await startSession(tx, desk, { personId, now: work.now, codeGiven: true }),
    };
  });
}

/** Switches the factor off; it takes a code, or a recovery code. */
export async function endFactor(desk: Desk, given: Own & { code: string }): Promise<{ ok: true } | CodeFault> {
  return desk.database.transact(async (unit): Promise<{ ok: true } | CodeFault> => {
    const work = await workOf(unit, desk, given);
    const taken = await takeCode(work, given);
    if (typeof taken !== 'string') return taken;
    await unit.tx.secondFactor.delete({ where: { personId: given.personId } });
    await unit.tx.recoveryCode.deleteMany({ where: { personId: given.personId } });
    await tell(work, 'off', 0);
    return { ok: true };
  });
}

/**
 * The second half of signing in.
 * @returns the token of a new session, in place of the one that waited
 */
export async function giveCode(
  desk: Desk,
  given: Visitor & { token: string; code: string },
): Promise<{ ok: true; token: string } | CodeFault> {
  const waiting = await findSession(desk, given.token);
  if (!waiting?.awaitsCode) return ended;
  const own = { ...given, personId: waiting.personId };
  return desk.database.transact(async (unit): Promise<{ ok: true; token: string } | CodeFault> => {
    const { tx } = unit;
    const work = await workOf(unit, desk, own);
    const by = await takeCode(work, own);
    if (typeof by !== 'string') return by;
    // of two right codes sent at once for one session, one lets in
    if (!(await endWaiting(tx, desk, given.token))) return ended;
    work.audit({
      action: 'signed in',
      object: personRef(own.personId),
      detail: { ip: work.ip ?? null, by: `password and ${by}` },
    });
    if (by === 'recovery code')
      await tell(work, 'recovery', await tx.recoveryCode.count({ where: { personId: own.personId, usedAt: null } }));
    return {
      ok: true,
      token: await startSession(tx, desk, { personId: own.personId, now: work.now, codeGiven: true }),
    };
  });
}

const workOf = async (unit: Unit, desk: Desk, own: Own): Promise<Work> =>
  createWork(unit, {
    desk,
    actor: await identify(unit.tx, { kind: 'session', personId: own.personId }),
    door: 'web',
    locale: own.locale,
    ip: own.ip,
  });

/** On record, and by mail to its person: whoever did it was signed in, and may not be them. */
async function tell(work: Work, step: 'on' | 'off' | 'recovery', left: number): Promise<void> {
  const { actor, desk, now } = work;
  const recipient = actor.emails[0];
  work.audit({
    action: step === 'recovery' ? 'recovery code used' : `second factor ${step}`,
    object: personRef(actor.personId),
    detail: { ip: work.ip ?? null, ...(step === 'off' ? {} : { codesLeft: left }) },
  });
  if (recipient === undefined) return;
  const locale: Locale = actor.locale ?? desk.locale;
  work.send({
    channel: 'mail',
    letter: 'second-factor',
    recipient,
    personId: actor.personId,
    locale,
    params: { step, when: formatInstant(now, desk.timeZone, locale), left },
    object: recipient,
  });
}
