/** The letters that go with a certificate: to its recipients and, once, to whoever ordered. */
import type { Work } from '../../guard/work.js';
import { formatDay } from '../../locales/format.js';
import { localeOf, type Locale } from '../../locales/locale.js';
import { contentOf } from '../orders/content.js';
import type { Certificate, Order, Tx } from '../../database/connect.js';
import { pageOf, readPayload } from './payload.js';

interface Addressee {
  readonly email: string;
  readonly personId: number | null;
  readonly locale: Locale;
}

/** The order's recipients, each in their language where somebody known has the address, else in the certificate's. */
async function addressees(tx: Tx, order: Order, locale: Locale): Promise<Addressee[]> {
  const emails = [...new Set(contentOf(order).recipients)];
  const known = await tx.address.findMany({ where: { email: { in: emails } }, include: { person: true } });
  return emails.map((email) => {
    const person = known.find((one) => one.email === email)?.person;
    return { email, personId: person?.id ?? null, locale: localeOf(person?.locale, locale) };
  });
}

/** Whoever ordered, at their main address, unless they are a recipient already. */
async function requester(tx: Tx, order: Order, others: readonly Addressee[]): Promise<Addressee[]> {
  const person = await tx.person.findUnique({ where: { id: order.requesterId }, include: { addresses: true } });
  const email = person?.addresses.find(({ main }) => main)?.email;
  if (!person || !email || others.some(({ personId }) => personId === person.id)) return [];
  return [{ email, personId: person.id, locale: localeOf(person.locale, localeOf(order.locale, 'fr')) }];
}

/** Mails a certificate with its PDF, one letter a person. */
export async function tellSent(work: Work, row: Certificate, pdfSha256: string): Promise<void> {
  const { tx, desk } = work;
  const order = await tx.order.findUniqueOrThrow({ where: { id: row.orderId } });
  const recipients = await addressees(tx, order, localeOf(row.locale, desk.locale));
  const payload = readPayload(row.jws);
  const { number, order: orderNumber, site, solution, validUntil } = payload;
  for (const { email, personId, locale } of [...recipients, ...(await requester(tx, order, recipients))])
    work.send({
      channel: 'mail',
      letter: 'certificate',
      recipient: email,
      personId,
      locale,
      object: orderNumber,
      attachments: [{ name: `${number}.pdf`, type: 'application/pdf', sha256: pdfSha256 }],
      params: {
        number,
        orderNumber,
        siteName: site.name,
        solution: solution.name,
        validUntil: formatDay(new Date(validUntil), desk.timeZone, locale),
        verifyUrl: pageOf(payload),
      },
    });
}

/** Tells the recipients that theirs no longer holds; whoever ordered hears it of the order. */
export async function tellRevoked(work: Work, row: Certificate): Promise<void> {
  const { tx, desk } = work;
  const order = await tx.order.findUniqueOrThrow({ where: { id: row.orderId } });
  const payload = readPayload(row.jws);
  const { number, order: orderNumber, site } = payload;
  for (const { email, personId, locale } of await addressees(tx, order, localeOf(row.locale, desk.locale)))
    work.send({
      channel: 'mail',
      letter: 'certificate-revoked',
      recipient: email,
      personId,
      locale,
      object: orderNumber,
      params: {
        number,
        orderNumber,
        siteName: site.name,
        ...(row.reason ? { reason: row.reason } : {}),
        verifyUrl: pageOf(payload),
      },
    });
}
