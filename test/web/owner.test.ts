/** G4: the page behind an owner's link shows what is confirmed; only its button confirms, once, without an account. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newDomain } from '../core/owner-ground.js';
import { ground, hours, inBrowser, reseller, startBrowser, type Ground } from './ground.js';
import { soundPage } from './sound.js';

// every page is read by axe twice
vi.setConfig({ testTimeout: 60_000 });

const dayMs = 24 * hours;

let desk: Ground;
let orgId: number;
let count = 0;
/** Of the test's own owner, and the path of the link that was mailed. */
let owner: string;
let path: string;

beforeAll(async () => {
  desk = await ground();
  const { email } = await reseller(desk);
  ({ orgId } = await desk.open.connection.reader.membership.findFirstOrThrow({
    where: { person: { addresses: { some: { email } } } },
  }));
});
afterAll(() => desk.close());
afterEach(() => expect(desk.faults).toEqual([]));

async function asked(more: { locale?: 'fr' | 'en'; name?: string } = {}): Promise<void> {
  owner = `lea.${(count += 1)}@jardin.example`;
  await newDomain(desk.open, { orgId, email: owner, name: `jardin-${count}.com`, ...more });
  path = await desk.link(owner);
}
const stateOf = async () =>
  (await desk.open.connection.reader.ownerAddress.findUniqueOrThrow({ where: { email: owner } })).state;

describe('by requests', () => {
  beforeEach(() => asked());

  it('shows what is confirmed to whoever follows the link, and changes nothing', async () => {
    const before = await desk.open.connection.reader.oneTimeLink.findMany();
    const head = await desk.send({ method: 'HEAD', path });
    expect(head).toMatchObject({ status: 200, text: '' });
    // a scanner that takes every link and every form of the page with GET
    const { status, text, headers } = await desk.visitor().get(path);
    expect(status).toBe(200);
    expect(headers['referrer-policy']).toBe('no-referrer');
    for (const shown of [owner, 'jardin-1.com', 'Volts &amp; Fils', '15 December 2026', 'Confirm this address'])
      expect(text).toContain(shown);
    for (const [, href = ''] of text.matchAll(/(?:href|action)="(\/[^"]*)"/g)) await desk.send({ path: href });
    expect(await desk.open.connection.reader.oneTimeLink.findMany()).toEqual(before);
    expect(await stateOf()).toBe('pending');
  });

  it('confirms by its button, once; whoever comes second is told so calmly', async () => {
    const visitor = desk.visitor();
    const first = await visitor.post(path, {});
    expect(first.status).toBe(200);
    expect(first.text).toContain('Your address is confirmed');
    expect(await stateOf()).toBe('verified');
    expect(await visitor.get(path)).toMatchObject({ status: 410 });
    const again = await visitor.post(path, {}, { page: '/sign-in' });
    expect(again.status).toBe(200);
    expect(again.text).toContain('Your address is confirmed');
    const told = (await desk.mails('anne@volts.example')).filter(({ params }) => params['email'] === owner);
    expect(told.map(({ letter }) => letter)).toEqual(['owner-verified']);
  });

  it('takes no form of another site’s, and none without its mark', async () => {
    const origin = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' };
    expect((await desk.visitor().post(path, {}, { headers: origin })).status).toBe(403);
    const body = { method: 'POST', path, body: '_mark=guessed', headers: { ...origin, origin: desk.web.url } };
    expect((await desk.send(body)).status).toBe(403);
    expect(await stateOf()).toBe('pending');
  });

  it('of a link that has ended offers another one, mailed to the owner alone', async () => {
    desk.pass(15 * dayMs);
    const visitor = desk.visitor();
    const late = await visitor.get(path);
    expect(late.status).toBe(410);
    expect(late.text).toContain('Send me a new link');
    const confirmed = await visitor.post(path, {});
    expect(confirmed.status).toBe(410);
    expect(await stateOf()).toBe('pending');
    expect((await visitor.post(path, { _renew: 'yes' })).text).toContain('A new link is on its way');
    const next = await desk.link(owner);
    expect(next).not.toBe(path);
    for (let time = 0; time < 4; time += 1) await visitor.post(path, { _renew: 'yes' });
    const limited = await visitor.post(path, { _renew: 'yes' });
    expect(limited.status).toBe(429);
    expect(limited.text).toContain('At most five mails an hour');
    // each mail replaces the link before it
    expect((await visitor.get(next)).status).toBe(410);
    expect((await visitor.post(await desk.link(owner), {})).text).toContain('Your address is confirmed');
    expect((await visitor.post(path, { _renew: 'yes' }, { page: '/sign-in' })).text).toContain(
      'Your address is confirmed',
    );
  });

  it('is nobody’s when the link is unknown', async () => {
    expect((await desk.visitor().get('/t/unknown-token-of-nobody')).status).toBe(410);
  });
});

inBrowser('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(() => asked({ locale: 'fr', name: 'xn--bcher-kva.com' }));

  it('by keyboard, in the owner’s language, on a phone, read by axe', async () => {
    // the browser speaks English, the owner French
    const page = await desk.page(browser, { locale: 'en-GB', viewport: { width: 375, height: 667 } });
    const loud: string[] = [];
    page.on('pageerror', (error) => void loud.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !/status of 410/.test(line.text())) loud.push(line.text());
    });
    const heading = () => page.getByRole('heading', { level: 1 }).textContent();
    await page.goto(path);
    expect(await heading()).toBe('Confirmer votre adresse');
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    expect(await page.getByText('bücher.com').count()).toBe(1);
    await soundPage(page);
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Confirmer cette adresse');
    desk.pass(16 * dayMs);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ce lien ne sert plus' }).waitFor();
    await soundPage(page);
    await page.getByRole('button', { name: 'Recevoir un nouveau lien' }).click();
    expect(await heading()).toBe('Un nouveau lien est en route');
    await page.goto(await desk.link(owner));
    await page.getByRole('button', { name: 'Confirmer cette adresse' }).click();
    expect(await heading()).toBe('Votre adresse est confirmée');
    await soundPage(page);
    expect(await stateOf()).toBe('verified');
    expect(loud).toEqual([]);
    await page.context().close();
  });
});
