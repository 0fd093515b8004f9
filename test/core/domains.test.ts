/** G3, G5, G6: domains are ordered for a customer, live by their dates, are renewed, listed, tagged and taken over. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { topUp } from '../../src/core/programmes/billing/ledger.js';
import type { RawInput } from '../../src/core/command/input.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { plusDays, plusYears, todayIn } from '../../src/core/programmes/domains/life.js';
import { workOf } from '../../src/core/jobs.js';
import { databases } from '../servers/databases.js';
import {
  codeOf,
  dayMs,
  fieldsOf,
  newEmail,
  newReseller,
  newStaff,
  openTestDesk,
  standing,
  type TestDesk,
  type TestReseller,
} from './ground.js';

type Item = Readonly<Record<string, unknown>>;
const itemsOf = (data: Item): Item[] => data['items'] as Item[];
const whyOf = (outcome: Outcome): string => (outcome.ok ? 'ok' : outcome.message);
const code = 'Tr-4nsfer!';

describe.each(databases())('on $name', (provider) => {
  let desk: TestDesk;
  let shop: TestReseller;
  let staff: string;
  let mine: { as: string };
  let names = 0;
  let payments = 0;

  const name = (tld = 'fr') => `name-${(names += 1)}.${tld}`;
  const today = () => todayIn(desk.desk, desk.clock());
  const balance = async (org = shop) =>
    (await desk.connection.reader.balance.findUnique({ where: { orgId: org.id } }))?.prepaidCents ?? 0;
  const pay = (euros: number, orgId = shop.id) =>
    desk.desk.database.transact((unit) =>
      topUp(workOf(desk.desk, unit), { orgId, cents: euros * 100, payment: `VIR-${(payments += 1)}` }),
    );
  const party = (more: RawInput = {}): RawInput => ({
    type: 'individual',
    email: newEmail('owner'),
    'last-name': 'Petit',
    'first-name': 'Léa',
    ...more,
  });
  const customerOf = async (org = shop, more: RawInput = {}) =>
    String((await desk.done('customer add', party(more), { as: org.email }))['customer']);
  const stored = (domain: string) =>
    desk.connection.reader.domain.findMany({ where: { name: domain }, orderBy: { id: 'asc' } });

  /** A domain of this reseller that runs until that day. */
  async function held(
    domain: string,
    expires: string,
    more: { org?: TestReseller; email?: string; row?: string } = {},
  ) {
    const { org = shop, email = newEmail('owner') } = more;
    const content = `domain;customer-email;expires;auto-renew;tags\n${domain};${email};${expires};${more.row ?? ';'}\n`;
    const file = { name: 'domains.csv', type: 'text/csv', content: Buffer.from(content) };
    await desk.done('domain import', { reseller: org.ref, file, yes: 'yes' }, { as: staff });
    return domain;
  }

  beforeAll(async () => {
    desk = await openTestDesk(provider, { chat: true });
    shop = await newReseller(desk);
    staff = await newStaff(desk, 'support');
    mine = { as: shop.email };
    await pay(500);
  });
  afterAll(() => desk.close());

  test('registered for a customer: ordered and paid, done with date and reference, then active', async () => {
    const customer = await customerOf();
    const before = await balance();
    let data: Item = {};
    const letters = await desk.queuedBy(async () => {
      data = await desk.done('domain register', { domain: 'Bücher.DE', customer, tags: 'Livres, livres' }, mine);
    });
    expect(data).toMatchObject({
      domain: 'xn--bcher-kva.de',
      unicode: 'bücher.de',
      customer,
      owner: 'Léa Petit',
      state: 'requested',
      years: 1,
      netCents: 1000,
      vatCents: 200,
      grossCents: 1200,
      amountCents: 1200,
      currency: 'EUR',
    });
    expect(await balance()).toBe(before - 1200);
    const task = String(data['task']);
    expect(letters.map(({ channel, letter, recipient }) => [channel, letter, recipient])).toEqual([
      ['chat', 'task', 'approvals'],
      ['mail', 'domain-task', staff],
    ]);
    expect(letters[0]?.params['buttons']).toMatchObject([
      { command: 'domain done', by: 'task', number: task },
      { command: 'domain failed', by: 'task', number: task },
    ]);
    expect(String(letters[0]?.params['text'])).toContain('bücher.de (xn--bcher-kva.de)');

    const done = { task, date: today(), 'registrar-reference': 'REG-17' };
    expect(codeOf(await desk.ask('domain done', done, mine))).toBe('access.denied');
    expect(codeOf(await desk.ask('domain done', { ...done, task: 'W-999999' }, { as: staff }))).toBe('object.unknown');
    const told = await desk.queuedBy(() => desk.done('domain done', done, { as: staff }));
    expect(told.map(({ letter, recipient }) => [letter, recipient])).toEqual([['domain-step', shop.email]]);
    expect(codeOf(await desk.ask('domain done', done, { as: staff }))).toBe('state.wrong');
    expect(codeOf(await desk.ask('domain failed', { task, reason: 'trop tard' }, { as: staff }))).toBe('state.wrong');
    expect(await desk.done('domain show', { domain: 'bücher.de' }, mine)).toMatchObject({
      state: 'active',
      registeredOn: today(),
      expiresOn: plusYears(today(), 1),
      renewBy: plusDays(plusYears(today(), 1), -3),
      tags: ['Livres'],
      tasks: [{ task, kind: 'register', state: 'done', registrarReference: 'REG-17', grossCents: 1200 }],
    });
  });

  test('everything wrong with the form is told at once', async () => {
    const asked = await desk.ask(
      'domain register',
      { domain: 'nom.museum', customer: 'new', 'last-name': 'Petit', type: 'company' },
      mine,
    );
    expect(codeOf(asked)).toBe('input.invalid');
    expect(fieldsOf(asked).toSorted()).toEqual(['company', 'domain', 'email', 'first-name']);
    if (asked.ok || !asked.fields) throw new Error('not refused');
    expect(asked.fields['domain']).toContain('.co.uk');
    expect(asked.missing?.toSorted()).toEqual(['company', 'email', 'first-name']);
    const customer = await customerOf();
    for (const [input, field] of [
      [{ domain: name('de'), customer, years: '2' }, 'years'],
      [{ domain: name('io'), customer, years: '6' }, 'years'],
      [{ domain: 'www.exemple.fr', customer }, 'domain'],
      [{ domain: name(), customer, email: newEmail() }, 'email'],
      [{ domain: name(), customer: 'C-999999' }, 'customer'],
    ] as const)
      expect(fieldsOf(await desk.ask('domain register', input, mine))).toEqual([field]);
    expect(fieldsOf(await desk.ask('domain transfer', { domain: name(), customer, years: '1' }, mine))).toContain(
      'years',
    );
  });

  test('a customer made in the same command stays only if the domain does', async () => {
    const domain = name();
    const email = newEmail('owner');
    const before = standing(await desk.dump());
    const dry = await desk.done(
      'domain register',
      { domain, customer: 'new', ...party({ email }) },
      { ...mine, dryRun: true },
    );
    expect(dry).toMatchObject({ customer: null, task: null, grossCents: 1500 });
    expect(standing(await desk.dump())).toEqual(before);
    const low = { domain, customer: 'new', ...party({ email }), 'max-price': '14,99' };
    expect(codeOf(await desk.ask('domain register', low, mine))).toBe('price.changed');
    expect(await desk.connection.reader.customer.count({ where: { email } })).toBe(0);
    const made = await desk.done('domain register', { ...low, 'max-price': '15' }, mine);
    expect(await desk.connection.reader.customer.count({ where: { email } })).toBe(1);
    expect(made['customer']).toMatch(/^C-/);
  });

  test('a double click buys once; another’s name is as held', async () => {
    const domain = name();
    const customer = await customerOf();
    const before = await balance();
    const clicks = await Promise.all([
      desk.ask('domain register', { domain, customer }, { ...mine, key: 'click-1', door: 'web' }),
      desk.ask('domain register', { domain, customer }, { ...mine, key: 'click-2', door: 'web' }),
    ]);
    expect(clicks.map(codeOf).toSorted()).toEqual(['domain.requested', 'state.wrong']);
    expect(await balance()).toBe(before - 1500);
    const other = await newReseller(desk);
    await pay(100, other.id);
    expect(codeOf(await desk.ask('domain register', { domain, customer }, { as: other.email }))).toBe('object.unknown');
    const self = await desk.ask('domain register', { domain, customer: 'self' }, { as: other.email });
    expect(codeOf(self)).toBe('state.wrong');
    expect(codeOf(await desk.ask('domain show', { domain }, { as: other.email }))).toBe('object.unknown');
  });

  test('failed: its price is given back once, its name is free again, and the organisation hears why', async () => {
    const domain = name('com');
    const customer = await customerOf();
    const before = await balance();
    const { task } = await desk.done('domain transfer', { domain, customer, 'auth-code': code }, mine);
    expect(await balance()).toBe(before - 1908);
    const failing = { task: String(task), reason: 'code refusé' };
    const told = await desk.queuedBy(() => desk.done('domain failed', failing, { as: staff }));
    expect(told).toMatchObject([
      { letter: 'domain-step', recipient: shop.email, params: { step: 'failed', givenBack: true } },
    ]);
    expect(await balance()).toBe(before);
    expect(codeOf(await desk.ask('domain failed', failing, { as: staff }))).toBe('state.wrong');
    expect(await stored(domain)).toMatchObject([{ state: 'failed', heldName: null, reason: 'code refusé' }]);
    await desk.done('domain register', { domain, customer }, mine);
    expect((await stored(domain)).map(({ state }) => state)).toEqual(['failed', 'requested']);
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ state: 'requested' });
  });

  test('a transfer’s code is kept encrypted, told to staff alone, and gone with its task', async () => {
    const domain = name();
    const customer = await customerOf();
    let task = '';
    const letters = await desk.queuedBy(async () => {
      task = String((await desk.done('domain transfer', { domain, customer, 'auth-code': code }, mine))['task']);
    });
    expect(letters.filter(({ secret }) => 'codeUrl' in secret)).toMatchObject([
      {
        channel: 'mail',
        letter: 'domain-task',
        recipient: staff,
        secret: { codeUrl: expect.stringContaining('/t/') as string },
      },
    ]);
    expect(JSON.stringify(letters)).not.toContain(code);
    expect(JSON.stringify(await desk.dump())).not.toContain(code);
    expect(JSON.stringify(await desk.done('domain show', { domain }, { as: staff }))).not.toContain(code);
    const done = { task, date: today(), expires: plusDays(today(), 500), 'registrar-reference': 'T-1' };
    // more than a day beside what was bought
    const preview = await desk.ask('domain done', done, { as: staff });
    expect(preview).toMatchObject({
      code: 'domain.previewed',
      data: { preview: { task, expiresOn: plusDays(today(), 500), boughtUntil: plusYears(today(), 1) } },
    });
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ state: 'requested' });
    await desk.done('domain done', { ...done, yes: 'yes' }, { as: staff });
    expect(await desk.connection.reader.registrarTask.count({ where: { secret: { not: null }, state: 'done' } })).toBe(
      0,
    );
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({
      state: 'active',
      expiresOn: plusDays(today(), 500),
    });
  });

  test('a transfer that costs nothing draws nothing; where it adds no year, staff say until when it runs', async () => {
    const domain = name('de');
    const before = await balance();
    const asked = { domain, customer: await customerOf(), 'auth-code': code };
    const data = await desk.done('domain transfer', asked, mine);
    expect([data['grossCents'], await balance()]).toEqual([0, before]);
    const done = { task: String(data['task']), 'registrar-reference': 'T-2' };
    expect(fieldsOf(await desk.ask('domain done', { ...done, date: today() }, { as: staff }))).toEqual(['expires']);
    await desk.done('domain done', { ...done, date: today(), expires: plusDays(today(), 90) }, { as: staff });
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ expiresOn: plusDays(today(), 90) });
  });

  test('for oneself: a registration makes the customer, a transfer takes it or its details', async () => {
    const other = await newReseller(desk, {}, { company: 'Atelier Soi' });
    await pay(100, other.id);
    const as = { as: other.email };
    const transfer = { domain: name(), customer: 'self', 'auth-code': code };
    const refused = await desk.ask('domain transfer', transfer, as);
    expect([codeOf(refused), whyOf(refused)]).toEqual([
      'state.wrong',
      expect.stringContaining('dans la même commande'),
    ]);
    expect(await desk.connection.reader.customer.count({ where: { selfOf: other.id } })).toBe(0);
    const data = await desk.done('domain transfer', { ...transfer, city: 'Lyon' }, as);
    expect(data).toMatchObject({ owner: 'Atelier Soi' });
    const again = await desk.done('domain register', { domain: name(), customer: 'moi-même' }, as);
    expect(again['customer']).toBe(data['customer']);
    expect(await desk.done('domain list', { customer: 'self' }, as)).toMatchObject({ total: 2 });
  });

  test('an organisation that is no reseller holds domains in its own name alone, of its own balance', async () => {
    const email = newEmail('founder');
    await desk.done('account edit', { 'last-name': 'Roy', 'first-name': 'Ana' }, { as: email });
    const { org } = await desk.done('org create', { name: 'Les Amis', type: 'association' }, { as: email });
    const asked = { domain: name(), customer: 'new', ...party() };
    expect(codeOf(await desk.ask('domain register', asked, { as: email }))).toBe('state.wrong');
    const own = { domain: asked.domain, customer: 'self' };
    expect(codeOf(await desk.ask('domain register', own, { as: email }))).toBe('balance.low');
    expect(codeOf(await desk.ask('domain register', own, { as: email, dryRun: true }))).toBe('balance.low');
    expect(await stored(asked.domain)).toEqual([]);
    await pay(15, Number(String(org).slice(2)));
    expect(await desk.done('domain register', own, { as: email })).toMatchObject({ owner: 'Les Amis' });
  });

  test('the price of the day of the order counts, and is kept', async () => {
    const customer = await customerOf();
    const domain = name('com');
    const now = desk.clock();
    desk.clock.set(new Date('2026-08-31T21:00:00Z'));
    const seen = await desk.done('domain register', { domain, customer }, { ...mine, dryRun: true });
    expect(seen['netCents']).toBe(1500);
    desk.clock.set(new Date('2026-08-31T22:00:00Z'));
    const asked = await desk.ask('domain register', { domain, customer, 'max-price': '18.00' }, mine);
    expect([codeOf(asked), fieldsOf(asked)]).toEqual(['price.changed', ['max-price']]);
    const { task } = await desk.done('domain register', { domain, customer }, mine);
    desk.clock.set(now);
    expect((await desk.done('domain show', { domain }, mine))['tasks']).toMatchObject([{ task, grossCents: 1908 }]);
  });

  test('renewed at once when it is one: from its expiry, not from the day; one operation at a time', async () => {
    const domain = await held(name('com'), plusDays(today(), 20));
    const before = await balance();
    const data = await desk.done('domain renew', { domains: domain, years: '2' }, mine);
    expect(data).toMatchObject({
      total: 1,
      amountCents: 3816,
      items: [{ domain, kind: 'renew', until: plusYears(plusDays(today(), 20), 2) }],
    });
    expect(await balance()).toBe(before - 3816);
    const again = await desk.ask('domain renew', { domains: domain }, mine);
    const [item] = itemsOf(data);
    expect([codeOf(again), whyOf(again)]).toEqual(['state.wrong', expect.stringContaining(String(item?.['task']))]);
    await desk.done(
      'domain done',
      { task: String(item?.['task']), date: today(), 'registrar-reference': 'R' },
      { as: staff },
    );
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ expiresOn: item?.['until'] });
    const far = await desk.ask('domain renew', { domains: domain, years: '9' }, mine);
    expect([codeOf(far), fieldsOf(far)]).toEqual(['input.invalid', ['years']]);
    // one year at a time is bought during the last one
    const yearly = await held(name('de'), plusDays(today(), 300));
    const { items } = await desk.done('domain renew', { domains: yearly }, mine);
    const [task] = (items as Item[]).map((one) => String(one['task']));
    await desk.done('domain done', { task: task ?? '', date: today(), 'registrar-reference': 'R' }, { as: staff });
    expect(fieldsOf(await desk.ask('domain renew', { domains: yearly }, mine))).toEqual(['years']);
  });

  test('a failed renewal gives back and can be ordered again; a date that can’t be is refused', async () => {
    const domain = await held(name('fr'), plusDays(today(), 5));
    const before = await balance();
    const order = async () => String(itemsOf(await desk.done('domain renew', { domains: domain }, mine))[0]?.['task']);
    const task = await order();
    await desk.done('domain failed', { task, reason: 'panne du bureau' }, { as: staff });
    expect(await balance()).toBe(before);
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({
      state: 'active',
      expiresOn: plusDays(today(), 5),
    });
    const next = await order();
    const asked = (more: Record<string, string>) =>
      desk.ask('domain done', { task: next, date: today(), 'registrar-reference': 'R', ...more }, { as: staff });
    // before the order, and ahead: neither is when it was done, and neither is silently the expiry
    for (const date of [plusDays(today(), -1), plusDays(today(), 1), plusDays(today(), 400), plusYears(today(), 12)])
      expect([date, fieldsOf(await asked({ date }))]).toEqual([date, ['date']]);
    for (const expires of [plusDays(today(), 4), plusDays(today(), 5), plusYears(today(), 12)])
      expect([expires, fieldsOf(await asked({ expires }))]).toEqual([expires, ['expires']]);
    const bought = plusYears(plusDays(today(), 5), 1);
    expect(codeOf(await asked({ expires: plusDays(bought, 2) }))).toBe('domain.previewed');
    expect(codeOf(await asked({ expires: plusDays(bought, 3), yes: 'yes' }))).toBe('domain.task-done');
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ expiresOn: plusDays(bought, 3) });
    const [item] = itemsOf(await desk.done('domain renew', { domains: domain }, mine));
    const near = { task: String(item?.['task']), date: today(), 'registrar-reference': 'R' };
    const until = plusDays(String(item?.['until']), 1);
    // time zones make a day of difference
    expect(codeOf(await desk.ask('domain done', { ...near, expires: until }, { as: staff }))).toBe('domain.task-done');
    expect(await desk.done('domain show', { domain }, mine)).toMatchObject({ expiresOn: until });
  });

  test('expired it renews as usual, in redemption it is restored, later not at all', async () => {
    const now = desk.clock();
    const [expiring, deleted, late] = [name('io'), name('io'), name('io')];
    const expires = plusDays(today(), 1);
    for (const domain of [expiring, deleted, late]) await held(domain, expires);
    const states = async (domain: string) => (await desk.done('domain show', { domain }, mine))['state'];
    desk.clock.advance(31 * dayMs);
    expect(await states(expiring)).toBe('expired');
    expect(itemsOf(await desk.done('domain renew', { domains: expiring }, mine))).toMatchObject([
      { kind: 'renew', netCents: 4500, until: plusYears(expires, 1) },
    ]);
    desk.clock.advance(dayMs);
    const [restored] = itemsOf(await desk.done('domain renew', { domains: deleted }, mine));
    expect(restored).toMatchObject({ kind: 'restore', netCents: 16500, expiresOn: expires });
    await desk.done(
      'domain done',
      { task: String(restored?.['task']), date: today(), 'registrar-reference': 'R' },
      { as: staff },
    );
    expect(await states(deleted)).toBe('active');
    desk.clock.advance(30 * dayMs);
    expect(await states(late)).toBe('pending-delete');
    const refused = await desk.ask('domain renew', { domains: late }, mine);
    expect([codeOf(refused), whyOf(refused)]).toEqual(['state.wrong', expect.stringContaining('bientôt')]);
    const listed = async (state: string) =>
      itemsOf(await desk.done('domain list', { state, search: '.io' }, mine)).map((item) => item['domain']);
    expect(await listed('pending-delete')).toEqual([late, expiring]);
    expect(await listed('active')).toEqual([deleted]);
    desk.clock.advance(5 * dayMs);
    expect(await listed('gone')).toEqual([late, expiring]);
    // its time is over: anybody can have it
    await desk.done('domain register', { domain: late, customer: await customerOf() }, mine);
    expect((await stored(late)).map(({ heldName, state }) => [heldName, state])).toEqual([
      [null, 'active'],
      [late, 'requested'],
    ]);
    desk.clock.set(now);
  });

  test('several are previewed; all of them or none, and what is wrong is told of each by name', async () => {
    await pay(100);
    const domains = [await held(name(), plusDays(today(), 9)), await held(name('eu'), plusDays(today(), 9))];
    const before = await balance();
    const wrong = await desk.ask('domain renew', { domains: [...domains, 'inconnu.fr'], years: '10' }, mine);
    expect([codeOf(wrong), fieldsOf(wrong)]).toEqual(['object.unknown', ['domains']]);
    const said = (outcome: Outcome) => (outcome.ok ? '' : (outcome.fields?.['domains'] ?? ''));
    for (const one of [...domains, 'inconnu.fr']) expect(said(wrong)).toContain(`« ${one} »`);
    const dear = await desk.ask('domain renew', { domains, 'max-price': '13,50' }, mine);
    expect([codeOf(dear), fieldsOf(dear)]).toEqual(['price.changed', ['domains']]);
    expect(said(dear)).toContain(domains[0]);
    expect(said(dear)).not.toContain(domains[1]);
    const shown = await desk.done('domain renew', { domains }, mine);
    expect(shown['preview']).toMatchObject({ total: 2, amountCents: 2820 });
    expect(await balance()).toBe(before);
    await desk.done('domain import', {
      ...{ reseller: shop.ref, yes: 'yes' },
      file: {
        name: 'd.csv',
        type: 'text/csv',
        content: Buffer.from(
          `domain;customer-email;expires\n${domains[0]};${await ownerOf(domains[0] ?? '')};${plusDays(today(), 12)}\n`,
        ),
      },
    });
    expect(codeOf(await desk.ask('domain renew', { domains, yes: 'yes' }, mine))).toBe('preview.stale');
    await desk.done('domain renew', { domains }, mine);
    const letters = await desk.queuedBy(async () => {
      expect(await desk.done('domain renew', { domains, yes: 'yes' }, mine)).toMatchObject({ total: 2 });
    });
    expect(letters.filter(({ channel }) => channel === 'mail')).toMatchObject([
      { letter: 'domain-task', recipient: staff },
    ]);
    expect(await balance()).toBe(before - 2820);
    const dry = await desk.ask('domain renew', { domains, yes: 'yes' }, mine);
    expect(codeOf(dry)).toBe('state.wrong');
  });

  const ownerOf = async (domain: string) => {
    const row = await desk.connection.reader.domain.findUniqueOrThrow({ where: { heldName: domain } });
    return (await desk.connection.reader.customer.findUniqueOrThrow({ where: { id: row.customerId } })).email;
  };

  test('more than ten tasks at once are one notice and one mail', async () => {
    const domains = Array.from({ length: 11 }, () => name('eu'));
    const rows = domains.map((domain) => `${domain};owner@example.org;${plusDays(today(), 9)}`);
    const content = Buffer.from(`domain;customer-email;expires\n${rows.join('\n')}\n`);
    const file = { name: 'd.csv', type: 'text/csv', content };
    await desk.done('domain import', { reseller: shop.ref, file, yes: 'yes' }, { as: staff });
    await pay(500);
    const letters = await desk.queuedBy(() => desk.done('domain renew', { domains, yes: 'yes' }, mine));
    expect(letters.map(({ channel, letter }) => [channel, letter])).toEqual([
      ['chat', 'alert'],
      ['mail', 'domain-task'],
    ]);
    expect(letters[1]?.params['tasks']).toHaveLength(11);
  });

  test('too little for all of them orders none', async () => {
    const other = await newReseller(desk);
    await pay(14, other.id);
    const domains = [
      await held(name('eu'), plusDays(today(), 9), { org: other }),
      await held(name('eu'), plusDays(today(), 9), { org: other }),
    ];
    expect(codeOf(await desk.ask('domain renew', { domains }, { as: other.email }))).toBe('balance.low');
    expect(codeOf(await desk.ask('domain renew', { domains: domains[0] ?? '' }, { as: other.email }))).toBe(
      'domain.renewed',
    );
    expect(codeOf(await desk.ask('domain renew', { domains: domains[1] ?? '' }, { as: other.email }))).toBe(
      'balance.low',
    );
    expect(await desk.connection.reader.registrarTask.count({ where: { orgId: other.id } })).toBe(1);
  });

  test('tags and automatic renewal are set on many, and asked for', async () => {
    const domains = [await held(name(), plusDays(today(), 40)), await held(name('eu'), plusDays(today(), 90))];
    expect(fieldsOf(await desk.ask('domain tag', { domains }, mine))).toEqual(['tags', 'untag']);
    await desk.done('domain tag', { domains, tags: 'Été, vitrine' }, mine);
    const { items } = await desk.done(
      'domain tag',
      { domains: domains[0] ?? '', untag: 'ete', tags: 'Boutique' },
      mine,
    );
    expect(items).toMatchObject([{ tags: ['vitrine', 'Boutique'] }]);
    const found = async (input: RawInput) =>
      itemsOf(await desk.done('domain list', { sort: 'expires-on', ...input }, mine)).map((item) => item['domain']);
    expect(await found({ tags: 'VITRINE' })).toEqual(domains);
    expect(await found({ tags: 'vitrine, boutique' })).toEqual([domains[0]]);
    expect(await found({ tags: 'vitrin' })).toEqual([]);
    expect(await found({ tags: 'vitrine', 'expiring-within': '40' })).toEqual([domains[0]]);
    expect(await found({ tags: 'vitrine', state: 'active', search: '.eu' })).toEqual([domains[1]]);
    await desk.done('domain autorenew', { domains, 'auto-renew': 'oui' }, mine);
    expect((await stored(domains[1] ?? ''))[0]?.autoRenew).toBe(true);
    const before = await desk.dump();
    for (const [command, input] of [
      ['domain autorenew', { domains, 'auto-renew': 'oui' }],
      ['domain tag', { domains, tags: 'vitrine', untag: 'rien' }],
    ] as const)
      expect(await desk.done(command, input, mine)).toMatchObject({ changed: [], total: 2 });
    expect(await desk.dump()).toEqual(before);
    expect(await desk.done('domain tag', { domains, tags: 'boutique' }, mine)).toMatchObject({ changed: [domains[1]] });
    const sheet = await desk.ask('domain list', { tags: 'vitrine', export: 'csv' }, mine);
    expect(sheet.ok && sheet.file?.content.toString()).toContain('vitrine, Boutique');
  });

  test('another’s viewer, and staff who are no members, buy nothing', async () => {
    const domain = await held(name(), plusDays(today(), 40));
    const viewer = newEmail('viewer');
    await desk.done('org invite', { number: shop.ref, email: viewer, role: 'viewer' }, mine);
    expect(await desk.done('domain show', { domain }, { as: viewer })).toMatchObject({ state: 'active' });
    for (const as of [viewer, staff])
      expect(codeOf(await desk.ask('domain renew', { domains: domain }, { as }))).toBe('access.denied');
    expect(await desk.done('domain show', { domain }, { as: staff })).toMatchObject({ org: shop.ref });
  });

  test('taken over from a table: by row and column, all or none, repeated without effect', async () => {
    const [good, other] = [name('net'), name('net')];
    const email = newEmail('owner');
    const elsewhere = await newReseller(desk);
    const taken = await held(name('net'), plusDays(today(), 30), { org: elsewhere });
    const table = (...rows: string[]) => ({
      reseller: shop.ref,
      file: {
        name: 'd.csv',
        type: 'text/csv',
        content: Buffer.from(`Domaine;E-mail du client;Expire le;Auto-renew;Étiquettes\n${rows.join('\n')}\n`),
      },
    });
    const line = (domain: string, expires: string, rest = 'oui;a,b') => `${domain};${email};${expires};${rest}`;
    const faulty = table(
      line(good, '2027-05-01'),
      line(good, '2027-05-01'),
      line('x.museum', '2027-05-01'),
      line(name('net'), '2026-05-01'),
      line(name('net'), '2060-01-01'),
      line(taken, '2027-05-01'),
      line('nom', 'demain'),
    );
    const shown = await desk.done('domain import', faulty, { as: staff });
    expect(shown['preview']).toMatchObject({ total: 7, added: 1, newCustomers: 1, faulty: 6 });
    const refused = await desk.ask('domain import', { ...faulty, yes: 'yes' }, { as: staff });
    expect(fieldsOf(refused)).toEqual([
      '3:domain',
      '4:domain',
      '5:expires',
      '6:expires',
      '7:domain',
      '8:domain',
      '8:expires',
    ]);
    expect(await stored(good)).toEqual([]);
    const fine = table(line(good, '2027-05-01'), line(other, '2026-11-01'));
    expect(await desk.done('domain import', { ...fine, yes: 'yes' }, { as: staff })).toMatchObject({
      imported: 2,
      newCustomers: 1,
    });
    expect(await desk.done('domain import', { ...fine, yes: 'yes' }, { as: staff })).toMatchObject({
      imported: 0,
      repeated: 2,
    });
    expect(await desk.done('domain show', { domain: good }, mine)).toMatchObject({
      state: 'active',
      expiresOn: '2027-05-01',
      autoRenew: true,
      tags: ['a', 'b'],
      email,
    });
    expect(await desk.done('domain show', { domain: other }, mine)).toMatchObject({ state: 'expired' });
    const changed = table(line(good, '2027-06-01', ';'));
    expect(await desk.done('domain import', { ...changed, yes: 'yes' }, { as: staff })).toMatchObject({ changed: 1 });
    expect(await desk.done('domain show', { domain: good }, mine)).toMatchObject({
      expiresOn: '2027-06-01',
      tags: ['a', 'b'],
    });
    const owner = table(`${good};${newEmail()};2027-06-01;;`);
    expect(fieldsOf(await desk.ask('domain import', { ...owner, yes: 'yes' }, { as: staff }))).toEqual([
      '2:customer-email',
    ]);
  });
});
