/** The job of finding out what bytes are and whether they open (worker.ts); see content-type.ts. */
import { fileTypeFromBuffer } from 'file-type';
import { isEncryptedOffice } from './encrypted.js';
import { officeFault } from './office.js';
import { pdfFault } from './pdf.js';
import { pictureFault } from './picture.js';

/** Why a file can't be taken as what it is. */
export interface ContentFault {
  /**
   * `macros`: it brings programs along; `protected`: it takes a password; `damaged`: no program would open it whole;
   * `pages`: it has none; `unpacked`, `pixels`: far larger than its bytes; `dear`: opening it takes too much.
   */
  readonly why: 'macros' | 'protected' | 'damaged' | 'pages' | 'unpacked' | 'pixels' | 'dear';
  /** Of `unpacked` in MiB, of `pixels` in millions. */
  readonly atMost?: number;
}

export interface ContentReading {
  /** A media type; undefined when the bytes begin like nothing that is known. */
  readonly type: string | undefined;
  readonly fault?: ContentFault | undefined;
}

type Opening = (content: Buffer, type: string) => ContentFault | undefined | Promise<ContentFault | undefined>;

const office = 'application/vnd.openxmlformats-officedocument.';
/** What each type is opened by; of any other only its name is told. */
const openings: Readonly<Record<string, Opening>> = {
  'application/pdf': pdfFault,
  'image/png': pictureFault,
  'image/apng': pictureFault,
  'image/jpeg': pictureFault,
  [`${office}wordprocessingml.document`]: officeFault,
  [`${office}spreadsheetml.sheet`]: officeFault,
  'application/vnd.oasis.opendocument.text': officeFault,
  'application/x-cfb': (content) => (isEncryptedOffice(content) ? { why: 'protected' } : undefined),
};

export default async (input: Uint8Array): Promise<ContentReading> => {
  const content = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const type = (await fileTypeFromBuffer(content))?.mime;
  return { type, fault: type === undefined ? undefined : await openings[type]?.(content, type) };
};
