import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  findProduct,
  firstCredentials,
  label,
  linksOf,
  loadCatalogue,
  servicesOf,
} from '../../src/core/catalogue/catalogue.js';
import { tldOf } from '../../src/core/catalogue/domains-shape.js';
import { FileFaults } from '../../src/core/catalogue/faults.js';

const shipped = loadCatalogue('catalogue');

describe('the shipped catalogue', () => {
  test('has the products that scripts name (SPEC 0)', () => {
    expect(shipped.packs.map(({ id, name }) => [id, name.fr, name.en])).toEqual([
      ['power', 'Service Pack Power', 'Service Pack Power'],
      ['power-enocean', 'Service Pack Power EnOcean', 'Service Pack Power EnOcean'],
      ['power-ultimate', 'Service Pack Power Ultimate', 'Service Pack Power Ultimate'],
      ['pro', 'Service Pack Pro', 'Service Pack Pro'],
    ]);
    expect(shipped.boxes.map(({ id, brings }) => [id, brings])).toEqual([
      ['box-power', 'power'],
      ['box-power-enocean', 'power-enocean'],
      ['box-power-ultimate', 'power-ultimate'],
      ['box-pro', 'pro'],
    ]);
  });

  test('asks two people where the specification does', () => {
    expect(shipped.policy.approvals).toEqual({
      'stock withdraw': { approvers: ['sales', 'stock', 'cloud', 'support', 'admin'], needed: 1 },
      'order submit': { approvers: ['sales', 'admin'], needed: 1 },
      'order cancel': { approvers: ['sales', 'admin'], needed: 1 },
      'site change': { approvers: ['sales', 'admin'], needed: 1 },
      'catalogue load': { approvers: ['admin'], needed: 1 },
      'staff grant': { approvers: ['admin'], needed: 1 },
      'staff revoke': { approvers: ['admin'], needed: 1 },
      'account edit': { approvers: ['support', 'admin'], needed: 1 },
      'account export': { approvers: ['support', 'admin'], needed: 1 },
      'account erase': { approvers: ['support', 'admin'], needed: 1 },
      'device edit': { approvers: ['support', 'admin'], needed: 1 },
      'device remove': { approvers: ['support', 'admin'], needed: 1 },
      'org remove': { approvers: ['sales', 'admin'], needed: 1 },
      'org edit': { approvers: ['sales', 'admin'], needed: 1 },
      'billing topup': { approvers: ['sales', 'admin'], needed: 1 },
      'billing credit': { approvers: ['sales', 'admin'], needed: 1 },
    });
  });

  test('has the times and limits of STATES.md', () => {
    expect(shipped.policy.times).toEqual({
      linkCodeMinutes: 15,
      passwordLinkHours: 24,
      firstPasswordDays: 14,
      mailConfirmationHours: 48,
      heldMailDays: 30,
      approvalReminderHours: [24, 72],
      approvalDays: 7,
      sessionIdleMinutes: 30,
      sessionHours: 12,
      previewHours: 24,
      siteChangePreviewMinutes: 60,
      deviceDraftDays: 7,
      deviceLinkDays: 14,
      deviceReminderDays: [3, 10],
      ownerVerificationDays: 15,
      ownerReminderDays: [3, 7, 12],
      renewalReminderDays: [60, 30, 15, 1, 0],
      autoRenewDays: 10,
      renewalHour: 8,
      uncertainMinutes: 10,
      ticketReopenDays: 14,
      answerDays: 30,
      sentMailDays: 30,
    });
    expect(shipped.policy.limits).toEqual({
      linkCodeTries: 5,
      linkCodesPerHour: 5,
      wrongPackNumbersPerHourAndPerson: 10,
      wrongPackNumbersPerHourAndIp: 30,
      deviceChecksPerHour: 100,
      accessVerificationsPerMinute: 120,
      ticketsPerHour: 5,
      confirmationMailsPerDay: 3,
      topUpAlone: 10_000,
      creditAlone: 10_000,
    });
  });
});

describe('finding a product', () => {
  test.each([
    ['pro', 'pro'],
    ['Service Pack Pro', 'pro'],
    ['  SERVICE-pack  PRO*', 'pro'],
    ['power enocean', 'power-enocean'],
    ['Sérvice Pack Power Ultimate (licence)', 'power-ultimate'],
  ])('%j is %s, boxes or not', (typed, id) => {
    expect(findProduct(shipped, typed, { boxes: false })).toMatchObject({ kind: 'pack', id });
    expect(findProduct(shipped, typed, { boxes: true })).toMatchObject({ kind: 'pack', id });
  });

  test('a box model is found only where boxes are taken', () => {
    expect(findProduct(shipped, 'box_pro', { boxes: true })).toMatchObject({ kind: 'box', id: 'box-pro' });
    expect(findProduct(shipped, 'Box Pro', { boxes: false })).toBeUndefined();
  });

  test.each(['', 'prop', 'Service Pack', 'constructor', '__proto__'])('%j is none', (typed) => {
    expect(findProduct(shipped, typed, { boxes: true })).toBeUndefined();
  });
});

test('a pack shows the first credentials of the box it comes with, as that box does', () => {
  expect(firstCredentials(shipped, 'pro', 'en')[0]).toEqual({
    label: 'Box interface',
    login: 'admin',
    password: 'example-interface',
  });
  expect(firstCredentials(shipped, 'box-pro', 'fr')).toEqual(firstCredentials(shipped, 'pro', 'fr'));
  expect(firstCredentials(shipped, 'nothing', 'fr')).toEqual([]);
});

test('services and links come in the reader’s language', () => {
  expect(servicesOf(shipped, 'pro', 'en')).toContain('Daily online backup');
  expect(servicesOf(shipped, 'box-pro', 'fr')).toContain('Sauvegarde quotidienne en ligne');
  expect(linksOf(shipped, 'fr')[0]).toEqual({ label: 'Notre site', url: 'https://www.maison-lumen.example/' });
  expect(label(shipped.vendor.signature[0] as { fr: string; en: string }, 'en')).toBe('The Maison Lumen team');
});

describe('a catalogue of the vendor’s own', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'catalogue-'));
    cpSync('catalogue', dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const edit = (file: string, from: string | RegExp, to: string): void => {
    const before = readFileSync(join(dir, file), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(join(dir, file), after);
  };
  const faults = (commands?: ReadonlySet<string>): string[] => {
    try {
      loadCatalogue(dir, commands && { commands, orderFields: new Set(['comments', 'quantity']) });
    } catch (error) {
      if (!(error instanceof FileFaults)) throw error;
      return error.message.split('\n').slice(1);
    }
    return [];
  };

  test('comments, spacing and order of keys don’t change its version, content does', () => {
    edit('vendor.yaml', /^name: .*$/m, '');
    writeFileSync(
      join(dir, 'vendor.yaml'),
      `${readFileSync(join(dir, 'vendor.yaml'), 'utf8')}\nname:   Maison Lumen # ours\n`,
    );
    expect(loadCatalogue(dir).version).toBe(shipped.version);
    edit('vendor.yaml', 'Maison Lumen # ours', 'Maison Clarté');
    expect(loadCatalogue(dir).version).not.toBe(shipped.version);
    expect(shipped.version).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a policy that says nothing is the shipped one', () => {
    writeFileSync(join(dir, 'policy.yaml'), '# nothing\n');
    expect(loadCatalogue(dir).policy).toEqual(shipped.policy);
  });

  test('an approval that is left out still holds', () => {
    writeFileSync(join(dir, 'policy.yaml'), 'approvals:\n  stock withdraw: { approvers: [stock], needed: 2 }\n');
    const { approvals } = loadCatalogue(dir).policy;
    expect(approvals['stock withdraw']).toEqual({ approvers: ['stock'], needed: 2 });
    expect(approvals['staff grant']).toEqual({ approvers: ['admin'], needed: 1 });
  });

  test('every fault is named at once, with file, line, path and what to do', () => {
    edit('vendor.yaml', 'country: FR', 'contry: FR');
    edit('vendor.yaml', 'https://assistance.maison-lumen.example/', 'javascript:alert(1)');
    edit('packs.yaml', 'brings: pro', 'brings: proo');
    edit('packs.yaml', 'name: Box Pro', 'name: Service Pack Pro');
    edit('policy.yaml', 'staff grant: { approvers: [admin], needed: 1', 'staff grant: { approvers: [boss], needed: 0');
    writeFileSync(join(dir, 'prices.yaml'), '{}');
    const told = faults();
    const line = (file: string, text: string): number =>
      readFileSync(join(dir, file), 'utf8')
        .split('\n')
        .findIndex((it) => it.includes(text)) + 1;
    for (const expected of [
      'prices.yaml: no file of the catalogue. The files are vendor.yaml, packs.yaml, orders.yaml, domains.yaml, policy.yaml.',
      `vendor.yaml:${line('vendor.yaml', 'contry')} (contry): unknown key. Remove it, or correct its name.`,
      `vendor.yaml:${line('vendor.yaml', 'javascript')} (links.support.url.fr): must be a full http or https address. Correct the value.`,
      `vendor.yaml:${line('vendor.yaml', 'javascript')} (links.support.url.en): must be a full http or https address. Correct the value.`,
      `packs.yaml:${line('packs.yaml', 'proo')} (boxes.3.brings): no pack kind is called proo. Did you mean pro?`,
      `packs.yaml:${line('packs.yaml', 'id: box-pro') + 1} (boxes.3.name): “service pack pro” already means pro. Choose an id or name of its own.`,
    ])
      expect(told).toContain(`  ${expected}`);
    expect(told.filter((it) => it.startsWith('  policy.yaml')).map((it) => it.split(':')[1])).toEqual([
      `${line('policy.yaml', '[boss]')} (approvals.staff grant.approvers.0)`,
      `${line('policy.yaml', '[boss]')} (approvals.staff grant.needed)`,
    ]);
    expect(told).toHaveLength(8);
  });

  test('a missing key is named with what it should stand in', () => {
    edit('packs.yaml', '    name: Service Pack Power EnOcean\n', '');
    expect(faults()).toEqual([expect.stringMatching(/^ {2}packs\.yaml:\d+ \(packs\.1\.name\): missing\. Add it/)]);
  });

  test('a missing file and bad YAML are faults too', () => {
    rmSync(join(dir, 'policy.yaml'));
    edit('vendor.yaml', 'name: Maison Lumen', 'name: Maison Lumen\nname: Maison Clarté');
    expect(faults()).toEqual([
      expect.stringMatching(/^ {2}vendor\.yaml:\d+: bad YAML: Map keys must be unique/),
      '  policy.yaml: missing. Copy it from the catalogue that came with the desk.',
    ]);
  });

  test('two products can’t have one id', () => {
    edit('packs.yaml', 'id: power-enocean', 'id: power');
    expect(faults().join('\n')).toContain('(packs.1.id): “power” already means power');
  });

  test('an approval rule for a command that doesn’t exist is named, when the commands are known', () => {
    edit('policy.yaml', 'stock withdraw:', 'stock withdrw:');
    expect(faults()).toEqual([]);
    expect(faults(new Set(['stock withdraw', 'staff grant', 'staff revoke']))).toEqual([
      expect.stringContaining('(approvals.stock withdrw): no such command. Did you mean “stock withdraw”?'),
    ]);
  });

  test('times that contradict each other are refused', () => {
    writeFileSync(join(dir, 'policy.yaml'), 'times:\n  approvalReminderHours: [24, 200]\n  sessionIdleMinutes: 800\n');
    expect(faults()).toHaveLength(2);
    writeFileSync(join(dir, 'policy.yaml'), 'times:\n  approvalReminderHours: [72, 24]\n');
    expect(faults()).toEqual([expect.stringContaining('policy.yaml:2 (times.approvalReminderHours): must rise')]);
  });

  describe('which domains are sold', () => {
    const domains = 'domains.yaml';
    const lineOf = (text: string): number =>
      readFileSync(join(dir, domains), 'utf8')
        .split('\n')
        .findIndex((it) => it.includes(text)) + 1;

    test('none without the file', () => {
      rmSync(join(dir, domains));
      expect(faults()).toEqual([]);
      const catalogue = loadCatalogue(dir);
      expect(catalogue.domains).toEqual({ tlds: [] });
      expect(tldOf(catalogue.domains, 'exemple.fr')).toBeUndefined();
      expect(tldOf(shipped.domains, 'example.co.uk')).toMatchObject({ tld: 'co.uk', hold: 30, renewBy: 0 });
    });

    test('every fault is named with its line', () => {
      edit(domains, '- tld: net', '- tld: com');
      edit(domains, 'years: { min: 1, max: 5 }', 'years: { min: 6, max: 5 }');
      expect(faults()).toEqual([
        `  domains.yaml:${lineOf('tld: com') + 9} (tlds.2.tld): com is there already. Put both together.`,
        `  domains.yaml:${lineOf('min: 6')} (tlds.7.years): min is more than max. Lower min, or raise max.`,
      ]);
      edit(domains, '{ from: 2026-09-01, register: 1590', '{ from: 2023-09-01, register: 15.90');
      edit(domains, 'hold: 45', 'hlod: 45');
      edit(domains, '[AT, BE,', '[at, BE,');
      expect(faults().map((fault) => fault.trim())).toEqual([
        `domains.yaml:${lineOf('[at, ')} (vat.reverseCharge.0): must be two capitals, as FR. Correct the value.`,
        expect.stringMatching(new RegExp(`^domains.yaml:${lineOf('15.90')} \\(tlds\\.1\\.prices\\.1\\.register\\): `)),
        `domains.yaml:${lineOf('hlod')} (tlds.1.hlod): unknown key. Remove it, or correct its name.`,
      ]);
    });

    test('prices stand in the order of their days', () => {
      edit(domains, '{ from: 2026-09-01, register: 1590', '{ from: 2023-09-01, register: 1590');
      expect(faults()).toEqual([expect.stringContaining('(tlds.1.prices): must stand in the order of their days')]);
    });
  });

  describe('what can be ordered', () => {
    const orders = 'orders.yaml';
    /** The faults of orders.yaml, each with the number of the line that has `text`. */
    const told = (fields?: string[]): string[] => {
      try {
        loadCatalogue(dir, fields && { commands: new Set(), orderFields: new Set(fields) });
      } catch (error) {
        if (!(error instanceof FileFaults)) throw error;
        return error.faults.map(({ file, line, path, fault, fix }) => `${file}:${line} ${path}: ${fault}. ${fix}`);
      }
      return [];
    };
    const lineOf = (text: string, nth = 0): number => {
      const lines = readFileSync(join(dir, orders), 'utf8').split('\n');
      return lines.flatMap((it, at) => (it.includes(text) ? [at + 1] : []))[nth] ?? NaN;
    };

    test('the shipped file is in order, and asks only what an order has', () => {
      expect(told(['comments', 'quantity'])).toEqual([]);
      expect(told(['quantity'])).toEqual([
        `orders.yaml:${lineOf('ask: [comments]')} types.3.ask.0: no field of an order is called comments. There are: quantity.`,
      ]);
    });

    test('names that hang in the air', () => {
      edit(orders, 'generation: one\n', 'generation: won\n');
      edit(orders, 'only: { type: [additional], origin', 'only: { type: [aditional], origin');
      edit(orders, 'when: { reference: [SAAS IO ODATA,', 'when: { reference: [SAAS IO ODATE,');
      expect(told()).toEqual([
        `orders.yaml:${lineOf('generation: won')} solutions.4.generation: no generation is called won. There are: infinity-v10-weavy-v5, one, infinity-v7.`,
        `orders.yaml:${lineOf('[aditional]')} rules.0.only.type.0: no type is called aditional. Did you mean additional?`,
        `orders.yaml:${lineOf('ODATE')} rules.1.when.reference.0: no reference is called SAAS IO ODATE. Did you mean SAAS IO ODATA?`,
      ]);
    });

    test('two entries that the same word would mean', () => {
      edit(orders, 'id: one-crm', 'id: one-erp');
      edit(orders, 'name: { fr: Renouvellement, en: Renewal }', 'name: { fr: Migration (reprise), en: Renewal }');
      edit(orders, '- id: SAAS IO ODATA EXT', '- id: SAAS IO ODATA');
      edit(orders, 'id: reference-existing-site', 'id: type-origin');
      expect(told().filter((fault) => fault.includes('already means'))).toEqual([
        `orders.yaml:${lineOf('id: migration')} types.3.id: “migration” already means renewal. Choose an id or name of its own.`,
        expect.stringMatching(/ solutions\.5\.id: “one erp” already means one-erp\./),
        expect.stringMatching(/ references\.1\.id: “saas io odata” already means SAAS IO ODATA\./),
        expect.stringMatching(/ rules\.1\.id: “type origin” already means type-origin\./),
      ]);
    });

    test('days in the wrong order', () => {
      edit(orders, '{ from: 2026-01-01, cents: 8500', '{ from: 2025-01-01, cents: 8500');
      edit(orders, 'until: 2026-01-31', 'from: 2026-02-01\n    until: 2026-01-31');
      expect(told()).toEqual([
        expect.stringMatching(/ solutions\.2\.until: ends before it begins\. Make it a day after/),
        `orders.yaml:${lineOf('cents: 8500')} references.0.prices.1.from: does not come after the price above it. Put the prices in the order of their days.`,
      ]);
    });

    test('what no order can have', () => {
      edit(orders, 'origins: [existing-site]\n', 'origins: [new-site]\n');
      edit(orders, 'origins: [existing-site, opportunity]', 'origins: [existing-site]');
      edit(orders, 'origins: [new-site, opportunity]', 'origins: [new-site]');
      edit(orders, '- { id: one, ', '- { id: two, name: { fr: Two, en: Two } }\n  - { id: one, ');
      expect(told()).toEqual([
        expect.stringMatching(/ solutions\.6\.id: no order can have v7-licences: the rules leave no type and origin/),
        expect.stringMatching(/ generations\.1\.id: no solution is of the generation two/),
        expect.stringMatching(/ origins\.opportunity: no order type has this origin/),
      ]);
    });

    test('a type that the rules leave nothing', () => {
      edit(
        orders,
        '\nrules:\n',
        '\nrules:\n  - { id: none, when: { type: [renewal] }, only: { generation: [infinity-v7] }, because: { fr: a, en: a } }\n',
      );
      expect(told()).toEqual([
        `orders.yaml:${lineOf('id: renewal')} types.2.id: no order can be of the type renewal: the rules leave no solution. Change the rules, or remove it.`,
      ]);
    });

    const because = { fr: 'a', en: 'a' };
    /** The catalogue with these rules and no others. */
    const withRules = (rules: readonly object[]): void => {
      const content = parse(readFileSync(join(dir, orders), 'utf8')) as object;
      const named = rules.map((rule, at) => ({ id: `rule-${at + 1}`, because, ...rule }));
      writeFileSync(join(dir, orders), JSON.stringify({ ...content, rules: named }));
    };
    const [one, v10, existing, odata, crm] = [
      { generation: ['one'] },
      { generation: ['infinity-v10-weavy-v5'] },
      { origin: ['existing-site'] },
      { reference: ['SAAS IO ODATA'] },
      { reference: ['SAAS WONE ODATA'] },
    ];
    test.each([
      ['the same generation', { when: one }, { when: { generation: ['one', 'infinity-v7'] } }, true],
      ['different fields', { when: one }, { when: existing }, true],
      ['different generations', { when: one }, { when: v10 }, false],
      ['a solution of another generation', { when: one }, { when: { solution: ['v5-crm'] } }, false],
      ['different times', { when: one, until: '2026-06-30' }, { when: one, from: '2026-07-01' }, false],
      ['times that meet', { when: one, until: '2026-07-01' }, { when: one, from: '2026-07-01' }, true],
      ['several references', { when: odata }, { when: { reference: ['SAAS IO ODATA EXT'] } }, true],
      ['a reference of another product line', { when: odata }, { when: { 'product-line': ['crm'] } }, false],
      ['a reference of the product line', { when: crm }, { when: { 'product-line': ['crm'] } }, true],
    ])('two rules that leave nothing: %s', (_, first, second, clash) => {
      withRules([
        { ...first, only: { type: ['additional', 'initial'] } },
        { ...second, only: { type: ['migration', 'renewal'] } },
      ]);
      const fault =
        'with the rule rule-1 it leaves no type. Let them allow something in common, or tell their `when` apart.';
      const clashes = told().filter((it) => it.includes('leaves no'));
      expect(clashes).toEqual(clash ? [`orders.yaml:1 rules.1.only.type: ${fault}`] : []);
    });

    test('a rule that forbids what another speaks of is no clash', () => {
      withRules([
        { when: { generation: ['infinity-v7'] }, only: { type: ['additional'], origin: ['existing-site'] } },
        { when: { type: ['initial'] }, only: { origin: ['new-site', 'opportunity'] } },
      ]);
      expect(told()).toEqual([]);
    });

    test('five hundred solutions and a hundred rules are checked at once', () => {
      const many = Array.from({ length: 500 }, (_, at) => ({
        id: `solution-${at}`,
        name: { fr: `Solution ${at}`, en: `Solution ${at}` },
        generation: 'one',
        'product-line': 'erp',
      }));
      const content = parse(readFileSync(join(dir, orders), 'utf8')) as { solutions: unknown[]; rules: unknown[] };
      content.solutions.push(...many);
      const when = many.slice(0, 100).map(({ id }) => ({ solution: [id] }));
      const only = { type: ['additional', 'renewal'] };
      content.rules.push(...when.map((it) => ({ id: `rule-${it.solution[0]}`, when: it, only, because })));
      writeFileSync(join(dir, orders), JSON.stringify(content));
      const start = performance.now();
      expect(told()).toEqual([]);
      // reading the file takes most of it; a check that looked at all combinations would take minutes
      expect(performance.now() - start).toBeLessThan(5_000);
    });
  });
});
