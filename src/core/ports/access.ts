/**
 * What a VPN gateway is told: whether a grant of remote access holds (E9). Every reason against it looks the same from
 * outside; inside, each question of a known gateway is in the audit with its reason.
 */
import { deviceRef } from '../programmes/devices/device.js';
import { isKey } from '../programmes/devices/gateway.js';
import { grantRef, keyPurpose, stateOf, tokenPurpose } from '../programmes/devices/grants.js';
import { attemptsLeft, countAttempt, dropOldAttempts, freeInS, placeOf, type Limit } from '../guard/limit.js';
import type { Desk } from '../guard/work.js';
import type { AccessGrant, Device, Gateway, Tx } from '../database/connect.js';

export interface AccessQuery {
  /** What the gateway shows as its own; nothing when it shows none. */
  readonly key: string | undefined;
  /** What it was shown; nothing when the question could not be read. */
  readonly token: string | undefined;
  /** Absent when the desk can't tell clients apart (a proxy stands before it). */
  readonly ip: string | undefined;
}

export type AccessAnswer =
  | { readonly state: 'granted'; readonly device: string; readonly grant: string; readonly expires: string }
  /** `stranger`: the key is no gateway's. Nobody outside is told the difference. */
  | { readonly state: 'denied'; readonly stranger: boolean }
  | { readonly state: 'limited'; readonly retryAfterS: number };

export interface Access {
  /** Uses up a grant for one use; of several questions at the same moment one is answered yes. */
  verify(asked: AccessQuery): Promise<AccessAnswer>;
}

const minuteMs = 60_000;
// 144 random bits can't be guessed at any pace; it only keeps the desk from working for those who try
const strangers: Limit = { count: 30, windowMs: minuteMs };

const denied = { state: 'denied', stranger: false } as const;

/** What a question came to; all but `granted` are one answer outside. */
type Verdict =
  | { readonly result: 'granted'; readonly grant: AccessGrant; readonly device: Device }
  | { readonly result: string; readonly grant?: AccessGrant };

export function createAccess(desk: Desk): Access {
  const { database, secrets } = desk;

  /** Counts one, unless there have been too many. */
  async function limited(tx: Tx, key: string, limit: Limit): Promise<AccessAnswer | undefined> {
    const more = { limit, now: desk.clock() };
    const full = await refusedBy(tx, key, more);
    if (full) return full;
    await dropOldAttempts(tx, key, more);
    await countAttempt(tx, key, more.now);
    return undefined;
  }

  /** A key that is no gateway's. Those who have asked too often cost one read. */
  async function stranger(ip: string | undefined): Promise<AccessAnswer> {
    const key = `unknown gateway from ${placeOf(ip)}`;
    const now = desk.clock();
    return (
      (await database.read((tx) => refusedBy(tx, key, { limit: strangers, now }))) ??
      (await database.transact(({ tx }) => limited(tx, key, strangers))) ?? { state: 'denied', stranger: true }
    );
  }

  async function known(gateway: Gateway, token: string | undefined): Promise<AccessAnswer> {
    const key = `gateway ${gateway.id}`;
    const limit = { count: desk.catalogue.policy.limits.accessVerificationsPerMinute, windowMs: minuteMs };
    const full = await database.read((tx) => refusedBy(tx, key, { limit, now: desk.clock() }));
    if (full) return full;
    return database.transact(async ({ tx, leaves }) => {
      const now = desk.clock();
      // guarded: it may have been removed since it was found
      const { count } = await tx.gateway.updateMany({
        where: { id: gateway.id, removedAt: null },
        data: { usedAt: now },
      });
      if (count !== 1) return denied;
      const over = await limited(tx, key, limit);
      if (over) return over;
      const verdict = await judge(tx, token, now);
      const { grant, result } = verdict;
      leaves.audit.push({
        at: now,
        actorId: null,
        operator: false,
        door: 'web',
        action: result === 'granted' ? 'access verified' : 'access turned away',
        object: grant ? grantRef(grant.id) : null,
        detail: { gateway: gateway.name, result, ...(grant ? { device: deviceRef(grant.deviceId) } : {}) },
      });
      if (!('device' in verdict)) return denied;
      return {
        state: 'granted',
        device: deviceRef(verdict.device.id),
        grant: grantRef(verdict.grant.id),
        expires: verdict.grant.expiresAt.toISOString(),
      };
    });
  }

  async function judge(tx: Tx, token: string | undefined, now: Date): Promise<Verdict> {
    if (token === undefined) return { result: 'unreadable' };
    const grant = await tx.accessGrant.findUnique({ where: { tokenHash: secrets.hash(tokenPurpose, token) } });
    if (!grant) return { result: 'unknown' };
    const state = stateOf(grant, now);
    if (state !== 'active') return { result: state, grant };
    const device = await tx.device.findUnique({ where: { id: grant.deviceId } });
    if (device?.state !== 'active' || device.accessRefusedAt || device.installerId !== grant.personId)
      return { result: 'device', grant };
    const installer = await tx.person.findUnique({ where: { id: grant.personId }, select: { state: true } });
    if (installer?.state !== 'active' && installer?.state !== 'invited') return { result: 'installer', grant };
    const { count } = await tx.accessGrant.updateMany({
      where: { id: grant.id, state: 'active', expiresAt: { gt: now } },
      data: {
        uses: { increment: 1 },
        usedAt: now,
        ...(grant.use === 'session' ? {} : { state: 'used', endedAt: now }),
      },
    });
    return count === 1 ? { result: 'granted', grant, device } : { result: 'used', grant };
  }

  return {
    async verify({ key, token, ip }) {
      if (key === undefined || !isKey(key)) return stranger(ip);
      const keyHash = secrets.hash(keyPurpose, key);
      const gateway = await database.read((tx) => tx.gateway.findUnique({ where: { keyHash, removedAt: null } }));
      return gateway ? known(gateway, token) : stranger(ip);
    },
  };
}

async function refusedBy(
  tx: Tx,
  key: string,
  more: { limit: Limit; now: Date },
): Promise<(AccessAnswer & { state: 'limited' }) | undefined> {
  if ((await attemptsLeft(tx, key, more)) > 0) return undefined;
  return { state: 'limited', retryAfterS: await freeInS(tx, key, more) };
}
