import { messageIds, splitHeaders } from './headers.js';
import type { DeliveryRecipient, DeliveryReport, MailAttachment, ReadReceipt } from '../wire/message.js';

const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status']);
const receiptTypes = new Set(['message/disposition-notification', 'message/global-disposition-notification']);
const returnedTypes = new Set([
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global-headers',
]);

/** True for a part that belongs to a report and is no document of the sender's. */
export function isReportPart(type: string): boolean {
  return statusTypes.has(type) || receiptTypes.has(type);
}

/**
 * What a delivery status notification says (RFC 3464), with the Message-ID of the mail it is about from the returned
 * headers; undefined when the parts hold no notification. Pure, never throws.
 */
export function deliveryReport(parts: MailAttachment[]): DeliveryReport | undefined {
  const status = parts.find((part) => statusTypes.has(part.type));
  if (!status) return undefined;
  const groups = groupsOf(status);
  const recipients = groups.flatMap((group) => recipientOf(group) ?? []).slice(0, mostRecipients);
  return { ...originalOf(parts, groups), recipients };
}

/**
 * What a message disposition notification says (RFC 8098): its reader, or his mail program, opened or deleted a mail of
 * ours. Undefined when the parts hold none. Pure, never throws.
 */
export function readReceipt(parts: MailAttachment[]): ReadReceipt | undefined {
  const part = parts.find(({ type }) => receiptTypes.has(type));
  if (!part) return undefined;
  const groups = groupsOf(part);
  const read = (name: string) => groups.flat().find((field) => field.name === name)?.value ?? '';
  return {
    ...originalOf(parts, groups),
    recipient: addressIn(read('final-recipient') || read('original-recipient')),
    disposition: (/;\s*([a-z-]{1,40})/i.exec(read('disposition'))?.[1] ?? '').toLowerCase(),
  };
}

type Group = { name: string; value: string }[];

const mostRecipients = 100;

const groupsOf = (part: MailAttachment): Group[] =>
  part.content
    .toString('utf8')
    .slice(0, 262_144)
    .split(/\r?\n[ \t]*\r?\n/)
    .map((group) => splitHeaders(Buffer.from(group)).fields);

/** The Message-ID of the mail that it is about: from its returned headers, else as the report names it. */
function originalOf(parts: MailAttachment[], groups: Group[]): { originalMessageId?: string } {
  const returned = parts.find((part) => returnedTypes.has(part.type));
  const headers = returned ? splitHeaders(returned.content).fields : [];
  const named = groups.flat().find(({ name }) => /^(x-)?original-message-id$/.test(name));
  const original = headers.find(({ name }) => name === 'message-id') ?? named;
  const originalMessageId = original && messageIds(original.value)[0];
  return originalMessageId ? { originalMessageId } : {};
}

function recipientOf(group: Group): DeliveryRecipient | undefined {
  const read = (name: string) => group.find((field) => field.name === name)?.value ?? '';
  const recipient = read('final-recipient') || read('original-recipient');
  if (!recipient) return undefined;
  return {
    address: addressIn(recipient),
    action: clean(read('action').split(/[\s(;]/)[0] ?? '').toLowerCase(),
    status: clean(read('status').split(/[\s(]/)[0] ?? ''),
    diagnostic: clean(afterType(read('diagnostic-code'))),
  };
}

const addressIn = (value: string): string => clean(afterType(value)).replace(/^<|>$/g, '');

/** Kept and shown: one line, no longer than anybody reads. */
const clean = (text: string): string =>
  text
    .slice(0, 1000)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();

/** `rfc822; a@b` → `a@b`, `smtp; 550 no` → `550 no`. */
function afterType(value: string): string {
  const typed = /^[a-z0-9-]+\s*;\s*/i.exec(value);
  return value.slice(typed ? typed[0].length : 0).trim();
}
