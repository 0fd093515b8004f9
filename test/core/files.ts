/** Small files that are what they say, made here: documents for orders, and what people send by mistake. */
import { crc32, deflateSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
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

export async function pdf(text = 'Bon de commande', options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', ...options });
  if (options.autoFirstPage !== false) document.text(text);
  document.end();
  return collect(document);
}

/**
 * A PDF by hand, at once: an empty page for each of `pages`, and bytes that no page shows.
 * @param more.comment makes each its own
 */
export function plainPdf({ pages = 1, filling = Buffer.alloc(0), comment = '' } = {}): Buffer {
  const kids = Array.from({ length: pages }, (_, at) => `${at + 4} 0 R`).join(' ');
  const objects: (string | Buffer)[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${kids}]/Count ${pages}>>`,
    Buffer.concat([Buffer.from(`<</Length ${filling.length}>>stream\n`), filling, Buffer.from('\nendstream')]),
    ...Array.from({ length: pages }, () => '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>'),
  ];
  let content = Buffer.from(`%PDF-1.4\n%${comment}\n`);
  const starts = objects.map((object, at) => {
    const start = content.length;
    content = Buffer.concat([
      content,
      Buffer.from(`${at + 1} 0 obj\n`),
      Buffer.from(object as string),
      Buffer.from('\nendobj\n'),
    ]);
    return `${String(start).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${starts.join('')}`;
  const trailer = `trailer\n<</Size ${starts.length + 1}/Root 1 0 R>>\nstartxref\n${content.length}\n%%EOF\n`;
  return Buffer.concat([content, Buffer.from(table + trailer)]);
}

/** A PDF whose objects lie packed behind so many bytes of blanks: whoever opens it has to unpack them all. */
export function unpackingPdf(blanks: number): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R>>',
  ];
  const width = 64;
  const head = objects.map((_, at) => `${at + 1} ${blanks + at * width} `).join('');
  const padded = objects.map((object) => object.padEnd(width)).join('');
  const packed = deflateSync(Buffer.concat([Buffer.from(head), Buffer.alloc(blanks, ' '), Buffer.from(padded)]));
  const stream = (number: number, dictionary: string, content: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`${number} 0 obj\n<<${dictionary}/Length ${content.length}>>stream\n`),
      content,
      Buffer.from('\nendstream\nendobj\n'),
    ]);
  const first = Buffer.from('%PDF-1.5\n');
  const store = stream(4, `/Type/ObjStm/N 3/First ${head.length}/Filter/FlateDecode`, packed);
  const rows = Buffer.from([0, 0, 0, 0, ...[0, 1, 2].flatMap((at) => [2, 0, 4, at]), 1, 0, first.length, 0]);
  const table = stream(5, '/Type/XRef/Size 5/W[1 2 1]/Root 1 0 R', rows);
  const end = Buffer.from(`startxref\n${first.length + store.length}\n%%EOF\n`);
  return Buffer.concat([first, store, table, end]);
}

/** The archive, saying of an entry that it unpacks to so many bytes. */
export function claiming(archive: Buffer, name: string, bytes: number): Buffer {
  const lying = Buffer.from(archive);
  // its entry in the directory, which comes after the entries themselves
  lying.writeUInt32LE(bytes, lying.lastIndexOf(name) - 46 + 24);
  return lying;
}

/** An old Office file as far as its first bytes and a stream's name tell. */
export const compound = (stream: string): Buffer =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504), Buffer.from(stream, 'utf16le')]);

/** One grey pixel (unless it says that it has more), and a comment that makes each its own. */
export function png(comment = '', [width, height] = [1, 1]): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from('00000000000000000800000000', 'hex');
  header.writeUInt32BE(width ?? 1, 0);
  header.writeUInt32BE(height ?? 1, 4);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(comment ? [chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1'))] : []),
    chunk('IDAT', deflateSync(Buffer.alloc(2))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture of this size, as a camera saves one. */
export const jpeg = (width = 8, height = 8): Buffer => createCanvas(width, height).toBuffer('image/jpeg');

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
