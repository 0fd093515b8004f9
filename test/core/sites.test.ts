/** D4 and D5: sites come from a table, are found among many, and change only when sales agree. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { suggest } from '../../src/core/command/suggest.js';
import { jobsOf } from '../../src/core/jobs.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { readSheet } from '../../src/core/tables/sheet.js';
import { searchable } from '../../src/core/text/fold.js';
import { markedText } from '../../src/core/database/marked-text.js';
import { dataKeys } from '../../src/core/programmes/sites/fields.js';
import { siteText } from '../../src/core/programmes/sites/site.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  hourMs,
  newReseller,
  newStaff,
  openTestDesk,
  type AskOptions,
  type TestDesk,
  type TestReseller,
} from './ground.js';
import { searchIndex } from './search-ground.js';

const csv = (...lines: string[]) => ({
  name: 'sites.csv',
  type: 'text/csv',
  content: Buffer.from(`${lines.join('\n')}\n`),
});

describe('values in one text', () => {
  const marked = markedText(['a', 'b', 'c']);
  const text = marked.write({ a: 'Élan', b: null, c: 'x 50% (SARL)_y' });
  const has = (part: string) => text.includes(part);

  test('each is found by itself alone, folded', () => {
    expect(has(marked.equal('a', 'ELAN'))).toBe(true);
    expect(has(marked.equal('a', 'ela'))).toBe(false);
    expect(has(marked.equal('b', ''))).toBe(true);
    expect(has(marked.equal('b', 'elan'))).toBe(false);
    expect(has(marked.begins('a', 'él'))).toBe(true);
    expect(has(marked.begins('c', 'él'))).toBe(false);
    expect(text).not.toMatch(/[%_\\]/);
  });

  test('what follows a value sorts before every longer one', () => {
    const after = (value: string | null, key = 'a') => {
      const row = marked.write({ a: value, b: 'zzz', c: null });
      return row.slice(row.indexOf(marked.mark(key)) + 1);
    };
    expect(after('lyon') >= 'lyon ').toBe(false);
    expect(after('lyon 2') >= 'lyon ').toBe(true);
    expect(after('lyonnais') >= 'lyon ').toBe(true);
    expect(after('ly') < 'lyon').toBe(true);
    expect(after('lyon') < 'lyon').toBe(false);
  });

  test('an unknown value is a fault of ours, and so are more than there are marks for', () => {
    expect(() => marked.equal('d', 'x')).toThrow(RangeError);
    expect(() => markedText(Array.from({ length: 26 }, (_, at) => `k${at}`))).toThrow(RangeError);
    const many = Array.from({ length: 25 }, (_, at) => `k${at}`);
    expect(new Set(many.map((key) => markedText(many).mark(key))).size).toBe(25);
  });
});

describe.each(databases())('sites on $name', (provider) => {
  let desk: TestDesk;
  let ann: TestReseller;
  let bob: TestReseller;
  let sales: string;
  let stock: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    ann = await newReseller(desk, {}, { company: 'Ann & Cie' });
    bob = await newReseller(desk, {}, { company: 'Bob SARL' });
    sales = await newStaff(desk, 'sales');
    stock = await newStaff(desk, 'stock');
    await desk.done('site import', {
      file: csv(
        'number;reseller;generation;product-line;site-name;site-city;site-zip;site-country;site-phone;contact-last-name;contact-role',
        `S-10;${ann.ref};one;erp;Usine Élan;Lyon;69001;France;04 72 00 00 01;Noël;Directrice`,
        `S-11;${ann.email};infinity-v7;crm;Dépôt 50%;LYON 02;69002;FR;;Œuvrard;`,
        `S-12;${ann.ref};one;crm;Atelier_Nord (SARL);Évry;91000;BE;;;`,
        `S-13;${ann.ref};one;erp;Bureau;;;;;;`,
        `S-20;${bob.ref};one;erp;Usine Bob;Lyon;69003;FR;;Noël;`,
        `S-2000;${bob.ref};one;erp;Loin;Metz;;;;;`,
      ),
      yes: 'yes',
    });
  });
  afterAll(() => desk.close());

  const list = (input: Record<string, string> = {}, as: string | undefined = ann.email) =>
    desk.ask('site list', input, as ? { as } : {});
  const itemsOf = (outcome: Outcome) =>
    (outcome.ok ? outcome.data['items'] : []) as Readonly<Record<string, string | null>>[];
  const sitesIn = (outcome: Outcome) =>
    outcome.ok ? itemsOf(outcome).map(({ site }) => Number(site?.slice(2))) : outcome.code;
  const sites = async (input: Record<string, string> = {}, as?: string) => sitesIn(await list(input, as));
  const rowOf = (id: number) => desk.connection.reader.site.findUniqueOrThrow({ where: { id } });
  const approvalIn = (outcome: Outcome) => {
    expect(outcome).toMatchObject({ ok: true, code: 'approval.pending', waiting: true });
    return String((outcome.ok && outcome.data['approval']) || '');
  };
  /** A site of Ann's that no other test changes. */
  async function newSite(): Promise<string> {
    const row = `;${ann.ref};one;erp;Zone test;Nantes`;
    const file = csv('number;reseller;generation;product-line;site-name;site-city', row);
    const { sites: made } = await desk.done('site import', { file, yes: 'yes' });
    return (made as [string])[0];
  }
  const change = (input: Record<string, string>, options: AskOptions = { as: ann.email }) =>
    desk.ask('site change', input, options);
  const ask = async (input: Record<string, string>, options?: AskOptions) =>
    approvalIn(await change({ ...input, yes: 'yes' }, options));
  const stateOf = async (number: string) =>
    ((await desk.done('site show', { number }))['changes'] as { state: string }[]).map(({ state }) => state);
  const approvalState = async (number: string) => (await desk.done('approval show', { number }))['state'];

  describe('listing', () => {
    test('one’s own, newest first, whole', async () => {
      const outcome = await list({}, ann.email);
      const own = itemsOf(outcome).filter(({ siteName }) => siteName !== 'Zone test');
      expect(own.map(({ site }) => site)).toEqual(['S-000013', 'S-000012', 'S-000011', 'S-000010']);
      expect(outcome).toMatchObject({ code: 'site.listed', data: { page: 1 } });
      expect(own[3]).toEqual({
        site: 'S-000010',
        reseller: ann.ref,
        generation: 'one',
        productLine: 'erp',
        siteName: 'Usine Élan',
        siteStreet: null,
        siteZip: '69001',
        siteCity: 'Lyon',
        siteCountry: 'FR',
        siteRegistration: null,
        siteVat: null,
        sitePhone: '+33472000001',
        siteEmail: null,
        contactLastName: 'Noël',
        contactFirstName: null,
        contactRole: 'Directrice',
        contactEmail: null,
        contactPhone: null,
      });
    });

    test('staff see all, or those of the reseller they name; nobody sees another’s', async () => {
      expect(await sites({ search: 'usine' }, sales)).toEqual([20, 10]);
      expect(await sites({ search: 'usine', org: bob.ref }, sales)).toEqual([20]);
      expect(await sites({ search: 'usine' }, bob.email)).toEqual([20]);
      expect(fieldsOf(await list({ org: ann.ref }, bob.email))).toEqual(['org']);
      const client = await newStaff(desk, 'support');
      await desk.done('staff revoke', { email: client, role: 'support' });
      expect(codeOf(await list({}, client))).toBe('access.denied');
    });

    test('a member of several sees the sites of all of them, or of the one named', async () => {
      const both = await newReseller(desk);
      const person = await desk.connection.reader.address.findUniqueOrThrow({ where: { email: both.email } });
      for (const orgId of [ann.id, bob.id])
        await desk.connection.writer.membership.create({
          data: { orgId, personId: person.personId, role: 'viewer', createdAt: desk.clock() },
        });
      expect(await sites({ search: 'usine' }, both.email)).toEqual([20, 10]);
      expect(await sites({ search: 'usine', org: 'Bob SARL' }, both.email)).toEqual([20]);
      // who only looks changes nothing
      expect(codeOf(await change({ number: 'S-10', 'site-city': 'Paris' }, { as: both.email }))).toBe('access.denied');
    });

    test.each([
      ['elan', [10]],
      ['ÉLAN lyon', [10]],
      ['69002', [11]],
      ['oeuvrard', [11]],
      ['50%', [11]],
      ['atelier nord', [12]],
      ['s-000012', [12]],
      ['sarl', [12]],
      ['elan evry', []],
      ['_', [13, 12, 11, 10]],
    ])('searching %j finds %j', async (search, found) => {
      const outcome = await sites({ search, filter: 'site<S-1000' });
      expect(outcome).toEqual(found);
    });

    test.each([
      ['site-city=lyon', [10]],
      ['Ville du site = LYON', [10]],
      ['site-city~lyon', [11, 10]],
      ['site-city~évr', [12]],
      ['site-name~50%', [11]],
      ['site-name=depot 50', [11]],
      ['site-name~nord (sarl', [12]],
      ['site-city=', [13]],
      ['site-zip>69001', [12, 11]],
      ['site-zip<69002', [10]],
      ['site-name>bureau', [11, 10]],
      ['site-name<Dépôt', [13, 12]],
      ['site-city<zzz', [12, 11, 10]],
      ['site-country=Belgique', [12]],
      ['site-phone=04 72 00 00 01', [10]],
      ['generation=Infinity V7', [11]],
      ['product-line=crm', [12, 11]],
      ['product-line=crm, site-zip>7', [12]],
      ['site=S-000011', [11]],
      ['site=11', [11]],
      ['site>S-11', [13, 12]],
      ['site~00001', [13, 12, 11, 10]],
      ['contact-last-name=noel', [10]],
      ['contact-role~DIRECT', [10]],
      ['site-vat=FR12', []],
      ['site-name~élan, site-city~usine', []],
    ])('filter %j finds %j', async (filter, found) => {
      expect(await sites({ filter: `site<S-1000, ${filter}` })).toEqual(found);
    });

    test('staff filter by reseller: its number, a member’s address, a part of its name', async () => {
      const by = (filter: string) => sites({ filter: `site<S-1000, ${filter}` }, sales);
      expect(await by(`reseller=${bob.ref}`)).toEqual([20]);
      expect(await by(`reseller=${bob.email}`)).toEqual([20]);
      expect(await by('reseller~BOB')).toEqual([20]);
      expect(await by('reseller=nobody@example.org')).toEqual([]);
      expect(fieldsOf(await list({ filter: 'reseller>G-1' }, sales))).toEqual(['filter']);
      // it opens nothing to who may not see it
      expect(await sites({ filter: `reseller=${bob.ref}` }, ann.email)).toEqual([]);
    });

    test.each(['lyon', 'site-city', '=lyon', 'site-town=lyon', 'site>x', 'site-zip>=3', 'site-zip=>3', 'revision=1'])(
      'filter %j is refused, with what to write instead',
      async (filter) => {
        const outcome = await list({ filter });
        expect(codeOf(outcome)).toBe('input.invalid');
        expect(fieldsOf(outcome)).toEqual(['filter']);
      },
    );

    test('what is no filter is no SQL either', async () => {
      expect(await sites({ filter: "site-name=x' OR '1'='1" })).toEqual([]);
      expect(await sites({ search: '\'; DROP TABLE "Site"; --' })).toEqual([]);
      expect(await sites({ filter: 'site=10' })).toEqual([10]);
    });

    test('whatever is asked, the answer is that of a look at each site', { timeout: 60_000 }, async () => {
      const many = await newReseller(desk);
      const text = fc.string({ unit: fc.constantFrom(...'aabbéÉœ 0-"\'*^(ß😀'), maxLength: 9 });
      const rows = fc.sample(fc.tuple(text, text, text), { numRuns: 80, seed: 7 });
      await desk.done('site import', {
        file: csv(
          'number;reseller;generation;product-line;site-name;site-city;contact-role',
          ...rows.map((values) =>
            [
              '',
              many.ref,
              'one',
              values[1].length % 2 ? 'erp' : 'crm',
              ...values.map((value, at) => (at === 0 ? `n${value}` : value)),
            ]
              .map((value) => `"${value.replaceAll('"', '""')}"`)
              .join(';'),
          ),
        ),
        yes: 'yes',
      });
      const kept = await desk.connection.reader.site.findMany({ where: { orgId: many.id }, orderBy: { id: 'desc' } });
      expect(kept).toHaveLength(80);
      const person = await desk.connection.reader.address.findUniqueOrThrow({ where: { email: many.email } });
      await desk.connection.writer.membership.create({
        data: { orgId: bob.id, personId: person.personId, role: 'viewer', createdAt: desk.clock() },
      });
      const all = await desk.connection.reader.site.findMany({ orderBy: { id: 'desc' } });
      /** Who asks: of one reseller, of two, staff. */
      const askers: { as: string; org: Record<string, string>; own: typeof kept }[] = [
        { as: many.email, org: { org: many.ref }, own: kept },
        { as: many.email, org: {}, own: all.filter(({ orgId }) => orgId === many.id || orgId === bob.id) },
        { as: sales, org: {}, own: all },
      ];
      const keys = {
        'site-name': 'siteName',
        'site-city': 'siteCity',
        'contact-role': 'contactRole',
        'product-line': 'productLine',
      } as const;
      type Name = keyof typeof keys;
      const passes = (value: string | null, sign: string, wanted: string): boolean => {
        const own = searchable(value ?? '');
        if (sign === '=') return own === wanted;
        if (sign === '~') return own.includes(wanted);
        return value !== null && (sign === '<' ? own < wanted : own > wanted);
      };
      const values = kept.flatMap((row) => Object.values(keys).map((key) => row[key] ?? ''));
      const part = fc
        .tuple(fc.constantFrom(...values), fc.nat(4), fc.integer({ min: 1, max: 9 }))
        .map(([value, from, length]) => [...value].slice(from, from + length).join(''));
      const typed = fc.oneof(part, text, fc.constantFrom(...values)).map((value) => value.trim());
      const condition = fc.tuple(
        fc.constantFrom<Name>('site-name', 'site-city', 'site-city', 'contact-role', 'product-line'),
        fc.constantFrom(...'=~~<>'),
        typed,
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(condition, { maxLength: 3 }),
          fc.array(typed, { maxLength: 2 }),
          fc.tuple(fc.constantFrom(...askers), fc.constantFrom(undefined, 'site', '-site-name')),
          async (conditions, words, [{ as, org, own }, sort]) => {
            const filter = conditions.map(([name, sign, value]): (typeof conditions)[number] =>
              name === 'product-line' ? [name, '=', value.length % 2 ? 'erp' : 'crm'] : [name, sign, value],
            );
            const search = searchable(words.join(' ')).split(' ').filter(Boolean);
            const expected = own.filter((row) => {
              const always = [`S-${String(row.id).padStart(6, '0')}`, row.generation, row.productLine];
              const texts = [...always, ...dataKeys.map((key) => row[key] ?? '')].map(searchable);
              return (
                search.every((word) => texts.some((one) => one.includes(word))) &&
                filter.every(([name, sign, value]) => passes(row[keys[name]], sign, searchable(value)))
              );
            });
            const outcome = await list(
              {
                ...(search.length > 0 ? { search: search.join(' ') } : {}),
                ...(filter.length > 0 ? { filter: filter.map((one) => one.join('')).join(',') } : {}),
                ...(sort ? { sort } : {}),
                ...org,
                'per-page': '200',
              },
              as,
            );
            const ids = expected.map(({ id }) => id);
            const found = sitesIn(outcome) as readonly number[];
            // texts are sorted as the database sorts them
            if (sort === '-site-name') expect(found.every((id) => ids.includes(id))).toBe(true);
            else expect(found).toEqual((sort ? ids.toReversed() : ids).slice(0, 200));
            expect(new Set(found).size).toBe(Math.min(ids.length, 200));
            expect(outcome).toMatchObject({ data: { total: expected.length } });
          },
        ),
        { numRuns: 200, seed: 11 },
      );
    });

    test('a site is found by what it is now, and no more once it is gone', async () => {
      const number = await newSite();
      const id = Number(number.slice(2));
      const found = (filter: string) => sites({ filter });
      expect(await found(`site=${id}, site-city~nantes`)).toEqual([id]);
      const row = `${number};${ann.ref};one;erp;Zone test;Angoulême`;
      const file = csv('number;reseller;generation;product-line;site-name;site-city', row);
      await desk.done('site import', { file, yes: 'yes' });
      expect(await found(`site=${id}, site-city~nantes`)).toEqual([]);
      expect(await found('site-city=angoulême')).toEqual([id]);
      await desk.connection.writer.site.update({ where: { id }, data: { orgId: bob.id } });
      expect(await found('site-city~goul')).toEqual([]);
      expect(await sites({ filter: 'site-city~goul' }, bob.email)).toEqual([id]);
      await desk.connection.writer.site.delete({ where: { id } });
      expect(await found('site-city=angoulême')).toEqual([]);
      if (provider.name !== 'sqlite') return;
      const { wanted, kept } = await searchIndex(desk.connection, 'Site');
      expect(kept.length).toBeGreaterThan(1_000);
      expect(kept).toEqual(wanted);
    });

    if (provider.name === 'sqlite')
      test('the index of towns is of what filters compare', async () => {
        const [index] = await desk.connection.reader.$queryRaw<
          { sql: string }[]
        >`SELECT "sql" FROM sqlite_master WHERE "name" = 'Site_town'`;
        const behind = (key: string) => `instr("searchText", char(${siteText.mark(key).charCodeAt(0)}))`;
        const [from, to] = [behind('siteCity'), behind('siteCountry')];
        expect(index?.sql).toContain(`substr("searchText", ${from} + 1, ${to} - ${from} - 1)`);
      });

    test('columns are shown as chosen, in that order; an unknown one names those there are', async () => {
      const outcome = await list({ columns: 'Nom du site, site, site-city, site-name', filter: 'site=10' });
      expect(itemsOf(outcome).map((item) => Object.entries(item))).toEqual([
        [
          ['siteName', 'Usine Élan'],
          ['site', 'S-000010'],
          ['siteCity', 'Lyon'],
        ],
      ]);
      expect(outcome).toMatchObject({ data: { columns: ['site-name', 'site', 'site-city'], total: 1 } });
      const wrong = await list({ columns: 'site, revision' });
      expect(fieldsOf(wrong)).toEqual(['columns']);
      expect(JSON.stringify(wrong)).toContain('contact-phone');
      const all = await list({ columns: 'x', filter: 'lyon', sort: 'x' });
      expect(fieldsOf(all)).toEqual(['columns', 'filter', 'sort']);
    });

    test('sorts by any column either way, empty ones last; another is refused', async () => {
      const by = (sort: string) => sites({ sort, filter: 'site<S-1000' });
      expect(await by('site')).toEqual([10, 11, 12, 13]);
      expect(await by('-site-zip')).toEqual([12, 11, 10, 13]);
      expect(await by('site-zip')).toEqual([10, 11, 12, 13]);
      expect(await by('product-line,-site')).toEqual([11, 12, 10, 13].sort((a, b) => order(a) - order(b)));
      expect(fieldsOf(await list({ sort: 'revision' }))).toEqual(['sort']);
      expect(await sites({ sort: '-site-zip', filter: 'site<S-1000', search: 'lyon' })).toEqual([11, 10]);
    });
    const order = (site: number) => [12, 11, 13, 10].indexOf(site);

    test('pages neither overlap nor leave gaps, and tell the whole number', async () => {
      const many = await newReseller(desk);
      const rows = Array.from({ length: 60 }, (_, at) => `;${many.ref};one;erp;Page ${at % 7};Ville ${at % 3}`);
      await desk.done('site import', {
        file: csv('number;reseller;generation;product-line;site-name;site-city', ...rows),
        yes: 'yes',
      });
      const asked: Record<string, string>[] = [
        {},
        { search: 'page' },
        { filter: 'site-city~ville' },
        { sort: 'site-name' },
      ];
      for (const input of asked) {
        const pages = await Promise.all(
          ['1', '2', '3', '4'].map((page) => list({ ...input, page, 'per-page': '25' }, many.email)),
        );
        const all = pages.flatMap((page) => sitesIn(page) as number[]);
        expect([all.length, new Set(all).size]).toEqual([60, 60]);
        expect(pages.map((page) => page.ok && page.data['total'])).toEqual([60, 60, 60, 60]);
      }
      expect(fieldsOf(await list({ page: '0', 'per-page': '201' }))).toEqual(['page', 'per-page']);
    });

    test.each(['csv', 'xlsx'] as const)('exports the whole result as %s, with the chosen columns', async (kind) => {
      const outcome = await list({
        export: kind,
        columns: 'site,site-name',
        filter: 'site<S-1000',
        sort: 'site',
        'per-page': '1',
      });
      const file = outcome.ok ? outcome.file : undefined;
      expect(itemsOf(outcome)).toHaveLength(1);
      const sheet = await readSheet(file?.content ?? Buffer.alloc(0));
      expect(sheet.header).toEqual(['Site', 'Nom du site']);
      expect(sheet.rows.map(({ cells }) => cells)).toEqual([
        ['S-000010', 'Usine Élan'],
        ['S-000011', 'Dépôt 50%'],
        ['S-000012', 'Atelier_Nord (SARL)'],
        ['S-000013', 'Bureau'],
      ]);
    });

    test('typing a number, the beginning of a name or any words offers sites', async () => {
      const offered = async (typed: string, as = ann.email) =>
        (
          await suggest(desk.open.dispatcher, {
            caller: { kind: 'address', email: as },
            door: 'chat',
            command: 'site show',
            field: 'number',
            typed,
          })
        ).map(({ value, name }) => [value, name]);
      expect(await offered('s-12')).toEqual([['S-000012', 'S-000012, Atelier_Nord (SARL), Évry']]);
      expect(await offered('usine el')).toEqual([['S-000010', 'S-000010, Usine Élan, Lyon']]);
      expect(await offered('usine', sales)).toHaveLength(2);
      expect(await offered('usine bob')).toEqual([]);
      expect((await offered('')).length).toBeGreaterThan(3);
    });

    test('a site is shown in full; another’s and none are the same refusal', async () => {
      const shown = await desk.done('site show', { number: '10' }, { as: ann.email });
      expect(shown).toMatchObject({ site: 'S-000010', company: 'Ann & Cie', siteName: 'Usine Élan', changes: [] });
      expect(shown).not.toHaveProperty('revision');
      const [others, none] = [
        await desk.ask('site show', { number: 'S-20' }, { as: ann.email }),
        await desk.ask('site show', { number: 'S-999' }, { as: ann.email }),
      ];
      expect([codeOf(others), codeOf(none)]).toEqual(['object.unknown', 'object.unknown']);
      expect(JSON.stringify(others).replaceAll('S-000020', 'S-000999')).toBe(JSON.stringify(none));
      expect(await desk.done('site show', { number: 'S-20' }, { as: sales })).toMatchObject({ reseller: bob.ref });
    });
  });

  describe('importing', () => {
    const head = 'number;reseller;generation;product-line;site-name;site-city';

    test('previews, then adds, changes and leaves alone; what a row leaves empty stays', async () => {
      const table = csv(head, `S-500;${ann.ref};one;erp;Cinq cents;Nice`, `;${ann.ref};One;CRM;Sans numéro;Nice`);
      const preview = await desk.ask('site import', { file: table });
      expect(preview).toMatchObject({
        code: 'site.previewed',
        data: { preview: { total: 2, added: 2, changed: 0, repeated: 0, faulty: 0, faults: [] } },
      });
      expect(await desk.connection.reader.site.count({ where: { siteCity: 'Nice' } })).toBe(0);
      const highest = (await desk.connection.reader.site.aggregate({ _max: { id: true } }))._max.id ?? 0;
      const done = await desk.done('site import', { file: table, yes: 'yes' });
      const next = Math.max(highest, 500) + 1;
      expect(done).toMatchObject({ imported: 2, added: 2, sites: ['S-000500', `S-${String(next).padStart(6, '0')}`] });
      expect(await rowOf(next)).toMatchObject({ generation: 'one', productLine: 'crm', revision: 1, siteCity: 'Nice' });

      desk.clock.advance(dayMs);
      const again = csv(head, `S-500;${ann.ref};one;crm;Cinq cents;`, `${next};${ann.ref};one;crm;SANS NUMÉRO;Nice`);
      expect(await desk.done('site import', { file: again, yes: 'yes' })).toMatchObject({
        imported: 2,
        added: 0,
        changed: 2,
        repeated: 0,
      });
      const changed = await rowOf(500);
      expect(changed).toMatchObject({ productLine: 'crm', siteCity: 'Nice', revision: 2 });
      expect(changed.updatedAt.getTime() - changed.createdAt.getTime()).toBe(dayMs);
      expect(await sites({ search: 'cinq cents nice' })).toEqual([500]);
      expect(await sites({ filter: 'product-line=crm, site-city=nice' })).toContain(500);

      const same = await desk.ask('site import', { file: again, yes: 'yes' });
      expect(same).toMatchObject({ data: { imported: 0, repeated: 2, sites: [] } });
      expect((await rowOf(500)).revision).toBe(2);
    });

    test('a table with faults is refused as a whole, each told by row and column', async () => {
      const count = await desk.connection.reader.site.count();
      const table = csv(
        head,
        `S-20;${ann.ref};one;erp;Pas à Ann;Lyon`,
        `;nobody@example.org;one;erp;Inconnu;Lyon`,
        `;G-999999;two;hrm;;Lyon`,
        `S-600;${ann.ref};one;erp;Une;Lyon`,
        `600;${ann.ref};one;erp;Deux;Lyon`,
        `S-999999999;${ann.ref};one;erp;Trop haut;Lyon`,
        `;${ann.ref};one;erp;Bonne;Lyon`,
      );
      const preview = await desk.ask('site import', { file: table }, { locale: 'en', as: sales });
      const { faults } = (preview.ok ? preview.data['preview'] : {}) as { faults: { row: number; column: string }[] };
      expect(faults.map(({ row, column }) => `${row}:${column}`)).toEqual([
        '2:number',
        '3:reseller',
        '4:generation',
        '4:product-line',
        '4:site-name',
        '6:number',
        '7:number',
      ]);
      const refused = await desk.ask('site import', { file: table, yes: 'yes' }, { as: sales });
      expect(codeOf(refused)).toBe('input.invalid');
      expect(fieldsOf(refused)).toContain('2:number');
      expect(await desk.connection.reader.site.count()).toBe(count);
    });

    test('is staff’s; a dry run and a file without its columns change nothing', async () => {
      const table = csv(head, `;${ann.ref};one;erp;À sec;Lyon`);
      expect(codeOf(await desk.ask('site import', { file: table, yes: 'yes' }, { as: ann.email }))).toBe(
        'access.denied',
      );
      expect(await desk.ask('site import', { file: table, yes: 'yes' }, { dryRun: true })).toMatchObject({
        dryRun: true,
        data: { imported: 1, sites: [null] },
      });
      expect(codeOf(await desk.ask('site import', { file: csv('number;reseller', 'S-1;G-1') }))).toBe('file.refused');
      expect(await sites({ search: 'a sec' })).toEqual([]);
    });

    test('what was previewed and has changed since is not carried out', async () => {
      const number = await newSite();
      const table = csv(head, `${number};${ann.ref};one;erp;Zone test;Brest`);
      await desk.ask('site import', { file: table });
      await desk.done('site import', {
        file: csv(head, `${number};${ann.ref};one;erp;Zone test;Rennes`),
        yes: 'yes',
      });
      expect(codeOf(await desk.ask('site import', { file: table, yes: 'yes' }))).toBe('preview.stale');
      expect((await rowOf(Number(number.slice(2)))).siteCity).toBe('Rennes');
    });

    test('ten thousand rows at once', { timeout: 120_000 }, async () => {
      const many = await newReseller(desk);
      const rows = Array.from({ length: 10_000 }, (_, at) => `;${many.email};one;erp;Site ${at};Ville ${at % 100}`);
      const done = await desk.done('site import', { file: csv(head, ...rows), yes: 'yes' });
      expect(done).toMatchObject({ imported: 10_000, added: 10_000 });
      expect(done['sites']).toHaveLength(200);
      expect(await list({ filter: 'site-city=ville 7' }, many.email)).toMatchObject({ data: { total: 100 } });
      expect(await list({ filter: 'site-city~ville' }, many.email)).toMatchObject({ data: { total: 10_000 } });
    });
  });

  describe('changing', () => {
    test('what was shown can be confirmed for an hour', async () => {
      const wish = { number: await newSite(), 'site-city': 'Rezé' };
      const preview = await change(wish);
      const id = preview.ok ? (preview.pending ?? '') : '';
      const row = await desk.connection.reader.pendingCommand.findUniqueOrThrow({ where: { id } });
      expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(hourMs);
    });

    test('old and new are shown; confirmed it waits; approved it is done, and the asker hears it', async () => {
      const number = await newSite();
      const wish = { number, 'site-city': 'Rezé', 'site-name': 'Zone test', 'contact-phone': '06 12 34 56 78' };
      const preview = await change(wish);
      expect(preview).toMatchObject({
        ok: true,
        code: 'site.change-previewed',
        data: {
          preview: {
            site: number,
            changes: { siteCity: { old: 'Nantes', new: 'Rezé' }, contactPhone: { old: null, new: '+33612345678' } },
          },
        },
      });
      expect(Object.keys(((preview.ok && preview.data['preview']) as { changes: object }).changes)).toHaveLength(2);
      expect(await stateOf(number)).toEqual([]);

      const asked = await desk.queuedBy(async () => void (await ask(wish)));
      expect(asked.filter(({ recipient }) => recipient === sales)).toMatchObject([
        {
          letter: 'approval-asked',
          params: {
            summary: expect.arrayContaining([
              { label: 'Site', value: `${number}, Zone test` },
              { label: 'Revendeur', value: 'Ann & Cie' },
              { label: 'Ville du site', value: 'Nantes → Rezé' },
              { label: 'Téléphone du contact', value: '– → +33612345678' },
            ]) as unknown,
          },
        },
      ]);
      const approval = String(asked[0]?.object);
      expect(await stateOf(number)).toEqual(['submitted']);
      const shown = await desk.done('approval show', { number: approval }, { as: sales });
      expect(shown).toMatchObject({ object: number, command: 'site change' });
      expect(JSON.stringify(shown['summary'])).toContain('Nantes → Rezé');
      expect(codeOf(await desk.ask('approval approve', { number: approval }, { as: stock }))).toBe('access.denied');
      expect((await rowOf(Number(number.slice(2)))).siteCity).toBe('Nantes');

      const told = await desk.queuedBy(async () => {
        expect(await desk.done('approval approve', { number: approval }, { as: sales })).toMatchObject({
          state: 'approved',
          result: { code: 'site.changed', data: { site: number, state: 'applied' } },
        });
      });
      expect(await rowOf(Number(number.slice(2)))).toMatchObject({
        siteCity: 'Rezé',
        contactPhone: '+33612345678',
        revision: 2,
      });
      expect(await sites({ search: 'reze', filter: `site=${number}` })).toEqual([Number(number.slice(2))]);
      expect(await sites({ search: 'nantes', filter: `site=${number}` })).toEqual([]);
      expect(await stateOf(number)).toEqual(['applied']);
      expect(told.filter(({ channel }) => channel === 'mail')).toMatchObject([
        { letter: 'site-change', recipient: ann.email, params: { verdict: 'applied', siteName: 'Zone test' } },
      ]);
      const events = await desk.done('audit show', { object: number });
      expect(JSON.stringify(events)).toContain('Rezé');
    });

    test('nothing said, and nothing that differs, are told so', async () => {
      const number = await newSite();
      expect(fieldsOf(await change({ number }))).toEqual(['site-name']);
      const same = await change({ number, 'site-city': 'Nantes', 'site-name': 'Zone test' });
      expect(codeOf(same)).toBe('input.invalid');
      expect(fieldsOf(same)).toEqual(['site-name', 'site-city']);
      expect(fieldsOf(await change({ number, 'site-phone': '12', 'contact-email': 'x' }))).toEqual([
        'site-phone',
        'contact-email',
      ]);
    });

    test('another’s site and another’s order are not found', async () => {
      const number = await newSite();
      expect(codeOf(await change({ number: 'S-20', 'site-city': 'Paris' }))).toBe('object.unknown');
      const orderOf = async (orgId: number) => {
        const row = await desk.connection.writer.order.create({
          data: {
            orgId,
            requesterId: 1,
            door: 'terminal',
            locale: 'fr',
            type: 'additional',
            origin: 'existing-site',
            content: '{}',
            searchText: '',
            createdAt: desk.clock(),
            updatedAt: desk.clock(),
          },
        });
        return `O-${row.id}`;
      };
      const wish = { number, 'site-city': 'Paris' };
      const others = await change({ ...wish, 'related-order': await orderOf(bob.id) });
      expect([codeOf(others), fieldsOf(others)]).toEqual(['object.unknown', ['related-order']]);
      expect(codeOf(await change({ ...wish, 'related-order': 'O-999999' }))).toBe('object.unknown');
      const own = await orderOf(ann.id);
      const approval = await ask({ ...wish, 'related-order': own });
      const shown = await desk.done('approval show', { number: approval });
      expect(JSON.stringify(shown['summary'])).toContain(`O-${own.slice(2).padStart(6, '0')}`);
    });

    test('refused, it says why and the site stays', async () => {
      const number = await newSite();
      const approval = await ask({ number, 'site-city': 'Paris' });
      const told = await desk.queuedBy(() =>
        desk.done('approval refuse', { number: approval, reason: 'le bail dit Nantes' }, { as: sales }),
      );
      expect(told.filter(({ channel }) => channel === 'mail')).toMatchObject([
        { letter: 'site-change', recipient: ann.email, params: { verdict: 'refused', reason: 'le bail dit Nantes' } },
      ]);
      expect(await stateOf(number)).toEqual(['refused']);
      expect((await rowOf(Number(number.slice(2)))).siteCity).toBe('Nantes');
      expect((await desk.done('site show', { number }))['changes']).toMatchObject([{ reason: 'le bail dit Nantes' }]);
    });

    test('a site that changed meanwhile: nothing is done, it is returned with the difference, and taken up again', async () => {
      const number = await newSite();
      const id = Number(number.slice(2));
      const approval = await ask({ number, 'site-city': 'Paris' });
      await desk.done('site import', {
        file: csv(
          'number;reseller;generation;product-line;site-name;site-city',
          `${number};${ann.ref};one;erp;Zone neuve;Nantes`,
        ),
        yes: 'yes',
      });
      const told = await desk.queuedBy(async () => {
        expect(codeOf(await desk.ask('approval approve', { number: approval }, { as: sales }))).toBe('approval.void');
      });
      expect(told.filter(({ channel }) => channel === 'mail')).toMatchObject([
        {
          letter: 'site-change',
          recipient: ann.email,
          params: {
            verdict: 'returned',
            siteName: 'Zone neuve',
            changes: [{ label: 'Ville du site', value: 'Nantes → Paris' }],
            meanwhile: [{ label: 'Nom du site', value: 'Zone test → Zone neuve' }],
          },
        },
      ]);
      expect(await rowOf(id)).toMatchObject({ siteCity: 'Nantes', revision: 2 });
      expect(await stateOf(number)).toEqual(['returned']);
      expect(await approvalState(approval)).toBe('void');

      const again = await ask({ number, 'site-city': 'Paris' });
      // the same wish goes on
      expect(await stateOf(number)).toEqual(['submitted']);
      await desk.done('approval approve', { number: again }, { as: sales });
      expect(await rowOf(id)).toMatchObject({ siteCity: 'Paris', siteName: 'Zone neuve', revision: 3 });
      expect(await stateOf(number)).toEqual(['applied']);
    });

    test('another wish of the same person takes the place of the one that waits', async () => {
      const number = await newSite();
      const first = await ask({ number, 'site-city': 'Paris' });
      const second = await ask({ number, 'site-city': 'Lille' });
      expect([await approvalState(first), await approvalState(second)]).toEqual(['cancelled', 'pending']);
      expect(await stateOf(number)).toEqual(['submitted', 'cancelled']);
      expect(codeOf(await desk.ask('approval approve', { number: first }, { as: sales }))).toBe('approval.decided');
      await desk.done('approval approve', { number: second }, { as: sales });
      expect((await rowOf(Number(number.slice(2)))).siteCity).toBe('Lille');
    });

    test('the same wish again is one request, however it is written; once the site has changed it is another', async () => {
      const number = await newSite();
      const first = await ask({ number, 'site-city': 'Paris', 'site-phone': '+33123456789' });
      const before = await desk.connection.reader.approval.count();
      const again = { number: number.replace(/^S-0*/, 's-'), 'site-city': ' Paris ', 'site-phone': '01 23 45 67 89' };
      expect(await ask(again)).toBe(first);
      expect(await desk.connection.reader.approval.count()).toBe(before);
      expect(await stateOf(number)).toEqual(['submitted']);
      const support = await newStaff(desk, 'support');
      const other = await ask({ number, 'site-street': '2 rue Neuve' }, { as: support });
      await desk.done('approval approve', { number: other }, { as: sales });
      expect(await ask(again)).not.toBe(first);
    });

    test('of two people’s wishes the second approved is returned: the site is no longer what it saw', async () => {
      const number = await newSite();
      const support = await newStaff(desk, 'support');
      const [one, two] = [
        await ask({ number, 'site-city': 'Paris' }),
        await ask({ number, 'site-city': 'Lille' }, { as: support }),
      ];
      expect(await stateOf(number)).toEqual(['submitted', 'submitted']);
      const letters = await desk.queuedBy(() => desk.done('approval approve', { number: one }, { as: sales }));
      // at once, and its asker hears it with the difference
      expect([await approvalState(one), await approvalState(two)]).toEqual(['approved', 'void']);
      expect(await stateOf(number)).toEqual(['returned', 'applied']);
      expect(letters).toContainEqual(
        expect.objectContaining({
          recipient: support,
          params: expect.objectContaining({ verdict: 'returned', meanwhile: [expect.anything()] }) as unknown,
        }),
      );
      expect(codeOf(await desk.ask('approval approve', { number: two }, { as: sales }))).toBe('approval.void');
      expect((await rowOf(Number(number.slice(2)))).siteCity).toBe('Paris');
    });

    test('two who decide at once make one change', async () => {
      const number = await newSite();
      const approval = await ask({ number, 'site-city': 'Paris' });
      const other = await newStaff(desk, 'sales');
      const both = await Promise.all(
        [sales, other].map((as) => desk.ask('approval approve', { number: approval }, { as })),
      );
      expect(both.map(codeOf).sort()).toEqual(['approval.approved', 'approval.decided']);
      expect(await rowOf(Number(number.slice(2)))).toMatchObject({ siteCity: 'Paris', revision: 2 });
    });

    test('nobody decides: it ends, and the asker hears it', async () => {
      const number = await newSite();
      const approval = await ask({ number, 'site-city': 'Paris' });
      const schedule = createSchedule({
        database: desk.desk.database,
        clock: desk.clock,
        jobs: jobsOf(desk.desk, () => Promise.resolve()),
        onError: (error) => desk.faults.push({ reference: '', error, command: 'schedule' }),
      });
      desk.clock.advance(8 * dayMs);
      const told = await desk.queuedBy(() => schedule.tick());
      expect(await approvalState(approval)).toBe('expired');
      expect(await stateOf(number)).toEqual(['cancelled']);
      expect(
        told.filter(({ letter, object }) => letter === 'site-change' && object === number).map(({ params }) => params),
      ).toMatchObject([{ verdict: 'expired' }]);
    });

    test('nobody approves one’s own; a dry run asks nothing', async () => {
      const number = await newSite();
      const own = await ask({ number, 'site-city': 'Paris' }, { as: sales });
      expect(codeOf(await desk.ask('approval approve', { number: own }, { as: sales }))).toBe('approval.self');
      const dry = await change({ number, 'site-city': 'Lille', yes: 'yes' }, { as: ann.email, dryRun: true });
      expect(dry).toMatchObject({ code: 'approval.pending', dryRun: true, data: { approval: null } });
      expect(await stateOf(number)).toEqual(['submitted']);
    });

    test('a confirmation of what has changed since it was shown is stale', async () => {
      const number = await newSite();
      const wish = { number, 'site-city': 'Paris' };
      await change(wish);
      await desk.done('site import', {
        file: csv('number;reseller;generation;product-line;site-name', `${number};${ann.ref};one;erp;Zone autrement`),
        yes: 'yes',
      });
      expect(codeOf(await change({ ...wish, yes: 'yes' }))).toBe('preview.stale');
      expect(await stateOf(number)).toEqual([]);
    });
  });
});
