import addressparser from 'nodemailer/lib/addressparser';
import { domainToASCII } from 'node:url';
import type { MailAddress } from '../wire/message.js';

/** A header field, unfolded. */
export interface HeaderField {
  name: string;
  value: string;
}

const maxHeaderBytes = 256 * 1024;

/** UTF-8 where it is valid (RFC 6532), else Latin-1, which never fails. */
export function bytesToText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/**
 * Splits the header block off a message (RFC 5322 §2.2). Never throws.
 * `end` is where the body starts; `cut` tells that the block was longer than 256 KiB and only its start was read.
 */
export function splitHeaders(raw: Buffer): { fields: HeaderField[]; end: number; cut: boolean } {
  const end = endOfHeaders(raw);
  const cut = end > maxHeaderBytes;
  const block = bytesToText(raw.subarray(0, cut ? maxHeaderBytes : end));
  const fields: HeaderField[] = [];
  for (const line of block.split(/\r?\n/)) {
    const last = fields.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last) {
      last.value += line;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) fields.push({ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1) });
  }
  for (const field of fields) field.value = field.value.trim();
  return { fields, end, cut };
}

function endOfHeaders(raw: Buffer): number {
  for (let at = raw.indexOf(10); at >= 0; at = raw.indexOf(10, at + 1)) {
    if (raw[at + 1] === 10) return at + 2;
    if (raw[at + 1] === 13 && raw[at + 2] === 10) return at + 3;
  }
  return raw.length;
}

const encodedWord = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?([^?]*)\?=/gi;

/** Decodes RFC 2047 encoded words. Words that touch are joined as bytes first, since senders split inside characters. */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  let out = '';
  let at = 0;
  let held: { charset: string; bytes: Buffer[] } | undefined;
  const release = () => {
    if (held) out += decodeBytes(Buffer.concat(held.bytes), held.charset);
    held = undefined;
  };
  for (const match of text.matchAll(encodedWord)) {
    const gap = text.slice(at, match.index);
    const [word, charset = '', encoding = '', payload = ''] = match;
    if (held && (gap.trim() !== '' || held.charset !== charset.toLowerCase())) release();
    if (gap.trim() !== '' || at === 0) out += gap;
    held ??= { charset: charset.toLowerCase(), bytes: [] };
    held.bytes.push(encoding.toLowerCase() === 'b' ? Buffer.from(payload, 'base64') : decodeQ(payload));
    at = match.index + word.length;
  }
  release();
  return out + text.slice(at);
}

function decodeQ(payload: string): Buffer {
  const latin = payload
    .replace(/_/g, ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytesToText(bytes);
  }
}

/** The domain in lower case, as A-label; null when it is none. */
export function domainOf(address: string): string | null {
  const domain = address
    .slice(address.lastIndexOf('@') + 1)
    .replace(/\.$/, '')
    .toLowerCase();
  // domainToASCII would turn "1.2" into an IP address, so plain names don't pass through it
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain : domainToASCII(domain);
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(ascii) ? ascii : null;
}

/**
 * An address as one comparable key: lower-case, NFC, domain as A-label; null when it is not `local@domain`.
 * Quoted local parts are refused: no customer has one and every parser reads them differently.
 */
export function normalAddress(address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).normalize('NFC').toLowerCase();
  const domain = domainOf(address);
  if (at < 1 || !domain || address.length > 254 || !/^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+$/u.test(local)) return null;
  return local.includes('=?') ? null : `${local}@${domain}`;
}

/** Addresses of a To, Cc or From value, groups opened. Encoded words are decoded in names only (RFC 2047 §5). */
export function parseAddresses(value: string): MailAddress[] {
  const flat = addressparser(value.slice(0, 8192), { flatten: true });
  return flat.flatMap(({ name, address }) => {
    if (!address) return [];
    const domain = domainOf(address);
    const tidy = domain ? `${address.slice(0, address.lastIndexOf('@'))}@${domain}` : address;
    return [{ name: decodeWords(name).trim(), address: tidy }];
  });
}

/**
 * The one author of a mail: exactly one From header with exactly one address, which no two parsers could read
 * differently (no control characters, at most one pair of angle brackets outside quotes and comments); undefined otherwise (SPEC X2).
 */
export function singleFrom(values: string[]): string | undefined {
  const [value] = values;
  if (values.length !== 1 || value === undefined || value.length > 2048 || /(?!\t)\p{Cc}/u.test(value))
    return undefined;
  const found = parseAddresses(value);
  if (found.length !== 1 || found[0] === undefined) return undefined;
  const bare = value.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\([^()]*\)/g, '');
  if (/[<>]/.test(bare) ? !/^[^<>]*<[^<>]*>\s*$/.test(bare) : bare.split('@').length !== 2) return undefined;
  return normalAddress(found[0].address) ?? undefined;
}

/** Message-IDs in a header value, with their angle brackets. */
export function messageIds(value: string): string[] {
  return value.slice(0, 65_536).match(/<[^<>\s\p{Cc}]{1,996}>/gu) ?? [];
}
