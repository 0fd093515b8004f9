/** What finishes an object takes more than its number: by mail its form asks for that, and a reply fills it in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withBaskets } from '../core/basket.js';
import type { Crate } from '../core/crate.js';
import { newReseller, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';
import { formIn, inThread, quote, textOf } from './replies.js';

let house: House;
let ada: TestReseller;
let rival: TestReseller;
beforeAll(async () => {
  house = await openHouse(databases()[0]!, { registry: withBaskets() });
  ada = await newReseller(house.desk, {}, { company: 'Ada' });
  rival = await newReseller(house.desk, {}, { company: 'Rival' });
  await house.deliver();
});
afterAll(() => house.close());

async function mail(text: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = posted.from ?? ada.email;
  const mails = await house.answers(written(text, { ...posted, from }), { ...posted, from });
  const [mine, ...more] = mails.filter(({ envelope }) => envelope.to.includes(from));
  expect(more).toEqual([]);
  return mine!;
}
const reply = (text: string, before: ReceivedMail): Promise<ReceivedMail> => mail(text, inThread(before));

async function crate(number: string): Promise<Crate> {
  const row = await house.desk.connection.reader.setting.findUnique({ where: { name: number } });
  return JSON.parse(row!.value) as Crate;
}
let count = 0;
const begin = async (): Promise<{ first: ReceivedMail; number: string }> => {
  count += 1;
  const first = await mail(`Commande : crate check\nNom du site : Usine ${count}\nE-mail du site : u@example.org\n`);
  return { first, number: /C-\d{6}/.exec(textOf(first))![0] };
};

test('the answer carries the form that finishes it: filled in where that is known, stars where it is needed', async () => {
  const { first } = await begin();
  expect(textOf(first)).toContain('répondez avec les lignes ci-dessous que vous remplissez');
  expect(formIn(first)).toBe(
    [
      'Commande : crate add',
      '# * : avec les autres, ou aucune',
      'Nom du site : Usine 1',
      'E-mail du site : u@example.org',
      'Nom * :',
      'Ville * :',
      'Société :',
      'Langue :',
      '# par exemple français, anglais',
      '',
    ].join('\n'),
  );
});

test('a reply with all that is needed finishes it: on top, in the quote, or as a form of its own', async () => {
  const one = await begin();
  const done = await reply('Bonjour,\n\nNom : Roy\nVille : Lyon\n\nAda\n', one.first);
  expect(await crate(one.number)).toMatchObject({ state: 'registered', owner: { 'last-name': 'Roy', city: 'Lyon' } });
  expect(formIn(done)).toBe('');
  // what is done is done once
  expect(textOf(await reply('Nom : Roi\n', one.first))).toContain('aucune commande');

  const two = await begin();
  const edited = quote(two.first).replace('> Nom * :', '> Nom * : Roy').replace('> Ville * :', '> Ville * : Lyon');
  await reply(`Voilà.\n\n${edited}`, two.first);
  expect(await crate(two.number)).toMatchObject({ state: 'registered', owner: { 'last-name': 'Roy', city: 'Lyon' } });

  const three = await begin();
  await mail(formIn(three.first).replace('Nom * :', 'Nom * : Roy').replace('Ville * :', 'Ville * : Lyon'));
  expect(await crate(three.number)).toMatchObject({ state: 'registered', owner: { 'last-name': 'Roy', city: 'Lyon' } });
});

test('with none of it: by OK, or by the form as it is; a reply that says nothing finishes nothing', async () => {
  const one = await begin();
  const silent = await reply(`Merci bien !\n\n${quote(one.first)}`, one.first);
  expect(await crate(one.number)).toMatchObject({ state: 'checked' });
  expect(textOf(silent)).toContain('Votre réponse ne corrige rien');
  expect(formIn(silent)).toBe(formIn(one.first));
  const done = await reply(`OK\n\n${quote(silent)}`, silent);
  expect(await crate(one.number)).toMatchObject({ state: 'registered', siteEmail: 'u@example.org', owner: {} });
  expect(formIn(done)).toBe('');
  expect(textOf(await reply('OK\n', one.first))).toContain('aucune commande');

  const two = await begin();
  await reply(formIn(two.first), two.first);
  expect(await crate(two.number)).toMatchObject({ state: 'registered', owner: {} });
});

test('with some of it: refused, the others are named, and replies go on from there', async () => {
  const { first, number } = await begin();
  const refused = await reply('Nom : Roy\nSociété : Roy SA\nE-mail du site : autre@example.org\n', first);
  expect(textOf(refused)).toContain('refusé');
  expect(formIn(refused)).toMatch(/^Nom : Roy\nVille :\n# Ville .+\nSociété : Roy SA$/m);
  expect(await crate(number)).toMatchObject({ state: 'checked', owner: {} });
  await reply('Ville : Lyon\n', refused);
  expect(await crate(number)).toMatchObject({
    state: 'registered',
    siteEmail: 'autre@example.org',
    owner: { 'last-name': 'Roy', city: 'Lyon', company: 'Roy SA' },
  });
});

test('what was filled in elsewhere is in its form; what is missing then is asked first', async () => {
  const { first, number } = await begin();
  const some = await reply(`Commande : crate edit\nCaisse : ${number}\nNom : Roy\n`, first);
  expect(formIn(some)).toBe(`Commande : crate edit\nCaisse : ${number}\nVille :\n`);
  const whole = await reply('Ville : Lyon\n', some);
  expect(await crate(number)).toMatchObject({ state: 'checked', owner: { 'last-name': 'Roy', city: 'Lyon' } });
  expect(formIn(whole)).toContain('Nom * : Roy\nVille * : Lyon\nSociété :\n');
  await reply('Société : Roy SA\n', whole);
  expect(await crate(number)).toMatchObject({
    state: 'registered',
    owner: { 'last-name': 'Roy', city: 'Lyon', company: 'Roy SA' },
  });
});

test('it ends with its object; nobody else’s reply joins', async () => {
  const { first, number } = await begin();
  const theirs = await mail('OK\n', { ...inThread(first), from: rival.email });
  expect(textOf(theirs)).not.toContain(number);
  expect(await crate(number)).toMatchObject({ state: 'checked' });
  const gone = await reply(`Commande : crate drop\nCaisse : ${number}\nMotif : un double\n`, first);
  expect(formIn(gone)).toBe('');
  expect(textOf(await reply('OK\n', first))).toContain('aucune commande');
});

test('the same mail again changes nothing and gets the same answer', async () => {
  const { first, number } = await begin();
  const once = { ...inThread(first), messageId: '<ok-once@partner.test>' };
  const one = await mail('OK\n', once);
  expect(await crate(number)).toMatchObject({ state: 'registered' });
  const two = await mail('OK\n\n', once);
  expect(textOf(two)).toBe(textOf(one));
});
