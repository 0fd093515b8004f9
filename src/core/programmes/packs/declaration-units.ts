/**
 * The units that a declaration takes out of stock (J5, J11): the pack, unless a box alone is declared, and, if its serial
 * is named, the box. Two ways to the same rules: one declaration takes them from the database at once; many are first
 * planned on a shelf in memory, and then moved by one guarded update.
 */
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { Prisma, type Tx } from '../../database/connect.js';
import type { NewDeclaration } from './declaration.js';
import { packKind, stockEmpty, takeUnit, type TakenUnit } from './stock.js';

export interface Units {
  readonly pack: TakenUnit | undefined;
  readonly box: TakenUnit | undefined;
}

type What = Pick<NewDeclaration, 'product' | 'takeover' | 'box'>;

/** A reseller's stock as a declaration meets it. */
export interface Shelf {
  /** The oldest available unit of one of these products; nothing when there is none. */
  take(products: readonly string[], given: What, serial?: string): Promise<TakenUnit | undefined>;
  /** Whether a box with this serial, of whatever model, is on a client. */
  knows(serial: string): Promise<boolean>;
}

/** @throws {Refusal} `stock.empty`; `input.invalid` for a serial that has gone out before */
export async function takeUnits(work: Work, given: What, shelf: Shelf): Promise<Units> {
  const alone = given.product.kind === 'box';
  const pack = alone ? undefined : await shelf.take([given.product.id], given);
  if (!alone && !pack) throw stockEmpty(work, 'product', given.product.name[work.locale]);
  if (!alone && given.box === undefined) return { pack, box: undefined };
  const models = alone
    ? [given.product]
    : work.desk.catalogue.boxes.filter((box) => box.brings === packKind(given.product));
  const ids = models.map(({ id }) => id);
  if (given.box !== undefined && (await shelf.knows(given.box)))
    throw new Refusal('input.invalid', {}, { box: textsOf(work.locale).faults.twice({ value: given.box }) });
  const box = ids.length === 0 ? undefined : await shelf.take(ids, given, given.box);
  if (!box) throw stockEmpty(work, alone ? 'product' : 'box', models[0]?.name[work.locale] ?? '');
  return { pack, box };
}

const stateOf = ({ takeover }: Pick<What, 'takeover'>): 'assigned' | 'declared' => (takeover ? 'assigned' : 'declared');

/** The stock itself: what is taken is taken. */
export const stockShelf = (tx: Tx, orgId: number): Shelf => ({
  take: (products, given, serial) =>
    takeUnit(tx, { orgId, products, state: stateOf(given), ...(serial === undefined ? {} : { serial }) }),
  knows: async (serial) => (await tx.stockUnit.findUnique({ where: { serial } })) !== null,
});

/** A copy of the stock to plan on: units are taken in the order in which the stock would give them. */
export interface PlannedShelf extends Shelf {
  /** What was taken since the last `keep` stays taken. */
  keep(): void;
  /** It goes back. */
  putBack(): void;
}

/** Rows whose serials are asked for with one statement. */
const serialsAtATime = 1_000;

interface ShelfRequest {
  readonly orgId: number;
  readonly products: readonly string[];
  /** Units of each that may be asked for. */
  readonly atMost: number;
  readonly serials: readonly string[];
}

export async function plannedShelf(tx: Tx, { orgId, products, atMost, serials }: ShelfRequest): Promise<PlannedShelf> {
  const queues = new Map<string, { readonly units: readonly TakenUnit[]; next: number }>();
  for (const product of products) {
    const units = await tx.$queryRaw<TakenUnit[]>`
      SELECT "id", "number" FROM "StockUnit" WHERE "orgId" = ${orgId} AND "product" = ${product} AND "state" = 'available'
      ORDER BY "id" LIMIT ${atMost}`;
    queues.set(product, { units: units.map(({ id, number }) => ({ id: Number(id), number })), next: 0 });
  }
  const gone = await goneSerials(tx, serials);
  let backward: (() => void)[] = [];
  return {
    take(wanted, _, serial) {
      const heads = wanted.flatMap((product) => {
        const queue = queues.get(product);
        const unit = queue?.units[queue.next];
        return queue && unit ? [{ queue, unit }] : [];
      });
      const [oldest] = heads.sort((a, b) => a.unit.id - b.unit.id);
      if (!oldest) return Promise.resolve(undefined);
      oldest.queue.next += 1;
      if (serial !== undefined) gone.add(serial);
      backward.push(() => {
        oldest.queue.next -= 1;
        if (serial !== undefined) gone.delete(serial);
      });
      return Promise.resolve(oldest.unit);
    },
    knows: (serial) => Promise.resolve(gone.has(serial)),
    keep: () => void (backward = []),
    putBack() {
      for (const step of backward) step();
      backward = [];
    },
  };
}

async function goneSerials(tx: Tx, serials: readonly string[]): Promise<Set<string>> {
  const gone = new Set<string>();
  for (let at = 0; at < serials.length; at += serialsAtATime) {
    const rows = await tx.stockUnit.findMany({
      where: { serial: { in: serials.slice(at, at + serialsAtATime) } },
      select: { serial: true },
    });
    for (const { serial } of rows) gone.add(serial ?? '');
  }
  return gone;
}

/**
 * Takes planned units out of the stock, once: whatever has happened to one of them since, none is taken twice (J5).
 * @throws {Error} when one is no longer available, which the transaction's lock keeps from happening
 */
export async function moveUnits(tx: Tx, many: readonly { given: What; units: Units }[]): Promise<void> {
  for (const takeover of [false, true]) {
    const ids = many
      .filter(({ given }) => given.takeover === takeover)
      .flatMap(({ units }) => [units.pack, units.box].flatMap((unit) => unit?.id ?? []));
    if (ids.length === 0) continue;
    const moved = await tx.$executeRaw`
      UPDATE "StockUnit" SET "state" = ${stateOf({ takeover })} WHERE "id" IN (${Prisma.join(ids)}) AND "state" = 'available'`;
    if (moved !== ids.length) throw new Error('planned units have left the stock');
  }
  const boxes = many.flatMap(({ given, units }) =>
    units.box && given.box !== undefined ? [Prisma.sql`(CAST(${units.box.id} AS INTEGER), ${given.box})`] : [],
  );
  if (boxes.length > 0)
    await tx.$executeRaw`
      UPDATE "StockUnit" SET "serial" = v."column2" FROM (VALUES ${Prisma.join(boxes)}) AS v WHERE "StockUnit"."id" = v."column1"`;
}

/** Puts units that were just taken on their clients' accounts. */
export async function assignUnits(tx: Tx, many: readonly { units: Units; personId: number }[]): Promise<void> {
  const pairs = many.flatMap(({ units, personId }) =>
    [units.pack, units.box].flatMap((unit) =>
      unit ? [Prisma.sql`(CAST(${unit.id} AS INTEGER), CAST(${personId} AS INTEGER))`] : [],
    ),
  );
  if (pairs.length === 0) return;
  await tx.$executeRaw`
    UPDATE "StockUnit" SET "personId" = v."column2" FROM (VALUES ${Prisma.join(pairs)}) AS v WHERE "StockUnit"."id" = v."column1"`;
}
