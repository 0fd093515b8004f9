const bullets = /[•‣▪▫◦·●○*]/g;
const apostrophes = /[’‘ʼ`]/g;
/** `no`, `num` standing alone; `nº` and `№` have become `no` by then. */
const numberSign = /(?<= |^)(?:no|num)\.?(?= |$)/g;

/**
 * The form in which labels, choices and product names are compared (FIELDS.md, "Matching a label"): lower case, no
 * accents, stars, bullets or `(…)`, one straight apostrophe, one space for any run of spaces, `-` and `_`, and
 * `n°` for `nº`, `no`, `num`. Idempotent. Since the word `no` folds to `n°`, compare folded with folded only.
 */
export function fold(text: string): string {
  return withoutBrackets(plain(text).replace(bullets, '')).replace(spaces, ' ').trim().replace(numberSign, 'n°');
}

/**
 * The form in which text is searched: without case and accents, but with what stands in brackets. `%` and the backslash
 * count as spaces, for to LIKE they are signs, and the two databases do not escape them alike. Idempotent.
 */
export function searchable(text: string): string {
  return plain(text)
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/ß/g, 'ss')
    .replace(/[%\\()]/g, ' ')
    .replace(spaces, ' ')
    .trim();
}

const spaces = /[\s\p{Pd}_]+/gu;

/** Lower case without accents; marks are the accents, format characters the invisible ones that mail programs leave in. */
const plain = (text: string): string =>
  (ascii.test(text) ? text.toLowerCase() : unaccented(text)).replace(apostrophes, "'");

/** Most of what is folded: there is nothing to take apart in it. */
// eslint-disable-next-line no-control-regex -- the control characters of ASCII are as plain as its letters
const ascii = /^[\x00-\x7f]*$/;

const unaccented = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '');

/** Drops each `(…)` with what is inside it, nested ones too; a bracket without its partner stays. One pass, so that
 * ten thousand opening brackets from a hostile mail cost no more than ten thousand letters. */
function withoutBrackets(text: string): string {
  if (!text.includes(')')) return text;
  const kept: string[] = [];
  const opened: number[] = [];
  for (const char of text) {
    if (char === '(') opened.push(kept.length);
    const start = char === ')' ? opened.pop() : undefined;
    if (start === undefined) kept.push(char);
    else kept.length = start;
  }
  return kept.join('');
}
