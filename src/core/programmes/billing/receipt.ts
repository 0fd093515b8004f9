/** Receipts: one for each entry of the ledger, numbered without gaps, frozen as it was issued (G7). */
import { DateTime } from 'luxon';
import type { Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { orgRef } from '../parties/organisation.js';
import type { Organisation } from '../../database/connect.js';
import { insertRows } from '../../database/bulk-insert.js';
import type { Taxed } from './vat.js';

export const receiptKinds = ['topup', 'charge', 'refund'] as const;
export type ReceiptKind = (typeof receiptKinds)[number];

/** Kept as JSON: all that its paper shows, so that it never changes, whoever moves, marries or is renamed. */
export interface ReceiptContent {
  readonly seller: { readonly name: string; readonly country: string };
  readonly buyer: {
    readonly number: string;
    readonly name: string;
    /** As they are written, from the street to the country's letters. */
    readonly address: readonly string[];
    readonly vat: string | null;
  };
  /** The day it was issued, `YYYY-MM-DD`. */
  readonly day: string;
  /** The number of what it is about. */
  readonly object: string | null;
  /** Of a top-up: what the payment is called. */
  readonly payment?: string;
  /** Of a refund: the receipt of what is given back. */
  readonly of?: string;
  /** Net, in cents; negative in a refund. A top-up has one, untaxed. */
  readonly lines: readonly { readonly text: string; readonly netCents: number }[];
  readonly percent: number;
  readonly reverseCharge: boolean;
}

/** `R-2026-000123`. */
export const receiptNumberOf = (year: number, seq: number): string => `R-${year}-${String(seq).padStart(6, '0')}`;

/** Reads a number as people type it: `r-2026-123`, `R 2026 000123`, `2026/123`; nothing when it is none. */
export function readReceiptNumber(typed: string): string | undefined {
  const [, year, seq] = /^\s*(?:R\s*[-–/ ]?\s*)?(\d{4})\s*[-–/ ]\s*0*([1-9]\d{0,8})\s*$/iu.exec(typed) ?? [];
  return year === undefined || seq === undefined ? undefined : receiptNumberOf(Number(year), Number(seq));
}

export interface Issued extends Pick<Taxed, 'netCents' | 'vatCents' | 'grossCents'> {
  readonly entryId: number;
  readonly orgId: number;
  readonly kind: ReceiptKind;
  readonly locale: Locale;
  readonly content: ReceiptContent;
}

/**
 * Issues a receipt in the entry's own transaction, so that a number given to what fails is given again: there are no gaps.
 * Its year is that of the desk's time zone. Answers its number.
 */
export async function issueReceipt(work: Work, receipt: Issued): Promise<string> {
  const { year } = DateTime.fromJSDate(work.now, { zone: work.desk.timeZone });
  const [counter] = await work.tx.$queryRaw<{ last: number }[]>`
    INSERT INTO "ReceiptCounter" ("year", "last") VALUES (${year}, 1)
    ON CONFLICT ("year") DO UPDATE SET "last" = "ReceiptCounter"."last" + 1
    RETURNING "last"`;
  if (!counter) throw new Error('the counter of receipts answered nothing');
  const seq = Number(counter.last);
  const number = receiptNumberOf(year, seq);
  const { content, ...columns } = receipt;
  await insertRows(work.tx, 'Receipt', [
    { ...columns, year, seq, number, currency: 'EUR', content: JSON.stringify(content), issuedAt: work.now },
  ]);
  return number;
}

export const contentOf = (row: { content: string }): ReceiptContent => JSON.parse(row.content) as ReceiptContent;

/** What a receipt to an organisation begins with, as both are today. */
export function headOf(
  work: Work,
  org: Organisation,
): Pick<ReceiptContent, 'seller' | 'buyer' | 'day'> & { locale: Locale } {
  const { vendor } = work.desk.catalogue;
  const locale = localeOf(org.locale, work.desk.locale);
  const town = [org.zip, org.city].filter(Boolean).join(' ');
  return {
    locale,
    seller: { name: vendor.name[locale], country: vendor.country },
    buyer: {
      number: orgRef(org.id),
      name: org.name,
      address: [org.street, town, org.country].filter((one): one is string => Boolean(one)),
      vat: org.vat,
    },
    day: dayIn(work.now, work.desk.timeZone),
  };
}
