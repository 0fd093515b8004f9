/**
 * The manufacturer's register: a million devices imported beside bare inserts of the same rows, what others wait for
 * meanwhile and how much memory it takes beyond the file, then `device check` on all of them. `GUICHET_DEVICES=100000`
 * makes it smaller.
 */
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import type { Caller } from '../../src/core/guard/identity.js';
import { benchDesk, type BenchDesk } from './desk.js';
import { quantile, rounded, tell } from './measure.js';

const devices = Number(process.env['GUICHET_DEVICES'] ?? 1_000_000);
/** Of a transaction, as the command has them. */
const rowsInAPart = 1_000;
const checks = 500;
const askedEveryMs = 50;

const byte = (n: number, shift: number): string => ((n >>> shift) & 255).toString(16).toUpperCase().padStart(2, '0');
const macOf = (n: number): string => `02:4A:${byte(n, 24)}:${byte(n, 16)}:${byte(n, 8)}:${byte(n, 0)}`;
/** Code IDs come in no order. */
const codeOf = (n: number): string => `WS-${String((n * 7_919) % 1_000_000_007).padStart(10, '0')}`;
const modelOf = (n: number): string => `Serveur web ${n % 9}`;

function register(): Buffer {
  const pieces = [Buffer.from('code-id;mac;model\n')];
  for (let from = 0; from < devices; from += 10_000) {
    const some = Array.from({ length: Math.min(10_000, devices - from) }, (_, at) => from + at);
    pieces.push(Buffer.from(some.map((n) => `${codeOf(n)};${macOf(n)};${modelOf(n)}\n`).join('')));
  }
  return Buffer.concat(pieces);
}

/** Rows a second of prepared inserts into the same table with its two indexes, in transactions of the same size. */
function floor(): number {
  const dir = mkdtempSync(join(tmpdir(), 'guichet-bench-floor-'));
  const Database = createRequire(import.meta.url)('better-sqlite3') as typeof Sqlite;
  const database = new Database(join(dir, 'floor.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`CREATE TABLE "ManufacturedDevice" ("codeKey" TEXT NOT NULL PRIMARY KEY, "codeId" TEXT NOT NULL,
    "mac" TEXT NOT NULL, "model" TEXT, "createdAt" DATETIME NOT NULL, "updatedAt" DATETIME NOT NULL);
    CREATE UNIQUE INDEX "ManufacturedDevice_mac_key" ON "ManufacturedDevice"("mac")`);
  const insert = database.prepare('INSERT INTO "ManufacturedDevice" VALUES (?, ?, ?, ?, ?, ?)');
  const at = new Date().toISOString();
  const part = database.transaction((from: number) => {
    for (let n = from; n < Math.min(devices, from + rowsInAPart); n += 1)
      insert.run(codeOf(n), codeOf(n), macOf(n), modelOf(n), at, at);
  });
  const began = performance.now();
  for (let from = 0; from < devices; from += rowsInAPart) part.immediate(from);
  const rate = (devices / (performance.now() - began)) * 1_000;
  database.close();
  rmSync(dir, { recursive: true, force: true });
  return rate;
}

const operator: Caller = { kind: 'operator' };
const reseller: Caller = { kind: 'address', email: 'rev@domotique.example' };

/** How long one answer takes; throws unless it is done. */
async function answered(desk: BenchDesk, command: string, input: Record<string, string>): Promise<number> {
  const began = performance.now();
  await desk.run(command, input, { caller: reseller });
  return performance.now() - began;
}

/** Asks for the account every 50 ms, and changes something every fifth time, until it is told to stop. */
function asking(desk: BenchDesk): { readonly reads: number[]; readonly writes: number[]; stop(): Promise<void> } {
  const [reads, writes]: [number[], number[]] = [[], []];
  const under: Promise<unknown>[] = [];
  let asked = 0;
  const timer = setInterval(() => {
    asked += 1;
    const write = asked % 5 === 0;
    under.push(
      write
        ? answered(desk, 'account edit', { phone: `+3361234${String(asked % 10_000).padStart(4, '0')}` }).then((ms) =>
            writes.push(ms),
          )
        : answered(desk, 'account show', {}).then((ms) => reads.push(ms)),
    );
  }, askedEveryMs);
  return {
    reads,
    writes,
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
    },
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

async function imported(desk: BenchDesk, content: Buffer): Promise<void> {
  const firstFloor = floor();
  const idle = asking(desk);
  await new Promise((done) => setTimeout(done, 3_000));
  await idle.stop();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const others = asking(desk);
  const file = { name: 'register.csv', type: 'text/csv', content };
  const began = performance.now();
  const request = {
    door: 'terminal',
    caller: operator,
    command: 'device import',
    input: { file, yes: 'yes' },
  } as const;
  const outcome = await desk.open.dispatcher.dispatch(request);
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(watch);
  await others.stop();
  if (!outcome.ok || outcome.data['added'] !== devices) throw new Error(JSON.stringify(outcome));
  // before and after: the machine's own speed swings
  const least = (firstFloor + floor()) / 2;
  const than = 'bare inserts into the same table';
  const ours = devices / seconds;
  const said = { bench: 'devices', than } as const;
  tell({
    ...said,
    figure: `${devices} devices imported`,
    ...{
      unit: 's',
      ours: rounded(seconds),
      floor: rounded(devices / least),
      ratio: rounded((seconds * least) / devices),
    },
  });
  tell({
    ...said,
    figure: 'rows a second',
    ...{ unit: 'rows/s', ours: Math.round(ours), floor: Math.round(least), ratio: rounded(ours / least) },
  });
  tell({
    ...{
      bench: 'devices',
      figure: `memory beyond the file (${megabytes(content.length)} MB), at its most`,
      unit: 'MB',
    },
    ours: megabytes(most - before),
  });
  for (const [figure, name] of [
    ['account show', 'reads'],
    ['account edit', 'writes'],
  ] as const) {
    const [ours, alone] = [quantile(others[name], 0.95), quantile(idle[name], 0.95)];
    tell({
      ...{ bench: 'devices', figure: `${figure} during the import, p95 of ${others[name].length}`, unit: 'ms' },
      ...{ ours: rounded(ours), floor: rounded(alone), than: 'before it', ratio: rounded(ours / alone) },
    });
  }
}

/** The answer to a check: by a hundred installers, so that none comes to its limit of an hour. */
async function checked(desk: BenchDesk): Promise<void> {
  if (!desk.open.dispatcher.registry.find('device check')) return;
  const installers = Array.from({ length: Math.ceil(checks / 5) }, (_, at) => `poseur-${at}@installation.example`);
  for (const email of installers)
    await desk.open.dispatcher.dispatch({
      ...{ door: 'mail', caller: { kind: 'address', email }, command: 'installer register' },
      input: { 'last-name': 'Petit', 'first-name': 'Ève', company: `Pose ${email}`, phone: '+33612345678' },
    });
  const times: number[] = [];
  for (let at = 0; at < checks; at += 1) {
    const n = (at * 104_729) % devices;
    const input = {
      'code-id': codeOf(n),
      mac: macOf(n),
      'web-address': 'http://serveur.example',
      email: `c-${at}@maison.example`,
    };
    const caller: Caller = { kind: 'address', email: installers[at % installers.length] ?? '' };
    const began = performance.now();
    const outcome = await desk.open.dispatcher.dispatch({ door: 'mail', caller, command: 'device check', input });
    times.push(performance.now() - began);
    if (outcome.code !== 'device.checked') throw new Error(JSON.stringify(outcome));
  }
  const figure = `device check with ${devices} in the register, p95 of ${checks}`;
  tell({ ...{ bench: 'devices', figure, unit: 'ms' }, ours: rounded(quantile(times, 0.95)) });
}

const desk = await benchDesk();
await desk.run('reseller register', {
  ...{ email: 'rev@domotique.example', 'last-name': 'Martin', 'first-name': 'Zoé', company: 'Domotique' },
});
await imported(desk, register());
await checked(desk);
await desk.close();
