/** The run's mails: one a recipient for everything that is due, one an organisation for renewals that failed (G6). */
import type { Work } from '../../guard/work.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import type { Organisation, RenewalNotice } from '../../database/connect.js';
import { inParts } from '../../database/bulk-insert.js';
import { tldOfRow, type DomainRow } from '../domains/domain.js';
import { standing } from '../domains/life.js';
import { sendAlert, sendReminder, type Due } from './letters.js';
import { groupedBy, inTransactions, renewingOf, type DayRun } from './parts.js';
import { failedDraw, isRenewable, type NoticeOutcome, type SkipReason } from './planning.js';

/** Rows that an attempt left unsent are still sent within that time. */
export const unsentDays = 40;
const recipientsAtOnce = 5;
const idsAtOnce = 5_000;
const dayMs = 24 * 3_600_000;

/** Writes the mails of everything that is due. @returns how many */
export async function mailDue(run: DayRun): Promise<number> {
  const since = new Date(run.desk.clock().getTime() - unsentDays * dayMs);
  const due = { outcome: 'due', at: { gte: since } };
  const recipients = await run.desk.database.read((tx) =>
    tx.renewalNotice.findMany({ where: due, distinct: ['recipient'], select: { recipient: true } }),
  );
  const mailed = new Map<string, number>();
  await inTransactions(run, recipients, {
    size: recipientsAtOnce,
    about: ({ recipient }) => recipient,
    work: async (work, part) => {
      for (const { recipient } of part) mailed.set(recipient, await mailTo(work, { ...due, recipient }, run.day));
    },
  });
  return [...mailed.values()].reduce((sum, count) => sum + count, 0);
}

async function mailTo(work: Work, where: { outcome: string; recipient: string }, day: string): Promise<number> {
  const rows = await work.tx.renewalNotice.findMany({ where });
  const [first] = rows;
  if (!first) return 0;
  const { due, skipped } = await stillDue(work, rows, day);
  for (const [reason, ids] of skipped) await end(work, ids, { outcome: 'skipped', reason });
  await end(
    work,
    due.map(({ row }) => row.id),
    { outcome: 'sent' },
  );
  const [alerts, reminders] = [true, false].map((failed) =>
    due.filter(({ row }) => (row.milestone === failedDraw) === failed),
  ) as [Due[], Due[]];
  const to = { recipient: where.recipient, personId: first.personId, locale: await localeTo(work, first) };
  const orgs = await orgsOf(work, due);
  let mails = 0;
  for (const [orgId, of] of groupedBy(alerts, ({ domain }) => domain.orgId)) {
    await sendAlert(work, { to, org: orgs.get(orgId), due: of, day });
    mails += 1;
  }
  if (reminders.length === 0) return mails;
  await sendReminder(work, { to, orgs, due: reminders, day });
  return mails + 1;
}

const localeTo = async (work: Work, { personId }: RenewalNotice): Promise<Locale> => {
  const person = await work.tx.person.findUnique({ where: { id: personId ?? 0 }, select: { locale: true } });
  return localeOf(person?.locale, work.desk.locale);
};

/** What is left to be said: a row that an earlier attempt left may have been overtaken by a renewal or a later milestone. */
async function stillDue(
  work: Work,
  rows: readonly RenewalNotice[],
  day: string,
): Promise<{ due: Due[]; skipped: Map<SkipReason, number[]> }> {
  const ids = [...new Set(rows.map(({ domainId }) => domainId))];
  const domains = new Map<number, DomainRow>();
  const renewing = new Set<number>();
  await inParts(ids, idsAtOnce, async (part) => {
    for (const row of await work.tx.domain.findMany({ where: { id: { in: [...part] } } }))
      domains.set(row.id, row as DomainRow);
    for (const id of await renewingOf(work.tx, part)) renewing.add(id);
  });
  const due: Due[] = [];
  const skipped = new Map<SkipReason, number[]>();
  const skip = (row: RenewalNotice, why: SkipReason) => {
    skipped.set(why, skipped.get(why) ?? []);
    skipped.get(why)?.push(row.id);
  };
  const said = new Set<number>();
  // the latest milestone first
  for (const row of [...rows].sort((one, other) => one.milestone - other.milestone)) {
    const domain = domains.get(row.domainId);
    const now = domain && standing(domain, tldOfRow(work, domain), day);
    if (!domain || !now || domain.expiresOn !== row.expiresOn || !isRenewable(now)) skip(row, 'changed');
    else if (renewing.has(domain.id)) skip(row, 'renewing');
    else if (row.milestone !== failedDraw && said.has(domain.id)) skip(row, 'later');
    else {
      if (row.milestone !== failedDraw) said.add(domain.id);
      due.push({ row, domain, now });
    }
  }
  const order = ({ domain: { expiresOn, name } }: Due) => `${expiresOn} ${name}`;
  return { due: due.sort((one, other) => (order(one) < order(other) ? -1 : 1)), skipped };
}

async function end(
  work: Work,
  ids: readonly number[],
  data: { outcome: NoticeOutcome; reason?: SkipReason },
): Promise<void> {
  await inParts(ids, idsAtOnce, async (part) => {
    await work.tx.renewalNotice.updateMany({ where: { id: { in: [...part] } }, data: { ...data, at: work.now } });
  });
}

async function orgsOf(work: Work, due: readonly Due[]): Promise<ReadonlyMap<number, Organisation>> {
  const ids = [...new Set(due.map(({ domain }) => domain.orgId))];
  const orgs = await work.tx.organisation.findMany({ where: { id: { in: ids } } });
  return new Map(orgs.map((org) => [org.id, org]));
}
