/** What a domain costs: the dated list of the catalogue, by the desk's own day, with the buyer's tax (G3, G7). */
import { withVat, type Taxable } from '../billing/vat.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { formatMoney } from '../../locales/format.js';
import { textsOf } from '../../locales/texts.js';
import { tldOf, type Tld } from '../../catalogue/domains-shape.js';
import { unicodeName } from './domain.js';
import { todayIn } from './life.js';

/** Operations that have a price. `restore` is a restoration and the renewal that goes with it. */
export type PricedKind = 'register' | 'renew' | 'transfer' | 'restore';

/** Of the whole operation, in minor units. */
export interface Price {
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** Tax, per cent. */
  readonly percent: number;
  /** The buyer owes the tax itself. */
  readonly reverseCharge: boolean;
  readonly currency: 'EUR';
  /** How many it adds. */
  readonly years: number;
}

export interface Priced {
  readonly name: string;
  readonly kind: PricedKind;
  /** A transfer's are its TLD's. */
  readonly years?: number;
  readonly org: Taxable;
}

/** The list in force on a day; nothing before its first. */
export const pricesOn = ({ prices }: Pick<Tld, 'prices'>, day: string): Tld['prices'][number] | undefined =>
  prices.findLast(({ from }) => from <= day);

/** Net, in minor units. */
export function netOf(tld: Tld, { kind, years, day }: { kind: PricedKind; years: number; day: string }): number {
  const list = pricesOn(tld, day);
  if (!list) throw new RangeError(`.${tld.tld} has no price on ${day}`);
  if (kind === 'transfer') return list.transfer * Math.max(years, 1);
  return list[kind === 'restore' ? 'renew' : kind] * years + (kind === 'restore' ? list.restore : 0);
}

/**
 * The TLD of a name, if it is sold today.
 * @throws {Refusal} `input.invalid` on `field` listing those that are
 */
export function soldTld(work: Pick<Work, 'desk' | 'now' | 'locale'>, name: string, field = 'domain'): Tld {
  const today = todayIn(work.desk, work.now);
  const { domains } = work.desk.catalogue;
  const found = tldOf(domains, name);
  if (found && pricesOn(found, today)) return found;
  const sold = domains.tlds.filter((tld) => pricesOn(tld, today)).map(({ tld }) => `.${unicodeName(tld)}`);
  const say = textsOf(work.locale).domains;
  throw new Refusal(
    'input.invalid',
    {},
    { [field]: sold.length > 0 ? say.notSold({ tlds: sold.join(', ') }) : say.noneSold({}) },
  );
}

/**
 * What it costs today.
 * @throws {Refusal} `input.invalid` on `domain` when its TLD is not sold
 */
export function priceOf(work: Work, { name, kind, years = 1, org }: Priced): Price {
  const tld = soldTld(work, name);
  const added = kind === 'transfer' ? tld.transferYears : years;
  const netCents = netOf(tld, { kind, years: added, day: todayIn(work.desk, work.now) });
  return { ...withVat(work, org, netCents), currency: 'EUR', years: added };
}

/** Its sums as answers have them. */
export const sumsOf = ({
  netCents,
  vatCents,
  grossCents,
  currency,
}: Pick<Price, 'netCents' | 'vatCents' | 'grossCents' | 'currency'>) => ({
  ...{ netCents, vatCents, grossCents, amountCents: grossCents, currency },
});

/** @throws {Refusal} `price.changed` when it costs more than its buyer allows, tax included */
export function mustCostAtMost(
  work: Pick<Work, 'locale'>,
  { name, price, mostCents }: { name: string; price: Price; mostCents: number | undefined },
): void {
  if (mostCents === undefined || price.grossCents <= mostCents) return;
  const { locale } = work;
  const [amount, most] = [formatMoney(price.grossCents, locale), formatMoney(mostCents, locale)];
  const params = { domain: unicodeName(name), amount, most };
  throw new Refusal('price.changed', params, { 'max-price': textsOf(locale).refusals['price.changed'](params) });
}
