/** `stock import`: packs whose numbers were made elsewhere, from a table (J2); previewed, then confirmed. */
import { command, optional, required, type Input } from '../command/define.js';
import { file, mode, product, purchase, reseller } from '../command/dictionary.js';
import { Fault, text } from '../command/type.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { textsOf } from '../locales/texts.js';
import { namedReseller, orgRef } from '../parties/organisation.js';
import { findProduct, type Product } from '../record/catalogue.js';
import { fold } from '../record/fold.js';
import { readSheet, SheetFault, type SheetRow } from '../record/sheet.js';
import { isUsual, numberKey } from './number.js';
import { addToStock, productNamed } from './stock.js';
import { tellReceived } from './stock-commands.js';

const fields = [required(reseller), required(file), optional(mode)] as const;
type ImportInput = Input<typeof fields>;

interface GoodRow {
  readonly line: number;
  readonly number: string;
  readonly product: Product;
  readonly purchase: string;
}
interface RowFault {
  readonly row: number;
  readonly column: string;
  readonly fault: string;
}
interface Sorted {
  readonly orgId: number;
  readonly company: string;
  readonly good: readonly GoodRow[];
  /** Lines already imported just so: an import repeated changes nothing. */
  readonly repeated: number;
  readonly faults: readonly RowFault[];
  readonly warnings: readonly RowFault[];
}

const columns = {
  number: ['number', 'numéro', 'n°', 'numéro de pack', 'pack number', 'pack'],
  product: ['product', ...product.labels.fr, ...product.labels.en],
  purchase: ['purchase', ...purchase.labels.fr, ...purchase.labels.en],
};
type Column = keyof typeof columns;
const numberType = text(60);

/** Which heading names which column. @throws {Refusal} `file.refused` naming what is missing */
function headings(work: Work, header: readonly string[]): Record<Column, string> {
  const found = Object.entries(columns).map(
    ([column, names]) => [column, header.find((name) => names.some((known) => fold(known) === fold(name)))] as const,
  );
  const missing = found.filter(([, heading]) => heading === undefined).map(([column]) => column);
  if (missing.length > 0) throw fileRefused(work, 'columns', { columns: missing.join(', '), found: header.join(', ') });
  return Object.fromEntries(found) as Record<Column, string>;
}

const fileRefused = (work: Work, why: string, params: Record<string, string> = {}): Refusal =>
  new Refusal(
    'file.refused',
    { why, ...params },
    { file: textsOf(work.locale).refusals['file.refused']({ why, ...params }) },
  );

/** Reads the table and sorts its rows into good, faulty and already there. */
async function sorted(work: Work, input: ImportInput): Promise<Sorted> {
  const org = await namedReseller(work, input.reseller);
  const { header, rows } = await readSheet(input.file.content).catch((fault: unknown) => {
    throw fault instanceof SheetFault ? fileRefused(work, fault.why) : fault;
  });
  const at = headings(work, header);
  const keys = rows.map((row) => numberKey(row.cells[at.number] ?? ''));
  const known = await work.tx.stockUnit.findMany({
    where: { numberKey: { in: keys } },
    select: { numberKey: true, orgId: true, product: true },
  });
  const taken = new Map(known.map((unit) => [unit.numberKey, unit]));
  const good: GoodRow[] = [];
  const faults: RowFault[] = [];
  const warnings: RowFault[] = [];
  const seen = new Map<string, number>();
  let repeated = 0;
  for (const row of rows) {
    const read = readRow(work, row, at);
    const key = numberKey(read.number ?? '');
    const other = taken.get(key);
    const say = textsOf(work.locale).imports;
    if (!('faults' in read) && seen.has(key))
      faults.push({ row: row.line, column: 'number', fault: say.twice({ line: seen.get(key) ?? 0 }) });
    else if (!('faults' in read) && other && other.orgId === org.id && other.product === read.product.id) repeated += 1;
    else if (!('faults' in read) && other) faults.push({ row: row.line, column: 'number', fault: say.taken({}) });
    else if ('faults' in read) faults.push(...read.faults);
    else {
      if (!isUsual(read.number)) warnings.push({ row: row.line, column: 'number', fault: say.unusual({}) });
      good.push({ line: row.line, ...read });
    }
    if (key) seen.set(key, row.line);
  }
  return { orgId: org.id, company: org.name, good, repeated, faults, warnings };
}

function readRow(
  work: Work,
  row: SheetRow,
  at: Record<Column, string>,
): Omit<GoodRow, 'line'> | { number?: string; faults: RowFault[] } {
  const say = textsOf(work.locale).faults;
  const faults: RowFault[] = [];
  const cell = (column: Column): string => {
    try {
      return numberType.parse(row.cells[at[column]] ?? '', {
        locale: work.locale,
        country: 'FR',
        products: () => undefined,
        productChoices: () => [],
      });
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults.push({ row: row.line, column, fault: say[fault.code](fault.params) });
      return '';
    }
  };
  const [number, kind, bought] = [cell('number'), cell('product'), cell('purchase')];
  const found = kind ? findProduct(work.desk.catalogue, kind, { boxes: false }) : undefined;
  if (kind && !found)
    faults.push({
      row: row.line,
      column: 'product',
      fault: say.choice({ choices: work.desk.catalogue.packs.map(({ id }) => id).join(', ') }),
    });
  return found && faults.length === 0 ? { number, product: found, purchase: bought } : { number, faults };
}

const reported = (rows: Sorted, shown = 50) => ({
  reseller: orgRef(rows.orgId),
  good: rows.good.length,
  repeated: rows.repeated,
  faulty: new Set(rows.faults.map(({ row }) => row)).size,
  faults: rows.faults.slice(0, shown),
  warnings: rows.warnings.slice(0, shown),
});

export const stockImport = command({
  name: 'stock import',
  help: {
    fr: 'Entrer en stock des packs déjà numérotés, depuis un fichier (colonnes : numéro, produit, achat)',
    en: 'Put packs that have numbers in stock, from a file (columns: number, product, purchase)',
  },
  who: 'staff',
  fields,
  async preview(work, input) {
    const rows = await sorted(work, input);
    return {
      code: 'stock.previewed',
      data: reported(rows),
      basis: {
        org: rows.orgId,
        good: rows.good.map(({ number }) => number),
        faults: rows.faults.map(({ row, column }) => [row, column]),
        repeated: rows.repeated,
      },
    };
  },
  async run(work, input) {
    const rows = await sorted(work, input);
    if ((input.mode ?? 'all') === 'all' && rows.faults.length > 0) {
      throw new Refusal(
        'input.invalid',
        { why: 'rows' },
        Object.fromEntries(rows.faults.slice(0, 50).map(({ row, column, fault }) => [`${row}:${column}`, fault])),
      );
    }
    const purchases = new Map<string, GoodRow[]>();
    for (const row of rows.good) {
      const key = JSON.stringify([row.purchase, row.product.id]);
      purchases.set(key, [...(purchases.get(key) ?? []), row]);
    }
    for (const group of purchases.values()) await importPurchase(work, rows, group);
    work.audit({
      action: 'stock import',
      object: orgRef(rows.orgId),
      detail: { ...reported(rows, 0), numbers: rows.good.map(({ number }) => number) },
    });
    return {
      code: 'stock.imported',
      data: {
        ...reported(rows),
        imported: rows.good.length,
        packs: rows.good.slice(0, 200).map(({ number }) => number),
      },
    };
  },
});

/** One purchase of one kind; more rows of a purchase already there add to it, for each row has its own number. */
async function importPurchase(work: Work, rows: Sorted, group: readonly GoodRow[]): Promise<void> {
  const first = group[0];
  if (!first) return;
  const key = { orgId: rows.orgId, reference: first.purchase, product: first.product.id };
  const row = await work.tx.purchase.upsert({
    where: { orgId_reference_product: key },
    create: { ...key, quantity: group.length, createdAt: work.now },
    update: { quantity: { increment: group.length } },
  });
  const kind = productNamed(work.desk.catalogue, first.product.id);
  await addToStock(work, {
    orgId: rows.orgId,
    product: kind,
    quantity: group.length,
    purchaseId: row.id,
    numbers: group.map(({ number }) => number),
  });
  await tellReceived(
    work,
    { id: rows.orgId, name: rows.company },
    { purchase: first.purchase, lines: [{ product: kind, quantity: group.length }] },
  );
}
