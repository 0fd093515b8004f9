/** Hostile mails too large to be kept as files. Each is made to cost its reader far more than its sender. */
import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

const MB = 1024 * 1024;
/** The mail's own Message-ID is made from what makes it hostile. */
const head = (of: string): string =>
  [
    'From: anna@partner.example',
    'To: guichet@localhost',
    'Subject: gros',
    `Message-ID: <${createHash('sha256').update(of).digest('hex')}@partner.example>`,
    'MIME-Version: 1.0\r\n',
  ].join('\r\n');
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const filled = (piece: string, length: number): string => piece.repeat(Math.floor(length / piece.length));
const mail = (type: string, body: string): Buffer => bytes(`${head(type + body)}Content-Type: ${type}\r\n\r\n${body}`);
const parted = (part: string, count: number): Buffer =>
  mail('multipart/mixed; boundary=q', `${`--q\r\n${part}\r\n`.repeat(count)}--q--\r\n`);

const nested = (levels: number): string =>
  Array.from({ length: levels }, (_, at) => `Content-Type: multipart/mixed; boundary=n${at}\r\n\r\n--n${at}\r\n`).join(
    '',
  );

/** Each is answered: what can be had of it is read, and that something is missing is said. */
export const giants: Readonly<Record<string, () => Buffer>> = {
  'a body larger than 25 MB': () => mail('text/plain', filled('Bonjour\r\n', 26 * MB)),
  'a header line of 1 MB': () => bytes(`${head('')}X-Long: ${filled('x', MB)}\r\n\r\nBonjour\r\n`),
  'a hundred thousand header lines': () => bytes(`${head('lines')}${filled('X-A: b\r\n', 800_000)}\r\nBonjour\r\n`),
  'a thousand parts': () => parted('Content-Type: text/plain\r\n\r\nBonjour\r\n', 1000),
  'two hundred and fifty files': () => parted('Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF', 250),
  'ten thousand levels': () => bytes(`${head('n')}${nested(10_000)}`),
  'parts that all have the same boundary': () =>
    bytes(`${head('s')}${filled('Content-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\n', 20 * MB)}`),
  'twenty megabytes of text': () => mail('text/plain; format=flowed', filled('> Bonjour \r\n', 20 * MB)),
  'twenty megabytes of tables': () => mail('text/html', filled('<table><tr><td>', 20 * MB)),
  'a line of twenty megabytes': () => mail('text/plain', filled('a', 20 * MB)),
};

/** Both are held: to read the one takes minutes, the other half a gigabyte. */
export const tooDear = {
  time: (): Buffer => bytes(`${head('t')}Content-Transfer-Encoding: quoted-printable\r\n\r\n${filled('\t', 200_000)}x`),
  memory: (): Buffer =>
    bytes(
      `${head('m')}Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${filled('=41', 24 * MB)}`,
    ),
};

/** A workbook of some kilobytes whose only sheet unpacks to `size` bytes, but says `claimed`. */
export function zipBomb(size: number, claimed: number): Buffer {
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const plain = Buffer.alloc(size, 0x20);
  const packed = deflateRawSync(plain, { level: 9 });
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(crc32(plain), 14);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  local.copy(entry, 6, 4, 30);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, entry, name, end]);
}
