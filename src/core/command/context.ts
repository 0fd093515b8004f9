/** What understanding a field's value depends on besides the value: the reader's language and country, the catalogue. */
import { Refusal } from '../guard/refusal.js';
import type { Desk, Work } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import { findProduct } from '../catalogue/catalogue.js';
import { orderChoices } from '../catalogue/orders-shape.js';
import type { AnyCommand } from './define.js';
import type { RawInput } from './input.js';
import { Fault, type FieldContext } from './type.js';
import type { Reader } from './value.js';

/**
 * The country in which a form's phones are national ones, where it names none itself: that of the object it is about.
 * What the asker may not see tells nothing.
 */
export async function homeOf(command: AnyCommand, work: Work, raw: RawInput): Promise<string | undefined> {
  const { home, uses } = command;
  if (!home || !uses.some(({ field }) => field.place && raw[field.name] && !raw[field.place])) return undefined;
  const context = fieldContext(work.desk, { locale: work.locale });
  try {
    for (const [name, of] of Object.entries(home)) {
      const [typed, use] = [raw[name], uses.find(({ field }) => field.name === name)];
      const country = typed && use ? await of(work, use.field.type.parse(typed, context) as string) : null;
      if (country) return country;
    }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Fault)) throw error;
  }
  return undefined;
}

export const fieldContext = (
  { catalogue }: Pick<Desk, 'catalogue'>,
  { locale, country }: { locale: Locale; country?: string | undefined },
): FieldContext => ({
  locale,
  country: country ?? catalogue.vendor.country,
  products: (text, boxes) => findProduct(catalogue, text, { boxes })?.id,
  productChoices: (boxes) =>
    [...catalogue.packs, ...(boxes ? catalogue.boxes : [])].map(({ id, name }) => ({ id, names: name })),
  catalogueChoices: (set) => orderChoices(catalogue.orders, set),
});

/** How answers are read in a language: with the desk's time zone and the catalogue in force. */
export const readerOf = (desk: Pick<Desk, 'catalogue' | 'timeZone'>, locale: Locale): Reader => ({
  locale,
  timeZone: desk.timeZone,
  names: fieldContext(desk, { locale }),
});
