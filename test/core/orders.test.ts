/** D1 to D12: an order from its draft to its certificate, and everything that can stand in its way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawInput } from '../../src/core/command/input.js';
import type { Upload } from '../../src/core/command/type.js';
import { dayIn } from '../../src/core/locales/format.js';
import { searchable } from '../../src/core/text/fold.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  hourMs,
  newReseller,
  newStaff,
  openTestDesk,
  root,
  startOfTime,
  type TestDesk,
  type TestReseller,
} from './ground.js';
import {
  existingSiteOrder,
  newDeciders,
  newOpportunity,
  newSite,
  newSiteOrder,
  pdf,
  program,
  stateOf,
  submitted,
} from './order-ground.js';
import { searchIndex } from './search-ground.js';

describe('the catalogue an order is judged by (X10)', () => {
  let desk: TestDesk;
  beforeAll(async () => {
    desk = await openTestDesk(databases()[0]!);
  });
  afterAll(() => desk.close());

  test('a solution withdrawn between draft and submission is refused then; what was submitted keeps its version', async () => {
    const { email: as } = await newReseller(desk);
    const { sales } = await newDeciders(desk);
    const [boss, second] = [await newStaff(desk, 'admin'), await newStaff(desk, 'admin')];
    const before = await submitted(desk, as, newSiteOrder());
    const { order } = await desk.done('order new', newSiteOrder(), { as });
    const number = String(order);
    const shipped = readFileSync(join(root, 'catalogue', 'orders.yaml'), 'utf8');
    const ended = shipped.replace(/^( *)- id: v10-erp$/m, "$&\n$1  until: '2026-11-22'");
    const file = { name: 'orders.yaml', type: 'text/yaml', content: Buffer.from(ended) };
    const { approval } = await desk.done('catalogue load', { file, yes: 'yes' }, { as: boss });
    await desk.done('approval approve', { number: String(approval) }, { as: second });

    const refused = await desk.ask('order submit', { number }, { as });
    expect(codeOf(refused)).toBe('rule.refused');
    expect(fieldsOf(refused)).toEqual(['solution']);
    const rule = refused.ok ? '' : String(refused.data?.['rule']);
    expect(codeOf(await desk.ask('catalogue why', { rule }, { as }))).toBe('catalogue.explained');
    expect(await stateOf(desk, number)).toBe('draft');
    expect(await desk.done('order show', { number }, { as })).toMatchObject({
      solution: 'v10-erp',
      siteName: 'Atelier Nord',
    });
    const kept = (await desk.done('order show', { number: before.order }, { as }))['catalogue'];
    await desk.done('order approve', { number: before.order }, { as: sales });
    expect(await desk.done('order show', { number: before.order }, { as })).toMatchObject({
      state: 'done',
      catalogue: kept,
    });
  });
});

describe.each(databases())('orders on $name', (provider) => {
  let desk: TestDesk;
  let partner: TestReseller;
  let as: string;
  let staff: { sales: string; other: string; cloud: string };
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    partner = await newReseller(desk);
    as = partner.email;
    staff = await newDeciders(desk);
  });
  afterAll(() => desk.close());
  const ruleOf = async (command: string, input: Parameters<TestDesk['ask']>[1]) => {
    const outcome = await desk.ask(command, input, { as });
    return outcome.ok ? outcome.code : [outcome.code, outcome.data?.['rule'], Object.keys(outcome.fields ?? {})];
  };

  describe('a draft (D1–D10)', () => {
    test('needs type and origin only, says what is missing, and is completed step by step', async () => {
      const data = await desk.done('order new', { type: 'Commande initiale', origin: 'nouveau site' }, { as });
      const order = String(data['order']);
      expect(data).toMatchObject({ state: 'draft', documents: [] });
      expect(data['missing']).toEqual([
        'generation',
        'solution',
        'delivery-date',
        'recipients',
        'purchase-order',
        'site-name',
        'site-street',
        'site-zip',
        'site-city',
        'site-country',
        'contact-last-name',
        'contact-first-name',
        'contact-email',
      ]);
      const { type: _, origin: __, ...rest } = newSiteOrder();
      const edited = await desk.done('order edit', { number: order, ...rest }, { as });
      expect(edited).toMatchObject({ order, state: 'draft', missing: [], documents: ['bc-17.pdf'] });
      const shown = await desk.done('order show', { number: order }, { as });
      expect(shown).toMatchObject({
        siteName: 'Atelier Nord',
        recipients: ['zoe@atelier.example', 'it@atelier.example'],
        deliveryDate: '2026-12-01',
        missing: [],
      });
    });

    test('an incomplete one is not submitted: every missing field is named', async () => {
      const { order } = await desk.done('order new', newSiteOrder({ recipients: '', 'purchase-order': '' }), { as });
      const outcome = await desk.ask('order submit', { number: String(order) }, { as });
      expect(codeOf(outcome)).toBe('input.invalid');
      expect(fieldsOf(outcome)).toEqual(['recipients', 'purchase-order']);
      expect(await stateOf(desk, String(order))).toBe('draft');
    });

    test('what does not go together is refused by the rule that says so, with what is allowed', async () => {
      expect(await ruleOf('order new', { type: 'initial', origin: 'existing-site' })).toEqual([
        'rule.refused',
        'type-origin',
        ['origin'],
      ]);
      expect(
        await ruleOf('order new', {
          type: 'additional',
          origin: 'existing-site',
          generation: 'one',
          solution: 'v10-erp',
        }),
      ).toEqual(['rule.refused', 'generation-solution', ['solution']]);
      const unknown = await desk.ask('order new', { type: 'present', origin: 'new-site' }, { as });
      expect(codeOf(unknown)).toBe('input.invalid');
      expect(JSON.stringify(unknown)).toContain('additional');
    });

    test('recipients are one to five, all different; the delivery day is a working day to come', async () => {
      const six = Array.from({ length: 6 }, (_, at) => `r${at}@client.example`).join(', ');
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const number = String(order);
      expect(codeOf(await desk.ask('order edit', { number, recipients: six }, { as }))).toBe('input.invalid');
      expect(await ruleOf('order edit', { number, recipients: 'a@b.example; A@b.example' })).toEqual([
        'rule.refused',
        'recipients-distinct',
        ['recipients'],
      ]);
      for (const day of ['2026-11-20', '2026-11-28', '2026-12-25'])
        expect(await ruleOf('order edit', { number, 'delivery-date': day })).toEqual([
          'rule.refused',
          'delivery-working-day',
          ['delivery-date'],
        ]);
      expect(await desk.done('order show', { number }, { as })).toMatchObject({ deliveryDate: '2026-12-01' });
    });

    test('what is wrong is named, and what is possible told as people read it', async () => {
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const number = String(order);
      const edit = async (input: RawInput): Promise<string> => {
        const outcome = await desk.ask('order edit', { number, ...input }, { as, locale: 'fr' });
        return outcome.ok ? '' : Object.values(outcome.fields ?? {}).join(' ');
      };
      const twice = await edit({ recipients: 'a@x.example, a@x.example, b@x.example, c@x.example, c@x.example' });
      expect(twice).toContain('En double : a@x.example, c@x.example.');
      const details = await edit({ details: 'foo=1, baz=2' });
      for (const key of ['« foo »', '« baz »']) expect(details).toContain(key);
      // a Sunday
      expect(await edit({ 'delivery-date': '2026-12-06' })).toContain('7 décembre 2026');
      expect(await edit({ solution: 'one-erp' })).not.toContain('one-erp');
    });

    test('picking an earlier choice anew drops later ones that no longer go with it', async () => {
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const data = await desk.done('order edit', { number: String(order), generation: 'one' }, { as });
      expect(data['missing']).toEqual(['solution']);
      expect(data['changed']).toEqual(expect.arrayContaining(['generation', 'solution']));
    });

    test('an existing site brings its data; it is changed by a site change, not by an order', async () => {
      const site = await newSite(desk, partner.ref);
      const data = await desk.done('order new', existingSiteOrder(site), { as });
      expect(data['missing']).toEqual([]);
      expect(await desk.done('order show', { number: String(data['order']) }, { as })).toMatchObject({
        site,
        siteCity: 'Rennes',
        contactLastName: 'Le Goff',
      });
      const outcome = await desk.ask('order edit', { number: String(data['order']), 'site-city': 'Brest' }, { as });
      expect([codeOf(outcome), fieldsOf(outcome)]).toEqual(['input.invalid', ['site-city']]);
    });

    test('a site of another partner is not found', async () => {
      const stranger = await newReseller(desk);
      const site = await newSite(desk, stranger.ref);
      const outcome = await desk.ask('order new', existingSiteOrder(site), { as });
      expect([codeOf(outcome), fieldsOf(outcome)]).toEqual(['object.unknown', ['site']]);
      const migration = { type: 'migration', origin: 'opportunity', opportunity: 'OP-999' };
      expect(fieldsOf(await desk.ask('order new', migration, { as }))).toEqual(['opportunity']);
      const { order } = await desk.done('order new', existingSiteOrder(await newSite(desk, partner.ref)), { as });
      expect(fieldsOf(await desk.ask('order edit', { number: String(order), site }, { as }))).toEqual(['site']);
    });

    test('another partner sees nothing of it', async () => {
      const stranger = await newReseller(desk);
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      for (const command of ['order show', 'order submit', 'order cancel'])
        expect(codeOf(await desk.ask(command, { number: String(order) }, { as: stranger.email }))).toBe(
          'object.unknown',
        );
      expect((await desk.done('order list', {}, { as: stranger.email }))['total']).toBe(0);
    });

    test('approved in a dry run it has no certificate', async () => {
      const { approval } = await submitted(desk, as, newSiteOrder());
      const trial = await desk.ask('approval approve', { number: approval }, { as: staff.sales, dryRun: true });
      expect(trial).toMatchObject({ ok: true, dryRun: true });
      expect(JSON.stringify(trial)).not.toContain('CT-');
    });

    test('a dry run has no number and leaves nothing', async () => {
      const before = await desk.dump();
      const outcome = await desk.ask('order new', newSiteOrder(), { as, dryRun: true });
      expect(outcome).toMatchObject({ ok: true, dryRun: true, data: { order: null, state: 'draft', missing: [] } });
      expect(await desk.dump()).toEqual(before);
    });
  });

  describe('an opportunity (D6)', () => {
    test('brings generation, solution and the prospect; what it lacks is asked, and it is used once', async () => {
      const opportunity = await newOpportunity(desk, partner.ref);
      const from = { type: 'initial', origin: 'opportunity', opportunity };
      const { order, missing } = await desk.done('order new', from, { as });
      const number = String(order);
      expect(missing).not.toContain('solution');
      expect(missing).toEqual(expect.arrayContaining(['site-street', 'contact-first-name']));
      expect(await desk.done('order show', { number }, { as })).toMatchObject({
        generation: 'one',
        solution: 'one-erp',
        siteName: 'Prospect & Fils',
        contactLastName: 'Morel',
      });
      const { type: _, origin: __, generation: ___, solution: ____, ...rest } = newSiteOrder();
      const second = await desk.done('order new', { ...from, ...rest }, { as });
      await desk.done('order edit', { number, ...rest }, { as });
      await desk.done('order submit', { number }, { as });
      expect((await desk.done('opportunity show', { number: opportunity }, { as }))['state']).toBe('used');
      const twice = await desk.ask('order submit', { number: String(second['order']) }, { as });
      expect(codeOf(twice)).toBe('state.wrong');
      expect(codeOf(await desk.ask('order new', from, { as }))).toBe('state.wrong');
      await desk.done('order refuse', { number, reason: 'hors budget' }, { as: staff.sales });
      expect((await desk.done('opportunity show', { number: opportunity }, { as }))['state']).toBe('open');
    });
  });

  describe('for a site, what fits it (D2)', () => {
    const v7 = { generation: 'infinity-v7', solution: 'v7-licences' };
    const inV7 = (more: Record<string, string> = {}) =>
      newSite(desk, partner.ref, { generation: 'infinity-v7', ...more });
    /** The site as another table brings it, under its number. */
    const becomes = async (site: string, more: Record<string, string>) => {
      const { generation, productLine, siteName } = await desk.connection.reader.site.findUniqueOrThrow({
        where: { id: Number(site.slice(2)) },
      });
      await newSite(desk, partner.ref, {
        number: site,
        ...{ generation, 'product-line': productLine, 'site-name': siteName },
        ...more,
      });
    };

    test('V7 on a V10 site and CRM on an ERP site are refused when they are entered, by rules that can be looked up', async () => {
      const site = await newSite(desk, partner.ref);
      const old = await inV7();
      const refused = async (input: RawInput, command = 'order new') => {
        const outcome = await desk.ask(command, input, { as });
        expect(codeOf(outcome)).toBe('rule.refused');
        return outcome.ok ? undefined : { rule: outcome.data?.['rule'], fields: fieldsOf(outcome) };
      };
      expect(await refused(existingSiteOrder(site, v7))).toEqual({ rule: 'infinity-v7-sites', fields: ['generation'] });
      expect(await refused(existingSiteOrder(site, { solution: 'v5-crm' }))).toEqual({
        rule: 'erp-sites',
        fields: ['solution'],
      });
      expect(await refused(existingSiteOrder(old))).toEqual({ rule: 'infinity-v10-sites', fields: ['generation'] });
      for (const rule of ['infinity-v7-sites', 'erp-sites', 'infinity-v10-sites', 'odata-once'])
        expect(await desk.done('catalogue why', { rule }, { as })).toMatchObject({ rule });
      // and when the site is picked last
      const { order } = await desk.done('order new', existingSiteOrder(old, v7), { as });
      const edit = { number: String(order), site };
      expect(await refused(edit, 'order edit')).toEqual({ rule: 'infinity-v7-sites', fields: ['generation'] });
      expect(
        await desk.done('order edit', { ...edit, generation: 'infinity-v10-weavy-v5', solution: 'v10-erp' }, { as }),
      ).toMatchObject({ missing: [] });
    });

    test('a site that has become another before the order is submitted', async () => {
      const site = await inV7();
      const { order } = await desk.done('order new', existingSiteOrder(site, v7), { as });
      await becomes(site, { generation: 'one' });
      expect(await desk.ask('order submit', { number: String(order) }, { as })).toMatchObject({
        code: 'rule.refused',
        data: { rule: 'infinity-v7-sites' },
      });
    });

    test.each([
      ['its generation', { generation: 'infinity-v10-weavy-v5' }, 'infinity-v7-sites'],
      ['its product line', { 'product-line': 'crm' }, 'crm-sites'],
    ])('or %s before it is approved: nothing is certified, and it can be returned', async (_, more, rule) => {
      const site = await inV7();
      const { order, approval } = await submitted(desk, as, existingSiteOrder(site, v7));
      await becomes(site, more);
      for (const [command, number] of [
        ['order approve', order],
        ['approval approve', approval],
      ] as const)
        expect(await desk.ask(command, { number }, { as: staff.sales })).toMatchObject({
          code: 'rule.refused',
          data: { rule },
        });
      expect(await desk.connection.reader.certificate.count({ where: { orderId: Number(order.slice(2)) } })).toBe(0);
      await desk.done('order return', { number: order, missing: 'le site a changé' }, { as: staff.sales });
      expect(await stateOf(desk, order)).toBe('returned');
    });

    test('what changes nothing of that is no hindrance: its address corrected, its name imported anew', async () => {
      const site = await inV7();
      const { order } = await submitted(desk, as, existingSiteOrder(site, v7));
      const change = { number: site, 'site-city': 'Vannes', yes: 'yes' };
      const { approval } = await desk.done('site change', change, { as });
      await desk.done('approval approve', { number: String(approval) }, { as: staff.sales });
      await becomes(site, { 'site-name': 'Usine neuve' });
      await desk.done('order approve', { number: order }, { as: staff.sales });
      expect(await stateOf(desk, order)).toBe('done');
    });
  });

  describe('OData (D11), as people write it', () => {
    test.each([
      ['saas io odata', ['SAAS IO ODATA']],
      ['  Saas  IO-OData_ext ', ['SAAS IO ODATA EXT']],
      ['SAASIOODATA', ['SAAS IO ODATA']],
      ['SAAS IO ODATA; saas io  odata', ['SAAS IO ODATA']],
    ])('%s', async (reference, kept) => {
      const site = await newSite(desk, partner.ref);
      const { order } = await desk.done('order new', existingSiteOrder(site, { reference }), { as });
      expect(await desk.done('order show', { number: String(order) }, { as })).toMatchObject({ reference: kept });
    });

    test.each(['SAAS IO ODATA, SAAS IO ODATA EXT', 'saas io odata ext; SAASIOODATA'])(
      'standard and extended in one order are refused: %s',
      async (reference) => {
        const site = await newSite(desk, partner.ref);
        const input = existingSiteOrder(site, { reference });
        expect(await desk.ask('order new', input, { as })).toMatchObject({
          code: 'rule.refused',
          data: { rule: 'odata-once' },
        });
        const { order } = await desk.done('order new', { ...input, reference: 'SAAS IO ODATA' }, { as });
        const edit = { number: String(order), reference };
        expect(codeOf(await desk.ask('order edit', edit, { as }))).toBe('rule.refused');
        // the other one takes its place
        await desk.done('order edit', { ...edit, reference: 'SAAS IO ODATA EXT' }, { as });
      },
    );

    test('for a site of its product line', async () => {
      const site = await newSite(desk, partner.ref);
      const input = existingSiteOrder(site, { reference: 'SAAS WONE ODATA' });
      expect(codeOf(await desk.ask('order new', input, { as }))).toBe('rule.refused');
    });
  });

  test.each(['9999-12-31', '2028-11-24', '2026-11-22', '2026-12-25'])(
    'no certificate is delivered on %s: told when it is entered',
    async (day) => {
      const outcome = await desk.ask('order new', newSiteOrder({ 'delivery-date': day }), { as });
      expect(codeOf(outcome)).toBe('rule.refused');
      expect(fieldsOf(outcome)).toEqual(['delivery-date']);
    },
  );

  test('what the cloud team has set up it has since the order, and not before today', async () => {
    const { order } = await submitted(desk, as, newSiteOrder({ solution: 'v5-crm' }));
    await desk.done('order approve', { number: order }, { as: staff.sales });
    const set = (date: string) => desk.ask('order provisioned', { number: order, date }, { as: staff.cloud });
    const day = dayIn(desk.clock(), 'Europe/Paris');
    const { [0]: before, [1]: after } = [-dayMs, dayMs].map((ms) =>
      dayIn(new Date(desk.clock().getTime() + ms), 'Europe/Paris'),
    );
    for (const wrong of [before ?? '', after ?? '', '2019-01-01', '9999-12-31'])
      expect(fieldsOf(await set(wrong))).toEqual(['date']);
    expect(await set(day)).toMatchObject({ code: 'order.provisioned', data: { date: day } });
  });

  describe('an opportunity that an order names no longer', () => {
    const rest = () => {
      const { type: _, origin: __, generation: ___, solution: ____, ...all } = newSiteOrder();
      return all;
    };
    const stateNow = async (number: string) =>
      (await desk.done('opportunity show', { number }, { as }))['state'] as string;
    async function used(): Promise<{ opportunity: string; number: string }> {
      const opportunity = await newOpportunity(desk, partner.ref);
      const { order } = await submitted(desk, as, { type: 'initial', origin: 'opportunity', opportunity, ...rest() });
      expect(await stateNow(opportunity)).toBe('used');
      return { opportunity, number: order };
    }

    test.each<[string, (number: string) => Promise<unknown>]>([
      ['edited to another origin', (number) => desk.done('order edit', { number, origin: 'new-site' }, { as })],
      [
        'edited to another opportunity',
        async (number) => {
          const opportunity = await newOpportunity(desk, partner.ref);
          await desk.done('order edit', { number, opportunity }, { as });
          expect(await stateNow(opportunity)).toBe('open');
        },
      ],
      [
        'edited to another type, whose orders are for sites',
        (number) => desk.done('order edit', { number, type: 'additional' }, { as }),
      ],
      [
        'returned, then edited',
        async (number) => {
          await desk.done('order return', { number, missing: 'le devis' }, { as: staff.sales });
          await desk.done('order edit', { number, origin: 'new-site' }, { as });
        },
      ],
      [
        'edited in review',
        async (number) => {
          const { approvalId } = await desk.connection.reader.order.findUniqueOrThrow({
            where: { id: Number(number.slice(2)) },
          });
          await desk.done('approval show', { number: `A-${approvalId}` }, { as: staff.sales });
          await desk.done('order edit', { number, origin: 'new-site' }, { as });
        },
      ],
      ['cancelled as submitted', (number) => desk.done('order cancel', { number }, { as })],
      [
        'edited, then cancelled as a draft',
        async (number) => {
          await desk.done('order edit', { number, comments: 'autrement' }, { as });
          await desk.done('order cancel', { number }, { as });
        },
      ],
      [
        'returned, then cancelled',
        async (number) => {
          await desk.done('order return', { number, missing: 'le devis' }, { as: staff.sales });
          await desk.done('order cancel', { number }, { as });
        },
      ],
      ['refused', (number) => desk.done('order refuse', { number, reason: 'hors budget' }, { as: staff.sales })],
      [
        'approved, then cancelled by two people',
        async (number) => {
          await desk.done('order approve', { number }, { as: staff.sales });
          const { approval } = await desk.done('order cancel', { number, reason: 'non' }, { as });
          await desk.done('approval approve', { number: String(approval) }, { as: staff.sales });
        },
      ],
    ])('is open again: %s', async (_, leave) => {
      const { opportunity, number } = await used();
      await leave(number);
      expect(await stateNow(opportunity)).toBe('open');
    });

    test('two orders name it: the second has it once the first is about another', async () => {
      const { opportunity, number } = await used();
      expect(codeOf(await desk.ask('order new', { type: 'initial', origin: 'opportunity', opportunity }, { as }))).toBe(
        'state.wrong',
      );
      // an edit that keeps it keeps it from others
      await desk.done('order edit', { number, comments: 'encore' }, { as });
      expect(await stateNow(opportunity)).toBe('used');
      await desk.done('order edit', { number, origin: 'new-site' }, { as });
      const second = await submitted(desk, as, { type: 'initial', origin: 'opportunity', opportunity, ...rest() });
      // the first, cancelled now, takes nothing from the second
      await desk.done('order cancel', { number }, { as });
      expect(await desk.done('opportunity show', { number: opportunity }, { as })).toMatchObject({
        state: 'used',
        order: second.order,
      });
    });

    test('nothing of its prospect stays with another one', async () => {
      const first = await newOpportunity(desk, partner.ref, { 'contact-email': 'lea@prospect.example' });
      const second = await newOpportunity(desk, partner.ref, { 'site-name': 'Autre', 'contact-last-name': '' });
      const from = { type: 'initial', origin: 'opportunity', opportunity: first };
      const { order } = await desk.done('order new', from, { as });
      const number = String(order);
      const edited = await desk.done('order edit', { number, opportunity: second }, { as });
      expect(edited['missing']).toEqual(expect.arrayContaining(['contact-last-name', 'contact-email']));
      const shown = await desk.done('order show', { number }, { as });
      expect(shown).toMatchObject({ siteName: 'Autre' });
      expect(shown['contactEmail']).toBeUndefined();
    });
  });

  describe('documents (D9)', () => {
    test('are what their bytes say; a purchase order takes the place of the former', async () => {
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const number = String(order);
      const bad = await desk.ask('order attach', { number, file: program('facture.pdf') }, { as });
      expect([codeOf(bad), fieldsOf(bad)]).toEqual(['file.refused', ['file']]);
      const empty = { name: 'vide.pdf', type: 'application/pdf', content: Buffer.alloc(0) };
      expect(codeOf(await desk.ask('order attach', { number, file: empty }, { as }))).not.toBe('order.attached');
      const attached = await desk.done('order attach', { number, file: pdf('plan.pdf'), kind: 'devis' }, { as });
      expect(attached['documents']).toEqual(['bc-17.pdf', 'plan.pdf']);
      const replaced = await desk.done('order edit', { number, 'purchase-order': pdf('bc-19.pdf') }, { as });
      expect(replaced['documents']).toEqual(['plan.pdf', 'bc-19.pdf']);
      const detached = await desk.done('order detach', { number, file: 'BC-19.pdf' }, { as });
      expect(detached['missing']).toEqual(['purchase-order']);
      expect(fieldsOf(await desk.ask('order detach', { number, file: 'nichts.pdf' }, { as }))).toEqual(['file']);
    });

    test('at most ten', async () => {
      const { order } = await desk.done(
        'order new',
        newSiteOrder({ documents: Array.from({ length: 9 }, () => pdf()) }),
        {
          as,
        },
      );
      const outcome = await desk.ask('order attach', { number: String(order), file: pdf() }, { as });
      expect(codeOf(outcome)).toBe('file.refused');
    });

    test('a sole attachment that nobody named is no second purchase order', async () => {
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const data = await desk.done(
        'order edit',
        { number: String(order), 'purchase-order': { ...pdf('plan.pdf'), unnamed: true } },
        { as },
      );
      expect(data['documents']).toEqual(['bc-17.pdf', 'plan.pdf']);
    });
  });

  describe('its life (D12)', () => {
    test('submitted, taken into review, returned, completed, approved, provisioned: its requester hears each step', async () => {
      const { order, approval } = await submitted(desk, as, newSiteOrder({ solution: 'v5-crm' }));
      const told = async (work: () => Promise<unknown>) =>
        (await desk.queuedBy(work)).flatMap(({ letter, recipient, params }) =>
          letter === 'order-step' ? [[recipient, params['step']]] : [],
        );
      expect(await told(() => desk.done('approval show', { number: approval }, { as: staff.sales }))).toEqual([
        [as, 'in-review'],
      ]);
      expect(await stateOf(desk, order)).toBe('in-review');
      expect(
        await told(() =>
          desk.done('order return', { number: order, missing: 'Il manque le devis.' }, { as: staff.sales }),
        ),
      ).toEqual([[as, 'returned']]);
      expect(await desk.done('order show', { number: order }, { as })).toMatchObject({
        state: 'returned',
        reason: 'Il manque le devis.',
      });
      // nothing but a document: it stays returned, and can be submitted as it is
      expect(
        await desk.done('order attach', { number: order, file: pdf('devis.pdf'), kind: 'quote' }, { as }),
      ).toMatchObject({ state: 'returned' });
      await desk.done('order submit', { number: order }, { as });
      const approved = await told(() => desk.done('order approve', { number: order }, { as: staff.sales }));
      expect(approved).toEqual([[as, 'provisioning']]);
      const shown = await desk.done('order show', { number: order }, { as });
      expect(shown).toMatchObject({
        state: 'provisioning',
        certificate: expect.stringMatching(/^CT-[0-9A-F]{12}$/) as string,
      });
      expect(shown['site']).toMatch(/^S-\d{6}$/);
      expect(codeOf(await desk.ask('order provisioned', { number: order }, { as: staff.sales }))).toBe('access.denied');
      expect(
        codeOf(await desk.ask('order provisioned', { number: order, date: '2026-12-30' }, { as: staff.cloud })),
      ).toBe('input.invalid');
      expect(await told(() => desk.done('order provisioned', { number: order }, { as: staff.cloud }))).toEqual([
        [as, 'provisioned'],
      ]);
      expect(await stateOf(desk, order)).toBe('done');
      // the cloud team was written to about it: its addresses are none of the partner's
      const lettersSeen = async (who: string) =>
        ((await desk.done('order show', { number: order }, { as: who }))['mails'] as { letter: string }[]).map(
          ({ letter }) => letter,
        );
      expect(await lettersSeen(staff.cloud)).toContain('order-staff');
      expect(await lettersSeen(as)).not.toContain('order-staff');
    });

    test('the same bytes again void no approval', async () => {
      const paper = pdf();
      const { order, approval } = await submitted(desk, as, newSiteOrder({ 'purchase-order': paper }));
      const attach = async (file: Upload) =>
        (await desk.done('order attach', { number: order, file, kind: 'purchase-order' }, { as }))['state'];
      const pending = async () =>
        (await desk.done('approval show', { number: approval }, { as: staff.other }))['state'];
      expect(await attach({ ...paper, name: 'again.pdf' })).toBe('submitted');
      expect(await pending()).toBe('pending');
      expect(await attach(pdf('other.pdf'))).toBe('draft');
      expect(await pending()).toBe('void');
    });

    test('an edit after submission voids the approval and tells the salesperson', async () => {
      const { order, approval } = await submitted(desk, as, newSiteOrder());
      await desk.done('approval show', { number: approval }, { as: staff.sales });
      const letters = await desk.queuedBy(() =>
        desk.done('order edit', { number: order, comments: 'finalement deux postes' }, { as }),
      );
      expect(letters.filter(({ letter }) => letter === 'order-staff')).toMatchObject([
        { recipient: staff.sales, params: { task: 'changed', number: order } },
      ]);
      expect(codeOf(await desk.ask('approval approve', { number: approval }, { as: staff.sales }))).toBe(
        'approval.void',
      );
      expect(codeOf(await desk.ask('order approve', { number: order }, { as: staff.sales }))).toBe('state.wrong');
      expect(await stateOf(desk, order)).toBe('draft');
      expect(await desk.connection.reader.certificate.count({ where: { orderId: Number(order.slice(2)) } })).toBe(0);
    });

    test('an edit that changes nothing leaves it where it is', async () => {
      const { order } = await submitted(desk, as, newSiteOrder());
      expect(await desk.done('order edit', { number: order, 'site-city': 'Lille' }, { as })).toMatchObject({
        state: 'submitted',
        changed: [],
      });
    });

    test('refused with a reason; two approvers at once give one decision', async () => {
      const first = await submitted(desk, as, newSiteOrder());
      const refusal = await desk.queuedBy(() =>
        desk.done(
          'approval refuse',
          { number: first.approval, reason: 'Bon de commande illisible.' },
          { as: staff.sales },
        ),
      );
      expect(refusal.map(({ letter, params }) => [letter, params['step'], params['reason']])).toEqual([
        ['order-step', 'refused', 'Bon de commande illisible.'],
      ]);
      expect(await stateOf(desk, first.order)).toBe('refused');
      const second = await submitted(desk, as, newSiteOrder());
      const both = await Promise.all([
        desk.ask('order approve', { number: second.order }, { as: staff.sales }),
        desk.ask('order approve', { number: second.order }, { as: staff.other }),
      ]);
      expect(both.map(codeOf).sort()).toEqual(['order.approved', 'state.wrong']);
      expect(
        await desk.connection.reader.certificate.count({ where: { orderId: Number(second.order.slice(2)) } }),
      ).toBe(1);
    });

    test('nobody approves what they asked for themselves', async () => {
      await desk.connection.writer.staffRole.create({
        data: {
          personId: (await desk.connection.reader.address.findUniqueOrThrow({ where: { email: as } })).personId,
          role: 'sales',
          grantedAt: desk.clock(),
        },
      });
      const { order } = await submitted(desk, as, newSiteOrder());
      expect(codeOf(await desk.ask('order approve', { number: order }, { as }))).toBe('approval.self');
      await desk.connection.writer.staffRole.deleteMany({
        where: { role: 'sales', person: { addresses: { some: { email: as } } } },
      });
    });

    test('left undecided for seven days it is a draft again', async () => {
      const { order } = await submitted(desk, as, newSiteOrder({ 'delivery-date': '2026-12-31' }));
      desk.clock.advance(7 * dayMs + hourMs);
      const { jobsOf } = await import('../../src/core/jobs.js');
      const jobs = jobsOf(desk.desk, () => Promise.resolve()).filter(({ name }) => name === 'approvals');
      const letters = await desk.queuedBy(async () => {
        for (const job of jobs) await desk.desk.database.transact((unit) => job.run(unit, desk.clock()));
      });
      desk.clock.set(startOfTime);
      expect(letters.map(({ params }) => params['step'])).toContain('expired');
      expect(await stateOf(desk, order)).toBe('draft');
    });

    test('what is no longer as it was submitted is not approved, and its requester is told so', async () => {
      const { order } = await submitted(desk, as, newSiteOrder());
      // nothing of ours changes a submitted order without voiding its request: somebody wrote into the database
      await desk.connection.writer.order.updateMany({
        where: { id: Number(order.slice(2)) },
        data: { content: JSON.stringify({ ...newSiteOrder(), quantity: 900 }) },
      });
      const letters = await desk.queuedBy(async () => {
        expect(codeOf(await desk.ask('order approve', { number: order }, { as: staff.sales }))).toBe('approval.void');
      });
      expect(letters.map(({ recipient, params }) => [recipient, params['step']])).toEqual([[as, 'void']]);
      expect(await stateOf(desk, order)).toBe('draft');
    });

    test('asked twice to be cancelled it is one request, whatever the reason and whoever asks', async () => {
      const { order: number } = await submitted(desk, as, newSiteOrder());
      await desk.done('order approve', { number }, { as: staff.sales });
      const first = await desk.ask('order cancel', { number, reason: 'renoncé' }, { as });
      expect(first).toMatchObject({ code: 'approval.pending', waiting: true });
      const { approval } = first.ok ? first.data : {};
      const before = await desk.dump();
      for (const [who, input] of [
        [as, { number, reason: 'renoncé' }],
        [as, { number: number.slice(2).replace(/^0+/, ''), reason: 'autre raison' }],
        [staff.other, { number }],
      ] as const)
        expect(await desk.ask('order cancel', input, { as: who })).toMatchObject({
          ...{ ok: true, code: 'approval.pending', waiting: true, data: { approval } },
        });
      expect(await desk.dump()).toEqual(before);
      // another order's is another one
      const { order: second } = await submitted(desk, as, newSiteOrder());
      await desk.done('order approve', { number: second }, { as: staff.sales });
      expect((await desk.done('order cancel', { number: second }, { as }))['approval']).not.toBe(approval);
      // once refused it can be asked anew
      await desk.done('approval refuse', { number: String(approval), reason: 'non' }, { as: staff.sales });
      expect((await desk.done('order cancel', { number }, { as }))['approval']).not.toBe(approval);
    });

    test('a request to cancel what has been set up meanwhile is void at once, and its asker told', async () => {
      const { order: number } = await submitted(desk, as, newSiteOrder({ solution: 'v5-crm' }));
      await desk.done('order approve', { number }, { as: staff.sales });
      const { approval } = await desk.done('order cancel', { number, reason: 'renoncé' }, { as });
      const letters = await desk.queuedBy(() => desk.done('order provisioned', { number }, { as: staff.cloud }));
      expect(letters).toContainEqual(
        expect.objectContaining({ letter: 'approval-decided', recipient: as, object: String(approval) }),
      );
      expect(await desk.done('approval show', { number: String(approval) }, { as: staff.sales })).toMatchObject({
        state: 'void',
      });
      // asked anew, it is about the order as it is now
      const { approval: anew } = await desk.done('order cancel', { number }, { as });
      expect(anew).not.toBe(approval);
      await desk.done('approval approve', { number: String(anew) }, { as: staff.sales });
      expect(await stateOf(desk, number)).toBe('cancelled');
    });

    test('cancelled by its requester before it is decided; afterwards with a second person, and the certificate is revoked', async () => {
      const early = await submitted(desk, as, newSiteOrder());
      expect(await desk.done('order cancel', { number: early.order }, { as })).toMatchObject({ state: 'cancelled' });
      expect(codeOf(await desk.ask('approval approve', { number: early.approval }, { as: staff.sales }))).toBe(
        'approval.decided',
      );
      const reviewed = await submitted(desk, as, newSiteOrder());
      await desk.done('approval show', { number: reviewed.approval }, { as: staff.sales });
      expect(codeOf(await desk.ask('order cancel', { number: reviewed.order }, { as }))).toBe('state.wrong');
      const { order } = await submitted(desk, as, newSiteOrder());
      await desk.done('order approve', { number: order }, { as: staff.sales });
      expect(await stateOf(desk, order)).toBe('done');
      const asked = await desk.ask('order cancel', { number: order, reason: 'Le client a renoncé.' }, { as });
      expect(codeOf(asked)).toBe('approval.pending');
      expect(await stateOf(desk, order)).toBe('done');
      await desk.done(
        'approval approve',
        { number: asked.ok ? String(asked.data['approval']) : '' },
        { as: staff.other },
      );
      expect(await desk.done('order show', { number: order }, { as })).toMatchObject({
        state: 'cancelled',
        certificateState: 'revoked',
      });
    });
  });

  describe('OData (D11)', () => {
    test('on an existing site whose product line fits, decided by two people', async () => {
      const site = await newSite(desk, partner.ref);
      const { order } = await submitted(desk, as, existingSiteOrder(site, { reference: 'saas  io odata' }));
      const first = await desk.done('order approve', { number: order }, { as: staff.sales });
      expect(first).toMatchObject({ approvalState: 'pending', state: 'in-review', needed: 2, votes: 1, again: false });
      expect(await desk.ask('order approve', { number: order }, { as: staff.sales })).toMatchObject({
        ok: true,
        code: 'approval.pending',
        waiting: true,
        data: { order, votes: 1, again: true },
      });
      expect(await stateOf(desk, order)).toBe('in-review');
      expect(await desk.done('order approve', { number: order }, { as: staff.other })).toMatchObject({
        approvalState: 'approved',
        state: 'provisioning',
      });
    });

    test('never on a new site, nor for another product line', async () => {
      expect(await ruleOf('order new', newSiteOrder({ reference: 'SAAS IO ODATA' }))).toMatchObject([
        'rule.refused',
        'reference-existing-site',
        ['reference'],
      ]);
      const site = await newSite(desk, partner.ref);
      expect(await ruleOf('order new', existingSiteOrder(site, { reference: 'SAAS WONE ODATA' }))).toMatchObject([
        'rule.refused',
        'reference-product-line',
        ['reference'],
      ]);
    });
  });

  describe('lists', () => {
    test('whatever is searched, the answer is that of a look at each order', { timeout: 60_000 }, async () => {
      const { order } = await desk.done('order new', newSiteOrder(), { as });
      const one = await desk.connection.reader.order.findUniqueOrThrow({
        where: { id: Number(String(order).slice(2)) },
      });
      const other = await newReseller(desk);
      const text = fc.string({ unit: fc.constantFrom(...'aabbeo 0"\'*^😀'), minLength: 1, maxLength: 9 });
      const texts = fc.sample(fc.array(text, { minLength: 1, maxLength: 6 }), { numRuns: 700, seed: 3 });
      const { id: _, ...more } = one;
      await desk.connection.writer.order.createMany({
        data: texts.map((words, at) => ({
          ...more,
          orgId: at % 3 ? partner.id : other.id,
          state: at % 2 ? 'draft' : 'done',
          searchText: searchable(words.join(' ')),
        })),
      });
      const all = await desk.connection.reader.order.findMany({ orderBy: { id: 'desc' } });
      const askers = [
        { as, own: all.filter(({ orgId }) => orgId === partner.id) },
        { as: staff.sales, own: all },
      ];
      const narrowed = fc.record({
        state: fc.option(fc.constantFrom('draft', 'done'), { nil: undefined }),
        sort: fc.option(fc.constant('order'), { nil: undefined }),
        page: fc.constantFrom(1, 2),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(text, { minLength: 1, maxLength: 2 }),
          fc.constantFrom(...askers),
          narrowed,
          async (typed, asker, { state, sort, page }) => {
            const words = searchable(typed.join(' ')).split(' ').filter(Boolean);
            const wanted = asker.own.filter(
              (row) => words.every((word) => row.searchText.includes(word)) && row.state === (state ?? row.state),
            );
            const numbers = wanted.map(({ id }) => id);
            const search: Record<string, string> = words.length > 0 ? { search: words.join(' ') } : {};
            const input: Record<string, string> = {
              ...search,
              ...(state && { state }),
              ...(sort && { sort }),
              page: String(page),
            };
            const { items, total } = await desk.done('order list', input, { as: asker.as });
            expect(total).toBe(numbers.length);
            expect((items as { order: string }[]).map((row) => Number(row.order.slice(2)))).toEqual(
              (sort ? numbers.toReversed() : numbers).slice((page - 1) * 25, page * 25),
            );
          },
        ),
        { numRuns: 150, seed: 5 },
      );
      await desk.connection.writer.order.deleteMany({
        where: { id: { in: all.slice(0, texts.length).map(({ id }) => id) } },
      });
    });

    test('by state, type, site, text; staff see all', async () => {
      const site = await newSite(desk, partner.ref);
      const { order } = await desk.done('order new', existingSiteOrder(site, { 'quote-number': 'DV-77-Ä' }), { as });
      const found = async (input: Record<string, string>, who = as) =>
        ((await desk.done('order list', input, { as: who }))['items'] as { order: string }[]).map((one) => one.order);
      expect(await found({ site })).toEqual([order]);
      expect(await found({ search: 'dv-77-a' })).toEqual([order]);
      expect(await found({ search: 'dv-77-a', state: 'brouillon', type: 'additional' })).toEqual([order]);
      expect(await found({ search: 'dv-77-a', state: 'terminée' })).toEqual([]);
      expect(await found({ search: String(order) }, staff.cloud)).toEqual([order]);
      await desk.done('order edit', { number: String(order), 'quote-number': 'DV-88-É' }, { as });
      expect(await found({ search: 'dv-77-a' })).toEqual([]);
      expect(await found({ search: 'DV-88-é' })).toEqual([order]);
      if (provider.name !== 'sqlite') return;
      const { wanted, kept } = await searchIndex(desk.connection, 'Order');
      expect(kept.length).toBeGreaterThan(100);
      expect(kept).toEqual(wanted);
      const exported = await desk.ask('order list', { export: 'csv', site }, { as });
      expect(exported.ok && exported.file?.content.toString()).toContain(String(order));
    });
  });
});
