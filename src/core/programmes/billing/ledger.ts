/**
 * The double-entry ledger of what organisations pay (G7). All money is in cents.
 *
 * The lines of an entry add up to zero. Above zero is a debit: money the vendor has or is owed, or gives up.
 *
 *     top-up of x         bank +x                    receivable −(what was owed)  prepaid −(the rest)
 *     charge of g         prepaid +p  receivable +r  sales −net  vat −vat         p + r = g = net + vat
 *     a charge's refund   refund +net  vat +vat      receivable −(what was owed)  prepaid −(the rest)
 *
 * So an organisation's balance is what `prepaid` and `receivable` add up to, with the sign turned round.
 */
import { numberKey } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { receiptTexts } from '../../locales/receipt-texts.js';
import { dayIn, formatMoney } from '../../locales/format.js';
import { localeOf, type Locale, type Localised } from '../../locales/locale.js';
import { orgRef } from '../parties/organisation.js';
import { insertReturning, insertRows } from '../../database/bulk-insert.js';
import { balanceCentsOf, balanceOf, tooMuch, shift, type Shift } from './balance.js';
import { contentOf, headOf, issueReceipt, type ReceiptContent, type ReceiptKind } from './receipt.js';
import type { Taxed } from './vat.js';

export { balanceOf } from './balance.js';

/** An entry, and the number of its receipt. In a dry run both are rolled back: show them by `work.made`. */
export interface Booked {
  readonly entryId: number;
  readonly receipt: string;
}

export interface Charge {
  readonly orgId: number;
  readonly price: Taxed;
  /** Says what is charged, once: `task 12`. Charged again, the first entry is answered and nothing changes. */
  readonly onceKey: string;
  /** The printed number of what it is about. */
  readonly object: string | null;
  /** What stands on the receipt; their net amounts add up to the price's. */
  readonly lines: readonly { readonly text: Localised; readonly netCents: number }[];
}

/**
 * Takes a price from an organisation's account: prepaid first, the rest is owed, up to its credit.
 * @throws {Refusal} `balance.low` when it has too little; nothing has changed
 */
export async function charge(work: Work, wanted: Charge): Promise<Booked> {
  const { orgId, price, onceKey, object } = wanted;
  checkPrice(wanted);
  const before = await bookedAs(work, onceKey);
  if (before) return before;
  const shifted = await shift(work, orgId, -price.grossCents);
  if (!shifted) throw await tooLittle(work, orgId, price.grossCents);
  const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: orgId } });
  const { locale, ...head } = headOf(work, org);
  return book(work, {
    orgId,
    kind: 'charge',
    onceKey,
    object,
    shifted,
    locale,
    netCents: price.netCents,
    vatCents: price.vatCents,
    grossCents: price.grossCents,
    against: { sales: -price.netCents, vat: -price.vatCents },
    content: {
      ...head,
      object,
      lines: wanted.lines.map(({ text, netCents }) => ({ text: text[locale], netCents })),
      percent: price.percent,
      reverseCharge: price.reverseCharge,
    },
  });
}

/**
 * Gives a whole charge back: it pays what is owed first, the rest is prepaid again. Its receipt is the charge's own with
 * its amounts below zero. A charge is given back once, whatever the key.
 */
export async function giveBack(
  work: Work,
  { chargeId, onceKey, object }: { chargeId: number; onceKey: string; object: string | null },
): Promise<Booked> {
  const charged = await work.tx.receipt.findUniqueOrThrow({ where: { entryId: chargeId } });
  if (charged.kind !== 'charge') throw new Error(`entry ${chargeId} is no charge`);
  const { orgId, netCents, vatCents, grossCents } = charged;
  const before = (await bookedAs(work, onceKey)) ?? (await givenBack(work, orgId, charged.number));
  if (before) return before;
  const shifted = await shift(work, orgId, grossCents);
  if (!shifted) throw await tooMuch(work, orgId);
  const content = contentOf(charged);
  return book(work, {
    orgId,
    kind: 'refund',
    onceKey,
    object,
    shifted,
    locale: localeOf(charged.locale, work.desk.locale),
    netCents: -netCents,
    vatCents: -vatCents,
    grossCents: -grossCents,
    against: { refund: netCents, vat: vatCents },
    content: {
      ...content,
      day: dayIn(work.now, work.desk.timeZone),
      object,
      of: charged.number,
      lines: content.lines.map((line) => ({ ...line, netCents: -line.netCents })),
    },
  });
}

/** How a payment is compared with others: in any case, however it is spaced. */
const paymentKey = (payment: string): string => `payment ${numberKey(payment)}`;

/** Whether a payment of this reference was booked before, for whomever. */
export const isBooked = async ({ tx }: Work, payment: string): Promise<boolean> =>
  (await tx.ledgerEntry.count({ where: { onceKey: paymentKey(payment) } })) > 0;

/**
 * Books a payment that has come in. The same payment again answers the first entry and changes nothing.
 * @throws {Refusal} `purchase.conflict` when it was booked with another amount or for another organisation;
 *   `input.invalid` naming `amount` when the account would hold more than it can
 */
export async function topUp(
  work: Work,
  { orgId, cents, payment }: { orgId: number; cents: number; payment: string },
): Promise<Booked & { again: boolean }> {
  if (!Number.isSafeInteger(cents) || cents <= 0) throw new Error(`a top-up of ${cents} cents`);
  const onceKey = paymentKey(payment);
  const first = await work.tx.ledgerEntry.findUnique({ where: { onceKey } });
  if (first && (first.orgId !== orgId || first.grossCents !== cents))
    throw new Refusal('purchase.conflict', {
      why: 'payment',
      payment: first.object ?? payment,
      amount: formatMoney(first.grossCents, work.locale),
      ...(first.orgId === orgId ? {} : { org: orgRef(first.orgId) }),
    });
  const before = first && (await bookedAs(work, onceKey));
  if (before) return { ...before, again: true };
  const shifted = await shift(work, orgId, cents);
  if (!shifted) throw await tooMuch(work, orgId);
  const org = await work.tx.organisation.findUniqueOrThrow({ where: { id: orgId } });
  const { locale, ...head } = headOf(work, org);
  const booked = await book(work, {
    orgId,
    kind: 'topup',
    onceKey,
    object: payment,
    shifted,
    locale,
    netCents: cents,
    vatCents: 0,
    grossCents: cents,
    against: { bank: cents },
    content: {
      ...head,
      object: null,
      payment,
      lines: [{ text: receiptTexts(locale).prepayment(payment), netCents: cents }],
      percent: 0,
      reverseCharge: false,
    },
  });
  return { ...booked, again: false };
}

interface Booking {
  readonly orgId: number;
  readonly kind: ReceiptKind;
  readonly onceKey: string;
  readonly object: string | null;
  readonly shifted: Shift;
  readonly locale: Locale;
  /** As the receipt shows them. */
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** The accounts besides the organisation's own two. */
  readonly against: Readonly<Record<string, number>>;
  readonly content: ReceiptContent;
}

async function book(work: Work, booking: Booking): Promise<Booked> {
  const { orgId, kind, shifted } = booking;
  const lines = Object.entries({
    ...booking.against,
    prepaid: -shifted.prepaidCents,
    receivable: shifted.receivableCents,
  }).filter(([, cents]) => cents !== 0);
  if (lines.reduce((sum, [, cents]) => sum + cents, 0) !== 0) throw new Error(`the lines of a ${kind} do not balance`);
  const [entry] = await insertReturning<{ id: number }>(work.tx, { table: 'LedgerEntry', returning: ['id'] }, [
    {
      orgId,
      kind,
      onceKey: booking.onceKey,
      object: booking.object,
      grossCents: Math.abs(booking.grossCents),
      balanceCents: shifted.balanceCents,
      currency: 'EUR',
      at: work.now,
      actorId: work.actor.personId || null,
    },
  ]);
  if (!entry) throw new Error('an entry of the ledger answered no number');
  const entryId = Number(entry.id);
  await insertRows(
    work.tx,
    'LedgerLine',
    lines.map(([account, cents]) => ({ entryId, orgId, account, cents })),
  );
  const { netCents, vatCents, grossCents, locale, content } = booking;
  const receipt = await issueReceipt(work, { entryId, orgId, kind, netCents, vatCents, grossCents, locale, content });
  return { entryId, receipt };
}

/** What was booked under this key before. */
async function bookedAs({ tx }: Work, onceKey: string): Promise<Booked | undefined> {
  // each charge asks, and a model call costs several times a raw one
  const [row] = await tx.$queryRaw<{ id: number | bigint; number: string }[]>`
    SELECT e."id", r."number" FROM "LedgerEntry" e JOIN "Receipt" r ON r."entryId" = e."id"
    WHERE e."onceKey" = ${onceKey}`;
  return row && { entryId: Number(row.id), receipt: row.number };
}

async function givenBack(work: Work, orgId: number, of: string): Promise<Booked | undefined> {
  const row = await work.tx.receipt.findFirst({
    where: { orgId, kind: 'refund', content: { contains: `"of":"${of}"` } },
    select: { entryId: true, number: true },
  });
  return row ? { entryId: row.entryId, receipt: row.number } : undefined;
}

/** What a caller got wrong is a fault of ours, before anything is booked. */
function checkPrice({ price, lines, onceKey }: Charge): void {
  const { netCents, vatCents, grossCents } = price;
  const whole = [netCents, vatCents, grossCents].every((cents) => Number.isSafeInteger(cents) && cents >= 0);
  const sum = lines.reduce((net, line) => net + line.netCents, 0);
  if (!whole || netCents + vatCents !== grossCents || sum !== netCents)
    throw new Error(`the price of ${onceKey} does not add up`);
}

async function tooLittle(work: Work, orgId: number, grossCents: number): Promise<Refusal> {
  const row = await balanceOf(work.tx, orgId);
  return new Refusal('balance.low', {
    amount: formatMoney(grossCents, work.locale),
    balance: formatMoney(balanceCentsOf(row) + row.creditCents, work.locale),
  });
}
