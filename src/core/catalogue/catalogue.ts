/** The vendor's data (CATALOGUE): who it is, what is sold, by which times and rules; read and checked as a whole. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale, Localised } from '../locales/locale.js';
import { canonical } from '../text/canonical.js';
import { checkPart, named, type Known, type Product } from './check.js';
import { isPart, optionalParts, Page, partNames, sha256, Source, type Contents, type Part } from './page.js';
import type { Box, Pack, Policy, Vendor } from './shape.js';
import type { Domains } from './domains-shape.js';
import { FileFaults, type FileFault } from './faults.js';
import { fold } from '../text/fold.js';
import type { Orders } from './orders-shape.js';

export type { Known, Product } from './check.js';
export type { Box, Pack, Policy, Vendor } from './shape.js';

export interface Catalogue {
  readonly vendor: Vendor;
  readonly packs: readonly Pack[];
  readonly boxes: readonly Box[];
  readonly orders: Orders;
  readonly domains: Domains;
  readonly policy: Policy;
  /** By folded id and by each folded name. */
  readonly products: ReadonlyMap<string, Product>;
  /** SHA-256 (hex) of the content: equal whatever the files' order of keys, comments and spacing. */
  readonly version: string;
}

/** A part as its file says it and with defaults filled in. */
export type ReadPart = { readonly raw: unknown; readonly content: Contents[Part] };

/** The catalogue of these parts. */
export function assembled({ vendor, packs, orders, domains, policy }: Contents): Catalogue {
  const content = { vendor, ...packs, orders, domains, policy };
  const version = sha256(canonical(content));
  return { ...content, version, products: new Map(named(content).map(({ word, product }) => [word, product])) };
}

/**
 * Reads `vendor.yaml`, `packs.yaml`, `orders.yaml`, `domains.yaml` (which may be left out) and `policy.yaml`.
 * @param known what the program has that they may name, so that naming something else is a fault too
 * @throws {FileFaults} naming every fault with file, line, path and what to change
 */
export function readParts(dir: string, known?: Known): Readonly<Record<Part, ReadPart>> {
  const faults: FileFault[] = [];
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => /\.ya?ml$/.test(name)) : [];
  for (const name of files)
    if (!isPart(name.replace(/\.yaml$/, '')))
      faults.push({
        file: name,
        fault: 'no file of the catalogue',
        fix: `The files are ${partNames.join('.yaml, ')}.yaml.`,
      });
  const parts = partNames.flatMap((part) => {
    const { raw, content } = readPage(dir, part, { faults, known }) ?? {};
    return content ? [[part, { raw, content }] as const] : [];
  });
  if (faults.length > 0) throw new FileFaults(dir, faults);
  return Object.fromEntries(parts) as Record<Part, ReadPart>;
}

function readPage(
  dir: string,
  part: Part,
  { faults, known }: { faults: FileFault[]; known: Known | undefined },
): Page<Part> | undefined {
  const file = `${part}.yaml`;
  const is = existsSync(join(dir, file));
  if (!is && !optionalParts.includes(part)) {
    faults.push({ file, fault: 'missing', fix: 'Copy it from the catalogue that came with the desk.' });
    return undefined;
  }
  const page = new Page(part, new Source(is ? readFileSync(join(dir, file), 'utf8') : '{}', { file, faults }), {
    file,
    faults,
  });
  checkPart(page, known);
  return page;
}

/** The catalogue of a folder, as its files say it. @throws {FileFaults} */
export function loadCatalogue(dir: string, known?: Known): Catalogue {
  const parts = readParts(dir, known);
  return assembled(Object.fromEntries(partNames.map((part) => [part, parts[part].content])) as unknown as Contents);
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
