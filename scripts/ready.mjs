/**
 * Makes the clone ready to run: packages installed, database clients generated, TypeScript built; each only when what
 * it is made from has changed. Safe when several processes begin at once.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...path) => join(root, ...path);

/** Contents, not times: a fresh clone and a touched file are no reason to build. */
function digest(...paths) {
  const hash = createHash('sha256').update(process.versions.modules);
  const walk = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (name !== 'generated') walk(join(path, name));
    } else hash.update(path.slice(root.length)).update(readFileSync(path));
  };
  for (const path of paths) walk(at(path));
  return hash.digest('hex');
}

const fresh = (stamp, value) => existsSync(at(stamp)) && readFileSync(at(stamp), 'utf8') === value;

function run(what, command, args, { quiet }) {
  if (!quiet) process.stdout.write(`${what} …\n`);
  // npm and tsc talk on stdout, which belongs to the answer of whoever called us
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'development' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  process.stderr.write(`${what} failed:\n${result.stdout}${result.stderr}\n`);
  process.exit(1);
}

/** One process prepares, the others wait; a lock whose owner is gone is taken over. */
async function locked(work) {
  const lock = at('node_modules.lock');
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = existsSync(join(lock, 'pid')) ? Number(readFileSync(join(lock, 'pid'), 'utf8')) : 0;
      if (owner && !alive(owner)) rmSync(lock, { recursive: true, force: true });
      await pause(200);
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const steps = [
  {
    stamp: 'node_modules/.installed',
    of: () => digest('package-lock.json'),
    make: (options) =>
      run(
        'Installing packages (a few minutes the first time)',
        'npm',
        ['ci', '--include=dev', '--no-audit', '--no-fund'],
        options,
      ),
  },
  {
    stamp: 'dist/.built',
    of: () =>
      digest('src', 'prisma', 'tsconfig.json', 'tsconfig.build.json', 'scripts/database.mjs', 'package-lock.json'),
    make: (options) => {
      run('Making the database clients', process.execPath, ['scripts/database.mjs', 'generate'], options);
      rmSync(at('dist'), { recursive: true, force: true });
      run('Building', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], options);
    },
  },
];

/** Does what is needed, and nothing when nothing is. */
export async function ready(options = {}) {
  if (steps.every(({ stamp, of }) => fresh(stamp, of()))) return;
  await locked(() => {
    for (const { stamp, of, make } of steps) {
      if (fresh(stamp, of())) continue;
      make(options);
      writeFileSync(at(stamp), of());
    }
  });
}
