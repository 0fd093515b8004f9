/** A process of its own that imports a register when told to, and tells how far it is. */
import { openTable } from '../../src/core/command/table-parts.js';
import { readCsvParts } from '../../src/core/tables/csv-parts.js';
import { openDesk, type DeskSettings } from '../../src/core/open.js';
import { numberKey } from '../../src/core/guard/number.js';
import { registerColumns, type RegisterRow } from '../../src/core/programmes/devices/register-rows.js';
import { registerFile } from './registers.js';

export interface RegisterTask {
  readonly settings: Omit<DeskSettings, 'SECRET_KEY'> & { readonly key: string };
  readonly rows: number;
  /** `whole` holds all rows at once, as no command does: what the memory given would not be enough for. */
  readonly mode: 'import' | 'whole';
}

export type RegisterNews = { readonly done: number } | { readonly outcome: unknown };

async function work({ settings: { key, ...rest }, rows, mode }: RegisterTask): Promise<unknown> {
  const open = await openDesk({ ...rest, SECRET_KEY: Buffer.from(key, 'base64') }, { onFault: () => undefined });
  const file = registerFile(rows);
  if (mode === 'whole') {
    const reader = { desk: open.desk, locale: 'en', actor: { country: 'FR' } } as never;
    const lines: unknown[] = [];
    for await (const some of readCsvParts(file.content)) lines.push(...some);
    const all: RegisterRow[] = [];
    for await (const part of (await openTable(reader, { file }, registerColumns)).parts(1_000)) all.push(...part);
    const byCode = new Map(all.map((row) => [numberKey(row.input?.codeId ?? ''), row]));
    const byMac = new Map(all.map((row) => [row.input?.mac, row]));
    return lines.length + byCode.size + byMac.size;
  }
  const outcome = await open.dispatcher.dispatch({
    door: 'terminal',
    caller: { kind: 'operator' },
    command: 'device import',
    input: { file, yes: 'yes' },
    progress: (done) => process.send?.({ done } satisfies RegisterNews),
  });
  await open.close();
  return outcome;
}

process.once('message', (task) => {
  work(task as RegisterTask).then(
    (outcome) => process.send?.({ outcome } satisfies RegisterNews, () => process.exit(0)),
    (error: unknown) => process.send?.({ outcome: String(error) } satisfies RegisterNews, () => process.exit(1)),
  );
});
process.send?.('started');
