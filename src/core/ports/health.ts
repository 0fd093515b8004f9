/**
 * Whether the desk can work (`GET /readyz`): its database takes a write, its disks have room, and what happens by itself
 * happens. Told of the whole desk, whichever process is asked: what one process does not run another has to.
 */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Desk } from '../guard/work.js';
import type { Tx } from '../database/connect.js';
import { pauseOf } from '../database/mail-pause.js';

export type HealthPart = 'start' | 'database' | 'disk' | 'schedule' | 'outbox';

/** What fails, each with what is the matter; empty when all is well. Nothing in it is secret. */
export type Failing = Readonly<Partial<Record<HealthPart, string>>>;

export interface Health {
  /** Looked at once a second at most, however often it is asked. */
  failing(): Promise<Failing>;
}

export interface HealthOptions {
  readonly desk: Desk;
  /** The folders that must have room: documents, and the database where it is a file. */
  readonly folders: readonly string[];
  /** Bytes. */
  readonly roomAtLeast?: number;
  readonly patienceMs?: number;
  /** How long what was found is good for. */
  readonly heldMs?: number;
}

const minuteMs = 60_000;
/** The jobs of each minute have not run, or what is due has not been taken, for that long. */
const standsStillMs = 5 * minuteMs;
const roomAtLeast = 64 * 1024 * 1024;
const patienceMs = 5_000;
const heldMs = 1_000;

/** Where a SQLite database lies. */
export const databaseFolder = (url: string): string[] => (url.startsWith('file:') ? [dirname(url.slice(5))] : []);

export function createHealth(options: HealthOptions): Health {
  const { desk } = options;
  const began = desk.clock().getTime();
  let held: { at: number; failing: Promise<Failing> } | undefined;

  /** Every writing transaction begins with a write (transact.ts), so an empty one shows that it can be committed. */
  async function database(): Promise<string | undefined> {
    const written = desk.database.transact(() => Promise.resolve());
    return within(written, options.patienceMs ?? patienceMs);
  }

  async function disk(): Promise<string | undefined> {
    const least = options.roomAtLeast ?? roomAtLeast;
    for (const folder of new Set(options.folders)) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < least) return `less than ${Math.round(least / 1024 / 1024)} MB free`;
    }
    return undefined;
  }

  async function schedule(tx: Tx, now: number): Promise<string | undefined> {
    const last = await tx.jobRun.findFirst({ where: { job: 'approvals' }, orderBy: { slot: 'desc' } });
    const since = Math.max(last?.at.getTime() ?? 0, began);
    return now - since > standsStillMs ? 'no job has run for five minutes' : undefined;
  }

  /** Of a channel that something is under way in, what waits has to: its destination has no place, or there is a lot. */
  async function outbox(tx: Tx, now: number): Promise<string | undefined> {
    // what was queued before we began may have waited for us
    if (now - began <= standsStillMs) return undefined;
    const late = new Date(now - standsStillMs);
    for (const channel of [...(desk.chat ? ['chat'] : []), ...((await pauseOf(tx)) ? [] : ['mail'])]) {
      const waits = [
        { state: 'queued', dueAt: { lt: late } },
        { state: 'sending', leasedUntil: { lt: late } },
      ];
      const underWay = { channel, state: 'sending', leasedUntil: { gt: new Date(now) } };
      const stands =
        (await tx.outbox.findFirst({ where: { channel, OR: waits }, select: { id: true } })) &&
        !(await tx.outbox.findFirst({ where: underWay, select: { id: true } }));
      if (stands) return 'what is due has not been taken for five minutes';
    }
    return undefined;
  }

  async function look(): Promise<Failing> {
    const found: [HealthPart, string | undefined][] = [];
    const wrote = await database().catch(() => 'takes no write');
    found.push(['database', wrote], ['disk', await disk().catch(() => 'can’t be looked at')]);
    if (wrote === undefined) {
      const now = desk.clock().getTime();
      const read = desk.database.read(async (tx): Promise<[HealthPart, string | undefined][]> => [
        ['schedule', await schedule(tx, now)],
        ['outbox', await outbox(tx, now)],
      ]);
      found.push(...(await read.catch((): [HealthPart, string][] => [['database', 'can’t be read']])));
    }
    return Object.fromEntries(found.filter(([, why]) => why !== undefined));
  }

  return {
    failing() {
      const now = performance.now();
      if (!held || now - held.at >= (options.heldMs ?? heldMs)) {
        const failing = look();
        held = { at: now, failing };
        // a look that takes long is not begun again beside itself
        const mine = held;
        void failing.finally(() => (mine.at = performance.now()));
        mine.at = Infinity;
      }
      return held.failing;
    },
  };
}

/** Nothing when it ends in time and well. */
async function within(work: Promise<unknown>, ms: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('takes no write in time'), ms);
  });
  try {
    return await Promise.race([work.then(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
