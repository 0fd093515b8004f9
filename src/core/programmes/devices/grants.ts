/** Grants of remote access (E9): who may have one, how it is used up, and everything that ends it before its time. */
import { isStaff } from '../../guard/identity.js';
import { parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { unknownObject } from '../../guard/unknown.js';
import { Prisma, type AccessGrant } from '../../database/connect.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { deviceRef, findDevice, wrongState } from './device.js';
import type { GrantState } from './states.js';

export const grantRef = (id: number): string => printRef('X', id);

/** What a grant's token, and a gateway's key, are hashed for: one can't stand for the other. */
export const tokenPurpose = 'access token';
export const keyPurpose = 'gateway key';

/** How often a grant opens the way: once, or for as long as it lasts. */
export type GrantUse = 'once' | 'session';

/** A grant whose time is over has ended, also before the job has said so. */
export const stateOf = ({ state, expiresAt }: Pick<AccessGrant, 'state' | 'expiresAt'>, now: Date): GrantState =>
  state === 'active' && expiresAt <= now ? 'expired' : (state as GrantState);

/**
 * Makes a grant for a device that the asker has installed. Staff get none: what happens in a client's home is between it
 * and its installer.
 * @param asked.device its number or Code ID
 * @returns the only copy of the token; the database has a keyed hash of it
 * @throws {Refusal} `object.unknown` when the asker is not its installer; `state.wrong` unless it is active;
 *   `access.denied` when its client refuses remote access
 */
export async function openGrant(
  work: Work,
  asked: { device: string; minutes: number; use: GrantUse },
): Promise<{ row: AccessGrant; token: string }> {
  const { tx, desk, actor, now } = work;
  const device = await findDevice(work, asked.device);
  if (device.installerId !== actor.personId) throw unknownObject(work, asked.device, 'device');
  if (device.state !== 'active') throw wrongState(device);
  if (device.accessRefusedAt) throw new Refusal('access.denied', { why: 'refused-by-client', command: '' });
  const token = desk.secrets.token();
  const row = await tx.accessGrant.create({
    data: {
      deviceId: device.id,
      personId: actor.personId,
      use: asked.use,
      tokenHash: desk.secrets.hash(tokenPurpose, token),
      door: work.door,
      createdAt: now,
      expiresAt: new Date(now.getTime() + asked.minutes * 60_000),
    },
  });
  work.audit({
    action: 'access granted',
    object: grantRef(row.id),
    detail: { device: deviceRef(device.id), use: row.use, minutes: asked.minutes },
  });
  return { row, token };
}

/**
 * Ends every grant that still holds of these devices: a device is removed, its client refuses remote access.
 * @returns the numbers of those that it ended
 */
export async function revokeGrants(work: Work, { deviceIds }: { deviceIds: readonly number[] }): Promise<string[]> {
  const revoked: string[] = [];
  for (const deviceId of deviceIds) {
    const where = { deviceId, state: 'active', expiresAt: { gt: work.now } };
    for (const row of await work.tx.accessGrant.findMany({ where, orderBy: { id: 'asc' } })) {
      await revoke(work, row);
      revoked.push(grantRef(row.id));
    }
  }
  return revoked;
}

/** active → revoked. @throws {Refusal} `state.wrong` when it has ended, perhaps this very moment */
export async function revoke(work: Work, row: AccessGrant): Promise<void> {
  const { tx, now, actor } = work;
  const { count } = await tx.accessGrant.updateMany({
    where: { id: row.id, state: 'active', expiresAt: { gt: now } },
    data: { state: 'revoked', endedAt: now, endedById: actor.personId || null },
  });
  if (count !== 1) throw hasEnded(row, now);
  work.audit({ action: 'access revoked', object: grantRef(row.id), detail: { device: deviceRef(row.deviceId) } });
}

const hasEnded = (row: AccessGrant, now: Date): Refusal => {
  const ended = stateOf(row, now);
  return new Refusal('state.wrong', {
    why: 'device',
    number: grantRef(row.id),
    state: ended === 'active' ? 'revoked' : ended,
  });
};

const all = Prisma.sql`1 = 1`;

/** Whose grants somebody sees, and may end: an installer and a client those of their devices, staff all. */
const seenBy = ({ actor }: Work): Prisma.Sql =>
  isStaff(actor)
    ? all
    : Prisma.sql`"deviceId" IN (
        SELECT "id" FROM "Device" WHERE "installerId" = ${actor.personId} OR "clientId" = ${actor.personId})`;

/**
 * A grant by its number.
 * @throws {Refusal} `object.unknown`, also when it is none of the asker's
 */
export async function findGrant(work: Work, typed: string): Promise<AccessGrant> {
  const id = parseRef('X', typed);
  const [seen] = await work.tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "AccessGrant" WHERE "id" = ${id ?? 0} AND ${seenBy(work)}`;
  const row = seen && (await work.tx.accessGrant.findUnique({ where: { id: seen.id } }));
  if (row) return row;
  throw unknownObject(work, typed, 'grant');
}

/**
 * One page of the grants that the asker sees, newest first, and how many there are.
 * @param asked.running only those that have not ended; one whose time is just over may be among them
 */
export async function pageOfGrants(
  work: Work,
  asked: { device?: string | undefined; running?: boolean; skip: number; take: number },
): Promise<{ rows: AccessGrant[]; total: number }> {
  const device = asked.device === undefined ? undefined : await findDevice(work, asked.device);
  const which = Prisma.sql`${seenBy(work)}
    AND ${device ? Prisma.sql`"deviceId" = ${device.id}` : all}
    AND ${asked.running ? Prisma.sql`"state" = 'active'` : all}`;
  const counted = await work.tx.$queryRaw<{ total: bigint | number }[]>`
    SELECT COUNT(*) AS "total" FROM "AccessGrant" WHERE ${which}`;
  const ids = await work.tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "AccessGrant" WHERE ${which} ORDER BY "id" DESC LIMIT ${asked.take} OFFSET ${asked.skip}`;
  const rows = await work.tx.accessGrant.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
  });
  return { rows, total: Number(counted[0]?.total ?? 0) };
}

/** A run's share of grants to mark; the next comes a minute later. */
const markedAtOnce = 500;

/** Marks the grants whose time is over; they hold no longer before that. */
export const grantJobs = (workOf: (unit: Unit) => Work): readonly Job[] => [
  {
    name: 'remote access that ends',
    everyMs: 60_000,
    async run(unit, now) {
      const where = { state: 'active', expiresAt: { lte: now } };
      const ended = await unit.tx.accessGrant.findMany({ where, orderBy: { id: 'asc' }, take: markedAtOnce });
      if (ended.length === 0) return;
      const ids = ended.map(({ id }) => id);
      await unit.tx.accessGrant.updateMany({
        where: { ...where, id: { in: ids } },
        data: { state: 'expired', endedAt: now },
      });
      const work = workOf(unit);
      for (const { id, deviceId } of ended)
        work.audit({ action: 'access expired', object: grantRef(id), detail: { device: deviceRef(deviceId) } });
    },
  },
];
