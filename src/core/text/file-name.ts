/** A file's name from outside, as data: shown, never a path on disk (invariant 8). */

const shownAtMost = 120;

/** No path, no control or reordering characters, NFC, at most 120 characters; `file` when nothing is left. */
export function cleanName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const shown = last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
    .replace(/^[\s.]+/, '')
    .trim();
  const letters = [...shown];
  return letters.length > shownAtMost ? letters.slice(-shownAtMost).join('') : shown || 'file';
}

/** A name split before its last dot; the second part is empty when there is none. */
export function splitName(name: string): readonly [stem: string, ending: string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/** The stem shortened so that both together are no longer than a shown name. */
export const joinName = (stem: string, ending: string): string =>
  `${[...stem].slice(0, shownAtMost - [...ending].length).join('')}${ending}`;
