// Preloaded into each test process: threads that our sources start there can load TypeScript too. Vitest itself does it
// for everything else, so nothing is hooked in the main thread.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) await import('./typescript.mjs');
