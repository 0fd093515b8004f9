import { deliveryReport, isReportPart, readReceipt } from './bounce.js';
import { textReport } from './bounce-text.js';
import { isEncrypted, withoutArmour } from './encryption.js';
import { decodeWords, messageIds, parseAddresses, singleFrom, splitHeaders } from './headers.js';
import type { HeaderField } from './headers.js';
import { withoutEnds } from './html.js';
import type { Message } from '../wire/message.js';
import { readParts, type Content } from './parts.js';

export const maxMailBytes = 25 * 1024 * 1024;

/** A parsed mail as plain data, which can be handed from one thread to another. */
export interface Reading extends Omit<Message, 'headers' | 'headerNames'> {
  readonly fields: readonly HeaderField[];
}

/**
 * Reads a mail. Pure; never throws: of a malformed mail it returns what can be had, with `damaged` and why.
 * Costs bounded memory: at most 25 MB, 1 MB of text, 200 attachments, 500 parts, 40 levels are looked at. Small inline
 * images (below 20 KiB: logos in signatures) are left out. Messages inside the message are attachments, never text.
 */
export async function readMail(raw: Buffer): Promise<Reading> {
  const damage = new Set<string>();
  const { fields, end, cut } = splitHeaders(raw);
  if (cut) damage.add('headers longer than 256 KiB');
  let content: Content = { text: '', attachments: [] };
  if (raw.length > maxMailBytes) damage.add('larger than 25 MB');
  else content = await readParts({ raw, end }, damage);
  const head = headerFields(fields);
  const text = tidy(content.text);
  const parts = content.attachments;
  const delivery = deliveryReport(parts) ?? textReport({ fields, text });
  const receipt = readReceipt(parts);
  const reported = delivery !== undefined || receipt !== undefined;
  return {
    ...head,
    text: withoutArmour(text),
    attachments: parts.filter(({ type }) => !(reported && isReportPart(type))),
    ...(delivery ? { delivery } : {}),
    ...(receipt ? { receipt } : {}),
    ...(isEncrypted({ contentType: head.contentType, text, attachments: parts }) ? { encrypted: true } : {}),
    damaged: damage.size > 0,
    ...(damage.size > 0 ? { damage: [...damage].join('; ') } : {}),
    fields,
  };
}

/** The message that was read. */
export function messageOf({ fields, ...rest }: Reading): Message {
  return {
    ...rest,
    headers: (name) => fields.filter((field) => field.name === name.toLowerCase()).map(({ value }) => value),
    headerNames: fields.map(({ name }) => name),
  };
}

/** What its header says, of a mail whose body can't be read. */
export const headOf = (raw: Buffer): Pick<Message, 'messageId' | 'subject' | 'fromAddress'> =>
  headerFields(splitHeaders(raw).fields);

/** Reads a mail in this thread; parsing.ts knows when that is wise. */
export const parseMail = async (raw: Buffer): Promise<Message> => messageOf(await readMail(raw));

/** One line per line, `\n` only; no control characters, of which databases refuse the NUL. */
const tidy = (text: string): string => {
  const lines = text.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n').replace(/(?![\n\t])\p{Cc}/gu, '');
  // Apple's programs write an accent beside its letter; the same name must not be two
  return withoutEnds(lines).normalize('NFC');
};

function headerFields(fields: HeaderField[]) {
  const all = (name: string) => fields.filter((field) => field.name === name).map(({ value }) => value);
  // one header is enough for an honest mail; a thousand of them must not cost a second
  const people = (name: string) => all(name).slice(0, 8).flatMap(parseAddresses);
  const first = (name: string) => fields.find((field) => field.name === name)?.value ?? '';
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
    subject: decodeWords(first('subject').slice(0, maxSubject)).replace(/[\p{Cc}]+/gu, ' '),
    ...(Number.isNaN(date.getTime()) ? {} : { date }),
    ...(inReplyTo ? { inReplyTo } : {}),
    references: messageIds(all('references').slice(0, 8).join(' ')).slice(-100),
    contentType: (/^[^\s;]+/.exec(first('content-type'))?.[0] ?? 'text/plain').toLowerCase(),
  };
}

/** Characters as they come, encoded; RFC 5322 has 998 for a line. */
const maxSubject = 8192;
