/**
 * What a table of declarations would do (J9): each row meets the rules of `declare new` in the order of the rows, and a
 * good one has taken its pack before the next is looked at. Nothing is changed by planning.
 */
import type { Data } from '../../command/outcome.js';
import { readTable, rowsAtATime, type RowFault, type TableInput } from '../../command/table.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { ownReseller, type Reseller } from '../parties/organisation.js';
import { inParts } from '../../database/bulk-insert.js';
import {
  duplicateKey,
  equalsOf,
  ready,
  type RequestedDeclaration,
  type Books,
  type Equal,
  type Ready,
} from './declaration.js';
import { plannedShelf, type PlannedShelf } from './declaration-units.js';
import { contactIn, declaredFields, givenOf, supportContacts } from './declared.js';
import { packKind, stockOf } from './stock.js';

export interface PlannedRow extends Ready {
  readonly row: number;
}

export interface Plan {
  readonly reseller: Reseller;
  /** Rows in all. */
  readonly total: number;
  readonly good: readonly PlannedRow[];
  /** In the order of the rows. */
  readonly faults: readonly RowFault[];
  /** What the rows ask of the stock, and what is there. */
  readonly products: readonly Data[];
}

interface AskedRow extends RequestedDeclaration {
  readonly row: number;
}

/** @throws {Refusal} when it can't be planned at all: `file.refused`, `access.denied` */
export async function planBulk(work: Work, input: TableInput): Promise<Plan> {
  const reseller = ownReseller(work, { write: true });
  const rows = await readTable(work, input, declaredFields);
  const contacts = await supportContacts(
    work,
    reseller,
    rows.map((row) => row.input?.supportContact),
  );
  const asked: AskedRow[] = [];
  const faults: RowFault[] = [];
  await inParts(rows, rowsAtATime, async (part) => {
    for (const { row, input: declared, faults: own } of part) {
      if (own) faults.push(...own);
      else
        await orFault(work, { row, faults }, () => {
          const contact = contactIn(work, { reseller, contacts, named: declared.supportContact });
          const given = givenOf(work, declared, contact);
          asked.push({ row, given, key: duplicateKey(reseller.id, given) });
        });
    }
  });
  const good = await readied(work, { reseller, asked, faults });
  faults.sort((a, b) => a.row - b.row);
  return { reseller, total: rows.length, good, faults, products: await wanted(work, reseller, asked) };
}

/** Does it; a refusal is a fault of the row. @returns whether it was done */
async function orFault(
  work: Work,
  { row, faults }: { row: number; faults: RowFault[] },
  attempt: () => Promise<void> | void,
): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    faults.push(...rowFaults(work, row, error));
    return false;
  }
}

/** Those that may be placed; why the others may not is added to the faults. */
async function readied(
  work: Work,
  { reseller, asked, faults }: { reseller: Reseller; asked: readonly AskedRow[]; faults: RowFault[] },
): Promise<PlannedRow[]> {
  const good: PlannedRow[] = [];
  const { books, shelf, before } = await booksOf(work, reseller, asked);
  const one = async (row: AskedRow) => {
    const made = await ready(work, row, books);
    good.push({ row: row.row, ...made });
    if (made.key !== null) before.set(made.key, { row: row.row });
  };
  await inParts(asked, rowsAtATime, async (part) => {
    for (const row of part) {
      if (await orFault(work, { row: row.row, faults }, () => one(row))) shelf.keep();
      else shelf.putBack();
    }
  });
  return good;
}

async function booksOf(
  { tx, desk }: Work,
  reseller: Reseller,
  asked: readonly AskedRow[],
): Promise<{ books: Books; shelf: PlannedShelf; before: Map<string, Equal> }> {
  const kinds = new Set(asked.map(({ given }) => given.product.id));
  const withBox = asked.some(({ given }) => given.box !== undefined);
  const boxes = desk.catalogue.boxes.filter(({ brings }) => withBox && kinds.has(brings)).map(({ id }) => id);
  const shelf = await plannedShelf(tx, {
    orgId: reseller.id,
    products: [...new Set([...kinds, ...boxes])],
    atMost: asked.length,
    serials: asked.flatMap(({ given }) => given.box ?? []),
  });
  const before = new Map<string, Equal>();
  await inParts(asked, keysAtATime, async (part) => {
    for (const [key, equal] of await equalsOf(
      tx,
      part.map((one) => one.key),
    ))
      before.set(key, equal);
  });
  return { books: { shelf, equal: (key) => Promise.resolve(before.get(key)) }, shelf, before };
}

const keysAtATime = 1_000;

/** A refusal as it is told of a row: by its columns. */
function rowFaults(work: Work, row: number, refusal: Refusal): RowFault[] {
  if (refusal.code !== 'declaration.duplicate')
    return Object.entries(refusal.fields ?? {}).map(([column, fault]) => ({ row, column, fault }));
  const fault = refusal.fields?.['row'] ?? textsOf(work.locale).refusals['declaration.duplicate'](refusal.params);
  return [{ row, column: 'order-number', fault }];
}

/** Each product that rows ask for: how many of them, and how many there are. */
async function wanted(work: Work, reseller: Reseller, asked: readonly AskedRow[]): Promise<Data[]> {
  const rows = new Map<string, number>();
  const count = (product: string | undefined) =>
    product !== undefined && rows.set(product, (rows.get(product) ?? 0) + 1);
  for (const { given } of asked) {
    count(given.product.id);
    if (given.box !== undefined && given.product.kind === 'pack')
      count(work.desk.catalogue.boxes.find((box) => box.brings === packKind(given.product))?.id);
  }
  const stock = await stockOf(work, reseller.id);
  return stock.flatMap(({ product, name, available }) => {
    const wantedRows = rows.get(product);
    return wantedRows === undefined ? [] : [{ product, name, rows: wantedRows, available }];
  });
}
