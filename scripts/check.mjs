/** `npm run check`: types, lint (with the import table) and format. `npm test` begins with it. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { ready, root } from './ready.mjs';

const commands = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
];

/** Runs each check and answers how it went; what it says goes to the terminal. */
export function* checks() {
  for (const { name, args } of commands)
    yield { name, ok: spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ready();
  for (const { name, ok } of checks()) {
    console.log(`${ok ? '✓' : '✗'} ${name}`);
    if (!ok) process.exitCode = 1;
  }
}
