/** The languages people are written to in (X9). */
export const localeNames = ['fr', 'en'] as const;
export type Locale = (typeof localeNames)[number];

/** A text in each language; the vendor's data uses it too. */
export type Localised = Readonly<Record<Locale, string>>;

/** The desk's language for any tag a door knows (`en-US`, `fr`), else `fallback`. */
export function localeOf(tag: string | null | undefined, fallback: Locale): Locale {
  const language = tag?.slice(0, 2).toLowerCase();
  return language === 'fr' || language === 'en' ? language : fallback;
}
