/**
 * Lists of a large vendor: 500 solutions, 100,000 sites and 50,000 orders, asked for by a partner and by staff who see all;
 * beside the same on 1,000 of each. What is told is the 95th percentile of one answer, through the dispatcher.
 *
 * Both are asked the same words in turns, and both show as many rows: else an empty page of the small ones would stand
 * beside a full one. So what is asked for is shared by a larger part of the small ones, and the partner who asks has half
 * of them. How many rows there are in all may differ, and is told.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../src/core/guard/identity.js';
import { benchDesk, built, root, type BenchDesk } from './desk.js';
import { quantile, rounded, tell } from './measure.js';

const { insertRows } =
  await built<typeof import('../../src/core/database/bulk-insert.js')>('core/database/bulk-insert.js');
const { siteSearchText } = await built<typeof import('../../src/core/programmes/sites/site.js')>(
  'core/programmes/sites/site.js',
);
const { searchTextOf } = await built<typeof import('../../src/core/programmes/orders/draft.js')>(
  'core/programmes/orders/draft.js',
);

const partners = 20;
const begins = ['Saint-', 'Vill', 'Mont', 'Bourg', 'Châ', 'Lar', 'Ber', 'Gren', 'Nan', 'Tour', 'Bel', 'Fon'];
const middles = [
  'a',
  'é',
  'i',
  'o',
  'ou',
  'an',
  'ge',
  'tr',
  'ev',
  'lè',
  'mo',
  'ni',
  'qua',
  'ber',
  'ssi',
  'thu',
  'ra',
  'du',
];
const ends = [
  'ville',
  'court',
  'gnac',
  'lieu',
  '-sur-Mer',
  '-en-Bresse',
  '-les-Bains',
  'mont',
  'ac',
  'y',
  'ières',
  'euil',
];
/** Each of them combined with each of the others: 2,592 towns, 2,592 families. */
const combined = (...parts: readonly (readonly string[])[]): string[] =>
  parts.reduce<string[]>((made, part) => made.flatMap((begin) => part.map((end) => begin + end)), ['']);
const towns = combined(begins, middles, ends);
const families = combined(
  ['Le G', 'Du', 'Mar', 'Mor', 'Ro', 'Guér', 'Lam', 'Fé', 'Ker', 'Bou', 'Da', 'Ja'],
  middles,
  ends,
);
const kinds = combined(
  ['Boulangerie', 'Garage', 'Pharmacie', 'Clinique', 'Hôtel', 'Mairie', 'École', 'Usine'],
  [' Neuve', ' du Port', ' Centrale'],
);

/** From 0 to 1, the same for the same numbers; what two salts say of a number has nothing to do with each other. */
function chance(n: number, salt: number): number {
  let mixed = n + Math.imul(salt, 0x9e3779b9);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
const one = (of: readonly string[], share: number): string => of[Math.floor(share * of.length)] ?? '';

/** A vendor's rows, and how its sites and its resellers share them. */
interface Vendor {
  readonly sites: number;
  readonly orders: number;
  /** Of the sites: that are in one of the five towns that are asked for, or of one of the five families. */
  readonly inAskedTown: number;
  readonly ofAskedFamily: number;
  /** Of the sites, besides a twentieth: that the asking partner has. */
  readonly ofAsker: number;
  /** How many kinds of sites there are. */
  readonly kinds: number;
}
/** 62 sites of the partner's 5,000 are in each of those towns, and 62 of its 500: 31 of them `erp`. */
const large: Vendor = { sites: 100_000, orders: 50_000, inAskedTown: 0.1, ofAskedFamily: 0.1, ofAsker: 0, kinds: 24 };
const small: Vendor = { sites: 1_000, orders: 1_000, inAskedTown: 1, ofAskedFamily: 0.5, ofAsker: 0.47, kinds: 12 };

const askedTowns = towns.filter((_, at) => at % 519 === 0);
const askedFamilies = families.filter((_, at) => at % 519 === 0);
/** Few towns have many sites: the largest of the others has two of a hundred, half of them fewer than three of ten thousand. */
const townOf = (n: number, { inAskedTown }: Vendor): string =>
  chance(n, 9) < inAskedTown ? one(askedTowns, chance(n, 1)) : one(towns, chance(n, 1) ** 2);
const familyOf = (n: number, { ofAskedFamily }: Vendor): string =>
  chance(n, 10) < ofAskedFamily ? one(askedFamilies, chance(n, 2)) : one(families, chance(n, 2) ** 1.5);
const kindOf = (n: number, vendor: Vendor): string => one(kinds.slice(0, vendor.kinds), chance(n, 3));
/** The twentieth is the same for every vendor, so that the same numbers can be asked for. */
const partnerOf = (n: number, { ofAsker }: Vendor): number => (chance(n, 6) < ofAsker ? 1 : n % partners);
const states = ['draft', 'submitted', 'in-review', 'done', 'done', 'done', 'refused', 'cancelled'];

/** The shipped catalogue with 500 solutions. */
function catalogue(): string {
  const dir = mkdtempSync(join(tmpdir(), 'guichet-bench-catalogue-'));
  cpSync(join(root, 'catalogue'), dir, { recursive: true });
  const file = join(dir, 'orders.yaml');
  const text = readFileSync(file, 'utf8');
  const more = Array.from(
    { length: 500 - (text.match(/product-line:/g)?.length ?? 0) },
    (_, at) =>
      `  - { id: more-${at}, name: { fr: Module ${at}, en: Module ${at} en }, generation: one, product-line: ${at % 2 ? 'erp' : 'crm'} }`,
  );
  writeFileSync(file, text.replace(/^solutions:\n/m, `solutions:\n${more.join('\n')}\n`));
  return dir;
}

const at = new Date('2026-11-02T09:00:00.000Z');
const emailOf = (partner: number): string => `rev-${partner}@domotique.example`;

async function filled(dir: string, vendor: Vendor): Promise<BenchDesk> {
  const { sites, orders } = vendor;
  const desk = await benchDesk(undefined, dir);
  for (let one = 0; one < partners; one += 1)
    await desk.run('reseller register', {
      email: emailOf(one),
      'last-name': 'Martin',
      'first-name': 'Zoé',
      company: `Domotique ${one}`,
    });
  await desk.run('staff grant', { email: 'ventes@vendeur.example', role: 'sales' });
  const orgs = await desk.open.desk.database.read((tx) => tx.organisation.findMany({ orderBy: { id: 'asc' } }));
  const people = await desk.open.desk.database.read((tx) => tx.membership.findMany());
  const catalogueId = await desk.open.desk.database.read(
    async (tx) => (await tx.catalogueVersion.findFirstOrThrow({ where: { part: 'orders', state: 'loaded' } })).id,
  );
  const orgOf = (n: number): number => orgs[partnerOf(n, vendor)]?.id ?? 0;
  const dataOf = (n: number) => ({
    siteName: `${kindOf(n, vendor)} ${familyOf(n, vendor)}`,
    siteStreet: `${n % 300} rue ${familyOf(n + sites, vendor)}`,
    siteZip: String(1_000 + towns.indexOf(townOf(n, vendor)) * 30).padStart(5, '0'),
    siteCity: townOf(n, vendor),
    siteCountry: 'FR',
    contactLastName: familyOf(n + 2 * sites, vendor),
    contactFirstName: one(['Anne', 'Zoé', 'Noël', 'Yann'], chance(n, 5)),
    contactEmail: `contact-${n}@client.example`,
  });
  await desk.open.desk.database.transact(async ({ tx }) => {
    for (let from = 1; from <= sites; from += 1_000)
      await insertRows(
        tx,
        'Site',
        Array.from({ length: Math.min(1_000, sites - from + 1) }, (_, more) => {
          const id = from + more;
          const kept = { id, generation: 'one', productLine: one(['erp', 'crm'], chance(id, 7)) };
          const searchText = siteSearchText(kept, dataOf(id));
          return { ...kept, ...dataOf(id), orgId: orgOf(id), revision: 1, searchText, createdAt: at, updatedAt: at };
        }),
      );
    for (let from = 1; from <= orders; from += 1_000)
      await insertRows(
        tx,
        'Order',
        Array.from({ length: Math.min(1_000, orders - from + 1) }, (_, more) => {
          const id = from + more;
          const siteId = 1 + (id % sites);
          const site = `S-${String(siteId).padStart(6, '0')}`;
          const content = {
            ...{ type: 'additional', origin: 'existing-site', generation: 'one', solution: `more-${id % 400}`, site },
            ...{ recipients: ['it@client.example'], deliveryDate: '2026-12-01', quoteNumber: `DV-${9_000_000 + id}` },
            ...dataOf(siteId),
          };
          const { type, origin, generation, solution } = content;
          const orgId = orgOf(siteId);
          return {
            ...{ type, origin, generation, solution, siteId, orgId, content: JSON.stringify(content) },
            requesterId: people.find((one) => one.orgId === orgId)?.personId ?? 0,
            ...{
              door: 'mail',
              locale: 'fr',
              state: one(states, chance(id, 8)),
              revision: 1,
              catalogueId,
            },
            searchText: searchTextOf(id, content, `Domotique ${orgId}`),
            ...{ createdAt: new Date(at.getTime() + id * 1_000), updatedAt: at },
          };
        }),
      );
  });
  return desk;
}

const asked = (of: readonly string[], n: number): string => of[n % of.length] ?? '';
/** An order of the partner that asks. */
const ownOrder = (n: number): number => partners * (1 + (n % 45));

const asks: Readonly<Record<string, (n: number) => { command: string; input: Record<string, string> }>> = {
  'order list': (n) => ({ command: 'order list', input: { page: String(1 + (n % 5)) } }),
  'order list, state and type': (n) => ({
    command: 'order list',
    input: { state: asked(states, n), type: 'additional', page: String(1 + (n % 2)) },
  }),
  'order list, a quote’s number': (n) => ({
    command: 'order list',
    input: { search: `dv-${9_000_000 + ownOrder(n)}` },
  }),
  'order list, a name': (n) => ({ command: 'order list', input: { search: asked(askedFamilies, n) } }),
  'site list': (n) => ({ command: 'site list', input: { page: String(1 + (n % 5)) } }),
  'site list, filters and sort': (n) => ({
    command: 'site list',
    input: { filter: `site-city=${asked(askedTowns, n)}, product-line=erp`, sort: 'site-name' },
  }),
  'site list, part of a name': (n) => ({
    command: 'site list',
    input: { filter: `site-name~${asked(askedFamilies, n).slice(0, 6)}` },
  }),
  'site list, what a 24th has': (n) => ({
    command: 'site list',
    input: { filter: `site-name~${asked(kinds.slice(0, small.kinds), n)}` },
  }),
  'order show': (n) => ({ command: 'order show', input: { number: `O-${ownOrder(n)}` } }),
};

const askers: Readonly<Record<string, Caller>> = {
  partner: { kind: 'address', email: emailOf(1) },
  staff: { kind: 'address', email: 'ventes@vendeur.example' },
};

/** The first few fill the caches of a database just written. */
const warming = 10;
const counted = 100;

interface Answers {
  readonly times: number[];
  shown: number;
  found: number;
}

async function answer(desk: BenchDesk, request: { caller: Caller; ask: ReturnType<(typeof asks)[string]> }) {
  const began = performance.now();
  const outcome = await desk.open.dispatcher.dispatch({ door: 'mail', caller: request.caller, ...request.ask });
  const took = performance.now() - began;
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  const { items, total } = outcome.data as { items?: readonly unknown[]; total?: number };
  return { took, shown: items?.length ?? 1, found: total ?? 1 };
}

const dir = catalogue();
const desks = [await filled(dir, large), await filled(dir, small)] as const;
for (const [who, caller] of Object.entries(askers))
  for (const [figure, ask] of Object.entries(asks)) {
    const all = desks.map((): Answers => ({ times: [], shown: 0, found: 0 }));
    for (let n = 0; n < warming + counted; n += 1) {
      const answers = [];
      for (const desk of desks) answers.push(await answer(desk, { caller, ask: ask(n) }));
      const [many, few] = answers.map(({ shown }) => shown);
      if (many !== few) throw new Error(`${figure} (${who}) shows ${many} and ${few} rows: ${JSON.stringify(ask(n))}`);
      if (n < warming) continue;
      for (const [at, one] of answers.entries()) {
        const sum = all[at];
        if (!sum) continue;
        sum.times.push(one.took);
        sum.shown += one.shown / counted;
        sum.found += one.found / counted;
      }
    }
    const [ours, floor] = all.map(({ times }) => quantile(times, 0.95));
    const [many, few] = all.map(({ shown, found }) => `${rounded(shown)} rows of ${rounded(found)}`);
    tell({
      bench: 'orders',
      figure: `${figure} (${who}), p95 of 100,000 sites and 50,000 orders, ${many}`,
      unit: 'ms',
      ours: rounded(ours ?? Number.NaN),
      floor: rounded(floor ?? Number.NaN),
      than: `1,000 of each, ${few}`,
      ratio: rounded((ours ?? Number.NaN) / (floor ?? Number.NaN)),
    });
  }
for (const desk of desks) await desk.close();
rmSync(dir, { recursive: true, force: true });
