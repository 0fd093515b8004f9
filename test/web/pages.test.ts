/** The pages in a browser: walked by keyboard, read by axe, narrow and dark. */
import type { Browser, Page } from 'playwright-core';
import { TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { DeskPart } from '../../src/web/server.js';
import { activeDevice, newInstaller } from '../core/device-ground.js';
import { ground, inBrowser, reseller, startBrowser, type Ground } from './ground.js';
import { soundPage } from './sound.js';

const good = 'a phrase that is long enough';

const sent = [{ id: 'one.eml', at: '2026-11-30T09:00:00Z', to: 'zoe@maison.example', subject: 'Your order' }];
const part: Omit<DeskPart, 'spend'> & { token: string } = {
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

  const sound = (at: Page = page): Promise<void> => soundPage(at);

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
    await page.getByRole('button', { name: 'Save', exact: true }).click();
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

  it('two-step sign-in: switched on with a picture or by hand, and asked for', async () => {
    const who = await reseller(desk);
    await page.goto('/sign-in');
    const signIn = async (password: string) => {
      await page.getByLabel('Email address').first().fill(who.email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await signIn(who.password);
    await page.getByLabel('Password').fill(good);
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('link', { name: 'Set up two-step sign-in' }).click();
    await sound();
    await page.getByLabel('Current password').fill('wrong');
    await page.getByRole('button', { name: 'Begin' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('This is not your current password.');
    await sound();
    await page.getByLabel('Current password').fill(good);
    await page.getByRole('button', { name: 'Begin' }).click();
    expect(await page.evaluate('document.querySelector("img").naturalWidth')).toBeGreaterThan(0);
    await sound();
    const secret = ((await page.locator('p.number').textContent()) ?? '').replaceAll(' ', '');
    const code = () => new TOTP({ secret }).generate({ timestamp: desk.open.desk.clock().getTime() });
    await page.getByLabel('Code').fill(code());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await sound();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('ul.codes li').first().isVisible()).toBe(true);
    await page.emulateMedia({ media: null });
    const recovery = (await page.locator('ul.codes li').first().textContent()) ?? '';
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await page.getByRole('link', { name: 'Manage two-step sign-in' }).click();
    await sound();
    await page.goto('/me');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(good);
    expect(new URL(page.url()).pathname).toBe('/sign-in/code');
    await sound();
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Go in' }).click();
    await page.getByRole('alert').waitFor();
    await sound();
    await page.getByLabel('Code').fill(recovery);
    await page.getByRole('button', { name: 'Go in' }).click();
    expect(new URL(page.url()).pathname).toBe('/me');
  });

  it('a client’s devices, what happens with them, and the end of an account', async () => {
    const installer = await newInstaller({ desk: desk.open.desk });
    const email = 'zoe@maison.example';
    await desk.run('account edit', { 'last-name': 'Durand', 'first-name': 'Zoé', locale: 'fr' }, email);
    await desk.run('account password', {}, email);
    const { personId } = await desk.open.connection.reader.address.findUniqueOrThrow({ where: { email } });
    const zoe = { personId, email };
    const device = await activeDevice({ desk: desk.open.desk }, { installer, client: zoe });
    await activeDevice({ desk: desk.open.desk }, { installer, client: zoe, state: 'link-sent' });
    await desk.run('device access', { device: 'V-000001', use: 'session' }, installer.email);
    await page.context().close();
    page = await watched({ locale: 'fr-FR' });
    await page.goto(await desk.link(email));
    await page.getByLabel('Mot de passe').fill(good);
    await page.getByRole('button', { name: 'Enregistrer le mot de passe' }).click();
    const devices = page.getByRole('region', { name: 'Mes dispositifs' });
    expect(await devices.textContent()).toContain('ouvrez le lien');
    await sound();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText('Durand').first().isVisible()).toBe(true);
    expect(await devices.isVisible()).toBe(true);
    expect(await page.getByRole('button').count()).toBe(0);
    await page.emulateMedia({ media: null });
    await devices.getByRole('button', { name: 'Mettre fin X-000001' }).press('Enter');
    expect(await page.getByRole('status').textContent()).toBe('L’accès X-000001 a pris fin.');
    await devices.getByRole('button', { name: `Refuser l’accès à distance ${device.codeId}` }).press('Space');
    await devices.getByRole('button', { name: `Permettre l’accès à distance ${device.codeId}` }).waitFor();
    await sound();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Télécharger mes données' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.json$/);
    await page.getByLabel('Confirmation').fill('someone@else.example');
    await page.getByRole('button', { name: 'Voir ce qui serait effacé' }).click();
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    await sound();
    await page.getByLabel('Confirmation').fill(email);
    await page.getByRole('button', { name: 'Voir ce qui serait effacé' }).click();
    expect(await page.evaluate('document.activeElement.getAttribute("aria-labelledby")')).toBe('preview');
    await sound();
    await page.getByRole('button', { name: 'Valider' }).click();
    await page.getByRole('heading', { level: 1, name: /effacé/ }).waitFor();
    await sound();
    await page.goto('/me');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('pages that say no', async () => {
    await page.goto('/nowhere');
    await sound();
    await page.goto('/desk?token=wrong');
    await sound();
  });
});
