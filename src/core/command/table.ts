/**
 * A table whose columns are fields: each cell is understood by the type of the field that its heading names, as a mail's
 * line or a terminal's flag would be. What is wrong is told by row and column, all of it at once.
 */
import { Refusal, type RefusalParams } from '../guard/refusal.js';
import type { Desk, Work } from '../guard/work.js';
import { camel } from '../locales/key.js';
import { textsOf } from '../locales/texts.js';
import { fold } from '../text/fold.js';
import { inParts } from '../database/bulk-insert.js';
import { readSheetInThread } from '../tables/sheet-reading.js';
import { SheetFault, type Sheet, type SheetRow } from '../tables/sheet.js';
import { fieldContext } from './context.js';
import type { Input, Use } from './define.js';
import { file as fileField } from './dictionary.js';
import { contextFor, nearestField } from './input.js';
import { Fault, faultText, isUpload, type FieldContext, type Raw, type Upload } from './type.js';

export interface RowFault {
  /** As the person counts: the header is row 1. */
  readonly row: number;
  /** The field's name; of a cell under no heading the column's number. */
  readonly column: string;
  readonly fault: string;
}

/** A row as an input, or what is wrong with it. */
export type TableRow<Uses extends readonly Use[]> =
  | { readonly row: number; readonly input: Input<Uses>; readonly faults?: undefined }
  | { readonly row: number; readonly input?: undefined; readonly faults: readonly RowFault[] };

/** Faults that an answer lists; the others are counted. */
export const faultsShown = 50;

/** Rows between two breaths of the event loop: some ten milliseconds. */
export const rowsAtATime = 250;

/** The file of a command with a table, and which sheet of it. */
export interface TableInput {
  readonly file: Upload;
  readonly sheet?: string | undefined;
}

/** Whose table it is: what its cells mean depends on them, and its faults are told to them. */
export type Reader = Pick<Work, 'desk' | 'locale' | 'actor'>;

/** Read once, for a command looks at its table before its transaction, for its preview and to do it. */
const sheets = new WeakMap<Buffer, Map<string | undefined, Promise<Sheet>>>();

function sheetOf({ aside }: Pick<Desk, 'aside'>, { file, sheet }: TableInput): Promise<Sheet> {
  const known = sheets.get(file.content) ?? new Map<string | undefined, Promise<Sheet>>();
  sheets.set(file.content, known);
  const reading = known.get(sheet) ?? readSheetInThread(file.content, { sheet, aside });
  known.set(sheet, reading);
  return reading;
}

/** A command's `ahead`: its table is read before anybody waits for its transaction. Faults are told there. */
export async function readAhead(desk: Desk, { file, sheet }: Readonly<Record<string, Raw>>): Promise<void> {
  if (!isUpload(file) || file.content.length > (fileField.type.max ?? 0)) return;
  await sheetOf(desk, {
    file,
    sheet: typeof sheet === 'string' ? sheet.normalize('NFC').trim() || undefined : undefined,
  }).catch(() => undefined);
}

/**
 * Reads a table by the fields that its columns may be.
 * @throws {Refusal} `file.refused` when it is no such table, or its columns are not these
 */
export async function readTable<const Uses extends readonly Use[]>(
  work: Work,
  input: TableInput,
  uses: Uses,
): Promise<TableRow<Uses>[]> {
  const table = await readableSheet(work, input);
  const read = rowReader(work, table.header, uses);
  const rows: TableRow<Uses>[] = [];
  await inParts(table.rows, rowsAtATime, (part) => {
    for (const row of part) rows.push(read(row));
  });
  return rows;
}

/** @throws {Refusal} `file.refused` */
export const readableSheet = (reader: Reader, input: TableInput): Promise<Sheet> =>
  sheetOf(reader.desk, input).catch((error: unknown) => {
    throw error instanceof SheetFault ? unreadable(reader, error) : error;
  });

/**
 * How the rows below this header are understood.
 * @throws {Refusal} `file.refused` when its columns are not these
 */
export function rowReader<const Uses extends readonly Use[]>(
  reader: Reader,
  header: readonly string[],
  uses: Uses,
): (row: SheetRow) => TableRow<Uses> {
  const columns = columnsOf(reader, header, uses);
  const context = fieldContext(reader.desk, { locale: reader.locale, country: reader.actor.country });
  return (row) => understood(row, columns, context);
}

/** What can't be read as a table, as it is told. */
export const unreadable = (reader: Reader, { why, params }: SheetFault): Refusal =>
  fileRefused(reader, { why, ...params }, why === 'sheet' ? 'sheet' : 'file');

/** A table that is refused as a file, in the reader's language. */
export const fileRefused = ({ locale }: Reader, params: RefusalParams, field = 'file'): Refusal =>
  new Refusal('file.refused', params, { [field]: textsOf(locale).refusals['file.refused'](params) });

interface Column {
  readonly use: Use;
  /** Its name in an input. */
  readonly key: string;
  /** Where it stands; undefined when the table has no such column. */
  readonly at: number | undefined;
  readonly parse: (text: string, context: FieldContext) => unknown;
}

/** @throws {Refusal} naming every column that is missing, unknown or there twice */
function columnsOf(reader: Reader, header: readonly string[], uses: readonly Use[]): Column[] {
  const labels = new Map(
    uses.flatMap((use) =>
      [use.field.name, ...use.field.labels.fr, ...use.field.labels.en].map((label) => [fold(label), use] as const),
    ),
  );
  const at = new Map<Use, number>();
  const [unknown, twice]: [string[], string[]] = [[], []];
  for (const [index, heading] of header.entries()) {
    const use = labels.get(fold(heading));
    if (!use) unknown.push(...(heading === '' ? [] : [heading]));
    else if (at.has(use)) twice.push(heading);
    else at.set(use, index);
  }
  const missing = uses.filter((use) => use.required && !at.has(use));
  if (missing.length + unknown.length + twice.length > 0) {
    const quoted = textsOf(reader.locale).imports.heading;
    throw fileRefused(reader, {
      why: 'columns',
      missing: missing.map(({ field }) => `${field.labels[reader.locale][0]} (${field.name})`).join(', '),
      unknown: unknown
        .map((heading) => quoted({ heading, nearest: nearestField(uses, heading, reader.locale) }))
        .join(', '),
      twice: twice.join(', '),
      found: header.filter((heading) => heading !== '').join(', '),
    });
  }
  return uses.map((use) => ({ use, key: camel(use.field.name), at: at.get(use), parse: parserOf(use) }));
}

const repeating = new Set(['product', 'choice', 'catalogue', 'bool']);
const rememberedAtMost = 1_000;

/** The type's own, which remembers what it made of words that come again in every row. */
function parserOf({ field: { type } }: Use): Column['parse'] {
  if (!repeating.has(type.kind)) return (text, context) => type.parse(text, context);
  const known = new Map<string, unknown>();
  return (text, context) => {
    if (known.has(text)) return known.get(text);
    const value = type.parse(text, context);
    if (known.size < rememberedAtMost) known.set(text, value);
    return value;
  };
}

function understood<Uses extends readonly Use[]>(
  { line, cells }: SheetRow,
  columns: readonly Column[],
  context: FieldContext,
): TableRow<Uses> {
  const say = textsOf(context.locale);
  const faults: RowFault[] = [];
  const input: Record<string, unknown> = {};
  let read = 0;
  const cell = (at: number | undefined) => (at === undefined ? '' : (cells[at] ?? ''));
  const beside = (name: string) => cell(columns.find(({ use }) => use.field.name === name)?.at);
  for (const { use, key, at, parse } of columns) {
    const text = cell(at);
    if (text !== '') read += 1;
    try {
      if (text !== '') input[key] = parse(text, contextFor(use, beside, context));
      else if (use.required) throw new Fault('missing');
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults.push({ row: line, column: use.field.name, fault: faultText(fault, say.faults) });
    }
  }
  // a separator too many moves what stands behind it: better told than left out
  if (cells.filter((cell) => cell !== '').length > read)
    for (const [at, cell] of cells.entries())
      if (cell !== '' && !columns.some((column) => column.at === at))
        faults.push({ row: line, column: String(at + 1), fault: say.imports.unheaded({}) });
  return faults.length > 0 ? { row: line, faults } : { row: line, input: input as Input<Uses> };
}

/** How many rows of a table are faulty, and the first of their faults. */
export const faultReport = (faults: readonly RowFault[]) => ({
  faulty: new Set(faults.map(({ row }) => row)).size,
  faults: faults.slice(0, faultsShown),
  faultsTotal: faults.length,
});

/** All or nothing: a table with faults is refused as a whole, its faults under `row:column`. */
export const rowsRefused = (faults: readonly RowFault[]): Refusal =>
  new Refusal(
    'input.invalid',
    { why: 'rows' },
    Object.fromEntries(faults.slice(0, faultsShown).map(({ row, column, fault }) => [`${row}:${column}`, fault])),
  );

/** What is found out about an input once a unit of work: a confirmation looks at its preview, then does it. */
export function oncePerWork<I, T>(find: (work: Work, input: I) => Promise<T>): typeof find {
  const found = new WeakMap<Work, Promise<T>>();
  return (work, input) => {
    const known = found.get(work) ?? find(work, input);
    found.set(work, known);
    return known;
  };
}
