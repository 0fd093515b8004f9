/** Mails nobody wrote: the corpus with its bytes, headers, parts and boundaries changed, and some made of pieces alone. */
import fc from 'fast-check';
import { fixtures } from './fixtures.js';

/** Where a change is made, as a share of the mail's length. */
type Share = number;
type Change = (raw: Buffer) => Buffer;

const longest = 256 * 1024;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (raw: Buffer, where: Share): number => Math.floor(raw.length * where);
const between = (raw: Buffer, a: Share, b: Share): [number, number] => {
  const [low, high] = [at(raw, Math.min(a, b)), at(raw, Math.max(a, b))];
  return [low, high];
};
const joined = (...parts: Buffer[]): Buffer => Buffer.concat(parts).subarray(0, longest);
const insert = (raw: Buffer, where: Share, what: Buffer): Buffer =>
  joined(raw.subarray(0, at(raw, where)), what, raw.subarray(at(raw, where)));

const charsets = [
  'utf-8',
  'utf-16',
  'utf-16be',
  'utf-7',
  'iso-2022-jp',
  'gb18030',
  'big5',
  'cp850',
  'x-none',
  'binary',
  '',
];
const encodings = ['base64', 'quoted-printable', '7bit', 'binary', 'x-uuencode', '', '"base64"', 'base64 (x)'];
const types = [
  ...['text/plain', 'text/html', 'text/plain; format=flowed', 'multipart/mixed', 'multipart/alternative', 'multipart/'],
  ...['multipart/report', 'multipart/encrypted', 'multipart/signed', 'message/rfc822', 'message/delivery-status'],
  ...['message/disposition-notification', 'text/calendar; method=REPLY', 'application/pkcs7-mime', '/', ''],
];
const names = [
  ...[
    'From',
    'To',
    'Subject',
    'Date',
    'Message-ID',
    'References',
    'In-Reply-To',
    'Content-Type',
    'Return-Path',
    'Sender',
  ],
  ...[
    'Content-Transfer-Encoding',
    'Content-Disposition',
    'Auto-Submitted',
    'List-Id',
    'Received',
    'X-Failed-Recipients',
  ],
  ...['DKIM-Signature', 'Authentication-Results', 'Content-ID', 'Precedence', 'X-Loop', 'Original-Message-ID'],
];
/** What has cost or confused a reader of mails before. */
const tokens = [
  ...[
    '\0',
    '\r',
    '\n',
    '\r\n\r\n',
    '\t',
    ' ',
    '=',
    '=3D',
    '=?utf-8?b?',
    '=?utf-8?q?=C3?=',
    '?=',
    '(',
    '((',
    ')',
    '<',
    '>',
  ],
  ...['"', '\\', ',', ';', ':', '@', '--', '--=_part_1', '--=_part_1--', '%', "''", '<td>', '<blockquote type=cite>'],
  ...[
    '<!--',
    '&#x',
    '<a "',
    'a@b.example',
    'xn--',
    'Commande : declare new',
    '\n---\n',
    '-- \n',
    '> ',
    '\xff\xfe',
    '\x1b$B',
  ],
  ...[
    '-----BEGIN PGP MESSAGE-----',
    '-----BEGIN PGP SIGNED MESSAGE-----\n\n',
    '+AGE-',
    '\u0085',
    '* ',
    'v=1; a=rsa-sha256; ',
  ],
];

const byteFlips: fc.Arbitrary<Change> = fc
  .array(fc.tuple(share, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 })
  .map((flips) => (raw) => {
    const copy = Buffer.from(raw);
    for (const [where, byte] of flips) if (copy.length > 0) copy[Math.min(at(copy, where), copy.length - 1)] = byte;
    return copy;
  });

const cut: fc.Arbitrary<Change> = fc.tuple(share, share, fc.boolean()).map(([a, b, end]) => (raw) => {
  const [low, high] = between(raw, a, b);
  return end ? raw.subarray(0, high) : joined(raw.subarray(0, low), raw.subarray(high));
});

const repeat: fc.Arbitrary<Change> = fc
  .tuple(share, share, fc.integer({ min: 2, max: 60 }))
  .map(([a, b, times]) => (raw) => {
    const [low, high] = between(raw, a, b);
    const piece = raw.subarray(low, Math.min(high, low + Math.ceil(longest / times)));
    return joined(raw.subarray(0, low), ...Array.from({ length: times }, () => piece), raw.subarray(high));
  });

const token: fc.Arbitrary<Change> = fc
  .tuple(share, fc.constantFrom(...tokens), fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 5000 })))
  .map(
    ([where, text, times]) =>
      (raw) =>
        insert(raw, where, bytes(text.repeat(Math.min(times, 60_000 / text.length)))),
  );

const another: fc.Arbitrary<Change> = fc.tuple(share, fc.nat(), share, share).map(([where, which, a, b]) => (raw) => {
  const other = fixtures[which % fixtures.length]!.raw;
  return insert(raw, where, other.subarray(...between(other, a, b)));
});

/** The n-th match is replaced; every mail that has none stays. */
const replaceNth = (raw: Buffer, pattern: RegExp, [nth, by]: [number, (found: string) => string]): Buffer => {
  const text = raw.toString('latin1');
  const found = [...text.matchAll(pattern)];
  const match = found[nth % Math.max(found.length, 1)];
  if (!match) return raw;
  return joined(bytes(text.slice(0, match.index) + by(match[0]) + text.slice(match.index + match[0].length)));
};

const headers: fc.Arbitrary<Change> = fc.oneof(
  // a header twice, under its own name or another's, or moved somewhere else
  fc.tuple(fc.nat(), fc.constantFrom('', ...names)).map(
    ([nth, name]): Change =>
      (raw) =>
        replaceNth(raw, /^[A-Za-z-]+:.*\r?\n/gm, [nth, (line) => line + (name ? line.replace(/^[^:]+/, name) : line)]),
  ),
  fc.tuple(fc.constantFrom(...names), fc.array(fc.constantFrom(...tokens), { maxLength: 8 })).map(
    ([name, value]): Change =>
      (raw) =>
        joined(bytes(`${name}: ${value.join('').replace(/\r?\n/g, '\n ')}\n`), raw),
  ),
);

const values: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom(...charsets)).map(
    ([nth, to]): Change =>
      (raw) =>
        replaceNth(raw, /charset=[^;\s]*/gi, [nth, () => `charset=${to}`]),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...encodings)).map(
    ([nth, to]): Change =>
      (raw) =>
        replaceNth(raw, /encoding: .*/gi, [nth, () => `Encoding: ${to}`]),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...types)).map(
    ([nth, to]): Change =>
      (raw) =>
        replaceNth(raw, /content-type: [^;\s]*/gi, [nth, () => `Content-Type: ${to}`]),
  ),
);

const boundaries: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom('x', '', ' ', '--', '"', '\0', "'()+_,-./:=?")).map(
    ([nth, more]): Change =>
      (raw) =>
        replaceNth(raw, /^--\S+/gm, [nth, (line) => `${line.slice(0, -1)}${more}`]),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('', 'b', '"', 'x'.repeat(300))).map(
    ([nth, to]): Change =>
      (raw) =>
        replaceNth(raw, /boundary="?[^";\n]*"?/g, [nth, () => `boundary="${to}"`]),
  ),
  // a part twice, or many times, or inside itself
  fc.tuple(fc.nat(), fc.integer({ min: 2, max: 40 })).map(
    ([nth, times]): Change =>
      (raw) =>
        replaceNth(raw, /^--\S+\r?\n[^]*?(?=^--)/gm, [nth, (part) => part.repeat(times)]),
  ),
);

const lineEnds: fc.Arbitrary<Change> = fc
  .tuple(share, share, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\r\n', '\n\r', '\n ', ''))
  .map(([a, b, end]) => (raw) => {
    const [low, high] = between(raw, a, b);
    return joined(
      raw.subarray(0, low),
      bytes(raw.subarray(low, high).toString('latin1').replace(/\r?\n/g, end)),
      raw.subarray(high),
    );
  });

const changes = fc.oneof(byteFlips, cut, repeat, token, another, headers, values, boundaries, lineEnds);

const mutated = fc
  .tuple(fc.nat(), fc.array(changes, { minLength: 1, maxLength: 6 }))
  .map(([which, all]) => all.reduce((raw, change) => change(raw), fixtures[which % fixtures.length]!.raw));

const pieced = fc
  .array(
    fc.oneof(
      fc.constantFrom(...tokens),
      fc
        .tuple(fc.constantFrom(...names), fc.constantFrom(...types, ...tokens))
        .map(([name, value]) => `\n${name}: ${value}`),
      fc.constantFrom(
        '\n',
        '\r\n',
        '\n\n',
        '\n--q\n',
        '\n--q--\n',
        '; boundary=q',
        '; charset=utf-16',
        '; format=flowed',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
    { maxLength: 120 },
  )
  .map((pieces) => Buffer.from(pieces.join('').trimStart()));

/** A mail as a fuzzer makes it, at most 256 KiB. */
export const oddMail: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: mutated, weight: 9 },
  { arbitrary: pieced, weight: 1 },
);
