import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  parsed: ParsedMail;
  raw: Buffer;
  envelope: { from: string; to: string[] };
  /** True when the connection was encrypted. */
  secure: boolean;
}

export interface SmtpReceiverOptions {
  /** Offers STARTTLS with this certificate, or speaks TLS at once with `implicitTls`. */
  tls?: { cert: string; key: string };
  implicitTls?: boolean;
  /** Demands this sign-in. */
  auth?: { user: string; pass: string };
  /** Cuts the connection after the whole mail has come, before it is answered. Asked for each mail. */
  dropAfterData?: (raw: Buffer) => boolean;
  smtpUtf8?: boolean;
  /** Leaves the client without an answer, to the recipient or after the whole mail. Asked for each recipient. */
  stalls?: (address: string) => 'RCPT' | 'DATA' | undefined;
}

export interface SmtpReceiver {
  url: string;
  port: number;
  /** Every mail taken, in order; also those whose answer was cut off. */
  mails: ReceivedMail[];
  /** The recipients of those connected that were left without an answer. */
  stalled(): string[];
  /** The first mail, past or to come, for which the predicate is true. Rejects after `ms`. */
  waitFor(predicate: (mail: ReceivedMail) => boolean, ms?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/**
 * A real SMTP server that keeps what it gets. Recipients `reject-*@` are refused with 550, `defer-*@` with 451;
 * a subject with "spam" is refused with 554 after DATA, one with "greylist" with 451.
 */
export async function startSmtpReceiver(options: SmtpReceiverOptions = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  const held = new Map<string, string>();
  const fault = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    secure: options.implicitTls === true,
    ...(options.tls ?? {}),
    authOptional: !options.auth,
    // test sign-ins also over plain loopback
    allowInsecureAuth: true,
    disabledCommands: [...(options.tls ? [] : ['STARTTLS']), ...(options.auth ? [] : ['AUTH'])],
    hideSMTPUTF8: options.smtpUtf8 === false,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) =>
      username === options.auth?.user && password === options.auth?.pass
        ? done(null, { user: username })
        : done(fault(535, 'sign-in refused')),
    onClose: ({ id }) => void held.delete(id),
    onRcptTo: ({ address }, { id }, done) => {
      if (options.stalls?.(address) === 'RCPT') return void held.set(id, address);
      if (address.startsWith('reject-')) return done(fault(550, 'no such user'));
      return done(address.startsWith('defer-') ? fault(451, 'come back later') : undefined);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        void simpleParser(raw).then((parsed) => {
          if (/spam/.test(parsed.subject ?? '')) return done(fault(554, 'looks like spam'));
          if (/greylist/.test(parsed.subject ?? '')) return done(fault(451, 'greylisted'));
          const { mailFrom, rcptTo } = session.envelope;
          const envelope = { from: (mailFrom && mailFrom.address) || '', to: rcptTo.map(({ address }) => address) };
          mails.push({ parsed, raw, envelope, secure: session.secure });
          const stalled = envelope.to.find((address) => options.stalls?.(address) === 'DATA');
          if (stalled !== undefined) held.set(session.id, stalled);
          else if (options.dropAfterData?.(raw)) cut(server, session.id);
          else done();
          for (const look of waiting) look();
        });
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `${options.implicitTls ? 'smtps' : 'smtp'}://localhost:${port}`,
    port,
    mails,
    stalled: () => [...held.values()],
    waitFor: (predicate, ms = 5000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const mail = mails.find(predicate);
          if (mail) end(() => resolve(mail));
        };
        const subjects = () => mails.map(({ parsed }) => parsed.subject).join(', ');
        const timer = setTimeout(
          () => end(() => reject(new Error(`no such mail in ${ms} ms; came: ${subjects()}`))),
          ms,
        );
        const end = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Ends a session's socket at once, as a crash or a cut line does. */
function cut(server: SMTPServer, sessionId: string): void {
  for (const connection of server.connections) {
    const { id, _socket: socket } = connection as unknown as { id: string; _socket: { destroy(): void } };
    if (id === sessionId) socket.destroy();
  }
}
