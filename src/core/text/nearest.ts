/** What was probably meant by a word that is none: said only where it is likely, for a wrong guess misleads. */
import { distance } from 'fastest-levenshtein';
import { fold } from './fold.js';

/** A third of the letters may be wrong. */
const isNear = (far: number, a: string, b: string): boolean => far * 3 <= Math.max(a.length, b.length) + 1;

/** Words that say something: the shorter ones join others. */
const wordsOf = (folded: string): readonly string[] => folded.split(' ').filter((word) => word.length >= 4);

/** The word that is within a third of its letters of what was typed, or else shares a word with it; the nearest one. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const wanted = fold(typed);
  const shared = new Set(wordsOf(wanted));
  const likely = words.flatMap((word) => {
    const folded = fold(word);
    const far = distance(wanted, folded);
    if (isNear(far, wanted, folded)) return [{ word, far }];
    // after all that are near
    return wordsOf(folded).some((one) => shared.has(one)) ? [{ word, far: far + 1_000 }] : [];
  });
  return likely.sort((a, b) => a.far - b.far)[0]?.word;
}

/** The same as advice to whoever edits a file. */
export function didYouMean(typed: string, words: readonly string[], named = (word: string): string => word): string {
  const meant = nearest(typed, words);
  return meant === undefined ? `There are: ${words.map(named).join(', ')}.` : `Did you mean ${named(meant)}?`;
}
