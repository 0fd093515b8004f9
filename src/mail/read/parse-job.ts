/** The job of reading a mail (core/threads/worker.ts). */
import { readMail, type Reading } from './parse.js';

/** What comes back is copied to the other thread, so it is data; attachments arrive there as plain Uint8Arrays. */
export default (raw: Uint8Array): Promise<Reading> => readMail(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
