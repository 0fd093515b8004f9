/** The pages in a browser: walked by keyboard, read by axe, narrow and dark. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { DeskPart } from '../../src/web/server.js';
import { ground, inBrowser, reseller, startBrowser, type Ground } from './ground.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const good = 'a phrase that is long enough';

const sent = [{ id: 'one.eml', at: '2026-11-30T09:00:00Z', to: 'zoe@maison.example', subject: 'Your order' }];
const part: DeskPart = {
  token: 'token',
  mails: {
    list: () => Promise.resolve([...sent]),
    read: () =>
      Promise.resolve({
        headers: { Subject: 'Your order', To: 'zoe@maison.example' },
        text: 'Hello',
        html: '<!doctype html><html lang="en"><title>m</title><p style="color:#060">Hello <a href="https://desk.example/">here</a></p><script>document.title = "ran"</script></html>',
      }),
  },
};

/** What a function that runs in the page uses of it. */
interface Window {
  getComputedStyle(of: unknown): { readonly color: string };
}

// every page is read by axe twice
vi.setConfig({ testTimeout: 120_000 });

inBrowser('in a browser', () => {
  let browser: Browser;
  let desk: Ground;
  let page: Page;
  let loud: string[];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    desk = await ground({ desk: part });
    loud = [];
    page = await watched();
  });
  afterEach(async () => {
    await page.context().close();
    // nothing was blocked by the page's own policy, no script failed
    expect(loud).toEqual([]);
    expect(desk.faults).toEqual([]);
    await desk.close();
  });

  async function watched(options = {}): Promise<Page> {
    const made = await desk.page(browser, options);
    made.on('pageerror', (error) => void loud.push(error.message));
    made.on('console', (line) => {
      // a refused form is an answer with a status of its own
      if (line.type() === 'error' && !/status of 4(03|10|22|29|04)/.test(line.text())) loud.push(line.text());
    });
    return made;
  }

  interface Violation {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }

  /** No serious fault for people with assistive technology, nothing wider than a phone, in the light and in the dark. */
  async function sound(at: Page = page): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await at.emulateMedia({ colorScheme });
      await at.evaluate(axeSource);
      const violations = await at.evaluate<Violation[]>(
        'axe.run(document, { iframes: false }).then(({ violations }) => violations)',
      );
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        at.url(),
      ).toEqual([]);
    }
    const size = at.viewportSize();
    await at.setViewportSize({ width: 320, height: 640 });
    expect(await at.evaluate('document.documentElement.scrollWidth'), `${at.url()} at 320 pixels`).toBeLessThanOrEqual(
      320,
    );
    if (size) await at.setViewportSize(size);
  }

  it('first sign-in, the choice of a password, the profile', async () => {
    const who = await reseller(desk);
    await page.goto('/sign-in');
    await sound();
    await page.getByLabel('Email address').first().fill(who.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Wrong address or password');
    await sound();
    await page.getByLabel('Password').fill(who.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(new URL(page.url()).pathname).toBe('/password');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Save the password' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('password');
    await sound();
    await page.getByLabel('Password').fill(good);
    await page.getByRole('button', { name: 'Save the password' }).click();
    expect(new URL(page.url()).pathname).toBe('/me');
    await desk.run(
      'declare new',
      {
        product: 'pro',
        email: 'zoe@maison.example',
        'last-name': 'Durand',
        'first-name': 'Zoé',
        'order-number': 'F-1',
      },
      who.email,
    );
    await page.reload();
    await page.getByText('Open the form').click();
    await sound();
    await page.getByRole('button', { name: 'Declare' }).click();
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    await page.getByRole('link', { name: 'Last name is needed' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('declare-new-last-name');
    await sound();
    await page.getByLabel('Phone').fill('01 23 45 67 89');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Your changes are saved.');
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.getByRole('status').textContent()).toBe('You are signed out.');
  });

  it('a mailed link: from the letter to the pack on the account', async () => {
    const who = await reseller(desk);
    await desk.run(
      'declare new',
      {
        product: 'pro',
        email: 'zoe@maison.example',
        'last-name': 'Durand',
        'first-name': 'Zoé',
        'order-number': 'F-1',
        locale: 'fr',
      },
      who.email,
    );
    const path = await desk.link('zoe@maison.example');
    const [letter] = await desk.mails('zoe@maison.example');
    await page.goto(path);
    await sound();
    await page.getByLabel('Password').fill(good);
    await page.getByRole('button', { name: 'Save the password' }).click();
    expect(new URL(page.url()).pathname).toBe('/me');
    await page.getByLabel('Numéro').fill('PP0');
    await page.getByRole('button', { name: 'Ajouter' }).click();
    await sound();
    await page.getByLabel('Numéro').fill(String(letter?.params['pack']));
    await page.getByRole('button', { name: 'Ajouter' }).click();
    expect(await page.getByRole('region', { name: 'Mes service packs' }).textContent()).toContain('Service Pack Pro');
    await sound();
    await page.goto(path);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ce lien ne sert plus');
    await sound();
  });

  it('sign-in takes no mouse', async () => {
    const who = await reseller(desk);
    await page.goto('/sign-in');
    const focused = () =>
      page.evaluate<string>('(document.activeElement.textContent || document.activeElement.name).trim()');
    const walk: string[] = [];
    for (let stops = 0; stops < 3; stops += 1) {
      await page.keyboard.press('Tab');
      walk.push(await focused());
      // whoever walks sees where they are
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    }
    expect(walk).toEqual(['Skip to content', 'Maison Lumen', 'email']);
    await page.keyboard.type(who.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(who.password);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Sign in');
    await Promise.all([page.waitForURL('**/password'), page.keyboard.press('Enter')]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });

  it('the desk: a command, its approval, a mail; and news without reloading', async () => {
    const who = await reseller(desk);
    await desk.run('staff grant', { email: 'boss@x.example', role: 'admin' });
    await page.goto('/desk?token=token');
    expect(page.url()).toBe(`${desk.web.url}/desk`);
    await sound();
    await page.getByLabel('Command', { exact: true }).selectOption('stock withdraw');
    await page.getByRole('button', { name: 'Open the form' }).click();
    await page.getByLabel('Reseller').fill(who.email);
    await page.getByLabel('Product').selectOption('pro');
    await page.getByRole('button', { name: 'Run' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Quantity is needed');
    await sound();
    await page.getByLabel('Quantity').fill('1');
    await page.locator('#command-form-reason').fill('broken');
    await page.getByRole('button', { name: 'Run' }).click();
    expect(await page.getByRole('status').textContent()).toContain('Request A-000001 waits');
    await sound();
    await page.getByLabel('Acting as').selectOption('boss@x.example');
    await page.getByRole('button', { name: 'Open the form' }).click();
    await page.getByRole('button', { name: 'Approve A-000001' }).click();
    expect(await page.getByRole('status').textContent()).toContain('A-000001 is approved and carried out.');

    await desk.run('stock withdraw', { reseller: who.email, product: 'pro', quantity: '1', reason: 'again' });
    await page.getByText('A-000002').first().waitFor();

    await page.getByRole('link', { name: 'Your order' }).click();
    await sound();
    const frame = page.frameLocator('iframe');
    expect(await frame.locator('p').textContent()).toBe('Hello here');
    expect(
      await frame.locator('p').evaluate((p: unknown) => (globalThis as unknown as Window).getComputedStyle(p).color),
    ).toBe('rgb(0, 102, 0)');
    // the one thing that was to be blocked
    expect(loud.splice(0)).toEqual([
      expect.stringMatching(/Blocked script execution|violates the following Content Security Policy/),
    ]);
  });

  it('without scripts everything is there', async () => {
    const who = await reseller(desk);
    const plain = await watched({ javaScriptEnabled: false });
    await plain.goto('/desk?token=token');
    await plain.getByLabel('Command', { exact: true }).selectOption('stock show');
    await plain.getByRole('button', { name: 'Open the form' }).click();
    await plain.getByLabel('Reseller').fill(who.email);
    await plain.getByRole('button', { name: 'Run' }).click();
    expect(await plain.getByRole('status').textContent()).toBe('Stock of Volts & Fils.');
    await plain.context().close();
  });

  it('pages that say no', async () => {
    await page.goto('/nowhere');
    await sound();
    await page.goto('/desk?token=wrong');
    await sound();
  });
});
