/** `device import`: the manufacturer's register, up to a million pairs; previewed, then confirmed (E3). */
import { command, required, type Input } from '../../command/define.js';
import { registerFile } from '../../command/dictionary.js';
import { inSteps } from '../../command/parts.js';
import { fileHash } from '../../command/repeat.js';
import { openTable } from '../../command/table-parts.js';
import { faultsShown, rowsRefused, type RowFault } from '../../command/table.js';
import { judge } from './register-judging.js';
import { registerColumns, writeRows } from './register-rows.js';
import { createSeen } from './register-seen.js';

const fields = [required(registerFile)] as const;

/** Rows of a part: what others wait for while it is written, some twenty milliseconds. */
const rowsInAPart = 1_000;

interface Report {
  readonly total: number;
  readonly added: number;
  readonly changed: number;
  readonly repeated: number;
  readonly faulty: number;
  /** The first of them. */
  readonly faults: readonly RowFault[];
  readonly faultsTotal: number;
}

/**
 * Goes through the file a part at a time. Good rows are taken, faulty ones told: what is true of one device says nothing
 * about another. The same file again finds all of it known, so that one that was broken off is just asked for again.
 */
const register = inSteps(async (steps, input: Input<typeof fields>): Promise<Report> => {
  const table = await openTable(steps, input, registerColumns);
  const seen = createSeen(table.total);
  const counts = { added: 0, changed: 0, repeated: 0, faulty: 0, faultsTotal: 0 };
  const faults: RowFault[] = [];
  let done = 0;
  for await (const rows of table.parts(rowsInAPart)) {
    const judged = await steps.take(async (work) => {
      const found = await judge(work, rows, seen);
      if (!steps.writes || found.added.length + found.changed.length === 0) return found;
      await writeRows(work.tx, { ...found, now: work.now });
      const from = { file: input.file.name, rows: [rows[0]?.row, rows.at(-1)?.row] };
      work.audit({ action: 'device import part', detail: { ...from, ...found.counts, changes: found.changes } });
      return found;
    });
    for (const [codeKey, said] of judged.said) seen.note(codeKey, said);
    for (const name of ['added', 'changed', 'repeated'] as const) counts[name] += judged.counts[name];
    counts.faulty += new Set(judged.faults.map(({ row }) => row)).size;
    counts.faultsTotal += judged.faults.length;
    faults.push(...judged.faults.slice(0, faultsShown - faults.length));
    steps.progress((done += rows.length), table.total);
  }
  return { total: table.total, ...counts, faults };
});

const reported = ({ total, added, changed, repeated, faulty, faults, faultsTotal }: Report) => ({
  ...{ total, added, changed, repeated, faulty, faults, faultsTotal },
});

export const deviceImport = command({
  name: 'device import',
  help: {
    fr: 'Reprendre le registre du fabricant (colonnes : code ID, adresse MAC, modèle) ; jusqu’à un million de lignes en CSV',
    en: 'Take over the manufacturer’s register (columns: code ID, MAC address, model); up to a million rows as CSV',
  },
  who: 'staff',
  fields,
  parts: register.parts,
  async preview(work) {
    const data = reported(register.found(work));
    return { code: 'device.previewed', data, basis: data };
  },
  async run(work, { file }) {
    const data = reported(register.found(work));
    if (data.faulty === data.total) throw rowsRefused(data.faults);
    const { faults: _, ...counts } = data;
    work.audit({ action: 'device import', detail: { file: file.name, sha256: fileHash(file.content), ...counts } });
    return { code: 'device.imported', data };
  },
});
