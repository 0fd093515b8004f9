/** Value added tax, by the catalogue's `domains.yaml` (G7). All money is in minor units (cents). */
import type { Desk, Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';

/** A net amount with its tax: `netCents` and `vatCents` always add up to `grossCents`. */
export interface Taxed {
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** Per cent; 0 where there is none. */
  readonly percent: number;
  /** The buyer owes the tax itself: the receipt has to say so. */
  readonly reverseCharge: boolean;
}

/** Who buys: where staff confirmed that the organisation is taxed, and by which number. */
export interface Taxable {
  readonly taxCountry: string | null;
  readonly taxVat: string | null;
}

/** A percentage counts to its fourth digit behind the point. */
const parts = 1_000_000;

/** The tax on a net amount, once for the whole of it: half a cent is rounded up. */
const taxOn = (netCents: number, percent: number): number =>
  Math.floor((netCents * Math.round(percent * 10_000) + parts / 2) / parts);

/**
 * What a buyer pays today. In the vendor's own country, and for whoever has no confirmed country or, in a country of
 * `reverseCharge`, no confirmed VAT number: the rate of the day. With a VAT number there: none, the buyer owes it. Elsewhere none.
 * A catalogue without `vat` charges none.
 * @param netCents not negative
 */
export const withVat = (work: Pick<Work, 'desk' | 'now'>, org: Taxable, netCents: number): Taxed =>
  withVatOn(work.desk, { ...org, day: dayIn(work.now, work.desk.timeZone) }, netCents);

/** The same on another day, `YYYY-MM-DD`. */
export function withVatOn(desk: Pick<Desk, 'catalogue'>, on: Taxable & { day: string }, netCents: number): Taxed {
  const { percent, reverseCharge } = rateOf(desk, on);
  const vatCents = taxOn(netCents, percent);
  return { netCents, vatCents, grossCents: netCents + vatCents, percent, reverseCharge };
}

function rateOf(
  { catalogue }: Pick<Desk, 'catalogue'>,
  { taxCountry: country, taxVat: vat, day }: Taxable & { day: string },
): Pick<Taxed, 'percent' | 'reverseCharge'> {
  const rules = catalogue.domains.vat;
  if (!rules) return { percent: 0, reverseCharge: false };
  const home = country === null || country === catalogue.vendor.country;
  const listed = country !== null && rules.reverseCharge.includes(country);
  if (!home && !(listed && !vat)) return { percent: 0, reverseCharge: listed };
  // before the first day of the list its first rate holds
  const row = rules.home.findLast(({ from }) => from <= day) ?? rules.home[0];
  return { percent: row?.percent ?? 0, reverseCharge: false };
}
