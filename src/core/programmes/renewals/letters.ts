/** What the clockwork's letters are given: domains in the order of their days, with prices as they will be (G6). */
import { balanceCentsOf } from '../billing/balance.js';
import { balanceOf } from '../billing/ledger.js';
import { withVatOn } from '../billing/vat.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { orgRef } from '../parties/organisation.js';
import type { Organisation, RenewalNotice } from '../../database/connect.js';
import type { LetterParams } from '../../letters/letters.js';
import { tldOfRow, unicodeName, type DomainRow } from '../domains/domain.js';
import { plusDays, type Standing } from '../domains/life.js';
import { netOf } from '../domains/price.js';
import { drawOn, failedDraw } from './planning.js';
import { dayInWords } from '../domains/notices.js';

/** A mail lists that many; what is more is counted. */
export const listedAtMost = 200;

/** A row that is due, with its domain as it is now. */
export interface Due {
  readonly row: RenewalNotice;
  readonly domain: DomainRow;
  readonly now: Standing;
}

export interface To {
  readonly recipient: string;
  readonly personId: number | null;
  readonly locale: Locale;
}

/** One mail about everything of which a recipient is reminded today. */
export async function sendReminder(
  work: Work,
  { to, orgs, due, day }: { to: To; orgs: ReadonlyMap<number, Organisation>; due: readonly Due[]; day: string },
): Promise<void> {
  const listed = due.slice(0, listedAtMost);
  const failed = await failedOf(work, listed);
  const [only] = [...orgs.values()];
  const several = orgs.size > 1;
  work.send({
    channel: 'mail',
    letter: 'renewals-due',
    ...to,
    object: only && !several ? orgRef(only.id) : null,
    params: {
      total: due.length,
      more: due.length - listed.length,
      lines: listed.map((one) => {
        const org = orgs.get(one.domain.orgId);
        const line = lineOf(work, one, { org, failed: failed.has(one.domain.id), day, locale: to.locale });
        return { ...line, ...(several && org ? { company: org.name } : {}) };
      }),
      accountUrl: `${work.desk.publicUrl}/me`,
    } satisfies LetterParams['renewals-due'],
  });
}

/** Those of them whose automatic renewal was told to have failed for this expiry. */
async function failedOf(work: Work, due: readonly Due[]): Promise<ReadonlySet<number>> {
  const rows = await work.tx.renewalNotice.findMany({
    where: { domainId: { in: due.map(({ domain }) => domain.id) }, milestone: failedDraw },
    select: { domainId: true, expiresOn: true },
  });
  const expiry = new Map(due.map(({ domain }) => [domain.id, domain.expiresOn]));
  return new Set(rows.filter((row) => expiry.get(row.domainId) === row.expiresOn).map(({ domainId }) => domainId));
}

type Line = LetterParams['renewals-due']['lines'][number];

/** One domain: by when, until when, what a year costs, and whether anything is left to be done. */
function lineOf(
  work: Work,
  { domain, now }: Due,
  { org, failed, day, locale }: { org: Organisation | undefined; failed: boolean; day: string; locale: Locale },
): Line {
  const renewBy = now.renewBy ?? domain.expiresOn ?? day;
  const draws = drawOn(renewBy, work.desk.catalogue.policy.times.autoRenewDays);
  // drawn this morning it would not be listed: it is tried again tomorrow
  const drawDay = draws > day ? draws : plusDays(day, 1);
  const automatic = domain.autoRenew && !failed;
  const late = day > renewBy;
  return {
    domain: unicodeName(domain.name),
    renewBy: dayInWords(renewBy, locale),
    expires: dayInWords(domain.expiresOn ?? day, locale),
    price: formatMoney(yearOf(work, { domain, org, day: automatic ? drawDay : day }), locale),
    step: failed && domain.autoRenew ? 'failed' : automatic ? 'auto' : late ? 'late' : 'manual',
    ...(automatic ? { drawOn: dayInWords(drawDay, locale) } : {}),
    ...(late && now.holdUntil ? { holdUntil: dayInWords(now.holdUntil, locale) } : {}),
  };
}

/** What a renewal costs on a day, tax included, in cents. */
function yearOf(work: Work, { domain, org, day }: { domain: DomainRow; org?: Organisation | undefined; day: string }) {
  const tld = tldOfRow(work, domain);
  if (!tld) throw new Error(`${domain.name} is not sold`);
  const netCents = netOf(tld, { kind: 'renew', years: Math.max(1, tld.years.min), day });
  return withVatOn(work.desk, { taxCountry: org?.taxCountry ?? null, taxVat: org?.taxVat ?? null, day }, netCents)
    .grossCents;
}

/** An organisation's automatic renewals that could not be drawn. */
export async function sendAlert(
  work: Work,
  { to, org, due, day }: { to: To; org: Organisation | undefined; due: readonly Due[]; day: string },
): Promise<void> {
  if (!org) return;
  const cents = due.map(({ domain }) => yearOf(work, { domain, org, day }));
  const money = (amount: number) => formatMoney(amount, to.locale);
  work.send({
    channel: 'mail',
    letter: 'auto-renew-failed',
    ...to,
    object: orgRef(org.id),
    params: {
      company: org.name,
      total: due.length,
      more: Math.max(0, due.length - listedAtMost),
      amount: money(cents.reduce((sum, one) => sum + one, 0)),
      balance: money(balanceCentsOf(await balanceOf(work.tx, org.id))),
      lines: due.slice(0, listedAtMost).map(({ row, domain, now }, at) => ({
        domain: unicodeName(domain.name),
        renewBy: dayInWords(now.renewBy ?? row.expiresOn, to.locale),
        until: dayInWords(now.holdUntil ?? row.expiresOn, to.locale),
        price: money(cents[at] ?? 0),
        why: row.reason === 'refused' ? ('refused' as const) : ('balance' as const),
      })),
      accountUrl: `${work.desk.publicUrl}/me`,
    } satisfies LetterParams['auto-renew-failed'],
  });
}
