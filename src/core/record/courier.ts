/**
 * The outbox worker: leases rows that are due, hands each to its channel, and records what became of it (X5; STATES
 * "outgoing mail, chat notice"). Several processes may run it: a lease is taken by a guarded update and ends by itself.
 */
import type { Outbox } from './database.js';
import type { Attachment } from './outbox.js';
import { sealPurpose } from './outbox.js';
import { pauseOf } from './pause.js';
import type { Locale } from '../locales/locale.js';
import type { Secrets } from './secrets.js';
import type { Database, Unit } from './transact.js';

/** What a channel says of a handing-over. `uncertain`: it may have arrived, the answer was lost. */
export type Delivery =
  { readonly result: 'sent' } | { readonly result: 'retry' | 'failed' | 'uncertain'; readonly reason: string };

/** One thing to hand over, secrets opened. */
export interface Errand {
  readonly id: number;
  readonly channel: 'mail' | 'chat';
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

export type Deliver = (errand: Errand) => Promise<Delivery>;

export interface CourierOptions {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: () => Date;
  /** Between 0 and 1, for jitter. */
  readonly chance: () => number;
  /** A channel without a deliverer stays queued for a process that has one. */
  readonly channels: Readonly<Partial<Record<'mail' | 'chat', Deliver>>>;
  /** Told of what was handed over, in the transaction that records it. */
  readonly onSent?: (unit: Unit, errand: Errand) => Promise<void>;
  /** Told of what can't be delivered, in the transaction that records it. */
  readonly onFailed?: (unit: Unit, failed: { errand: Errand; reason: string }) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** How long a handing-over may take before it counts as uncertain; shorter than the lease, so that nobody else has it by then. */
  readonly patienceMs?: number;
}

const leaseMs = 2 * 60_000;
const patienceMsDefault = 110_000;
const uncertainMs = 10 * 60_000;
const givesUpAfterMs = 5 * 24 * 3_600_000;
const atOnce = 16;

/** 30 s, doubled each time up to 2 h, with a fifth of jitter. */
export const backOffMs = (attempts: number, chance: number): number =>
  Math.min(30_000 * 2 ** Math.max(0, attempts - 1), 2 * 3_600_000) * (0.9 + chance / 5);

export interface Courier {
  /** Hands over everything that is due now; answers how many rows it took. */
  round(): Promise<number>;
  /** Looks again every `everyMs`, and at once when woken. */
  start(everyMs: number): void;
  wake(): void;
  /** Ends after the errands in hand. */
  stop(): Promise<void>;
}

export function createCourier(options: CourierOptions): Courier {
  const { database, clock } = options;
  const channels = Object.keys(options.channels);
  let stopping = false;
  let running: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  /** Due rows, leased to this process; a lease that ran out (a crash) is taken over under the same Message-ID. */
  async function lease(): Promise<Outbox[]> {
    const now = clock();
    const due = {
      channel: { in: channels },
      dueAt: { lte: now },
      OR: [{ state: { in: ['queued', 'uncertain'] } }, { state: 'sending', leasedUntil: { lte: now } }],
    };
    // most rounds find nothing: that costs a read, not a write
    if ((await database.read((tx) => tx.outbox.count({ where: due, take: 1 }))) === 0) return [];
    return database.transact(async ({ tx }) => {
      if (await pauseOf(tx)) due.channel.in = channels.filter((channel) => channel !== 'mail');
      const rows = await tx.outbox.findMany({ where: due, orderBy: { id: 'asc' }, take: atOnce });
      const ids = rows.map(({ id }) => id);
      await tx.outbox.updateMany({
        where: { id: { in: ids }, ...due },
        data: { state: 'sending', leasedUntil: new Date(now.getTime() + leaseMs), attempts: { increment: 1 } },
      });
      return rows.map((row) => ({ ...row, attempts: row.attempts + 1 }));
    });
  }

  async function carry(row: Outbox): Promise<void> {
    const bare = {
      ...row,
      channel: row.channel as Errand['channel'],
      locale: row.locale as Locale,
      params: {},
      attachments: [],
      references: [],
    };
    let errand: Errand = bare;
    let delivery: Delivery;
    try {
      errand = { ...bare, ...opened(row) };
      delivery = await patiently(errand);
    } catch (error) {
      options.onError(error);
      // what can't be opened never will be, and must not keep the others waiting
      delivery = {
        result: errand === bare ? 'failed' : 'retry',
        reason: error instanceof Error ? error.message : String(error),
      };
    }
    await database.transact((unit) => settle(unit, { row, errand, delivery }));
  }

  const opened = (row: Outbox): Pick<Errand, 'params' | 'attachments' | 'references'> => ({
    params: {
      ...(JSON.parse(row.params) as object),
      ...(row.secret ? (JSON.parse(options.secrets.open(sealPurpose, row.secret)) as object) : {}),
    },
    attachments: row.attachments ? (JSON.parse(row.attachments) as Attachment[]) : [],
    references: row.thread ? (JSON.parse(row.thread) as string[]) : [],
  });

  /** Hands over; when that takes so long that the lease nears its end, the answer is no longer waited for. */
  async function patiently(errand: Errand): Promise<Delivery> {
    const deliver = options.channels[errand.channel];
    if (!deliver) return { result: 'retry', reason: 'no channel' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Delivery>((resolve) => {
      timer = setTimeout(
        () => resolve({ result: 'uncertain', reason: 'no answer in time' }),
        options.patienceMs ?? patienceMsDefault,
      );
    });
    try {
      return await Promise.race([deliver(errand), late]);
    } finally {
      clearTimeout(timer);
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
      const { count } = await tx.outbox.updateMany({
        where: { id: row.id, state: { in: ['sending', 'queued', 'uncertain'] } },
        data: { state: 'sent', sentAt: now, secret: null, leasedUntil: null, error: null },
      });
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

  async function round(): Promise<number> {
    let taken = 0;
    for (let leased = await lease(); leased.length > 0; leased = stopping ? [] : await lease()) {
      taken += leased.length;
      await Promise.all(leased.map(carry));
    }
    return taken;
  }

  function wake(): void {
    if (stopping) return;
    again = true;
    running ??= (async () => {
      while (again && !stopping) {
        again = false;
        await round().catch(options.onError);
      }
      running = undefined;
    })();
  }

  return {
    round,
    wake,
    start(everyMs) {
      timer = setInterval(wake, everyMs);
      wake();
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
