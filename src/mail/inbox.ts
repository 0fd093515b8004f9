import { ImapFlow } from 'imapflow';
import { isLoopbackHost } from './hosts.js';
import { mailboxReader } from './mailbox.js';
import type { CursorStore, MailboxReader } from './mailbox.js';
import type { Log, MailEnd, Receive } from './message.js';
import { accessToken } from './oauth.js';
import type { OAuthSettings } from './oauth.js';
import { Waker } from './waker.js';

export interface InboxOptions {
  /** `imap(s)://user:pass@host:port/INBOX`. */
  url: string;
  /** Where mails go by their end, below the server's own prefix; `/` parts levels. Created when missing. */
  folders: { processed: string; held: string; ignored: string };
  receive: Receive;
  cursor: CursorStore;
  oauth?: OAuthSettings | undefined;
  log: Log;
  /** In [0, 1): spreads reconnects of several processes. */
  random: () => number;
  /** Waits before reconnecting, and before a mail that failed is tried again: doubled from `first` up to `most`. */
  backoffMs?: { first: number; most: number };
  /** How long the server may be silent before it is asked whether it is still there; twice that ends the connection. */
  silenceMs?: number;
  /** How often a server without IDLE is asked for news. */
  pollMs?: number;
  /** How long close() waits for the mails in hand. */
  closeMs?: number;
  /** A larger mail is handed over cut off here: bounded memory, and the reader sees that it is too large. */
  maxBytes?: number;
  /** An extra certificate authority, PEM (operators use NODE_EXTRA_CA_CERTS). */
  ca?: string | undefined;
}

export interface InboxState {
  status: 'connecting' | 'waiting' | 'working' | 'offline' | 'closed';
  /** Why it is offline. */
  fault?: string;
  /** UIDs of mails whose receiver failed; they are tried again. */
  failing: number[];
}

export interface Inbox {
  /** Ends the mails in hand, then the connection. */
  close(): Promise<void>;
  state(): InboxState;
}

const defaults = {
  backoffMs: { first: 1000, most: 300_000 },
  silenceMs: 120_000,
  pollMs: 30_000,
  maxBytes: 26 * 1024 * 1024,
  closeMs: 8000,
};
const logoutMs = 2000;
/** A mail server that does not answer must not hold up the start of the desk. */
const firstMs = 5000;

/**
 * Reads a mailbox over IMAP: hands each mail to `receive` and moves it to the folder of its end, from where the last
 * run stopped (UIDVALIDITY and UID, RFC 3501 §2.3.1.1), waiting with IDLE. Reconnects for ever. Resolves when the first
 * attempt to connect has ended, well or not, or after 5 s; throws only for a URL that is none.
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const settings = { ...defaults, ...options };
  const place = readUrl(settings.url);
  const waker = new Waker();
  // a bell of its own: news of the lost connection must not cut the wait before the next one short
  const stop = new Waker();
  const shared: Session['shared'] = { state: { status: 'connecting', failing: [] }, closing: false };
  const folders: Record<MailEnd, string> = {
    answered: settings.folders.processed,
    held: settings.folders.held,
    ignored: settings.folders.ignored,
  };
  const reader = mailboxReader({
    ...settings,
    mailbox: place.mailbox,
    cursorKey: `${place.user}@${place.host}/${place.mailbox}`,
    folders,
    wake: () => waker.wake(),
    closing: () => shared.closing,
    failing: (uids) => (shared.state.failing = uids),
  });
  let tried: () => void = () => {};
  const first = new Promise<void>((resolve) => (tried = resolve));
  const running = (async () => {
    for (let attempt = 0; !shared.closing; attempt += 1) {
      try {
        await connected({ settings, place, reader, waker, shared }, () => {
          attempt = -1;
          tried();
        });
      } catch (error) {
        const fault = faultOf(error as Error);
        shared.state = { ...shared.state, status: 'offline', fault };
        if (!shared.closing) settings.log.warn({ host: place.host, fault }, 'inbox: no connection, trying again');
      }
      tried();
      if (!shared.closing) await stop.wait({ ms: backoff(attempt, settings) });
    }
  })();
  await Promise.race([first, pause(firstMs)]);
  return {
    async close() {
      shared.closing = true;
      waker.wake();
      stop.wake();
      if (shared.state.status === 'connecting') shared.client?.close();
      // a server that has gone silent must not hold the whole desk up
      const late = setTimeout(() => shared.client?.close(), settings.closeMs);
      await running;
      clearTimeout(late);
      reader.close();
      shared.state = { ...shared.state, status: 'closed' };
    },
    state: () => shared.state,
  };
}

/** The next wait: doubled each time, and somewhere in its upper half so that processes don't come back together. */
export function backoff(
  attempt: number,
  { backoffMs, random }: { backoffMs: { first: number; most: number }; random: () => number },
): number {
  const most = Math.min(backoffMs.most, backoffMs.first * 2 ** Math.min(Math.max(attempt, 0), 30));
  return Math.ceil(most / 2 + (most / 2) * random());
}

interface Place {
  host: string;
  port: number;
  secure: boolean;
  user: string;
  pass: string;
  mailbox: string;
}

function readUrl(text: string): Place {
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

interface Session {
  settings: InboxOptions & typeof defaults;
  place: Place;
  reader: MailboxReader;
  waker: Waker;
  shared: { state: InboxState; closing: boolean; client?: ImapFlow };
}

/** One connection from sign-in to its end. Throws why it ended; returns when asked to close. */
async function connected(session: Session, ready: () => void): Promise<void> {
  const { settings, place, reader, waker, shared } = session;
  shared.state = { ...shared.state, status: 'connecting' };
  const client = await clientOf(settings, place);
  shared.client = client;
  if (shared.closing) return;
  let lost: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => (lost = reject));
  ended.catch(() => {});
  client.on('error', (error: Error) => lost(error));
  client.on('close', () => lost(new Error('the server closed the connection')));
  client.on('exists', () => waker.wake());
  try {
    await Promise.race([client.connect(), ended]);
    await Promise.race([reader.open(client), ended]);
    shared.state = { status: 'working', failing: shared.state.failing };
    ready();
    while (!shared.closing) {
      shared.state = { ...shared.state, status: 'working' };
      // mails in hand are ended even when the connection is lost meanwhile, so this one is not raced
      await reader.read(client);
      shared.state = { ...shared.state, status: 'waiting' };
      if (!shared.closing) await news(client, session, ended);
    }
    await Promise.race([client.logout(), ended, pause(logoutMs)]).catch(() => {});
  } finally {
    client.close();
  }
}

async function clientOf(settings: InboxOptions & typeof defaults, place: Place): Promise<ImapFlow> {
  const { host, port, secure, user, pass } = place;
  return new ImapFlow({
    host,
    port,
    secure,
    // a password must not go out in the clear because somebody on the way cut STARTTLS out
    ...(secure || isLoopbackHost(host) ? {} : { doSTARTTLS: true }),
    auth: settings.oauth ? { user, accessToken: await accessToken(settings.oauth) } : { user, pass },
    ...(settings.ca ? { tls: { ca: settings.ca } } : {}),
    logger: false,
    disableAutoIdle: true,
    // some servers end an IDLE after 30 minutes (RFC 2177 says to renew it after 29)
    maxIdleTime: 25 * 60_000,
    socketTimeout: settings.silenceMs,
    maxLiteralSize: settings.maxBytes + 65_536,
    maxResponseSize: 16 * (settings.maxBytes + 65_536),
    connectionTimeout: 30_000,
  });
}

/** Returns when there may be something to read: the server says so, a retry is due, or the poll interval is over. */
async function news(client: ImapFlow, { waker, settings }: Session, ended: Promise<never>): Promise<void> {
  if (!client.capabilities.has('IDLE')) {
    await waker.wait({ ms: settings.pollMs, until: ended });
    await client.noop();
    return;
  }
  // IDLE ends by itself when imapflow has asked a silent server whether it is still there
  const idle = client.idle().then((result) => {
    // a server that offers IDLE and then refuses it is polled
    if (result === false && client.usable) return pause(settings.pollMs);
    return undefined;
  });
  await waker.wait({ until: Promise.race([idle, ended]) });
}

function faultOf(error: Error & { authenticationFailed?: boolean; responseText?: string; reason?: string }): string {
  if (error.authenticationFailed) return `the server refuses our sign-in: ${error.responseText ?? error.message}`;
  return [error.message, error.responseText ?? error.reason].filter(Boolean).join(': ');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
