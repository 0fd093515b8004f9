/**
 * Lists of a large vendor: 500 solutions, 100,000 sites and 50,000 orders, asked for by a partner and by staff who see all;
 * beside the same on 1,000 of each. What is told is the 95th percentile of one answer, through the dispatcher.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../src/core/guard/identity.js';
import { benchDesk, built, root, type BenchDesk } from './desk.js';
import { quantile, rounded, tell } from './measure.js';

const { insertRows } = await built<typeof import('../../src/core/record/rows.js')>('core/record/rows.js');
const { siteSearchText } = await built<typeof import('../../src/core/sites/site.js')>('core/sites/site.js');
const { searchTextOf } = await built<typeof import('../../src/core/orders/draft.js')>('core/orders/draft.js');

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

/** From 0 to 1, the same for the same numbers. */
const chance = (n: number, salt: number): number => {
  const mixed = Math.imul(n + salt * 7_919, 2_654_435_761) >>> 0;
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};
const one = (of: readonly string[], share: number): string => of[Math.floor(share * of.length)] ?? '';
/** Few towns have many sites: the largest ones of 100,000 have two thousand, half of them fewer than thirty. */
const townOf = (n: number): string => one(towns, chance(n, 1) ** 2);
const familyOf = (n: number): string => one(families, chance(n, 2) ** 1.5);
const kindOf = (n: number): string => one(kinds, chance(n, 3));
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

async function filled(dir: string, sites: number, orders: number): Promise<BenchDesk> {
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
  const orgOf = (n: number): number => orgs[n % partners]?.id ?? 0;
  const dataOf = (n: number) => ({
    siteName: `${kindOf(n)} ${familyOf(n)}`,
    siteStreet: `${n % 300} rue ${one(families, chance(n, 4))}`,
    siteZip: String(1_000 + towns.indexOf(townOf(n)) * 30).padStart(5, '0'),
    siteCity: townOf(n),
    siteCountry: 'FR',
    contactLastName: familyOf(n + 1),
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
          const kept = { id, generation: 'one', productLine: id % 2 ? 'erp' : 'crm' };
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
            ...{ recipients: ['it@client.example'], deliveryDate: '2026-12-01', quoteNumber: `DV-${10_000 + id}` },
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
              state: states[id % states.length] ?? 'draft',
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

const asks: Readonly<Record<string, (n: number) => { command: string; input: Record<string, string> }>> = {
  'order list': (n) => ({ command: 'order list', input: { page: String(1 + (n % 5)) } }),
  'order list, state and type': (n) => ({
    command: 'order list',
    input: { state: states[n % states.length] ?? 'draft', type: 'additional', page: String(1 + (n % 3)) },
  }),
  'order list, search': (n) => ({
    command: 'order list',
    input: { search: [`dv-${10_000 + ((n * 37) % 900)}`, familyOf(n), `${kindOf(n)} ${townOf(n)}`][n % 3] ?? '' },
  }),
  'site list': (n) => ({ command: 'site list', input: { page: String(1 + (n % 5)) } }),
  'site list, filters and sort': (n) => ({
    command: 'site list',
    input: {
      filter: `site-city=${townOf(n)}, product-line=erp`,
      sort: 'site-name',
      page: String(1 + (n % 2)),
    },
  }),
  'site list, part of a name': (n) => ({
    command: 'site list',
    input: { filter: `site-name~${n % 4 === 0 ? kindOf(n) : familyOf(n).slice(0, 6)}` },
  }),
  'order show': (n) => ({ command: 'order show', input: { number: `O-${partners * (1 + (n % 45))}` } }),
};

const askers: Readonly<Record<string, Caller>> = {
  partner: { kind: 'address', email: emailOf(1) },
  staff: { kind: 'address', email: 'ventes@vendeur.example' },
};

async function p95(desk: BenchDesk, caller: Caller, ask: (typeof asks)[string]): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    const began = performance.now();
    const outcome = await desk.open.dispatcher.dispatch({ door: 'mail', caller, ...ask(n) });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    // the first few fill the caches of a database just written
    if (n >= 10) times.push(performance.now() - began);
  }
  return quantile(times, 0.95);
}

const dir = catalogue();
const [many, few] = [await filled(dir, 100_000, 50_000), await filled(dir, 1_000, 1_000)];
for (const [who, caller] of Object.entries(askers))
  for (const [figure, ask] of Object.entries(asks)) {
    const [ours, floor] = [await p95(many, caller, ask), await p95(few, caller, ask)];
    tell({
      bench: 'orders',
      figure: `${figure} (${who}), p95 of 100,000 sites and 50,000 orders`,
      unit: 'ms',
      ours: rounded(ours),
      floor: rounded(floor),
      than: '1,000 of each',
      ratio: rounded(ours / floor),
    });
  }
await many.close();
await few.close();
rmSync(dir, { recursive: true, force: true });
