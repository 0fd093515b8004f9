/** What stands on a receipt, in both languages. */
import type { Locale } from './locale.js';

const fr = {
  titles: { topup: 'Reçu de paiement', charge: 'Reçu', refund: 'Reçu d’avoir' },
  number: 'Numéro',
  issued: 'Date',
  buyer: 'Pour',
  vatNumber: (number: string) => `N° de TVA : ${number}`,
  object: 'Objet',
  of: (number: string) => `Annule le reçu ${number}.`,
  prepayment: (payment: string) => `Paiement d’avance, référence ${payment}`,
  line: 'Désignation',
  amount: 'Montant HT',
  paid: 'Montant',
  net: 'Total HT',
  vat: (percent: string) => `TVA ${percent} %`,
  gross: 'Total TTC',
  total: 'Total',
  reverseCharge: 'Autoliquidation : la TVA est due par le preneur (article 196 de la directive 2006/112/CE).',
  untaxed: 'Versement porté au solde prépayé. La TVA figure sur les reçus de ce qu’il sert à payer.',
  settled: 'Réglé par le compte du guichet.',
  page: (page: number, pages: number) => `Page ${page} sur ${pages}`,
};

/** A text missing in one language does not compile. */
export type ReceiptTexts = typeof fr;

const en: ReceiptTexts = {
  titles: { topup: 'Payment receipt', charge: 'Receipt', refund: 'Credit note' },
  number: 'Number',
  issued: 'Date',
  buyer: 'To',
  vatNumber: (number) => `VAT no. ${number}`,
  object: 'About',
  of: (number) => `Cancels receipt ${number}.`,
  prepayment: (payment) => `Prepayment, reference ${payment}`,
  line: 'Description',
  amount: 'Net amount',
  paid: 'Amount',
  net: 'Total before tax',
  vat: (percent) => `VAT ${percent}%`,
  gross: 'Total with tax',
  total: 'Total',
  reverseCharge: 'Reverse charge: VAT is to be accounted for by the recipient (Directive 2006/112/EC, article 196).',
  untaxed: 'Paid into the prepaid balance. VAT stands on the receipts of what it pays for.',
  settled: 'Settled from the desk account.',
  page: (page, pages) => `Page ${page} of ${pages}`,
};

const texts: Readonly<Record<Locale, ReceiptTexts>> = { fr, en };

export const receiptTexts = (locale: Locale): ReceiptTexts => texts[locale];
