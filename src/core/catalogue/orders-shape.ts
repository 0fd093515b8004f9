/** The shape of the catalogue's `orders.yaml`: what can be ordered, by which rules, and what that asks for (D1, D2, D11, X10). */
import { z } from 'zod';
import type { Localised } from '../locales/locale.js';
import { approval, id, localised } from './shape.js';

const day = z.iso.date('must be a day, as "2026-11-30"');
/** Fields of an order that it must have before it is submitted, besides those that every order needs. */
const ask = z.array(z.string().regex(/^[a-z]+(-[a-z]+)*$/)).default([]);
/** Keys of the field `details` that it asks for. */
const details = z
  .array(z.strictObject({ key: id, name: localised, required: z.boolean().default(true) }))
  .max(10)
  .default([]);
/** It says so itself where the vendor is to put its own. */
const example = z.boolean().default(false);
const asked = { ask, details, example };
/** Who decides an order with it, where that is stricter than the policy's `order submit`. */
const decided = { approval: approval.optional(), cloud: z.boolean().default(false) };
/** Offered, or in force, from and until (the last day included). */
const offered = { from: day.optional(), until: day.optional() };

export const productLines = ['erp', 'crm'] as const;
export const origins = ['new-site', 'existing-site', 'opportunity'] as const;

const several = z.array(id).min(1);
/** What a rule looks at, and what it allows; each a list of ids. */
const terms = {
  type: several.optional(),
  origin: z.array(z.enum(origins)).min(1).optional(),
  generation: several.optional(),
  solution: several.optional(),
  reference: z.array(z.string()).min(1).optional(),
  'product-line': z.array(z.enum(productLines)).min(1).optional(),
  /** What the existing site is itself, whatever is ordered for it. */
  'site-generation': several.optional(),
  'site-product-line': z.array(z.enum(productLines)).min(1).optional(),
};

export const ordersShape = z.strictObject({
  types: z.array(z.strictObject({ id, name: localised, origins: z.array(z.enum(origins)).min(1), ...asked })).min(1),
  /** Their names; what they mean is the desk's own. */
  origins: z.strictObject({ 'new-site': localised, 'existing-site': localised, opportunity: localised }),
  generations: z.array(z.strictObject({ id, name: localised, ...offered, ...asked })).min(1),
  solutions: z
    .array(
      z.strictObject({
        id,
        name: localised,
        generation: id,
        'product-line': z.enum(productLines),
        ...offered,
        ...asked,
        ...decided,
      }),
    )
    .min(1),
  references: z
    .array(
      z.strictObject({
        /** As it stands on price lists and purchase orders. */
        id: z.string().regex(/^[A-Z0-9]+( [A-Z0-9]+)*$/, 'must be capitals and digits, as "SAAS IO ODATA"'),
        name: localised,
        'product-line': z.enum(productLines),
        quota: localised.optional(),
        /** Dated prices, the oldest first; minor units of the currency. */
        prices: z.array(z.strictObject({ from: day, cents: z.int().min(0), currency: z.enum(['EUR']) })).default([]),
        ...offered,
        ...asked,
        ...decided,
      }),
    )
    .default([]),
  rules: z
    .array(
      z.strictObject({
        id,
        /** It speaks of orders for which all of these hold. */
        when: z.strictObject(terms).default({}),
        /** And allows them only these, */
        only: z.strictObject(terms).default({}),
        /** or of these references one at most. */
        'one-of': z.array(z.string()).min(2).optional(),
        because: localised,
        ...offered,
      }),
    )
    .default([]),
  calendar: z
    .strictObject({
      /** 1 is Monday, 7 Sunday. */
      workdays: z.array(z.int().min(1).max(7)).min(1),
      holidays: z.array(day).default([]),
      /** The last day whose holidays it knows; unless told, the last of the year of its last holiday. */
      until: day.optional(),
    })
    .prefault({ workdays: [1, 2, 3, 4, 5] }),
  /** Months that a certificate holds. */
  certificateMonths: z.int().min(1).max(120).default(12),
});

export type Orders = z.infer<typeof ordersShape>;
export type ProductLine = (typeof productLines)[number];
export type Origin = (typeof origins)[number];

/** The choices of a field, as the catalogue names them. */
export function orderChoices(
  orders: Orders,
  set: 'type' | 'origin' | 'generation' | 'solution' | 'reference',
): readonly { id: string; names: Localised }[] {
  if (set === 'origin') return origins.map((one) => ({ id: one, names: orders.origins[one] }));
  const all = { type: orders.types, generation: orders.generations, solution: orders.solutions };
  return set === 'reference'
    ? // people write references as they stand on the price list
      orders.references.map(({ id: one }) => ({ id: one, names: { fr: one, en: one } }))
    : all[set].map(({ id: one, name }) => ({ id: one, names: name }));
}
