/** What somebody wrote anew in a reply: without what is quoted, and without their signature. Pure and linear. */
import { isRestQuoted, readLine } from '../forms/lines.js';

const linesAtMost = 20_000;
/** What phones put below each mail. */
const device =
  /^(envoyé (de|depuis) (mon|ma|l.app)|sent from (my|the|mail)|get outlook for|obtenir outlook|télécharge[rz] outlook)/iu;
const rule = /^[_\p{Pd}]{5,}$/u;
/** Begins what mail programs put above a quotation, which they break into two or three lines when it is long. */
const attribution = /^(le|on|am|el|il)\s/i;

/**
 * The sender's own words, wherever they stand: above, below or between quoted lines. A signature begins at `-- `; an
 * earlier mail that is quoted without marks ends the reading.
 */
export function ownText(text: string): string {
  const lines = text.split('\n', linesAtMost);
  const own: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trimEnd();
    if (isRestQuoted(lines, at) || line === '--') break;
    const broken = brokenAttribution(lines, at);
    if (broken > 0) {
      // what follows it without a mark is the earlier mail
      if (!quotedSoon(lines, at + broken)) break;
      at += broken - 1;
    } else own.push(/^\s?>/.test(line) || isAttribution(line) ? '' : line);
  }
  return trimmed(own);
}

const isAttribution = (line: string): boolean => readLine(line).kind === 'quoted';

/** How many lines a broken attribution takes, or 0. */
function brokenAttribution(lines: readonly string[], at: number): number {
  if (!attribution.test((lines[at] ?? '').trim())) return 0;
  for (const count of [2, 3]) {
    const joined = lines
      .slice(at, at + count)
      .map((line) => line.trim())
      .join(' ');
    // it tells when, which a sentence of one's own that ends so rarely does
    if (/\d/.test(joined) && isAttribution(joined)) return count;
  }
  return 0;
}

const quotedSoon = (lines: readonly string[], begin: number): boolean =>
  lines
    .slice(begin, begin + 4)
    .find((line) => line.trim() !== '')
    ?.startsWith('>') === true;

/** Without empty lines at its ends, several in a row as one, and without what a phone or Outlook adds. */
function trimmed(lines: readonly string[]): string {
  const kept = [...lines];
  for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
    if (last.trim() !== '' && !device.test(last.trim().normalize('NFC')) && !rule.test(last.trim())) break;
    kept.pop();
  }
  return kept
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '');
}
