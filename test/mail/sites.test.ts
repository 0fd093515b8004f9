/** D5 by mail: a change is shown old → new, confirmed with OK, and decided by a reply of sales. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, type House, type Posted } from './house.js';

let house: House;
let ann: TestReseller;
let sales: string;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  ann = await newReseller(house.desk, {}, { company: 'Ann & Cie' });
  sales = await newStaff(house.desk, 'sales');
  const table = `number;reseller;generation;product-line;site-name;site-city\nS-7;${ann.ref};one;erp;Usine Élan;Lyon\n`;
  const file = { name: 'sites.csv', type: 'text/csv', content: Buffer.from(table) };
  await house.desk.done('site import', { file, yes: 'yes' });
  await house.deliver();
});
afterAll(() => house.close());

const textOf = (mail: ReceivedMail | undefined): string => (mail?.parsed.text ?? '').replaceAll('\u00a0', ' ');
const to = (mails: readonly ReceivedMail[], who: string) => mails.find(({ envelope }) => envelope.to.includes(who));
const replyTo = (mail: ReceivedMail | undefined): Posted => ({
  to: mail?.parsed.replyTo?.value[0]?.address ?? '',
  subject: `Re: ${mail?.parsed.subject ?? ''}`,
  headers: [`In-Reply-To: ${mail?.parsed.messageId ?? ''}`],
});
const city = async () => (await house.desk.done('site show', { number: 'S-7' }))['siteCity'];

test('a list by mail has the chosen columns, with filters in French', async () => {
  const form = 'Commande: site list\nColonnes: Site, Nom du site\nFiltre: Ville du site=LYON, Nom du site~élan';
  const answer = textOf(to(await house.mail(form, { from: ann.email }), ann.email));
  expect(answer).toContain('1 site trouvé.');
  expect(answer).toMatch(/S-000007.*Usine Élan/s);
  expect(answer).not.toContain('Génération');
});

test('old and new are shown, OK asks sales, OK of sales does it, and the asker is told', async () => {
  const form = 'Commande: site change\nNuméro: 7\nVille du site: Vénissieux\nFonction: Gérante';
  const preview = to(await house.mail(form, { from: ann.email }), ann.email);
  expect(textOf(preview)).toMatch(/^site change : à valider/);
  expect(textOf(preview)).toMatch(/Ville du site : Lyon → Vénissieux/);
  expect(textOf(preview)).toMatch(/Fonction : – → Gérante/);
  expect(await city()).toBe('Lyon');

  const asked = await house.mail('OK\n', { ...replyTo(preview), from: ann.email });
  expect(textOf(to(asked, ann.email))).toContain('A-000001');
  const question = to(asked, sales);
  expect(textOf(question)).toContain('Ville du site : Lyon → Vénissieux');
  expect(await city()).toBe('Lyon');

  const decided = await house.mail('OK\n', { ...replyTo(question), from: sales });
  expect(textOf(to(decided, sales))).toMatch(/^approval approve : fait/);
  const told = to(decided, ann.email);
  expect(told?.parsed.subject?.replaceAll('\u00a0', ' ')).toBe('S-000007 : votre modification est faite');
  expect(textOf(told)).toContain('Ville du site : Lyon → Vénissieux');
  expect(await city()).toBe('Vénissieux');
});
