// `npm run docs`: writes docs/commands.md from the commands.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready, root } from './ready.mjs';

await ready({ quiet: true });
const [{ reference }, { commands }] = await Promise.all([
  import('../dist/core/reference.js'),
  import('../dist/core/programmes/index.js'),
]);
writeFileSync(join(root, 'docs/commands.md'), reference(commands));
