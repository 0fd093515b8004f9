/**
 * Whether a picture is whole, by its own parts: a decoder would show the half of one as if it were all, and may take a
 * thousand times its bytes.
 */
import { crc32 } from 'node:zlib';
import type { ContentFault } from './content-type-job.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the largest cameras. */
const megapixelsAtMost = 200;

/** Undefined when it is whole, and no larger than a picture may be to whoever looks at it. */
export function pictureFault(content: Buffer, type: string): ContentFault | undefined {
  const size = type === 'image/jpeg' ? jpegSize(content) : pngSize(content);
  if (!size || size.width * size.height === 0) return { why: 'damaged' };
  return size.width * size.height > megapixelsAtMost * 1e6 ? { why: 'pixels', atMost: megapixelsAtMost } : undefined;
}

/** Chunks of length, type, data and sum (PNG 5.3), from the header to the end; undefined when one of them is not there. */
function pngSize(content: Buffer): Size | undefined {
  let size: Size | undefined;
  let isFilled = false;
  for (let at = 8; at + 12 <= content.length;) {
    const [type, end] = [content.toString('latin1', at + 4, at + 8), at + 12 + content.readUInt32BE(at)];
    if (end > content.length) return undefined;
    // those in small letters may be left out by whoever does not know them
    if (/^[A-Z]/.test(type) && crc32(content.subarray(at + 4, end - 4)) !== content.readUInt32BE(end - 4))
      return undefined;
    if (type === 'IHDR' && end - at === 25)
      size = { width: content.readUInt32BE(at + 8), height: content.readUInt32BE(at + 12) };
    isFilled ||= type === 'IDAT';
    if (type === 'IEND') return isFilled ? size : undefined;
    at = end;
  }
  return undefined;
}

const [endOfImage, startOfScan, restart] = [0xd9, 0xda, { first: 0xd0, last: 0xd7 }];
/** Frame headers, but for the tables of Huffman codes, the reserved one and those of arithmetic codes. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Segments of marker, length and data (ITU T.81, B.1) to the end of the image; undefined when it is never reached. */
function jpegSize(content: Buffer): Size | undefined {
  let size: Size | undefined;
  let isFilled = false;
  for (let at = 2; at + 2 <= content.length;) {
    if (content[at] !== 0xff) return undefined;
    const marker = content[at + 1] ?? 0;
    if (marker === endOfImage) return isFilled ? size : undefined;
    // any number of them may stand before a marker
    if (marker === 0xff) at += 1;
    else {
      if (at + 4 > content.length) return undefined;
      const next = at + 2 + content.readUInt16BE(at + 2);
      if (isFrame(marker) && at + 9 <= content.length)
        size = { height: content.readUInt16BE(at + 5), width: content.readUInt16BE(at + 7) };
      isFilled ||= marker === startOfScan;
      at = marker === startOfScan ? endOfScan(content, next) : next;
    }
  }
  return undefined;
}

/** Where the next marker is: in the data of a scan 0xFF is followed by a zero, or it restarts. */
function endOfScan(content: Buffer, from: number): number {
  for (let at = content.indexOf(0xff, from); at >= 0; at = content.indexOf(0xff, at + 1)) {
    const next = content[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < restart.first || next > restart.last)) return at;
  }
  return content.length;
}
