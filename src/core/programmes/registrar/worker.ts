/**
 * The worker of the port `gandi`: takes the tasks that are due under a lease and asks the registrar, outside of any
 * transaction. Several processes may run it: a lease is taken by a guarded update and ends by itself.
 */
import type { Desk, Work } from '../../guard/work.js';
import type { Unit } from '../../database/transact.js';
import type { DomainRow } from '../domains/domain.js';
import type { Registrar } from './registrar.js';
import { createOwnerRounds } from './owner-rounds.js';
import { leaseMs, type Leased } from './recording.js';
import { walk, type Walk } from './walk.js';
import type { TaskRow } from '../domains/task.js';

const atOnce = 4;

export interface RegistrarWorkerOptions {
  readonly desk: Desk;
  readonly registrar: Registrar;
  /** A unit of work that the desk does by itself. */
  readonly workOf: (unit: Unit) => Work;
  /** Between 0 and 1, for jitter. */
  readonly chance: () => number;
  readonly onError: (error: unknown) => void;
}

export interface RegistrarWorker {
  /** Takes everything that is due now, and once an hour asks about owners' addresses; answers how many tasks it took. */
  round(): Promise<number>;
  /** Looks again every `everyMs`. */
  start(everyMs: number): void;
  /** Ends after the tasks in hand. */
  stop(): Promise<void>;
}

export function createRegistrarWorker(options: RegistrarWorkerOptions): RegistrarWorker {
  const { desk, registrar, workOf, chance, onError } = options;
  const { database, clock, secrets } = desk;
  const write: Walk['write'] = (run) => database.transact((unit) => run(workOf(unit)));
  const way: Walk = { registrar, secrets, write, chance };
  const owners = createOwnerRounds({ desk, registrar, write });
  let stopping = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** Due tasks, leased to this process; one whose lease ran out (a crash) is taken over. */
  async function lease(): Promise<Leased[]> {
    const now = clock();
    const due = {
      port: 'gandi',
      state: { in: ['waiting', 'uncertain'] },
      dueAt: { lte: now },
      OR: [{ leasedUntil: null }, { leasedUntil: { lte: now } }],
    };
    // most rounds find nothing: that costs a read, not a write
    if ((await database.read((tx) => tx.registrarTask.count({ where: due, take: 1 }))) === 0) return [];
    return database.transact(async ({ tx }) => {
      const rows = await tx.registrarTask.findMany({
        where: due,
        orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
        take: atOnce,
      });
      await tx.registrarTask.updateMany({
        where: { id: { in: rows.map(({ id }) => id) }, ...due },
        data: { leasedUntil: new Date(now.getTime() + leaseMs), attempts: { increment: 1 } },
      });
      const domains = await tx.domain.findMany({ where: { id: { in: rows.map(({ domainId }) => domainId) } } });
      const customers = await tx.customer.findMany({
        where: { id: { in: domains.map(({ customerId }) => customerId) } },
      });
      return rows.flatMap((row) => {
        const domain = domains.find(({ id }) => id === row.domainId);
        const customer = customers.find(({ id }) => id === domain?.customerId);
        if (!domain || !customer) return [];
        return [{ task: { ...row, attempts: row.attempts + 1 } as TaskRow, domain: domain as DomainRow, customer }];
      });
    });
  }

  async function round(): Promise<number> {
    let count = 0;
    for (let leased = await lease(); leased.length > 0; leased = stopping ? [] : await lease()) {
      count += leased.length;
      // one that can't be recorded keeps its lease, and is asked about when that ends
      await Promise.all(leased.map((one) => walk(way, one).catch(onError)));
    }
    if (!stopping) await owners.round().catch(onError);
    return count;
  }

  return {
    round,
    start(everyMs) {
      const once = () => {
        running ??= round()
          .then(() => undefined, onError)
          .finally(() => {
            running = undefined;
          });
      };
      timer = setInterval(once, everyMs);
      once();
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
