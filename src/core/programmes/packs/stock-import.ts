/** `stock import`: packs whose numbers were made elsewhere, from a table (J2); previewed, then confirmed. */
import { command, optional, required, type Input } from '../../command/define.js';
import { file, mode, packNumber, product, purchase, reseller } from '../../command/dictionary.js';
import { faultReport, faultsShown, oncePerWork, readAhead, readTable, rowsRefused } from '../../command/table.js';
import type { RowFault } from '../../command/table.js';
import { product as productType } from '../../command/type.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { namedReseller, orgRef } from '../parties/organisation.js';
import type { Product } from '../../catalogue/catalogue.js';
import { numberKey, purchaseKey } from '../../guard/number.js';
import { isUsual } from './number.js';
import { addToStock, productNamed } from './stock.js';
import { tellReceived } from './stock-commands.js';

const fields = [required(reseller), required(file), optional(mode)] as const;
type ImportInput = Input<typeof fields>;

const columns = [
  required({
    ...packNumber,
    labels: { fr: ['Numéro', 'N°', 'Numéro de pack'], en: ['Number', 'Pack number', 'Pack'] },
  }),
  // a box has no number of its own to be imported by
  required({ ...product, type: productType(false) }),
  required(purchase),
] as const;

interface GoodRow {
  readonly number: string;
  readonly product: Product;
  readonly purchase: string;
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

/** Reads the table and sorts its rows into good, faulty and already there. */
const sorted = oncePerWork(async (work: Work, input: ImportInput): Promise<Sorted> => {
  const org = await namedReseller(work, input.reseller);
  const rows = await readTable(work, input, columns);
  const keys = rows.map((row) => numberKey(row.input?.number ?? ''));
  const known = await work.tx.stockUnit.findMany({
    where: { numberKey: { in: keys } },
    select: { numberKey: true, orgId: true, product: true },
  });
  const taken = new Map(known.map((unit) => [unit.numberKey, unit]));
  const good: GoodRow[] = [];
  const faults: RowFault[] = [];
  const warnings: RowFault[] = [];
  const seen = new Map<string, number>();
  const say = textsOf(work.locale).imports;
  let repeated = 0;
  for (const { row, input: read, faults: own } of rows) {
    if (own) {
      faults.push(...own);
      continue;
    }
    const key = numberKey(read.number);
    const first = seen.get(key);
    const other = taken.get(key);
    const about = (fault: string): RowFault => ({ row, column: 'number', fault });
    if (first !== undefined) faults.push(about(say.twice({ line: first })));
    else if (other?.orgId === org.id && other.product === read.product) repeated += 1;
    else if (other) faults.push(about(say.taken({})));
    else {
      if (!isUsual(read.number)) warnings.push(about(say.unusual({})));
      good.push({ ...read, product: productNamed(work.desk.catalogue, read.product) });
    }
    seen.set(key, row);
  }
  return { orgId: org.id, company: org.name, good, repeated, faults, warnings };
});

const reported = (rows: Sorted) => ({
  reseller: orgRef(rows.orgId),
  good: rows.good.length,
  repeated: rows.repeated,
  ...faultReport(rows.faults),
  warnings: rows.warnings.slice(0, faultsShown),
});

export const stockImport = command({
  name: 'stock import',
  help: {
    fr: 'Entrer en stock des packs déjà numérotés, depuis un fichier (colonnes : numéro, produit, achat)',
    en: 'Put packs that have numbers in stock, from a file (columns: number, product, purchase)',
  },
  who: 'staff',
  fields,
  ahead: readAhead,
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
    if ((input.mode ?? 'all') === 'all' && rows.faults.length > 0) throw rowsRefused(rows.faults);
    const purchases = new Map<string, GoodRow[]>();
    for (const row of rows.good) {
      const key = JSON.stringify([purchaseKey(row.purchase), row.product.id]);
      purchases.set(key, [...(purchases.get(key) ?? []), row]);
    }
    for (const group of purchases.values()) await importPurchase(work, rows, group);
    work.audit({
      action: 'stock import',
      object: orgRef(rows.orgId),
      detail: { ...reported(rows), faults: [], warnings: [], numbers: rows.good.map(({ number }) => number) },
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
  const key = { orgId: rows.orgId, reference: purchaseKey(first.purchase), product: first.product.id };
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
