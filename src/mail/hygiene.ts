import { normalAddress } from './headers.js';
import type { Arrival, Message } from './message.js';

export type Unanswerable =
  | 'own-mail'
  | 'null-return-path'
  | 'report'
  | 'daemon'
  | 'auto-submitted'
  | 'precedence'
  | 'list'
  | 'auto-reply'
  | 'out-of-office';

/** How our own mail is known when it comes back. */
export interface Own {
  /** The desk's address (`MAIL_FROM`); `local+TOKEN@domain` is it too. */
  address: string;
  /** Domain at the end of every Message-ID we make. */
  messageIdDomain?: string;
}

const daemons = /^(mailer-daemon|mailerdaemon|postmaster|mail-daemon|mdaemon)(\+.*)?@/i;
const away =
  /^\W*(auto(matic|matische|mated)?[ -]?(reply|response|antwort)\b|auto ?:|r[ée]ponse automatique\b|out of (the )?office\b|absen(ce|t) (du|de|from|au)\b|message d.absence\b|notification d.absence\b|abwesenheits|vacation (reply|notice)|respuesta autom[áa]tica|risposta automatica)/iu;

/**
 * Whether a mail must never be answered (RFC 3834 §2, SPEC X7), and why; null when it may be. Also for a mail that a
 * program sent in a person's name: answering one such is how two programs end up writing to each other all night.
 */
export function neverAnswer(message: Message, arrival: Arrival, own: Own): { reason: Unanswerable } | null {
  const value = (name: string) => message.headers(name).join(' ').trim().toLowerCase();
  const because = (reason: Unanswerable) => ({ reason });
  if (isOwn(message, own)) return because('own-mail');
  if (message.delivery || /^multipart\/report|^message\/(delivery-status|disposition)/.test(message.contentType)) {
    return because('report');
  }
  if (arrival.mailFrom === null || /^<\s*>/.test(message.headers('return-path')[0] ?? '')) {
    return because('null-return-path');
  }
  const senders = [...message.from, ...(message.sender ? [message.sender] : [])].map(({ address }) => address);
  if ([...senders, arrival.mailFrom ?? ''].some((sender) => daemons.test(sender))) return because('daemon');
  const automatic = value('auto-submitted').replace(/\([^()]*\)/g, '');
  if (automatic !== '' && !/^\s*no\s*(;|$)/.test(automatic)) return because('auto-submitted');
  if (/\b(bulk|list|junk|auto[_-]?reply)\b/.test(value('precedence'))) return because('precedence');
  if (message.headerNames.some((name) => name.startsWith('list-'))) return because('list');
  if (value('x-autoreply') || value('x-autorespond') || value('x-autoresponder')) return because('auto-reply');
  if (/\b(all|oof|autoreply)\b/.test(value('x-auto-response-suppress'))) return because('auto-reply');
  if (away.test(message.subject)) return because('out-of-office');
  return null;
}

function isOwn(message: Message, own: Own): boolean {
  const address = normalAddress(own.address) ?? own.address.toLowerCase();
  const [local = '', domain = ''] = [
    address.slice(0, address.lastIndexOf('@')),
    address.slice(address.lastIndexOf('@')),
  ];
  const ours = message.from.some((from) => {
    const sender = normalAddress(from.address) ?? '';
    return sender === address || (sender.startsWith(`${local}+`) && sender.endsWith(domain));
  });
  const marker = own.messageIdDomain?.toLowerCase();
  return ours || (marker !== undefined && message.messageId?.toLowerCase().endsWith(`@${marker}>`) === true);
}
