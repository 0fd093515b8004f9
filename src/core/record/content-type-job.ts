/** The job of finding out what bytes are (aside.ts); see content-type.ts. */
import { fileTypeFromBuffer } from 'file-type';
import { fromBufferPromise } from 'yauzl';

export interface ContentReading {
  /** A media type; undefined when the bytes begin like nothing that is known. */
  readonly type: string | undefined;
  /** A document that brings programs along. */
  readonly macros: boolean;
  /** A ZIP whose directory can't be read: no program would open it as what it says. */
  readonly damaged: boolean;
}

/** The parts that programs stand in: of Word and Excel, and of OpenDocument (its libraries of Basic and scripts). */
const program = /(^|\/)(vbaProject\w*\.bin|vbaData\.xml)$|^(Basic|Scripts)\//i;
const entriesAtMost = 10_000;

export default async (content: Uint8Array): Promise<ContentReading> => {
  const found = await fileTypeFromBuffer(content);
  const type = found?.mime;
  if (!type || !/officedocument|opendocument/.test(type)) return { type, macros: false, damaged: false };
  try {
    return { type, macros: await hasPrograms(content), damaged: false };
  } catch {
    return { type, macros: false, damaged: true };
  }
};

/** By the archive's own directory, which is what an office program goes by. */
async function hasPrograms(content: Uint8Array): Promise<boolean> {
  const zip = await fromBufferPromise(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  if (zip.entryCount === 0 || zip.entryCount > entriesAtMost) throw new Error('not a document');
  for await (const { fileName } of zip.eachEntry()) if (program.test(fileName)) return true;
  return false;
}
