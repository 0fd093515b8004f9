/** G7 and SPEC 0, "Authority": nobody books money alone beyond the limit, nor comes out of tax by what they write of themselves. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workOf } from '../../src/core/jobs.js';
import { vatNumbers } from '../../src/core/programmes/organisations/vat-register.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { readSettings } from '../../src/settings.js';
import { viesRegister } from '../../src/vat-register/vies.js';
import { databases } from '../servers/databases.js';
import { codeOf, fieldsOf, newEmail, newStaff, openTestDesk, type TestDesk } from './ground.js';

describe.each(databases())('money and tax on $name', (provider) => {
  let desk: TestDesk;
  let [sales, second] = ['', ''];
  beforeAll(async () => {
    desk = await openTestDesk(provider);
    [sales, second] = [await newStaff(desk, 'sales'), await newStaff(desk, 'admin')];
  });
  afterAll(() => desk.close());

  const linesOf = (shown: Readonly<Record<string, unknown>>) =>
    (shown['summary'] as { label: string; value: string }[]).map(({ label, value }) => `${label}: ${value}`);
  const approvalIn = (outcome: Awaited<ReturnType<TestDesk['ask']>>) => String(outcome.ok && outcome.data['approval']);
  /** A company that resells and has something to spend. */
  async function buyer(more: Record<string, string> = {}) {
    const owner = newEmail('owner');
    const name = `Maison ${owner}`;
    const { org } = await desk.done('org create', { name, type: 'company', ...more }, { as: owner });
    const accepted = { org: String(org), 'accept-terms': 'yes', confirm: name };
    const became = await desk.done('org become-reseller', accepted, { as: owner });
    await desk.done('billing topup', { reseller: String(org), amount: '500', payment: `VIR-${owner}` });
    return { owner, org: String(org), became };
  }
  let domains = 0;
  const taxOf = async ({ owner }: { owner: string }) => {
    const party = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa', street: '1 rue', zip: '69001' };
    const data = await desk.done(
      'domain register',
      {
        ...{ domain: `taxed-${provider.name}-${(domains += 1)}.fr`, customer: 'new', ...party, city: 'Lyon' },
        ...{ country: 'FR', phone: '0123456789', email: newEmail('customer') },
      },
      { as: owner },
    );
    return Number(data['vatCents']);
  };
  const edit = (of: { org: string; owner: string }, input: Record<string, string>, as = of.owner) =>
    desk.ask('org edit', { number: of.org, ...input }, { as });

  test('an owner who writes another country pays as before until staff have confirmed it', async () => {
    const one = await buyer();
    const before = await taxOf(one);
    expect(before).toBeGreaterThan(0);
    const asked = await edit(one, { country: 'US' });
    expect(asked).toMatchObject({ code: 'approval.pending', waiting: true });
    expect(await taxOf(one)).toBe(before);
    expect(await desk.done('org show', { number: one.org }, { as: one.owner })).toMatchObject({
      country: 'FR',
      taxCountry: null,
    });
    const number = approvalIn(asked);
    for (const role of ['stock', 'support', 'cloud'])
      expect(codeOf(await desk.ask('approval approve', { number }, { as: await newStaff(desk, role) }))).toBe(
        'access.denied',
      );
    const shown = await desk.done('approval show', { number }, { as: sales });
    expect(linesOf(shown)).toContain('Pays: France → États-Unis');
    await desk.done('approval approve', { number }, { as: sales });
    // what it was is known to the audit; what it is now would be told as what it was
    expect(linesOf(await desk.done('approval show', { number }, { as: sales }))).toContain('Pays: États-Unis');
    expect(await desk.done('org show', { number: one.org }, { as: one.owner })).toMatchObject({
      country: 'US',
      taxCountry: 'US',
    });
    expect(await taxOf(one)).toBe(0);
    // back home it is asked again, and until then as it was
    expect(codeOf(await edit(one, { country: 'FR' }))).toBe('approval.pending');
    expect(await taxOf(one)).toBe(0);
  });

  test('a number by its country’s rules; one of another country is none', async () => {
    const one = await buyer();
    expect(fieldsOf(await edit(one, { country: 'DE', vat: 'FR40303265045' }))).toEqual(['vat']);
    expect(fieldsOf(await edit(one, { country: 'DE', vat: 'DE123456789' }))).toEqual(['vat']);
    const asked = await edit(one, { country: 'DE', vat: 'DE 136695976' });
    expect(codeOf(asked)).toBe('approval.pending');
    await desk.done('approval refuse', { number: approvalIn(asked), reason: 'no such company' }, { as: sales });
    expect(await taxOf(one)).toBeGreaterThan(0);
    const again = await edit(one, { country: 'DE', vat: 'DE136695976' });
    await desk.done('approval approve', { number: approvalIn(again) }, { as: second });
    expect(await taxOf(one)).toBe(0);
    // a number taken out again is asked as well; asked twice it is one request
    const out = await edit(one, { vat: '-' });
    expect(approvalIn(await edit(one, { vat: '–' }))).toBe(approvalIn(out));
    expect(linesOf(await desk.done('approval show', { number: approvalIn(out) }, { as: sales }))).toEqual(
      expect.arrayContaining(['TVA: DE136695976 → –', 'N° de TVA confirmé: DE136695976']),
    );
    expect(await taxOf(one)).toBe(0);
    await desk.done('approval refuse', { number: approvalIn(out), reason: 'why' }, { as: sales });
    // the street is nobody's but theirs
    expect(codeOf(await edit(one, { street: '2 rue Neuve' }))).toBe('org.edited');
    expect(codeOf(await edit(one, { vat: 'DE136695976' }))).toBe('org.edited');
  });

  test('a yes holds for country and number together: whoever gives it reads both, and what has changed since is void', async () => {
    // a number that is somebody else's, and right by its digits
    const one = await buyer({ country: 'DE', vat: 'DE136695976' });
    const first = String(one.became['taxRequest']);
    await desk.done('approval refuse', { number: first, reason: 'somebody else’s number' }, { as: sales });
    // the country alone, for whoever does not look at the number
    const asked = approvalIn(await edit(one, { country: 'DE' }));
    const lines = linesOf(await desk.done('approval show', { number: asked }, { as: sales }));
    expect(lines).toEqual(
      expect.arrayContaining(['Pays: Allemagne', 'TVA: DE136695976', 'Pays d’imposition confirmé: –']),
    );
    const [mailed] = (await desk.letters()).filter(({ object }) => object === asked);
    expect(JSON.stringify(mailed?.params)).toContain('DE136695976');
    await desk.done('approval refuse', { number: asked, reason: 'the same' }, { as: sales });
    expect(await taxOf(one)).toBeGreaterThan(0);

    const two = await buyer();
    const abroad = approvalIn(await edit(two, { country: 'DE' }));
    const number = approvalIn(await edit(two, { vat: 'FR40303265045' }));
    await desk.done('approval approve', { number }, { as: sales });
    expect(codeOf(await desk.ask('approval approve', { number: abroad }, { as: second }))).toBe('approval.void');
    expect(await desk.done('org show', { number: two.org }, { as: two.owner })).toMatchObject({
      ...{ country: 'FR', vat: 'FR40303265045', taxCountry: 'FR', taxVat: 'FR40303265045' },
    });
  });

  test('whoever buys in its own name from abroad is put to staff with its first payment, once', async () => {
    const owner = newEmail('owner');
    const { org } = await desk.done('org create', { name: owner, type: 'individual', country: 'CH' }, { as: owner });
    const pay = (payment: string) =>
      desk.done('billing topup', { reseller: String(org), amount: '100', payment }, { as: sales });
    const paid = await pay(`VIR-${owner}-1`);
    expect(await pay(`VIR-${owner}-2`)).not.toHaveProperty('taxRequest');
    const buy = async (domain: string) => {
      const details = { type: 'individual', 'last-name': 'Petit', 'first-name': 'Léa', street: '1 rue', zip: '1200' };
      const self = { ...details, city: 'Genève', country: 'CH', phone: '+41227301111', email: owner };
      const named = { domain: `${provider.name}-${domain}`, customer: 'self', ...self };
      return Number((await desk.done('domain register', named, { as: owner }))['vatCents']);
    };
    expect(await buy('first-abroad.fr')).toBeGreaterThan(0);
    const number = String(paid['taxRequest']);
    expect(codeOf(await desk.ask('approval approve', { number }, { as: sales }))).toBe('approval.self');
    await desk.done('approval approve', { number }, { as: second });
    expect(await buy('second-abroad.fr')).toBe(0);
  });

  test('a customer’s country is the reseller’s word: released, it is taxed at home until confirmed', async () => {
    const reseller = await buyer();
    const email = newEmail('customer');
    const party = { type: 'individual', 'last-name': 'Noël', 'first-name': 'Inès', street: '1 Main St', zip: '10001' };
    const { customer } = await desk.done(
      'customer add',
      { ...party, city: 'New York', country: 'US', phone: '+12125550123', email },
      { as: reseller.owner },
    );
    await desk.done('customer release', { number: String(customer), yes: 'yes' }, { as: reseller.owner });
    const [own] = (await desk.done('org list', {}, { as: email }))['items'] as { org: string }[];
    expect(await desk.done('org show', { number: own!.org }, { as: email })).toMatchObject({
      ...{ country: 'US', taxCountry: null, taxConfirmedAt: null },
    });
    const paid = await desk.done(
      'billing topup',
      { reseller: own!.org, amount: '100', payment: `VIR-${email}` },
      { as: sales },
    );
    expect(paid['taxRequest']).toMatch(/^A-/);
    const self = { domain: `${provider.name}-released.fr`, customer: 'self' };
    expect(Number((await desk.done('domain register', self, { as: email }))['vatCents'])).toBeGreaterThan(0);
  });

  test('a reseller that staff registered says where it is, and pays as before until that is confirmed', async () => {
    const owner = newEmail('owner');
    const { reseller } = await desk.done(
      'reseller register',
      { email: owner, 'last-name': 'Roux', 'first-name': 'Ève', company: 'Roux Ltd' },
      { as: sales },
    );
    const one = { owner, org: String(reseller) };
    await desk.done('billing topup', { reseller: one.org, amount: '100', payment: `VIR-${owner}` }, { as: sales });
    expect(codeOf(await edit(one, { country: 'US' }))).toBe('approval.pending');
    expect(await taxOf(one)).toBeGreaterThan(0);
  });

  test('made abroad, it is taxed at home until confirmed; becoming a reseller asks staff', async () => {
    const one = await buyer({ country: 'CH' });
    expect(await taxOf(one)).toBeGreaterThan(0);
    const number = String(one.became['taxRequest']);
    expect(await desk.done('approval show', { number }, { as: sales })).toMatchObject({ command: 'org edit' });
    await desk.done('approval approve', { number }, { as: sales });
    expect(await taxOf(one)).toBe(0);
  });

  test('staff change another’s organisation with a second person', async () => {
    const one = await buyer();
    const asked = await edit(one, { city: 'Nantes' }, await newStaff(desk, 'support'));
    expect(codeOf(asked)).toBe('approval.pending');
    await desk.done('approval approve', { number: approvalIn(asked) }, { as: sales });
    expect(await desk.done('org show', { number: one.org }, { as: one.owner })).toMatchObject({ city: 'Nantes' });
  });

  test('payments and credit: sales and admin, and beyond the limit a second person, however it is cut up', async () => {
    const one = await buyer();
    const topup = (amount: string, payment: string, as = sales) =>
      desk.ask('billing topup', { reseller: one.org, amount, payment }, { as });
    const balance = async () =>
      (await desk.done('billing balance', { reseller: one.org }, { as: sales }))['prepaidCents'];
    for (const role of ['support', 'stock', 'cloud']) {
      const as = await newStaff(desk, role);
      expect(codeOf(await topup('90000', `X-${role}`, as))).toBe('access.denied');
      expect(codeOf(await desk.ask('billing credit', { reseller: one.org, amount: '5' }, { as }))).toBe(
        'access.denied',
      );
    }
    // a shop of one's own takes another hand, however small
    const clerk = await newStaff(desk, 'sales');
    const own = String((await desk.done('org create', { name: 'À soi', type: 'company' }, { as: clerk }))['org']);
    for (const [command, input] of [
      ['billing topup', { reseller: own, amount: '5', payment: `VIR-${own}` }],
      ['billing credit', { reseller: own, amount: '5' }],
    ] as const) {
      expect(codeOf(await desk.ask(command, input, { as: clerk }))).toBe('approval.pending');
      expect(codeOf(await desk.ask(command, input, { as: sales }))).toMatch(/^(approval.pending|billing\.)/);
    }
    const large = await topup('90000', `VIR-${one.org}-1`);
    expect(codeOf(large)).toBe('approval.pending');
    expect(approvalIn(await topup('90 000,00 €', `VIR-${one.org}-1`))).toBe(approvalIn(large));
    expect(await balance()).toBe(50_000);
    const { summary } = await desk.done('approval show', { number: approvalIn(large) }, { as: second });
    expect(JSON.stringify(summary)).toMatch(/Maison .*90\s000,00\s€/);
    expect(codeOf(await desk.ask('approval approve', { number: approvalIn(large) }, { as: sales }))).toBe(
      'approval.self',
    );
    await desk.done('approval approve', { number: approvalIn(large) }, { as: second });
    expect(await balance()).toBe(9_050_000);
    expect(codeOf(await topup('6000', `VIR-${one.org}-2`))).toBe('billing.topped-up');
    expect(codeOf(await topup('4000.01', `VIR-${one.org}-3`))).toBe('approval.pending');
    expect(codeOf(await topup('6000', `VIR-${one.org}-2`))).toBe('billing.topped-up');
    expect(codeOf(await topup('4000', `VIR-${one.org}-4`))).toBe('billing.topped-up');
    const lend = (amount: string) => desk.ask('billing credit', { reseller: one.org, amount }, { as: sales });
    const credit = await lend('10001');
    expect(codeOf(credit)).toBe('approval.pending');
    await desk.done('approval approve', { number: approvalIn(credit) }, { as: second });
    // the same, or less of what was granted, is no risk that a second person would have to share
    expect(codeOf(await lend('10001'))).toBe('billing.credit-set');
    expect(codeOf(await lend('10000.50'))).toBe('billing.credit-set');
    expect(codeOf(await lend('10001'))).toBe('approval.pending');
    expect(codeOf(await lend('5000'))).toBe('billing.credit-set');
  });

  test('two halves at the same moment are as good as the whole', async () => {
    const one = await buyer();
    const half = (payment: string) =>
      desk.ask('billing topup', { reseller: one.org, amount: '6000', payment }, { as: sales });
    const codes = (await Promise.all([half(`VIR-${one.org}-a`), half(`VIR-${one.org}-b`)])).map(codeOf);
    expect(codes.toSorted()).toEqual(['approval.pending', 'billing.topped-up']);
  });

  test('a reference that another reseller’s payment has is told of to sales alone', async () => {
    const [one, other] = [await buyer(), await buyer()];
    const book = (as: string, dryRun: boolean) =>
      desk.ask('billing topup', { reseller: one.org, amount: '7', payment: `VIR-${other.owner}` }, { as, dryRun });
    for (const dryRun of [true, false]) {
      expect(await book(sales, dryRun)).toMatchObject({ code: 'purchase.conflict' });
      for (const role of ['support', 'stock', 'cloud']) {
        const told = await book(await newStaff(desk, role), dryRun);
        expect(codeOf(told)).toBe('access.denied');
        expect(JSON.stringify(told)).not.toMatch(new RegExp(`${other.org}|500|Maison`));
      }
    }
  });

  test('a register of VAT numbers informs whoever decides, and decides nothing', async () => {
    const asked: string[] = [];
    let isDown = false;
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const isValid = (request.url ?? '').endsWith('136695976');
      response.setHeader('content-type', 'application/json');
      if ((request.url ?? '').includes('/ms/CH/') || isDown) response.statusCode = 500;
      // no answer of that register is as long, whatever it says
      const rest = (request.url ?? '').includes('/ms/IT/') ? ' '.repeat(1_000_000) : '';
      response.end(
        JSON.stringify({ isValid: isValid || rest !== '', userError: isValid ? 'VALID' : 'INVALID' }) + rest,
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const register = viesRegister({ root: `http://127.0.0.1:${port}/rest-api` });
    const { desk: core } = desk;
    const schedule = createSchedule({
      database: core.database,
      clock: desk.clock,
      jobs: [vatNumbers(core, register, (unit) => workOf(core, unit))],
      onError: (error) => void desk.faults.push({ reference: '', error, command: 'schedule' }),
    });
    const one = await buyer();
    const right = approvalIn(await edit(one, { country: 'DE', vat: 'DE136695976' }));
    desk.clock.advance(60_000);
    await schedule.tick();
    expect(asked.at(-1)).toBe('/rest-api/ms/DE/vat/136695976');
    const shown = await desk.done('approval show', { number: right }, { as: sales });
    expect(shown).toMatchObject({ state: 'pending' });
    expect(JSON.stringify(shown['summary'])).toContain('numéro connu');
    // a number that stands there already counts as well once its country is confirmed
    const two = await buyer({ country: 'DE', vat: 'DE136695976' });
    const alone = approvalIn(await edit(two, { country: 'DE' }));
    // edits of nothing but a city, more than are looked at in one go, and a number that no register of ours has
    const clerk = await newStaff(desk, 'support');
    for (let at = 0; at < 21; at += 1)
      expect(codeOf(await edit(one, { city: `Lyon ${at}` }, clerk))).toBe('approval.pending');
    await edit(one, { country: 'CH', vat: 'CHE107787577' });
    const last = await buyer();
    await edit(last, { country: 'DE', vat: 'DE811907980' });
    asked.length = 0;
    for (let minute = 0; minute < 3; minute += 1) {
      desk.clock.advance(60_000);
      await schedule.tick();
    }
    expect(asked.filter((url) => url.endsWith('/DE/vat/136695976'))).not.toEqual([]);
    expect(linesOf(await desk.done('approval show', { number: alone }, { as: sales })).join()).toContain(
      'numéro connu',
    );
    expect(asked.filter((url) => url.endsWith('/DE/vat/811907980'))).toHaveLength(1);
    expect(asked.filter((url) => url.includes('/CH/'))).toEqual([]);
    expect(await register.check({ country: 'CH', vat: 'CHE107787577' })).toBe('unknown');
    expect(await register.check({ country: 'GR', vat: 'EL094259216' })).toBe('invalid');
    expect(asked.at(-1)).toBe('/rest-api/ms/EL/vat/094259216');
    expect(await register.check({ country: 'IT', vat: 'IT00743110157' })).toBe('unknown');
    // what it could not say it is asked again, every hour
    isDown = true;
    const three = await buyer();
    const later = approvalIn(await edit(three, { country: 'DE', vat: 'DE136695976' }));
    const told = async () => linesOf(await desk.done('approval show', { number: later }, { as: sales })).join();
    desk.clock.advance(60_000);
    await schedule.tick();
    expect(await told()).toContain('pas de réponse');
    isDown = false;
    desk.clock.set(new Date(Math.ceil(desk.clock().getTime() / 3_600_000) * 3_600_000));
    await schedule.tick();
    expect(await told()).toContain('numéro connu');
    server.close();
    server.closeAllConnections();
    expect(await register.check({ country: 'DE', vat: 'DE136695976' })).toBe('unknown');
  });
});

test('the register of VAT numbers is asked over https', () => {
  const read = (VIES_API: string) => readSettings('/nowhere', { VIES_API }).VIES_API;
  expect(() => read('http://vies.example/rest-api')).toThrow(/VIES_API: .*https/);
  expect(read('https://vies.example/rest-api')).toBe('https://vies.example/rest-api');
  expect(read('http://127.0.0.1:8081/rest-api')).toBe('http://127.0.0.1:8081/rest-api');
});
