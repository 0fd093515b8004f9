/** Dates as people read them (X9): in their language and the vendor's time zone. */
import { DateTime } from 'luxon';
import type { Locale } from './locale.js';

const tags = { fr: 'fr-FR', en: 'en-GB' } as const;
interface Printer {
  readonly format: Intl.DateTimeFormat;
  /** The last text, and of which minute since 1970 it is. */
  minute: number;
  text: string;
}
const printers = new Map<string, Printer>();

/** The first of a month is the only ordinal that French dates have, and what the language's own data leaves out. */
const ordinal = (text: string, locale: Locale): string =>
  locale === 'fr' ? text.replace(/^1(?= \p{L})/u, '1er') : text;

// making a formatter costs some 50 µs, using it 15; the letters of one moment name the same minute
function printed(
  at: Date,
  key: string,
  { locale, ...options }: Intl.DateTimeFormatOptions & { locale: Locale },
): string {
  const name = `${locale} ${key} ${options.timeZone}`;
  let printer = printers.get(name);
  if (!printer)
    printers.set(name, (printer = { format: new Intl.DateTimeFormat(tags[locale], options), minute: NaN, text: '' }));
  const minute = Math.floor(at.getTime() / 60_000);
  if (minute !== printer.minute) Object.assign(printer, { text: ordinal(printer.format.format(at), locale), minute });
  return printer.text;
}

/** `30 novembre 2026`, `1er décembre 2026` · `30 November 2026`. */
export const formatDay = (at: Date, timeZone: string, locale: Locale): string =>
  printed(at, 'day', { dateStyle: 'long', timeZone, locale });

/** `30 novembre 2026 à 14:05` · `30 November 2026 at 14:05`. */
export const formatInstant = (at: Date, timeZone: string, locale: Locale): string =>
  printed(at, 'instant', { dateStyle: 'long', timeStyle: 'short', timeZone, locale });

/** `décembre 2026` · `December 2026`, of `2026-12`. */
export const formatMonth = (month: string, locale: Locale): string =>
  printed(new Date(`${month}-01T00:00:00Z`), 'month', { month: 'long', year: 'numeric', timeZone: 'UTC', locale });

const currencies = new Map<string, Intl.NumberFormat>();

/** `1 234,50 €` · `€1,234.50`, of minor units. */
export function formatMoney(cents: number, locale: Locale, currency = 'EUR'): string {
  const name = `${locale} ${currency}`;
  const known = currencies.get(name) ?? new Intl.NumberFormat(tags[locale], { style: 'currency', currency });
  currencies.set(name, known);
  return known.format(cents / 100);
}

/** The day it is there, `YYYY-MM-DD`. */
export const dayIn = (at: Date, timeZone: string): string =>
  DateTime.fromJSDate(at, { zone: timeZone }).toFormat('yyyy-MM-dd');
