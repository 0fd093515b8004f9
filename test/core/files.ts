/** Small files that are what they say, made here: documents for orders, and what people send by mistake. */
import { crc32 } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { ZipFile } from 'yazl';
import type { Upload } from '../../src/core/command/type.js';

export const upload = (name: string, content: Buffer, type = 'application/octet-stream'): Upload => ({
  name,
  type,
  content,
});

export async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export async function pdf(text = 'Bon de commande'): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4' });
  document.text(text);
  document.end();
  return collect(document);
}

/** One grey pixel, and a comment that makes each its own. */
export function png(comment = ''): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.from('00000001000000010800000000', 'hex')),
    ...(comment ? [chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1'))] : []),
    chunk('IDAT', Buffer.from('789c6360000000020001e221bc33', 'hex').subarray(0, 10)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** As a camera begins one; nobody looks at the picture. */
export const jpeg = (): Buffer =>
  Buffer.concat([
    Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
    Buffer.alloc(200, 0x11),
    Buffer.from('ffd9', 'hex'),
  ]);

/** A Windows program's beginning. */
export const exe = (): Buffer =>
  Buffer.concat([Buffer.from('MZ'), Buffer.alloc(58), Buffer.from('80000000', 'hex'), Buffer.alloc(400, 1)]);

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  readonly compress?: boolean;
}

export async function zip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const archive = new ZipFile();
  for (const { name, content, compress = true } of entries)
    archive.addBuffer(Buffer.from(content as string), name, { compress, mtime: new Date('2026-01-01T00:00:00Z') });
  archive.end();
  return collect(archive.outputStream);
}

const contentTypes = (main: string): ZipEntry => ({
  name: '[Content_Types].xml',
  content: `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/main.xml" ContentType="application/vnd.${main}.main+xml"/></Types>`,
});

export const docx = (more: readonly ZipEntry[] = []): Promise<Buffer> =>
  zip([
    contentTypes('openxmlformats-officedocument.wordprocessingml.document'),
    { name: 'word/document.xml', content: '<w:document/>' },
    ...more,
  ]);

export const xlsx = (more: readonly ZipEntry[] = []): Promise<Buffer> =>
  zip([
    contentTypes('openxmlformats-officedocument.spreadsheetml.sheet'),
    { name: 'xl/workbook.xml', content: '<workbook/>' },
    ...more,
  ]);

export const docm = (): Promise<Buffer> =>
  zip([contentTypes('ms-word.document.macroEnabled'), { name: 'word/vbaProject.bin', content: 'x' }]);

export const xlsm = (): Promise<Buffer> =>
  zip([contentTypes('ms-excel.sheet.macroEnabled'), { name: 'xl/vbaProject.bin', content: 'x' }]);

export const odt = (more: readonly ZipEntry[] = []): Promise<Buffer> =>
  zip([
    { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', compress: false },
    { name: 'content.xml', content: '<office:document-content/>' },
    ...more,
  ]);
