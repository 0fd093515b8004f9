/** G7 and SPEC 0, "Authority": nobody books money alone beyond the limit, nor comes out of tax by what they write of themselves. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workOf } from '../../src/core/jobs.js';
import { vatNumbers } from '../../src/core/organisations/vat-register.js';
import { createSchedule } from '../../src/core/record/schedule.js';
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
    expect(JSON.stringify(shown['summary'])).toContain('FR → US');
    await desk.done('approval approve', { number }, { as: sales });
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
    // the street is nobody's but theirs
    expect(codeOf(await edit(one, { street: '2 rue Neuve' }))).toBe('org.edited');
    expect(codeOf(await edit(one, { vat: 'DE136695976' }))).toBe('org.edited');
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
    const large = await topup('90000', `VIR-${one.org}-1`);
    expect(codeOf(large)).toBe('approval.pending');
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
    const credit = await desk.ask('billing credit', { reseller: one.org, amount: '10001' }, { as: sales });
    expect(codeOf(credit)).toBe('approval.pending');
  });

  test('a register of VAT numbers informs whoever decides, and decides nothing', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const isValid = (request.url ?? '').endsWith('136695976');
      response.setHeader('content-type', 'application/json');
      if ((request.url ?? '').includes('/ms/CH/')) response.statusCode = 500;
      response.end(JSON.stringify({ isValid, userError: isValid ? 'VALID' : 'INVALID' }));
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
    expect(await register.check({ country: 'CH', vat: 'CHE107787577' })).toBe('unknown');
    expect(await register.check({ country: 'GR', vat: 'EL094259216' })).toBe('invalid');
    expect(asked.at(-1)).toBe('/rest-api/ms/EL/vat/094259216');
    server.close();
    server.closeAllConnections();
    expect(await register.check({ country: 'DE', vat: 'DE136695976' })).toBe('unknown');
  });
});
