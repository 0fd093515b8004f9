/**
 * The renewal clockwork as jobs (G6): once a day, from the policy's hour where the desk is, automatic renewals are drawn,
 * what is due is noted, and mails are written; staff get a heartbeat, and an alarm when a day had none.
 *
 * A run is many short transactions, so that it never holds other writers for long and a domain that breaks breaks alone.
 * All of them can be done again: whatever a process that died left is taken up by the next attempt.
 */
import type { Desk, Work } from '../../guard/work.js';
import type { Tx } from '../../database/connect.js';
import type { Job } from '../../database/schedule.js';
import type { Unit } from '../../database/transact.js';
import { drawDue } from './drawing.js';
import { mailDue } from './mailing.js';
import { noteDue } from './notices.js';
import type { DayRun } from './parts.js';
import { accountOf, tellMissed, tellOverdue, tellReport, totalOf, type Account } from './report.js';
import { clockIn, daysMissed } from './planning.js';

const minuteMs = 60_000;
/** Nobody who is at work is silent for that long. */
const leaseMs = 10 * minuteMs;
const overdueHours = 3;

/** Rows of `JobRun`, a local day each: who is at work on it, and which alarms were given. */
const atWork = 'renewals of a day';
const missedTold = 'renewals missed';
const overdueTold = 'renewals overdue';

/** @param workOf the desk's own work */
export const renewalJobs = (desk: Desk, workOf: (unit: Unit) => Work): readonly Job[] => [
  daily(desk, workOf),
  watch(desk, workOf),
];

function daily(desk: Desk, workOf: (unit: Unit) => Work): Job {
  let claimed: string | undefined;
  return {
    name: 'renewals',
    // often, so that what broke off or throws is tried again soon
    everyMs: 15 * minuteMs,
    async run({ tx }, now) {
      claimed = await claim(tx, desk, now);
    },
    async after() {
      const day = claimed;
      claimed = undefined;
      if (day !== undefined) await runDay(desk, { workOf, day });
    },
  };
}

/** The day to run, when it is time, it has not been run, and no other process is at it. */
async function claim(tx: Tx, desk: Desk, now: Date): Promise<string | undefined> {
  const { day, hour } = clockIn(now, desk.timeZone);
  if (hour < desk.catalogue.policy.times.renewalHour) return undefined;
  if (await tx.renewalRun.findUnique({ where: { day } })) return undefined;
  const key = { job_slot: { job: atWork, slot: day } };
  const other = await tx.jobRun.findUnique({ where: key });
  if (other && other.at.getTime() > now.getTime() - leaseMs) return undefined;
  await tx.jobRun.upsert({ where: key, create: { job: atWork, slot: day, at: now }, update: { at: now } });
  return day;
}

/**
 * One day's run. Done a second time, or by two processes, it changes nothing more.
 * @throws {AggregateError} once all is done, of what could not be (staff have its names in the heartbeat)
 */
export async function runDay(
  desk: Desk,
  { workOf, day }: { workOf: (unit: Unit) => Work; day: string },
): Promise<Account | undefined> {
  const holds = async ({ tx }: Unit) => {
    await tx.jobRun.updateMany({ where: { job: atWork, slot: day }, data: { at: desk.clock() } });
  };
  const run: DayRun = { desk, workOf, day, holds, faults: [] };
  const drawFailures = await drawDue(run);
  await noteDue(run);
  const mails = await mailDue(run);
  const account = await desk.database.transact(async (unit) => {
    // another process was quicker, and has told
    if (await unit.tx.renewalRun.findUnique({ where: { day } })) return undefined;
    const work = workOf(unit);
    const made = await accountOf(work, run, { mails, drawFailures });
    const { skipped, failed, sent, renewed, names } = made;
    const detail = JSON.stringify({ mails, skipped, failed, names });
    await unit.tx.renewalRun.create({
      data: { day, at: work.now, sent, skipped: totalOf(skipped), failed: totalOf(failed), renewed, detail },
    });
    if (await anyDomain(unit.tx)) await tellReport(work, made);
    return made;
  });
  if (run.faults.length > 0)
    throw new AggregateError(
      run.faults.slice(0, 10).map(({ error }) => error),
      `renewals of ${day}: ${run.faults.length} could not be done`,
    );
  return account;
}

const anyDomain = async (tx: Tx): Promise<boolean> => (await tx.domain.findFirst({ select: { id: true } })) !== null;

/** Alarms, each given once: of days without a run, and of a run that does not get through. */
const watch = (desk: Desk, workOf: (unit: Unit) => Work): Job => ({
  name: 'renewals watch',
  everyMs: 60 * minuteMs,
  async run(unit, now) {
    const { tx } = unit;
    const { day: today, hour } = clockIn(now, desk.timeZone);
    const last = await tx.renewalRun.findFirst({ where: { day: { lt: today } }, orderBy: { day: 'desc' } });
    const missed = last ? daysMissed({ last: last.day, today, timeZone: desk.timeZone }) : [];
    const done = await tx.renewalRun.findUnique({ where: { day: today } });
    const overdue = !done && hour - desk.catalogue.policy.times.renewalHour >= overdueHours;
    if ((missed.length === 0 && !overdue) || !(await anyDomain(tx))) return;
    const latest = missed.at(-1);
    const once = async (job: string, slot: string): Promise<boolean> => {
      if (await tx.jobRun.findUnique({ where: { job_slot: { job, slot } } })) return false;
      await tx.jobRun.create({ data: { job, slot, at: now } });
      return true;
    };
    if (latest !== undefined && (await once(missedTold, latest))) await tellMissed(workOf(unit), missed);
    if (overdue && (await once(overdueTold, today))) await tellOverdue(workOf(unit), today);
  },
});
