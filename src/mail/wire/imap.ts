/** The connection to an IMAP server: where it is, how to sign in, and what to say when either fails. */
import { ImapFlow } from 'imapflow';
import { isLoopbackHost } from './hosts.js';

export interface Place {
  host: string;
  port: number;
  secure: boolean;
  user: string;
  pass: string;
  mailbox: string;
}

/** `imap(s)://user:pass@host:port/INBOX`. Throws for a URL that is none. */
export function readPlace(text: string): Place {
  const url = new URL(text);
  const secure = url.protocol === 'imaps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 993 : 143),
    secure,
    user: decodeURIComponent(url.username),
    pass: decodeURIComponent(url.password),
    mailbox: decodeURIComponent(url.pathname.replace(/^\/|\/$/g, '')) || 'INBOX',
  };
}

export interface ConnectionOptions {
  /** A mail's most bytes. */
  maxBytes: number;
  /** How long the server may be silent before it is asked whether it is still there; twice that ends the connection. */
  silenceMs: number;
  /** How long one IDLE lasts before it is asked for anew. */
  idleMs: number;
  /** An extra certificate authority, PEM. */
  ca?: string | undefined;
}

/** A client that is not connected yet; with an access token it signs in by OAUTHBEARER or XOAUTH2, else by password. */
export function clientOf(place: Place, options: ConnectionOptions, accessToken: string | undefined): ImapFlow {
  const { host, port, secure, user, pass } = place;
  return new ImapFlow({
    host,
    port,
    secure,
    // a password must not go out in the clear because somebody on the way cut STARTTLS out
    ...(secure || isLoopbackHost(host) ? {} : { doSTARTTLS: true }),
    auth: accessToken === undefined ? { user, pass } : { user, accessToken },
    ...(options.ca ? { tls: { ca: options.ca } } : {}),
    logger: false,
    // the only way to learn why a server refused a command
    emitLogs: true,
    disableAutoIdle: true,
    maxIdleTime: options.idleMs,
    socketTimeout: options.silenceMs,
    maxLiteralSize: options.maxBytes + 65_536,
    maxResponseSize: 16 * (options.maxBytes + 65_536),
    connectionTimeout: 30_000,
  });
}

/** What a server said when it would not do something. */
export class Refusal extends Error {
  override name = 'Refusal';
  /** Its response code (RFC 5530), `OVERQUOTA` or `TRYCREATE`; empty when it gave none. */
  readonly code: string;
  constructor(text: string, code: string) {
    super(text);
    this.code = code;
  }
}

/**
 * Runs a command of imapflow's, most of which answer false instead of throwing when the server refuses.
 * @throws {Refusal} with the server's own words, and what the connection throws
 */
export async function accepted<T>(client: ImapFlow, command: () => Promise<T | false | undefined>): Promise<T> {
  let said: { responseText?: string; serverResponseCode?: string } = {};
  const listen = ({ err }: { err?: typeof said }) => {
    if (err) said = err;
  };
  client.on('log', listen);
  try {
    const result = await command();
    if (result !== false && result !== undefined) return result;
    if (!client.usable) throw new Error('the connection was lost');
    throw new Refusal(said.responseText ?? 'the server gives no reason', said.serverResponseCode ?? '');
  } finally {
    client.off('log', listen);
  }
}

type Fault = Error & {
  code?: string;
  authenticationFailed?: boolean;
  serverResponseCode?: string;
  responseText?: string;
  reason?: string;
};

const ownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

/** Whether the server looked at our sign-in and refused it: trying again soon may lock the account. */
export function isSignInRefused(error: unknown): boolean {
  const { authenticationFailed, serverResponseCode } = error as Fault;
  return authenticationFailed === true && serverResponseCode !== 'UNAVAILABLE';
}

/** What we sign in with, also as it goes over the line. */
export function secretsOf({ user, pass }: Place, accessToken = ''): string[] {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return [
    ...(pass ? [encode(`\0${user}\0${pass}`), encode(pass), pass] : []),
    ...(accessToken ? [encode(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`), accessToken] : []),
  ];
}

/** Why there is no connection, for the log: with what would mend it, and without what we signed in with. */
export function faultOf(error: unknown, { secrets, oauth }: { secrets: readonly string[]; oauth: boolean }): string {
  const fault = error as Fault;
  let text = adviceOf(fault, oauth);
  // a server may repeat what it was sent
  for (const secret of secrets) text = text.replaceAll(secret, '[secret]');
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

function adviceOf(fault: Fault, oauth: boolean): string {
  const { code = '', message, responseText, reason } = fault;
  const said = [message || code, responseText ?? reason].filter(Boolean).join(': ');
  if (fault.authenticationFailed) {
    if (!isSignInRefused(fault)) return `the server cannot check our sign-in at the moment: ${responseText ?? message}`;
    const mend = oauth ? 'the user in IMAP_URL and the IMAP_OAUTH_ settings' : 'the user and password in IMAP_URL';
    return `the server refuses our sign-in (${responseText ?? message}): check ${mend}`;
  }
  if (ownAuthority.has(code)) {
    return `the server's certificate is not trusted (${message}): set NODE_EXTRA_CA_CERTS to the PEM file of the authority that signed it`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the server's certificate is for another name (${message}): write the name it is for in IMAP_URL`;
  }
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate of the server has expired: it has to be renewed there';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /does not support STARTTLS/.test(message)) {
    return `the server offers no TLS on this port (${message}): imaps:// is usually port 993, imap:// with STARTTLS port 143`;
  }
  if (message === 'Unsupported authentication mechanism' && oauth) {
    return 'the server offers neither XOAUTH2 nor OAUTHBEARER: leave the IMAP_OAUTH_ settings out and use a password';
  }
  return said;
}
