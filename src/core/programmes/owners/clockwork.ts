/** What happens to owners' addresses by themselves: reminders, and the suspension of what nobody confirms (STATES, "Times"). */
import { aboutAddress } from '../../guard/about.js';
import type { Work } from '../../guard/work.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { confirmOwner } from './owner.js';
import { changeOwner, isProven, type OwnerRow } from './address.js';
import { heldBy } from './held.js';
import { mailOwner, tellOrganisations } from './letters.js';
import { orderSuspension } from './suspension.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The rest has its turn next time. */
const atOnce = 500;

/** Somebody may have signed in with it meanwhile: then it is confirmed, and nobody is pressed. */
async function provenMeanwhile(work: Work, { email }: OwnerRow): Promise<boolean> {
  if (!(await isProven(work.tx, email))) return false;
  await confirmOwner(work, email, 'account');
  return true;
}

/** Mails the link again to owners who have not come; after an outage one letter stands for all that were due. */
async function remind(work: Work): Promise<void> {
  const { tx, now, desk } = work;
  const days = desk.catalogue.policy.times.ownerReminderDays;
  for (const [past, day] of [...days.entries()].reverse()) {
    const rows = (await tx.ownerAddress.findMany({
      where: {
        state: { in: ['pending', 'overdue'] },
        reminders: { lte: past },
        askedAt: { lte: new Date(now.getTime() - day * dayMs) },
        dueAt: { gt: now },
      },
      orderBy: { dueAt: 'asc' },
      take: atOnce,
    })) as OwnerRow[];
    for (const row of rows) {
      if (await provenMeanwhile(work, row)) continue;
      const counted = await changeOwner(work, row, { reminders: past + 1 });
      // nothing hangs on it: nobody is pressed
      if (!counted?.dueAt || (await heldBy(work, row.email)).length === 0) continue;
      await mailOwner(work, counted, { letter: 'owner-reminder', until: counted.dueAt });
    }
  }
}

/** pending → overdue: the suspension of what hangs on it is ordered, the owner and the organisations are told. */
async function suspend(work: Work): Promise<void> {
  const { tx, now } = work;
  const rows = (await tx.ownerAddress.findMany({
    where: { state: { in: ['pending', 'overdue'] }, dueAt: { lte: now } },
    orderBy: { dueAt: 'asc' },
    take: atOnce,
  })) as OwnerRow[];
  for (const row of rows) {
    if (await provenMeanwhile(work, row)) continue;
    const overdue = await changeOwner(work, row, { state: 'overdue', dueAt: null });
    if (!overdue) continue;
    const lost = await orderSuspension(work, row.email);
    const detail = { domains: lost.map(({ name }) => name), state: { before: row.state, after: overdue.state } };
    work.audit({ action: 'owner overdue', object: await aboutAddress(tx, row.email), detail });
    if (lost.length === 0) continue;
    await mailOwner(work, overdue, { letter: 'owner-reminder', lost });
    await tellOrganisations(work, overdue, { letter: 'owner-overdue', ordered: lost });
  }
}

/** @param workOf the desk's own work */
export const ownerJobs = (workOf: (unit: Unit) => Work): readonly Job[] => [
  {
    name: 'domain owners',
    everyMs: 15 * minuteMs,
    async run(unit) {
      const work = workOf(unit);
      // else the registrar asks, reminds and suspends itself
      if (work.desk.registrar !== 'staff') return;
      await suspend(work);
      await remind(work);
    },
  },
];
