/**
 * Tables of numbered objects that staff bring in (sites, opportunities): each row is a new one, a change of one that is
 * there, or a repetition. All of a table is taken, or nothing.
 */
import { command, required, type AnyCommand, type Input, type Use } from '../../command/define.js';
import { file } from '../../command/dictionary.js';
import { faultReport, oncePerWork, readAhead, readTable, type RowFault, type TableRow } from '../../command/table.js';
import { idOf } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Localised } from '../../locales/locale.js';
import { orgRef } from '../parties/organisation.js';
import { resellersFor } from '../parties/resellers-named.js';
import { inParts, putRows, type Row } from '../../database/bulk-insert.js';

/** So far below what a number can have that those made later fit too. */
const numberAtMost = 99_999_999;
/** Objects that an answer names; the others are counted. */
const namedAtMost = 200;

export interface Numbered {
  readonly number?: string;
  readonly reseller: string;
}
export interface Kept {
  readonly id: number;
  readonly orgId: number;
}
export interface GoodRow<I, K> {
  readonly row: number;
  readonly id: number;
  readonly orgId: number;
  readonly input: I;
  /** What is there of this number; absent for a new one. */
  readonly before?: K;
}
interface Sorted<I, K> {
  readonly total: number;
  readonly good: readonly GoodRow<I, K>[];
  /** Rows that say what is known already. */
  readonly repeated: number;
  readonly faults: readonly RowFault[];
}

interface Noun<I, K> {
  find(ids: readonly number[]): Promise<readonly K[]>;
  /** The highest number there is; 0 for none. */
  highest(): Promise<number>;
  differs(before: K, input: I): boolean;
  /** What else is wrong with a row. */
  objections?(input: I, before: K | undefined): readonly { column: string; fault: string }[];
}

/** Sorts rows into new, changed, repeated and faulty ones; rows without a number get the next free ones. */
async function sortRows<Uses extends readonly Use[], I extends Numbered, K extends Kept>(
  work: Work,
  rows: readonly TableRow<Uses>[],
  noun: Noun<I, K>,
): Promise<Sorted<I, K>> {
  const inputs = rows.flatMap((row) => (row.input ? [row.input as unknown as I] : []));
  const numbers = inputs.flatMap(({ number }) => (number === undefined ? [] : [idOf(number)]));
  const resellers = await resellersFor(
    work,
    inputs.map(({ reseller }) => reseller),
  );
  const known = new Map((await noun.find(numbers)).map((one) => [one.id, one]));
  const say = textsOf(work.locale);
  const good: GoodRow<I, K>[] = [];
  const faults: RowFault[] = [];
  const seen = new Map<number, number>();
  let repeated = 0;
  let next = numbers.reduce((most, one) => Math.max(most, one), await noun.highest());
  for (const { row, input: read, faults: own } of rows) {
    if (own) {
      faults.push(...own);
      continue;
    }
    const input = read as unknown as I;
    const { reseller, fault } = resellers(input.reseller);
    const id = input.number === undefined ? undefined : idOf(input.number);
    const before = id === undefined ? undefined : known.get(id);
    const first = id === undefined ? undefined : seen.get(id);
    const wrong = [
      ...(fault === undefined ? [] : [{ column: 'reseller', fault }]),
      ...(id !== undefined && id > numberAtMost
        ? [{ column: 'number', fault: say.faults.range({ min: 1, max: numberAtMost }) }]
        : []),
      ...(first === undefined ? [] : [{ column: 'number', fault: say.imports.twice({ line: first }) }]),
      ...(before && reseller && before.orgId !== reseller.id
        ? [{ column: 'number', fault: say.imports.others({}) }]
        : (noun.objections?.(input, before) ?? [])),
    ];
    if (id !== undefined) seen.set(id, first ?? row);
    if (wrong.length > 0 || !reseller) faults.push(...wrong.map((one) => ({ row, ...one })));
    else if (before && !noun.differs(before, input)) repeated += 1;
    else good.push({ row, id: id ?? (next += 1), orgId: reseller.id, input, ...(before ? { before } : {}) });
  }
  return { total: rows.length, good, repeated, faults };
}

const countsOf = <I, K>({ total, good, repeated }: Sorted<I, K>) => ({
  total,
  added: good.filter(({ before }) => !before).length,
  changed: good.filter(({ before }) => before).length,
  repeated,
});

const basisOf = <I, K extends Kept>({ good, faults, repeated }: Sorted<I, K>) => ({
  good: good.map(({ row, id, orgId, before }) => [row, id, orgId, before ?? null]),
  faults: faults.map(({ row, column }) => [row, column]),
  repeated,
});

/** A table with faults is refused as a whole; there is no mode that takes the good rows. */
function refuseFaulty<I, K>({ faults }: Sorted<I, K>): void {
  if (faults.length === 0) return;
  const { faults: shown } = faultReport(faults);
  throw new Refusal(
    'input.invalid',
    { why: 'table' },
    Object.fromEntries(shown.map(({ row, column, fault }) => [`${row}:${column}`, fault])),
  );
}

const fields = [required(file)] as const;
const rowsAtATime = 500;

/** What an import is about: how its table is read, and what becomes of a row. */
export interface Import<Uses extends readonly Use[], I extends Numbered, K extends Kept> {
  readonly help: Localised;
  /** As answers and the audit call it. */
  readonly noun: 'site' | 'opportunity';
  /** As the database calls it; its answer's list. */
  readonly table: 'Site' | 'Opportunity';
  readonly listed: 'sites' | 'opportunities';
  readonly columns: Uses;
  readonly ref: (id: number) => string;
  /** Those of these numbers, and the highest number there is (0 for none). */
  find(work: Work, ids: readonly number[]): Promise<readonly K[]>;
  highest(work: Work): Promise<number>;
  /** What a row changes; what it says nothing about stays. */
  changes(before: K, input: I): Record<string, unknown>;
  objections?(work: Work, input: I, before: K | undefined): readonly { column: string; fault: string }[];
  row(work: Work, good: GoodRow<I, K>): Row;
}

/** `<noun> import`: a table of numbered objects, previewed, then confirmed, written a part at a time. */
export function importCommand<const Uses extends readonly Use[], I extends Numbered, K extends Kept>(
  of: Import<Uses, I, K>,
): AnyCommand {
  const sorted = oncePerWork(async (work: Work, input: Input<typeof fields>) =>
    sortRows<Uses, I, K>(work, await readTable(work, input, of.columns), {
      find: (ids) => of.find(work, ids),
      highest: () => of.highest(work),
      differs: (before, row) => Object.keys(of.changes(before, row)).length > 0,
      objections: (row, before) => of.objections?.(work, row, before) ?? [],
    }),
  );
  return command({
    name: `${of.noun} import`,
    help: of.help,
    who: 'staff',
    fields,
    ahead: readAhead,
    async preview(work, input) {
      const rows = await sorted(work, input);
      const data = { ...countsOf(rows), ...faultReport(rows.faults) };
      return { code: `${of.noun}.previewed`, data, basis: basisOf(rows) };
    },
    async run(work, input) {
      const rows = await sorted(work, input);
      refuseFaulty(rows);
      await inParts(rows.good, rowsAtATime, async (part, done) => {
        await putRows(
          work.tx,
          { table: of.table, key: 'id' },
          part.map((row) => of.row(work, row)),
        );
        for (const { id, orgId, input: row, before } of part)
          work.audit({
            action: before ? `${of.noun} changed` : `${of.noun} added`,
            object: of.ref(id),
            detail: {
              reseller: orgRef(orgId),
              file: input.file.name,
              ...(before ? { changes: of.changes(before, row) } : {}),
            },
          });
        work.progress(done, rows.good.length);
      });
      const first = rows.good.slice(0, namedAtMost).map(({ id }) => work.made(of.ref(id)));
      return {
        code: `${of.noun}.imported`,
        data: { imported: rows.good.length, ...countsOf(rows), [of.listed]: first },
      };
    },
  });
}
