/** Activation certificates (D12): issued with an order's approval, revoked with its cancellation. */
import { DateTime } from 'luxon';
import type { Desk, Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import type { Locale } from '../../locales/locale.js';
import { orderRef } from '../orders/order.js';
import type { Certificate, Tx } from '../../database/connect.js';
import { signingKey } from './keys.js';
import { tellRevoked } from './letters.js';
import { readPayload, recipientsHash, sign } from './payload.js';
import { drawCertificate } from './pdf.js';

/** What is certified. */
export interface Certified {
  readonly id: number;
  readonly orgId: number;
  /** Of the document. */
  readonly locale: Locale;
  readonly siteName: string;
  readonly siteCity?: string;
  /** As printed, `S-…`. */
  readonly siteNumber?: string;
  /** Ids of the catalogue. */
  readonly generation: string;
  readonly solution: string;
  readonly references: readonly string[];
  readonly recipients: readonly string[];
  /** A day, `YYYY-MM-DD`; today or past: at once. */
  readonly deliveryDate: string;
  /** How long it holds, counted from the day it is due. */
  readonly months: number;
}

// On the wished day it is there when the office opens.
const deliveryHour = 8;

/** When it is to leave: at the beginning of the wished working day, or now when that day has come. */
function dueAt(day: string, { desk, now }: Pick<Work, 'desk' | 'now'>): Date {
  const zone = desk.timeZone;
  if (day <= dayIn(now, zone)) return now;
  return DateTime.fromISO(day, { zone }).set({ hour: deliveryHour }).toJSDate();
}

/** The last second of the day so many months later; of the last year with four digits at most: later ones sort before it. */
const validUntil = (from: Date, months: number, zone: string): Date => {
  const wished = DateTime.fromJSDate(from, { zone }).plus({ months }).endOf('day');
  const last = DateTime.fromObject({ year: 9999 }, { zone: 'utc' }).endOf('year');
  return DateTime.min(wished, last).set({ millisecond: 0 }).toJSDate();
};

/** What the catalogue calls it; an id that it no longer has stands for itself. */
const namedIn = (all: readonly { id: string; name: Record<Locale, string> }[], id: string, locale: Locale) => ({
  id,
  name: all.find((one) => one.id === id)?.name[locale] ?? id,
});

/**
 * Issues and signs an order's certificate, in the approval's transaction; it is sent by a job once it is due.
 * @returns its number, `CT-` and 12 hexadecimal digits
 * @throws when the order has a certificate
 */
export async function issueCertificate(work: Work, order: Certified): Promise<string> {
  const { tx, desk, now } = work;
  const number = `CT-${desk.random(6).toString('hex').toUpperCase()}`;
  const due = dueAt(order.deliveryDate, work);
  const expiresAt = validUntil(due, order.months, desk.timeZone);
  const { vendor, orders } = desk.catalogue;
  const { locale, siteNumber, siteCity } = order;
  const jws = await sign(
    {
      number,
      order: orderRef(order.id),
      issuer: { name: vendor.name[locale], url: desk.publicUrl },
      site: {
        ...(siteNumber === undefined ? {} : { number: siteNumber }),
        name: order.siteName,
        ...(siteCity === undefined ? {} : { city: siteCity }),
      },
      generation: namedIn(orders.generations, order.generation, locale),
      solution: namedIn(orders.solutions, order.solution, locale),
      references: [...order.references],
      issued: now.toISOString(),
      validUntil: expiresAt.toISOString(),
      recipients: recipientsHash(number, order.recipients),
    },
    await signingKey(work),
  );
  await tx.certificate.create({
    data: { number, orderId: order.id, jws, locale, dueAt: due, issuedAt: now, expiresAt },
  });
  work.audit({ action: 'certificate issued', object: orderRef(order.id), detail: { certificate: number, due } });
  return number;
}

/** Revokes an order's certificate, if it still holds; whoever had it mailed is told. One not sent yet never leaves. */
export async function revokeCertificate(work: Work, revoked: { orderId: number; reason: string }): Promise<void> {
  const { tx, now } = work;
  const { orderId, reason } = revoked;
  const end = async (state: string): Promise<boolean> => {
    const data = { state: 'revoked', endedAt: now, reason };
    return (await tx.certificate.updateMany({ where: { orderId, state }, data })).count === 1;
  };
  const wasSent = await end('sent');
  if (!wasSent && !(await end('issued'))) return;
  const row = await tx.certificate.findUniqueOrThrow({ where: { orderId } });
  work.audit({
    action: 'certificate revoked',
    object: orderRef(orderId),
    detail: { certificate: row.number, sent: wasSent, reason },
  });
  if (wasSent) await tellRevoked(work, row);
}

export const certificateOf = (tx: Tx, orderId: number): Promise<Certificate | null> =>
  tx.certificate.findUnique({ where: { orderId } });

/** A certificate's PDF; made again where it was not kept yet, which changes no byte. */
export async function certificatePdf(desk: Desk, number: string): Promise<Buffer> {
  const row = await desk.database.read((tx) => tx.certificate.findUniqueOrThrow({ where: { number } }));
  return row.pdfSha256 === null ? drawnFrom(desk, row) : desk.documents.read(row.pdfSha256);
}

/** The PDF of a row: the same bytes each time. */
export const drawnFrom = (desk: Pick<Desk, 'timeZone'>, row: Pick<Certificate, 'jws' | 'locale'>): Promise<Buffer> =>
  drawCertificate({
    payload: readPayload(row.jws),
    jws: row.jws,
    locale: row.locale as Locale,
    timeZone: desk.timeZone,
  });
