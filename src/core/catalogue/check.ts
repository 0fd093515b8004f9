/** What the shapes can't say about the catalogue's parts: names that hang in the air, times that contradict each other. */
import { shippedApprovals, type Box, type Pack } from './shape.js';
import type { ContentOf, Page, Part } from './page.js';
import { fold } from '../text/fold.js';
import { checkOrders } from './orders-check.js';
import { didYouMean } from '../text/nearest.js';

/** What the program has that the catalogue may name. */
export interface Known {
  /** Commands, `noun verb`. */
  readonly commands: ReadonlySet<string>;
  /** Fields of an order. */
  readonly orderFields: ReadonlySet<string>;
}

/** Adds every fault of a part that has its shape. */
export function checkPart(page: Page<Part>, known?: Known): void {
  if (is(page, 'packs')) checkProducts(page);
  else if (is(page, 'orders')) checkOrders(page, known?.orderFields);
  else if (is(page, 'domains')) checkDomains(page);
  else if (is(page, 'policy')) checkPolicy(page, known?.commands);
}

const is = <P extends Part>(page: Page<Part>, part: P): page is Page<P> => page.part === part;

/** What stands in a stock: a service pack kind or a box model. */
export type Product = (Pack & { readonly kind: 'pack' }) | (Box & { readonly kind: 'box' });

/** Every word by which a product can be named. */
export function named({ packs, boxes }: ContentOf<'packs'>): { word: string; product: Product; path: PropertyKey[] }[] {
  const products: { product: Product; at: PropertyKey[] }[] = [
    ...packs.map((pack, at) => ({ product: { ...pack, kind: 'pack' as const }, at: ['packs', at] })),
    ...boxes.map((box, at) => ({ product: { ...box, kind: 'box' as const }, at: ['boxes', at] })),
  ];
  return products.flatMap(({ product, at }) => [
    { word: fold(product.id), product, path: [...at, 'id'] },
    ...[...new Set([fold(product.name.fr), fold(product.name.en)])].map((word) => ({
      word,
      product,
      path: [...at, 'name'],
    })),
  ]);
}

function checkProducts(page: Page<'packs'>): void {
  if (!page.content) return;
  const { packs, boxes } = page.content;
  const kinds = packs.map(({ id }) => id);
  boxes.forEach(({ brings }, at) => {
    if (kinds.includes(brings)) return;
    page.fault(['boxes', at, 'brings'], `no pack kind is called ${brings}`, didYouMean(brings, kinds));
  });
  const first = new Map<string, Product>();
  for (const { word, product, path } of named(page.content)) {
    const other = first.get(word);
    if (!other) first.set(word, product);
    else if (other !== product)
      page.fault(path, `“${word}” already means ${other.id}`, 'Choose an id or name of its own.');
  }
}

function checkDomains(page: Page<'domains'>): void {
  const tlds = page.content?.tlds ?? [];
  tlds.forEach(({ tld, years }, at) => {
    if (tlds.findIndex((other) => other.tld === tld) < at)
      page.fault(['tlds', at, 'tld'], `${tld} is there already`, 'Put both together.');
    if (years.min > years.max) page.fault(['tlds', at, 'years'], 'min is more than max', 'Lower min, or raise max.');
  });
}

function checkPolicy(page: Page<'policy'>, commands?: ReadonlySet<string>): void {
  if (!page.content) return;
  const { approvals, times } = page.content;
  for (const command of commands ? Object.keys(approvals) : [])
    if (!commands?.has(command) && !Object.hasOwn(shippedApprovals, command))
      page.fault(
        ['approvals', command],
        'no such command',
        didYouMean(command, [...(commands ?? [])], (one) => `“${one}”`),
      );
  if ((times.approvalReminderHours.at(-1) ?? 0) >= times.approvalDays * 24)
    page.fault(
      ['times', 'approvalReminderHours'],
      'the last reminder comes after the request has ended',
      'Lower it, or raise approvalDays.',
    );
  if ((times.deviceReminderDays.at(-1) ?? 0) >= times.deviceLinkDays)
    page.fault(
      ['times', 'deviceReminderDays'],
      'the last reminder comes after the link has ended',
      'Lower it, or raise deviceLinkDays.',
    );
  if ((times.ownerReminderDays.at(-1) ?? 0) >= times.ownerVerificationDays)
    page.fault(
      ['times', 'ownerReminderDays'],
      'the last reminder comes after the link has ended',
      'Lower it, or raise ownerVerificationDays.',
    );
  if (times.sessionIdleMinutes > times.sessionHours * 60)
    page.fault(['times', 'sessionIdleMinutes'], 'longer than sessionHours', 'Lower it, or raise sessionHours.');
}
