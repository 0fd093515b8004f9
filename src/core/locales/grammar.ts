/** What a sentence does to the names and counts that stand in it (X9). */
import { getCompleteList } from 'french-h-muet-aspire';
import { searchable } from '../text/fold.js';
import type { Locale } from './locale.js';

/** Before these no vowel is dropped: a list of words with an aspirate h, and the few that begin with a vowel. */
let kept: ReadonlySet<string> | undefined;
const keptVowels = ['oui', 'onze', 'onzième', 'ouistiti', 'uhlan', 'ululement'];

/** `Alarmes Durand`, `Hélène`, `Yves`; not `Hameau`, `Yannick`, `3M`. */
function elides(name: string): boolean {
  const [word = ''] = searchable(name.trimStart()).split(' ');
  // what stands before the first letter is no letter
  if (!/^\p{L}/u.test(name.trimStart()) || !/^[aeiouyh]/.test(word)) return false;
  kept ??= new Set([...getCompleteList(), ...keptVowels].map(searchable));
  // the list has few plurals and feminines
  const stem = word.replace(/(?:es?|s|x)$/, '');
  return !kept.has(word) && !kept.has(stem) && !/^y[aeiou]/.test(word);
}

const before =
  (whole: string, elided: string) =>
  (name: string): string =>
    elides(name) ? `${elided}${name}` : `${whole} ${name}`;

/** `d’Alarmes Durand`, `de Martin`. */
export const de = before('de', 'd’');
/** `qu’Alarmes Durand`, `que Martin`. */
export const que = before('que', 'qu’');

const rules: Readonly<Record<Locale, Intl.PluralRules>> = {
  fr: new Intl.PluralRules('fr'),
  en: new Intl.PluralRules('en'),
};

/** The word for that many: in French none is singular too. */
export const plural =
  (locale: Locale) =>
  (count: unknown, single: string, several: string): string =>
    rules[locale].select(Number(count)) === 'one' ? single : several;

/** `Martin, Alarmes Durand et Noël`. */
export const enumerated = (names: readonly string[], locale: Locale): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
