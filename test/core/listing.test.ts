/** J8: declared users are listed, searched, filtered, sorted, paged and exported. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { readSheet } from '../../src/core/tables/sheet.js';
import { databases } from '../servers/databases.js';
import {
  dayMs,
  fieldsOf,
  newReseller,
  newStaff,
  openTestDesk,
  startOfTime,
  type TestDesk,
  type TestReseller,
} from './ground.js';
import { named } from './sheets.js';

const people = [
  { 'first-name': 'Éloïse', 'last-name': 'Noël', email: 'eloise@example.org', 'order-number': 'F-100', product: 'pro' },
  {
    'first-name': 'Bob',
    'last-name': 'ŒUVRARD',
    email: 'bob@example.org',
    'order-number': '=1+1',
    product: 'power',
    takeover: 'yes',
  },
  { 'first-name': '@sum', 'last-name': '-2', email: 'formula@example.org', 'order-number': '+33', product: 'pro' },
  {
    'first-name': 'Zoé',
    'last-name': '100% Énergie (SARL)',
    email: 'zoe_z@example.org',
    'order-number': 'F_200',
    product: 'pro',
  },
  {
    'first-name': 'Ana',
    'last-name': 'd\'Arc; dite "la"',
    email: 'ana@example.org',
    'order-number': 'F-300',
    product: 'power',
  },
] as const;

describe.each(databases())('lists on $name', (provider) => {
  let desk: TestDesk;
  let reseller: TestReseller;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    reseller = await newReseller(desk, { pro: 5, power: 5 });
    for (const person of people) {
      await desk.done('declare new', { ...person }, { as: reseller.email });
      desk.clock.advance(dayMs);
    }
    const other = await newReseller(desk, { pro: 1 });
    await desk.done('declare new', { ...people[0], email: 'hidden@example.org' }, { as: other.email });
  });
  afterAll(() => desk.close());

  const list = (input: Record<string, string> = {}) => desk.ask('declare list', input, { as: reseller.email });
  const namesIn = (outcome: Outcome) =>
    outcome.ok ? (outcome.data['items'] as { firstName: string }[]).map(({ firstName }) => firstName) : outcome.code;
  const names = async (input: Record<string, string> = {}) => namesIn(await list(input));

  test('newest first, each with its number, pack and state; another reseller’s are not there', async () => {
    const outcome = await list();
    expect(namesIn(outcome)).toEqual(['Ana', 'Zoé', '@sum', 'Bob', 'Éloïse']);
    expect(outcome).toMatchObject({ code: 'declaration.listed', data: { total: 5, page: 1 } });
    const items = outcome.ok ? (outcome.data['items'] as Record<string, unknown>[]) : [];
    expect(items[4]).toEqual({
      declaration: expect.stringMatching(/^D-\d{6}$/) as string,
      pack: expect.stringMatching(/^PP/) as string,
      product: 'pro',
      email: 'eloise@example.org',
      lastName: 'Noël',
      firstName: 'Éloïse',
      orderNumber: 'F-100',
      takeover: false,
      state: 'placed',
      createdAt: startOfTime.toISOString(),
    });
  });

  test.each([
    ['ELOISE', ['Éloïse']],
    ['noel', ['Éloïse']],
    ['Noël éloïse', ['Éloïse']],
    ['f-300', ['Ana']],
    ['example.org', ['Ana', 'Zoé', '@sum', 'Bob', 'Éloïse']],
    ['nobody', []],
    ['100%', ['Zoé', 'Éloïse']],
    ['% energie', ['Zoé']],
    ['oeuvrard', ['Bob']],
    ['zoe z', ['Zoé']],
    ['d\\arc', ['Ana']],
    ['sarl', ['Zoé']],
    ['d’arc', ['Ana']],
  ])('searching %j finds %j', async (search, found) => {
    expect(await names({ search })).toEqual(found);
  });

  test('a search finds a pack by its number', async () => {
    const outcome = await list({ search: 'éloïse' });
    const pack = outcome.ok ? (outcome.data['items'] as { pack: string }[])[0]?.pack : undefined;
    expect(await names({ search: String(pack).toLowerCase() })).toEqual(['Éloïse']);
  });

  test('filters hold together: state by name or label, product, days in the vendor’s time zone', async () => {
    expect(await names({ state: 'completed' })).toEqual(['Bob']);
    expect(await names({ state: 'Achevée' })).toEqual(['Bob']);
    expect(await names({ state: 'PLACED', product: 'Service Pack Pro' })).toEqual(['Zoé', '@sum', 'Éloïse']);
    expect(await names({ since: '2026-11-24', until: '25/11/2026' })).toEqual(['@sum', 'Bob']);
    expect(await names({ since: '2026-11-27' })).toEqual(['Ana']);
    expect(await names({ until: '2026-11-23', search: 'bob' })).toEqual([]);
    const wrong = await list({ state: 'gone' });
    expect(fieldsOf(wrong)).toEqual(['state']);
  });

  test('sorts by several fields, either way; another field is refused', async () => {
    expect(await names({ sort: 'product, -email' })).toEqual(['Bob', 'Ana', 'Zoé', '@sum', 'Éloïse']);
    expect(await names({ sort: 'declaration' })).toEqual(['Éloïse', 'Bob', '@sum', 'Zoé', 'Ana']);
    expect(await names({ sort: '-created-at' })).toEqual(['Ana', 'Zoé', '@sum', 'Bob', 'Éloïse']);
    expect(fieldsOf(await list({ sort: 'password' }))).toEqual(['sort']);
  });

  test('pages neither overlap nor leave gaps, and say how many there are in all', async () => {
    const pages = [];
    for (const page of ['1', '2', '3', '4']) {
      const outcome = await list({ page, 'per-page': '2', sort: 'product' });
      expect(outcome).toMatchObject({ data: { total: 5, page: Number(page) } });
      pages.push(namesIn(outcome));
    }
    expect(pages.map((names) => names.length)).toEqual([2, 2, 1, 0]);
    expect(new Set(pages.flat()).size).toBe(5);
    expect(fieldsOf(await list({ page: '0', 'per-page': '201' })).toSorted()).toEqual(['page', 'per-page']);
  });

  test('exports the whole result as CSV, where nothing is a formula', async () => {
    const outcome = await list({ export: 'csv', 'per-page': '1', sort: 'declaration' });
    const file = outcome.ok ? outcome.file : undefined;
    expect(file).toMatchObject({ name: 'declaration-listed.csv', type: 'text/csv; charset=utf-8' });
    const text = file?.content.toString() ?? '';
    expect(text.startsWith('\uFEFFDéclaration;')).toBe(true);
    const { header, rows } = named(await readSheet(file?.content ?? Buffer.alloc(0)));
    expect(header).toEqual([
      'Déclaration',
      'Numéro de pack',
      'Produit',
      'E-mail',
      'Nom',
      'Prénom',
      'Numéro de commande',
      'Prise en charge',
      'État',
      'Le',
    ]);
    expect(rows.map(({ cells }) => cells['Prénom'])).toEqual(['Éloïse', 'Bob', '@sum', 'Zoé', 'Ana']);
    // what takes a formula's force is no part of the text, and is left out where we read it ourselves
    expect(rows[2]?.cells).toMatchObject({ Nom: '-2', 'Numéro de commande': '+33', Le: '25/11/2026 10:00' });
    expect(rows[1]?.cells).toMatchObject({ 'Numéro de commande': '=1+1', Produit: 'Service Pack Power' });
    for (const mark of ["'@sum", "'-2", "'+33", "'=1+1"]) expect(text).toContain(mark);
    expect(rows[4]?.cells).toMatchObject({ Nom: 'd\'Arc; dite "la"' });
    // nothing that a spreadsheet would take for one, anywhere
    expect(text.split(/[;\r\n]/).filter((cell) => /^"?[=+@-]/.test(cell))).toEqual([]);
  });

  test('exports the filtered result as XLSX, every cell of text as text', async () => {
    const outcome = await list({ export: 'Excel', search: 'formula' });
    const { rows } = named(await readSheet((outcome.ok && outcome.file?.content) || Buffer.alloc(0)));
    expect(rows.map(({ cells }) => [cells['Prénom'], cells['Nom'], cells['Numéro de commande']])).toEqual([
      ['@sum', '-2', '+33'],
    ]);
  });

  test.each(['csv', 'xlsx'])('an empty list is exported as a %s all the same', async (kind) => {
    const outcome = await list({ export: kind, search: 'nobody' });
    expect(outcome).toMatchObject({ ok: true, data: { total: 0 } });
    expect(outcome.ok && outcome.file?.content.length).toBeGreaterThan(2);
  });

  test('requests are listed and searched in the same way', async () => {
    const staff = await newStaff(desk, 'support');
    for (const reason of ['Élévateur en panne', 'autre'])
      await desk.done(
        'stock withdraw',
        { reseller: reseller.ref, product: 'Pro', quantity: '1', reason },
        { as: staff },
      );
    const total = async (input: Record<string, string>) =>
      (await desk.done('approval list', input, { as: staff }))['total'];
    expect(await total({})).toBe(2);
    expect(await total({ search: 'ELEVATEUR' })).toBe(1);
    expect(await total({ search: 'pro withdraw' })).toBe(2);
    expect(await total({ search: reseller.ref })).toBe(2);
    expect(await total({ search: 'elevateur', state: 'en attente' })).toBe(1);
    expect(await total({ state: 'approved' })).toBe(0);
  });
});
