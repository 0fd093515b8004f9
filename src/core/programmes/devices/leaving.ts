/** How a device leaves: removed by its installer or staff, with its client's account erased, or never registered (STATES). */
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { endDeviceLinks } from '../parties/link.js';
import { erasePerson } from '../parties/erasure.js';
import { clientLetters } from './letters.js';
import { deviceRef, move, type DeviceRow } from './device.js';
import { searchTextOf } from './enrolment.js';
import { revokeGrants } from './grants.js';
import { tellInstaller } from './notices.js';

/** Letters about a device that have not left yet do not leave: what they say no longer holds. */
export async function recallMails({ tx }: Pick<Work, 'tx'>, row: DeviceRow): Promise<void> {
  await tx.outbox.updateMany({
    where: { object: deviceRef(row.id), letter: { in: [...clientLetters] }, state: { in: ['held', 'queued'] } },
    data: { state: 'cancelled', secret: null },
  });
}

/**
 * Its links and grants end, its pair is free again, and what was told of its client is forgotten.
 * @param forget the client's address too
 */
export async function leave(
  work: Work,
  row: DeviceRow,
  { reason = null, forget = false }: { reason?: string | null; forget?: boolean },
): Promise<DeviceRow> {
  await endDeviceLinks(work.tx, row.id, work.now);
  await revokeGrants(work, { deviceIds: [row.id] });
  await recallMails(work, row);
  const gone = { client: '{}', email: forget ? '' : row.email };
  return move(work, row, {
    ...{ to: 'removed', enrolledKey: null, endedAt: work.now, reason, ...gone },
    searchText: searchTextOf({ ...row, ...gone }),
  });
}

/**
 * Erases the account that was made for a device alone and that nobody has ever used: its address was wrong, or its device
 * is gone.
 */
export async function dropUnusedAccount(work: Work, row: DeviceRow): Promise<boolean> {
  const { clientId: personId } = row;
  if (row.account !== 'created' || personId === null) return false;
  const { tx } = work;
  const person = await tx.person.findUniqueOrThrow({
    where: { id: personId },
    include: { discordUsers: true, roles: true, memberships: true },
  });
  const inUse =
    person.state !== 'invited' ||
    person.discordUsers.length + person.roles.length + person.memberships.length > 0 ||
    (await tx.device.count({ where: { clientId: personId, id: { not: row.id }, state: { not: 'removed' } } })) > 0 ||
    (await tx.declaration.count({ where: { clientId: personId } })) > 0 ||
    (await tx.installer.count({ where: { personId } })) > 0;
  if (inUse) return false;
  try {
    await erasePerson(work, { personId, silent: true });
    return true;
  } catch (error) {
    // somebody else still depends on it: it stays, and nothing was changed
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The devices of a client whose account is erased: each leaves, without its data, and its installer is told. */
export async function forgetDevicesOf(work: Work, personId: number): Promise<number> {
  const emails = (await work.tx.address.findMany({ where: { personId } })).map(({ email }) => email);
  const standing = (await work.tx.device.findMany({
    // also those that an installer has only begun with the client's address
    where: { state: { not: 'removed' }, OR: [{ clientId: personId }, { email: { in: emails } }] },
  })) as DeviceRow[];
  for (const row of standing) {
    const left = await leave(work, row, { forget: true });
    work.audit({ action: 'device removed', object: deviceRef(row.id), detail: { by: 'erasure' } });
    await tellInstaller(work, left, { step: 'removed' });
  }
  return standing.length;
}
