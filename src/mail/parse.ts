import { MailParser } from 'mailparser';
import { deliveryReport, isReportPart } from './bounce.js';
import { decodeWords, messageIds, parseAddresses, singleFrom, splitHeaders } from './headers.js';
import type { HeaderField } from './headers.js';
import { htmlToText } from './html.js';
import type { MailAttachment, Message } from './message.js';

export const maxMailBytes = 25 * 1024 * 1024;
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
  disposition?: string;
  textContent?: string;
  children: Part[];
  node: { filename?: string | false };
  isAttachment?: boolean;
  decoder?: { write(chunk: Buffer): boolean };
}
interface Insides {
  tree: Part | false;
  createNode(node: unknown): Part;
}

/**
 * Reads a mail. Pure; never throws: of a malformed mail it returns what can be had, with `damaged` and why.
 * Costs bounded memory: at most 25 MB, 1 MB of text, 200 attachments, 500
 * parts, 40 levels are looked at. Small inline images
 * (below 20 KiB: logos in signatures) are left out. Messages inside the message are attachments, never text.
 */
export async function parseMail(raw: Buffer): Promise<Message> {
  const damage = new Set<string>();
  const { fields, cut } = splitHeaders(raw);
  if (cut) damage.add('headers longer than 256 KiB');
  let content: Content = { text: '', attachments: [] };
  if (raw.length > maxMailBytes) damage.add('larger than 25 MB');
  else content = await readParts(raw, damage);
  const delivery = deliveryReport(content.attachments);
  const attachments = content.attachments.filter(({ type }) => !(delivery && isReportPart(type)));
  return {
    ...headerFields(fields),
    text: content.text,
    attachments,
    ...(delivery ? { delivery } : {}),
    damaged: damage.size > 0,
    ...(damage.size > 0 ? { damage: [...damage].join('; ') } : {}),
  };
}

function headerFields(fields: HeaderField[]) {
  // one header is enough for an honest mail; a thousand of them must not cost a second
  const people = (name: string) => all(name).slice(0, 8).flatMap(parseAddresses);
  const all = (name: string) => fields.filter((field) => field.name === name.toLowerCase()).map(({ value }) => value);
  const first = (name: string) => all(name)[0] ?? '';
  const messageId = messageIds(first('message-id'))[0];
  const inReplyTo = messageIds(first('in-reply-to'))[0];
  const fromAddress = singleFrom(all('from'));
  const sender = parseAddresses(first('sender'))[0];
  const date = new Date(
    first('date')
      .slice(0, 100)
      .replace(/\([^()]*\)/g, ''),
  );
  return {
    ...(messageId ? { messageId } : {}),
    from: people('from'),
    ...(fromAddress ? { fromAddress } : {}),
    ...(sender ? { sender } : {}),
    to: people('to'),
    cc: people('cc'),
    subject: decodeWords(first('subject')).replace(/[\p{Cc}]+/gu, ' '),
    ...(Number.isNaN(date.getTime()) ? {} : { date }),
    ...(inReplyTo ? { inReplyTo } : {}),
    references: messageIds(all('references').join(' ')).slice(-100),
    contentType: (/^[^\s;]+/.exec(first('content-type'))?.[0] ?? 'text/plain').toLowerCase(),
    headers: all,
    headerNames: fields.map(({ name }) => name),
  };
}

interface Content {
  text: string;
  attachments: MailAttachment[];
}

async function readParts(raw: Buffer, damage: Set<string>): Promise<Content> {
  const attachments: MailAttachment[] = [];
  const parser = new MailParser({
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    keepDeliveryStatus: true,
    // not in mailparser's types, but handed on to the splitter beneath it
    ...{ ignoreEmbedded: true, maxChildNodes: maxParts, maxHeadSize: 256 * 1024 },
  });
  limitText(parser as unknown as Insides, damage);
  await new Promise<void>((resolve) => {
    parser.on(
      'data',
      (data: { type: 'text' } | (Parsed & { type: 'attachment'; content: NodeJS.ReadableStream; release(): void })) => {
        if (data.type !== 'attachment') return;
        const chunks: Buffer[] = [];
        data.content.on('data', (chunk: Buffer) => chunks.push(chunk));
        data.content.once('error', () => damage.add('an attachment can not be decoded'));
        data.content.once('end', () => {
          keep(attachments, toAttachment(data, Buffer.concat(chunks)), damage);
          data.release();
        });
      },
    );
    parser.on('error', (error: Error) => {
      damage.add(`not readable: ${error.message}`);
      resolve();
    });
    parser.once('end', resolve);
    parser.end(raw);
  });
  const { tree } = parser as unknown as Insides;
  const text = tree ? readText(tree, { attachments, damage, depth: 0 }).text : '';
  return { text: text.replace(/\r\n?/g, '\n').replace(/\n+$/, ''), attachments };
}

/** mailparser decodes a text part in one go: 25 MB of it stop the whole desk for eight seconds and cost 1.5 GB. */
function limitText(parser: Insides, damage: Set<string>): void {
  let left = maxTextBytes;
  const createNode = parser.createNode.bind(parser);
  parser.createNode = (node) => {
    const part = createNode(node);
    const { decoder } = part;
    if (!decoder || part.isAttachment) return part;
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
  const { textContent: text, contentType: type } = part;
  if (text === undefined || part.disposition !== 'inline') return none;
  if (part.node.filename) {
    // Apple Mail marks attached text files "inline"; a named file is a document, not what the sender wrote
    const file = { contentType: type || 'text/plain', filename: part.node.filename, contentDisposition: 'inline' };
    keep(reading.attachments, toAttachment(file, Buffer.from(text)), reading.damage);
    return none;
  }
  if (type !== 'text/html') return { text, plain: true };
  if (text.length > maxHtmlLength) reading.damage.add('more than 512 KiB of HTML');
  return { text: htmlToText(text.slice(0, maxHtmlLength)), plain: false };
}
