/** G7: an organisation's account on its member's page: balance, orders under way, receipts as PDF, history and forecast. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newDomain } from '../core/owner-ground.js';
import { ground, inBrowser, reseller, startBrowser, type Ground, type Visitor } from './ground.js';
import { soundPage } from './sound.js';

// every page is read by axe twice
vi.setConfig({ testTimeout: 60_000 });

const good = 'a phrase that is long enough';
const anne = 'anne@volts.example';

let desk: Ground;
let password: string;
let orgId: number;

async function done(command: string, input: Record<string, string>, as?: string): Promise<Record<string, unknown>> {
  const outcome = await desk.run(command, input, as);
  if (!outcome.ok) throw new Error(`${command}: ${JSON.stringify(outcome)}`);
  return outcome.data;
}

/** A reseller with money, a domain near its end, a renewal under way, and receipts of both. */
async function opened(): Promise<void> {
  desk = await ground();
  ({ password } = await reseller(desk, anne));
  ({ orgId } = await desk.open.connection.reader.membership.findFirstOrThrow({
    where: { person: { addresses: { some: { email: anne } } } },
  }));
  await done('billing topup', { reseller: anne, amount: '120', payment: 'VIR-1' });
  await newDomain(desk.open, {
    orgId,
    email: 'lea@jardin.example',
    name: 'jardin.fr',
    tld: 'fr',
    expiresOn: '2026-12-20',
  });
  await newDomain(desk.open, {
    orgId,
    email: 'lea@jardin.example',
    name: 'verger.fr',
    tld: 'fr',
    expiresOn: '2027-01-20',
  });
  await done('domain renew', { domains: 'jardin.fr', years: '1' }, anne);
}

async function signedIn(email = anne, first = password): Promise<Visitor> {
  const visitor = desk.visitor();
  await visitor.post('/sign-in', { email, password: first });
  await visitor.post('/password', { password: good });
  return visitor;
}
const receipts = async () =>
  (await desk.open.connection.reader.receipt.findMany({ orderBy: { id: 'asc' } })).map(({ number }) => number);

beforeAll(opened);
afterAll(() => desk.close());
afterEach(() => expect(desk.faults).toEqual([]));

describe('by requests', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await signedIn();
  });

  it('tells the balance, what is under way and the receipts, each with its PDF', async () => {
    const { text } = await visitor.get('/me');
    expect(text).toContain('Account of Volts &amp; Fils');
    // 120.00 less a renewal of 12.50 and its tax
    for (const shown of ['€105.00', 'jardin.fr', 'renewal', ...(await receipts())]) expect(text).toContain(shown);
    const [number = ''] = await receipts();
    const pdf = await visitor.get(`/me/receipts/${number}`);
    expect(pdf.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${number}.pdf"`,
    });
    expect(pdf.text.startsWith('%PDF-')).toBe(true);
    expect((await visitor.get('/me/receipts/R-2026-999999')).status).toBe(404);
  });

  it('has all of it on a page of its own, to be exported', async () => {
    const { status, text } = await visitor.get('/me/billing?history=1&receipts=9&orders=x');
    expect(status).toBe(200);
    for (const heading of ['Operations under way', 'Renewals to come', 'Receipts', 'History'])
      expect(text).toContain(`>${heading}</h2>`);
    expect(text).toContain('VIR-1');
    expect(text).toMatch(/<img class="picture" src="data:image\/png;base64,[^"]{500,}" alt="The balance/);
    // a page beyond the last is empty, no fault
    expect(text).toContain('There is no receipt yet.');
    const sheet = await visitor.get('/me/billing/history?export=csv');
    expect(sheet.headers['content-disposition']).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
    expect(sheet.text).toContain('VIR-1');
    expect((await visitor.get('/me/billing/nothing')).status).toBe(404);
    expect((await visitor.get('/me/billing/history?export=exe')).status).toBe(404);
  });

  it('changes the threshold, and says what is wrong with one', async () => {
    const wrong = await visitor.post('/me', { _command: 'billing threshold', amount: 'much' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('must be an amount');
    const right = { _command: 'billing threshold', _key: 'key-1', amount: '50' };
    expect(await visitor.post('/me', right)).toMatchObject({ status: 303, location: '/me' });
    const { text } = await visitor.get('/me');
    expect(text).toContain('You will be told when the balance falls below that.');
    expect(text).toContain('€50.00');
  });

  it('of several organisations shows the one chosen; another’s stays another’s, to staff with a role too', async () => {
    const [topup = ''] = await receipts();
    const second = await done('org create', { name: 'Verger SARL', type: 'company', country: 'FR' }, anne);
    const org = String(second['org']);
    const chosen = await visitor.get(`/me?org=${org}`);
    expect(chosen.text).toContain('Account of Verger SARL');
    expect(chosen.text).toContain('Nothing is under way.');
    expect(chosen.text).toContain('name="org" value="' + org + '"');
    expect((await visitor.get(`/me/billing?org=${org}`)).text).toContain('Account of Verger SARL');
    expect((await visitor.get(`/me/billing/history?org=${org}&export=csv`)).text).not.toContain('VIR-1');
    // an organisation that is not one's own is not looked at
    expect((await visitor.get('/me/billing?org=G-999999')).text).toContain('Account of Volts');

    await reseller(desk, 'bo@amps.example');
    await done('staff grant', { email: 'bo@amps.example', role: 'support' });
    const letter = (await desk.mails('bo@amps.example')).find((mail) => mail.letter === 'reseller-registered');
    const other = await signedIn('bo@amps.example', String(letter?.params['password']));
    expect((await other.get('/me')).text).not.toContain('jardin.fr');
    expect((await other.get('/me/billing/history?export=csv')).text).not.toContain('VIR-1');
    expect((await other.get(`/me/receipts/${topup}`)).status).toBe(404);
  });

  it('is for whoever has signed in, and a member of no organisation has none', async () => {
    for (const path of ['/me/billing', '/me/billing/history', '/me/receipts/R-2026-000001'])
      expect((await desk.send({ path })).headers['location']).toBe('/sign-in');
    const email = 'ivo@alarmes.example';
    const person = { 'last-name': 'Moreau', 'first-name': 'Ivo', phone: '+33 1 23 45 67 89' };
    await done('installer register', { ...person, email, company: 'Alarmes' });
    const stranger = desk.visitor();
    await stranger.post(await desk.link(email), { password: good });
    expect((await stranger.get('/me')).text).not.toContain('id="billing"');
    expect((await stranger.get('/me/billing')).location).toBe('/me');
    expect((await stranger.get('/me/billing/history')).status).toBe(404);
  });
});

inBrowser('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('both pages, read by axe, on a phone', async () => {
    const page = await desk.page(browser, { viewport: { width: 375, height: 667 } });
    const loud: string[] = [];
    page.on('pageerror', (error) => void loud.push(error.message));
    page.on('console', (line) => void (line.type() === 'error' && loud.push(line.text())));
    await page.goto('/sign-in');
    await page.getByLabel('Email address').first().fill(anne);
    await page.getByLabel('Password').fill(good);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Account of Volts & Fils' }).waitFor();
    await soundPage(page);
    await page.getByRole('link', { name: 'All receipts, the history and the renewals to come' }).click();
    await page.getByRole('img', { name: /^The balance and the renewals/ }).waitFor();
    await soundPage(page);
    const [number = ''] = await receipts();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: `${number} (PDF)` })
        .first()
        .click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${number}.pdf`);
    expect(loud).toEqual([]);
    await page.context().close();
  });
});
