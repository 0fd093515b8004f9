/**
 * The only way to write. Units of work waiting at the same moment share one transaction, each in a savepoint of its own;
 * what all of them leave (audit, outbox, stored answers) is then written by one statement a table.
 *
 * Why: one commit costs more than a small command's own statements, and SQLite has one writer anyway. Tried on one
 * machine with 64 declarations in flight, as a share of what the bare rows cost (docs/performance.md): a transaction each
 * 0.33, shared 0.72. The first statement is always a write (the audit chain's lock): SQLite then never
 * has to upgrade a read snapshot, and on PostgreSQL writers queue instead of deadlocking.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { appendAudit, lockChain, type AuditEvent } from './audit.js';
import { isBusy, type Connection, type Tx } from './connect.js';
import { enqueue, type Dispatchable } from './outbox.js';
import { insertRows } from './bulk-insert.js';
import type { RandomBytes, Secrets } from '../secrets/secrets.js';

/** A stored first answer (X4). */
export interface AnswerRow {
  readonly personId: number;
  readonly command: string;
  readonly key: string;
  readonly contentHash: string;
  /** Encrypted. */
  readonly answer: string;
  readonly createdAt: Date;
}

/** What a unit of work leaves besides its own rows; dropped when the unit fails. */
export interface Leaves {
  readonly audit: AuditEvent[];
  readonly outbox: Dispatchable[];
  readonly answers: AnswerRow[];
}

export interface Unit {
  readonly tx: Tx;
  readonly leaves: Leaves;
  /** First answers of the units before it in the same transaction: no statement sees them yet. */
  readonly answered: readonly AnswerRow[];
  /** Called once the transaction is committed, never otherwise. */
  afterCommit(run: () => void): void;
}

export interface Database {
  readonly provider: 'sqlite' | 'postgresql';
  /** Runs `work` in a transaction and answers once it is committed; what it throws rolls back this unit alone. */
  transact<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Reads one consistent state; a write in it fails. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Called after every commit that put something in the outbox. */
  onOutbox(run: () => void): void;
  /** Ends after the work in hand. */
  close(): Promise<void>;
}

interface Waiting {
  readonly work: (unit: Unit) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Reading {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Ended = { readonly waiting: Waiting; readonly callbacks: readonly (() => void)[] } & (
  { readonly value: unknown } | { readonly error: unknown }
);

// Beyond 64 a batch's latency grows and its cost a unit no longer falls.
const unitsAtMost = 64;
/** Of writers fewer: a shared transaction holds the thread for its length, and answers leave between two of them. */
const writersAtMost = 48;
const retriesForMs = 30_000;
const transactionLimits = { maxWait: 30_000, timeout: 60_000 };

export interface TransactOptions {
  readonly secrets: Secrets;
  readonly random: RandomBytes;
  readonly clock: () => Date;
  /** Right-hand side of our Message-IDs. */
  readonly mailDomain: string;
}

/** Tells of a commit. It stands, whatever the listener does: an error here must not have the batch tried again. */
function announce(run: () => void): void {
  try {
    run();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

/** Wraps a connection; see the head of this file. */
export function createDatabase(connection: Connection, options: TransactOptions): Database {
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;
  const outboxListeners: (() => void)[] = [];
  const reads: Reading[] = [];
  let reading: Promise<void> | undefined;
  let closed = false;

  /** Reads that wait at the same moment see the same state, so on SQLite's one connection they share a transaction. */
  async function drainReads(): Promise<void> {
    for (let batch = reads.splice(0, unitsAtMost); batch.length > 0; batch = reads.splice(0, unitsAtMost)) {
      const shared = connection.read(async (tx) => {
        for (const { work, resolve, reject } of batch) await work(tx).then(resolve, reject);
      }, transactionLimits);
      // it could not begin or end: whoever has an answer keeps it
      await shared.catch((error: unknown) => batch.forEach(({ reject }) => reject(error)));
    }
    reading = undefined;
  }

  function readShared<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      reads.push({ work, resolve: resolve as (value: unknown) => void, reject });
      reading ??= turn().then(drainReads);
    });
  }

  async function attempt(
    tx: Tx,
    waiting: Waiting,
    { alone, answered }: { alone: boolean; answered: readonly AnswerRow[] },
  ): Promise<{ ended: Ended; leaves: Leaves }> {
    const leaves: Leaves = { audit: [], outbox: [], answers: [] };
    const callbacks: (() => void)[] = [];
    if (!alone) await tx.$executeRawUnsafe('SAVEPOINT unit');
    try {
      const value = await waiting.work({ tx, leaves, answered, afterCommit: (run) => void callbacks.push(run) });
      if (!alone) await tx.$executeRawUnsafe('RELEASE SAVEPOINT unit');
      return { ended: { waiting, callbacks, value }, leaves };
    } catch (error) {
      // Alone, the whole transaction rolls back; a busy database is tried again as a whole.
      if (alone || isBusy(error)) throw error;
      await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT unit');
      await tx.$executeRawUnsafe('RELEASE SAVEPOINT unit');
      return { ended: { waiting, callbacks: [], error }, leaves: { audit: [], outbox: [], answers: [] } };
    }
  }

  async function runBatch(batch: readonly Waiting[]): Promise<readonly Ended[]> {
    let mails = 0;
    const ended = await connection.write(async (tx) => {
      const head = await lockChain(tx);
      const all: { ended: Ended; leaves: Leaves }[] = [];
      const answered: AnswerRow[] = [];
      for (const waiting of batch) {
        const one = await attempt(tx, waiting, { alone: batch.length === 1, answered });
        answered.push(...one.leaves.answers);
        all.push(one);
      }
      const now = options.clock();
      await appendAudit(tx, head, { events: all.flatMap(({ leaves }) => leaves.audit), random: options.random });
      const outbox = all.flatMap(({ leaves }) => leaves.outbox);
      mails = outbox.length;
      await enqueue(tx, outbox, { secrets: options.secrets, now, mailDomain: options.mailDomain });
      await insertRows(
        tx,
        'StoredAnswer',
        answered.map((row) => ({ ...row })),
      );
      return all.map((one) => one.ended);
    }, transactionLimits);
    if (mails > 0) outboxListeners.forEach(announce);
    return ended;
  }

  /** A busy database is tried again with jitter, off the thread; anything else is the units' own error. */
  async function runPatiently(batch: readonly Waiting[]): Promise<readonly Ended[]> {
    const giveUpAt = performance.now() + retriesForMs;
    for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, 100)) {
      try {
        return await runBatch(batch);
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw error;
        await pause(waitMs / 2 + ((options.random(1)[0] ?? 0) / 255) * waitMs);
      }
    }
  }

  async function drain(): Promise<void> {
    for (let batch = queue.splice(0, writersAtMost); batch.length > 0; batch = queue.splice(0, writersAtMost)) {
      try {
        for (const ended of await runPatiently(batch)) {
          if ('error' in ended) ended.waiting.reject(ended.error);
          else {
            ended.callbacks.forEach(announce);
            ended.waiting.resolve(ended.value);
          }
        }
      } catch (error) {
        await alone(batch, error);
      }
    }
    // in the same turn as the last look at the queue, so that nobody waits unseen
    running = undefined;
  }

  /** The shared transaction itself failed: a unit that breaks it must not take the others along. */
  async function alone(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1) return batch[0]?.reject(error);
    for (const waiting of batch) {
      try {
        const [ended] = await runPatiently([waiting]);
        if (!ended || 'error' in ended) throw new Error('a unit alone ended without its error being thrown');
        ended.callbacks.forEach(announce);
        waiting.resolve(ended.value);
      } catch (own) {
        waiting.reject(own);
      }
    }
  }

  return {
    provider: connection.provider,
    transact<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(new Error('the database is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        // Started once everything that has come in was looked at (files read, messages, DNS), so that all who then
        // ask share the batch: 16 mails at a time end in 1.4 transactions each instead of seven.
        running ??= turn().then(drain);
      });
    },
    // the client would open itself again
    read: (work) => {
      if (closed) return Promise.reject(new Error('the database is closed'));
      // a failed statement ends a PostgreSQL transaction for everybody in it, and its pool reads side by side anyway
      return connection.provider === 'sqlite' ? readShared(work) : connection.read(work, transactionLimits);
    },
    onOutbox: (run) => void outboxListeners.push(run),
    async close() {
      closed = true;
      await running;
      await reading;
      await connection.close();
    },
  };
}
