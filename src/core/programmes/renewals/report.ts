/** What staff hear of the clockwork: a heartbeat after each run, and an alarm when one did not happen (G6). */
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import { renewalTexts, type RenewalTexts } from '../../locales/renewal-texts.js';
import { readers } from '../parties/readers.js';
import { unicodeName } from '../domains/domain.js';
import type { DrawFailure } from './drawing.js';
import { groupedBy, renewingKinds, type DayRun } from './parts.js';
import type { FailReason, SkipReason } from './planning.js';
import { dayInWords } from '../domains/notices.js';
import { alertNotice } from '../../database/outbox.js';

type Why = SkipReason | FailReason | DrawFailure | 'fault';
type Counted = Partial<Record<Why, number>>;

/** A run's account; kept as `RenewalRun`. */
export interface Account {
  readonly day: string;
  /** Reminders; a mail has many. */
  readonly sent: number;
  readonly mails: number;
  readonly skipped: Counted;
  readonly failed: Counted;
  readonly renewed: number;
  /** What failed, by name, and why: the first of them. */
  readonly names: readonly { readonly name: string; readonly why: Why }[];
}

/** Names that a report shows; the counts are of all. */
const namedAtMost = 20;

export const totalOf = (counted: Counted): number => Object.values(counted).reduce((sum, count) => sum + count, 0);

/** Adds up everything since the run before: an attempt that broke off is in it too. */
export async function accountOf(
  work: Work,
  run: DayRun,
  { mails, drawFailures }: { mails: number; drawFailures: ReadonlyMap<string, DrawFailure> },
): Promise<Account> {
  const { tx } = work;
  const last = await tx.renewalRun.findFirst({ orderBy: { day: 'desc' }, select: { at: true } });
  const since = last ? { gt: last.at } : {};
  const groups = await tx.renewalNotice.groupBy({
    by: ['outcome', 'reason'],
    where: { at: since, milestone: { gte: 0 } },
    _count: true,
  });
  const counted = (outcome: string): Counted => {
    const reasons: Record<string, number> = {};
    for (const group of groups) if (group.outcome === outcome) reasons[group.reason ?? ''] = group._count;
    return reasons;
  };
  const drawn = groupedBy([...drawFailures.values()], (why) => why);
  const failed: Counted = {
    ...counted('failed'),
    ...Object.fromEntries([...drawn].map(([why, all]) => [why, all.length])),
    ...(run.faults.length > 0 ? { fault: run.faults.length } : {}),
  };
  const noticed = await namesOf(work, { outcome: 'failed', at: since });
  const names = [
    ...run.faults.map(({ about }) => ({ name: about, why: 'fault' as const })),
    ...noticed,
    ...[...drawFailures].map(([name, why]) => ({ name, why })),
  ];
  return {
    day: run.day,
    sent: groups.filter(({ outcome }) => outcome === 'sent').reduce((sum, { _count }) => sum + _count, 0),
    mails,
    skipped: counted('skipped'),
    failed,
    renewed: await tx.registrarTask.count({
      where: { kind: { in: [...renewingKinds] }, door: 'schedule', createdAt: since },
    }),
    names: names.slice(0, namedAtMost).map(({ name, why }) => ({ name: unicodeName(name), why })),
  };
}

async function namesOf({ tx }: Work, where: object): Promise<{ name: string; why: FailReason }[]> {
  const rows = await tx.renewalNotice.findMany({ where, orderBy: { id: 'asc' }, take: namedAtMost });
  const domains = await tx.domain.findMany({
    where: { id: { in: rows.map(({ domainId }) => domainId) } },
    select: { id: true, name: true },
  });
  const named = new Map(domains.map(({ id, name }) => [id, name]));
  return rows.map(({ domainId, reason }) => ({ name: named.get(domainId) ?? '', why: reason as FailReason }));
}

/** The daily heartbeat: also when nothing was due, so that its absence says something. */
export const tellReport = (work: Work, account: Account): Promise<void> =>
  tellStaff(work, (locale) => {
    const say = renewalTexts[locale];
    const { sent, mails, skipped, failed, renewed, names } = account;
    const rest = totalOf(failed) - names.length;
    return {
      headline: say.report(dayInWords(account.day, locale)),
      summary: [
        { label: say.sent, value: say.inMails(sent, mails) },
        { label: say.skipped, value: withReasons(skipped, say) },
        { label: say.failed, value: withReasons(failed, say) },
        { label: say.renewed, value: String(renewed) },
      ],
      names: [
        ...names.map(({ name, why }) => ({ label: name, value: say.why[why] })),
        ...(names.length > 0 && rest > 0 ? [{ label: '…', value: say.more(rest) }] : []),
      ],
    };
  });

/** `4 (being renewed: 3, too late to renew: 1)`. */
function withReasons(counted: Counted, say: RenewalTexts): string {
  const reasons = Object.entries(counted).map(([why, count]) => `${say.why[why as Why]}: ${count}`);
  return reasons.length > 0 ? `${totalOf(counted)} (${reasons.join(', ')})` : '0';
}

export const tellMissed = (work: Work, days: readonly string[]): Promise<void> =>
  tellStaff(work, (locale) => {
    const [from, to] = [days[0] ?? '', days.at(-1) ?? ''].map((day) => dayInWords(day, locale)) as [string, string];
    return { headline: renewalTexts[locale].missed({ from, to, count: days.length }), summary: [], names: [] };
  });

export const tellOverdue = (work: Work, day: string): Promise<void> =>
  tellStaff(work, (locale) => ({
    headline: renewalTexts[locale].overdue(dayInWords(day, locale)),
    summary: [],
    names: [],
  }));

interface StaffNotice {
  readonly headline: string;
  readonly summary: readonly { label: string; value: string }[];
  readonly names: readonly { label: string; value: string }[];
}

/** In the approvals channel; a desk without chat mails its admins. */
async function tellStaff(work: Work, toldIn: (locale: Locale) => StaffNotice): Promise<void> {
  const { locale, chat } = work.desk;
  if (chat) {
    const { headline, summary, names } = toldIn(locale);
    const lines = [...summary, ...names].map(({ label, value }) => `${label}${locale === 'fr' ? ' ' : ''}: ${value}`);
    const text = [headline, ...lines].join('\n');
    work.send(alertNotice(locale, text));
    return;
  }
  for (const reader of await readers(work, { roles: { some: { role: 'admin' } } }))
    if (reader.email)
      work.send({
        channel: 'mail',
        letter: 'renewals-report',
        recipient: reader.email,
        personId: reader.personId,
        locale: reader.locale,
        params: { ...toldIn(reader.locale) },
      });
}
