/** Which reminders are due today: rows that account for every milestone, before any mail is written (G6). */
import type { Work } from '../../guard/work.js';
import { writersOf } from '../parties/organisation.js';
import { Prisma, type RenewalNotice } from '../../database/connect.js';
import { insertRows } from '../../database/bulk-insert.js';
import { tldOfRow, type DomainRow } from '../domains/domain.js';
import { standing } from '../domains/life.js';
import { pricesOn } from '../domains/price.js';
import { groupedBy, inTransactions, pick, renewingOf, type DayRun, type Picked } from './parts.js';
import { planNotices, reminderWindows, type PlannedNotice } from './planning.js';

const atOnce = 500;

/** Makes the rows of every milestone that is due today and not accounted for yet. */
export async function noteDue(run: DayRun): Promise<void> {
  const { domains, policy } = run.desk.catalogue;
  const windows = reminderWindows(domains.tlds, { today: run.day, reminderDays: policy.times.renewalReminderDays });
  const picked = await run.desk.database.read(async (tx) => {
    const found: Picked[] = [];
    for (const [milestone, of] of groupedBy(windows, (window) => window.milestone))
      found.push(...(await pick(tx, of, unaccounted(milestone))));
    return found;
  });
  await inTransactions(run, picked, {
    size: atOnce,
    about: ({ name }) => name,
    work: (work, part) => notePart(work, part, run),
  });
}

/** Who could not be told is looked at again every day: somebody may be there by now. */
const unaccounted = (milestone: number) => Prisma.sql`NOT EXISTS (
  SELECT 1 FROM "RenewalNotice" n WHERE n."domainId" = d."id" AND n."expiresOn" = d."expiresOn"
    AND n."milestone" = ${milestone} AND n."recipient" <> '')`;

/** Looks at each again in the transaction itself: it may have been renewed, released or accounted for meanwhile. */
async function notePart(work: Work, part: readonly Picked[], run: DayRun): Promise<void> {
  const { tx, desk } = work;
  const ids = part.map(({ id }) => id);
  const where = { id: { in: ids }, state: { in: ['active', 'suspended'] }, expiresOn: { not: null } };
  const rows = (await tx.domain.findMany({ where, orderBy: [{ expiresOn: 'asc' }, { id: 'asc' }] })) as DomainRow[];
  const expiries = [...new Set(rows.flatMap(({ expiresOn }) => expiresOn ?? []))];
  const known = await tx.renewalNotice.findMany({
    where: { domainId: { in: ids }, expiresOn: { in: expiries }, milestone: { gte: 0 } },
    select: { domainId: true, expiresOn: true, milestone: true, recipient: true },
  });
  const knownOf = groupedBy(known, ({ domainId, expiresOn }) => `${domainId} ${expiresOn}`);
  const renewing = await renewingOf(tx, ids);
  const writers = await writersOf(tx, [...new Set(rows.map(({ orgId }) => orgId))]);
  const made = rows.flatMap((row) =>
    planNotices({
      today: run.day,
      reminderDays: desk.catalogue.policy.times.renewalReminderDays,
      standing: standing(row, tldOfRow(work, row), run.day),
      sold: isSold(work, row, run.day),
      renewing: renewing.has(row.id),
      recipients: writers.get(row.orgId) ?? [],
      known: knownOf.get(`${row.id} ${row.expiresOn}`) ?? [],
    }).map((notice) => rowOf(work, { row, notice })),
  );
  await insertRows(tx, 'RenewalNotice', made);
}

const isSold = (work: Work, row: DomainRow, day: string): boolean => {
  const tld = tldOfRow(work, row);
  return tld !== undefined && pricesOn(tld, day) !== undefined;
};

const rowOf = (
  { now }: Work,
  { row, notice }: { row: DomainRow; notice: PlannedNotice },
): Omit<RenewalNotice, 'id'> => ({
  domainId: row.id,
  expiresOn: row.expiresOn ?? '',
  milestone: notice.milestone,
  recipient: notice.recipient.email,
  personId: notice.recipient.personId,
  outcome: notice.outcome,
  reason: notice.reason,
  at: now,
});
