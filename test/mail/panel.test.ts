/** A draft that is filled in by mail: each answer carries the form that goes on from there, and replies join it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withBaskets } from '../core/basket.js';
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

async function answer(raw: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = posted.from ?? ada.email;
  const mails = await house.answers(raw, { ...posted, from });
  const [mine, ...more] = mails.filter(({ envelope }) => envelope.to.includes(from));
  expect(more).toEqual([]);
  return mine!;
}
const mail = (text: string, posted: Posted = {}): Promise<ReceivedMail> => {
  const from = posted.from ?? ada.email;
  return answer(written(text, { ...posted, from }), { ...posted, from });
};

interface Sent {
  name: string;
  text?: string;
  type?: string;
  inline?: boolean;
}
/** A mail with files. */
function withFiles(text: string, files: readonly Sent[], posted: Posted): string {
  const part = ({ name, text: content = 'bytes', type = 'application/pdf', inline = false }: Sent) =>
    [
      `--limit`,
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: ${inline ? 'inline' : 'attachment'}; filename="${name}"`,
      ...(inline ? [`Content-ID: <${name}@partner.test>`] : []),
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(content).toString('base64'),
    ].join('\n');
  const body = ['--limit', 'Content-Type: text/plain; charset=utf-8', '', text, ...files.map(part), '--limit--', ''];
  const headers = [...(posted.headers ?? []), 'Content-Type: multipart/mixed; boundary="limit"'];
  return written(body.join('\n'), { from: ada.email, ...posted, headers });
}

interface Basket {
  state: string;
  values: Record<string, string>;
  files: { field: string; name: string }[];
}
async function basket(number: string): Promise<Basket> {
  const row = await house.desk.connection.reader.setting.findUnique({ where: { name: number } });
  return JSON.parse(row!.value) as Basket;
}
const begin = async (more = ''): Promise<{ first: ReceivedMail; number: string }> => {
  const first = await mail(`Commande : basket new\n${more}`);
  return { first, number: /K-\d{6}/.exec(textOf(first))![0] };
};

test('the answer to a draft carries the form of what is missing, with what may stand there', async () => {
  const { first, number } = await begin('Couleur : bleu');
  expect(textOf(first)).toContain('Pour continuer, répondez');
  expect(formIn(first)).toBe(
    [
      'Commande : basket edit',
      `Numéro : ${number}`,
      'Taille :',
      '# par exemple grand',
      'Nom du site :',
      'E-mail du site :',
      '# par exemple nom@exemple.fr',
      'Destinataires :',
      'Bon de commande :',
      '# par exemple le nom du fichier joint',
      '',
    ].join('\n'),
  );
});

test('replies fill it in, again and again: lines on top, lines in the quote, files; then it is whole', async () => {
  const { first, number } = await begin('Couleur : rouge\nTaille : grand');
  const second = await mail(`Bonjour,\n\nNom du site : Usine\n\nAda\n\n${quote(first)}`, inThread(first));
  expect(await basket(number)).toMatchObject({ values: { 'site-name': 'Usine', colour: 'red' } });
  expect(formIn(second)).not.toContain('Nom du site');
  expect(formIn(second)).toContain('E-mail du site :');

  const edited = quote(second).replace('> E-mail du site :', '> E-mail du site : usine@example.org');
  const third = await mail(`Voilà.\n\n${edited}`, inThread(second));
  expect((await basket(number)).values).toMatchObject({ 'site-email': 'usine@example.org', 'site-name': 'Usine' });

  const reply = inThread(third);
  const fourth = await answer(withFiles('Le bon de commande.', [{ name: 'bc-17.pdf' }], reply), reply);
  expect((await basket(number)).files).toEqual([{ field: 'purchase-order', name: 'bc-17.pdf', text: 'bytes' }]);
  expect(
    formIn(fourth)
      .split('\n')
      .filter((line) => /^\p{Lu}/u.test(line)),
  ).toEqual(['Commande : basket edit', `Numéro : ${number}`, 'Destinataires :']);

  const fifth = await mail('Destinataires : a@x.example, b@x.example\n', inThread(fourth));
  expect(textOf(fifth)).toContain('Il ne manque plus rien');
  expect(formIn(fifth)).toBe(`Commande : basket submit\nNuméro : ${number}\n`);
  // what is quoted is not asked for; further papers still join
  const more = inThread(fifth);
  const papers = [{ name: 'plan.pdf' }, { name: 'photo.pdf' }];
  const sixth = await answer(withFiles(`Encore.\n\n${quote(fifth)}`, papers, more), more);
  expect((await basket(number)).state).toBe('draft');
  expect((await basket(number)).files.slice(1).map(({ field, name }) => [field, name])).toEqual([
    ['documents', 'plan.pdf'],
    ['documents', 'photo.pdf'],
  ]);
  const last = await mail(formIn(sixth), inThread(sixth));
  expect(textOf(last)).toContain(`${number} est soumise`);
  expect((await basket(number)).state).toBe('submitted');
  expect(formIn(last)).toBe('');
  // and nothing joins what is submitted, from whichever mail of the thread
  const late = await answer(withFiles('Trop tard.', [{ name: 'late.pdf' }], inThread(third)), inThread(third));
  expect(textOf(late)).toContain('aucune commande');
  expect((await basket(number)).files).toHaveLength(3);
});

test('a second reply to the same mail joins too', async () => {
  const { first, number } = await begin('Couleur : rouge');
  await mail('Nom du site : Usine\n', inThread(first));
  const reply = inThread(first);
  await answer(withFiles('', [{ name: 'bc.pdf' }], reply), reply);
  await mail('Taille : petit\n', reply);
  expect(await basket(number)).toMatchObject({
    values: { 'site-name': 'Usine', size: 'small' },
    files: [{ name: 'bc.pdf' }],
  });
});

test('what is refused comes back as it was filled in, and goes on from there', async () => {
  const { first, number } = await begin('Couleur : bleu');
  const refused = await mail('Nom du site : Usine\nE-mail du site : nulle part\n', inThread(first));
  expect(textOf(refused)).toContain('refusé');
  expect(formIn(refused)).toContain('E-mail du site : nulle part\n# ');
  expect((await basket(number)).values).toEqual({ colour: 'blue' });
  const done = await mail('E-mail du site : usine@example.org\n', inThread(refused));
  expect((await basket(number)).values).toMatchObject({ 'site-name': 'Usine', 'site-email': 'usine@example.org' });
  const rule = await mail('Taille : petit\n', inThread(done));
  expect(textOf(rule)).toContain('no such size in this colour');
  const right = await mail('Taille : grand\n', inThread(rule));
  expect((await basket(number)).values).toMatchObject({ size: 'large' });
  expect(formIn(right)).toContain('Destinataires :');
});

test('files are named where there are several, and a logo is none', async () => {
  const { first, number } = await begin();
  const reply = inThread(first);
  const files = [{ name: 'plan.pdf' }, { name: 'bc.pdf' }, { name: 'logo.png', type: 'image/png', inline: true }];
  const second = await answer(withFiles('Bon de commande : bc.pdf\n', files, reply), reply);
  expect((await basket(number)).files.map(({ field, name }) => [field, name])).toEqual([
    ['purchase-order', 'bc.pdf'],
    ['documents', 'plan.pdf'],
  ]);
  const again = inThread(second);
  const logo = await answer(
    withFiles('Merci !', [{ name: 'logo.png', type: 'image/png', inline: true }], again),
    again,
  );
  expect((await basket(number)).files).toHaveLength(2);
  expect(textOf(logo)).toContain('Votre réponse ne corrige rien');
  expect(formIn(logo)).toContain(number);
  await mail('Nom du site : Usine\n', inThread(logo));
  expect((await basket(number)).values).toMatchObject({ 'site-name': 'Usine' });
});

test('nobody else’s reply joins', async () => {
  const { first, number } = await begin();
  const posted = { ...inThread(first), from: rival.email };
  const theirs = await mail('Nom du site : À moi\n', posted);
  expect(textOf(theirs)).not.toContain(number);
  await answer(withFiles('', [{ name: 'theirs.pdf' }], posted), posted);
  expect(await basket(number)).toMatchObject({ values: {}, files: [] });
});

test('the same mail again changes nothing and gets the same answer, its form included', async () => {
  const { first, number } = await begin();
  const reply = { ...inThread(first), messageId: '<once@partner.test>' };
  const one = await mail('Nom du site : Usine\n', reply);
  await house.desk.done('account edit', { city: 'Lyon' }, { as: ada.email });
  // by another way: other bytes, the same Message-ID
  const two = await mail('Nom du site : Usine\n\n', reply);
  expect(textOf(two)).toBe(textOf(one));
  expect(formIn(two)).toContain('E-mail du site :');
  await mail('Taille : grand\nCouleur : rouge\n', inThread(two));
  expect((await basket(number)).values).toEqual({ 'site-name': 'Usine', size: 'large', colour: 'red' });
});

test('several commands in one mail: one form for the one draft, also if it is finished there', async () => {
  const { first, number } = await begin();
  const two = await mail(
    `Nom du site : Usine\n\nCommande : basket edit\nNuméro : ${number}\nCouleur : rouge\n`,
    inThread(first),
  );
  expect(textOf(two).match(/^Commande : basket edit$/gmu)).toHaveLength(1);
  expect((await basket(number)).values).toEqual({ 'site-name': 'Usine', colour: 'red' });
  const three = await mail('Taille : petit\n', inThread(two));
  expect((await basket(number)).values).toMatchObject({ size: 'small' });
  const gone = await mail(`Commande : basket drop\nNuméro : ${number}\nMotif : un double\n`, inThread(three));
  expect(formIn(gone)).toBe('');
  const none = await mail('Taille : grand\n', inThread(gone));
  expect(textOf(none)).toContain('aucune commande');
  expect(textOf(none)).not.toContain(number);
});

test('an OK submits what is whole; what still lacks something it leaves as it is', async () => {
  const values = 'Couleur : rouge\nTaille : grand\nNom du site : A\nE-mail du site : a@x.example\n';
  const { first, number } = await begin(`${values}Destinataires : a@x.example\n`);
  const early = await mail('OK\n', inThread(first));
  expect(textOf(early)).toContain('Votre réponse ne corrige rien');
  expect((await basket(number)).state).toBe('draft');
  const reply = inThread(early);
  const whole = await answer(withFiles('', [{ name: 'bc.pdf' }], reply), reply);
  expect(textOf(whole)).toContain('répondez « OK »');
  const done = await mail(`OK\n\n${quote(whole)}`, inThread(whole));
  expect(textOf(done)).toContain(`${number} est soumise`);
  expect((await basket(number)).state).toBe('submitted');
  expect(textOf(await mail('OK\n', inThread(whole)))).toContain('aucune commande');
});

test('an OK that is refused leaves the draft to be filled in', async () => {
  const values = 'Couleur : rouge\nTaille : grand\nNom du site : A\nE-mail du site : a@x.example\n';
  const { first, number } = await begin(`${values}Destinataires : a@x.example\n`);
  const reply = inThread(first);
  const whole = await answer(withFiles('', [{ name: 'bc.pdf' }], reply), reply);
  // by another way its colour changes, and with it the size is gone
  await mail(`Commande : basket edit\nNuméro : ${number}\nCouleur : bleu\n`);
  const refused = await mail('OK\n', inThread(whole));
  expect(textOf(refused)).toContain('size is missing');
  await mail('Taille : grand\n', inThread(refused));
  expect((await basket(number)).values).toMatchObject({ colour: 'blue', size: 'large' });
  await mail('OK\n', inThread(whole));
  expect((await basket(number)).state).toBe('submitted');
});
