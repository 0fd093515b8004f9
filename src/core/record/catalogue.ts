/** The vendor's data (CATALOGUE): who it is, what is sold, by which times and rules; read and checked as a whole. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Locale, Localised } from '../locales/locale.js';
import {
  packsShape,
  policyShape,
  vendorShape,
  type Box,
  type Pack,
  type Policy,
  type Vendor,
} from './catalogue-shape.js';
import { FileFaults, type FileFault } from './faults.js';
import { fold } from './fold.js';
import { ordersShape, type Orders } from './orders-shape.js';

/** The files of the catalogue, by their names without the ending. */
export const catalogueFiles = {
  vendor: vendorShape,
  packs: packsShape,
  orders: ordersShape,
  policy: policyShape,
} as const;

export type { Box, Pack, Policy, Vendor } from './catalogue-shape.js';

/** What stands in a stock: a service pack kind or a box model. */
export type Product = (Pack & { readonly kind: 'pack' }) | (Box & { readonly kind: 'box' });

export interface Catalogue {
  readonly vendor: Vendor;
  readonly packs: readonly Pack[];
  readonly boxes: readonly Box[];
  readonly orders: Orders;
  readonly policy: Policy;
  /** By folded id and by each folded name. */
  readonly products: ReadonlyMap<string, Product>;
  /** SHA-256 (hex) of the content: equal whatever the files' order of keys, comments and spacing. */
  readonly version: string;
}

/**
 * Reads `vendor.yaml`, `packs.yaml` and `policy.yaml`.
 * @param commands the commands there are, so that an approval rule for none of them is a fault too
 * @throws {FileFaults} naming every fault with file, line, path and what to change
 */
export function loadCatalogue(dir: string, commands?: ReadonlySet<string>): Catalogue {
  const faults: FileFault[] = [];
  const pages = existsSync(dir) ? readdirSync(dir).filter((name) => /\.ya?ml$/.test(name)) : [];
  for (const name of pages)
    if (!Object.hasOwn(catalogueFiles, name.replace(/\.yaml$/, '')))
      faults.push({
        file: name,
        fault: 'no file of the catalogue',
        fix: `The files are ${Object.keys(catalogueFiles).join('.yaml, ')}.yaml.`,
      });
  const vendor = new Page(dir, 'vendor', faults);
  const packs = new Page(dir, 'packs', faults);
  const orders = new Page(dir, 'orders', faults);
  const policy = new Page(dir, 'policy', faults);
  if (packs.content) checkProducts(packs.content, packs);
  if (policy.content) checkPolicy(policy.content, policy, commands);
  if (!vendor.content || !packs.content || !orders.content || !policy.content || faults.length > 0)
    throw new FileFaults(dir, faults);
  const content = { vendor: vendor.content, ...packs.content, orders: orders.content, policy: policy.content };
  const version = createHash('sha256').update(canonical(content)).digest('hex');
  return { ...content, version, products: new Map(named(content).map(({ word, product }) => [word, product])) };
}

/** A text in the reader's language. */
export const label = (localised: Localised, locale: Locale): string => localised[locale];

/** The product meant by an id or a French or English name, compared as labels are; box models only if `boxes`. */
export function findProduct(catalogue: Catalogue, text: string, { boxes }: { boxes: boolean }): Product | undefined {
  const product = catalogue.products.get(fold(text));
  return product?.kind === 'box' && !boxes ? undefined : product;
}

/** The first credentials of the box that is, or that comes with, this product (J6, J7); for `boxCredentials` of a letter. */
export function firstCredentials(
  catalogue: Catalogue,
  productId: string,
  locale: Locale,
): { label: string; login: string; password: string }[] {
  const box =
    catalogue.boxes.find(({ id }) => id === productId) ?? catalogue.boxes.find(({ brings }) => brings === productId);
  return (box?.credentials ?? []).map((it) => ({ ...it, label: it.label[locale] }));
}

/** The services of this pack, or of the pack that this box brings (J11). */
export function servicesOf(catalogue: Catalogue, productId: string, locale: Locale): string[] {
  const kind = catalogue.boxes.find(({ id }) => id === productId)?.brings ?? productId;
  return (catalogue.packs.find(({ id }) => id === kind)?.services ?? []).map((service) => service[locale]);
}

/** The vendor's links, in the catalogue's order; for `links` of a letter. */
export const linksOf = ({ vendor }: Catalogue, locale: Locale): { label: string; url: string }[] =>
  Object.values(vendor.links).flatMap((place) =>
    place ? [{ label: place.label[locale], url: place.url[locale] }] : [],
  );

type Files = typeof catalogueFiles;

/** One file of the catalogue, with the means to say where something stands in it. */
class Page<Name extends keyof Files> {
  readonly file: string;
  readonly content: z.infer<Files[Name]> | undefined;
  readonly #faults: FileFault[];
  readonly #lines = new LineCounter();
  readonly #document: Document | undefined;

  constructor(dir: string, name: Name, faults: FileFault[]) {
    this.file = `${name}.yaml`;
    this.#faults = faults;
    if (!existsSync(join(dir, this.file))) {
      faults.push({ file: this.file, fault: 'missing', fix: 'Copy it from the catalogue that came with the desk.' });
      return;
    }
    this.#document = parseDocument(readFileSync(join(dir, this.file), 'utf8'), { lineCounter: this.#lines });
    for (const { message, linePos } of this.#document.errors)
      faults.push({
        file: this.file,
        line: linePos?.[0].line,
        fault: `bad YAML: ${message.split(' at line ')[0]}`,
        fix: 'Correct the YAML.',
      });
    if (this.#document.errors.length > 0) return;
    const result = (catalogueFiles[name] as unknown as z.ZodType<z.infer<Files[Name]>>).safeParse(
      this.#document.toJS() ?? {},
    );
    if (result.success) this.content = result.data;
    else for (const issue of result.error.issues) this.#explain(issue);
  }

  fault(path: readonly PropertyKey[], fault: string, fix: string): void {
    this.#faults.push({ file: this.file, line: this.#lineOf(path), path: path.join('.'), fault, fix });
  }

  #explain(issue: z.core.$ZodIssue): void {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) this.fault([...path, key], 'unknown key', 'Remove it, or correct its name.');
    else if (issue.code === 'invalid_type' && this.#document?.getIn(path) === undefined)
      this.fault(path, 'missing', `Add it (${issue.expected}).`);
    else if (issue.code === 'invalid_key')
      this.fault(path, issue.issues[0]?.message ?? issue.message, 'Correct the key.');
    else this.fault(path, issue.message, 'Correct the value.');
  }

  /** The line of what stands there or, if nothing does, of what it should stand in. */
  #lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document?.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
}

type Products = z.infer<Files['packs']>;

/** Every word by which a product can be named. */
function named({ packs, boxes }: Products): { word: string; product: Product; path: PropertyKey[] }[] {
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

function checkProducts(products: Products, page: Page<'packs'>): void {
  const kinds = products.packs.map(({ id }) => id);
  products.boxes.forEach(({ brings }, at) => {
    if (kinds.includes(brings)) return;
    page.fault(['boxes', at, 'brings'], `no pack kind is called ${brings}`, `Did you mean ${closest(brings, kinds)}?`);
  });
  const first = new Map<string, Product>();
  for (const { word, product, path } of named(products)) {
    const other = first.get(word);
    if (!other) first.set(word, product);
    else if (other !== product)
      page.fault(path, `“${word}” already means ${other.id}`, 'Choose an id or name of its own.');
  }
}

function checkPolicy({ approvals, times }: Policy, page: Page<'policy'>, commands?: ReadonlySet<string>): void {
  for (const command of commands ? Object.keys(approvals) : [])
    if (!commands?.has(command))
      page.fault(
        ['approvals', command],
        'no such command',
        `Did you mean “${closest(command, [...(commands ?? [])])}”?`,
      );
  if ((times.approvalReminderHours.at(-1) ?? 0) >= times.approvalDays * 24)
    page.fault(
      ['times', 'approvalReminderHours'],
      'the last reminder comes after the request has ended',
      'Lower it, or raise approvalDays.',
    );
  if (times.sessionIdleMinutes > times.sessionHours * 60)
    page.fault(['times', 'sessionIdleMinutes'], 'longer than sessionHours', 'Lower it, or raise sessionHours.');
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
