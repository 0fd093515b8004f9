/**
 * The renewal clockwork's decisions (G6), by dates alone: which reminder of a domain is due, to whom it is owed, and when
 * an automatic renewal is drawn. Nothing here reads or writes; docs/domains.md ("Renewals") says the same in words.
 */
import { DateTime } from 'luxon';
import type { Tld } from '../../catalogue/domains-shape.js';
import { daysBetween, expiriesOf, plusDays, type Periods, type Standing } from '../domains/life.js';

/** Why a reminder was not sent. `over`: nobody can renew it as usual any more. */
export type SkipReason = 'later' | 'renewing' | 'over' | 'changed';
/** Why one can't be. `unsold`: its TLD has no price. */
export type FailReason = 'no-recipient' | 'unsold';
/** `due`: to be sent in this run's mail. */
export type NoticeOutcome = 'due' | 'sent' | 'skipped' | 'failed';

/** Who is told of a failed automatic renewal has a row of this milestone: once an expiry. */
export const failedDraw = -1;

export interface Recipient {
  /** Nobody's, when the organisation has nobody to be written to: such a row is never sent. */
  readonly email: string;
  readonly personId: number | null;
}

const nobody: Recipient = { email: '', personId: null };

/** A row to be made. */
export interface PlannedNotice {
  readonly milestone: number;
  readonly recipient: Recipient;
  readonly outcome: Exclude<NoticeOutcome, 'sent'>;
  readonly reason: SkipReason | FailReason | null;
}

/** What is known of one domain today. */
export interface RenewalCase {
  readonly today: string;
  /** Days before renew-by, falling; 0 is the day itself. */
  readonly reminderDays: readonly number[];
  readonly standing: Pick<Standing, 'state' | 'renewBy'>;
  /** Its TLD has a price today. */
  readonly sold: boolean;
  /** A renewal or restoration of it is under way. */
  readonly renewing: boolean;
  readonly recipients: readonly Recipient[];
  /** Rows of this expiry that are there already. */
  readonly known: readonly { readonly milestone: number; readonly recipient: string }[];
}

/** Expired ones in their hold too, as that is when a reminder helps most. */
export const isRenewable = ({ state }: Pick<Standing, 'state'>): boolean =>
  state === 'active' || state === 'suspended' || state === 'expired';

/** The milestone that holds with `left` days until renew-by (below zero: past it); nothing before the first. */
export const milestoneAt = (reminderDays: readonly number[], left: number): number | undefined =>
  reminderDays.findLast((days) => left <= days);

/**
 * The rows that account for a domain today: one a recipient for the milestone that is due now, and one each for earlier
 * milestones that nobody accounted for (the desk was down, or the domain came late), which are never sent any more.
 * Nothing when the milestone is accounted for. Who can't be told is tried again every day, and noted once.
 */
export function planNotices(facts: RenewalCase): PlannedNotice[] {
  const { today, reminderDays, known } = facts;
  const { renewBy } = facts.standing;
  const due = renewBy === null ? undefined : milestoneAt(reminderDays, daysBetween(today, renewBy));
  const accounted = new Set(known.filter(({ recipient }) => recipient !== '').map(({ milestone }) => milestone));
  if (due === undefined || accounted.has(due)) return [];
  const recipients = facts.recipients.length > 0 ? facts.recipients : [nobody];
  const earlier = reminderDays.filter((days) => days > due && !accounted.has(days));
  const now = judged(facts);
  const rows = [
    ...earlier.map((milestone) => ({ milestone, outcome: 'skipped' as const, reason: 'later' as const })),
    { milestone: due, ...now },
  ].flatMap((row) => recipients.map((recipient): PlannedNotice => ({ ...row, recipient })));
  const noted = (row: PlannedNotice) =>
    known.some(({ milestone, recipient }) => milestone === row.milestone && recipient === row.recipient.email);
  return rows.filter((row) => !noted(row));
}

function judged({ standing, renewing, recipients, sold }: RenewalCase): Pick<PlannedNotice, 'outcome' | 'reason'> {
  if (!isRenewable(standing)) return { outcome: 'skipped', reason: 'over' };
  if (renewing) return { outcome: 'skipped', reason: 'renewing' };
  if (recipients.length === 0) return { outcome: 'failed', reason: 'no-recipient' };
  return sold ? { outcome: 'due', reason: null } : { outcome: 'failed', reason: 'unsold' };
}

/** The first day on which an automatic renewal draws on the balance. */
export const drawOn = (renewBy: string, autoRenewDays: number): string => plusDays(renewBy, -autoRenewDays);

/**
 * Whether an automatic renewal draws today: from `drawOn` until the hold has ended, as a balance that is filled up on
 * the last day of the hold still saves the domain at its usual price.
 */
export const drawsToday = (
  standing: Pick<Standing, 'state' | 'renewBy'>,
  { today, autoRenewDays }: { today: string; autoRenewDays: number },
): boolean => isRenewable(standing) && standing.renewBy !== null && today >= drawOn(standing.renewBy, autoRenewDays);

/** Domains to look at: of these TLDs (of all others when `other`), with an expiry `> after` and `<= until`. */
export interface Window {
  readonly tlds: readonly string[];
  readonly other: boolean;
  readonly after: string;
  readonly until: string;
}

/** TLDs of equal periods share their windows; last come those of domains that the catalogue no longer sells. */
function periodsOf(tlds: readonly Tld[]): { periods: Periods | undefined; tlds: string[] }[] {
  const groups = new Map<string, { periods: Periods | undefined; tlds: string[] }>();
  for (const { tld, renewBy, hold, redemption, pendingDelete } of tlds) {
    const key = [renewBy, hold, redemption, pendingDelete].join(' ');
    const group = groups.get(key) ?? { periods: { renewBy, hold, redemption, pendingDelete }, tlds: [] };
    groups.set(key, group);
    group.tlds.push(tld);
  }
  return [...groups.values(), { periods: undefined, tlds: tlds.map(({ tld }) => tld) }];
}

/** Of a TLD that is not sold any more nothing is known after its expiry: that long it is still looked at. */
const unsoldDays = 60;

/** Windows of the domains that have a milestone today, and which: the part of the table a run has to read. */
export function reminderWindows(
  tlds: readonly Tld[],
  { today, reminderDays }: { today: string; reminderDays: readonly number[] },
): (Window & { milestone: number })[] {
  return periodsOf(tlds).flatMap(({ periods, tlds: names }) =>
    reminderDays.map((milestone, at) => {
      const renewBy = periods?.renewBy ?? 0;
      const next = reminderDays[at + 1];
      // the last one holds until the domain is gone
      const after = next === undefined ? stillThere(periods, today) : plusDays(today, renewBy + next);
      return { tlds: names, other: !periods, milestone, after, until: plusDays(today, renewBy + milestone) };
    }),
  );
}

const stillThere = (periods: Periods | undefined, today: string): string =>
  expiriesOf('pending-delete', periods, today)?.after ?? plusDays(today, -unsoldDays);

/** Windows of the domains whose automatic renewal draws today. */
export const drawWindows = (
  tlds: readonly Tld[],
  { today, autoRenewDays }: { today: string; autoRenewDays: number },
): Window[] =>
  periodsOf(tlds)
    .filter(({ periods }) => periods)
    .map(({ periods, tlds: names }) => ({
      tlds: names,
      other: false,
      after: expiriesOf('expired', periods, today)?.after ?? today,
      until: plusDays(today, (periods?.renewBy ?? 0) + autoRenewDays),
    }));

/** The day and the hour that clocks show where the desk is. */
export function clockIn(now: Date, timeZone: string): { day: string; hour: number } {
  const local = DateTime.fromJSDate(now, { zone: timeZone });
  return { day: local.toFormat('yyyy-MM-dd'), hour: local.hour };
}

/** Days between two, neither of them, on which clocks ran at all: a zone that moves across the date line skips one. */
export function daysMissed({ last, today, timeZone }: { last: string; today: string; timeZone: string }): string[] {
  const days: string[] = [];
  for (let day = plusDays(last, 1); day < today; day = plusDays(day, 1))
    if (DateTime.fromISO(`${day}T12:00`, { zone: timeZone }).toFormat('yyyy-MM-dd') === day) days.push(day);
  return days;
}
