/** What people read before they decide has names, labels and dates in their form, wherever they read it (X3, X9). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approvalsOf } from '../../src/core/programmes/approvals/card.js';
import { cardMessage } from '../../src/bot/approvals.js';
import { commands } from '../../src/core/programmes/index.js';
import { databases } from '../servers/databases.js';
import { newReseller, newStaff, openTestDesk, type TestDesk } from './ground.js';
import { existingSiteOrder, newDeciders, newPartner, newSite } from './order-ground.js';

type Lines = { label: string; value: string }[];

describe.each(databases())('requests on $name', (provider) => {
  let desk: TestDesk;
  beforeAll(async () => void (desk = await openTestDesk(provider)));
  afterAll(() => desk.close());

  /** What the request says in the letter that asks, with `approval show` and in the channel; all alike. */
  async function everywhere(approval: string, as: string): Promise<Readonly<Record<string, string>>> {
    const shown = (await desk.done('approval show', { number: approval }, { as }))['summary'] as Lines;
    const asked = (await desk.letters()).filter(
      ({ letter, object }) => letter === 'approval-asked' && object === approval,
    );
    expect(asked.length).toBeGreaterThan(0);
    for (const { params } of asked) expect(params['summary']).toEqual(shown);
    const card = await approvalsOf(desk.desk, commands).card(Number(approval.slice(2)), 'fr');
    expect(card?.summary).toEqual(shown.slice(1));
    const { content } = card ? cardMessage(card, { locale: 'fr', timeZone: 'Europe/Paris' }) : { content: '' };
    for (const { value } of shown.slice(1)) expect(content).toContain(value.split(/[*_|@.]/)[0]);
    return Object.fromEntries(shown.map(({ label, value }) => [label, value]));
  }

  test('an order: its type, origin and solution by name, its dates in words, and no key of ours', async () => {
    const { email, ref } = await newPartner(desk);
    const staff = await newDeciders(desk);
    const site = await newSite(desk, ref, { 'site-country': 'BE' });
    const drafted = await desk.done('order new', existingSiteOrder(site), { as: email });
    const { approval } = await desk.done('order submit', { number: String(drafted['order']) }, { as: email });
    const told = await everywhere(String(approval), staff.sales);
    expect(told).toMatchObject({
      Type: 'Commande additionnelle',
      Origine: 'Site existant',
      Génération: 'Infinity V10 - Weavy V5',
      Solution: 'ERP Infinity V10',
      'Date de livraison': '1er décembre 2026',
      'Pays du site': 'Belgique',
      Site: site,
    });
    expect(Object.keys(told).filter((label) => /^[a-z]+[A-Z-]/.test(label))).toEqual([]);
    expect(Object.values(told).filter((value) => /^\d{4}-\d\d-\d\d|existing-site|v10-erp/.test(value))).toEqual([]);
  });

  test('a withdrawal: its product by name; the letter that tells the decision too', async () => {
    const stock = await newStaff(desk, 'stock');
    const admin = await newStaff(desk, 'admin');
    const { ref } = await newReseller(desk, { pro: 2 });
    const { approval } = await desk.done(
      'stock withdraw',
      { reseller: ref, product: 'pro', quantity: '1', reason: 'rendu' },
      { as: stock },
    );
    const told = await everywhere(String(approval), admin);
    expect(told).toMatchObject({ Licence: 'Service Pack Pro', Quantité: '1', Motif: 'rendu' });
    const [letter] = await desk.queuedBy(() =>
      desk.done('approval refuse', { number: String(approval), reason: 'non merci' }, { as: admin }),
    );
    const decided = [letter, ...(await desk.letters())].find(
      (one) => one?.letter === 'approval-decided' && one.object === approval,
    );
    expect(decided?.params['summary']).toContainEqual({ label: 'Licence', value: 'Service Pack Pro' });
  });

  test('a change of a site: the country by name, before and after', async () => {
    const { email, ref } = await newPartner(desk);
    const staff = await newDeciders(desk);
    const site = await newSite(desk, ref);
    const change = { number: site, 'site-country': 'BE' };
    await desk.done('site change', change, { as: email });
    const { approval } = await desk.done('site change', { ...change, yes: 'yes' }, { as: email });
    expect(await everywhere(String(approval), staff.sales)).toMatchObject({ 'Pays du site': 'France → Belgique' });
  });
});
