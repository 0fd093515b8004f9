/** What the PDF's own fonts can show: the Latin letters of Western Europe (WinAnsi, PDF 32000-1 annex D). */
import { oneLine } from '../../letters/markup.js';

const beyondLatin1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const shown = (letter: string): boolean =>
  /^[\u0020-\u007E\u00A0-\u00FF]$/.test(letter) || beyondLatin1.includes(letter);

/** Letters whose stroke is no accent to Unicode. */
const strokes: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  Ŧ: 'T',
  ŧ: 't',
  ı: 'i',
};

export interface Shown {
  readonly text: string;
  /** Nothing was replaced. */
  readonly whole: boolean;
}

/**
 * A text in one line, of letters that can be shown: others lose their accent or stroke, else become `?`.
 * Spaces of any width are spaces.
 */
export function shownAs(text: string): Shown {
  const line = oneLine(text.normalize('NFC')).replace(/[\u2000-\u200A\u202F\u3000]/g, '\u00A0');
  let whole = true;
  const letters = Array.from(line, (letter) => {
    if (shown(letter)) return letter;
    // joiners and the like are not seen anywhere
    if (/^\p{Cf}$/u.test(letter)) return '';
    whole = false;
    const [bare = ''] = strokes[letter] ?? letter.normalize('NFD');
    return shown(bare) ? bare : '?';
  });
  return { text: letters.join(''), whole };
}
