/** The shape of the catalogue's `domains.yaml`: terms, tax, and what each top-level domain costs and takes (G1, G3, G4, G6, G7). */
import { z } from 'zod';
import { localised } from './shape.js';

const day = z.iso.date('must be a day, as "2026-11-30"');
const cents = z.int().min(0).max(10_000_000);
const days = (shipped: number) => z.int().min(0).max(365).default(shipped);
const url = z.url({ protocol: /^https?$/, error: 'must be a full http or https address' });
const capitals = z.string().regex(/^[A-Z]{2}$/, 'must be two capitals, as FR');

/** Oldest first; each holds from its day until the next. */
const dated = <T extends z.ZodType<{ from: string }>>(row: T) =>
  z
    .array(row)
    .min(1)
    .refine(
      (rows) => rows.every(({ from }, at) => at === 0 || (rows[at - 1]?.from ?? '') < from),
      'must stand in the order of their days, the oldest first',
    );

/** Net, in minor units: `register`, `renew` and `transfer` a year, `restore` once, on top of the renewal. */
const prices = dated(
  z.strictObject({ from: day, register: cents, renew: cents, transfer: cents, restore: cents.default(0) }),
);

const tld = z.strictObject({
  /** Without a dot before it, as A-label: `fr`, `co.uk`. */
  tld: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be lower-case labels, as fr or co.uk'),
  years: z.strictObject({ min: z.int().min(1).max(10), max: z.int().min(1).max(10) }).default({ min: 1, max: 10 }),
  /** How many years a transfer adds; 0: none, and it costs one year all the same if it has a price. */
  transferYears: z.int().min(0).max(1).default(1),
  /** Days before its expiry by which it has to be renewed to go on without a break. */
  renewBy: days(0),
  /** Days after its expiry in which it can still be renewed as usual. */
  hold: days(0),
  /** Days after that in which it can be restored, for `restore` more. */
  redemption: days(0),
  /** Days after that until it is free again. */
  pendingDelete: days(0),
  /** The registry asks that the owner's address is verified (G4). */
  verifyOwner: z.boolean().default(false),
  prices,
  example: z.boolean().default(false),
});

export const domainsShape = z.strictObject({
  /** What one agrees to who becomes a reseller: the version in force, and where it can be read. */
  terms: z
    .strictObject({
      version: z.string().trim().min(1).max(40),
      url: z.preprocess(
        (given) => (typeof given === 'string' ? { fr: given, en: given } : given),
        z.strictObject({ fr: url, en: url }),
      ),
      summary: localised.optional(),
    })
    .optional(),
  vat: z
    .strictObject({
      /** In the vendor's own country, and for buyers without a VAT number in `reverseCharge`. Per cent. */
      home: dated(z.strictObject({ from: day, percent: z.number().min(0).max(100) })),
      /** Countries whose buyers with a VAT number owe the tax themselves. */
      reverseCharge: z.array(capitals).default([]),
    })
    .optional(),
  tlds: z.array(tld).default([]),
});

export type Domains = z.infer<typeof domainsShape>;
export type Tld = Domains['tlds'][number];

/** The TLD of a name, as the catalogue sells it; nothing when it does not. */
export const tldOf = ({ tlds }: Domains, name: string): Tld | undefined => {
  const suffix = name.slice(name.indexOf('.') + 1);
  return tlds.find(({ tld: one }) => one === suffix);
};
