/**
 * `npm run bench`: measures the built program and prints a JSON line a figure, then a table. Every figure stands beside a
 * floor measured in the same run. `npm run bench -- declarations mail` runs some of them; docs/performance.md explains.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ready, root } from './ready.mjs';

const all = ['declarations', 'bulk', 'mail', 'outbox', 'answers', 'orders', 'devices', 'footprint'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${all.join(', ')}`);
  process.exit(1);
}

await ready();
// measured as it runs: with the options that `npm start` gives Node
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const options = scripts.start.match(/--\S+/g) ?? [];
const figures = [];
for (const name of asked.length > 0 ? asked : all) {
  const args = [...options, '--import', './test/servers/typescript.mjs', join('test', 'bench', `${name}.ts`)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    if (line.startsWith('{')) figures.push(JSON.parse(line));
  }
  const [code] = await ended;
  if (code !== 0) process.exitCode = 1;
}

const [{ model } = { model: 'unknown processor' }] = cpus();
console.log(`\n${model}, ${cpus().length} cores, Node ${process.version}, ${process.platform}\n`);
console.log('| what | ours | floor | ours ÷ floor |');
console.log('| --- | ---: | ---: | ---: |');
for (const { bench, figure, unit, ours, floor, than, ratio } of figures) {
  const beside = floor === undefined ? '| –' : `${floor} ${unit} (${than}) | **${ratio}**`;
  console.log(`| ${bench}: ${figure} | ${ours} ${unit} | ${beside} |`);
}
