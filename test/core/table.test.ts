/** A table's row is understood as the same values would be at any door, however the table was written. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fieldContext } from '../../src/core/command/context.js';
import { understand } from '../../src/core/command/input.js';
import { readTable, type TableRow } from '../../src/core/command/table.js';
import { commands } from '../../src/core/programmes/index.js';
import { identify } from '../../src/core/guard/identity.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import { createWork } from '../../src/core/guard/work.js';
import { declaredFields } from '../../src/core/programmes/packs/declared.js';
import { databases } from '../servers/databases.js';
import { openTestDesk, type TestDesk } from './ground.js';
import { asWritten } from '../../src/core/tables/sheet-writing.js';
import { fileOf } from './sheets.js';

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk(databases()[0]!);
});
afterAll(() => desk.close());

const read = (content: Buffer): Promise<TableRow<typeof declaredFields>[]> =>
  desk.desk.database.transact(async (unit) => {
    const actor = await identify(unit.tx, { kind: 'operator' });
    const work = createWork(unit, { desk: desk.desk, actor, door: 'terminal', locale: 'en' });
    return readTable(work, { file: { name: 'x', type: '', content } }, declaredFields);
  });

type Row = Readonly<Record<string, string>>;

/** What any door would make of the row. */
function byHand(row: Row): { input?: unknown; faults: Readonly<Record<string, string>> } {
  const given = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));
  try {
    const { input } = understand(commands.find('declare new')!, given, fieldContext(desk.desk, { locale: 'en' }));
    return { input, faults: {} };
  } catch (error) {
    if (error instanceof Refusal) return { faults: error.fields ?? {} };
    throw error;
  }
}

const names = declaredFields.map(({ field }) => field.name);
const needed = declaredFields.filter(({ required }) => required).map(({ field }) => field.name);

// what any cell may hold; a workbook takes no control characters, and no table keeps blanks around a cell
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((typed) => typed.replace(/[\p{Cc}\p{Cs}\uFEFF\uFFFE\uFFFF]/gu, '').trim());
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  product: fc.constantFrom('pro', 'Service Pack Pro', 'POWER', 'prp', ''),
  email: fc.oneof(fc.emailAddress(), fc.constantFrom('Zoé <zoe@example.org>', 'nobody', '')),
  takeover: fc.constantFrom('oui', 'non', 'x', '', 'perhaps', '1'),
  anyway: fc.constantFrom('', 'yes', 'no', 'maybe'),
  locale: fc.constantFrom('fr', 'anglais', '', 'de'),
  'order-number': fc.constantFrom('007', '=1+1', '@x', '12;13', 'a,b', 'F "1"', "l'an", '', '2026-11-23', '1e3'),
};
const rowOf = fc.record(Object.fromEntries(names.map((name) => [name, values[name] ?? text])));

interface Written {
  readonly rows: readonly Row[];
  readonly order: readonly string[];
  readonly heading: (name: string) => string;
  readonly how: string;
}

const written = fc
  .record({
    rows: fc.array(rowOf, { minLength: 1, maxLength: 6 }),
    left: fc.subarray(names.filter((name) => !(needed as readonly string[]).includes(name))),
    sort: fc.array(fc.nat(), { minLength: names.length, maxLength: names.length }),
    labels: fc.array(fc.nat(), { minLength: names.length, maxLength: names.length }),
    manner: fc.constantFrom<(label: string) => string>(
      (label) => label,
      (label) => label.toUpperCase(),
      (label) => `• ${label} *`,
      (label) => label.normalize('NFD').replace(/\p{M}/gu, ''),
      (label) => label.replaceAll(' ', '_').replaceAll("'", '’'),
    ),
    how: fc.constantFrom('csv;', 'csv,', 'csv\t', 'csv|', 'utf-16', 'windows-1252', 'sep', 'json', 'xlsx'),
  })
  .map(({ rows, left, sort, labels, manner, how }): Written => {
    const kept = names.filter((name) => (needed as readonly string[]).includes(name) || left.includes(name));
    const order = kept.toSorted((a, b) => (sort[names.indexOf(a)] ?? 0) - (sort[names.indexOf(b)] ?? 0));
    const heading = (name: string) => {
      const at = names.indexOf(name as (typeof names)[number]);
      const { field } = declaredFields[at]!;
      const all = [field.name, ...field.labels.fr, ...field.labels.en];
      return manner(all[(labels[at] ?? 0) % all.length] ?? name);
    };
    return {
      rows: rows.map((row) => Object.fromEntries(order.map((name) => [name, row[name] ?? '']))),
      order,
      heading,
      how,
    };
  });

async function bytesOf({ rows, order, heading, how }: Written): Promise<Buffer> {
  const titled = rows.map((row) => Object.fromEntries(order.map((name) => [heading(name), row[name] ?? ''])));
  if (how === 'json') return Buffer.from(JSON.stringify(titled));
  if (how === 'xlsx') return fileOf('xlsx', titled);
  const separator = how.startsWith('csv') ? how.slice(3) : how === 'sep' ? '#' : ';';
  const cell = (value: string) => (/[;,\t|#"\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = [order.map(heading), ...rows.map((row) => order.map((name) => row[name] ?? ''))];
  const csv = lines.map((cells) => cells.map(cell).join(separator)).join('\r\n');
  if (how === 'utf-16') return Buffer.from(`\uFEFF${csv}`, 'utf16le');
  if (how === 'windows-1252') return Buffer.from(csv, 'latin1');
  return Buffer.from(how === 'sep' ? `sep=#\r\n${csv}` : `\uFEFF${csv}`);
}

const unmarked = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asWritten(value.trim())]));
const isBlank = (row: Row): boolean => Object.values(row).every((value) => value.trim() === '');
const isLatin = (row: Row): boolean => Object.values(row).every((value) => /^[\x20-\x7E\xA0-\xFF]*$/.test(value));

test('whatever the order, labels, separator, encoding and kind of file', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(written, async (table) => {
      fc.pre(!table.rows.every(isBlank));
      fc.pre(table.how !== 'windows-1252' || table.rows.every(isLatin));
      const rows = await read(await bytesOf(table));
      const above = table.how === 'sep' ? 3 : 2;
      // in text an apostrophe before a formula is the mark that it is none
      const rowsRead = /^(?:json|xlsx)$/.test(table.how) ? table.rows : table.rows.map(unmarked);
      const expected = rowsRead.flatMap((row, at) => (isBlank(row) ? [] : [{ row: at + above, ...byHand(row) }]));
      expect(
        rows.map(({ row, input, faults = [] }) => ({
          row,
          ...(input ? { input } : {}),
          faults: Object.fromEntries(faults.map(({ column, fault }) => [column, fault])),
        })),
      ).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
