/** How large a ZIP archive says it is: a workbook of a few kilobytes can be made to unpack to gigabytes. */

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const commentAtMost = 0xffff;
/** Stands where a number needs the 64-bit form, which no table of ours does. */
const elsewhere = 0xffffffff;

/**
 * The bytes that all entries have unpacked, by the archive's own directory (PKWARE's APPNOTE 4.3.12, 4.3.16). A reader that
 * goes by that directory unpacks no more, even when it lies.
 * @returns undefined when there is no whole directory
 */
export function unpackedBytes(archive: Buffer): number | undefined {
  const end = lastIndexOf(archive, endMark);
  if (end < 0) return undefined;
  let at = archive.readUInt32LE(end + 16);
  let sum = 0;
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + entryBytes > archive.length || archive.readUInt32LE(at) !== entryMark) return undefined;
    const bytes = archive.readUInt32LE(at + 24);
    if (bytes === elsewhere) return undefined;
    sum += bytes;
    at += entryBytes + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return sum;
}

function lastIndexOf(archive: Buffer, mark: number): number {
  const first = Math.max(0, archive.length - endBytes - commentAtMost);
  for (let at = archive.length - endBytes; at >= first; at -= 1) if (archive.readUInt32LE(at) === mark) return at;
  return -1;
}
