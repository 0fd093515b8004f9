import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  findProduct,
  firstCredentials,
  label,
  linksOf,
  loadCatalogue,
  servicesOf,
} from '../../src/core/record/catalogue.js';
import { FileFaults } from '../../src/core/record/faults.js';

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
      'staff grant': { approvers: ['admin'], needed: 1 },
      'staff revoke': { approvers: ['admin'], needed: 1 },
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
      answerDays: 30,
      sentMailDays: 30,
    });
    expect(shipped.policy.limits).toEqual({
      linkCodeTries: 5,
      linkCodesPerHour: 5,
      wrongPackNumbersPerHourAndPerson: 10,
      wrongPackNumbersPerHourAndIp: 30,
      confirmationMailsPerDay: 3,
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
      loadCatalogue(dir, commands);
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
    edit('policy.yaml', '[admin], needed: 1', '[boss], needed: 0');
    writeFileSync(join(dir, 'prices.yaml'), '{}');
    const told = faults();
    const line = (file: string, text: string): number =>
      readFileSync(join(dir, file), 'utf8')
        .split('\n')
        .findIndex((it) => it.includes(text)) + 1;
    for (const expected of [
      'prices.yaml: no file of the catalogue. The files are vendor.yaml, packs.yaml, policy.yaml.',
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
});
