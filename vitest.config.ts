import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Those with real servers of their own and little time, and one whose stand-in must come before the real package, and one that counts from one. */
const apart = ['test/{mail,e2e}/**/*.test.ts', 'test/web/sign-in-hostile.test.ts', 'test/core/golden.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/servers/setup.ts'],
    pool: 'forks',
    // on two cores vitest would use one: much of a test here is waiting for a server
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['threads', 'warnings'].flatMap((name) => [
      '--import',
      new URL(`./test/servers/${name}.mjs`, import.meta.url).href,
    ]),
    // on a shared CI machine a real server may stumble once; a defect fails twice
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        // a file's own modules are its own all the same; packages stay loaded for the next: a third of the time less
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: apart, isolate: false },
      },
      { extends: true, test: { name: 'apart', include: apart } },
    ],
  },
});
