/** In which charset a text part is really written, where that differs from what it says. */

/** As mailparser gets a part whose charset its bytes have to tell: each byte one character, to be decoded here. */
export const leftAlone = 'binary';

/** Those that mailparser decodes and TextDecoder does not know. */
const older =
  /^(utf-?7(-imap)?|utf-?32.*|(ibm|cp|x-?cp)-?\d{3,5}|x?-?mac.*|armscii-?8|tcvn.*|viscii|georgian.*|pt-?154|rk-?1048)$/;

/**
 * The charset that a text part is decoded with: nothing and ASCII are left to what the bytes are, as is a name that
 * nobody knows. Latin-1 is read as Windows-1252, of which it is a part: that is what those mean who say it (WHATWG).
 */
export function bestCharset(said: string | undefined): string {
  const name = (said ?? '').trim().toLowerCase();
  if (/^((us-?)?ascii|ansi.*|unknown.*|)$/.test(name)) return leftAlone;
  if (/^(iso[-_]?8859-?1|latin-?1)$/.test(name)) return 'windows-1252';
  return isKnown(name) || older.test(name) ? name : leftAlone;
}

function isKnown(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== 'replacement';
  } catch {
    return false;
  }
}

/** Text of unknown charset: UTF-8 where it is valid, else Windows-1252, which never fails. */
export function decodeLeft(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
