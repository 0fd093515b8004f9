/** A device as its installer, its client and staff see it: its row, who may name it, and the only way its state moves. */
import { isStaff } from '../../guard/identity.js';
import { numberKey, parseRef, printRef } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import { unknownObject } from '../../guard/unknown.js';
import type { Work } from '../../guard/work.js';
import type { Device } from '../../database/connect.js';
import { deviceStates, type DeviceState } from './states.js';

export const deviceRef = (id: number): string => printRef('V', id);

/** A device's row with its state by name. */
export type DeviceRow = Device & { state: DeviceState };

/** From being saved until its client has confirmed. */
export const awaiting = ['registered', 'link-sent', 'opened', 'bounced', 'expired'] as const satisfies DeviceState[];

/** Whether the table has the move. */
export const leadsTo = (from: DeviceState, to: DeviceState): boolean =>
  (deviceStates[from] as readonly DeviceState[]).includes(to);

/**
 * A device by its number or its Code ID: an installer's own, a client's own, for staff any.
 * @param to.manage only its installer, and staff
 * @throws {Refusal} `object.unknown`, also when it is another's; `access.denied` for a client who would manage it
 */
export async function findDevice(work: Work, typed: string, to: { manage?: boolean } = {}): Promise<DeviceRow> {
  const { personId } = work.actor;
  const own = isStaff(work.actor) ? {} : { OR: [{ installerId: personId }, { clientId: personId }] };
  const id = parseRef('V', typed);
  const byCode = await work.tx.device.findMany({
    where: { codeKey: numberKey(typed), ...own },
    orderBy: { id: 'desc' },
    take: 20,
  });
  const row =
    byCode.find(({ state }) => state !== 'removed') ??
    (id === undefined ? undefined : await work.tx.device.findFirst({ where: { id, ...own } })) ??
    byCode[0];
  if (!row) throw unknownObject(work, typed, 'device');
  if (to.manage && row.installerId !== personId && !isStaff(work.actor))
    throw new Refusal('access.denied', { why: 'role', command: '' });
  return row as DeviceRow;
}

/** Refuses what the device's state does not allow. */
export const wrongState = (row: Pick<Device, 'id' | 'state'>): Refusal =>
  new Refusal('state.wrong', { why: 'device', number: deviceRef(row.id), state: row.state });

/**
 * Moves a device along its table by a guarded update, and notes it in its timeline.
 * @throws {Refusal} `state.wrong` when the table has no such move, or somebody else was quicker
 */
export async function move(
  work: Work,
  row: DeviceRow,
  { to, ...data }: { to: DeviceState } & Partial<Omit<Device, 'id' | 'state'>>,
): Promise<DeviceRow> {
  if (!leadsTo(row.state, to)) throw wrongState(row);
  const changed = { ...data, state: to, updatedAt: work.now };
  const { count } = await work.tx.device.updateMany({ where: { id: row.id, state: row.state }, data: changed });
  if (count !== 1) throw wrongState(row);
  await noteStep(work, row.id, to);
  return { ...row, ...changed };
}

/** A line of the device's timeline. */
export async function noteStep(work: Work, deviceId: number, step: DeviceStep): Promise<void> {
  const { actor, now, tx } = work;
  await tx.deviceStep.create({ data: { deviceId, step, at: now, personId: actor.personId || null } });
}

export type DeviceStep = DeviceState | 'resent' | 'corrected' | 'reminded';
