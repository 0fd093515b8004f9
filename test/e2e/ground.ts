/** The built desk as a process of its own, begun as `npm start` begins it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openDesk, type OpenDesk } from '../../src/core/open.js';

export const root = process.cwd();

export interface DeskProcess {
  /** What it printed, line by line. */
  readonly lines: readonly string[];
  /** What it said on stderr, its log among it. */
  errors(): string;
  /** Its line `ready` is there, or it has ended. */
  readonly started: Promise<{ ready: boolean; afterMs: number }>;
  /** Its exit code; null after a signal that it did not answer. */
  readonly ended: Promise<number | null>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

/** Settings are given whole: nothing of the environment around the tests reaches the desk. */
export function startDesk(settings: Readonly<Record<string, string>>, args: readonly string[] = []): DeskProcess {
  const began = performance.now();
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...settings };
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], { cwd: root, env });
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line === 'ready') resolve(true);
    });
  });
  const started = Promise.race([ready, ended.then(() => false)]).then((isReady) => ({
    ready: isReady,
    afterMs: performance.now() - began,
  }));
  return { lines, errors: () => errors, started, ended, kill: (signal) => void child.kill(signal) };
}

/** What follows a word at the beginning of a line it printed. */
export function said(desk: DeskProcess, word: string): string {
  const line = desk.lines.find((one) => one.startsWith(`${word} `));
  if (line === undefined) throw new Error(`no line «${word} …» in:\n${desk.lines.join('\n')}\n${desk.errors()}`);
  return line.slice(word.length + 1);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export const settingsIn = (dir: string): Record<string, string> => ({
  DATA_DIR: dir,
  DATABASE_URL: `file:${join(dir, 'guichet.db')}`,
});

/** The same desk's database and commands, in this process: to prepare it, and to look at what is left. */
export async function openIn<T>(dir: string, work: (open: OpenDesk) => Promise<T>): Promise<T> {
  const faults: unknown[] = [];
  const open = await openDesk(
    {
      ...{ ROOT: root, DATA_DIR: dir, DATABASE_URL: settingsIn(dir)['DATABASE_URL'] ?? '' },
      ...{ CATALOGUE: join(root, 'catalogue'), PUBLIC_URL: 'http://127.0.0.1:8080', MAIL_FROM: 'guichet@localhost' },
      ...({ LOCALE: 'fr', TIME_ZONE: 'Europe/Paris' } as const),
    },
    { onFault: ({ error }) => faults.push(error) },
  );
  const result = await work(open).finally(() => open.close());
  if (faults.length > 0) throw faults[0] as Error;
  return result;
}

/** As the operator at the terminal. */
export async function run(open: OpenDesk, command: string, input: Readonly<Record<string, string>>): Promise<void> {
  const outcome = await open.dispatcher.dispatch({ door: 'terminal', caller: { kind: 'operator' }, command, input });
  if (!outcome.ok) throw new Error(`${command}: ${outcome.message}`);
}

export async function addReseller(open: OpenDesk, email: string, packs: number): Promise<void> {
  await run(open, 'reseller register', {
    email,
    'last-name': 'Martin',
    'first-name': 'Zoé',
    company: `Martin ${email}`,
  });
  await run(open, 'stock receive', { reseller: email, product: 'pro', quantity: String(packs), purchase: 'F-1' });
}

export interface Order {
  readonly from: string;
  readonly messageId: string;
  readonly client: string;
  readonly raw: string;
}

/** A declaration by mail; `vouched` is the domain our own mail server says it is from. */
export function orderMail(n: number, from: string, vouched?: { authserv: string }): Order {
  const domain = from.slice(from.indexOf('@') + 1);
  const messageId = `<order-${n}@${domain}>`;
  const client = `client-${n}@maison.example`;
  const head = [
    ...(vouched ? [`Authentication-Results: ${vouched.authserv}; dkim=pass header.d=${domain}`] : []),
    `From: ${from}`,
    'To: guichet@localhost',
    'Subject: Un client',
    'Date: Mon, 23 Nov 2026 09:00:00 +0000',
    `Message-ID: ${messageId}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const form = [
    'Commande : declare new',
    'Licence : Service Pack Pro',
    `E-mail : ${client}`,
    'Nom : Roy',
    'Prénom : Élodie',
    `Numéro de commande : F-${n}`,
  ];
  return { from, messageId, client, raw: `${[...head, '', ...form].join('\r\n')}\r\n` };
}
