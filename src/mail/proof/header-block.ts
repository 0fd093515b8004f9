import { splitHeaders } from '../read/headers.js';

/**
 * Why two readers could read a mail's headers differently, or nothing. A signature covers what its verifier sees: a line
 * that one takes for a header of its own and the other for a part of the line above would let a stranger add to a signed
 * mail (RFC 5322 §2.2; RFC 6376 §8.15 warns of the same).
 */
export function headerFault(raw: Buffer): string | undefined {
  const { end, cut } = splitHeaders(raw);
  if (cut) return 'the headers are too long to be checked';
  const lines = raw.subarray(0, end).toString('latin1').split(/\r?\n/);
  // some mail stores put their own first line above the headers
  const own = /^>?From /.test(lines[0] ?? '') ? 1 : 0;
  for (const [at, line] of lines.slice(own).entries()) {
    const folded = /^[ \t]/.test(line) && at > 0;
    if (line !== '' && !folded && !/^[!-9;-~]+:/.test(line)) return 'the headers hold a line that is none';
    if (/[\r\0]/.test(line)) return 'the headers hold a control character';
  }
  return undefined;
}
