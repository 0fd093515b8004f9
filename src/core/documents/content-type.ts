/** What a file is, by its bytes alone (neither its name nor what its sender says counts), and whether it opens (D9). */
import { WorkerFault, type WorkerThreads, type Job } from '../threads/worker.js';
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
 * @throws {WorkerFault} `closed` when the desk is stopping
 */
export async function contentTypeOf(content: Buffer, aside: WorkerThreads): Promise<ContentReading> {
  return aside.run(job, content).catch((error: unknown) => {
    if (!(error instanceof WorkerFault)) return { type: undefined, fault: { why: 'damaged' } as const };
    if (error.why === 'closed') throw error;
    return { type: undefined, fault: { why: 'dear' } as const };
  });
}
