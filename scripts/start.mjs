// `npm start`: everything from a fresh clone to a running desk, in one process, so that a signal reaches it.
import { ready } from './ready.mjs';

await ready();
const { main } = await import('../dist/main.js');
await main(process.argv.slice(2));
