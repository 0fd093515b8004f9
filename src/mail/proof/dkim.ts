import { domainOf } from '../read/headers.js';
import type { Message } from '../wire/message.js';

/** What we need of a DKIM-Signature header (RFC 6376 §3.5). */
export interface DkimSignature {
  /** Signing domain (d=), as A-label. */
  domain: string;
  selector: string;
  /** The signature itself (b=), as `signatureKey` writes it: what makes it this one and no other. */
  signature: string;
  /** Why it does not do for X2, though it may well verify; undefined when it does. */
  fault?: string;
}

/**
 * One spelling for one signature: spaces, missing padding and stray bits at its end do not make it another, or whoever
 * replays a mail could respell it. Undefined when it is no base64: readers differ in what they make of the rest.
 */
export function signatureKey(b: string): string | undefined {
  const bare = b.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(bare) ? Buffer.from(bare, 'base64').toString('base64') : undefined;
}

/** More signatures than any honest mail carries; each costs a DNS look-up and a check. */
const maxSignatures = 12;

/**
 * The DKIM signatures of a mail, each with what makes it too weak for SPEC X2: it must cover From, Subject and Date
 * as far as the mail has them, and the whole body. Null when there are more than any honest mail has.
 */
export function dkimSignatures(message: Message): DkimSignature[] | null {
  const values = message.headers('dkim-signature');
  if (values.length > maxSignatures) return null;
  return values.flatMap((value) => readSignature(value, message) ?? []);
}

function readSignature(value: string, message: Message): DkimSignature | undefined {
  const tags = new Map<string, string>();
  for (const part of value.split(';')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (part.trim() === '') continue;
    // RFC 6376 §3.2: a tag list with a doubled tag is invalid
    if (equals < 1 || tags.has(name)) return undefined;
    tags.set(name, part.slice(equals + 1).trim());
  }
  const bare = (name: string) => (tags.get(name) ?? '').replace(/\s+/g, '');
  const domain = domainOf(bare('d'));
  const selector = bare('s');
  const signature = signatureKey(bare('b'));
  if (!domain || !selector || !signature || tags.get('v') !== '1') return undefined;
  const fault =
    faultOf(bare, message) ?? (tags.has('l') ? 'the signature leaves part of the body open (l=)' : undefined);
  return { domain, selector, signature, ...(fault ? { fault } : {}) };
}

function faultOf(bare: (tag: string) => string, message: Message): string | undefined {
  const signed = bare('h').toLowerCase().split(':');
  const missing = ['from', 'subject', 'date'].filter((name) => {
    // without a Subject there is nothing that could be altered; From and Date every mail must have (RFC 5322 §3.6)
    const needed = name !== 'subject' || message.headers(name).length > 0;
    return needed && !signed.includes(name);
  });
  if (missing.length > 0) return `the signature does not cover ${missing.join(', ')}`;
  // RFC 8301 §3.1: rsa-sha1 must not be believed
  return /^(rsa|ed25519)-sha256$/i.test(bare('a'))
    ? undefined
    : 'the signature uses an algorithm that is no longer safe';
}
