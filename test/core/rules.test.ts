/** What the catalogue says about an order: pure, so without a database. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain, ruleIds } from '../../src/core/programmes/orders/explain.js';
import { isWorkingDay, nextWorkingDays } from '../../src/core/programmes/orders/calendar.js';
import {
  allowed,
  asked,
  decidedBy,
  judge,
  needsCloud,
  pickedBefore,
  pickedFields,
  type Picked,
  type PickedField,
} from '../../src/core/programmes/orders/rules.js';
import { loadCatalogue } from '../../src/core/catalogue/catalogue.js';
import {
  orderChoices,
  ordersShape,
  origins,
  productLines,
  type Orders,
} from '../../src/core/catalogue/orders-shape.js';
import { builtInRules, type OrderRule } from '../../src/core/catalogue/orders-terms.js';

const { orders } = loadCatalogue('catalogue');
/** A Monday. */
const today = '2026-11-23';
const additional = { type: 'additional', origin: 'existing-site' } as const;
const ids = (picked: Picked, field: PickedField, of: Orders = orders, on = today): string[] =>
  allowed(of, picked, { field, today: on }).map(({ id }) => id);
const told = (picked: Picked, of: Orders = orders, on = today): string[] =>
  judge(of, picked, on).map(({ rule, field }) => `${rule} ${field}`);
/** The shipped catalogue, changed as its file would be. */
const changed = (change: (content: Orders) => object): Orders => ordersShape.parse({ ...orders, ...change(orders) });
const withRules = (...rules: (Pick<OrderRule, 'only'> & Partial<OrderRule>)[]): Orders =>
  changed(() => ({ rules: rules.map((rule, at) => ({ id: `rule-${at}`, because: { fr: 'a', en: 'a' }, ...rule })) }));

describe('what may be picked', () => {
  test('the type decides the origins (D1)', () => {
    expect(ids({}, 'type')).toEqual(['initial', 'additional', 'renewal', 'migration']);
    expect(ids({ type: 'initial' }, 'origin')).toEqual(['new-site', 'opportunity']);
    expect(ids({ type: 'additional' }, 'origin')).toEqual(['existing-site']);
    expect(told({ type: 'additional', origin: 'new-site' })).toEqual(['type-origin origin']);
    expect(judge(orders, { type: 'additional', origin: 'new-site' }, today)[0]?.allowed).toEqual(['existing-site']);
  });

  test('the generation decides the solutions (D2)', () => {
    expect(ids({ ...additional, generation: 'one' }, 'solution')).toEqual(['one-erp', 'one-crm']);
    expect(ids({ ...additional, generation: 'infinity-v7' }, 'solution')).toEqual(['v7-licences']);
    expect(told({ ...additional, generation: 'one', solution: 'v10-erp' })).toEqual(['generation-solution solution']);
  });

  test('V7 is for additional orders on existing sites only (D2)', () => {
    expect(ids(additional, 'generation')).toEqual(['infinity-v10-weavy-v5', 'one', 'infinity-v7']);
    for (const picked of [
      { type: 'initial', origin: 'new-site' },
      { type: 'migration', origin: 'existing-site' },
      { type: 'renewal' },
    ]) {
      expect(ids(picked, 'generation')).toEqual(['infinity-v10-weavy-v5', 'one']);
      expect(judge(orders, { ...picked, generation: 'infinity-v7' }, today)).toMatchObject([
        { rule: 'infinity-v7-additional', field: 'generation', allowed: ['infinity-v10-weavy-v5', 'one'] },
      ]);
      // the generation follows from the solution, so that is what is to be changed
      expect(told({ ...picked, solution: 'v7-licences' })).toEqual(['infinity-v7-additional solution']);
    }
  });

  test('references: an additional order on an existing site of their product line (D11)', () => {
    const [erp, crm] = [
      ['SAAS IO ODATA', 'SAAS IO ODATA EXT'],
      ['SAAS WONE ODATA', 'SAAS WONE ODATA EXT'],
    ];
    expect(ids({ ...additional, siteProductLine: 'erp' }, 'reference')).toEqual(erp);
    expect(ids({ ...additional, siteProductLine: 'crm' }, 'reference')).toEqual(crm);
    expect(ids({ ...additional, solution: 'one-crm' }, 'reference')).toEqual(crm);
    expect(ids({ type: 'initial', origin: 'new-site' }, 'reference')).toEqual([]);
    expect(told({ type: 'initial', origin: 'new-site', reference: ['SAAS IO ODATA'] })).toEqual([
      'reference-existing-site reference',
    ]);
    expect(told({ type: 'renewal', origin: 'existing-site', reference: ['SAAS IO ODATA'] })).toEqual([
      'reference-existing-site reference',
    ]);
    expect(told({ ...additional, siteProductLine: 'crm', reference: ['SAAS IO ODATA'] })).toEqual([
      'reference-product-line reference',
    ]);
    expect(judge(orders, { ...additional, solution: 'v10-erp', reference: ['SAAS WONE ODATA'] }, today)).toMatchObject([
      { rule: 'reference-product-line', allowed: erp },
    ]);
  });

  test('OData: one of the four, and an order has no two (D11)', () => {
    const all = ['SAAS IO ODATA', 'SAAS IO ODATA EXT', 'SAAS WONE ODATA', 'SAAS WONE ODATA EXT'];
    for (const one of all) {
      const siteProductLine = one.includes('WONE') ? 'crm' : 'erp';
      expect(told({ ...additional, siteProductLine, reference: [one] })).toEqual([]);
      for (const other of all.filter((it) => it !== one)) {
        const both = { ...additional, reference: [one, other] };
        expect(told(both)).toContain('odata-once reference');
        expect(ids({ ...additional, siteProductLine, reference: [one] }, 'reference')).not.toContain(other);
      }
    }
    // the same one twice is one
    expect(told({ ...additional, reference: ['SAAS IO ODATA', 'SAAS IO ODATA'] })).toEqual([]);
    expect(explain(orders, 'odata-once', today)?.allows).toEqual([
      expect.objectContaining({ allowed: all.map((one) => ({ fr: one, en: one })) }),
    ]);
  });

  test('what is ordered for a site is of its generation and its product line (D2)', () => {
    const solutions = orders.solutions.filter(({ until }) => until === undefined);
    for (const siteGeneration of orders.generations.map(({ id }) => id))
      for (const siteProductLine of productLines)
        for (const type of ['additional', 'renewal', 'migration'])
          for (const { id: solution, generation, 'product-line': line } of solutions) {
            const picked = { type, origin: 'existing-site', siteGeneration, siteProductLine, generation, solution };
            const v7 = generation === 'infinity-v7';
            const fits =
              line === siteProductLine &&
              (type === 'migration' ? !v7 : generation === siteGeneration && (type === 'additional' || !v7));
            expect(told(picked).length === 0, JSON.stringify(picked)).toBe(fits);
          }
    const v10 = { ...additional, siteGeneration: 'infinity-v10-weavy-v5', siteProductLine: 'erp' } as const;
    expect(judge(orders, { ...v10, generation: 'infinity-v7', solution: 'v7-licences' }, today)).toMatchObject([
      { rule: 'infinity-v7-sites', field: 'generation', allowed: ['infinity-v10-weavy-v5'] },
    ]);
    expect(told({ ...v10, solution: 'v7-licences' })).toEqual(['infinity-v7-sites solution']);
    expect(judge(orders, { ...v10, solution: 'v5-crm' }, today)).toMatchObject([
      { rule: 'erp-sites', field: 'solution', allowed: ['v10-erp', 'v10-erp-saas'] },
    ]);
    expect(ids(v10, 'generation')).toEqual(['infinity-v10-weavy-v5']);
    expect(ids({ ...v10, siteGeneration: 'infinity-v7' }, 'solution')).toEqual(['v7-licences']);
  });

  test('what is no longer, or not yet, on offer', () => {
    const picked = { ...additional, generation: 'infinity-v10-weavy-v5', solution: 'v10-erp-starter' };
    expect(told(picked)).toEqual(['offered solution']);
    expect(ids(picked, 'solution')).not.toContain('v10-erp-starter');
    // the last day is included
    expect(told(picked, orders, '2026-01-31')).toEqual([]);
    expect(told(picked, orders, '2026-02-01')).toEqual(['offered solution']);
    const later = changed(({ references }) => ({
      references: references.map((one) => ({ ...one, from: '2026-12-01' })),
    }));
    const wished = { ...additional, reference: ['SAAS IO ODATA'] };
    expect(told(wished, later)).toEqual(['offered reference']);
    expect(told(wished, later, '2026-12-01')).toEqual([]);
    expect(ids(additional, 'reference', later)).toEqual([]);
  });

  test('what is no longer in the catalogue at all', () => {
    expect(told({ type: 'gone', generation: 'gone', solution: 'gone', reference: ['GONE'] })).toEqual([
      'offered type',
      'offered generation',
      'offered solution',
      'offered reference',
    ]);
  });

  test('a rule of the vendor’s has its days', () => {
    const dated = withRules({ when: { type: ['renewal'] }, only: { solution: ['one-erp'] }, from: '2026-12-01' });
    const renewal = { type: 'renewal', origin: 'existing-site', solution: 'v10-erp' };
    expect(told(renewal, dated)).toEqual([]);
    expect(told(renewal, dated, '2026-12-01')).toEqual(['rule-0 solution']);
    expect(ids({ type: 'renewal' }, 'generation', dated, '2026-12-01')).toEqual(['one']);
  });

  test('a site that a rule forbids is what is to be changed', () => {
    const erpOnly = withRules({ when: { type: ['renewal'] }, only: { 'product-line': ['erp'] } });
    expect(told({ type: 'renewal', siteProductLine: 'crm' }, erpOnly)).toEqual(['rule-0 site']);
    expect(told({ type: 'renewal', solution: 'one-crm' }, erpOnly)).toEqual(['rule-0 solution']);
    expect(told({ type: 'renewal', solution: 'one-crm', siteProductLine: 'erp' }, erpOnly)).toEqual([
      'rule-0 solution',
    ]);
    expect(told({ type: 'renewal', solution: 'one-erp', siteProductLine: 'erp' }, erpOnly)).toEqual([]);
  });

  test('a menu leads to no dead end', () => {
    const only = withRules({ when: { type: ['renewal'] }, only: { solution: ['v10-erp-starter'] } });
    // the one solution that a renewal may have is no longer sold
    expect(ids({}, 'type', only)).toEqual(['initial', 'additional', 'migration']);
    expect(ids({}, 'type', only, '2026-01-01')).toContain('renewal');
  });

  test('somebody may change his mind further up', () => {
    const picked = { ...additional, generation: 'infinity-v7', solution: 'v7-licences' };
    expect(ids(picked, 'type')).toEqual(['additional']);
    expect(ids(pickedBefore(picked, 'type'), 'type')).toContain('initial');
    expect(pickedBefore({ ...picked, siteProductLine: 'erp' }, 'generation')).toEqual({
      ...additional,
      siteProductLine: 'erp',
    });
  });
});

describe('whatever the rules are', () => {
  const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
  const term = (set: PickedField) => some(orderChoices(orders, set).map(({ id }) => id));
  const terms = fc.record(
    {
      type: term('type'),
      origin: some(origins),
      generation: term('generation'),
      solution: term('solution'),
      reference: term('reference'),
      'product-line': some(productLines),
    },
    { requiredKeys: [] },
  );
  const catalogues = fc
    .array(fc.record({ when: terms, only: terms }), { maxLength: 4 })
    .map((rules) => withRules(...(rules as OrderRule[])));

  test('what is offered one after the other is never objected to, and leads to an order', () => {
    const choose = fc.array(fc.nat(), { minLength: 7, maxLength: 7 });
    const lines = fc.option(fc.constantFrom(...productLines), { nil: undefined });
    fc.assert(
      fc.property(catalogues, choose, lines, (of, numbers, siteProductLine) => {
        let picked: Picked = siteProductLine ? { siteProductLine } : {};
        // a rule without conditions may forbid the site itself: that is said before anything is offered
        fc.pre(told(picked, of).length === 0);
        for (const [at, field] of [...pickedFields, 'reference' as const].entries()) {
          const offered = ids(picked, field, of);
          // nothing can be ordered at all, or nothing more
          if (offered.length === 0 && (field === 'type' || field === 'reference')) return;
          const id = offered[(numbers[at] ?? 0) % offered.length];
          expect(id, `${field} after ${JSON.stringify(picked)}`).toBeDefined();
          const reference = [...new Set([...(picked.reference ?? []), id ?? ''])];
          picked = field === 'reference' ? { ...picked, reference } : { ...picked, [field]: id };
          expect(told(picked, of)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what an objection offers instead is no longer objected to', () => {
    const any = (set: PickedField) =>
      fc.option(fc.constantFrom(...orderChoices(orders, set).map(({ id }) => id)), { nil: undefined });
    const anything = fc.record({
      type: any('type'),
      origin: any('origin'),
      generation: any('generation'),
      solution: any('solution'),
      reference: fc.option(term('reference'), { nil: undefined }),
    });
    fc.assert(
      fc.property(catalogues, anything, (of, picked) => {
        for (const { field, allowed: instead } of judge(of, picked, today)) {
          const before = pickedBefore(picked, field as PickedField);
          if (told(before, of).length > 0) continue;
          for (const id of instead)
            expect(told({ ...before, [field]: field === 'reference' ? [id] : id }, of)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('delivery (D8)', () => {
  test('working days of the calendar, today or later', () => {
    expect(told({ deliveryDate: today })).toEqual([]);
    expect(told({ deliveryDate: '2026-11-22' })).toEqual(['delivery-working-day delivery-date']);
    const holiday = judge(orders, { deliveryDate: '2026-12-25' }, today);
    expect(holiday).toMatchObject([{ rule: 'delivery-working-day', field: 'delivery-date' }]);
    expect(holiday[0]?.allowed).toEqual(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-04']);
    expect(holiday[0]?.because).toEqual({
      fr: 'Le 25 décembre 2026 n’est pas un jour ouvré.',
      en: '25 December 2026 is no working day.',
    });
    expect(judge(orders, { deliveryDate: '2026-11-20' }, today)[0]).toMatchObject({
      because: { fr: 'Le 20 novembre 2026 est déjà passé.', en: '20 November 2026 is already over.' },
      allowed: ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'],
    });
  });

  test('the shipped calendar knows the public holidays in France', () => {
    // Easter Sundays; three holidays move with them
    const easter: Readonly<Record<string, Date>> = {
      2026: new Date('2026-04-05'),
      2027: new Date('2027-03-28'),
      2028: new Date('2028-04-16'),
    };
    for (const [year, sunday] of Object.entries(easter)) {
      const after = (days: number) => new Date(sunday.getTime() + days * 86_400_000).toISOString().slice(0, 10);
      const fixed = ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'];
      const days = [...fixed.map((it) => `${year}-${it}`), after(1), after(39), after(50)].sort();
      expect(orders.calendar.holidays.filter((it) => it.startsWith(year))).toEqual(days);
    }
  });

  test('until two years ahead, and as far as the calendar knows its holidays', () => {
    const far = (deliveryDate: string, calendar: Partial<Orders['calendar']> = {}) =>
      judge(
        changed((content) => ({ calendar: { ...content.calendar, ...calendar } })),
        { deliveryDate },
        today,
      );
    expect(far('2028-11-23')).toEqual([]);
    expect(far('2028-11-24')).toMatchObject([
      {
        rule: 'delivery-working-day',
        field: 'delivery-date',
        because: { en: '24 November 2028 is too far ahead: certificates can be delivered until 23 November 2028.' },
        allowed: ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'],
      },
    ]);
    expect(far('9999-12-31')).toHaveLength(1);
    expect(far('2027-06-30', { until: '2027-06-30', holidays: [] })).toEqual([]);
    expect(far('2027-07-01', { until: '2027-06-30', holidays: [] })).toHaveLength(1);
    // a calendar that does not say it knows the years that it has holidays of
    const silent = { until: undefined, holidays: ['2027-05-01'] };
    expect(far('2027-12-31', silent)).toEqual([]);
    expect(far('2028-01-03', silent)).toHaveLength(1);
    // near its end it offers no day beyond
    const short = { until: '2026-11-24', holidays: [] };
    expect(far('2026-11-22', short)[0]?.allowed).toEqual(['2026-11-23', '2026-11-24']);
  });

  test('a calendar without a free day ends', () => {
    const sundays = { workdays: [7], holidays: ['2026-12-06'] };
    expect(nextWorkingDays(sundays, { from: today, count: 2 })).toEqual(['2026-11-29', '2026-12-13']);
    expect(isWorkingDay(sundays, '2026-12-06')).toBe(false);
    expect(nextWorkingDays({ workdays: [], holidays: [] }, { from: today, count: 1 })).toEqual([]);
  });

  test('one to five addresses, all different', () => {
    const addresses = ['a@example.org', 'b@example.org', 'c@example.org', 'd@example.org', 'e@example.org'];
    expect(told({ recipients: addresses })).toEqual([]);
    expect(told({ recipients: [] })).toEqual(['recipients-distinct recipients']);
    expect(told({ recipients: [...addresses, 'f@example.org'] })).toEqual(['recipients-distinct recipients']);
    expect(judge(orders, { recipients: ['a@example.org', 'a@example.org'] }, today)).toMatchObject([
      { rule: 'recipients-distinct', field: 'recipients', allowed: ['a@example.org'] },
    ]);
  });
});

describe('what the catalogue asks besides', () => {
  test('fields of the type, details of the solution', () => {
    expect(asked(orders, additional)).toEqual({ fields: [], details: [] });
    expect(asked(orders, { type: 'migration', solution: 'v10-erp-saas' })).toMatchObject({
      fields: ['comments'],
      details: [
        { key: 'users', required: true },
        { key: 'data-centre', required: false },
      ],
    });
  });

  test('a key that two of them ask is asked once, and needed if one needs it', () => {
    const twice = changed(({ types }) => ({
      types: types.map((one) => ({
        ...one,
        details: [{ key: 'users', name: { fr: 'u', en: 'u' }, required: false }],
      })),
    }));
    expect(asked(twice, { type: 'initial', solution: 'one-crm' }).details).toMatchObject([
      { key: 'users', required: true },
    ]);
  });

  test('a detail that nobody asks for', () => {
    expect(told({ solution: 'one-crm', details: { users: '12' } })).toEqual([]);
    expect(
      judge(orders, { solution: 'one-crm', details: { users: '12', 'data-centre': 'Lyon' } }, today),
    ).toMatchObject([{ rule: 'details-known', field: 'details', allowed: ['users'] }]);
    // while no solution is picked, it may still be wanted
    expect(told({ ...additional, details: { users: '12' } })).toEqual([]);
    expect(told({ ...additional, details: { user: '12' } })).toEqual(['details-known details']);
    expect(told({ solution: 'v10-erp', details: { constructor: 'x' } })).toEqual(['details-known details']);
  });
});

describe('who decides and who sets it up', () => {
  const solution = (id: string, more: object): Orders =>
    changed(({ solutions }) => ({ solutions: solutions.map((one) => (one.id === id ? { ...one, ...more } : one)) }));

  test('OData takes two people of sales or administration, and the cloud team (D11)', () => {
    expect(decidedBy(orders, { ...additional, solution: 'v10-erp' })).toBeUndefined();
    expect(decidedBy(orders, { ...additional, reference: ['SAAS IO ODATA'] })).toEqual({
      approvers: ['sales', 'admin'],
      needed: 2,
    });
    expect(needsCloud(orders, { solution: 'v10-erp' })).toBe(false);
    expect(needsCloud(orders, { solution: 'v10-erp', reference: ['SAAS IO ODATA'] })).toBe(true);
    expect(needsCloud(orders, { solution: 'one-erp' })).toBe(true);
  });

  test.each([
    [
      { approvers: ['admin', 'support'], needed: 1 },
      { approvers: ['admin'], needed: 2 },
    ],
    [
      { approvers: ['cloud'], needed: 1 },
      { approvers: ['sales', 'admin'], needed: 2 },
    ],
    [
      { approvers: ['admin'], needed: 3 },
      { approvers: ['admin'], needed: 3 },
    ],
  ])('the strictest of what is sold: with %j it is %j', (approval, strictest) => {
    const picked = { solution: 'v10-erp', reference: ['SAAS IO ODATA'] };
    expect(decidedBy(solution('v10-erp', { approval }), picked)).toEqual(strictest);
  });
});

describe('explaining', () => {
  test('every rule there is, in both languages', () => {
    expect(ruleIds(orders)).toEqual([
      ...builtInRules,
      'infinity-v7-additional',
      'reference-existing-site',
      'odata-once',
      'infinity-v7-sites',
      'infinity-v10-sites',
      'one-sites',
      'erp-sites',
      'crm-sites',
    ]);
    for (const rule of ruleIds(orders)) {
      const found = explain(orders, rule, today);
      expect(found?.explanation.fr, rule).toMatch(/^\p{Lu}.*\.$/u);
      expect(found?.explanation.en, rule).not.toBe(found?.explanation.fr);
      expect(found?.rule).toBe(rule);
    }
    expect(explain(orders, 'constructor', today)).toBeUndefined();
  });

  test('says what is allowed now', () => {
    expect(explain(orders, 'infinity-v7-additional', today)).toMatchObject({
      when: [{ about: { en: 'Generations' }, allowed: [{ en: 'Infinity V7' }] }],
      allows: [{ allowed: [{ en: 'Additional order' }] }, { allowed: [{ en: 'Existing site' }] }],
    });
    const solutions = (on: string) =>
      explain(orders, 'generation-solution', on)?.allows[0]?.allowed.map(({ en }) => en);
    expect(solutions(today)).toEqual(['Infinity V10 ERP', 'Hosted Infinity V10 ERP', 'Weavy V5 CRM']);
    expect(solutions('2026-01-31')).toContain('Infinity V10 ERP Starter');
    expect(explain(orders, 'delivery-working-day', '2026-12-24')?.allows[0]?.allowed[1]).toEqual({
      fr: '28 décembre 2026',
      en: '28 December 2026',
    });
  });
});
