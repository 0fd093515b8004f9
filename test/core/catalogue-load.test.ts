/** X10: the vendor's data changes while the desk runs, is decided by two people, and every version stays known. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { RawInput } from '../../src/core/command/input.js';
import { jobsOf } from '../../src/core/jobs.js';
import { approvalsOf } from '../../src/core/programmes/approvals/card.js';
import { commands } from '../../src/core/programmes/index.js';
import { openDesk, type OpenDesk } from '../../src/core/open.js';
import { ordersInForce, ordersOf } from '../../src/core/catalogue/versions.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { databases } from '../servers/databases.js';
import { codeOf, dayMs, newReseller, newStaff, openTestDesk, root, type TestDesk } from './ground.js';

type Row = Readonly<Record<string, unknown>>;
interface Edited {
  solutions: { id: string; until?: string; name: { fr: string; en: string } }[];
  references: { id: string; prices: { from: string; cents: number; currency: string }[] }[];
  rules: object[];
  types: object[];
}
const yaml = (text: string, name = 'orders.yaml') => ({ name, type: 'application/yaml', content: Buffer.from(text) });

describe.each(databases())('the catalogue on $name', (provider) => {
  let dir: string;
  let desk: TestDesk;
  let asker: string;
  let approver: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'catalogue-'));
  });
  beforeEach(async () => {
    cpSync(join(root, 'catalogue'), dir, { recursive: true });
    desk = await openTestDesk(provider, { catalogue: dir, locale: 'en' });
    asker = await newStaff(desk, 'admin');
    approver = await newStaff(desk, 'admin');
  });
  afterEach(() => desk.close());
  afterAll(() => rmSync(dir, { recursive: true }));

  const orders = (): string => readFileSync(join(dir, 'orders.yaml'), 'utf8');
  /** The orders part with a change, as a file. */
  const changed = (change: (content: Edited) => void) => {
    const content = parse(orders()) as Edited;
    change(content);
    return yaml(stringify(content));
  };
  const withoutCrm = () => changed((it) => void (it.solutions = it.solutions.filter(({ id }) => id !== 'one-crm')));
  const ask = (input: RawInput, as = asker) => desk.ask('catalogue load', input, { as });
  async function asked(file: ReturnType<typeof yaml>): Promise<string> {
    const outcome = await ask({ file, yes: 'yes' });
    expect(outcome).toMatchObject({ ok: true, code: 'approval.pending', waiting: true });
    return String((outcome.ok && outcome.data['approval']) || '');
  }
  const approve = (number: string, as = approver) => desk.ask('approval approve', { number }, { as });
  /** Asked by one, approved by the other. */
  async function loaded(file: ReturnType<typeof yaml>): Promise<number> {
    const outcome = await approve(await asked(file));
    expect(outcome).toMatchObject({ ok: true, data: { state: 'approved', result: { code: 'catalogue.loaded' } } });
    const { result } = (outcome.ok ? outcome.data : {}) as { result: { data: { version: number } } };
    return result.data.version;
  }
  const solutionsOf = (of: OpenDesk | TestDesk): string[] => of.desk.catalogue.orders.solutions.map(({ id }) => id);
  const show = async (input: RawInput = {}) =>
    (await desk.done('catalogue show', input, { as: asker })) as Record<string, Row[]>;
  const rows = () =>
    desk.connection.reader.catalogueVersion.findMany({
      where: { part: 'orders' },
      orderBy: { id: 'asc' },
      select: { source: true, state: true },
    });
  /** Another process at the same database, perhaps with other files: after a restart it is the only one. */
  const restarted = (catalogue = dir): Promise<OpenDesk> =>
    openDesk(
      { ...desk.settings, CATALOGUE: catalogue },
      { onFault: (fault) => void desk.faults.push(fault), clock: desk.clock },
    );

  test('a load is seen first, then decided by a second person, and holds from then on', async () => {
    const file = withoutCrm();
    const before = await desk.dump();
    const preview = await ask({ file });
    expect(preview).toMatchObject({ ok: true, code: 'catalogue.previewed' });
    const data = (preview.ok ? preview.data['preview'] : {}) as Record<string, unknown>;
    expect(data).toMatchObject({ part: 'orders', added: 0, changed: 0 });
    expect(data['changes']).toContainEqual({ path: 'solutions.one-crm.name.en', was: 'One CRM', becomes: null });
    expect(data['removed']).toBe(data['changesTotal']);
    // only the preview itself is kept
    expect({ ...(await desk.dump()), PendingCommand: [] }).toEqual({ ...before, PendingCommand: [] });

    const number = await asked(file);
    expect(solutionsOf(desk)).toContain('one-crm');
    expect(codeOf(await approve(number, asker))).toBe('approval.self');
    expect(await approve(number)).toMatchObject({
      data: { result: { code: 'catalogue.loaded', data: { part: 'orders' } } },
    });
    expect(solutionsOf(desk)).not.toContain('one-crm');
    expect(await rows()).toEqual([
      { source: 'files', state: 'superseded' },
      { source: 'load', state: 'loaded' },
    ]);
    // what was offered a moment ago is no choice any more
    const shown = await show({ part: 'orders' });
    expect(shown['solutions']?.map((one) => one['solution'])).not.toContain('one-crm');
  });

  test('only administration loads; sales neither asks nor decides', async () => {
    const sales = await newStaff(desk, 'sales');
    expect(codeOf(await ask({ file: withoutCrm() }, sales))).toBe('access.denied');
    expect(codeOf(await approve(await asked(withoutCrm()), sales))).toBe('access.denied');
  });

  test('a restart keeps what was loaded; an edited file takes over, once', async () => {
    const version = await loaded(withoutCrm());
    const second = await restarted();
    expect(solutionsOf(second)).not.toContain('one-crm');
    expect(second.desk.versions.ids.orders).toBe(version);
    await second.close();

    // a comment is no edit
    writeFileSync(join(dir, 'orders.yaml'), `# ours\n${orders()}`);
    const third = await restarted();
    expect(third.desk.versions.ids.orders).toBe(version);
    await third.close();

    writeFileSync(join(dir, 'orders.yaml'), orders().replace('One CRM', 'Uno CRM'));
    const fourth = await restarted();
    expect(fourth.desk.catalogue.orders.solutions.find(({ id }) => id === 'one-crm')?.name.en).toBe('Uno CRM');
    expect(fourth.desk.versions.ids).toMatchObject({ packs: desk.desk.versions.ids.packs });
    await fourth.close();
    expect((await rows()).map(({ state }) => state)).toEqual(['superseded', 'superseded', 'loaded']);
    expect(JSON.stringify(await desk.done('audit show', { object: 'orders' }))).toContain('catalogue read');

    // and a load is later than the edit it follows
    await loaded(withoutCrm());
    const fifth = await restarted();
    expect(solutionsOf(fifth)).not.toContain('one-crm');
    await fifth.close();
  });

  test('approving works after a restart and in another process, which the first one then follows', async () => {
    const number = await asked(withoutCrm());
    const other = await desk.another();
    const approved = await other.dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', as: approver },
      command: 'approval approve',
      input: { number },
    });
    expect(codeOf(approved)).toBe('approval.approved');
    expect(solutionsOf(other)).not.toContain('one-crm');
    // what a command judges by is of its own transaction
    const { id, orders: inForce } = await desk.desk.database.read(ordersInForce);
    expect(inForce.solutions.map((one) => one.id)).not.toContain('one-crm');
    expect(solutionsOf(desk)).toContain('one-crm');
    expect(await desk.desk.versions.refresh()).toBe(true);
    expect(await desk.desk.versions.refresh()).toBe(false);
    expect(solutionsOf(desk)).not.toContain('one-crm');
    expect(desk.desk.versions.ids.orders).toBe(id);
  });

  test('an order keeps the version it was judged by', async () => {
    const before = await desk.desk.database.read(ordersInForce);
    const version = await loaded(withoutCrm());
    const old = await desk.desk.database.read((tx) => ordersOf(tx, before.id));
    expect(old.orders.solutions.map(({ id }) => id)).toContain('one-crm');
    expect((await desk.desk.database.read((tx) => ordersOf(tx, null))).id).toBe(version);
  });

  test('another load meanwhile voids the request', async () => {
    const first = await asked(withoutCrm());
    await loaded(changed((it) => void it.types.pop()));
    expect(codeOf(await approve(first))).toBe('approval.void');
    expect(solutionsOf(desk)).toContain('one-crm');
    expect((await rows()).map(({ state }) => state)).toEqual(['superseded', 'loaded']);
    // of another part it doesn't
    const second = await asked(withoutCrm());
    const packs = readFileSync(join(dir, 'packs.yaml'), 'utf8').replace('name: Box Pro', 'name: Box Pro 2');
    await loaded(yaml(packs, 'packs.yaml'));
    expect(codeOf(await approve(second))).toBe('approval.approved');
  });

  test('a preview that is no longer true is stale', async () => {
    const file = withoutCrm();
    await ask({ file });
    await loaded(changed((it) => void it.types.pop()));
    expect(codeOf(await ask({ file, yes: 'yes' }))).toBe('preview.stale');
  });

  test('the same bytes again are one request, until something else takes their place', async () => {
    const first = await asked(withoutCrm());
    const count = (await rows()).length;
    expect(await asked({ ...withoutCrm(), name: 'again.yaml' })).toBe(first);
    expect((await rows()).length).toBe(count);
    const other = await asked(changed((it) => void it.types.pop()));
    expect(other).not.toBe(first);
    expect(codeOf(await approve(other))).toBe('approval.approved');
    expect(await asked(withoutCrm())).not.toBe(first);
  });

  test('refused, expired or with its file gone, nothing of it stays', async () => {
    const count = async () => (await rows()).length;
    await desk.done('approval refuse', { number: await asked(withoutCrm()), reason: 'not now' }, { as: approver });
    expect(await count()).toBe(1);
    const late = await asked(withoutCrm());
    expect(await count()).toBe(2);
    desk.clock.advance(8 * dayMs);
    const schedule = createSchedule({
      database: desk.desk.database,
      clock: desk.clock,
      jobs: jobsOf(desk.desk, () => Promise.resolve()),
      onError: (error) => desk.faults.push({ reference: '', error, command: 'schedule' }),
    });
    await schedule.tick();
    expect(codeOf(await approve(late))).toBe('approval.expired');
    expect(await count()).toBe(1);
    const gone = await asked(withoutCrm());
    rmSync(join(desk.settings.DATA_DIR, 'documents'), { recursive: true });
    expect(codeOf(await approve(gone))).toBe('approval.void');
    expect(await count()).toBe(1);
    expect(solutionsOf(desk)).toContain('one-crm');
  });

  test('whoever decides reads what would change: in the channel, by mail and with approval show', async () => {
    const file = changed((it) => {
      it.solutions = it.solutions.map((one) => (one.id === 'v5-crm' ? { ...one, until: '2026-12-31' } : one));
    });
    let number = '';
    const letters = await desk.queuedBy(async () => {
      number = await asked(file);
    });
    const line = { label: 'solutions.v5-crm.until', value: '– → 2026-12-31' };
    const mail = letters.find(({ letter, recipient }) => letter === 'approval-asked' && recipient === approver);
    expect(mail?.params['summary']).toContainEqual(line);
    const card = await approvalsOf(desk.desk, commands).card(Number(number.slice(2)), 'en');
    expect(card?.object).toBe('orders');
    expect(card?.summary).toContainEqual(line);
    await approve(number);
    const shown = await desk.done('approval show', { number }, { as: approver });
    expect(shown['summary']).toContainEqual(line);
    expect(JSON.stringify(shown)).not.toContain(file.content.toString('base64').slice(0, 40));
  });

  test('the diff names what is added, removed and changed, at most a hundred, and no credentials', async () => {
    const packs = readFileSync(join(dir, 'packs.yaml'), 'utf8');
    const file = yaml(
      packs
        .replace('password: example-ssh', 'password: hunter2-hunter2')
        .replace('name: Service Pack Pro\n', 'name: { fr: Pack Pro, en: Service Pack Pro }\n')
        .replace(
          '  - id: box-pro\n',
          '  - id: box-new\n    name: Box New\n    brings: pro\n    credentials: [{ label: { fr: a, en: a }, login: root, password: hunter3-hunter3 }]\n\n  - id: box-pro\n',
        ),
      'packs.yaml',
    );
    const data = (await desk.done('catalogue load', { file }, { as: asker }))['preview'] as Record<string, unknown>;
    expect(data['changes']).toEqual([
      { path: 'packs.pro.name.fr', was: 'Service Pack Pro', becomes: 'Pack Pro' },
      { path: 'boxes.box-power.credentials', was: '(hidden)', becomes: '(hidden)' },
      { path: 'boxes.box-new.id', was: null, becomes: 'box-new' },
      { path: 'boxes.box-new.name.fr', was: null, becomes: 'Box New' },
      { path: 'boxes.box-new.name.en', was: null, becomes: 'Box New' },
      { path: 'boxes.box-new.brings', was: null, becomes: 'pro' },
      { path: 'boxes.box-new.credentials', was: null, becomes: '(hidden)' },
    ]);
    expect(data).toMatchObject({ part: 'packs', added: 5, removed: 0, changed: 2 });
    await loaded(file);
    const told = JSON.stringify([
      desk.answers,
      await desk.letters(),
      await desk.connection.reader.auditDetail.findMany(),
    ]);
    expect(told).not.toMatch(/hunter[23]|example-ssh/);
    expect(desk.desk.catalogue.boxes.map(({ id }) => id)).toContain('box-new');

    const many = changed((it) => {
      it.solutions = [
        ...it.solutions,
        ...Array.from({ length: 40 }, (_, at) => ({
          id: `more-${at}`,
          name: { fr: `Plus ${at}`, en: `More ${at}` },
          generation: 'one',
          'product-line': 'erp',
        })),
      ];
    });
    const long = (await desk.done('catalogue load', { file: many }, { as: asker }))['preview'] as Record<string, Row[]>;
    expect(long['changes']).toHaveLength(100);
    expect(Number(long['changesTotal'])).toBeGreaterThan(200);
  });

  test('lists: their order, and what long ones gain and lose', async () => {
    const content = parse(orders()) as { types: object[]; calendar: { holidays: string[]; workdays: number[] } };
    content.types.reverse();
    content.calendar.holidays = [...content.calendar.holidays.slice(1), '2028-01-02'];
    content.calendar.workdays.push(6);
    const file = yaml(stringify(content));
    const data = (await desk.done('catalogue load', { file }, { as: asker }))['preview'] as Record<string, unknown>;
    expect(data['changes']).toEqual([
      {
        path: 'types',
        was: 'initial, additional, renewal, migration',
        becomes: 'migration, renewal, additional, initial',
      },
      { path: 'calendar.workdays', was: '1, 2, 3, 4, 5', becomes: '1, 2, 3, 4, 5, 6' },
      { path: 'calendar.holidays', was: '2026-01-01', becomes: '2028-01-02' },
    ]);
  });

  test('a faulty file is refused whole, each fault with its line and what to do', async () => {
    const refused = async (text: string | Buffer, name = 'orders.yaml') => {
      const content = Buffer.from(text as string);
      const outcome = await ask({ file: { name, type: 'text/plain', content }, yes: 'yes' });
      expect(outcome).toMatchObject({ ok: false, code: 'file.refused' });
      return outcome.ok ? {} : (outcome.fields ?? {});
    };
    const line =
      orders()
        .split('\n')
        .findIndex((it) => it.includes('generation: one')) + 1;
    expect(
      await refused(
        orders().replace('generation: one\n', 'generation: on\n').replace('product-line: erp\n', 'product-line: epr\n'),
      ),
    ).toEqual({
      [`orders.yaml:${
        orders()
          .split('\n')
          .findIndex((it) => it.includes('product-line: erp')) + 1
      } solutions.0.product-line`]: expect.stringContaining('Correct the value.'),
    });
    expect(await refused(orders().replace('generation: one\n', 'generation: on\n'))).toMatchObject({
      [`orders.yaml:${line} solutions.4.generation`]: 'no generation is called on. Did you mean one?',
    });
    expect(await refused('types: [', 'x.yaml')).toEqual({ 'x.yaml:1': expect.stringContaining('bad YAML: ') });
    expect(await refused('hello: world')).toEqual({
      'orders.yaml': expect.stringContaining('no part of the catalogue'),
    });
    expect(await refused('- 1\n')).toHaveProperty(['orders.yaml']);
    expect(await refused('a: &a [x, x]\nb: &b [*a, *a]\ntypes: [' + '*b, '.repeat(200) + '1]\n')).toEqual({
      'orders.yaml': expect.stringContaining('bad YAML: '),
    });
    expect(await refused(Buffer.from([0xff, 0xfe, 0x00]))).toEqual({
      'orders.yaml': 'no text in UTF-8. Save it as YAML in UTF-8.',
    });
    // in force already, whatever its comments
    expect(await refused(`# ours\n${orders()}`)).toEqual({
      file: 'What the file says about the part “orders” is in force already.',
    });
    expect(await refused('approvals: { stock withdrew: { approvers: [admin], needed: 1 } }', 'p.yaml')).toEqual({
      'p.yaml:1 approvals.stock withdrew': 'no such command. Did you mean “stock withdraw”?',
    });
    expect(await desk.connection.reader.approval.count({ where: { command: 'catalogue load' } })).toBe(0);
  });

  test('a large file is read aside', async () => {
    const many = changed((it) => {
      it.solutions.push(
        ...Array.from({ length: 500 }, (_, at) => ({
          id: `more-${at}`,
          name: { fr: `Plus ${at}`, en: `More ${at}` },
          generation: 'one',
          'product-line': 'erp',
        })),
      );
    });
    expect(many.content.length).toBeGreaterThan(32 * 1024);
    await loaded(many);
    expect(solutionsOf(desk)).toContain('more-499');
  });

  test('show says what held on a day: the version, the offers, the prices', async () => {
    const priceOf = (of: Record<string, Row[]>) => of['prices']?.find((one) => one['reference'] === 'SAAS IO ODATA');
    expect(priceOf(await show({ part: 'prices' }))).toMatchObject({
      quota: '10,000 requests a day',
      amountCents: 8500,
      currency: 'EUR',
      from: '2026-01-01',
    });
    // before the desk there was no version: the first one's dated prices tell
    expect(priceOf(await show({ part: 'prices', date: '2025-06-30' }))).toMatchObject({ amountCents: 8000 });
    expect(priceOf(await show({ part: 'prices', date: '2024-12-31' }))).toMatchObject({ amountCents: null });
    const offeredOn = async (date: string) =>
      (await show({ part: 'orders', date }))['solutions']?.map((one) => one['solution']);
    expect(await offeredOn('2026-01-31')).toContain('v10-erp-starter');
    expect(await offeredOn('2026-02-01')).not.toContain('v10-erp-starter');

    desk.clock.advance(10 * dayMs);
    const version = await loaded(
      changed((it) => it.references[0]?.prices.push({ from: '2026-06-01', cents: 9000, currency: 'EUR' })),
    );
    expect(priceOf(await show({ part: 'prices' }))).toMatchObject({ amountCents: 9000 });
    const past = await show({ part: 'prices', date: '2026-11-25' });
    expect(priceOf(past)).toMatchObject({ amountCents: 8500 });
    expect(past['versions']).toMatchObject([{ part: 'orders' }, { part: 'domains' }]);
    expect(past['versions']?.[0]?.['version']).not.toBe(version);
    const all = await show();
    expect(all['versions']?.map((one) => one['part'])).toEqual(['packs', 'orders', 'domains', 'policy']);
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining(['products', 'boxes', 'types', 'solutions', 'tlds', 'prices', 'domainPrices', 'policy']),
    );
    expect(JSON.stringify(all)).not.toContain('example-ssh');
  });

  test('domains: a load shows what changes and holds at once; prices and rules are those of the day', async () => {
    const domains = readFileSync(join(dir, 'domains.yaml'), 'utf8');
    const com = (of: Record<string, Row[]>, list: string) => of[list]?.find(({ tld }) => tld === 'com');
    expect(await show({ part: 'domains' })).toMatchObject({
      terms: '2026-01',
      vatPercent: 20,
      versions: [{ part: 'domains' }],
      tlds: expect.arrayContaining([
        {
          ...{ tld: 'com', years: '1–10', transferYears: 1, renewByDays: 0, holdDays: 45, redemptionDays: 30 },
          ...{ pendingDeleteDays: 5, verifyOwner: true },
        },
      ]) as unknown,
    });
    const file = yaml(
      domains.replace('register: 1590, renew: 1590', 'register: 1690, renew: 1590').replace('hold: 45', 'hold: 40'),
      'domains.yaml',
    );
    const preview = await desk.done('catalogue load', { file }, { as: asker });
    expect(preview['preview']).toMatchObject({
      part: 'domains',
      changes: [
        { path: 'tlds.com.hold', was: '45', becomes: '40' },
        { path: 'tlds.com.prices.2026-09-01.register', was: '1590', becomes: '1690' },
      ],
    });
    await loaded(file);
    expect(com(await show({ part: 'domains' }), 'tlds')).toMatchObject({ holdDays: 40 });
    const prices = async (date?: string) =>
      com(await show({ part: 'prices', ...(date === undefined ? {} : { date }) }), 'domainPrices');
    expect(await prices()).toMatchObject({ registerCents: 1690, restoreCents: 9000, from: '2026-09-01' });
    expect(await prices('2026-08-31')).toMatchObject({ registerCents: 1500, currency: 'EUR' });
    expect(await prices('2023-12-31')).toBeUndefined();
    expect(
      await ask({ file: yaml(domains.replace('tld: net', 'tld: com'), 'domains.yaml'), yes: 'yes' }),
    ).toMatchObject({
      code: 'file.refused',
      fields: {
        [`domains.yaml:${domains.slice(0, domains.indexOf('tld: net')).split('\n').length} tlds.2.tld`]: expect.any(
          String,
        ) as unknown,
      },
    });

    // without its file nothing is sold, until one is loaded
    const without = mkdtempSync(join(tmpdir(), 'catalogue-'));
    cpSync(dir, without, { recursive: true });
    rmSync(join(without, 'domains.yaml'));
    const own = await openTestDesk(provider, { catalogue: without, locale: 'en' });
    const [boss, second] = [await newStaff(own, 'admin'), await newStaff(own, 'admin')];
    const shown = async () => (await own.done('catalogue show', { part: 'domains' }, { as: boss }))['tlds'];
    expect(await shown()).toEqual([]);
    const request = await own.done('catalogue load', { file: yaml(domains), yes: 'yes' }, { as: boss });
    await own.done('approval approve', { number: String(request['approval']) }, { as: second });
    expect(await shown()).toHaveLength(9);
    await own.close();
    rmSync(without, { recursive: true });
  });

  test('why explains every rule there is, to partners too, and helps with names', async () => {
    const reseller = await newReseller(desk);
    const unknown = await desk.ask('catalogue why', { rule: 'infinity-v7' }, { as: reseller.email, locale: 'en' });
    expect(unknown).toMatchObject({ ok: false, code: 'input.invalid' });
    const told = String(unknown.ok ? '' : unknown.fields?.['rule']);
    expect(told).toContain('did you mean “infinity-v7-additional”?');
    const list = told.slice(told.lastIndexOf(': ') + 2).split(', ');
    expect(list).toEqual(expect.arrayContaining(['type-origin', 'infinity-v7-additional']));
    for (const rule of list) {
      const data = await desk.done('catalogue why', { rule: rule.toUpperCase() }, { as: reseller.email });
      expect(data).toMatchObject({ rule, explanation: expect.stringMatching(/.{20}/) as string });
    }
    await loaded(changed((it) => void it.rules.splice(0, 1)));
    expect(codeOf(await desk.ask('catalogue why', { rule: 'infinity-v7-additional' }, { as: reseller.email }))).toBe(
      'input.invalid',
    );
  });

  test('what the policy says holds at once', async () => {
    const policy = readFileSync(join(dir, 'policy.yaml'), 'utf8').replace(
      'catalogue load: { approvers: [admin], needed: 1 }',
      'catalogue load: { approvers: [admin, support], needed: 2 }',
    );
    await loaded(yaml(policy, 'policy.yaml'));
    const support = await newStaff(desk, 'support');
    const number = await asked(withoutCrm());
    expect(await approve(number)).toMatchObject({ data: { state: 'pending' } });
    expect(await approve(number, support)).toMatchObject({ data: { state: 'approved' } });
    expect(solutionsOf(desk)).not.toContain('one-crm');
  });

  test('a part in force that this program can’t read is told, and an edited file helps', async () => {
    const table = desk.connection.writer.catalogueVersion;
    await table.updateMany({ where: { part: 'policy' }, data: { state: 'superseded' } });
    const content = { part: 'policy', content: '{"times":"long"}', sha256: 'x', source: 'load' };
    await table.create({ data: { ...content, loadedAt: desk.clock() } });
    await expect(restarted()).rejects.toThrow(/policy \(version \d+\).*does not fit this one.*Edit policy\.yaml/s);
    writeFileSync(join(dir, 'policy.yaml'), 'limits: { linkCodeTries: 6 }\n');
    const second = await restarted();
    expect(second.desk.catalogue.policy.limits.linkCodeTries).toBe(6);
    await second.close();
  });
});
