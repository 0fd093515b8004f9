/**
 * Work on what a stranger sent, put aside: it is done in a thread that can be ended, so that no mail and no table can hold
 * up the desk or fill its memory. A job is a module whose default export is the work; what goes in and comes out is copied
 * (the structured clone algorithm), so both are data. Threads start with the first job and stay warm for the next.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a job's module exports. */
export interface JobModule {
  readonly default: (input: never) => unknown;
}

/** A job: where its module is, and what it may cost. */
export interface Job<Module extends JobModule> {
  readonly module: URL;
  /** From the moment a thread begins with it; waiting for a thread and starting one do not count. */
  readonly timeMs: number;
  /** Of JavaScript objects. Buffers lie outside of it, so the input's size has to be bounded by whoever gives it. */
  readonly heapMb: number;
  /** Never there: it ties the types of the module to the job. */
  readonly types?: Module;
}

type InputOf<Module extends JobModule> = Parameters<Module['default']>[0];
type OutputOf<Module extends JobModule> = Awaited<ReturnType<Module['default']>>;

/** Why a job did not end by itself: it took too long, too much memory, its thread died, or the desk is stopping. */
export class WorkerFault extends Error {
  override name = 'WorkerFault';
  readonly why: 'time' | 'memory' | 'lost' | 'closed';
  constructor(why: WorkerFault['why'], options?: ErrorOptions) {
    super({ time: 'took too long', memory: 'took too much memory', lost: 'its thread died', closed: 'stopping' }[why], {
      ...options,
    });
    this.why = why;
  }
}

export interface WorkerThreads {
  /**
   * Does the job in a thread, as soon as one is free. What it throws arrives as an error of the same name and message and
   * nothing more, so expected failures are better returned.
   * @throws {WorkerFault} when the job had to be ended; the next job gets a new thread
   */
  run<Module extends JobModule>(job: Job<Module>, input: InputOf<Module>): Promise<OutputOf<Module>>;
  /** Ends every thread; jobs under way and waiting fail with `closed`, as do later ones. */
  close(): Promise<void>;
}

export interface WorkerThreadsOptions {
  /** Jobs at the same time. */
  readonly workers?: number;
  /** How long a thread is kept without work. */
  readonly idleMs?: number;
}

interface Task {
  readonly job: Job<JobModule>;
  readonly input: unknown;
  readonly done: (output: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** A thread. Busy while it has a task; its timer bounds the task, or else how long it idles. */
interface Hand {
  readonly worker: Worker;
  readonly heapMb: number;
  ready: boolean;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** What a thread says (worker-entry.ts). */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'threw'; readonly name: string; readonly message: string; readonly stack: string | undefined };

/** A machine that can't start a thread in this time is not going to. */
const startAtMostMs = 30_000;

/** A process starts no thread before its first job, and no idle thread keeps it alive. */
export function createWorkerThreads({ workers = 2, idleMs = 300_000 }: WorkerThreadsOptions = {}): WorkerThreads {
  const hands = new Set<Hand>();
  const waiting: Task[] = [];
  let closed = false;

  function next(): void {
    for (let task = waiting[0]; task; task = waiting[0]) {
      const hand = free(task.job.heapMb);
      if (!hand) return;
      waiting.shift();
      begin(hand, task);
    }
  }

  /** An idle thread with this bound; else a new one, in the place of an idle one if need be. */
  function free(heapMb: number): Hand | undefined {
    const idle = [...hands].filter(({ task }) => !task);
    const fit = idle.find((hand) => hand.heapMb === heapMb);
    if (fit) return fit;
    if (hands.size >= workers) {
      const [other] = idle;
      if (!other) return undefined;
      void end(other);
    }
    return start(heapMb);
  }

  function start(heapMb: number): Hand {
    const worker = new Worker(new URL('./worker-entry.js', import.meta.url), threadOptions(heapMb));
    const hand: Hand = { worker, heapMb, ready: false, task: undefined, timer: undefined };
    hands.add(hand);
    worker.on('message', (said: ThreadMessage) => hear(hand, said));
    worker.on('messageerror', (error) => lose(hand, new WorkerFault('lost', { cause: error })));
    worker.on('error', (error: Error & { code?: string }) =>
      lose(hand, new WorkerFault(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'lost', { cause: error })),
    );
    worker.on('exit', () => lose(hand, new WorkerFault('lost')));
    return hand;
  }

  function begin(hand: Hand, task: Task): void {
    hand.task = task;
    hand.worker.ref();
    if (hand.ready) give(hand, task);
    else bound(hand, startAtMostMs, () => lose(hand, new WorkerFault('lost')));
  }

  function give(hand: Hand, { job, input, failed }: Task): void {
    try {
      hand.worker.postMessage({ module: job.module.href, input });
      bound(hand, job.timeMs, () => lose(hand, new WorkerFault('time')));
    } catch (error) {
      // an input that can't be copied
      failed(error as Error);
      rest(hand);
    }
  }

  function hear(hand: Hand, said: ThreadMessage): void {
    const { task } = hand;
    if (!task || !hands.has(hand)) return;
    if (said.kind === 'ready') {
      hand.ready = true;
      return give(hand, task);
    }
    if (said.kind === 'done') task.done(said.output);
    else task.failed(Object.assign(new Error(said.message), { name: said.name, stack: said.stack }));
    rest(hand);
  }

  function rest(hand: Hand): void {
    hand.task = undefined;
    hand.worker.unref();
    bound(hand, idleMs, () => end(hand));
    hand.timer?.unref();
    next();
  }

  /** A thread that failed at its task is not used again: nobody knows what state it is in. */
  function lose(hand: Hand, fault: WorkerFault): void {
    if (!hands.has(hand)) return;
    void end(hand);
    hand.task?.failed(fault);
    hand.task = undefined;
    next();
  }

  function end(hand: Hand): Promise<unknown> {
    hands.delete(hand);
    clearTimeout(hand.timer);
    return hand.worker.terminate();
  }

  return {
    run: <Module extends JobModule>(job: Job<Module>, input: InputOf<Module>) =>
      new Promise<OutputOf<Module>>((resolve, reject) => {
        if (closed) return reject(new WorkerFault('closed'));
        waiting.push({ job, input, done: (output) => resolve(output as OutputOf<Module>), failed: reject });
        next();
      }),
    async close() {
      closed = true;
      for (const { failed } of waiting.splice(0)) failed(new WorkerFault('closed'));
      const ending = [...hands].map((hand) => {
        const ended = end(hand);
        hand.task?.failed(new WorkerFault('closed'));
        return ended;
      });
      await Promise.all(ending);
    },
  };
}

function bound(hand: Hand, ms: number, over: () => unknown): void {
  clearTimeout(hand.timer);
  hand.timer = setTimeout(over, ms);
}

/** A thread gets no environment: it has no business with the desk's secrets. */
const threadOptions = (heapMb: number): WorkerOptions => ({
  env: {},
  name: 'aside',
  resourceLimits: { maxOldGenerationSizeMb: heapMb },
});
