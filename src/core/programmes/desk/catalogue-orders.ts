/** What can be ordered on a day and for how much, as `catalogue show` lists it. */
import type { Data } from '../../command/outcome.js';
import type { Locale, Localised } from '../../locales/locale.js';
import { origins, type Orders } from '../../catalogue/orders-shape.js';
import { isOffered, priceOn, termNames, type Terms } from '../../catalogue/orders-terms.js';

interface Reader {
  readonly locale: Locale;
  /** What is on offer this day is shown. */
  readonly today: string;
}

interface Asking {
  readonly ask: readonly string[];
  readonly details: readonly { readonly key: string; readonly name: Localised; readonly required: boolean }[];
}

/** What an entry asks besides what every order needs. */
const asks = ({ ask, details }: Asking, locale: Locale): readonly string[] => [
  ...ask,
  ...details.map(({ key, name, required }) => `${key} (${name[locale]})${required ? '' : '?'}`),
];

const terms = (of: Terms): string =>
  termNames.flatMap((term) => (of[term] ? [`${term}=${(of[term] as readonly string[]).join('|')}`] : [])).join(' ');

const approval = (one: Orders['solutions'][number]['approval']): string | null =>
  one ? `${one.needed} × ${one.approvers.join('|')}` : null;

export function ordersShown(orders: Orders, { locale, today }: Reader): Data {
  const offered = <E extends { from?: string | undefined; until?: string | undefined }>(entries: readonly E[]): E[] =>
    entries.filter((one) => isOffered(one, today));
  return {
    types: orders.types.map((one) => ({
      type: one.id,
      name: one.name[locale],
      origins: one.origins,
      asks: asks(one, locale),
    })),
    origins: origins.map((id) => ({ origin: id, name: orders.origins[id][locale] })),
    generations: offered(orders.generations).map((one) => ({
      generation: one.id,
      name: one.name[locale],
      asks: asks(one, locale),
      until: one.until ?? null,
    })),
    solutions: offered(orders.solutions).map((one) => ({
      solution: one.id,
      name: one.name[locale],
      generation: one.generation,
      productLine: one['product-line'],
      cloud: one.cloud,
      asks: asks(one, locale),
      approvers: approval(one.approval),
      until: one.until ?? null,
    })),
    references: offered(orders.references).map((one) => ({
      reference: one.id,
      name: one.name[locale],
      productLine: one['product-line'],
      cloud: one.cloud,
      asks: asks(one, locale),
      approvers: approval(one.approval),
      until: one.until ?? null,
    })),
    rules: offered(orders.rules).map(({ id, when, only, because, until, 'one-of': oneOf }) => ({
      rule: id,
      when: terms(when),
      only: [terms(only), ...(oneOf ? [`1 × ${oneOf.join('|')}`] : [])].filter(Boolean).join(' '),
      because: because[locale],
      until: until ?? null,
    })),
    certificateMonths: orders.certificateMonths,
  };
}

/** Each reference with its quota and the price of that day. */
export const pricesShown = (orders: Orders, { locale, today }: Reader): Data => ({
  prices: orders.references
    .filter((one) => isOffered(one, today))
    .map((one) => {
      const price = priceOn(one.prices, today);
      return {
        reference: one.id,
        name: one.name[locale],
        quota: one.quota?.[locale] ?? null,
        amountCents: price?.cents ?? null,
        currency: price?.currency ?? null,
        from: price?.from ?? null,
      };
    }),
});
