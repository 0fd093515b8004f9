/** One mail as it came in, before anything in it is believed. */
export interface Arrival {
  raw: Buffer;
  source: 'smtp' | 'lmtp' | 'imap';
  /** Envelope recipients; from IMAP the address of the mailbox is not known and the list is empty. */
  recipients: string[];
  /** Envelope sender; null = null return path (`<>`), undefined = unknown. */
  mailFrom?: string | null;
  /** Who handed it to our listener. */
  client?: {
    address: string;
    helo?: string;
    loopback: boolean;
    /** The addresses of the account that signed in (SMTP AUTH). */ authenticated?: readonly string[];
  };
  /** From IMAP, how often it was handed over before and the receiver threw. */
  tries?: number;
  /** From IMAP, that it was `left` before: whoever had it then has not moved it. */
  left?: boolean;
}

/** How a mail ended; decides the IMAP folder it is moved to. */
export type MailEnd = 'answered' | 'ignored' | 'held';

/**
 * `left`: it had its end before this try. Another process at the same mailbox has just taken it and is about to move it;
 * if that one died, handing it over once more tells its end.
 */
export type Received = MailEnd | 'left';

/** Takes one mail and is idempotent: the same mail twice gives the same end. Throws when it should be handed over again. */
export type Receive = (arrival: Arrival) => Promise<Received>;

/** The part of a pino logger that the mail doors use. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface MailAddress {
  name: string;
  /** As written, the domain lower-cased and as A-label where it can be. */
  address: string;
}

export interface MailAttachment {
  /** File name as given by the sender; data, never a path. */
  name: string;
  /** Media type, lower-case. */
  type: string;
  content: Buffer;
  inline: boolean;
  size: number;
  contentId?: string;
}

/** One recipient of a delivery status notification (RFC 3464 §2.3). */
export interface DeliveryRecipient {
  address: string;
  /** failed, delayed, delivered, relayed or expanded. */
  action: string;
  /** Enhanced status, `5.1.1`. */
  status: string;
  diagnostic: string;
}

export interface DeliveryReport {
  /** Message-ID of the mail that the report is about, from the returned headers. */
  originalMessageId?: string;
  recipients: DeliveryRecipient[];
}

/** What became of a mail of ours at its reader's (RFC 8098). */
export interface ReadReceipt {
  /** Message-ID of the mail that was read. */
  originalMessageId?: string;
  recipient: string;
  /** displayed, deleted, dispatched or processed. */
  disposition: string;
}

/** A parsed mail. Message-IDs keep their angle brackets. */
export interface Message {
  messageId?: string;
  /** Every address of every From header. */
  from: MailAddress[];
  /** The From address when there is exactly one header with exactly one address: lower-case, domain as A-label. */
  fromAddress?: string;
  sender?: MailAddress;
  to: MailAddress[];
  cc: MailAddress[];
  subject: string;
  date?: Date;
  inReplyTo?: string;
  references: string[];
  /** Media type of the whole message, lower-case. */
  contentType: string;
  /** What the sender wrote, one line per line, `\n` only. */
  text: string;
  attachments: MailAttachment[];
  /** All values of a header, unfolded, top to bottom. */
  headers(name: string): string[];
  /** Names of all headers, lower-case, top to bottom. */
  headerNames: string[];
  delivery?: DeliveryReport;
  receipt?: ReadReceipt;
  /** What it says is encrypted (S/MIME, PGP), so that only its subject can be read. */
  encrypted?: true;
  /** Something could not be read, or a limit cut it short; `damage` says what. */
  damaged: boolean;
  damage?: string;
}
