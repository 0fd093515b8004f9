/** An outcome on the terminal: one JSON line for scripts, or text for people. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../core/command/outcome.js';
import { aligned, type Reply } from '../core/command/reply.js';

/** The public shape: what is internal to doors is left out. */
export function jsonOf(outcome: Outcome, file?: string): string {
  if (!outcome.ok) {
    const { ok, code, message, fields, reference, data, dryRun } = outcome;
    return JSON.stringify({ ok, code, message, fields, reference, data, dryRun });
  }
  const { ok, code, data, dryRun } = outcome;
  return JSON.stringify({ ok, code, data: file ? { ...data, file } : data, dryRun });
}

/** Control characters from outside never reach the terminal; line ends and tabs are ours. */
const safe = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');

export function textOf(reply: Reply, file?: string): string {
  const wide = Math.max(0, ...reply.lines.map(({ label }) => label.length));
  const parts = [
    reply.headline,
    ...reply.lines.map(({ label, value }) => `  ${label.padEnd(wide)}  ${value}`),
    ...reply.tables.flatMap((table) => ['', ...(table.title ? [table.title] : []), ...aligned(table, 60)]),
    ...reply.faults.map(({ field, text }) => `  --${field} ${text}`),
    ...(file ? [file] : []),
  ];
  return safe(parts.join('\n'));
}

/** Writes an answer's file: to `out`, else into the data folder, never over another. */
export function keepFile(
  file: { name: string; content: Buffer },
  more: { out: string | undefined; folder: string },
): string {
  if (more.out !== undefined) {
    writeFileSync(more.out, file.content, { mode: 0o600 });
    return more.out;
  }
  mkdirSync(more.folder, { recursive: true, mode: 0o700 });
  const [, stem = 'export', ending = ''] = /^([\w-]+)(\.\w+)?$/.exec(file.name) ?? [];
  for (let count = 1; ; count += 1) {
    const path = join(more.folder, `${stem}${count === 1 ? '' : `-${count}`}${ending}`);
    if (existsSync(path)) continue;
    writeFileSync(path, file.content, { flag: 'wx', mode: 0o600 });
    return path;
  }
}
