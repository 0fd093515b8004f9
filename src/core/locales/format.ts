/** Dates as people read them (X9): in their language and the vendor's time zone. */
import type { Locale } from './locale.js';

const tags = { fr: 'fr-FR', en: 'en-GB' } as const;
const made = new Map<string, Intl.DateTimeFormat>();

// making a formatter costs some 50 µs, using it one
function formatter(key: string, options: Intl.DateTimeFormatOptions, locale: Locale): Intl.DateTimeFormat {
  const name = `${locale} ${key}`;
  let format = made.get(name);
  if (!format) made.set(name, (format = new Intl.DateTimeFormat(tags[locale], options)));
  return format;
}

/** `30 novembre 2026` · `30 November 2026`. */
export const formatDay = (at: Date, timeZone: string, locale: Locale): string =>
  formatter(`day ${timeZone}`, { dateStyle: 'long', timeZone }, locale).format(at);

/** `30 novembre 2026 à 14:05` · `30 November 2026 at 14:05`. */
export const formatInstant = (at: Date, timeZone: string, locale: Locale): string =>
  formatter(`instant ${timeZone}`, { dateStyle: 'long', timeStyle: 'short', timeZone }, locale).format(at);
