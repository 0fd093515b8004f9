/** Waiting for something to do at a mailbox. */
import type { ImapFlow } from 'imapflow';
import type { Onward } from './moving.js';
import { pause, type Waker } from './waker.js';

export interface NewsSettings {
  pollMs: number;
  askMs: number;
  onward?: Onward | undefined;
  paused?: (() => Promise<string | undefined>) | undefined;
}

export interface Waiting {
  settings: NewsSettings;
  waker: Waker;
  /** Rejects when the connection ends. */
  ended: Promise<never>;
  /** No mail was taken in before this wait. */
  paused: boolean;
}

/** Whether mail is paused; a database that does not answer is met again where it is needed. */
export async function isPaused({ paused }: Pick<NewsSettings, 'paused'>): Promise<boolean> {
  const reason = await paused?.().catch(() => undefined);
  return reason !== undefined;
}

/**
 * Returns when there may be something to do: the server says so, a retry is due, the poll interval is over, mail was
 * paused or resumed, or a held mail has ended. Throws when the connection ends.
 */
export async function news(client: ImapFlow, waiting: Waiting): Promise<void> {
  const { waker, settings, ended } = waiting;
  const ms = settings.onward || settings.paused ? settings.askMs : undefined;
  if (!client.capabilities.has('IDLE')) {
    await waker.wait({ ms: Math.min(settings.pollMs, ms ?? settings.pollMs), until: ended });
    await client.noop();
    return;
  }
  // IDLE ends by itself when imapflow has asked a silent server whether it is still there
  const idle = client.idle().then((result) => {
    // a server that offers IDLE and then refuses it is polled
    if (result === false && client.usable) return pause(settings.pollMs);
    return undefined;
  });
  const until = Promise.race([idle, ended]);
  while (!(await waker.wait({ ...(ms === undefined ? {} : { ms }), until })) && !(await isDue(waiting)));
}

async function isDue({ settings, paused }: Waiting): Promise<boolean> {
  if ((await isPaused(settings)) !== paused) return true;
  if (paused || !settings.onward) return false;
  const due = await settings.onward.ended().catch(() => []);
  return due.length > 0;
}
