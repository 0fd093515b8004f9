/** The other end of worker.ts, in a thread of its own: imports a job's module and does what is asked, one at a time. */
import { parentPort } from 'node:worker_threads';
import type { JobModule, ThreadMessage } from './worker.js';

const say = (said: ThreadMessage): void => parentPort?.postMessage(said);

async function work({ module, input }: { module: string; input: never }): Promise<void> {
  try {
    const { default: job } = (await import(module)) as JobModule;
    say({ kind: 'done', output: await job(input) });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'threw', name, message, stack });
  }
}

parentPort?.on('message', (asked: { module: string; input: never }) => void work(asked));
say({ kind: 'ready' });
