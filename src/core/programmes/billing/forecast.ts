/** What the renewals to come cost, and how long the balance will do for them (G7). Days are `YYYY-MM-DD`, money is in cents. */
import { DateTime } from 'luxon';
import type { Work } from '../../guard/work.js';
import type { Domain, Organisation, RegistrarTask } from '../../database/connect.js';
import { tldOf, type Tld } from '../../catalogue/domains-shape.js';
import { plusDays, plusYears, standing, todayIn } from '../domains/life.js';
import { netOf, pricesOn } from '../domains/price.js';
import type { DomainState } from '../domains/states.js';
import { withVatOn } from './vat.js';

/** A renewal that is to be paid. */
export interface Due {
  readonly day: string;
  readonly grossCents: number;
}

export interface Month {
  /** `YYYY-MM`; the first from today on, the last until the same day. */
  readonly month: string;
  /** How many renewals. */
  readonly count: number;
  readonly dueCents: number;
  /** Of the account after them, if nothing comes in; below zero is what will be missing. */
  readonly balanceCents: number;
}

export interface Forecast {
  readonly items: readonly Month[];
  /** The first day on which a renewal could not be paid; nothing when all can. */
  readonly shortOn: string | null;
  readonly count: number;
  readonly dueCents: number;
  /** The last day that it looks at. */
  readonly until: string;
}

/** The last day of so many months from a day on. */
export const horizon = (today: string, months: number): string =>
  plusDays(DateTime.fromISO(today, { zone: 'utc' }).plus({ months }).toFormat('yyyy-MM-dd'), -1);

/** What is due by when, against what an account has and may owe. */
export function forecastOf(
  dues: readonly Due[],
  account: { balanceCents: number; creditCents: number; today: string; until: string },
): Forecast {
  const { today, until, creditCents } = account;
  const sorted = dues.filter(({ day }) => day <= until).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  let left = account.balanceCents;
  let shortOn: string | null = null;
  const byMonth = new Map(monthsBetween(today, until).map((month) => [month, { count: 0, dueCents: 0 }]));
  for (const { day, grossCents } of sorted) {
    left -= grossCents;
    if (left < -creditCents) shortOn ??= day;
    const month = byMonth.get(day.slice(0, 7));
    if (month) [month.count, month.dueCents] = [month.count + 1, month.dueCents + grossCents];
  }
  let balanceCents = account.balanceCents;
  const items = [...byMonth].map(([month, { count, dueCents }]) => {
    balanceCents -= dueCents;
    return { month, count, dueCents, balanceCents };
  });
  return { items, shortOn, count: sorted.length, dueCents: account.balanceCents - left, until };
}

function monthsBetween(from: string, until: string): string[] {
  const months: string[] = [];
  for (let at = DateTime.fromISO(`${from.slice(0, 7)}-01`, { zone: 'utc' }); ; at = at.plus({ months: 1 })) {
    const month = at.toFormat('yyyy-MM');
    if (month > until.slice(0, 7)) return months;
    months.push(month);
  }
}

/**
 * The renewals of all an organisation's domains until a day, each on its renew-by and at that day's price with tax, year
 * after year. What is late is due today; what is paid already, or can only be restored, is not among them. `unpriced`: the
 * domains of a TLD that is no longer sold.
 */
export async function duesOf(work: Work, org: Organisation, until: string): Promise<{ dues: Due[]; unpriced: number }> {
  const { tx, desk, now } = work;
  const where = { orgId: org.id, state: { in: ['active', 'suspended'] }, expiresOn: { not: null } };
  const select = { id: true, name: true, state: true, expiresOn: true } as const;
  const rows = await tx.domain.findMany({ where, select, orderBy: { id: 'asc' } });
  const paid = await paidAhead(work, org.id);
  const today = todayIn(desk, now);
  const dues: Due[] = [];
  let unpriced = 0;
  for (const row of rows) {
    const tld = tldOf(desk.catalogue.domains, row.name);
    if (!tld) unpriced += 1;
    else dues.push(...renewalsOf({ ...row, ahead: paid.get(row.id) ?? 0 }, { work, org, tld, today, until }));
  }
  return { dues, unpriced };
}

/** Years that are ordered, and so charged, but not yet on the domain's expiry. */
async function paidAhead({ tx }: Work, orgId: number): Promise<ReadonlyMap<number, number>> {
  const tasks: Pick<RegistrarTask, 'domainId' | 'years'>[] = await tx.registrarTask.findMany({
    where: { orgId, kind: { in: ['renew', 'restore'] }, state: { in: ['waiting', 'uncertain'] } },
    select: { domainId: true, years: true },
  });
  return new Map(tasks.map(({ domainId, years }) => [domainId, years ?? 0]));
}

function* renewalsOf(
  row: Pick<Domain, 'name' | 'state' | 'expiresOn'> & { ahead: number },
  { work, org, tld, today, until }: { work: Work; org: Organisation; tld: Tld; today: string; until: string },
): Generator<Due> {
  const state = row.state as DomainState;
  const now = standing({ state, expiresOn: row.expiresOn }, tld, today);
  const renewable = now.state === 'active' || now.state === 'suspended' || now.state === 'expired';
  if ((!renewable && row.ahead === 0) || row.expiresOn === null) return;
  const years = tld.years.min;
  for (let expiresOn = plusYears(row.expiresOn, row.ahead); ; expiresOn = plusYears(expiresOn, years)) {
    const renewBy = plusDays(expiresOn, -tld.renewBy);
    const day = renewBy < today ? today : renewBy;
    if (day > until) return;
    if (!pricesOn(tld, day)) return;
    const netCents = netOf(tld, { kind: 'renew', years, day });
    yield { day, grossCents: withVatOn(work.desk, { ...org, day }, netCents).grossCents };
  }
}
