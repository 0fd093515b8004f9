import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  WorkerFault,
  createWorkerThreads,
  type WorkerThreads,
  type WorkerThreadsOptions,
  type Job,
} from '../../src/core/threads/worker.js';

type Work = typeof import('./aside-work.js');
const job: Job<Work> = { module: new URL('./aside-work.js', import.meta.url), timeMs: 20_000, heapMb: 64 };
const short = { ...job, timeMs: 200 };

const opened: WorkerThreads[] = [];
function open(options?: WorkerThreadsOptions): WorkerThreads {
  const aside = createWorkerThreads(options);
  opened.push(aside);
  return aside;
}
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((aside) => aside.close()));
});

const why = (running: Promise<unknown>) =>
  running.then(
    () => 'done',
    (error: unknown) => (error instanceof WorkerFault ? error.why : error),
  );

describe('a job put aside', () => {
  test('comes back, and the thread stays warm for the next', async () => {
    const aside = open({ workers: 1 });
    const { bytes, threadId } = await aside.run(job, { do: 'double', bytes: new Uint8Array([1, 2, 100]) });
    expect(bytes).toEqual(new Uint8Array([2, 4, 200]));
    expect(threadId).toBeGreaterThan(0);
    expect((await aside.run(job, { do: 'where' })).threadId).toBe(threadId);
  });

  test('runs beside others, as many as there may be threads, the rest in turn', async () => {
    const aside = open({ workers: 2 });
    const ids = await Promise.all(Array.from({ length: 12 }, () => aside.run(job, { do: 'where' })));
    expect(new Set(ids.map(({ threadId }) => threadId)).size).toBe(2);
  });

  test('throws its own error, and the thread goes on', async () => {
    const aside = open({ workers: 1 });
    const { threadId } = await aside.run(job, { do: 'where' });
    await expect(aside.run(job, { do: 'throw' })).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
    });
    await expect(aside.run(job, { do: 'uncloneable' })).rejects.toMatchObject({ name: 'DataCloneError' });
    await expect(aside.run(job, { do: 'double', bytes: (() => 1) as never })).rejects.toMatchObject({
      name: 'DataCloneError',
    });
    await expect(aside.run({ ...job, module: new URL('./nowhere.js', import.meta.url) }, {} as never)).rejects.toThrow(
      /nowhere/,
    );
    expect((await aside.run(job, { do: 'where' })).threadId).toBe(threadId);
  });

  test.each(['spin', 'match', 'hang'] as const)('is ended when it takes too long: %s', async (what) => {
    const aside = open({ workers: 1 });
    const { threadId } = await aside.run(job, { do: 'where' });
    const [fault, after] = await Promise.all([why(aside.run(short, { do: what })), aside.run(job, { do: 'where' })]);
    expect(fault).toBe('time');
    expect(after.threadId).not.toBe(threadId);
  });

  test('is ended when it takes too much memory', async () => {
    const aside = open({ workers: 1 });
    expect(await why(aside.run(job, { do: 'fill' }))).toBe('memory');
    expect(await why(aside.run(job, { do: 'where' }))).toBe('done');
  });

  test('that ends its thread is lost alone', async () => {
    const aside = open({ workers: 1 });
    const running = [aside.run(job, { do: 'exit' }), aside.run(job, { do: 'where' })];
    expect(await Promise.all(running.map(why))).toEqual(['lost', 'done']);
  });

  test('with another bound gets a thread of its own, in the place of an idle one', async () => {
    const aside = open({ workers: 1 });
    const { threadId } = await aside.run(job, { do: 'where' });
    expect((await aside.run({ ...job, heapMb: 96 }, { do: 'where' })).threadId).not.toBe(threadId);
  });

  test('sees no environment', async () => {
    expect((await open().run(job, { do: 'environment' })).environment).toEqual([]);
  });
});

test('closing fails what is under way, what waits, and what comes later', async () => {
  const aside = open({ workers: 1 });
  await aside.run(job, { do: 'where' });
  const running = [aside.run(job, { do: 'spin' }), aside.run(job, { do: 'where' })].map(why);
  await aside.close();
  expect(await Promise.all(running)).toEqual(['closed', 'closed']);
  expect(await why(aside.run(job, { do: 'where' }))).toBe('closed');
});

test('an idle thread is ended after a while, and the next job gets a new one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const aside = open({ workers: 1 });
  const where = async () => (await aside.run(job, { do: 'where' })).threadId;
  const first = await where();
  vi.advanceTimersByTime(200_000);
  expect(await where()).toBe(first);
  vi.advanceTimersByTime(300_000);
  expect(await where()).not.toBe(first);
});

test('a job keeps its process alive, an idle thread does not', () => {
  const program = `
    import { createWorkerThreads } from './src/core/threads/worker.js';
    const job = { module: new URL('./test/core/aside-work.js', 'file://${process.cwd()}/'), timeMs: 20_000, heapMb: 64 };
    const { threadId } = await createWorkerThreads().run(job, { do: 'where' });
    console.log(threadId > 0);`;
  const args = ['--import', './test/servers/typescript.mjs', '--input-type=module', '-e', program];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })).toBe('true\n');
});
