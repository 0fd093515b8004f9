/** What a file is, by its bytes alone: neither its name nor what its sender says counts (D9). */
import { AsideFault, type Aside, type Job } from './aside.js';
import type { ContentReading } from './content-type-job.js';

export type { ContentReading } from './content-type-job.js';

const job: Job<typeof import('./content-type-job.js')> = {
  module: new URL('./content-type-job.js', import.meta.url),
  timeMs: 10_000,
  heapMb: 256,
};

/**
 * Finds out in a thread of its own what bytes are: a document from outside may be made to be dear to look at.
 * `damaged` too when that took more than 10 s or 256 MB.
 * @throws {AsideFault} `closed` when the desk is stopping
 */
export async function contentTypeOf(content: Buffer, aside: Aside): Promise<ContentReading> {
  return aside.run(job, content).catch((error: unknown) => {
    if (error instanceof AsideFault && error.why === 'closed') throw error;
    return { type: undefined, macros: false, damaged: true };
  });
}
