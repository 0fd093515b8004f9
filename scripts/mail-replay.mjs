/**
 * `npm run mail:replay -- DIR [--json]`: what the desk would do with each `.eml` file below DIR, a line each. The mails go
 * to a throw-away desk as if over its own listener, so each From address is believed; nothing leaves and nothing is kept.
 * Exit 0 if each mail was answered, ignored or held, 1 if one was not, 2 for a DIR without mails. docs/operations.md
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { ready, root } from './ready.mjs';

const address = 'guichet@localhost';
/** What a mailbox would hand over of a larger one: enough to see that it is too large. */
const mostBytes = 26 * 1024 * 1024;
const keptBytes = 256 * 1024 * 1024;
const minuteMs = 60_000;

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const [dir] = positionals;
if (dir === undefined || positionals.length > 1) leave('npm run mail:replay -- DIR [--json]');
const folder = resolve(dir);
const files = mailsIn(folder);
const first = await files.next().catch((error) => leave(`${folder}: ${error.message}`));
if (first.done) leave(`${folder}: no .eml file in it`);

// stdout is for the lines
await ready({ quiet: true });
const data = mkdtempSync(join(tmpdir(), 'guichet-replay-'));
let stopped = false;
process.once('SIGINT', () => (stopped = true));
// whoever read us has seen enough
process.stdout.once('error', () => (stopped = true));
const counts = { answered: 0, ignored: 0, held: 0, failed: 0 };
try {
  const desk = await openDesk(data);
  for (let file = first.value; file !== undefined && !stopped; file = (await files.next()).value) {
    const line = await replayed(file, desk);
    counts[line.outcome] += 1;
    say(line);
  }
  await desk.close();
} finally {
  rmSync(data, { recursive: true, force: true });
}
if (!values.json) {
  const total = Object.values(counts).reduce((sum, one) => sum + one);
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  console.error(`${total} mails: ${parts.map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`);
}
process.exitCode = stopped || counts.failed > 0 ? 1 : 0;

function leave(text) {
  console.error(text);
  process.exit(2);
}

/** Every `.eml` file, folder by folder in the order of their names. */
async function* mailsIn(place) {
  const entries = await readdir(place, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(place, entry.name);
    if (entry.isDirectory()) yield* mailsIn(path);
    else if (/\.eml$/i.test(entry.name)) yield path;
  }
}

async function openDesk(dataDir) {
  const [{ openDesk: openBuilt }, { createMailbox }, { createReception }] = await Promise.all([
    import('../dist/core/open.js'),
    import('../dist/core/ports/mailbox.js'),
    import('../dist/mail/reception.js'),
  ]);
  let now = Date.now();
  const built = await openBuilt(
    {
      ...{ ROOT: root, DATA_DIR: dataDir, DATABASE_URL: `file:${join(dataDir, 'guichet.db')}` },
      ...{ CATALOGUE: join(root, 'catalogue'), PUBLIC_URL: 'http://127.0.0.1:8080', MAIL_FROM: address },
      ...{ LOCALE: 'fr', TIME_ZONE: 'Europe/Paris' },
    },
    { onFault: ({ error }) => console.error(error), clock: () => new Date(now) },
  );
  const asked = [];
  const dispatcher = {
    ...built.dispatcher,
    async dispatch(request) {
      const outcome = await built.dispatcher.dispatch(request);
      // without a key it is the reception's own question, not a form
      if (request.key !== undefined) asked.push(`${request.command}: ${outcome.code}`);
      return outcome;
    },
  };
  const log = { debug() {}, info() {}, warn() {}, error: (...said) => console.error(...said) };
  const trust = { trustLoopback: true };
  const receive = createReception({ dispatcher, mailbox: createMailbox(built.desk), address, trust, log });
  return { ...built, receive, asked, next: () => (now += minuteMs), kept: 0 };
}

async function replayed(path, desk) {
  const file = relative(folder, path);
  desk.asked.length = 0;
  // a sender gets sixty answers an hour; here nobody shall have to wait
  desk.next();
  try {
    const raw = await read(path);
    const memory = watchMemory();
    const began = performance.now();
    const outcome = await desk.receive(arrivalOf(raw)).finally(() => memory.stop());
    const ms = performance.now() - began;
    const reason = await reasonOf(raw, desk);
    await letGo(desk, raw.length);
    return { file, outcome, reason, ms: round(ms), mb: round(memory.mb()) };
  } catch (error) {
    return { file, outcome: 'failed', reason: error.message, ms: 0, mb: 0 };
  }
}

/** Why a mail was ignored or held; of an answered one its commands and what became of them. */
async function reasonOf(raw, { connection, asked }) {
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const row = await connection.reader.inboundMail.findFirst({ where: { sha256 }, orderBy: { id: 'desc' } });
  return row?.reason ?? (asked.length > 0 ? asked.join(', ') : 'no command');
}

/** Two gigabytes of mails are not to be on the disk twice. */
async function letGo(desk, bytes) {
  desk.kept += bytes;
  if (desk.kept < keptBytes) return;
  desk.kept = 0;
  const later = new Date(Date.now() + 86_400_000);
  for (const store of [desk.desk.rawMail, desk.desk.documents]) await store.prune(later, new Set());
}

async function read(path) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const raw = Buffer.alloc(Math.min(size, mostBytes));
    let length = 0;
    for (let got = 1; got > 0 && length < raw.length; length += got)
      got = (await file.read(raw, length, raw.length - length, length)).bytesRead;
    return raw.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** As the listener would hand it over; the envelope sender is the return path, where the file has one. */
function arrivalOf(raw) {
  const head = raw.toString('latin1', 0, Math.min(raw.length, 65_536)).split(/\r?\n\r?\n/, 1)[0];
  const path = /^return-path:\s*<([^<>\r\n]*)>/im.exec(head)?.[1];
  const client = { address: '127.0.0.1', loopback: true };
  return {
    ...{ raw, source: 'smtp', recipients: [address], client },
    ...(path === undefined ? {} : { mailFrom: path || null }),
  };
}

/** How far resident memory rises above where it was; the system's own high-water mark counts where it moved. */
function watchMemory() {
  const peak = () => process.resourceUsage().maxRSS * 1024;
  const [before, peakBefore] = [process.memoryUsage.rss(), peak()];
  let most = before;
  const look = () => (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 5);
  return {
    stop() {
      clearInterval(timer);
      look();
      if (peak() > peakBefore) most = Math.max(most, peak());
    },
    mb: () => (most - before) / 1024 / 1024,
  };
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function say({ file, outcome, reason, ms, mb }) {
  if (values.json) return console.log(JSON.stringify({ file, outcome, reason, ms, mb }));
  const shown = (text) => text.replace(/\p{Cc}/gu, '?');
  console.log(`${shown(file)}\t${outcome}\t${shown(reason)}\t${ms} ms\t${mb} MB`);
}
