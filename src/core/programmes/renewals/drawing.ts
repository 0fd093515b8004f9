/** Automatic renewals: each draws on the prepaid balance once, whatever processes run (G6). */
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { writersTo } from '../parties/organisation.js';
import { insertRows } from '../../database/bulk-insert.js';
import { Prisma } from '../../database/connect.js';
import { tldOfRow, type DomainRow } from '../domains/domain.js';
import { standing } from '../domains/life.js';
import { orderRenewal, renewalOf } from '../domains/renewal.js';
import { inTransactions, notRenewing, pick, renewingOf, type DayRun, type Picked } from './parts.js';
import { drawOn, drawsToday, drawWindows, failedDraw } from './planning.js';
import type { TaskRow } from '../domains/tasks.js';
import { tellStaff } from '../domains/notices.js';

/** Why one was not drawn: too little on the balance, or ordered and failed as often as it is tried. */
export type DrawFailure = 'balance' | 'refused';

/** An order that failed at the registrar is made again the next day, that often in all; each costs two receipts. */
const triesAtMost = 3;
// each of them some ten statements, and whoever else writes waits for the part
const atOnce = 50;

/**
 * Orders a year more for every domain whose automatic renewal draws today, those first that end first. What the balance
 * does not cover is told once an expiry and tried again every day.
 * @returns the domains that were not, by name
 */
export async function drawDue(run: DayRun): Promise<Map<string, DrawFailure>> {
  const { domains, policy } = run.desk.catalogue;
  const { autoRenewDays } = policy.times;
  const automatic = Prisma.sql`d."autoRenew" = ${true} AND ${notRenewing}`;
  const windows = drawWindows(domains.tlds, { today: run.day, autoRenewDays });
  const picked = await run.desk.database.read((tx) => pick(tx, windows, automatic));
  const failures = new Map<string, DrawFailure>();
  await inTransactions(run, picked, {
    size: atOnce,
    about: ({ name }) => name,
    work: (work, part) => drawPart(work, { part, day: run.day, failures }),
  });
  return failures;
}

async function drawPart(
  work: Work,
  { part, day, failures }: { part: readonly Picked[]; day: string; failures: Map<string, DrawFailure> },
): Promise<void> {
  const ids = part.map(({ id }) => id);
  const where = { id: { in: ids }, autoRenew: true };
  const rows = (await work.tx.domain.findMany({
    where,
    orderBy: [{ expiresOn: 'asc' }, { id: 'asc' }],
  })) as DomainRow[];
  const renewing = await renewingOf(work.tx, ids);
  const ordered: { task: TaskRow; domain: DomainRow }[] = [];
  const missed: { domain: DomainRow; why: DrawFailure }[] = [];
  for (const domain of rows) {
    if (renewing.has(domain.id)) continue;
    const drawn = await draw(work, domain, day);
    if (typeof drawn === 'string') missed.push({ domain, why: drawn });
    else if (drawn) ordered.push({ task: drawn, domain });
  }
  await tellLater(work, missed);
  // one notice for all of them: a reseller's thousand are renewed on one day
  if (work.desk.registrar === 'staff') await tellStaff(work, ordered);
  // a part done again one by one finds what its first attempt left
  for (const { domain } of ordered) failures.delete(domain.name);
  for (const { domain, why } of missed) failures.set(domain.name, why);
}

/** Nothing when it is not due after all. */
async function draw(work: Work, domain: DomainRow, day: string): Promise<TaskRow | DrawFailure | undefined> {
  const { tx, desk } = work;
  const { autoRenewDays } = desk.catalogue.policy.times;
  const now = standing(domain, tldOfRow(work, domain), day);
  if (now.renewBy === null || !drawsToday(now, { today: day, autoRenewDays })) return undefined;
  const failed = await tx.registrarTask.count({
    where: {
      ...{ domainId: domain.id, kind: 'renew', door: 'schedule', state: 'failed' },
      createdAt: { gte: new Date(`${drawOn(now.renewBy, autoRenewDays + 1)}T00:00:00Z`) },
    },
  });
  if (failed >= triesAtMost) return 'refused';
  const org = await tx.organisation.findUniqueOrThrow({ where: { id: domain.orgId } });
  try {
    return await orderRenewal(work, await renewalOf(work, domain, { org }), { quiet: true });
  } catch (refusal) {
    // without enough in it nothing has changed; any other refusal undoes the part
    if (refusal instanceof Refusal && refusal.code === 'balance.low') return 'balance';
    throw refusal;
  }
}

/** Leaves the alert to the run's mails: one an organisation and recipient, however many domains it is about. */
async function tellLater(work: Work, missed: readonly { domain: DomainRow; why: DrawFailure }[]): Promise<void> {
  const told = await work.tx.renewalNotice.findMany({
    where: { domainId: { in: missed.map(({ domain }) => domain.id) }, milestone: failedDraw },
    select: { domainId: true, expiresOn: true },
  });
  for (const { domain, why } of missed) {
    if (told.some((row) => row.domainId === domain.id && row.expiresOn === domain.expiresOn)) continue;
    const rows = (await writersTo(work.tx, domain.orgId)).map(({ email, personId }) => ({
      ...{ domainId: domain.id, expiresOn: domain.expiresOn, milestone: failedDraw },
      ...{ recipient: email, personId, outcome: 'due', reason: why, at: work.now },
    }));
    await insertRows(work.tx, 'RenewalNotice', rows);
  }
}
