/** What the rules of the catalogue's orders part look at, and whether they hold (X10). */
import type { Orders, ProductLine } from './orders-shape.js';

export type OrderRule = Orders['rules'][number];
/** A list of ids for some of these; all of them hold together. */
export type Terms = OrderRule['only'];
export const termNames = [
  'type',
  'origin',
  'generation',
  'solution',
  'reference',
  'product-line',
  'site-generation',
  'site-product-line',
] as const;
export type Term = (typeof termNames)[number];

/** The rules that every catalogue has; those of a vendor have other ids. */
export const builtInRules = [
  'offered',
  'type-origin',
  'generation-solution',
  'reference-product-line',
  'delivery-working-day',
  'recipients-distinct',
  'details-known',
] as const;

/** As far as an order is picked. */
export interface Facts {
  readonly type?: string | undefined;
  readonly origin?: string | undefined;
  readonly generation?: string | undefined;
  readonly solution?: string | undefined;
  readonly reference?: readonly string[] | undefined;
  /** Of the site it is for and of its solution. */
  readonly 'product-line'?: readonly ProductLine[] | undefined;
  /** What the existing site is itself. */
  readonly 'site-generation'?: string | undefined;
  readonly 'site-product-line'?: ProductLine | undefined;
}

const valuesOf = (facts: Facts, term: Term): readonly string[] => {
  const value = facts[term];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
};

/** Whether a rule speaks of such an order: all that it looks at is picked, and (of a list: one of it) as it says. */
export const holds = (when: Terms, facts: Facts): boolean =>
  termNames.every((term) => {
    const wanted: readonly string[] | undefined = when[term];
    return wanted === undefined || valuesOf(facts, term).some((value) => wanted.includes(value));
  });

/** What of it a rule doesn't allow; what isn't picked yet is no offence. */
export const against = (only: Terms, facts: Facts): readonly Term[] =>
  termNames.filter((term) => {
    const allowed: readonly string[] | undefined = only[term];
    return allowed !== undefined && valuesOf(facts, term).some((value) => !allowed.includes(value));
  });

/** Offered on that day; both ends are included. */
export const isOffered = (
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
  day: string,
): boolean => (from === undefined || from <= day) && (until === undefined || day <= until);

/** The price of a day: the newest of those that have begun. */
export const priceOn = <P extends { readonly from: string }>(prices: readonly P[], day: string): P | undefined =>
  prices.filter(({ from }) => from <= day).at(-1);
