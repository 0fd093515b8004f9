/** Memory and start time of whole processes: started, waited for until they say `ready`, looked at, ended. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root } from './desk.js';
import { startDoubleChild } from './double-child.js';
import { median, rounded, tell } from './measure.js';

const rounds = 5;
/** What was needed only to start is let go by then. */
const settleMs = 1_500;

interface Started {
  readonly startMs: number;
  readonly residentMb: number;
}

const dir = mkdtempSync(join(tmpdir(), 'guichet-footprint-'));
const double = await startDoubleChild();
const base = {
  ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
  ...{ DATA_DIR: dir, DATABASE_URL: `file:${join(dir, 'guichet.db')}`, LOG_LEVEL: 'silent', NODE_ENV: 'production' },
  ...{ HTTP_LISTEN: '127.0.0.1:0', SMTP_LISTEN: '127.0.0.1:0' },
};
const discord = { DISCORD_TOKEN: double.token, DISCORD_GUILD_ID: double.guildId, DISCORD_API: double.api };

const residentMb = (child: ChildProcess): number =>
  Number(spawnSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' }).stdout) / 1024;

async function stays(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Started> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let startMs = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'ready') continue;
    startMs = performance.now() - began;
    break;
  }
  await pause(settleMs);
  const resident = residentMb(child);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return { startMs, residentMb: resident };
}

async function ends(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - began;
}

const bare = fileURLToPath(new URL('./bare-client.mjs', import.meta.url));
// this process was given the options of `npm start`
const start = [...process.execArgv.filter((option) => option.startsWith('--max-')), 'scripts/start.mjs'];
const processes = {
  floor: () => stays([bare, double.api, double.token], base),
  'our bot (ROLES=bot)': () => stays(start, { ...base, ...discord, ROLES: 'bot' }),
  'the whole desk, no Discord': () => stays(start, base),
  'the whole desk with its bot': () => stays(start, { ...base, ...discord }),
};
type Name = keyof typeof processes;
const names = Object.keys(processes) as Name[];

const seen = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Started[]>;
const lines: { node: number; help: number }[] = [];
await processes['our bot (ROLES=bot)']();
for (let round = 0; round < rounds; round += 1) {
  for (const name of names) seen[name].push(await processes[name]());
  lines.push({ node: await ends(['-e', '0'], base), help: await ends(['bin/guichet.mjs', 'help'], base) });
}
for (const [unit, of] of [
  ['ms', 'startMs'],
  ['MB', 'residentMb'],
] as const) {
  const middle = (values: readonly number[]) => rounded(median(values));
  for (const name of names) {
    if (name === 'floor') continue;
    const ratios = seen[name].map((one, at) => one[of] / (seen.floor[at]?.[of] ?? Number.NaN));
    const floor = middle(seen.floor.map((one) => one[of]));
    const ours = middle(seen[name].map((one) => one[of]));
    const bench = of === 'startMs' ? 'start to ready' : 'resident memory';
    tell({ bench, figure: name, unit, ours, floor, ratio: middle(ratios), than: 'a bare discord.js client' });
  }
}
const middle = (of: (one: (typeof lines)[number]) => number) => rounded(median(lines.map(of)));
const terminal = {
  ours: middle((one) => one.help),
  floor: middle((one) => one.node),
  ratio: middle((one) => one.help / one.node),
};
tell({ bench: 'terminal, start to end', figure: 'guichet help', unit: 'ms', ...terminal, than: 'node -e 0' });
double.close();
rmSync(dir, { recursive: true, force: true });
