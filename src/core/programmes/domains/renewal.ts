/** What a renewal of a domain would be today: its kind, its price and until when the domain would run (G6). */
import { Refusal } from '../../guard/refusal.js';
import type { Taxable } from '../billing/vat.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { standingOf, unicodeName, wrongState, type DomainRow } from './domain.js';
import { plusYears, todayIn } from './life.js';
import { priceOf, soldTld, type Price } from './price.js';
import { dayInWords } from './notices.js';
import { orderTask, taskUnderWay, underWay, type TaskRow } from './tasks.js';

export interface Renewal {
  readonly domain: DomainRow;
  /** A domain in its redemption is restored along with it. */
  readonly kind: 'renew' | 'restore';
  readonly years: number;
  readonly price: Price;
  /** The expiry it is ordered for, and the one it makes. */
  readonly expiresOn: string;
  readonly until: string;
}

/**
 * Judges it, and orders nothing. A domain runs on from its expiry, at most its TLD's years ahead of today; where a TLD
 * takes one year at a time, that year can be bought during the last one.
 * @throws {Refusal} `input.invalid` on `years` or for a TLD that is no longer sold; `state.wrong`
 */
export async function renewalOf(
  work: Work,
  domain: DomainRow,
  { org, years: wanted }: { org: Taxable; years?: number | undefined },
): Promise<Renewal> {
  const { expiresOn, state } = standingOf(work, domain);
  const kind = state === 'redemption' ? 'restore' : 'renew';
  const renewable = state === 'active' || state === 'suspended' || state === 'expired' || state === 'redemption';
  if (!renewable || expiresOn === null) throw wrongState(domain, state);
  const tld = soldTld(work, domain.name, 'domains');
  const { min, max } = tld.years;
  const years = wanted ?? min;
  const say = textsOf(work.locale).domains;
  if (years < min || years > max)
    throw new Refusal('input.invalid', {}, { years: say.years({ tld: unicodeName(tld.tld), min, max }) });
  const until = plusYears(expiresOn, years);
  const today = todayIn(work.desk, work.now);
  if (max === 1 ? expiresOn > plusYears(today, 1) : until > plusYears(today, max)) {
    const day = dayInWords(until, work.locale);
    const params = { domain: unicodeName(domain.name), tld: unicodeName(tld.tld), day, max };
    throw new Refusal('input.invalid', {}, { years: say.yearsAhead(params) });
  }
  const waiting = await taskUnderWay(work.tx, domain.id);
  if (waiting) throw underWay(domain, waiting);
  return { domain, kind, years, price: priceOf(work, { name: domain.name, kind, years, org }), expiresOn, until };
}

/**
 * Orders it, once for an expiry.
 * @param more.quiet whoever orders several tells staff of all at once
 * @throws {Refusal} `balance.low`, `state.wrong` (domain-waiting); then nothing has changed
 */
export const orderRenewal = (
  work: Work,
  { domain, kind, years, price, expiresOn }: Renewal,
  more: { quiet?: boolean; requesterId?: number } = {},
): Promise<TaskRow> =>
  orderTask(work, { domain, kind, years, price, onceKey: `renew ${domain.id} ${expiresOn}`, ...more });
