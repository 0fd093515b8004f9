import type { ImapFlow } from 'imapflow';
import { clientOf, faultOf, isSignInRefused, readPlace, secretsOf } from './imap.js';
import type { Place } from './imap.js';
import { mailboxReader } from './mailbox-session.js';
import type { CursorStore, MailboxReader } from './mailbox-session.js';
import type { Log, MailEnd, Receive } from './message.js';
import { isPaused, news } from './mailbox-watch.js';
import { tokenSource } from './oauth.js';
import type { OAuthSettings, TokenSource, TokenStore } from './oauth.js';
import type { Onward } from './moving.js';
import { pause, Waker } from './waker.js';

export interface InboxOptions {
  /** `imap(s)://user:pass@host:port/INBOX`. */
  url: string;
  /** Where mails go by their end, below the server's own prefix; `/` parts levels. Created when missing. */
  folders: { processed: string; held: string; ignored: string };
  receive: Receive;
  cursor: CursorStore;
  /** Held mails that have ended since, to be moved on. */
  onward?: Onward | undefined;
  /** Why no mail is to be taken in at the moment. */
  paused?: (() => Promise<string | undefined>) | undefined;
  /** How often those two are asked. */
  askMs?: number;
  oauth?: OAuthSettings | undefined;
  /** Where a refresh token is kept that the token server has put in the configured one's place. */
  refreshTokens?: TokenStore | undefined;
  log: Log;
  /** In [0, 1): spreads reconnects of several processes. */
  random: () => number;
  /** Waits before reconnecting, and before a mail that failed is tried again: doubled from `first` up to `most`. */
  backoffMs?: { first: number; most: number };
  /** How long the server may be silent before it is asked whether it is still there; twice that ends the connection. */
  silenceMs?: number;
  /** How long one IDLE lasts; servers may end it after 30 minutes (RFC 2177 says to renew it before 29). */
  idleMs?: number;
  /** How often a server without IDLE is asked for news. */
  pollMs?: number;
  /** A connection that lasts this long was a good one: the waits before reconnecting start anew. */
  steadyMs?: number;
  /** How long the start waits for the first connection: a silent mail server must not hold up the whole desk. */
  firstMs?: number;
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
  /** UIDs of mails that could not be taken or moved, or were left to another process; they are tried again. */
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
  idleMs: 25 * 60_000,
  pollMs: 30_000,
  askMs: 15_000,
  steadyMs: 60_000,
  maxBytes: 26 * 1024 * 1024,
  firstMs: 5000,
  closeMs: 8000,
};
const logoutMs = 2000;
/** A refused sign-in waits as after this many tries: providers lock accounts that keep knocking. */
const refusedAttempts = 5;

/**
 * Reads a mailbox over IMAP: hands each mail to `receive` and moves it to the folder of its end, from where the last
 * run stopped (UIDVALIDITY and UID, RFC 3501 §2.3.1.1), waiting with IDLE. Reconnects for ever. Resolves when the first
 * attempt to connect has ended, well or not, or after `firstMs`; throws only for a URL that is none.
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const settings = { ...defaults, ...options };
  const place = readPlace(settings.url);
  const waker = new Waker();
  // a bell of its own: news of the lost connection must not cut the wait before the next one short
  const stop = new Waker();
  const ending = new AbortController();
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
  const token = settings.oauth && tokenSource(settings.oauth, settings.refreshTokens);
  const session: Session = {
    settings,
    place,
    reader,
    waker,
    shared,
    token,
    ending: ending.signal,
    secrets: secretsOf(place),
  };
  let tried: () => void = () => {};
  const first = new Promise<void>((resolve) => (tried = resolve));
  const running = (async () => {
    let offline = false;
    for (let attempt = 0; !shared.closing; attempt += 1) {
      let steady: NodeJS.Timeout | undefined;
      let fault = '';
      try {
        await connected(session, () => {
          steady = setTimeout(() => (attempt = -1), settings.steadyMs).unref();
          if (offline) settings.log.info({ host: place.host }, 'inbox: connected again');
          offline = false;
          tried();
        });
      } catch (error) {
        fault = faultOf(error, { secrets: session.secrets, oauth: token !== undefined });
        if (isSignInRefused(error)) attempt = Math.max(attempt, refusedAttempts);
        shared.state = { ...shared.state, status: 'offline', fault };
      }
      clearTimeout(steady);
      const waitMs = backoff(attempt, settings);
      if (!shared.closing) {
        offline = true;
        settings.log.warn({ host: place.host, fault, waitMs }, 'inbox: no connection, trying again');
      }
      tried();
      if (!shared.closing) await stop.wait({ ms: waitMs });
    }
  })();
  await Promise.race([first, pause(settings.firstMs)]);
  return {
    async close() {
      shared.closing = true;
      ending.abort();
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

interface Session {
  settings: InboxOptions & typeof defaults;
  place: Place;
  reader: MailboxReader;
  waker: Waker;
  shared: { state: InboxState; closing: boolean; client?: ImapFlow };
  token: TokenSource | undefined;
  /** Ends a wait for the token server. */
  ending: AbortSignal;
  /** What must not stand in a log. */
  secrets: string[];
}

/** One connection from sign-in to its end. Throws why it ended; returns when asked to close. */
async function connected(session: Session, ready: () => void): Promise<void> {
  const { settings, place, reader, waker, shared } = session;
  shared.state = { ...shared.state, status: 'connecting' };
  const accessToken = await session.token?.(session.ending);
  session.secrets = secretsOf(place, accessToken);
  const client = clientOf(place, settings, accessToken);
  shared.client = client;
  if (shared.closing) return;
  let lost: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => (lost = reject));
  ended.catch(() => {});
  client.on('error', (error: Error) => lost(error));
  client.on('close', () =>
    lost(new Error(['the server closed the connection', client.byeReason].filter(Boolean).join(': '))),
  );
  client.on('exists', () => waker.wake());
  try {
    await Promise.race([client.connect(), ended]);
    await Promise.race([reader.open(client), ended]);
    shared.state = { status: 'working', failing: shared.state.failing };
    ready();
    while (!shared.closing) {
      const paused = await isPaused(settings);
      // ends the IDLE that may still run: a second one beside it would spin
      if (paused) await client.noop();
      else {
        shared.state = { ...shared.state, status: 'working' };
        // mails in hand are ended even when the connection is lost meanwhile, so these are not raced
        await reader.read(client);
        if (!shared.closing) await reader.moveOn(client);
      }
      shared.state = { ...shared.state, status: 'waiting' };
      if (!shared.closing) await news(client, { settings, waker, ended, paused });
    }
    await Promise.race([client.logout(), ended, pause(logoutMs)]).catch(() => {});
  } finally {
    client.close();
  }
}
