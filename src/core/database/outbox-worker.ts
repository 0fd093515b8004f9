/**
 * The outbox worker: leases rows that are due, hands each to its channel, and records what became of it (X5; STATES
 * "outgoing mail, chat notice"). Several processes may run it: a lease is taken by a guarded update and ends by itself.
 * Each delivery has a place (outbox-claim.ts), and as soon as it ends the next row gets it: who is slow keeps no other waiting.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { claimDue, placedOf, type Channel, type Placed } from './outbox-claim.js';
import type { Outbox } from './connect.js';
import type { Attachment } from './outbox.js';
import { sealPurpose } from './outbox.js';
import type { Locale } from '../locales/locale.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Database, Unit } from './transact.js';

/** What a channel says of a handing-over. `uncertain`: it may have arrived, the answer was lost. */
export type Delivery =
  { readonly result: 'sent' } | { readonly result: 'retry' | 'failed' | 'uncertain'; readonly reason: string };

/** One thing to hand over, secrets opened. */
export interface Errand {
  readonly id: number;
  readonly channel: Channel;
  readonly letter: string;
  readonly recipient: string;
  readonly personId: number | null;
  readonly locale: Locale;
  /** Secret values included. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Attachment[];
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly replyToken: string | null;
  readonly autoReply: boolean;
  readonly object: string | null;
  readonly createdAt: Date;
}

/**
 * Hands one thing over. Once `ends` aborts (it took too long, or the desk stops) it gives up and says how far it came;
 * whatever it says much later than that is not heard.
 */
export type Deliver = (errand: Errand, ends?: AbortSignal) => Promise<Delivery>;

export interface OutboxWorkerOptions {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: () => Date;
  /** Between 0 and 1, for jitter. */
  readonly chance: () => number;
  /** A channel without a deliverer stays queued for a process that has one. */
  readonly channels: Readonly<Partial<Record<Channel, Deliver>>>;
  /** How many deliveries of a channel may be under way at once: at least 2, and 10 unless told. */
  readonly places?: Readonly<Partial<Record<Channel, number>>>;
  /** Told of what was handed over, in the transaction that records it. */
  readonly onSent?: (unit: Unit, errand: Errand) => Promise<void>;
  /** Told of what can't be delivered, in the transaction that records it. */
  readonly onFailed?: (unit: Unit, failed: { errand: Errand; reason: string }) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** How long a handing-over may take; shorter than the lease, so that nobody else has it by then. */
  readonly patienceMs?: number;
  /** How long stopping waits for what is in hand before it is told to end as it stands. */
  readonly closeMs?: number;
}

const patienceMsDefault = 108_000;
const closeMsDefault = 8_000;
/** How long a channel has to say how far it came, once it was told to end: a tenth of its time, and at most this. */
const lastWordMs = 2_000;
const uncertainMs = 10 * 60_000;
const givesUpAfterMs = 5 * 24 * 3_600_000;
const placesDefault = 10;
/** How long a place may stay free while more waits. */
const gatherMs = 5;

/** 30 s, doubled each time up to 2 h, with a fifth of jitter. */
export const backOffMs = (attempts: number, chance: number): number =>
  Math.min(30_000 * 2 ** Math.max(0, attempts - 1), 2 * 3_600_000) * (0.9 + chance / 5);

export interface OutboxWorker {
  /** Hands over everything that is due, and answers once all of it has ended: how many rows it took. */
  round(): Promise<number>;
  /** Looks again every `everyMs`, and at once when woken. */
  start(everyMs: number): void;
  wake(): void;
  /** Takes no more, and ends after the errands in hand: `closeMs`, a last word and what it takes to record it, at most. */
  stop(): Promise<void>;
}

export function createOutboxWorker(options: OutboxWorkerOptions): OutboxWorker {
  const { database, clock } = options;
  const channels = Object.keys(options.channels) as Channel[];
  const places = new Map(channels.map((channel) => [channel, options.places?.[channel] ?? placesDefault]));
  const patienceMs = options.patienceMs ?? patienceMsDefault;
  const underWay = new Set<Placed>();
  /** What was leased and is not recorded yet, by what ends it. */
  const inHand = new Map<AbortController, Promise<void>>();
  let taken = 0;
  let more = false;
  let stopping = false;
  let claiming: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  /** Hands a leased row over beside the others, and records what became of it. */
  function begin(row: Outbox): void {
    const ends = new AbortController();
    const work = carry(row, ends)
      .catch(options.onError)
      .finally(() => inHand.delete(ends));
    inHand.set(ends, work);
    taken += 1;
  }

  async function carry(row: Outbox, ends: AbortController): Promise<void> {
    const place = placedOf(row);
    underWay.add(place);
    const handed = await handOver(row, ends);
    // the next one need not wait until this one is recorded: both may share a transaction
    underWay.delete(place);
    wake();
    await database.transact((unit) => settle(unit, { row, ...handed }));
  }

  /** Never throws. */
  async function handOver(row: Outbox, ends: AbortController): Promise<{ errand: Errand; delivery: Delivery }> {
    const bare = {
      ...row,
      channel: row.channel as Channel,
      locale: row.locale as Locale,
      params: {},
      attachments: [],
      references: [],
    };
    let errand: Errand = bare;
    try {
      errand = { ...bare, ...opened(row) };
      return { errand, delivery: await patiently(errand, ends) };
    } catch (error) {
      options.onError(error);
      // what can't be opened never will be, and must not keep the others waiting
      const result = errand === bare ? 'failed' : 'retry';
      return { errand, delivery: { result, reason: error instanceof Error ? error.message : String(error) } };
    }
  }

  const opened = (row: Outbox): Pick<Errand, 'params' | 'attachments' | 'references'> => ({
    params: {
      ...(JSON.parse(row.params) as object),
      ...(row.secret ? (JSON.parse(options.secrets.open(sealPurpose, row.secret)) as object) : {}),
    },
    attachments: row.attachments ? (JSON.parse(row.attachments) as Attachment[]) : [],
    references: row.thread ? (JSON.parse(row.thread) as string[]) : [],
  });

  /** Hands over, and ends it when it takes too long; a channel that does not say then how far it came is left. */
  async function patiently(errand: Errand, ends: AbortController): Promise<Delivery> {
    const deliver = options.channels[errand.channel];
    if (!deliver) return { result: 'retry', reason: 'no channel' };
    const timers = [setTimeout(() => ends.abort(), patienceMs)];
    const late = new Promise<Delivery>((resolve) => {
      const leave = () => resolve({ result: 'uncertain', reason: 'no answer in time' });
      const waits = () => timers.push(setTimeout(leave, Math.min(patienceMs / 10, lastWordMs)));
      ends.signal.addEventListener('abort', waits, { once: true });
    });
    try {
      return await Promise.race([deliver(errand, ends.signal), late]);
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  async function settle(
    unit: Unit,
    { row, errand, delivery }: { row: Outbox; errand: Errand; delivery: Delivery },
  ): Promise<void> {
    const { tx } = unit;
    const now = clock();
    if (delivery.result === 'sent') {
      // even if the lease is lost: whoever has it now need not send it again
      const count = await tx.$executeRaw`
        UPDATE "Outbox" SET "state" = 'sent', "sentAt" = ${now}, "secret" = NULL, "leasedUntil" = NULL, "error" = NULL
        WHERE "id" = ${row.id} AND "state" IN ('sending', 'queued', 'uncertain')`;
      if (count === 1) await options.onSent?.(unit, errand);
      return;
    }
    // of the lease that this try was made under: a later one is another's to end
    const mine = { id: row.id, state: 'sending', attempts: row.attempts };
    const tooOld = now.getTime() - errand.createdAt.getTime() > givesUpAfterMs;
    if (delivery.result === 'failed' || tooOld) {
      const { count } = await tx.outbox.updateMany({
        where: mine,
        data: { state: 'failed', leasedUntil: null, error: delivery.reason },
      });
      if (count === 1) await options.onFailed?.(unit, { errand, reason: delivery.reason });
      return;
    }
    const waitMs = delivery.result === 'uncertain' ? uncertainMs : backOffMs(row.attempts, options.chance());
    await tx.outbox.updateMany({
      where: mine,
      data: {
        state: delivery.result === 'uncertain' ? 'uncertain' : 'queued',
        leasedUntil: null,
        dueAt: new Date(now.getTime() + waitMs),
        error: delivery.reason,
      },
    });
  }

  async function claim(): Promise<void> {
    while (again && !stopping) {
      // places that end at the same moment are given away by one transaction
      if (more) await pause(gatherMs);
      again = false;
      const claimed = await claimDue({ database, places, underWay, clock }, { more }).catch(options.onError);
      more = claimed?.more ?? false;
      claimed?.rows.forEach(begin);
    }
    claiming = undefined;
  }

  function wake(): void {
    if (stopping) return;
    again = true;
    claiming ??= claim();
  }

  const ended = async (): Promise<void> => void (await Promise.all(inHand.values()));

  return {
    wake,
    async round() {
      const before = taken;
      // what is recorded may queue something itself
      for (let seen = -1; seen !== taken;) {
        seen = taken;
        wake();
        while (claiming || inHand.size > 0) {
          await claiming;
          await ended();
        }
      }
      return taken - before;
    },
    start(everyMs) {
      timer = setInterval(wake, everyMs);
      wake();
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await claiming;
      const late = setTimeout(() => inHand.forEach((_, ends) => ends.abort()), options.closeMs ?? closeMsDefault);
      await ended();
      clearTimeout(late);
    },
  };
}
