/**
 * A whole year of renewals with an injected clock (G6): organisations of several habits, two outages, both changes of the
 * clocks, mails and tasks carried out by simulated people. `npm run simulate:year` prints it as a table and judges it.
 */
import { DateTime } from 'luxon';
import { jobsOf } from '../../src/core/jobs.js';
import { createSchedule, type Schedule } from '../../src/core/database/schedule.js';
import { createPeople, type Arrived } from './people.js';
import { endDay, firstDay, openWorld, outages, startOf, timeZone, type Scale, type World } from './world.js';

const hourMs = 3_600_000;
/** What is about renewals and owners runs at each step of a day; everything else, which has nothing to do with it, on Mondays. */
const ofDomains = new Set(['renewals', 'renewals watch', 'domain owners']);
/** Hours of a day at which anything can come of looking: before the clockwork's own, at it, and three times in the day. */
export const everyStep = [7, 8, 9, 13, 17] as const;

/** On which run days a domain was there with an expiry: the first and the last. */
export interface Seen {
  readonly domainId: number;
  readonly expiresOn: string;
  readonly first: string;
  readonly last: string;
}

export interface Year {
  readonly world: World;
  readonly arrived: readonly Arrived[];
  readonly seen: readonly Seen[];
  /** Local days on which the clockwork ran, and at which hour. */
  readonly runs: readonly { readonly day: string; readonly hour: number }[];
  /** Domains that had not expired, by day. */
  readonly active: ReadonlyMap<string, number>;
}

const localIn = (at: Date) => DateTime.fromJSDate(at, { zone: timeZone });
const isDown = (day: string): boolean => outages.some(({ from, to }) => day >= from && day <= to);

/** A process starts: what it knew of its slots is forgotten. */
function schedules(world: World): { each: Schedule; others: Schedule } {
  const { desk } = world;
  const jobs = jobsOf(desk, async () => undefined);
  const of = (some: typeof jobs) =>
    createSchedule({
      database: desk.database,
      clock: world.clock,
      jobs: some,
      onError: (error) => void world.faults.push(`a job: ${String(error)}`),
    });
  return {
    each: of(jobs.filter(({ name }) => ofDomains.has(name))),
    others: of(jobs.filter(({ name }) => !ofDomains.has(name))),
  };
}

/** @param told called at the end of each month, with its first day */
export async function simulateYear(scale: Scale, told: (month: string) => void = () => undefined): Promise<Year> {
  const steps: readonly number[] = scale.steps ?? everyStep;
  const world = await openWorld(scale);
  const people = createPeople(world, scale);
  const seen = new Map<string, Seen>();
  const runs: { day: string; hour: number }[] = [];
  const active = new Map<string, number>();
  const end = startOf(endDay).getTime();
  let process = schedules(world);
  let wasDown = false;
  let month = firstDay.slice(0, 7);

  async function look(day: string, hour: number): Promise<void> {
    if (runs.at(-1)?.day === day) return;
    const { reader } = world.open.connection;
    if (!(await reader.renewalRun.findUnique({ where: { day } }))) return;
    runs.push({ day, hour });
    const rows = await reader.domain.findMany({
      where: { state: { in: ['active', 'suspended'] } },
      select: { id: true, expiresOn: true },
    });
    for (const { id, expiresOn } of rows) {
      if (expiresOn === null) continue;
      const key = `${id} ${expiresOn}`;
      seen.set(key, { domainId: id, expiresOn, first: seen.get(key)?.first ?? day, last: day });
    }
    active.set(day, rows.filter(({ expiresOn }) => expiresOn !== null && expiresOn >= day).length);
  }

  for (let at = startOf(firstDay).getTime(); at < end; at += hourMs) {
    world.clock.set(new Date(at));
    const now = localIn(new Date(at));
    const day = now.toFormat('yyyy-MM-dd');
    if (!steps.includes(now.hour)) continue;
    if (isDown(day)) {
      wasDown = true;
      continue;
    }
    if (wasDown) process = schedules(world);
    wasDown = false;
    if (now.weekday === 1 && now.hour === steps[0]) await process.others.tick();
    await process.each.tick();
    await look(day, now.hour);
    await people.act();
    if (day.slice(0, 7) === month) continue;
    told(`${month}-01`);
    month = day.slice(0, 7);
  }
  told(`${month}-01`);
  return { world, arrived: people.arrived, seen: [...seen.values()], runs, active };
}

export interface MonthRow {
  readonly month: string;
  readonly active: number;
  readonly sent: number;
  readonly skipped: number;
  readonly mails: number;
  readonly renewed: number;
  readonly charges: number;
  readonly refunds: number;
  readonly receipts: number;
  readonly suspended: number;
}

/** What happened, by month. */
export async function monthsOf({ world, active, arrived }: Year): Promise<MonthRow[]> {
  const { reader } = world.open.connection;
  const monthOf = (at: Date | null) => (at ? localIn(at).toFormat('yyyy-MM') : '');
  const [notices, tasks, entries, receipts] = await Promise.all([
    reader.renewalNotice.findMany({ where: { milestone: { gte: 0 } } }),
    reader.registrarTask.findMany({ where: { state: 'done' } }),
    reader.ledgerEntry.findMany(),
    reader.receipt.findMany(),
  ]);
  const months = [...new Set([...active.keys()].map((day) => day.slice(0, 7)))];
  return months.map((month) => {
    const noted = (outcome: string) =>
      notices.filter((row) => row.outcome === outcome && monthOf(row.at) === month).length;
    const done = (kinds: readonly string[]) =>
      tasks.filter(({ kind, endedAt }) => kinds.includes(kind) && monthOf(endedAt) === month).length;
    const booked = (kind: string) => entries.filter((row) => row.kind === kind && monthOf(row.at) === month).length;
    const lastDay = [...active.keys()].filter((day) => day.startsWith(month)).at(-1) ?? '';
    return {
      month,
      active: active.get(lastDay) ?? 0,
      sent: noted('sent'),
      skipped: noted('skipped') + noted('failed'),
      mails: arrived.filter(({ letter, day }) => letter === 'renewals-due' && day.startsWith(month)).length,
      renewed: done(['renew', 'restore']),
      charges: booked('charge'),
      refunds: booked('refund'),
      receipts: receipts.filter(({ issuedAt }) => monthOf(issuedAt) === month).length,
      suspended: done(['suspend']),
    };
  });
}
