/**
 * The story of a device begun in Discord, for somebody the desk has never heard of: two mails, a first password, data,
 * active (E2–E6, E8).
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { say, startGround, type Ground } from '../bot/ground.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { dovecotMissing } from '../servers/dovecot.js';
import { inBrowser } from '../web/ground.js';
import {
  button,
  expectSound,
  linkIn,
  manufacture,
  signIn,
  startClient,
  startMailing,
  type Client,
  type Mailing,
} from './mailing-ground.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const [nora, ivo] = ['nora@maison.test', 'ivo@alarmes.test'];
const pair = { codeId: 'EL-7F31', mac: '00:1D:5A:7F:31:02', model: 'Hub 4' };

describe.skipIf(dovecotMissing)(`with real mailboxes ${dovecotMissing ?? ''}`, () => {
  inBrowser('a device for a new client, from Discord', () => {
    let ground: Ground;
    let mailing: Mailing;
    let client: Client;
    let installer: DoubleUser;
    beforeAll(async () => {
      ground = await startGround();
      mailing = await startMailing(ground, [nora]);
      client = await startClient(ground.open);
      await manufacture(ground.open, pair);
    });
    afterAll(async () => {
      await client.close();
      await mailing.close();
      await ground.stop();
      expect(client.faults).toEqual([]);
      expectSound(ground);
    });

    test('from registering to active', async () => {
      installer = await ground.linked({ name: 'Ivo', email: ivo });
      const registered = await say(installer, 'installer register', {
        ...{ company: 'Alarmes & Fils', 'last-name': 'Moreau', 'first-name': 'Ivo', phone: '01 23 45 67 89' },
      });
      expect(registered.answer.content).toContain(ivo);
      const typed = { 'code-id': 'el-7f31', mac: '001d.5a7f.3102', 'web-address': 'box-7f31.example.com', email: nora };
      const checked = await say(installer, 'device check', typed);
      expect(checked.answer.content).toMatch(/V-\d{6}/);
      const [device = ''] = /V-\d{6}/.exec(checked.answer.content) ?? [];
      await mailing.leave();
      expect(await mailing.post.inbox(nora)).toEqual([]);
      const added = await say(installer, 'device add', {
        ...typed,
        ...{ 'last-name': 'Petit', 'first-name': 'Nora', street: '8 rue Basse', zip: '44000', city: 'Nantes' },
        country: 'France',
      });
      expect(added.answer.content).toContain(device);
      await mailing.leave();

      // two mails, neither of which has what the other tells
      const inbox = await mailing.post.inbox(nora);
      expect(inbox).toHaveLength(2);
      const credentials = inbox.find(({ text }) => /Mot de passe/.test(text ?? ''));
      const activation = inbox.find(({ text }) => text?.includes('/t/'));
      expect(activation).not.toBe(credentials);
      expect(credentials?.text).toContain(nora);
      expect(credentials?.text).not.toContain('/t/');
      const password = /Mot de passe\s*:\s*`?(\S+?)`?\s/.exec(credentials?.text ?? '')?.[1] ?? '';
      expect(password).not.toBe('');
      expect(activation?.text).not.toContain(password);
      const sent = await say(installer, 'device show', { device });
      expect(sent.answer.content).toMatch(/lien envoyé/i);

      // the link, in a browser
      const { page } = client;
      await page.goto(linkIn(activation, '/t/'));
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Activer votre dispositif');
      expect(await page.locator('main').textContent()).toContain('Alarmes & Fils');
      await button(page, 'Se connecter').click();
      await signIn(page, { email: nora, password });
      expect(new URL(page.url()).pathname).toBe('/password');
      await page.getByLabel('Mot de passe').fill('une phrase assez longue');
      await button(page, 'Enregistrer le mot de passe').click();
      expect(page.url()).toBe(linkIn(activation, '/t/'));
      expect(await page.getByLabel('Ville').inputValue()).toBe('Nantes');
      await page.getByLabel('Ville').fill('');
      await button(page, 'Confirmer et activer').click();
      expect(await page.getByRole('alert').textContent()).toContain('Ville');
      await page.getByLabel('Ville').fill('Rezé');
      await page.getByLabel('Téléphone').fill('02 40 00 00 00');
      await button(page, 'Confirmer et activer').click();
      expect(new URL(page.url()).pathname).toBe('/me');
      expect(await page.getByRole('status').first().textContent()).toMatch(/^Votre dispositif EL-7F31 est actif\.$/i);

      // its installer is told, and sees where it stands, with what became of each mail
      await mailing.leave();
      expect(installer.dms.at(-1)?.content).toContain(device);
      const shown = (await say(installer, 'device show', { device })).answer.content;
      expect(shown).toMatch(/actif/i);
      const data = await ground.operator('device show', { device }, ivo);
      if (!data.ok) throw new Error('not shown');
      expect(data.data).toMatchObject({ state: 'active', city: 'Rezé', account: 'created' });
      const timeline = data.data['timeline'] as { state: string }[];
      expect(timeline.map(({ state }) => state)).toEqual(['checked', 'registered', 'link-sent', 'opened', 'active']);
      const mails = data.data['mails'] as { letter: string; state: string; recipient: string }[];
      expect(
        mails
          .filter(({ recipient }) => recipient === nora)
          .map(({ letter, state }) => [letter, state])
          .sort(),
      ).toEqual([
        ['device-activation', 'sent'],
        ['device-credentials', 'sent'],
      ]);
      // the link has served
      await page.goto(linkIn(activation, '/t/'));
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Votre dispositif est déjà actif');
    });
  });
});
