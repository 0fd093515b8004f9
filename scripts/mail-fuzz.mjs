/**
 * `npm run mail:fuzz -- --count 100000 [--seed N]`: so many odd mails, made from the corpus in test/fixtures/mail, through
 * parsing, hygiene, proof and the reading of forms. Prints the seed first, so that a run can be had again, then what the
 * slowest cost and how far memory grew; fails on a crash, on more than 2 s for one mail, and on more than 200 MB.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';
import { ready, root } from './ready.mjs';

/** Five hundred mails take some seconds; a mail that hangs takes for ever. */
const silentAtMostMs = 120_000;

const whole = (text) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : undefined);
const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } }, strict: false });
const count = values.count === undefined ? 100_000 : whole(values.count);
const seed = values.seed === undefined ? randomInt(2 ** 29) : whole(values.seed);
if (count === undefined || seed === undefined) {
  console.error('npm run mail:fuzz -- [--count N] [--seed N]');
  process.exit(2);
}

await ready();
console.log(`${count} odd mails, seed ${seed}`);
const run = ['--import', './test/servers/typescript.mjs', join('test', 'mail', 'fuzz-run.ts'), seed, count].map(String);
const child = spawn(process.execPath, run, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
const ended = once(child, 'exit');
let done = 0;
const hung = setTimeout(() => {
  console.error(`hung after ${done} mails: npm run mail:fuzz -- --seed ${seed} --count ${done + 500}`);
  child.kill('SIGKILL');
}, silentAtMostMs);
for await (const line of createInterface({ input: child.stdout })) {
  hung.refresh();
  const said = JSON.parse(line);
  if (said.ends) report(said);
  else done = said.done;
  if (done % 10_000 === 0 && !said.ends) console.log(`  ${done}`);
}
clearTimeout(hung);
const [code] = await ended;
process.exitCode = code === 0 ? 0 : 1;

function report({ slowestMs, growthMb, ends }) {
  console.log(`slowest mail ${slowestMs} ms (2000 at most), memory grew by ${growthMb} MB (200 at most)`);
  const most = Object.entries(ends).sort(([, a], [, b]) => b - a);
  console.log(most.map(([end, many]) => `${many} ${end}`).join(', '));
}
