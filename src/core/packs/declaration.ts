/** Placing a declaration (J4–J7, J11): one pack leaves the stock, once, and the right letters are queued with it. */
import { createHash } from 'node:crypto';
import { printRef } from '../guard/number.js';
import { createPerson } from '../guard/person.js';
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import { searchable } from '../record/fold.js';
import type { Reseller } from '../parties/organisation.js';
import { hashFirst } from '../parties/password.js';
import type { Product } from '../record/catalogue.js';
import { installerOf, tellDeclared } from './declaration-letters.js';
import { assignUnits, packKind, stockEmpty, takeUnit } from './stock.js';

export const declarationRef = (id: number): string => printRef('D', id);

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

/** @throws {Refusal} `declaration.duplicate` with the first one's number, `stock.empty` */
export async function place(work: Work, reseller: Reseller, given: NewDeclaration): Promise<Placed> {
  const key = duplicateKey(reseller.id, given);
  const [equal] = await work.tx.$queryRaw<
    { id: number }[]
  >`SELECT "id" FROM "Declaration" WHERE "duplicateKey" = ${key}`;
  if (equal && !given.anyway) {
    const declaration = declarationRef(Number(equal.id));
    throw new Refusal('declaration.duplicate', { declaration }, { declaration });
  }
  // first what may be refused: an empty stock costs nobody an account
  const units = await takeUnits(work, reseller, given);
  const client = await clientOf(work, given);
  if (given.takeover) await assignUnits(work.tx, [units.pack?.id, units.box?.id], client.personId);
  const state = given.takeover || !units.pack ? 'completed' : 'placed';
  const searchText = searchable(
    [given.email, given.lastName, given.firstName, given.orderNumber, units.pack?.number ?? '', given.box ?? ''].join(
      ' ',
    ),
  );
  const [row] = await work.tx.$queryRaw<{ id: number }[]>`
    INSERT INTO "Declaration" ("orgId", "declarerId", "clientId", "product", "packId", "boxId", "email", "lastName", "firstName", "orderNumber",
      "takeover", "supportContactId", "locale", "account", "state", "duplicateKey", "searchText", "createdAt", "completedAt")
    VALUES (${reseller.id}, ${work.actor.personId}, ${client.personId}, ${given.product.id}, ${units.pack?.id ?? null}, ${units.box?.id ?? null},
      ${given.email}, ${given.lastName}, ${given.firstName}, ${given.orderNumber}, ${given.takeover}, ${given.supportContact.personId},
      ${client.locale}, ${client.account}, ${state}, ${equal ? null : key}, ${searchText}, ${work.now}, ${state === 'completed' ? work.now : null})
    RETURNING "id"`;
  if (!row) throw new Error('a declaration was not made');
  const id = Number(row.id);
  const pack = units.pack?.number ?? null;
  work.audit({
    action: 'declare new',
    object: declarationRef(id),
    detail: {
      reseller: reseller.id,
      product: given.product.id,
      pack,
      box: given.box ?? null,
      email: given.email,
      orderNumber: given.orderNumber,
      takeover: given.takeover,
      account: client.account,
      anyway: equal !== undefined,
    },
  });
  await tellDeclared(work, {
    id,
    reseller,
    given: { ...given, locale: client.locale },
    pack,
    client,
    installer: installerOf(work),
  });
  return { id, pack, account: client.account, state };
}

export interface Client {
  readonly personId: number;
  readonly account: 'created' | 'existing';
  readonly locale: Locale;
  /** Nobody has signed in yet: a link to choose a password still helps. */
  readonly invited: boolean;
  /** Goes into the installer's letter and nowhere else. */
  readonly firstPassword: string | undefined;
  readonly passwordUntil: Date | undefined;
}

/** The client's account: the one that has the address, or a new one (J6, J7). */
async function clientOf(work: Work, given: NewDeclaration): Promise<Client> {
  const { tx, desk, now } = work;
  const [known] = await tx.$queryRaw<{ id: number; locale: Locale; state: string }[]>`
    SELECT p."id", p."locale", p."state" FROM "Address" a JOIN "Person" p ON p."id" = a."personId" WHERE a."email" = ${given.email}`;
  if (known) {
    return {
      personId: Number(known.id),
      account: 'existing',
      locale: given.locale ?? known.locale,
      invited: known.state === 'invited',
      firstPassword: undefined,
      passwordUntil: undefined,
    };
  }
  const { policy, vendor } = desk.catalogue;
  const firstPassword = given.takeover && vendor.credentials === 'password' ? desk.secrets.password() : undefined;
  const passwordUntil = firstPassword
    ? new Date(now.getTime() + policy.times.firstPasswordDays * 86_400_000)
    : undefined;
  const locale = given.locale ?? desk.locale;
  const personId = await createPerson(
    tx,
    {
      email: given.email,
      lastName: given.lastName,
      firstName: given.firstName,
      locale,
      state: 'invited',
      ...(firstPassword && passwordUntil
        ? { passwordHash: hashFirst(desk.secrets, firstPassword), passwordUntil }
        : {}),
    },
    now,
  );
  return { personId, account: 'created', locale, invited: true, firstPassword, passwordUntil };
}

/** The pack (unless a box alone is declared) and, if its serial is named, the box (J11). */
async function takeUnits(work: Work, reseller: Reseller, given: NewDeclaration) {
  const take = (products: readonly string[], serial?: string) =>
    takeUnit(work.tx, {
      orgId: reseller.id,
      products,
      state: given.takeover ? 'assigned' : 'declared',
      ...(serial === undefined ? {} : { serial }),
    });
  const alone = given.product.kind === 'box';
  const pack = alone ? undefined : await take([given.product.id]);
  if (!alone && !pack) throw stockEmpty(work, 'product', given.product.name[work.locale]);
  if (!alone && given.box === undefined) return { pack, box: undefined };
  const models = alone
    ? [given.product]
    : work.desk.catalogue.boxes.filter((box) => box.brings === packKind(given.product));
  const ids = models.map(({ id }) => id);
  if (given.box !== undefined) await refuseKnownSerial(work, ids, given.box);
  const box = ids.length === 0 ? undefined : await take(ids, given.box);
  if (!box) throw stockEmpty(work, alone ? 'product' : 'box', models[0]?.name[work.locale] ?? '');
  return { pack, box };
}

/** A serial goes out once. */
async function refuseKnownSerial(work: Work, products: readonly string[], serial: string): Promise<void> {
  const known = await work.tx.stockUnit.findFirst({ where: { serial, product: { in: [...products] } } });
  if (known) throw new Refusal('input.invalid', {}, { box: textsOf(work.locale).faults.twice({ value: serial }) });
}
