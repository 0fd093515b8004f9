/**
 * Placing declarations (J4–J7, J11): each takes a pack out of the stock, once, and the right letters are queued with it.
 * One or ten thousand, the rules are the same: `ready` says what a declaration gets or why it is refused, `record` writes
 * what was readied, however many, by one statement a table.
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import type { Reseller } from '../parties/organisation.js';
import { textsOf } from '../../locales/texts.js';
import type { Product } from '../../catalogue/catalogue.js';
import { Prisma, type Tx } from '../../database/connect.js';
import { searchable } from '../../text/fold.js';
import { insertReturning, type Row } from '../../database/bulk-insert.js';
import { clientsOf, type Client } from './declaration-clients.js';
import { installerOf, tellDeclared, type DeclarationNotice } from './declaration-letters.js';
import { declarationRef } from './number.js';
import { assignUnits, stockShelf, takeUnits, type Shelf, type Units } from './declaration-units.js';

export interface NewDeclaration {
  readonly product: Product;
  readonly email: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly orderNumber: string;
  readonly takeover: boolean;
  readonly supportContact: { readonly personId: number };
  readonly box: string | undefined;
  readonly locale: Locale | undefined;
  readonly anyway: boolean;
}

export interface Placed {
  readonly id: number;
  readonly pack: string | null;
  readonly account: 'created' | 'existing';
  readonly state: 'placed' | 'completed';
}

/** Equal declarations share it: reseller, licence, address, order number trimmed and without case (J5). */
export function duplicateKey(orgId: number, given: { product: Product; email: string; orderNumber: string }): string {
  const parts = [orgId, given.product.id, given.email, given.orderNumber.trim().toLowerCase()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** A declaration that may be placed, with what it takes. */
export interface Ready {
  readonly given: NewDeclaration;
  readonly units: Units;
  /** Its `duplicateKey`; null when an equal one has it and this one is placed `anyway`. */
  readonly key: string | null;
}

/** An equal declaration that is there already: placed, or in an earlier row of the same table. */
export type Equal = { readonly declaration: string; readonly row?: undefined } | { readonly row: number };

/** What a declaration meets: the stock, and those that came before it. */
export interface Books {
  readonly shelf: Shelf;
  readonly equal: (key: string) => Promise<Equal | undefined>;
}

/** A declaration with its `duplicateKey`. */
export interface RequestedDeclaration {
  readonly given: NewDeclaration;
  readonly key: string;
}

/** @throws {Refusal} `declaration.duplicate` with the first one's number, `stock.empty`, `input.invalid` for a serial */
export async function ready(work: Work, { given, key }: RequestedDeclaration, { shelf, equal }: Books): Promise<Ready> {
  const before = await equal(key);
  if (before && !given.anyway) throw duplicate(work, before);
  return { given, units: await takeUnits(work, given, shelf), key: before ? null : key };
}

function duplicate({ locale }: Work, before: Equal): Refusal {
  if (before.row === undefined) {
    const { declaration } = before;
    return new Refusal('declaration.duplicate', { declaration }, { declaration });
  }
  return new Refusal('declaration.duplicate', {}, { row: textsOf(locale).imports.equal({ line: before.row }) });
}

/** @throws {Refusal} as `ready` does */
export async function place(work: Work, reseller: Reseller, given: NewDeclaration): Promise<Placed> {
  const asked = { given, key: duplicateKey(reseller.id, given) };
  // first what may be refused: an empty stock costs nobody an account
  const one = await ready(work, asked, {
    shelf: stockShelf(work.tx, reseller.id),
    equal: async (key) => (await equalsOf(work.tx, [key])).get(key),
  });
  const [placed] = await record(work, { reseller, action: 'declare new' }, [one]);
  if (!placed) throw new Error('a declaration was not made');
  return placed;
}

/** The declarations that stand under these keys. */
export async function equalsOf(tx: Tx, keys: readonly string[]): Promise<Map<string, { declaration: string }>> {
  const rows = await tx.$queryRaw<{ id: number; duplicateKey: string }[]>`
    SELECT "id", "duplicateKey" FROM "Declaration" WHERE "duplicateKey" IN (${Prisma.join([...keys])})`;
  return new Map(rows.map((row) => [row.duplicateKey, { declaration: declarationRef(Number(row.id)) }]));
}

/** Writes declarations whose units have left the stock: accounts, rows, audit, letters. Answers them in their order. */
export async function record(
  work: Work,
  { reseller, action }: { reseller: Reseller; action: string },
  many: readonly Ready[],
): Promise<Placed[]> {
  const clients = await clientsOf(
    work,
    many.map(({ given }) => given),
  );
  const all = many.map((one, at): Linked => {
    const client = clients[at];
    if (!client) throw new Error('a declaration without a client');
    return { one, client, state: one.given.takeover || !one.units.pack ? 'completed' : 'placed' };
  });
  const taken = all.filter(({ one }) => one.given.takeover);
  if (taken.length > 0)
    await assignUnits(
      work.tx,
      taken.map(({ one, client }) => ({ units: one.units, personId: client.personId })),
    );
  const rows = await insertReturning<Made>(
    work.tx,
    { table: 'Declaration', returning: many.length === 1 ? ['id'] : ['id', 'packId', 'boxId'] },
    all.map((linked) => rowOf(work, reseller, linked)),
  );
  const ids = idsOf(rows, many);
  const installer = installerOf(work);
  const told = all.map(({ one, client }, at): DeclarationNotice => {
    const id = ids[at] ?? 0;
    work.audit({ action, object: declarationRef(id), detail: detailOf(reseller, one, client) });
    const given = { ...one.given, locale: client.locale };
    return { id, reseller, given, pack: one.units.pack?.number ?? null, client, installer };
  });
  await tellDeclared(work, told);
  return all.map(({ one, client, state }, at) => ({
    id: ids[at] ?? 0,
    pack: one.units.pack?.number ?? null,
    account: client.account,
    state,
  }));
}

/** A declaration with the account it is for. */
interface Linked {
  readonly one: Ready;
  readonly client: Client;
  readonly state: Placed['state'];
}

const rowOf = (work: Work, reseller: Reseller, { one: { given, units, key }, client, state }: Linked): Row => ({
  orgId: reseller.id,
  declarerId: work.actor.personId,
  clientId: client.personId,
  product: given.product.id,
  packId: units.pack?.id ?? null,
  boxId: units.box?.id ?? null,
  email: given.email,
  lastName: given.lastName,
  firstName: given.firstName,
  orderNumber: given.orderNumber,
  takeover: given.takeover,
  supportContactId: given.supportContact.personId,
  locale: client.locale,
  account: client.account,
  state,
  duplicateKey: key,
  searchText: searchable(
    [given.email, given.lastName, given.firstName, given.orderNumber, units.pack?.number ?? '', given.box ?? ''].join(
      ' ',
    ),
  ),
  createdAt: work.now,
  completedAt: state === 'completed' ? work.now : null,
});

const detailOf = (reseller: Reseller, { given, units, key }: Ready, client: Client) => ({
  reseller: reseller.id,
  product: given.product.id,
  pack: units.pack?.number ?? null,
  box: given.box ?? null,
  email: given.email,
  orderNumber: given.orderNumber,
  takeover: given.takeover,
  account: client.account,
  anyway: key === null,
});

interface Made {
  readonly id: number;
  readonly packId?: number | null;
  readonly boxId?: number | null;
}

/** The new rows' numbers in the order of the declarations: each has a unit that no other has. */
function idsOf(rows: readonly Made[], many: readonly Ready[]): number[] {
  if (many.length === 1) return rows.map(({ id }) => Number(id));
  const byUnit = new Map(rows.map(({ id, packId, boxId }) => [Number(packId ?? boxId), Number(id)]));
  return many.map(({ units: { pack, box } }) => {
    const id = byUnit.get(pack?.id ?? box?.id ?? 0);
    if (id === undefined) throw new Error('a declaration was not made');
    return id;
  });
}
