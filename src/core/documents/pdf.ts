/** Whether a PDF opens: read by PDF.js, which is loaded at the first one, in a thread that can be ended (worker.ts). */
import type { ContentFault } from './content-type-job.js';

/** Whoever has more of them still has the first ones looked at. */
const pagesLookedAt = 1_000;

/** Of all buffers that one opening makes together. */
const bufferBytesAtMost = 128 * 1024 * 1024;

/** Undefined when it opens without a password, to its end, with at least one page. */
export async function pdfFault(content: Buffer): Promise<ContentFault | undefined> {
  if (isCutShort(content)) return { why: 'damaged' };
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  return withBuffersBounded(async () => {
    const opening = getDocument({
      data: new Uint8Array(content),
      verbosity: VerbosityLevel.ERRORS,
      isEvalSupported: false,
      useWasm: false,
      disableFontFace: true,
    });
    try {
      const pdf = await opening.promise;
      for (let page = 1; page <= Math.min(pdf.numPages, pagesLookedAt); page += 1) await pdf.getPage(page);
      return pdf.numPages === 0 ? { why: 'pages' } : undefined;
    } catch (error) {
      return { why: (error as Error).name === 'PasswordException' ? 'protected' : 'damaged' };
    } finally {
      await opening.destroy();
    }
  });
}

/** A whole file has its mark after its last object (ISO 32000-2, 7.5.5); PDF.js would mend one that lacks it. */
function isCutShort(content: Buffer): boolean {
  const end = content.lastIndexOf('%%EOF');
  return end < 0 || content.includes(' obj', end);
}

/**
 * Buffers lie outside of a thread's bound, and a few kilobytes of PDF can be made to unpack to gigabytes before its time
 * is over. PDF.js unpacks into arrays of bytes, so they are counted while it works.
 */
async function withBuffersBounded(open: () => Promise<ContentFault | undefined>): Promise<ContentFault | undefined> {
  const Plain = globalThis.Uint8Array;
  let left = bufferBytesAtMost;
  globalThis.Uint8Array = new Proxy(Plain, {
    construct(target, given: unknown[]) {
      if (typeof given[0] === 'number') left -= given[0];
      if (left < 0) throw new RangeError('too many bytes');
      return Reflect.construct(target, given) as object;
    },
  });
  try {
    const fault = await open();
    return left < 0 ? { why: 'dear' } : fault;
  } finally {
    globalThis.Uint8Array = Plain;
  }
}
