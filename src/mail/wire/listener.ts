import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { placeOf } from '../../core/guard/limit.js';
import { plainAddress, type Trusts } from '../../core/guard/proxies.js';
import { normalAddress } from '../read/headers.js';
import { isLoopbackHost } from './hosts.js';
import type { Arrival, Log, Receive } from './message.js';

export interface ListenerOptions {
  /** `smtp://127.0.0.1:2525`, `lmtp://[::1]:2400`, or `host:port` (SMTP); port 0 takes a free one. */
  listen: string;
  /** The only address mail is taken for, with or without `+TOKEN` (`MAIL_FROM`). */
  address: string;
  /** Certificate and key, PEM; STARTTLS is offered only with them. */
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined;
  receive: Receive;
  /** Checks an account's password, for AUTH; answers its addresses. AUTH is offered only with it, over TLS or on loopback. */
  signIn?: (attempt: { email: string; password: string; ip: string }) => Promise<readonly string[] | undefined>;
  /** Proxies of ours, which begin each connection with a PROXY header (version 1); none unless told. */
  trusts?: Trusts;
  /** Connections at once from one place; a crowd of idle ones must not keep others out. */
  connectionsAtMost?: number;
  /** Larger mails are refused with 552 and never held in memory beyond this. */
  maxBytes: number;
  log: Log;
  /** How long close() waits for mails in hand. */
  closeMs?: number;
}

export interface Listener {
  url: string;
  port: number;
  /** Takes no new mail, lets mails in hand end (at most `closeMs`), then closes every connection. */
  close(): Promise<void>;
}

type Refusal = Error & { responseCode: number };

/**
 * The built-in SMTP or LMTP listener (SPEC section 0, "Where mail goes and comes from"). A mail is answered 250 only
 * after `receive` resolved, 451 when it threw, so the sender keeps what we don't have. AUTH proves
 * the addresses of the account that signs in (X2). Throws when the address can't be listened on.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { protocol, host, port } = readListen(options.listen);
  const closeMs = options.closeMs ?? 10_000;
  const inHand = new Set<Promise<unknown>>();
  const signsIn = options.signIn !== undefined && protocol === 'smtp' && (options.tls ? true : isLoopbackHost(host));
  const trusts = options.trusts ?? (() => false);
  // the library knows addresses and no networks: those that come are added as they come
  const proxies: string[] = [];
  const places = counting(options.connectionsAtMost ?? connectionsAtMost);
  const server = new SMTPServer({
    useProxy: proxies,
    onConnect: (session, done) => done(places.enter(session) ? null : refusal(421, 'too many connections from there')),
    onClose: (session) => places.leave(session),
    lmtp: protocol === 'lmtp',
    name: 'guichet',
    banner: 'Guichet',
    logger: false,
    size: options.maxBytes,
    rejectOversized: true,
    hideENHANCEDSTATUSCODES: false,
    disabledCommands: [...(signsIn ? [] : ['AUTH']), ...(options.tls ? [] : ['STARTTLS'])],
    authOptional: true,
    // a password goes in the clear to this machine only
    allowInsecureAuth: isLoopbackHost(host),
    onAuth: (given, session, done) => {
      const attempt = { email: given.username ?? '', password: given.password ?? '', ip: remoteOf(session) };
      void (async () => options.signIn?.(attempt))().then(
        (emails) => (emails ? done(null, { user: emails }) : done(refusal(535, 'wrong address or password'))),
        () => done(refusal(454, 'try again later')),
      );
    },
    ...(options.tls ? { cert: options.tls.cert, key: options.tls.key } : {}),
    // a name from reverse DNS proves nothing and its look-up would delay every greeting
    disableReverseLookup: true,
    lenientAddressParsing: true,
    maxClients: 1_000,
    closeTimeout: closeMs,
    onRcptTo: (recipient, _session, done) =>
      done(isOurs(recipient.address, options.address) ? undefined : refusal(550, 'no such address here')),
    onData: (stream, session, done) => {
      const work = takeMail(stream, session, { ...options, protocol }).then(
        () => done(null, 'OK: taken'),
        () => done(refusal(451, 'not taken, try again later')),
      );
      inHand.add(work);
      void work.finally(() => inHand.delete(work));
    },
  });
  server.server.prependListener('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (trusts(address) && !proxies.includes(address)) proxies.push(address);
  });
  // a client that vanishes or a failed handshake is the client's affair, never the end of the desk
  server.on('error', (error: Error) => options.log.debug({ error: error.message }, 'mail listener: connection failed'));
  const listening = once(server.server, 'listening');
  server.listen(port, host);
  await listening;
  const actual = (server.server.address() as AddressInfo).port;
  const urlHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${protocol}://${urlHost}:${actual}`,
    port: actual,
    close: () => close(server, inHand, closeMs),
  };
}

const connectionsAtMost = 50;

/** How many sessions there are from each place. */
function counting(atMost: number) {
  const open = new Map<string, Set<string>>();
  const of = (session: SMTPServerSession) => placeOf(remoteOf(session));
  return {
    enter(session: SMTPServerSession): boolean {
      const place = of(session);
      const there = open.get(place) ?? new Set();
      if (there.size >= atMost) return false;
      open.set(place, there.add(session.id));
      return true;
    },
    leave(session: SMTPServerSession): void {
      const place = of(session);
      const there = open.get(place);
      there?.delete(session.id);
      if (there?.size === 0) open.delete(place);
    },
  };
}

function readListen(listen: string): { protocol: 'smtp' | 'lmtp'; host: string; port: number } {
  const url = new URL(listen.includes('://') ? listen : `smtp://${listen}`);
  const protocol = url.protocol === 'lmtp:' ? 'lmtp' : 'smtp';
  return { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
}

function refusal(responseCode: number, text: string): Refusal {
  return Object.assign(new Error(text), { responseCode });
}

/** Whether a recipient is `address` itself or `local+TOKEN@domain`, whatever its case. */
export function isOurs(recipient: string, address: string): boolean {
  const [asked, own] = [normalAddress(recipient), normalAddress(address)];
  if (!asked || !own) return false;
  const at = own.lastIndexOf('@');
  return asked === own || (asked.startsWith(`${own.slice(0, at)}+`) && asked.endsWith(own.slice(at)));
}

const remoteOf = (session: SMTPServerSession): string => session.remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '');

async function takeMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  options: ListenerOptions & { protocol: 'smtp' | 'lmtp' },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // the stream has to be read to its end; what is over the limit is not kept
    if (stream.byteLength <= options.maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (stream.sizeExceeded || stream.byteLength > options.maxBytes) return;
  const { mailFrom, rcptTo } = session.envelope;
  const address = remoteOf(session);
  const emails = session.user as unknown as readonly string[] | undefined;
  const arrival: Arrival = {
    raw: Buffer.concat(chunks),
    source: options.protocol,
    recipients: rcptTo.map((recipient) => recipient.address),
    mailFrom: (mailFrom && mailFrom.address) || null,
    client: {
      address,
      ...(session.hostNameAppearsAs ? { helo: session.hostNameAppearsAs } : {}),
      loopback: isLoopbackHost(address),
      ...(emails ? { authenticated: emails } : {}),
    },
  };
  try {
    await options.receive(arrival);
  } catch (error) {
    options.log.error(
      { err: error, bytes: arrival.raw.length },
      'mail listener: a mail could not be taken; its sender keeps it',
    );
    throw error;
  }
}

async function close(server: SMTPServer, inHand: Set<Promise<unknown>>, closeMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(resolve));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeMs)));
  await Promise.race([Promise.all(inHand), late]);
  clearTimeout(timer);
  for (const connection of server.connections) {
    connection.send(421, 'shutting down');
    connection.close();
  }
  await closed;
}
