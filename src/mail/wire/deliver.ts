import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import { normalAddress } from '../read/headers.js';
import { isLoopbackHost } from './hosts.js';
import type { Log } from './message.js';
import { keepSent } from './sent.js';

export interface OutgoingMail {
  from: { name: string; address: string };
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** With angle brackets; stable over all tries. */
  messageId: string;
  inReplyTo?: string;
  references?: string[];
  replyTo?: string;
  /** Where bounces go (VERP: `local+TOKEN@domain`). */
  envelopeFrom: string;
  autoSubmitted: 'auto-replied' | 'auto-generated';
  date: Date;
  attachments?: { name: string; type: string; content: Buffer }[];
  headers?: Record<string, string>;
}

/** What became of one try (STATES.md, "outgoing mail"). */
export type Delivery =
  | { result: 'sent'; response: string }
  /** 4xx, no connection, TLS or sign-in fault: worth another try. */
  | { result: 'retry'; reason: string }
  /** 5xx, or an address that no server could take. */
  | { result: 'failed'; reason: string }
  /** The whole mail went out and the answer was lost: it may have arrived. */
  | { result: 'uncertain'; reason: string };

export interface MailTransport {
  /**
   * One try; never throws, except when a mail kept on disk can't be written. Once `ends` aborts, its connection is closed
   * and the try ends as it stands: uncertain when the whole mail had gone out, else worth another.
   */
  send(mail: OutgoingMail, ends?: AbortSignal): Promise<Delivery>;
  /** Waits for the tries in hand, at most `closeMs`; then they end as they stand. */
  close(): Promise<void>;
}

export interface MailTransportOptions {
  /** `smtp(s)://user:pass@host:port`; without it mails are kept in `sentDir`. */
  smtpUrl?: string | undefined;
  sentDir: string;
  log: Log;
  /** An extra certificate authority, PEM (operators use NODE_EXTRA_CA_CERTS). */
  ca?: string | undefined;
  /** How many mails may be on their way at once, each on a connection of its own; 10 unless told. */
  connections?: number;
  /** How long the server may be silent. */
  timeoutMs?: number;
  /** How long close() waits for tries in hand. */
  closeMs?: number;
}

/** The way out for mails: over SMTP (a pool of connections, certificates verified), or into a folder when no server is set. */
export function mailTransport(options: MailTransportOptions): MailTransport {
  return options.smtpUrl === undefined ? sentFolder(options) : smtp(options.smtpUrl, options);
}

function sentFolder({ sentDir, log }: MailTransportOptions): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const envelope = envelopeOf(mail);
      if (!envelope) return { result: 'failed', reason: `not an address: ${printable(mail.to)}` };
      const { message } = await transport.sendMail({ ...mailOptions(mail), envelope });
      const raw = message as Buffer;
      const name = await keepSent(sentDir, { date: mail.date, id: mail.messageId, raw });
      log.debug({ messageId: mail.messageId, file: name }, 'mail kept: no SMTP_URL is set');
      return { result: 'sent', response: `kept as ${name}` };
    },
    close: async () => transport.close(),
  };
}

function smtp(smtpUrl: string, options: MailTransportOptions): MailTransport {
  const { log, ca, connections = 10, timeoutMs = 60_000, closeMs = 8000 } = options;
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  const transport = createTransport({
    pool: true,
    maxConnections: connections,
    maxMessages: 100,
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    // a password must not go out in the clear because somebody on the way cut STARTTLS out
    requireTLS: !secure && user !== '' && !isLoopbackHost(host),
    ...(user ? { auth: { user, pass: decodeURIComponent(url.password) } } : {}),
    ...(ca ? { tls: { ca } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // The pool reads a message only once the server has asked for it (354), so its end tells that all of it is on its
  // way. That may be a little early for a large one, which then counts as uncertain: the safe side.
  const bodies = new Map<string, Readable>();
  transport.use('stream', (mail, done) => {
    const node = mail.message;
    const create = node.createReadStream.bind(node);
    node.createReadStream = (streamOptions) => {
      const body = create(streamOptions);
      bodies.set(node.messageId(), body);
      return body;
    };
    done();
  });
  const inHand = new Set<Promise<unknown>>();
  const attempt = async (mail: OutgoingMail, ends: AbortSignal | undefined): Promise<Delivery> => {
    const envelope = envelopeOf(mail);
    if (!envelope) return { result: 'failed', reason: `not an address: ${printable(mail.to)}` };
    try {
      const { response } = await transport.sendMail({
        ...mailOptions(mail),
        envelope,
        ...(ends ? { signal: ends } : {}),
      });
      return { result: 'sent', response };
    } catch (error) {
      const delivery = judge(error as SmtpError, bodies.get(mail.messageId)?.readableEnded === true);
      log.info({ messageId: mail.messageId, ...delivery }, 'mail not delivered');
      return delivery;
    } finally {
      bodies.delete(mail.messageId);
    }
  };
  return {
    send(mail, ends) {
      const work = attempt(mail, ends);
      inHand.add(work);
      void work.finally(() => inHand.delete(work));
      return work;
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([Promise.all(inHand), new Promise((resolve) => (timer = setTimeout(resolve, closeMs)))]);
      clearTimeout(timer);
      // what a server still holds up ends here as a failed try
      (transport as { close(how?: { force: boolean }): void }).close({ force: true });
      await Promise.all(inHand);
    },
  };
}

type SmtpError = Error & { code?: string; responseCode?: number; command?: string; originalCode?: string };

/** Replies that ask for sign-in or TLS (RFC 4954 §6): about our settings, not about the mail. */
const signInCodes = new Set([530, 534, 535, 538]);

function judge(error: SmtpError, wholeMailWent: boolean): Delivery {
  const reason = error.name === 'AbortError' ? 'no answer in time' : printable(error.message);
  const code = error.responseCode;
  if (error.code === 'EAUTH' || (code !== undefined && signInCodes.has(code))) {
    return { result: 'retry', reason: `the mail server refuses our sign-in: ${reason}` };
  }
  // a refusal of this mail, of its sender or of its recipient; 503 only says that the session got out of step
  const aboutMail = /^(MAIL FROM|RCPT TO|DATA)$/.test(error.command ?? '');
  if (code !== undefined && code >= 500 && code !== 503 && aboutMail) return { result: 'failed', reason };
  if (code !== undefined) return { result: 'retry', reason };
  if (wholeMailWent) return { result: 'uncertain', reason: `the answer to the mail was lost: ${reason}` };
  if (error.code === 'ETLS' || /certificate|TLS|SSL/i.test(error.message)) {
    return { result: 'retry', reason: `no safe connection to the mail server: ${reason}` };
  }
  if (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') return { result: 'failed', reason };
  return { result: 'retry', reason: `no connection to the mail server: ${reason}` };
}

function envelopeOf(mail: OutgoingMail): { from: string; to: string[] } | null {
  // the addresses are checked here: nodemailer would read "a@b, c@d" as two recipients
  const [from, to] = [normalAddress(mail.envelopeFrom), normalAddress(mail.to)];
  return from && to ? { from: mail.envelopeFrom, to: [mail.to] } : null;
}

/** Nothing from outside is a header of its own: control characters go from every value that becomes one (SPEC X7). */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function mailOptions(mail: OutgoingMail): SendMailOptions {
  const mailbox = (address: string, name = '') => ({ name: printable(name), address: printable(address) });
  return {
    from: mailbox(mail.from.address, mail.from.name),
    to: mailbox(mail.to),
    ...(mail.replyTo ? { replyTo: mailbox(mail.replyTo) } : {}),
    subject: printable(mail.subject),
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    messageId: printable(mail.messageId),
    ...(mail.inReplyTo ? { inReplyTo: printable(mail.inReplyTo) } : {}),
    ...(mail.references?.length ? { references: mail.references.map(printable) } : {}),
    date: mail.date,
    headers: {
      ...Object.fromEntries(
        Object.entries(mail.headers ?? {}).map(([name, value]) => [name.replace(/[^a-z0-9-]/gi, ''), printable(value)]),
      ),
      'Auto-Submitted': mail.autoSubmitted,
    },
    attachments: (mail.attachments ?? []).map(({ name, type, content }) => ({
      filename: printable(name),
      contentType: printable(type),
      content,
    })),
  };
}
