/**
 * The vendor's scanner (`SCAN_COMMAND`): a program that is given a document's path and says by its exit code whether the
 * document may come in. 0: clean; 1: refused, its last line says why; anything else, or more than a minute: it could not
 * tell, and the document stays out until it can.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Scanned =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'refused'; readonly why: string }
  /** It did not say: it could not be run, took too long, or ended in some other way. For the log. */
  | { readonly verdict: 'unknown'; readonly why: string };

export type Scan = (content: Buffer) => Promise<Scanned>;

/** How a scanner is run, without a shell. */
export interface ScanCommand {
  /** An absolute path. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where it finds other programs; the only setting it gets to see. */
  readonly path: string;
}

export interface ScannerOptions {
  readonly command: ScanCommand;
  /** Where the documents stand while they are looked at; made when first needed, mode 0700. */
  readonly folder: string;
  readonly timeMs?: number;
  /** At the same time: a scanner without a daemon takes a gigabyte. */
  readonly atOnce?: number;
}

const outputKept = 8 * 1024;
const whyAtMost = 200;

/** One scanner a process. */
export function createScan({ command, folder, timeMs = 60_000, atOnce = 2 }: ScannerOptions): Scan {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (content) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    const file = join(folder, randomUUID());
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(file, content, { mode: 0o600, flag: 'wx' });
      return await run(command, file, timeMs);
    } catch (error) {
      return { verdict: 'unknown', why: error instanceof Error ? error.message : String(error) };
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** How long words are waited for whose speaker has ended: what it started may hold its pipes for ever. */
const lastWordsMs = 500;

function run(command: ScanCommand, file: string, timeMs: number): Promise<Scanned> {
  return new Promise((resolve) => {
    // a group of its own, so that what it starts ends with it
    const scanner = spawn(command.program, [...command.arguments, file], {
      env: { PATH: command.path, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [scanner.stdout, scanner.stderr])
      stream.on('data', (chunk: Buffer) => void (output = (output + chunk.toString('utf8')).slice(-outputKept)));
    const settle = (code: number | null, ending: string): void => {
      clearTimeout(timer);
      endGroup(scanner.pid);
      scanner.stdout.destroy();
      scanner.stderr.destroy();
      const why = lastLine(output, file);
      if (code === 0) resolve({ verdict: 'clean' });
      else if (code === 1) resolve({ verdict: 'refused', why });
      else resolve({ verdict: 'unknown', why: why ? `${ending}: ${why}` : ending });
    };
    let timer = setTimeout(() => settle(null, `no answer after ${timeMs / 1000} s`), timeMs);
    scanner.once('error', (error) => settle(null, error.message));
    scanner.once('exit', (code, signal) => {
      clearTimeout(timer);
      const ended = (): void => settle(code, `ended with ${code ?? signal ?? 'nothing'}`);
      scanner.once('close', ended);
      timer = setTimeout(ended, lastWordsMs);
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** As data, and without the place where the document stood. */
function lastLine(output: string, file: string): string {
  const lines = output
    .replaceAll(file, '')
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\uFFFD]/gu, ' ')
        .replace(/^[\s:]+/, '')
        .trim(),
    );
  return [...(lines.findLast(Boolean) ?? '')].slice(0, whyAtMost).join('');
}
