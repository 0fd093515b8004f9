const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute ' +
  'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute ' +
  'THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ' +
  'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const entities = new Map<string, string>([
  ...latin1.split(' ').map((name, index): [string, string] => [name, String.fromCodePoint(160 + index)]),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    OElig: 'Œ',
    oelig: 'œ',
    ndash: '–',
    mdash: '—',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    hellip: '…',
    euro: '€',
    bull: '•',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    zwnj: '',
    zwj: '',
  }),
]);

/** Character references decoded; unknown names stay as written, characters XML forbids go. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,7}));?/gi, (...match: string[]) => {
    const [whole = '', decimal, hex = '', name] = match;
    if (name) return entities.get(name) ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code < 0x11_0000 && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : '';
  });
}

export type Token = { kind: 'text'; text: string } | { kind: 'open' | 'close'; name: string; attributes: string };

/** Tags and text of an HTML page, in one pass; comments, doctypes and processing instructions are left out. Never throws. */
export function* tokens(html: string): Generator<Token> {
  let at = 0;
  while (at < html.length) {
    const less = html.indexOf('<', at);
    if (less < 0) {
      yield { kind: 'text', text: html.slice(at) };
      return;
    }
    if (less > at) yield { kind: 'text', text: html.slice(at, less) };
    if (html.startsWith('<!--', less)) {
      const end = html.indexOf('-->', less + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const match = /^<(\/?)([a-z][a-z0-9:]*)|^<[!?]/i.exec(html.slice(less, less + 64));
    if (!match) {
      yield { kind: 'text', text: '<' };
      at = less + 1;
      continue;
    }
    const end = tagEnd(html, less + match[0].length);
    const name = match[2]?.toLowerCase();
    const attributes = html.slice(less + match[0].length, Math.min(end, less + 4096));
    if (name) yield { kind: match[1] ? 'close' : 'open', name, attributes };
    at = end + 1;
  }
}

/** Position of the tag's `>`; one inside a quoted attribute does not count. */
function tagEnd(html: string, from: number): number {
  let quote = '';
  for (let at = from; at < html.length; at += 1) {
    const char = html[at]!;
    if (quote) quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && html[at - 1] === '=') quote = char;
    else if (char === '>') return at;
  }
  return html.length;
}
