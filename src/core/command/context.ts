/** What understanding a field's value depends on besides the value: the reader's language and country, the catalogue. */
import type { Desk } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import { findProduct } from '../record/catalogue.js';
import { orderChoices } from '../record/orders-shape.js';
import type { FieldContext } from './type.js';
import type { Reader } from './value.js';

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
