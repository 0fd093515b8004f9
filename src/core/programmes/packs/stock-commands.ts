/** `stock …`: what a reseller has, and how it gets there and away (J2, J3, J11). */
import { changedKeys } from '../../command/changes.js';
import { command, optional, required } from '../../command/define.js';
import {
  company,
  counts,
  firstName,
  lastName,
  locale,
  product,
  purchase,
  quantity,
  reason,
  reseller,
  thresholdQuantity,
} from '../../command/dictionary.js';
import { needed } from '../../command/input.js';
import { isStaff, resellersOf } from '../../guard/identity.js';
import { purchaseKey } from '../../guard/number.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import {
  addressIn,
  findReseller,
  namedReseller,
  orgRef,
  ownReseller,
  resellersNamed,
  writersTo,
  type Reseller,
} from '../parties/organisation.js';
import { registerReseller } from '../parties/reseller.js';
import type { Product } from '../../catalogue/catalogue.js';
import { addToStock, endReservation, productNamed, reserve, reservedBy, stockOf } from './stock.js';

/** The reseller a reading command is about: one's own, or for staff the one named. */
async function resellerOf(work: Work, named: string | undefined): Promise<Reseller> {
  if (named === undefined) {
    if (resellersOf(work.actor).length > 0) return ownReseller(work);
    throw needed(work.locale, ['reseller']);
  }
  if (isStaff(work.actor)) return namedReseller(work, named);
  const found = (await resellersNamed(work.tx, named)).find(({ id }) =>
    resellersOf(work.actor).some((member) => member.orgId === id),
  );
  if (!found) throw new Refusal('access.denied', { why: 'others' });
  return found;
}

export const stockShow = command({
  name: 'stock show',
  help: { fr: 'Voir son stock de service packs et de box', en: 'See one’s stock of service packs and boxes' },
  who: ['reseller', 'staff'],
  reads: true,
  fields: [optional(reseller)],
  async run(work, input) {
    const found = await resellerOf(work, input.reseller);
    return {
      code: 'stock.shown',
      data: { reseller: orgRef(found.id), company: found.name, products: await stockOf(work, found.id) },
    };
  },
});

const forNew = { fr: 'si le revendeur est inconnu', en: 'if the reseller is unknown' } as const;

/** The reseller of a purchase; an unknown address is registered, if the command says who it is (J2). */
async function buyer(
  work: Work,
  input: { reseller: string; lastName?: string; firstName?: string; company?: string; locale?: 'fr' | 'en' },
): Promise<Reseller & { isNew: boolean }> {
  const found = await findReseller(work, input.reseller);
  if (found) return { ...found, isNew: false };
  if (!input.reseller.includes('@')) return { ...(await namedReseller(work, input.reseller)), isNew: false };
  const email = addressIn(work, 'reseller', input.reseller);
  const { lastName: last, firstName: first, company: firm } = input;
  if (last === undefined || first === undefined || firm === undefined) {
    const left = { 'last-name': last, 'first-name': first, company: firm };
    throw needed(
      work.locale,
      Object.keys(left).filter((name) => left[name as keyof typeof left] === undefined),
      { why: 'new-reseller' },
    );
  }
  return {
    ...(await registerReseller(work, { email, lastName: last, firstName: first, company: firm, locale: input.locale })),
    isNew: true,
  };
}

export const stockReceive = command({
  name: 'stock receive',
  help: {
    fr: 'Entrer un achat en stock ; le premier d’un inconnu l’enregistre',
    en: 'Put a purchase in stock; an unknown buyer’s first one registers it',
  },
  who: 'staff',
  fields: [
    required(reseller),
    required(product),
    required(quantity),
    required(purchase),
    optional(lastName, { when: forNew }),
    optional(firstName, { when: forNew }),
    optional(company, { when: forNew }),
    optional(locale),
  ],
  async run(work, input) {
    const found = await buyer(work, input);
    const bought = productNamed(work.desk.catalogue, input.product);
    const data = {
      reseller: found.isNew ? work.made(orgRef(found.id)) : orgRef(found.id),
      company: found.name,
      product: input.product,
      quantity: input.quantity,
      purchase: input.purchase,
    };
    const reference = purchaseKey(input.purchase);
    const before = await work.tx.purchase.findUnique({
      where: { orgId_reference_product: { orgId: found.id, reference, product: input.product } },
    });
    if (before && before.quantity !== input.quantity) {
      throw new Refusal(
        'purchase.conflict',
        { purchase: input.purchase, quantity: before.quantity },
        { quantity: String(before.quantity) },
      );
    }
    if (before) {
      const units = await work.tx.stockUnit.findMany({
        where: { purchaseId: before.id, kind: 'pack' },
        orderBy: { id: 'asc' },
        select: { number: true },
      });
      return { code: 'stock.received', data: { ...data, packs: units.map(({ number }) => number) } };
    }
    const row = await work.tx.purchase.create({
      data: {
        orgId: found.id,
        reference,
        product: input.product,
        quantity: input.quantity,
        createdAt: work.now,
      },
    });
    const packs = await addToStock(work, {
      orgId: found.id,
      product: bought,
      quantity: input.quantity,
      purchaseId: row.id,
    });
    work.audit({ action: 'stock receive', object: orgRef(found.id), detail: { ...data, packs } });
    await tellReceived(work, found, {
      purchase: input.purchase,
      lines: [{ product: bought, quantity: input.quantity }],
    });
    return { code: 'stock.received', data: { ...data, packs: work.dryRun ? packs.map(() => null) : packs } };
  },
});

/** J2: the reseller is told by mail; a box model and the pack it brings are a line each. */
export async function tellReceived(
  work: Work,
  to: Reseller,
  more: { purchase: string; lines: readonly { product: Product; quantity: number }[] },
): Promise<void> {
  const lines = more.lines.flatMap(({ product: bought, quantity: count }) =>
    [bought, ...(bought.kind === 'box' ? [productNamed(work.desk.catalogue, bought.brings)] : [])].map((it) => ({
      it,
      count,
    })),
  );
  for (const { personId, email, locale: language } of await writersTo(work.tx, to.id)) {
    work.send({
      channel: 'mail',
      letter: 'stock-received',
      recipient: email,
      personId,
      locale: language,
      object: orgRef(to.id),
      params: {
        company: to.name,
        purchase: more.purchase,
        lines: lines.map(({ it, count }) => ({ name: it.name[language], quantity: count })),
        total: lines.reduce((sum, { count }) => sum + count, 0),
        stockUrl: `${work.desk.publicUrl}/me`,
      },
    });
  }
}

export const stockWithdraw = command({
  name: 'stock withdraw',
  help: {
    fr: 'Reprendre des unités d’un stock, avec l’accord d’une seconde personne',
    en: 'Take units back out of a stock, with a second person’s consent',
  },
  who: 'staff',
  fields: [required(reseller), required(product), required(quantity), required(reason)],
  fourEyes: {
    async hold(work, input, approvalId) {
      const found = await namedReseller(work, input.reseller);
      const units = await reserve(work, {
        orgId: found.id,
        product: productNamed(work.desk.catalogue, input.product),
        quantity: input.quantity,
        approvalId,
      });
      return { object: orgRef(found.id), content: units };
    },
    content: (work, _, approvalId) => reservedBy(work.tx, approvalId),
    async release(work, approvalId) {
      await endReservation(work.tx, approvalId, 'available');
    },
  },
  async run(work, input, approvalId) {
    const found = await namedReseller(work, input.reseller);
    const count = await endReservation(work.tx, approvalId ?? 0, 'withdrawn');
    if (count !== input.quantity) throw new Refusal('approval.void', { number: '' });
    work.audit({
      action: 'stock withdrawn',
      object: orgRef(found.id),
      detail: { product: input.product, quantity: count, reason: input.reason },
    });
    return {
      code: 'stock.withdrawn',
      data: { reseller: orgRef(found.id), product: input.product, quantity: count, reason: input.reason },
    };
  },
});

export const stockThreshold = command({
  name: 'stock threshold',
  help: {
    fr: 'Être prévenu quand un stock descend à ce nombre (0 : plus jamais)',
    en: 'Be told when a stock falls to this number (0: never)',
  },
  who: 'reseller',
  fields: [required(product), required(thresholdQuantity)],
  async run(work, input) {
    const found = ownReseller(work, { write: true });
    const key = { orgId: found.id, product: input.product };
    const data = { reseller: orgRef(found.id), product: input.product, quantity: input.quantity };
    const before = await work.tx.stockThreshold.findUnique({ where: { orgId_product: key } });
    const changed = changedKeys({ quantity: before?.quantity ?? 0 }, { quantity: input.quantity });
    if (changed.length === 0) return { code: 'stock.threshold-set', data: { ...data, changed } };
    if (input.quantity === 0) await work.tx.stockThreshold.deleteMany({ where: key });
    else {
      await work.tx.stockThreshold.upsert({
        where: { orgId_product: key },
        create: { ...key, quantity: input.quantity },
        update: { quantity: input.quantity, toldAt: null },
      });
    }
    work.audit({ action: 'stock threshold', object: orgRef(found.id), detail: input });
    return { code: 'stock.threshold-set', data: { ...data, changed } };
  },
});

export const stockReconcile = command({
  name: 'stock reconcile',
  help: {
    fr: 'Comparer son propre comptage au stock du guichet (rien ne change)',
    en: 'Hold one’s own count against the desk’s (nothing changes)',
  },
  who: 'reseller',
  fields: [required(counts)],
  async run(work, input) {
    const found = ownReseller(work, { write: true });
    const stock = await stockOf(work, found.id);
    const differences = Object.entries(input.counts).flatMap(([id, counted]) => {
      const available = stock.find((row) => row.product === id)?.available ?? 0;
      return counted === available ? [] : [{ product: id, counted, available, difference: counted - available }];
    });
    work.audit({ action: 'stock reconciled', object: orgRef(found.id), detail: { counts: input.counts, differences } });
    return { code: 'stock.reconciled', data: { reseller: orgRef(found.id), differences } };
  },
});
