/** Mails that came back with a letter in plain words instead of a report: qmail's, and Exim's before 2018. */
import { messageIds, parseAddresses, splitHeaders, type HeaderField } from './headers.js';
import type { DeliveryRecipient, DeliveryReport } from '../wire/message.js';

/** A letter that only says that the mail is still under way. */
const delayed =
  /\b(has not yet been delivered|this is a warning message only|delivery attempts will continue|will continue to be (tried|attempted))\b/i;
/** Below it the mail that came back, or its beginning. */
const copyBegins =
  /^(--- Below this line is a copy of the message\.|-{4,} This is a copy of (the|your) message, including all the headers\. -{4,}|-{4,} The body of the message is .*-{4,})$/m;
const mostRecipients = 100;

/**
 * What such a mail says; undefined when it is none. Only a mail server's own word counts: it comes from its daemon or has
 * a null return path. Pure, never throws.
 */
export function textReport({
  fields,
  text,
}: {
  fields: readonly HeaderField[];
  text: string;
}): DeliveryReport | undefined {
  const value = (name: string) => fields.find((field) => field.name === name)?.value ?? '';
  const daemon = /\b(mailer-daemon|postmaster)@/i.test(value('from')) || /^<\s*>/.test(value('return-path'));
  if (!daemon) return undefined;
  const copy = copyBegins.exec(text);
  const letter = copy ? text.slice(0, copy.index) : text;
  const late = [{ address: '', action: 'delayed', status: '', diagnostic: '' }];
  const still = delayed.test(letter.slice(0, 8192)) ? late : undefined;
  const recipients = byQmail(letter) ?? byExim(value('x-failed-recipients'), letter) ?? still;
  if (!recipients) return undefined;
  const returned = copy ? splitHeaders(Buffer.from(text.slice(copy.index + copy[0].length).trimStart())).fields : [];
  const original = returned.find(({ name }) => name === 'message-id');
  const originalMessageId = original && messageIds(original.value)[0];
  return { ...(originalMessageId ? { originalMessageId } : {}), recipients };
}

/** QSBMF: a first line of its own, then a paragraph for each recipient: `<a@b.example>:` and why. */
function byQmail(letter: string): DeliveryRecipient[] | undefined {
  if (!/^\s*Hi\. (This is|I'm) /.test(letter)) return undefined;
  const paragraphs = letter.split(/\n\n+/).filter((one) => one.startsWith('<'));
  return paragraphs.slice(0, mostRecipients).map((paragraph) => {
    const [address = '', ...why] = paragraph.split('\n');
    return failed(address.replace(/^<|>:?\s*$/g, ''), why.join(' '));
  });
}

/** Exim names the recipients in a header; in its letter each stands indented, and why deeper below it. */
function byExim(header: string, letter: string): DeliveryRecipient[] | undefined {
  if (header === '') return undefined;
  const lines = letter.split('\n', 2000);
  return parseAddresses(header)
    .slice(0, mostRecipients)
    .map(({ address }) => {
      const at = lines.findIndex((line) => line.trim() === address);
      const below = at < 0 ? [] : lines.slice(at + 1, at + 20);
      const end = below.findIndex((line) => !/^ {3,}\S/.test(line));
      return failed(address, below.slice(0, end < 0 ? undefined : end).join(' '));
    });
}

function failed(address: string, why: string): DeliveryRecipient {
  const diagnostic = why.replace(/\s+/g, ' ').trim().slice(0, 1000);
  const status = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(diagnostic)?.[0] ?? '';
  return { address, action: 'failed', status, diagnostic };
}
