/** D6: opportunities come from a table, are listed, taken by an order, and close when their day is past. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/command/outcome.js';
import { suggest } from '../../src/core/command/suggest.js';
import { identify } from '../../src/core/guard/identity.js';
import { createWork, type Work } from '../../src/core/guard/work.js';
import { jobsOf } from '../../src/core/jobs.js';
import { freeOpportunities, takeOpportunity } from '../../src/core/programmes/opportunities/opportunity.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { readSheet } from '../../src/core/tables/sheet.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  newReseller,
  newStaff,
  openTestDesk,
  type TestDesk,
  type TestReseller,
} from './ground.js';

const csv = (...lines: string[]) => ({
  name: 'opportunities.csv',
  type: 'text/csv',
  content: Buffer.from(`${lines.join('\n')}\n`),
});

describe.each(databases())('opportunities on $name', (provider) => {
  let desk: TestDesk;
  let ann: TestReseller;
  let bob: TestReseller;
  let sales: string;
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    ann = await newReseller(desk, {}, { company: 'Ann & Cie' });
    bob = await newReseller(desk);
    sales = await newStaff(desk, 'sales');
    const rows = [
      {
        number: 'OP-10',
        reseller: ann.ref,
        name: 'Équipement de la mairie',
        generation: 'one',
        solution: 'one-erp',
        'site-name': 'Mairie d’Évry',
        'site-city': 'Évry',
        'contact-last-name': 'Noël',
        amount: '12 345,50 €',
        'closing-date': '31/12/2026',
      },
      { number: 'OP-11', reseller: ann.email, name: 'Usine', amount: 800, 'closing-date': '2026-12-01' },
      { number: 'OP-20', reseller: bob.ref, name: 'Chez Bob' },
    ];
    const file = { name: 'o.json', type: 'application/json', content: Buffer.from(JSON.stringify(rows)) };
    await desk.done('opportunity import', { file, yes: 'yes' }, { as: sales });
  });
  afterAll(() => desk.close());

  const list = (input: Record<string, string> = {}, as = ann.email) => desk.ask('opportunity list', input, { as });
  const itemsOf = (outcome: Outcome) =>
    (outcome.ok ? outcome.data['items'] : []) as Readonly<Record<string, unknown>>[];
  const numbers = async (input: Record<string, string> = {}, as = ann.email) =>
    itemsOf(await list(input, as)).map(({ opportunity }) => Number(String(opportunity).slice(3)));
  const head = 'number;reseller;name;generation;solution;site-city;amount;closing-date';
  const bring = (...rows: string[]) => desk.ask('opportunity import', { file: csv(head, ...rows), yes: 'yes' });
  const rowOf = (id: number) => desk.connection.reader.opportunity.findUniqueOrThrow({ where: { id } });
  /** As an order's command would act on them. */
  async function act(run: (work: Work) => Promise<void>): Promise<void> {
    await desk.desk.database.transact(async (unit) => {
      const actor = await identify(unit.tx, { kind: 'operator' });
      await run(createWork(unit, { desk: desk.desk, actor, door: 'terminal', locale: 'fr' }));
    });
  }

  test('one’s own are listed and shown, with amount and state; staff see all', async () => {
    const outcome = await list({ search: 'mairie' });
    expect(outcome).toMatchObject({ code: 'opportunity.listed', data: { total: 1, page: 1 } });
    expect(itemsOf(outcome)[0]).toMatchObject({
      opportunity: 'OP-000010',
      name: 'Équipement de la mairie',
      state: 'open',
      reseller: ann.ref,
      generation: 'one',
      solution: 'one-erp',
      siteName: 'Mairie d’Évry',
      amountCents: 1_234_550,
      currency: 'EUR',
      closingDate: '2026-12-31',
      order: null,
    });
    expect(await numbers({ sort: 'opportunity' })).toEqual([10, 11]);
    expect(await numbers({ sort: 'opportunity' }, sales)).toEqual([10, 11, 20]);
    expect(await numbers({ org: bob.ref }, sales)).toEqual([20]);
    const shown = await desk.done('opportunity show', { number: 'op-10' }, { as: ann.email });
    expect(shown).toMatchObject({ company: 'Ann & Cie', contactLastName: 'Noël', siteCity: 'Évry', siteVat: null });
    for (const number of ['OP-20', 'OP-999'])
      expect(codeOf(await desk.ask('opportunity show', { number }, { as: ann.email }))).toBe('object.unknown');
  });

  test('the list filters by state, name or label, sorts and exports', async () => {
    expect(await numbers({ state: 'open' })).toEqual([11, 10]);
    expect(await numbers({ state: 'Ouverte', sort: '-amount' })).toEqual([10, 11]);
    expect(await numbers({ state: 'closed' })).toEqual([]);
    expect(await numbers({ search: 'evry noel' })).toEqual([10]);
    expect(await numbers({ sort: 'closing-date', 'per-page': '1', page: '2' })).toEqual([10]);
    expect(fieldsOf(await list({ state: 'gone' }))).toEqual(['state']);
    expect(fieldsOf(await list({ sort: 'revision' }))).toEqual(['sort']);
    const exported = await list({ export: 'csv', sort: 'opportunity' });
    const sheet = await readSheet((exported.ok && exported.file?.content) || Buffer.alloc(0));
    expect(sheet.rows.map(({ cells }) => cells[0])).toEqual(['OP-000010', 'OP-000011']);
  });

  test('an import previews, updates what is open, and leaves what is equal alone', async () => {
    const table = csv(head, `OP-30;${ann.ref};Trente;;;Metz;100;`, `11;${ann.ref};Usine;infinity-v7;v7-licences;;;`);
    expect(await desk.ask('opportunity import', { file: table })).toMatchObject({
      code: 'opportunity.previewed',
      data: { preview: { total: 2, added: 1, changed: 1, repeated: 0, faulty: 0 } },
    });
    expect(await desk.done('opportunity import', { file: table, yes: 'yes' })).toMatchObject({
      imported: 2,
      opportunities: ['OP-000030', 'OP-000011'],
    });
    expect(await rowOf(11)).toMatchObject({ generation: 'infinity-v7', solution: 'v7-licences', amountCents: 80_000 });
    expect(await numbers({ search: 'v7-licences' })).toEqual([11]);
    expect(await desk.done('opportunity import', { file: table, yes: 'yes' })).toMatchObject({
      imported: 0,
      repeated: 2,
    });
  });

  test('faults are told by row and column, and nothing of the table is taken', async () => {
    const refused = await bring(
      `;${ann.ref};Sans numéro;;;;;`,
      `OP-20;${ann.ref};À Bob;;;;;`,
      `OP-40;${ann.ref};Autre génération;one;v7-licences;;;`,
      `OP-41;nobody@example.org;Inconnu;;;;0,001;31/31/2026`,
      `OP-42;${ann.ref};Deux fois;;;;;`,
      `OP-42;${ann.ref};Deux fois;;;;;`,
      `OP-43;${ann.ref};Bonne;;;;;`,
    );
    expect(codeOf(refused)).toBe('input.invalid');
    expect(fieldsOf(refused)).toEqual(['2:number', '3:number', '4:solution', '5:amount', '5:closing-date', '7:number']);
    expect(await desk.connection.reader.opportunity.count({ where: { id: { gte: 40, lt: 50 } } })).toBe(0);
    const asked = await desk.ask('opportunity import', { file: csv(head, `OP-43;${ann.ref};x`) }, { as: ann.email });
    expect(codeOf(asked)).toBe('access.denied');
  });

  test('an order takes it once and gives it back; meanwhile it no longer changes', async () => {
    await bring(`OP-50;${ann.ref};Cinquante;;;;;`);
    await act((work) => takeOpportunity(work, 50, 7));
    expect(await rowOf(50)).toMatchObject({ state: 'used', orderId: 7 });
    await expect(act((work) => takeOpportunity(work, 50, 8))).rejects.toMatchObject({ code: 'state.wrong' });
    const changed = await bring(`OP-50;${ann.ref};Autrement;;;;;`);
    expect(fieldsOf(changed)).toEqual(['2:number']);
    // a nightly table may still name it
    expect(await bring(`OP-50;${ann.ref};Cinquante;;;;;`)).toMatchObject({ ok: true, data: { repeated: 1 } });
    expect(await desk.done('opportunity show', { number: 'OP-50' })).toMatchObject({
      state: 'used',
      order: 'O-000007',
    });
    await act((work) => freeOpportunities(work, 8));
    expect((await rowOf(50)).state).toBe('used');
    await act((work) => freeOpportunities(work, 7));
    expect(await rowOf(50)).toMatchObject({ state: 'open', orderId: null });
  });

  test('typing offers the open ones', async () => {
    const offered = async (typed: string) => {
      const caller = { kind: 'address', email: ann.email } as const;
      const typing = { caller, door: 'chat', command: 'opportunity show', field: 'number', typed } as const;
      return (await suggest(desk.open.dispatcher, typing)).map(({ value }) => value);
    };
    expect(await offered('evry')).toEqual(['OP-000010']);
    expect(await offered('op-10')).toEqual(['OP-000010']);
    expect(await offered('bob')).toEqual([]);
    await act((work) => takeOpportunity(work, 10, 1));
    expect(await offered('evry')).toEqual([]);
    await act((work) => freeOpportunities(work, 1));
  });

  test('the day after its closing date it closes by itself, in the vendor’s time zone, and stays so', async () => {
    await bring(`OP-60;${ann.ref};Bientôt;;;;;2026-11-24`, `OP-61;${ann.ref};Prise;;;;;2026-11-24`);
    await act((work) => takeOpportunity(work, 61, 9));
    const schedule = createSchedule({
      database: desk.desk.database,
      clock: desk.clock,
      jobs: jobsOf(desk.desk, () => Promise.resolve()),
      onError: (error) => desk.faults.push({ reference: '', error, command: 'schedule' }),
    });
    desk.clock.set(new Date('2026-11-24T22:59:00Z'));
    await schedule.tick();
    expect((await rowOf(60)).state).toBe('open');
    desk.clock.set(new Date('2026-11-24T23:00:00Z'));
    await schedule.tick();
    expect([(await rowOf(60)).state, (await rowOf(61)).state, (await rowOf(10)).state]).toEqual([
      'closed',
      'used',
      'open',
    ]);
    expect(JSON.stringify(await desk.done('audit show', { object: 'OP-60' }))).toContain('opportunity closed');
    expect(fieldsOf(await bring(`OP-60;${ann.ref};Rouverte;;;;;2027-01-01`))).toEqual(['2:number']);
    await expect(act((work) => takeOpportunity(work, 60, 1))).rejects.toMatchObject({ code: 'state.wrong' });
    desk.clock.advance(dayMs);
  });
});
