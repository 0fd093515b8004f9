import { messageIds, splitHeaders } from './headers.js';
import type { DeliveryRecipient, DeliveryReport, MailAttachment } from './message.js';

const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status']);
const returnedTypes = new Set([
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global-headers',
]);

/** True for a part that belongs to a delivery report and is no document of the sender's. */
export function isReportPart(type: string): boolean {
  return statusTypes.has(type);
}

/**
 * What a delivery status notification says (RFC 3464), with the Message-ID of the mail it is about from the returned
 * headers; undefined when the parts hold no notification. Pure, never throws.
 */
export function deliveryReport(parts: MailAttachment[]): DeliveryReport | undefined {
  const status = parts.find((part) => statusTypes.has(part.type));
  if (!status) return undefined;
  const groups = status.content
    .toString('utf8')
    .slice(0, 262_144)
    .split(/\r?\n[ \t]*\r?\n/);
  const fields = groups.map((group) => splitHeaders(Buffer.from(group)).fields);
  const recipients = fields.flatMap((group) => recipientOf(group) ?? []);
  const returned = parts.find((part) => returnedTypes.has(part.type));
  const headers = returned ? splitHeaders(returned.content).fields : [];
  const quoted = fields.flat().find(({ name }) => name === 'x-original-message-id');
  const original = headers.find(({ name }) => name === 'message-id') ?? quoted;
  const originalMessageId = original && messageIds(original.value)[0];
  return { ...(originalMessageId ? { originalMessageId } : {}), recipients };
}

function recipientOf(group: { name: string; value: string }[]): DeliveryRecipient | undefined {
  const read = (name: string) => group.find((field) => field.name === name)?.value ?? '';
  const recipient = read('final-recipient') || read('original-recipient');
  if (!recipient) return undefined;
  return {
    address: afterType(recipient).replace(/^<|>$/g, ''),
    action: read('action').toLowerCase(),
    status: read('status').split(/[\s(]/)[0] ?? '',
    diagnostic: afterType(read('diagnostic-code')),
  };
}

/** `rfc822; a@b` → `a@b`, `smtp; 550 no` → `550 no`. */
function afterType(value: string): string {
  const typed = /^[a-z0-9-]+\s*;\s*/i.exec(value);
  return value.slice(typed ? typed[0].length : 0).trim();
}
