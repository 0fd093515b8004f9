/** The job of reading a table (worker.ts): what comes back is copied to the other thread, a fault too. */
import { readSheet, SheetFault, type Sheet } from './sheet.js';

export type SheetReading = Sheet | { readonly why: SheetFault['why']; readonly params: SheetFault['params'] };

export default async ({
  content,
  sheet,
}: {
  content: Uint8Array;
  sheet?: string | undefined;
}): Promise<SheetReading> => {
  try {
    return await readSheet(Buffer.from(content.buffer, content.byteOffset, content.byteLength), { sheet });
  } catch (error) {
    if (error instanceof SheetFault) return { why: error.why, params: error.params };
    throw error;
  }
};
