/** What a file is, by its bytes alone (neither its name nor what its sender says counts), and whether it opens (D9). */
import { AsideFault, type Aside, type Job } from './aside.js';
import type { ContentReading } from './content-type-job.js';

export type { ContentFault, ContentReading } from './content-type-job.js';

const job: Job<typeof import('./content-type-job.js')> = {
  module: new URL('./content-type-job.js', import.meta.url),
  timeMs: 10_000,
  heapMb: 256,
};

/**
 * Finds out in a thread of its own what bytes are, and opens a PDF, a picture and an office document as their readers
 * would: a document from outside may be made to be dear to look at. Nothing is written. The fault is `dear` when it took
 * more than 10 s or 256 MB.
 * @param content at most as large as a document may be (dictionary.ts)
 * @throws {AsideFault} `closed` when the desk is stopping
 */
export async function contentTypeOf(content: Buffer, aside: Aside): Promise<ContentReading> {
  return aside.run(job, content).catch((error: unknown) => {
    if (!(error instanceof AsideFault)) return { type: undefined, fault: { why: 'damaged' } as const };
    if (error.why === 'closed') throw error;
    return { type: undefined, fault: { why: 'dear' } as const };
  });
}
