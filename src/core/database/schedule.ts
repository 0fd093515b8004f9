/**
 * What happens by itself. A job's run is keyed by its time slot, so that of several processes one runs it, and a
 * restart neither repeats nor forgets one.
 */
import type { Database, Unit } from './transact.js';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Runs in the transaction that takes the slot; what it does outside the database goes into `after`. */
  run(unit: Unit, now: Date): Promise<void>;
  /** After the commit, and only then: files to prune. */
  after?(now: Date): Promise<void>;
}

export interface Schedule {
  /** Runs every job whose current slot has not been run. */
  tick(): Promise<void>;
  start(everyMs: number): void;
  stop(): Promise<void>;
}

export function createSchedule(options: {
  database: Database;
  clock: () => Date;
  jobs: readonly Job[];
  onError: (error: unknown) => void;
}): Schedule {
  const { database, clock } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const done = new Map<string, string>();

  async function run(job: Job): Promise<void> {
    const now = clock();
    const slot = new Date(Math.floor(now.getTime() / job.everyMs) * job.everyMs).toISOString();
    if (done.get(job.name) === slot) return;
    const taken = await database.transact(async (unit) => {
      if (await unit.tx.jobRun.findUnique({ where: { job_slot: { job: job.name, slot } } })) return false;
      await unit.tx.jobRun.create({ data: { job: job.name, slot, at: now } });
      await job.run(unit, now);
      return true;
    });
    done.set(job.name, slot);
    if (taken) await job.after?.(now);
  }

  async function tick(): Promise<void> {
    for (const job of options.jobs) await run(job).catch(options.onError);
  }

  return {
    tick,
    start(everyMs) {
      const once = () => {
        running ??= tick().finally(() => {
          running = undefined;
        });
      };
      timer = setInterval(once, everyMs);
      once();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
