/**
 * The story of a device ordered by mail, for somebody who has an account with data already: one mail, sign in, confirm,
 * active (E2–E6, E8).
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHouse, type House } from '../mail/house.js';
import { databases } from '../servers/databases.js';
import { dovecotMissing } from '../servers/dovecot.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { inBrowser } from '../web/ground.js';
import {
  button,
  linkIn,
  manufacture,
  signIn,
  startClient,
  startPost,
  type Client,
  type Post,
} from './mailing-ground.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const [paul, ivo] = ['paul@maison.test', 'ivo@alarmes.test'];
const pair = { codeId: 'EL-2A90', mac: '00:1D:5A:2A:90:00', model: 'Hub 4' };
const password = 'une phrase assez longue';

describe.skipIf(dovecotMissing)(`with real mailboxes ${dovecotMissing ?? ''}`, () => {
  inBrowser('a device for a known client, by mail', () => {
    let house: House;
    let post: Post;
    let client: Client;
    beforeAll(async () => {
      house = await openHouse(databases()[0]!);
      post = await startPost([paul, ivo]);
      client = await startClient(house.desk.open);
      await manufacture(house.desk.open, pair);
    });
    afterAll(async () => {
      await client.close();
      await post.close();
      await house.close();
      expect(client.faults).toEqual([]);
    });

    /** Lets everything leave, by SMTP and into the mailboxes. */
    const leave = async (mails?: ReceivedMail[]): Promise<void> => post.deliver(mails ?? (await house.deliver()));
    const write = async (lines: readonly string[]): Promise<void> =>
      leave(await house.mail(lines.join('\n'), { from: ivo, mailFrom: ivo, subject: 'Un dispositif' }));
    const answer = async (): Promise<string> => (await post.inbox(ivo)).at(-1)?.text ?? '';

    /** An account with data and a password, chosen by a mailed link. */
    async function known(): Promise<void> {
      const data = { 'last-name': 'Roux', 'first-name': 'Paul', street: '5 quai Nord', zip: '69001', city: 'Lyon' };
      await house.desk.done('account edit', { ...data, country: 'FR' }, { as: paul });
      await house.desk.done('account password', {}, { as: paul });
      await leave();
      const { page } = client;
      await page.goto(linkIn((await post.inbox(paul)).at(-1), '/t/'));
      await page.getByLabel('Mot de passe').fill(password);
      await button(page, 'Enregistrer le mot de passe').click();
      expect(new URL(page.url()).pathname).toBe('/me');
      await button(page, 'Se déconnecter').click();
      await leave();
    }

    test('from the order to active', async () => {
      await known();
      const before = (await post.inbox(paul)).length;
      await write([
        'Commande: installer register',
        ...['Société: Alarmes & Fils', 'Nom: Moreau', 'Prénom: Ivo', 'Téléphone: 01 23 45 67 89'],
      ]);
      // a mistyped pair is told, and mails nobody
      const order = (mac: string) => [
        'Commande : device add',
        ...[`Code ID : ${pair.codeId}`, `Adresse MAC : ${mac}`, 'Adresse web : http://box-2a90.example.com'],
        `E-mail : ${paul}`,
      ];
      await write(order('00-1D-5A-2A-90-01'));
      expect(await answer()).toContain(pair.codeId);
      expect(await post.inbox(paul)).toHaveLength(before);
      const rows = await house.desk.connection.reader.device.findMany();
      expect(rows.map(({ state, clientId }) => [state, clientId])).toEqual([['entered', null]]);
      await write(order('00-1D-5A-2A-90-00'));
      const [device = ''] = /V-\d{6}/.exec(await answer()) ?? [];
      expect(device).not.toBe('');

      // one mail: the link alone
      const [activation, ...more] = (await post.inbox(paul)).slice(before);
      expect(more).toEqual([]);
      expect(activation?.text).toContain('Alarmes & Fils');
      expect(activation?.text).not.toMatch(/mot de passe\s*:/i);
      expect(await house.desk.done('device show', { device }, { as: ivo })).toMatchObject({
        ...{ state: 'link-sent', account: 'existing' },
      });

      const { page } = client;
      await page.goto(linkIn(activation, '/t/'));
      await button(page, 'Se connecter').click();
      await signIn(page, { email: paul, password });
      expect(page.url()).toBe(linkIn(activation, '/t/'));
      const values = ['Nom', 'Prénom', 'Adresse', 'Code postal', 'Ville'].map((label) =>
        page.getByLabel(new RegExp(`^${label}`)).inputValue(),
      );
      expect(await Promise.all(values)).toEqual(['Roux', 'Paul', '5 quai Nord', '69001', 'Lyon']);
      await button(page, 'Confirmer et activer').click();
      expect(new URL(page.url()).pathname).toBe('/me');
      expect(await page.getByRole('status').first().textContent()).toContain(pair.codeId);

      await leave();
      expect(await answer()).toContain(pair.codeId);
      const shown = await house.desk.done('device show', { device }, { as: ivo });
      expect(shown).toMatchObject({ state: 'active', city: 'Lyon' });
      expect((shown['timeline'] as { state: string }[]).map(({ state }) => state)).toEqual(
        expect.arrayContaining(['checked', 'registered', 'link-sent', 'opened', 'active']),
      );
      expect(await house.desk.done('device list', {}, { as: paul })).toMatchObject({
        items: [{ device, state: 'active' }],
      });
    });
  });
});
