/** A reply to a letter that asks for an approval (X3): `OK`, or `NON` and why. Pure. */
import { isRestQuoted, readLine } from '../forms/lines.js';

export type Decision = { readonly verdict: 'approve' } | { readonly verdict: 'refuse'; readonly reason: string };

const yes = /^(ok|oui|yes)[\s.!]*$/iu;
const no = /^(non|no|refus[\p{L}]*)(?!\p{L})[\s,;:.!\p{Pd}]*(.*)$/isu;

/**
 * What the first line that is the sender's own says; undefined when that is neither. The reason goes on to the first
 * empty line, or follows after it when the word stands alone.
 */
export function readDecision(text: string): Decision | undefined {
  const own = ownLines(text);
  const start = own.findIndex((line) => line !== '');
  const first = own[start];
  if (first === undefined) return undefined;
  if (yes.test(first)) return { verdict: 'approve' };
  const said = no.exec(first.normalize('NFC'));
  if (!said) return undefined;
  const after = own.slice(start + 1);
  const begin = said[2] ? 0 : after.findIndex((line) => line !== '');
  const rest = begin < 0 ? [] : after.slice(begin);
  const length = rest.indexOf('');
  return {
    verdict: 'refuse',
    reason: [said[2] ?? '', ...rest.slice(0, length < 0 ? undefined : length)].join('\n').trim(),
  };
}

/** The lines above what is quoted or signed, at most 200. */
function ownLines(text: string): string[] {
  const lines = text.split('\n', 200);
  const own: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (isRestQuoted(lines, at)) break;
    const { kind } = readLine(line);
    if (kind === 'end' || kind === 'next') break;
    if (kind === 'quoted') {
      if (own.some((one) => one !== '')) break;
    } else own.push(line.trim());
  }
  return own;
}
