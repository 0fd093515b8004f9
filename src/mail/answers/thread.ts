/** Which mail of ours a mail is about: the tokens in the addresses that it was sent to (`local+TOKEN@domain`). */
import type { Secrets, ThreadKind } from '../../core/secrets/secrets.js';
import { normalAddress, parseAddresses } from '../read/headers.js';
import type { Arrival, Message } from '../wire/message.js';

export interface Token {
  readonly kind: ThreadKind;
  readonly id: number;
}

/** `local+TOKEN@domain`. */
export function plusAddress(address: string, token: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+${token}${address.slice(at)}`;
}

const deliveredTo = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'];

/** The tokens that are truly ours, envelope recipients first. Over IMAP only headers tell where a mail was sent to. */
export function tokensOf(
  message: Message,
  arrival: Arrival,
  own: { address: string; secrets: Pick<Secrets, 'readThread'> },
): Token[] {
  const address = normalAddress(own.address) ?? own.address.toLowerCase();
  const at = address.lastIndexOf('@');
  const [start, end] = [`${address.slice(0, at)}+`, address.slice(at)];
  const named = [
    ...message.to,
    ...message.cc,
    ...deliveredTo.flatMap((name) => message.headers(name).slice(0, 4).flatMap(parseAddresses)),
  ];
  return [...arrival.recipients, ...named.slice(0, 100).map((one) => one.address)].flatMap((recipient) => {
    const asked = normalAddress(recipient) ?? '';
    if (!asked.startsWith(start) || !asked.endsWith(end)) return [];
    return own.secrets.readThread(asked.slice(start.length, -end.length)) ?? [];
  });
}
