/** `catalogue show`: the vendor's data as it is in force, or as it was on a day. */
import { DateTime } from 'luxon';
import { command, optional } from '../../command/define.js';
import { day, part } from '../../command/dictionary.js';
import type { Data } from '../../command/outcome.js';
import type { Work } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import { assembled, type Catalogue } from '../../catalogue/catalogue.js';
import { partNames, type Contents, type Part } from '../../catalogue/page.js';
import { versionAt, type KeptVersion } from '../../catalogue/versions.js';
import { domainPricesShown, domainsShown } from './catalogue-domains.js';
import { ordersShown, pricesShown } from './catalogue-orders.js';

/** What held at the end of a day of the desk, or holds now. */
async function heldOn(work: Work, date: string | undefined) {
  const at =
    date === undefined ? work.now : DateTime.fromISO(date, { zone: work.desk.timeZone }).endOf('day').toJSDate();
  const versions: KeptVersion<Part>[] = [];
  for (const one of partNames) versions.push(await versionAt(work.tx, one, at));
  const contents = Object.fromEntries(versions.map((one) => [one.part, one.content])) as unknown as Contents;
  return { catalogue: assembled(contents), versions, today: date ?? dayIn(work.now, work.desk.timeZone) };
}

type Shown = Awaited<ReturnType<typeof heldOn>>;

/** Of which versions each part of an answer is. */
const sourcesOf: Readonly<Record<string, readonly Part[]>> = {
  products: ['packs'],
  boxes: ['packs'],
  orders: ['orders'],
  domains: ['domains'],
  prices: ['orders', 'domains'],
  policy: ['policy'],
};

const shownBy: Readonly<Record<string, (catalogue: Catalogue, work: Work, today: string) => Data>> = {
  products: ({ packs }, { locale }) => ({
    products: packs.map(({ id, name, services }) => ({
      product: id,
      name: name[locale],
      services: services.map((service) => service[locale]),
    })),
  }),
  // the first passwords of a box belong into letters only
  boxes: ({ boxes }, { locale }) => ({
    boxes: boxes.map(({ id, name, brings }) => ({ box: id, name: name[locale], product: brings })),
  }),
  orders: ({ orders }, { locale }, today) => ordersShown(orders, { locale, today }),
  domains: ({ domains }, { locale }, today) => domainsShown(domains, { locale, today }),
  prices: ({ orders, domains }, { locale }, today) => ({
    ...pricesShown(orders, { locale, today }),
    ...domainPricesShown(domains, { today }),
  }),
  policy: ({ policy }) => ({ policy }),
};

function versionsOf({ versions }: Shown, wanted: readonly string[]): Data {
  const parts = new Set(wanted.flatMap((name) => sourcesOf[name] ?? []));
  return {
    versions: versions
      .filter((one) => parts.has(one.part))
      .map((one) => ({ part: one.part, version: one.id, loadedAt: one.loadedAt.toISOString() })),
  };
}

export const catalogueShow = command({
  name: 'catalogue show',
  help: {
    fr: 'Voir les données du fournisseur, aujourd’hui ou un autre jour : produits, box, commandes, domaines, prix, règles',
    en: 'See the vendor’s data, today or on another day: products, boxes, orders, domains, prices, policy',
  },
  who: 'staff',
  reads: true,
  fields: [optional(part), optional(day)],
  async run(work, input) {
    const held = await heldOn(work, input.date);
    const wanted = input.part === undefined ? Object.keys(shownBy) : [input.part];
    const parts = wanted.map((name) => shownBy[name]?.(held.catalogue, work, held.today));
    const data = Object.assign({ version: held.catalogue.version }, versionsOf(held, wanted), ...parts) as Data;
    return { code: 'catalogue.shown', data };
  },
});
