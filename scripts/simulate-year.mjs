/** `npm run simulate:year`: a year of renewals with an injected clock, printed as a table and judged (docs/domains.md). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ready, root } from './ready.mjs';

await ready();
const args = [
  '--import',
  './test/servers/typescript.mjs',
  join('test', 'simulate', 'main.ts'),
  ...process.argv.slice(2),
];
const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
