/** Where a table is read: a small text here and now, every other in a thread that can be ended. */
import { WorkerFault, type WorkerThreads, type Job } from '../threads/worker.js';
import { readSheet, SheetFault, type Sheet } from './sheet.js';

const job: Job<typeof import('./sheet-job.js')> = {
  module: new URL('./sheet-job.js', import.meta.url),
  timeMs: 20_000,
  heapMb: 256,
};

/** Some thousand rows: less work than handing it over. A workbook may be far more than its bytes. */
const smallBytes = 64 * 1024;
const isSmall = (content: Buffer): boolean => content.length <= smallBytes && content[0] !== 0x50;

/**
 * Reads a table (sheet.ts), at a bounded cost.
 * @throws {SheetFault} `dear` too when it takes more than 20 s or 256 MB of objects
 * @throws {WorkerFault} `closed` when the desk is stopping
 */
export async function readSheetInThread(
  content: Buffer,
  { sheet, aside }: { readonly sheet?: string | undefined; readonly aside: WorkerThreads },
): Promise<Sheet> {
  if (isSmall(content)) return readSheet(content, { sheet });
  const reading = await aside.run(job, { content, sheet }).catch((error: unknown) => {
    if (!(error instanceof WorkerFault) || error.why === 'closed') throw error;
    throw new SheetFault('dear');
  });
  if ('why' in reading) throw new SheetFault(reading.why, reading.params);
  return reading;
}
