/**
 * A domain's story from Discord to its renewal: a company becomes a reseller, a domain is ordered for a customer, staff
 * carry it out by a button, the owner confirms its address in a browser, and a year later it is reminded of and renewed by
 * itself (G1–G4, G6). Mails are sent by SMTP and read over IMAP.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { jobsOf } from '../../src/core/jobs.js';
import { createSchedule } from '../../src/core/database/schedule.js';
import { say, startGround, whole, type Ground } from '../bot/ground.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { dovecotMissing } from '../servers/dovecot.js';
import { inBrowser } from '../web/ground.js';
import { button, expectSound, linkIn, startClient, startMailing, type Client, type Mailing } from './mailing-ground.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const [lea, max] = ['lea@ateliers.test', 'max@boutique.test'];
const name = 'boutique-max.com';
const dayMs = 86_400_000;
/** Today, as it begins. */
const begun = Math.floor(Date.now() / dayMs) * dayMs;

describe.skipIf(dovecotMissing)(`with real mailboxes ${dovecotMissing ?? ''}`, () => {
  inBrowser('a domain, from Discord', () => {
    let ground: Ground;
    let mailing: Mailing;
    let client: Client;
    let owner: DoubleUser;
    let boss: DoubleUser;
    beforeAll(async () => {
      ground = await startGround();
      mailing = await startMailing(ground, [lea, max]);
      client = await startClient(ground.open);
      boss = await ground.staff('Boss');
      owner = await ground.linked({ name: 'Léa', email: lea });
    });
    afterAll(async () => {
      await client.close();
      await mailing.close();
      await ground.stop();
      expect(client.faults).toEqual([]);
      expectSound(ground);
    });

    const found = (content: string, shape: RegExp): string => {
      const [number] = shape.exec(content) ?? [];
      if (number === undefined) throw new Error(`no ${shape} in ${content}`);
      return number;
    };

    /** The newest notice of a task in the channel, carried out by a button and the form it opens. */
    async function carriedOut(task: string): Promise<void> {
      await mailing.leave();
      const notice = ground.double
        .channel(ground.approvalsChannel.id)
        .messages.findLast(({ content }) => content.includes(task));
      if (!notice) throw new Error(`${task} is not in the channel`);
      const opener = await boss.press(notice, 'Fait');
      const day = ground.open.desk.clock().toISOString().slice(0, 10);
      const done = await whole(boss.submit(opener, { Date: day, 'Référence du bureau': 'REG-17' }));
      expect(done.answer.content).toContain(task);
    }

    const shown = async () => {
      const outcome = await ground.operator('domain show', { domain: name }, lea);
      return (outcome.ok ? outcome.data : {}) as { state: string; expiresOn: string; ownerState: string };
    };

    /** What happens by itself at noon of the day that is so many ahead, whatever the hour of this run. */
    async function after(days: number): Promise<void> {
      ground.skewMs = begun + (days + 0.5) * dayMs - Date.now();
      const failures: unknown[] = [];
      const { desk } = ground.open;
      const schedule = createSchedule({
        ...{ database: desk.database, clock: desk.clock },
        jobs: jobsOf(desk, async () => undefined),
        onError: (error) => failures.push(error),
      });
      await schedule.tick();
      expect(failures).toEqual([]);
      await mailing.leave();
    }

    test('from an organisation to a renewal a year later', async () => {
      // a company becomes a reseller, and its balance is topped up
      const created = await say(owner, 'org create', { name: 'Ateliers Léa', type: 'company', country: 'France' });
      const org = found(created.answer.content, /G-\d{6}/);
      const refused = await say(owner, 'org become-reseller', { org, 'accept-terms': true, confirm: 'Ateliers' });
      expect(refused.answer.content).not.toContain('désormais revendeur');
      const became = await say(owner, 'org become-reseller', { org, 'accept-terms': true, confirm: 'Ateliers Léa' });
      expect(became.answer.content).toContain('définitif');
      await ground.operator('billing topup', { reseller: org, amount: '60', payment: 'VIR-1' });

      // a domain for a customer
      const added = await say(owner, 'customer add', {
        ...{ type: 'individual', email: max, 'last-name': 'Roy', 'first-name': 'Max', street: '8 rue Basse' },
        ...{ zip: '44000', city: 'Nantes', country: 'France', phone: '02 40 00 00 00' },
      });
      const customer = found(added.answer.content, /C-\d{6}/);
      const ordered = await say(owner, 'domain register', { domain: name, customer, 'auto-renew': true });
      const task = found(ordered.answer.content, /W-\d{6}/);
      expect(await shown()).toMatchObject({ state: 'requested' });
      await carriedOut(task);
      await mailing.leave();
      expect(owner.dms.at(-1)?.content).toContain(name);
      const { expiresOn } = await shown();
      expect(await shown()).toMatchObject({ state: 'active', ownerState: 'pending' });

      // its owner is asked, and a look at the link confirms nothing
      const [asked, ...more] = await mailing.post.inbox(max);
      expect(more).toEqual([]);
      const link = linkIn(asked, '/t/');
      const { page } = client;
      await page.goto(link);
      expect(await page.locator('main').textContent()).toContain(name);
      expect(await shown()).toMatchObject({ ownerState: 'pending' });
      await button(page, 'Confirmer cette adresse').click();
      expect(await page.locator('main').textContent()).toContain('vérifiée');
      expect(await shown()).toMatchObject({ ownerState: 'verified' });
      // nothing is suspended afterwards
      await after(20);
      expect(await shown()).toMatchObject({ state: 'active' });

      // thirty days before, one mail; ten days before, it draws on the balance by itself
      const before = (await mailing.post.inbox(lea)).length;
      const yearDays = (Date.parse(expiresOn) - begun) / dayMs;
      await after(yearDays - 30);
      await after(yearDays - 29);
      const reminders = (await mailing.post.inbox(lea))
        .slice(before)
        .filter(({ subject }) => /échéance/.test(subject ?? ''));
      expect(reminders).toHaveLength(1);
      expect(reminders[0]?.text).toContain(name);
      await after(yearDays - 10);
      await after(yearDays - 9);
      const waiting = await ground.operator('billing orders', {}, lea);
      const tasks = (waiting.ok ? waiting.data['items'] : []) as { task: string; kind: string }[];
      expect(tasks.map(({ kind }) => kind)).toEqual(['renew']);
      await carriedOut(tasks[0]?.task ?? '');
      const [year = '', ...rest] = expiresOn.split('-');
      expect(await shown()).toMatchObject({ state: 'active', expiresOn: [Number(year) + 1, ...rest].join('-') });
      const receipts = await ground.operator('billing receipts', {}, lea);
      expect(receipts.ok && receipts.data['total']).toBe(3);
    });
  });
});
