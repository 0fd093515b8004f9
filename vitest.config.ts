import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/servers/setup.ts'],
    pool: 'forks',
    // on two cores vitest would use one: much of a test here is waiting for a server
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--import', new URL('./test/servers/threads.mjs', import.meta.url).href],
    // on a shared CI machine a real server may stumble once; a defect fails twice
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
