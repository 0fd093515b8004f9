/**
 * The letters (LETTERS): one file a letter and language, from which subject, text and HTML are made. Vendors edit these
 * files, so all of them are checked when they are loaded, and tried with made-up values.
 */
import { localeNames, type Locale } from '../locales/locale.js';
import type { Vendor } from '../catalogue/catalogue.js';
import { FileFaults, type FileFault } from '../catalogue/faults.js';
import { readLetters } from './files.js';
import { LetterEngine, type RenderedLetter } from './engine.js';
import type { LetterName, LetterParams, VendorValues } from './values.js';

export type { RenderedLetter } from './engine.js';
export type { LetterName, LetterParams } from './values.js';

export interface Letters {
  /**
   * A letter ready to be sent. Every value appears as it is, never as markup, link, tag or header; its line ends become
   * spaces (unless the letter uses `| lines`), and control and reordering characters are left out.
   * @throws when a value is missing that the letter shows
   */
  render<Name extends LetterName>(name: Name, locale: Locale, params: LetterParams[Name]): RenderedLetter;
}

/**
 * Loads and checks every letter of a folder.
 * @param vendor asked at each rendering, so that a catalogue loaded later shows at once
 * @throws {FileFaults} naming every fault of every file
 */
export function loadLetters(dir: string, vendor: () => Vendor): Letters {
  const faults: FileFault[] = [];
  const folders = readLetters(dir, faults);
  const engines = { fr: new LetterEngine('fr', folders.fr, faults), en: new LetterEngine('en', folders.en, faults) };
  for (const locale of localeNames) engines[locale].check(faults);
  if (faults.length > 0) throw new FileFaults(dir, faults);
  return { render: (name, locale, params) => engines[locale].render(name, params, vendorIn(locale, vendor())) };
}

/** The vendor as letters have it. */
function vendorIn(locale: Locale, { name, signature, email, links }: Vendor): VendorValues {
  const places = Object.entries(links).map(([key, place]) => [
    key,
    place && { label: place.label[locale], url: place.url[locale] },
  ]);
  return {
    name: name[locale],
    signature: signature.map((line) => line[locale]),
    email,
    links: Object.fromEntries(places) as VendorValues['links'],
  };
}
