/** A reseller's stock: counted, received, held and let go. Units move by guarded updates, never by read-then-write. */
import type { Work } from '../../guard/work.js';
import { Refusal } from '../../guard/refusal.js';
import { textsOf } from '../../locales/texts.js';
import type { Catalogue, Product } from '../../catalogue/catalogue.js';
import { Prisma, type Tx } from '../../database/connect.js';
import { insertRows } from '../../database/bulk-insert.js';
import { numberKey } from '../../guard/number.js';
import { makeNumbers } from './number.js';

export interface Count {
  readonly product: string;
  readonly name: string;
  readonly available: number;
  readonly reserved: number;
  /** Declared or already on a client's account. */
  readonly declared: number;
}

const countedStates = ['available', 'reserved', 'declared', 'assigned'] as const;

/** Every pack kind, then every box model, also at zero (J3, J11). */
export async function stockOf(work: Pick<Work, 'tx' | 'locale' | 'desk'>, orgId: number): Promise<Count[]> {
  const { packs, boxes } = work.desk.catalogue;
  const pairs = [...packs, ...boxes].flatMap(({ id }) => countedStates.map((state) => Prisma.sql`(${id}, ${state})`));
  // a count for each pair walks the index alone; grouping all units of a large stock costs half as much again
  const groups = await work.tx.$queryRaw<{ product: string; state: string; count: bigint | number }[]>`
    WITH "asked" ("product", "state") AS (VALUES ${Prisma.join(pairs)})
    SELECT "product", "state", (SELECT COUNT(*) FROM "StockUnit" "unit" WHERE "unit"."orgId" = ${orgId}
      AND "unit"."product" = "asked"."product" AND "unit"."state" = "asked"."state") AS "count" FROM "asked"`;
  const count = (product: string, ...states: string[]) =>
    groups
      .filter((group) => group.product === product && states.includes(group.state))
      .reduce((sum, group) => sum + Number(group.count), 0);
  return [...packs, ...boxes].map(({ id, name }) => ({
    product: id,
    name: name[work.locale],
    available: count(id, 'available'),
    reserved: count(id, 'reserved'),
    declared: count(id, 'declared', 'assigned'),
  }));
}

export const productNamed = (catalogue: Catalogue, id: string): Product => {
  const found =
    catalogue.products.get(id.replaceAll('-', ' ')) ??
    [...catalogue.products.values()].find((product) => product.id === id);
  if (!found) throw new Error(`no product ${id} in the catalogue`);
  return found;
};

/** The kind of pack that comes with a product: itself, or what a box model brings. */
export const packKind = (product: Product): string => (product.kind === 'pack' ? product.id : product.brings);

/** Puts units in stock: of a box model, as many boxes and packs of its kind (J2). Answers the packs' numbers. */
export async function addToStock(
  work: Work,
  more: { orgId: number; product: Product; quantity: number; purchaseId: number; numbers?: readonly string[] },
): Promise<string[]> {
  const { orgId, product, quantity, purchaseId } = more;
  const numbers = [
    ...(more.numbers ?? (await makeNumbers(work.tx, quantity, { now: work.now, random: work.desk.random }))),
  ];
  const unit = { orgId, state: 'available', purchaseId, createdAt: work.now };
  const packs = numbers.map((number) => ({
    kind: 'pack',
    product: packKind(product),
    number,
    numberKey: numberKey(number),
    ...unit,
  }));
  const boxes =
    product.kind === 'box'
      ? numbers.map(() => ({ kind: 'box', product: product.id, number: null, numberKey: null, ...unit }))
      : [];
  await insertRows(work.tx, 'StockUnit', [...packs, ...boxes]);
  return numbers;
}

export interface TakenUnit {
  readonly id: number;
  readonly number: string | null;
}

/**
 * Takes the oldest available unit of a product, once: whatever runs at the same time gets another or none (J5).
 * On PostgreSQL writers queue at the audit chain, so the inner select sees only what is committed.
 */
export async function takeUnit(
  tx: Tx,
  more: {
    orgId: number;
    products: readonly string[];
    state: 'declared' | 'assigned';
    serial?: string;
  },
): Promise<TakenUnit | undefined> {
  const [row] = await tx.$queryRaw<TakenUnit[]>`
    UPDATE "StockUnit" SET "state" = ${more.state}, "serial" = ${more.serial ?? null}
    WHERE "id" = (
      SELECT "id" FROM "StockUnit"
      WHERE "orgId" = ${more.orgId} AND "product" IN (${Prisma.join([...more.products])}) AND "state" = 'available' ORDER BY "id" LIMIT 1
    ) AND "state" = 'available'
    RETURNING "id", "number"`;
  return row && { id: Number(row.id), number: row.number };
}

/** None left: what the asker typed as the product is named. */
export function stockEmpty(work: Pick<Work, 'locale'>, field: 'product' | 'box', name: string): Refusal {
  return new Refusal('stock.empty', { name }, { [field]: textsOf(work.locale).refusals['stock.empty']({ name }) });
}

/** Reserves units for a withdrawal that waits (all or none) and answers their ids. @throws {Refusal} `stock.empty` */
export async function reserve(
  work: Work,
  more: { orgId: number; product: Product; quantity: number; approvalId: number },
): Promise<number[]> {
  const rows = await work.tx.stockUnit.findMany({
    where: { orgId: more.orgId, product: more.product.id, state: 'available' },
    orderBy: { id: 'asc' },
    take: more.quantity,
    select: { id: true },
  });
  const ids = rows.map(({ id }) => id);
  const { count } = await work.tx.stockUnit.updateMany({
    where: { id: { in: ids }, state: 'available' },
    data: { state: 'reserved', approvalId: more.approvalId },
  });
  if (count < more.quantity) throw stockEmpty(work, 'product', more.product.name[work.locale]);
  return ids;
}

/** The units a waiting withdrawal holds, in order. */
export const reservedBy = async (tx: Tx, approvalId: number): Promise<number[]> =>
  (
    await tx.stockUnit.findMany({
      where: { approvalId, state: 'reserved' },
      orderBy: { id: 'asc' },
      select: { id: true },
    })
  ).map(({ id }) => id);

/** Ends a reservation, one way or the other; answers how many units it held. */
export const endReservation = async (tx: Tx, approvalId: number, state: 'withdrawn' | 'available'): Promise<number> =>
  (
    await tx.stockUnit.updateMany({
      where: { approvalId, state: 'reserved' },
      data: { state, ...(state === 'available' ? { approvalId: null } : {}) },
    })
  ).count;
