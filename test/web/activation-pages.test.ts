/** The activation page in a browser (E6): by keyboard, read by axe, on a phone, printed, in both languages. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ground, hours, inBrowser, startBrowser, type Ground } from './ground.js';
import { client, deviceRow, enrol, given, good, newInstaller, settled, type Enrolled } from './activation-ground.js';
import { soundPage } from './sound.js';

// every page is read by axe twice
vi.setConfig({ testTimeout: 120_000 });

inBrowser('in a browser', () => {
  let browser: Browser;
  let desk: Ground;
  let page: Page;
  let device: Enrolled;
  let loud: string[];
  let asked: string[];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    desk = await ground();
    await newInstaller(desk);
    device = await enrol(desk, client, given);
    loud = [];
    asked = [];
  });
  afterEach(async () => {
    await page.context().close();
    // nothing was blocked by the page's own policy, nothing was fetched from elsewhere, no address told where from
    expect(loud).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(desk.web.url))).toEqual([]);
    expect(desk.faults).toEqual([]);
    await desk.close();
  });

  async function opened(locale: 'en-GB' | 'fr-FR'): Promise<void> {
    page = await desk.page(browser, { locale, viewport: { width: 375, height: 667 } });
    page.on('pageerror', (error) => void loud.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !/status of 4(03|10|22)/.test(line.text())) loud.push(line.text());
    });
    page.on('request', (request) => {
      asked.push(request.url());
      const { referer } = request.headers();
      if (referer?.includes('/t/')) loud.push(`${request.url()} was told ${referer}`);
    });
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = () => page.getByRole('heading', { level: 1 }).textContent();

  it('every page of the way, in French, on a phone', async () => {
    await opened('fr-FR');
    await page.goto(device.path);
    expect(await heading()).toBe('Activer votre dispositif');
    await soundPage(page);
    await press('Se connecter');
    await page.getByLabel('Adresse e-mail').first().fill(client);
    await page.getByLabel('Mot de passe').fill(device.password);
    await press('Se connecter');
    // the account speaks English, and so does what follows
    await page.getByLabel('Password').fill(good);
    await press('Save the password');
    expect(new URL(page.url()).pathname).toBe(device.path);
    await page.getByLabel('Language').selectOption('fr');
    await page.getByLabel('City').fill('');
    await page.getByLabel('Country').fill('Atlantis');
    await soundPage(page);
    await press('Confirm and activate');
    expect(await page.title()).toMatch(/^Error – /);
    // the faults are read out at once, and lead to their fields
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    await soundPage(page);
    await page.getByRole('link', { name: 'City is needed' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('activation-city');
    expect(await page.getByLabel('Country').inputValue()).toBe('Atlantis');
    await page.getByLabel('City').fill('Rennes');
    await page.getByLabel('Country').fill('France');
    await press('Confirm and activate');
    expect(new URL(page.url()).pathname).toBe('/me');
    expect(await page.getByText(`Votre dispositif ${device.codeId} est actif.`).count()).toBe(1);
    await page.goto(device.path);
    expect(await heading()).toBe('Votre dispositif est déjà actif');
    await soundPage(page);
  });

  it('needs no mouse', async () => {
    const known = 'ada@maison.example';
    await settled(desk, known);
    device = await enrol(desk, known, given);
    await opened('en-GB');
    await page.goto(device.path);
    const focused = () =>
      page.evaluate<string>('(document.activeElement.name || document.activeElement.textContent).trim()');
    const to = async (name: string) => {
      for (let stops = 0; stops < 40; stops += 1) {
        await page.keyboard.press('Tab');
        // whoever walks sees where they are
        expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
        if ((await focused()) === name) return;
      }
      throw new Error(`no way to ${name}`);
    };
    const enter = (path: string) => Promise.all([page.waitForURL(`**${path}`), page.keyboard.press('Enter')]);
    await to('Sign in');
    await Promise.all([page.waitForURL(/sign-in/), page.keyboard.press('Enter')]);
    await to('email');
    await page.keyboard.type(known);
    await to('password');
    await page.keyboard.type(good);
    await enter(device.path);
    for (const [name, value] of Object.entries(given)) {
      await to(name);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(value);
    }
    await to('Confirm and activate');
    await enter('/me');
    expect(await deviceRow(desk, device)).toMatchObject({ state: 'active' });
  });

  it('somebody else signs out of it, and comes back as the client', async () => {
    await settled(desk, 'bob@ohms.example');
    await opened('en-GB');
    await page.goto('/sign-in');
    await page.getByLabel('Email address').first().fill('bob@ohms.example');
    await page.getByLabel('Password').fill(good);
    await press('Sign in');
    await page.goto(device.path);
    expect(await heading()).toBe('This link is for another account');
    await soundPage(page);
    await press('Sign out');
    expect(await page.getByRole('status').textContent()).toBe('You are signed out.');
    await page.getByLabel('Email address').first().fill(client);
    await page.getByLabel('Password').fill(device.password);
    await press('Sign in');
    expect(new URL(page.url()).pathname).toBe('/password');
  });

  it('on paper it says what it is about', async () => {
    await opened('en-GB');
    await page.goto(device.path);
    await page.emulateMedia({ media: 'print' });
    const seen = await page.locator('main').innerText();
    for (const text of ['Activate your device', device.codeId, 'Hub 4', 'Alarmes <b>& Fils'])
      expect(seen).toContain(text);
    expect(await page.getByRole('button', { name: 'Sign in' }).isVisible()).toBe(false);
  });

  it('a link that has ended says what to do', async () => {
    desk.pass(15 * 24 * hours);
    await opened('fr-FR');
    await page.goto(device.path);
    expect(await heading()).toBe('Ce lien ne sert plus');
    expect(await page.locator('main').innerText()).toContain('Demandez à votre installateur');
    await soundPage(page);
    await page.goto(`${device.path}x`);
    expect(await page.locator('main').innerText()).toContain('Si un installateur vous l’a fait envoyer');
    await soundPage(page);
  });
});
