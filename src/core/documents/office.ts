/** Whether an office document opens: DOCX, XLSX and ODT are ZIP archives, which are unpacked here to nowhere and counted. */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import type { ContentFault } from './content-type-job.js';

/** The parts that programs stand in: of Word and Excel, and of OpenDocument (its libraries of Basic and scripts). */
const program = /(^|\/)(vbaProject\w*\.bin|vbaData\.xml)$|^(Basic|Scripts)\//i;

/** Without these it is no document of its type; some programs number their main part. */
const mainParts: Readonly<Record<string, readonly RegExp[]>> = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': [
    /^\[Content_Types\]\.xml$/,
    /^word\/document\d*\.xml$/i,
  ],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': [
    /^\[Content_Types\]\.xml$/,
    /^xl\/workbook\d*\.xml$/i,
  ],
  'application/vnd.oasis.opendocument.text': [/^content\.xml$/],
};

const entriesAtMost = 10_000;
const mebibyte = 1024 * 1024;
/** Large sheets repeat themselves, so a small archive may unpack to much, but not to all that there could be. */
const unpackedAtMost = (archive: Buffer): number =>
  Math.min(200 * mebibyte, Math.max(20 * mebibyte, 200 * archive.length));

/** Undefined when it is whole, has its main parts, no programs and no password, and unpacks to a bearable size. */
export async function officeFault(content: Buffer, type: string): Promise<ContentFault | undefined> {
  try {
    return await faultOf(content, type);
  } catch {
    return { why: 'damaged' };
  }
}

/** @throws when the archive is damaged */
async function faultOf(content: Buffer, type: string): Promise<ContentFault | undefined> {
  // the sizes it says are checked here: yauzl's own check could not tell a lie from too much
  const zip = await fromBufferPromise(content, { validateEntrySizes: false });
  const entries = await entriesOf(zip);
  const names = entries.map(({ fileName }) => fileName);
  if (names.some((name) => program.test(name))) return { why: 'macros' };
  if (entries.some((entry) => entry.isEncrypted()) || names.includes('encrypted-package')) return { why: 'protected' };
  const most = unpackedAtMost(content);
  let unpacked = 0;
  for (const entry of entries) {
    const part = await unpack(zip, entry, most - unpacked);
    if (!part) return { why: 'unpacked', atMost: Math.round(most / mebibyte) };
    if (entry.fileName === manifest && part.head.includes('encryption-data')) return { why: 'protected' };
    unpacked += part.bytes;
  }
  const isWhole = (mainParts[type] ?? []).every((main) => names.some((name) => main.test(name)));
  return isWhole ? undefined : { why: 'damaged' };
}

/** OpenDocument's list of its parts tells how each is encrypted. */
const manifest = 'META-INF/manifest.xml';

/** All of them, that list first: what is encrypted is told before it is found to be unreadable. @throws when too many */
async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > entriesAtMost) throw new Error('too many entries');
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries.sort((a, b) => Number(b.fileName === manifest) - Number(a.fileName === manifest));
}

const headBytes = mebibyte;

/**
 * Unpacks an entry and lets go of it, less its beginning.
 * @returns undefined as soon as there are more than `most` bytes, whatever the archive says
 * @throws when it is not what the archive says, or damaged
 */
async function unpack(zip: ZipFile, entry: Entry, most: number): Promise<{ bytes: number; head: Buffer } | undefined> {
  if (entry.uncompressedSize > most) return undefined;
  const head: Buffer[] = [];
  let [bytes, sum] = [0, 0];
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    if (bytes < headBytes) head.push(chunk);
    bytes += chunk.length;
    if (bytes > most) return undefined;
    sum = crc32(chunk, sum);
  }
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw new Error('not what its archive says');
  return { bytes, head: Buffer.concat(head) };
}
