/**
 * The catalogue in force, and what was in force before (X10). The table CatalogueVersion holds each part (vendor, packs,
 * orders, policy) as it was loaded: from its file, or by `catalogue load`. What was loaded last holds, so a file takes over
 * only when somebody edited it since it was last read; a restart alone changes nothing.
 */
import { canonical } from '../text/canonical.js';
import { assembled, type Catalogue, type ReadPart } from './catalogue.js';
import { partNames, sha256, shaped, type ContentOf, type Contents, type Part } from './page.js';
import type { Tx } from '../database/connect.js';
import { FileFaults } from './faults.js';
import type { Orders } from './orders-shape.js';
import type { Database, Unit } from '../database/transact.js';

export interface Version {
  readonly id: number;
  readonly part: Part;
  readonly sha256: string;
  /** What the file said, before defaults are filled in. */
  readonly raw: unknown;
}

/** The catalogue of this process: kept up with what is in force in the database. */
export interface CatalogueVersions {
  readonly catalogue: Catalogue;
  /** By part, the id of its version. */
  readonly ids: Readonly<Record<Part, number>>;
  /** Takes over what another process has loaded; answers whether there was something. */
  refresh(): Promise<boolean>;
  /** Takes over what this process has loaded, once that is committed. */
  take(part: Part, version: { readonly id: number; readonly raw: unknown }): void;
}

type Held = { readonly [P in Part]: { readonly id: number; readonly content: ContentOf<P> } };

/**
 * Puts in force the files that were edited since they were last read, and answers what is in force.
 * @throws {FileFaults} of a part in force that this program can't read
 */
export async function openCatalogue(
  database: Database,
  { files, clock }: { readonly files: Files; readonly clock: () => Date },
): Promise<CatalogueVersions> {
  const isEdited = async (tx: Tx) => (await editedSince(tx, files)).length > 0;
  if (await database.read(isEdited)) await database.transact((unit) => takeFiles(unit, files, clock()));
  let held = await database.read((tx) => heldIn(tx, undefined, files));
  let catalogue = catalogueOf(held);
  const hold = (changed: Held): void => {
    held = changed;
    catalogue = catalogueOf(held);
  };
  return {
    get catalogue() {
      return catalogue;
    },
    get ids() {
      return Object.fromEntries(partNames.map((part) => [part, held[part].id])) as Record<Part, number>;
    },
    async refresh() {
      const found = await database.read((tx) => heldIn(tx, held, files));
      // another look, or a load of this process, may have been quicker
      const newer = partNames.filter((part) => found[part].id > held[part].id);
      if (newer.length > 0) hold({ ...held, ...Object.fromEntries(newer.map((part) => [part, found[part]])) });
      return newer.length > 0;
    },
    take(part, { id, raw }) {
      if (id > held[part].id) hold({ ...held, [part]: { id, content: shaped(part, raw) } });
    },
  };
}

const catalogueOf = (held: Held): Catalogue =>
  assembled(Object.fromEntries(partNames.map((part) => [part, held[part].content])) as unknown as Contents);

type Files = Readonly<Record<Part, ReadPart>>;
const head = { id: true, part: true, sha256: true } as const;
export const whole = { ...head, content: true } as const;
/** Somebody asked for it; whoever decides hasn't yet. */
export const waiting = 'waiting';

/** The parts whose files say something else than when they were last read. */
async function editedSince(tx: Tx, files: Files): Promise<readonly Part[]> {
  const rows = await tx.catalogueVersion.findMany({
    where: { source: 'files' },
    orderBy: { id: 'asc' },
    select: { part: true, sha256: true },
  });
  // the newest of a part comes last
  const read = new Map<string, string>(rows.map((row) => [row.part, row.sha256]));
  return partNames.filter((part) => read.get(part) !== sha256(canonical(files[part].raw)));
}

async function takeFiles({ tx, leaves }: Unit, files: Files, now: Date): Promise<void> {
  for (const part of await editedSince(tx, files)) {
    const before = await tx.catalogueVersion.findFirst({ where: { part, state: 'loaded' }, select: { id: true } });
    const content = canonical(files[part].raw);
    await supersede(tx, part, now);
    const { id } = await tx.catalogueVersion.create({
      data: { part, content, sha256: sha256(content), source: 'files', loadedAt: now },
      select: { id: true },
    });
    // the first of all is no change
    if (before)
      leaves.audit.push({
        at: now,
        actorId: null,
        operator: true,
        door: 'schedule',
        action: 'catalogue read',
        object: part,
        detail: { part, version: id, before: before.id, sha256: sha256(content) },
      });
  }
}

export const versionOf = (row: { id: number; part: string; sha256: string; content: string }): Version => ({
  id: row.id,
  part: row.part as Part,
  sha256: row.sha256,
  raw: JSON.parse(row.content),
});

/** The version of a part that is in force as of this transaction. */
export async function versionInForce(tx: Tx, part: Part): Promise<Version> {
  const where = { part, state: 'loaded' };
  return versionOf(await tx.catalogueVersion.findFirstOrThrow({ where, orderBy: { id: 'desc' }, select: whole }));
}

/** What is in force of a part no longer is. */
export async function supersede(tx: Tx, part: Part, now: Date): Promise<void> {
  const where = { part, state: 'loaded' };
  await tx.catalogueVersion.updateMany({ where, data: { state: 'superseded', endedAt: now } });
}

/** What is in force; what is held already, or what the files say too, is not read again. */
async function heldIn(tx: Tx, held: Held | undefined, files: Files): Promise<Held> {
  const rows = await tx.catalogueVersion.findMany({
    where: { state: 'loaded' },
    select: head,
    orderBy: { id: 'asc' },
  });
  const found: Partial<Record<Part, { id: number; content: unknown }>> = {};
  for (const part of partNames) {
    const row = rows.findLast((one) => one.part === part);
    if (!row) throw new Error(`no version of ${part} is in force`);
    const known =
      held && held[part].id === row.id
        ? held[part].content
        : row.sha256 === sha256(canonical(files[part].raw))
          ? files[part].content
          : undefined;
    found[part] = { id: row.id, content: known ?? (await contentOf(tx, { id: row.id, part })) };
  }
  return found as Held;
}

/** @throws {FileFaults} when it does not fit this program */
async function contentOf<P extends Part>(tx: Tx, { id, part }: { id: number; part: P }): Promise<ContentOf<P>> {
  const row = await tx.catalogueVersion.findUniqueOrThrow({ where: { id }, select: { content: true } });
  try {
    return shaped(part, JSON.parse(row.content));
  } catch (error) {
    const fault = `it was loaded by another program and does not fit this one: ${String(error)}`;
    const fix = `Edit ${part}.yaml: an edited file takes over at the next start.`;
    throw new FileFaults('the catalogue in force', [{ file: `${part} (version ${id})`, fault, fix }]);
  }
}

export interface KeptVersion<P extends Part> {
  readonly id: number;
  readonly part: P;
  readonly loadedAt: Date;
  readonly content: ContentOf<P>;
}

/** The version of a part that held at a moment; before the first one, that one. */
export async function versionAt<P extends Part>(tx: Tx, part: P, at: Date): Promise<KeptVersion<P>> {
  const select = { id: true, loadedAt: true } as const;
  const row =
    (await tx.catalogueVersion.findFirst({
      where: { part, state: { not: waiting }, loadedAt: { lte: at } },
      orderBy: [{ loadedAt: 'desc' }, { id: 'desc' }],
      select,
    })) ?? (await tx.catalogueVersion.findFirstOrThrow({ where: { part }, orderBy: { id: 'asc' }, select }));
  return { ...row, part, content: await contentOf(tx, { id: row.id, part }) };
}

/** Read once each, whichever database they are of: a content is its hash. */
const parsedOrders = new Map<string, Orders>();
const parsedAtMost = 20;

/** The orders part in force as of this transaction: what an order is judged by. */
export async function ordersInForce(tx: Tx): Promise<{ readonly id: number; readonly orders: Orders }> {
  const where = { part: 'orders', state: 'loaded' };
  const version = await tx.catalogueVersion.findFirstOrThrow({ where, orderBy: { id: 'desc' }, select: head });
  return { id: version.id, orders: await ordersBy(tx, version) };
}

/** The orders part by which an order was judged; of one that wasn't yet (`null`), what is in force. */
export async function ordersOf(tx: Tx, id: number | null): Promise<{ readonly id: number; readonly orders: Orders }> {
  if (id === null) return ordersInForce(tx);
  const version = await tx.catalogueVersion.findUniqueOrThrow({ where: { id }, select: { id: true, sha256: true } });
  return { id, orders: await ordersBy(tx, version) };
}

async function ordersBy(tx: Tx, version: { readonly id: number; readonly sha256: string }): Promise<Orders> {
  const known = parsedOrders.get(version.sha256);
  if (known) return known;
  const orders = await contentOf(tx, { id: version.id, part: 'orders' });
  parsedOrders.set(version.sha256, orders);
  const [oldest] = parsedOrders.keys();
  if (parsedOrders.size > parsedAtMost && oldest !== undefined) parsedOrders.delete(oldest);
  return orders;
}
