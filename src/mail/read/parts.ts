/** The MIME parts of a mail: its text as its sender wrote it, and what is attached. mailparser does the splitting. */
import { MailParser } from 'mailparser';
import { bestCharset, decodeLeft, leftAlone } from './charset.js';
import { htmlToText } from './html.js';
import type { MailAttachment } from '../wire/message.js';

const maxAttachments = 200;
const maxParts = 500;
const maxNesting = 40;
/** Of all text parts together, still encoded. What people write is far shorter; big things come as attachments. */
const maxTextBytes = 1024 * 1024;
const maxHtmlLength = 512 * 1024;
const keptImageBytes = 20 * 1024;

/** mailparser's own tree of MIME parts, which its types leave out; used here alone. */
interface Part {
  contentType?: string | false;
  charset?: string;
  disposition?: string;
  textContent?: string;
  children: Part[];
  node: { filename?: string | false; _boundary?: Buffer | false };
  isAttachment?: boolean;
  decoder?: { write(chunk: Buffer): boolean };
}
interface Insides {
  tree: Part | false;
  createNode(node: unknown): Part;
  processHeaders(lines: { key: string; line: string }[]): Map<string, string>;
}

export interface Content {
  text: string;
  attachments: MailAttachment[];
}

/** Reads the parts of a mail whose body begins at `end`; what can't be read is said in `damage`. */
export async function readParts(mail: { raw: Buffer; end: number }, damage: Set<string>): Promise<Content> {
  const attachments: MailAttachment[] = [];
  const parser = new MailParser({
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    keepDeliveryStatus: true,
    // not in mailparser's types, but handed on to the splitter beneath it
    ...{ ignoreEmbedded: true, maxChildNodes: maxParts, maxHeadSize: 256 * 1024 },
  });
  const insides = parser as unknown as Insides;
  insides.processHeaders = contentId;
  watchText(insides, damage);
  await new Promise<void>((resolve) => {
    parser.on('data', (data: { type: 'text' } | ParsedFile) => {
      if (data.type === 'attachment') collect(data, { attachments, damage });
    });
    parser.on('error', (error: Error) => {
      damage.add(`not readable: ${error.message}`);
      resolve();
    });
    parser.once('end', resolve);
    parser.end(mail.raw);
  });
  const { tree } = insides;
  if (!tree) return { text: '', attachments };
  const { text } = readText(tree, { attachments, damage, depth: 0 });
  return { text: `${text}${lostText(tree, mail, damage)}`, attachments };
}

/** mailparser would decode each header of each part, a third of its work; of all of them only this one is asked for. */
const contentId: Insides['processHeaders'] = (lines) => {
  const found = lines.find(({ key }) => key === 'content-id');
  return new Map(found ? [['content-id', found.line.slice(found.line.indexOf(':') + 1)]] : []);
};

type ParsedFile = Parsed & { type: 'attachment'; content: NodeJS.ReadableStream; release(): void };

function collect(file: ParsedFile, { attachments, damage }: Omit<Reading, 'depth'>): void {
  const chunks: Buffer[] = [];
  file.content.on('data', (chunk: Buffer) => chunks.push(chunk));
  file.content.once('error', () => {
    damage.add('an attachment can not be decoded');
    file.release();
  });
  file.content.once('end', () => {
    keep(attachments, toAttachment(file, Buffer.concat(chunks)), damage);
    file.release();
  });
}

/**
 * mailparser decodes a text part in one go: 25 MB of it stop the whole desk for eight seconds and cost 1.5 GB. And it
 * takes each for what it says it is, which is not what every mail program means (charset.ts).
 */
function watchText(parser: Insides, damage: Set<string>): void {
  let left = maxTextBytes;
  const createNode = parser.createNode.bind(parser);
  parser.createNode = (node) => {
    const part = createNode(node);
    const { decoder } = part;
    if (!decoder || part.isAttachment) return part;
    part.charset = bestCharset(part.charset);
    const write = decoder.write.bind(decoder);
    decoder.write = (chunk) => {
      const taken = chunk.subarray(0, Math.max(left, 0));
      left -= chunk.length;
      if (taken.length < chunk.length) damage.add('more than 1 MB of text');
      return taken.length > 0 ? write(taken) : true;
    };
    return part;
  };
}

/**
 * What a reader would see of a mail that says it has parts and has none: the body as it stands. A mail whose last
 * boundary is missing was cut on its way, or badly made; which, nobody can tell.
 */
function lostText(tree: Part, { raw, end }: { raw: Buffer; end: number }, damage: Set<string>): string {
  if (!tree.contentType || !tree.contentType.startsWith('multipart/')) return '';
  const boundary = tree.node._boundary;
  if (tree.children.length > 0) {
    if (boundary && raw.lastIndexOf(`--${boundary.toString('latin1')}--`, undefined, 'latin1') < 0)
      damage.add('the end is missing');
    return '';
  }
  damage.add('its parts can not be told apart');
  const text = decodeLeft(raw.subarray(end, end + maxTextBytes).toString('latin1'));
  return /<(html|body|div|p|br|table)\b/i.test(text) ? htmlToText(text.slice(0, maxHtmlLength)) : text;
}

type Parsed = {
  contentType?: string;
  filename?: string | false;
  contentDisposition?: string;
  related?: boolean;
  cid?: string;
};

function toAttachment(part: Parsed, content: Buffer): MailAttachment {
  const inline = part.contentDisposition === 'inline' || part.related === true;
  return {
    name: (part.filename || '').replace(/\p{Cc}/gu, ''),
    type: (part.contentType || 'application/octet-stream').toLowerCase(),
    content,
    inline,
    size: content.length,
    ...(part.cid ? { contentId: part.cid } : {}),
  };
}

function keep(attachments: MailAttachment[], attachment: MailAttachment, damage: Set<string>): void {
  if (attachment.inline && attachment.type.startsWith('image/') && attachment.size < keptImageBytes) return;
  if (attachments.length >= maxAttachments) damage.add(`more than ${maxAttachments} attachments`);
  else attachments.push(attachment);
}

interface Reading {
  attachments: MailAttachment[];
  damage: Set<string>;
  depth: number;
}

/** The text of a part and whether its sender wrote it as plain text, which is preferred among alternatives. */
function readText(part: Part, reading: Reading): { text: string; plain: boolean } {
  if (reading.depth > maxNesting) {
    reading.damage.add(`nested deeper than ${maxNesting} levels`);
    return { text: '', plain: false };
  }
  if (part.children.length === 0) return readLeaf(part, reading);
  const deeper = { ...reading, depth: reading.depth + 1 };
  const texts = part.children.map((child) => readText(child, deeper)).filter(({ text }) => text.trim() !== '');
  if (part.contentType === 'multipart/alternative') {
    return texts.find(({ plain }) => plain) ?? texts.at(-1) ?? { text: '', plain: false };
  }
  return { text: texts.map(({ text }) => text).join('\n'), plain: texts.some(({ plain }) => plain) };
}

function readLeaf(part: Part, reading: Reading): { text: string; plain: boolean } {
  const none = { text: '', plain: false };
  const { textContent: said, contentType: type } = part;
  if (said === undefined || part.disposition !== 'inline') return none;
  const text = part.charset === leftAlone ? decodeLeft(said) : said;
  if (part.node.filename) {
    // Apple Mail marks attached text files "inline"; a named file is a document, not what the sender wrote
    const file = { contentType: type || 'text/plain', filename: part.node.filename, contentDisposition: 'inline' };
    keep(reading.attachments, toAttachment(file, Buffer.from(text)), reading.damage);
    return none;
  }
  if (text.includes('\uFFFD')) reading.damage.add('characters that its charset does not have');
  if (type !== 'text/html') return { text, plain: true };
  if (text.length > maxHtmlLength) reading.damage.add('more than 512 KiB of HTML');
  return { text: htmlToText(text.slice(0, maxHtmlLength)), plain: false };
}
