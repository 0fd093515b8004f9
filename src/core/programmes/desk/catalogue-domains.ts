/** Which domains are sold on a day, by which rules and for how much, as `catalogue show` lists it. */
import type { Data } from '../../command/outcome.js';
import { pricesOn } from '../domains/price.js';
import type { Locale } from '../../locales/locale.js';
import type { Domains, Tld } from '../../catalogue/domains-shape.js';

interface Reader {
  readonly locale: Locale;
  /** What is sold this day is shown. */
  readonly today: string;
}

const soldOn = ({ tlds }: Domains, today: string): { tld: Tld; list: Tld['prices'][number] }[] =>
  tlds.flatMap((tld) => {
    const list = pricesOn(tld, today);
    return list ? [{ tld, list }] : [];
  });

/** The terms for resellers, the tax, and each TLD with its years and the windows of its life, in days. */
export function domainsShown(domains: Domains, { locale, today }: Reader): Data {
  const { terms, vat } = domains;
  return {
    terms: terms?.version ?? null,
    termsUrl: terms?.url[locale] ?? null,
    termsSummary: terms?.summary?.[locale] ?? null,
    vatPercent: vat ? (vat.home.findLast(({ from }) => from <= today) ?? vat.home[0])?.percent : null,
    reverseChargeIn: vat?.reverseCharge ?? [],
    tlds: soldOn(domains, today).map(({ tld }) => ({
      tld: tld.tld,
      years: `${tld.years.min}–${tld.years.max}`,
      transferYears: tld.transferYears,
      renewByDays: tld.renewBy,
      holdDays: tld.hold,
      redemptionDays: tld.redemption,
      pendingDeleteDays: tld.pendingDelete,
      verifyOwner: tld.verifyOwner,
    })),
  };
}

/** Before tax: a year's, and of a restoration once, on top of the renewal. */
export const domainPricesShown = (domains: Domains, { today }: Pick<Reader, 'today'>): Data => ({
  domainPrices: soldOn(domains, today).map(({ tld, list }) => ({
    tld: tld.tld,
    registerCents: list.register,
    renewCents: list.renew,
    transferCents: list.transfer,
    restoreCents: list.restore,
    currency: 'EUR',
    from: list.from,
  })),
});
