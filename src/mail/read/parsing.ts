/** Where a mail is read: a small plain one here and now, every other in a thread that can be ended. */
import { WorkerFault, type WorkerThreads, type Job } from '../../core/threads/worker.js';
import type { Message } from '../wire/message.js';
import { headOf, messageOf, parseMail, type Reading } from './parse.js';

const job: Job<typeof import('./parse-job.js')> = {
  module: new URL('./parse-job.js', import.meta.url),
  timeMs: 10_000,
  heapMb: 256,
};

const smallBytes = 16 * 1024;
const fewParts = 16;
const longRow = 256;
const [tab, newline, carriageReturn, space, dash] = [9, 10, 13, 32, 45];
/** Of a mail that could not be read. */
const headBytes = 16 * 1024;

/** A mail that could not be read: why, for staff, and what its first lines say. */
export interface Unread {
  readonly unread: string;
  readonly messageId?: string | undefined;
  readonly subject: string;
  readonly sender?: string | undefined;
}

/**
 * Reads a mail, at a bounded cost (docs/mail-format.md): more than 10 s or 256 MB of objects, and it is left unread.
 * @throws {WorkerFault} `closed` when the desk is stopping
 */
export async function parseInThread(raw: Buffer, aside: WorkerThreads): Promise<Message | Unread> {
  try {
    return isPlain(raw) ? await parseMail(raw) : messageOf(await readInThread(raw, aside));
  } catch (error) {
    if (error instanceof WorkerFault && error.why === 'closed') throw error;
    const { messageId, subject, fromAddress } = headOf(raw.subarray(0, headBytes));
    return { unread: reasonOf(error), messageId, subject, sender: fromAddress };
  }
}

/**
 * So small that reading it takes some milliseconds, and less than half a second whatever is in it; to hand it to a thread
 * and back takes longer than to read an honest one (docs/performance.md). Lines that begin with two dashes are all that
 * can part a mail; of a long row of spaces some readers look for the end from each of them.
 */
function isPlain(raw: Buffer): boolean {
  if (raw.length > smallBytes) return false;
  let [parts, row] = [0, 0];
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at];
    row = byte === space || byte === tab || byte === carriageReturn ? row + 1 : 0;
    if (byte === newline && raw[at + 1] === dash && raw[at + 2] === dash) parts += 1;
    if (row > longRow || parts > fewParts) return false;
  }
  return true;
}

async function readInThread(raw: Buffer, aside: WorkerThreads): Promise<Reading> {
  const reading = await aside.run(job, raw).catch((error: unknown) => {
    // a thread may die of something else than this mail, once
    if (error instanceof WorkerFault && error.why === 'lost') return aside.run(job, raw);
    throw error;
  });
  const attachments = reading.attachments.map((one) => {
    const { buffer, byteOffset, byteLength } = one.content;
    return { ...one, content: Buffer.from(buffer, byteOffset, byteLength) };
  });
  return { ...reading, attachments };
}

function reasonOf(error: unknown): string {
  const why = error instanceof WorkerFault ? error.why : undefined;
  if (why === 'time') return `not read: it took more than ${job.timeMs / 1000} s`;
  if (why === 'memory') return `not read: it took more than ${job.heapMb} MB`;
  return `not read: ${error instanceof Error ? error.message : String(error)}`;
}
