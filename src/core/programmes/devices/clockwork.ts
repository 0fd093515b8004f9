/** What happens to devices by themselves: reminders, links that end, and what was never registered (STATES, "Times"). */
import type { Work } from '../../guard/work.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { endDeviceLinks } from '../parties/link.js';
import { deviceRef, move, noteStep, type DeviceRow } from './device.js';
import { leave } from './leaving.js';
import { mailActivation } from './letters.js';
import { tellInstaller } from './notices.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The rest has its turn next time. */
const atOnce = 500;

/** Mails the link again to clients who have not come; after an outage one letter stands for all that were due. */
async function remind(work: Work): Promise<void> {
  const { tx, now, desk } = work;
  const days = desk.catalogue.policy.times.deviceReminderDays;
  for (const [past, day] of [...days.entries()].reverse()) {
    const rows = (await tx.device.findMany({
      where: {
        state: { in: ['link-sent', 'opened'] },
        reminders: { lte: past },
        linkedAt: { lte: new Date(now.getTime() - day * dayMs) },
        linkUntil: { gt: now },
      },
      take: atOnce,
    })) as DeviceRow[];
    for (const row of rows) {
      await tx.device.update({ where: { id: row.id }, data: { reminders: past + 1 } });
      await mailActivation(work, row, row.linkUntil ?? undefined);
      await noteStep(work, row.id, 'reminded');
    }
  }
}

/** link-sent, opened → expired, told to the installer. */
async function expire(work: Work): Promise<void> {
  const rows = (await work.tx.device.findMany({
    where: { state: { in: ['link-sent', 'opened'] }, linkUntil: { lte: work.now } },
    take: atOnce,
  })) as DeviceRow[];
  for (const row of rows) {
    await endDeviceLinks(work.tx, row.id, work.now);
    const expired = await move(work, row, { to: 'expired' });
    work.audit({ action: 'device expired', object: deviceRef(row.id) });
    await tellInstaller(work, expired, { step: 'expired' });
  }
}

/** entered, checked → removed, and their clients forgotten. */
async function dropDrafts(work: Work): Promise<void> {
  const before = new Date(work.now.getTime() - work.desk.catalogue.policy.times.deviceDraftDays * dayMs);
  const rows = (await work.tx.device.findMany({
    where: { state: { in: ['entered', 'checked'] }, updatedAt: { lt: before } },
    take: atOnce,
  })) as DeviceRow[];
  for (const row of rows) {
    await leave(work, row, { forget: true });
    work.audit({ action: 'device ended', object: deviceRef(row.id) });
  }
}

/** @param workOf the desk's own work */
export const deviceJobs = (workOf: (unit: Unit) => Work): readonly Job[] => [
  {
    name: 'devices',
    everyMs: 15 * minuteMs,
    async run(unit) {
      const work = workOf(unit);
      await expire(work);
      await remind(work);
      await dropDrafts(work);
    },
  },
];
