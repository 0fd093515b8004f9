/** A table attached to a form: the command once a row, or `declare bulk` (SPEC 0, "Mail"). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newEmail, newReseller, newStaff, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { openHouse, written, type House, type Posted } from './house.js';

let house: House;
let reseller: TestReseller;
let staff: string;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  reseller = await newReseller(house.desk, { pro: 20 });
  staff = await newStaff(house.desk, 'admin');
  await house.deliver();
});
afterAll(() => house.close());

/** The text of the answer to a mail with a table. */
async function answer(text: string, table: { name: string; content: string }, posted: Posted = {}): Promise<string> {
  const from = posted.from ?? staff;
  const raw = written(
    `--xx\nContent-Type: text/plain; charset=utf-8\n\n${text}\n--xx\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="${table.name}"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(table.content).toString('base64')}\n--xx--\n`,
    { ...posted, from, headers: [...(posted.headers ?? []), 'Content-Type: multipart/mixed; boundary=xx'] },
  );
  const mails = (await house.answers(raw, { to: posted.to })).filter(({ envelope }) => envelope.to.includes(from));
  expect(mails).toHaveLength(1);
  return mails[0]?.parsed.text ?? '';
}
const companies = () => house.desk.connection.reader.organisation.count();

test('each row is the command, what the form says holds for all, and a faulty row comes back alone', async () => {
  const before = await companies();
  const [one, two] = [newEmail('new'), newEmail('new')];
  const content = `E-mail;Nom;Prénom;Société\n${one};Un;Anne;Une SARL\npas une adresse;Deux;Bob;Deux SARL\n${two};Trois;Zoé;Trois SARL\n`;
  const text = await answer('Commande: reseller register\nLangue: en\n', { name: 'revendeurs.csv', content });
  expect(text).toMatch(/3 commandes : 2 faites, 1 refusée/);
  expect(text.match(/^Commande : /gm)).toHaveLength(1);
  expect(text).toContain('E-mail : pas une adresse');
  expect(await companies()).toBe(before + 2);
  const { person } = await house.desk.connection.reader.address.findUniqueOrThrow({
    where: { email: one },
    include: { person: true },
  });
  expect(person.locale).toBe('en');
});

test('declarations in a table are declare bulk: seen first, then done by OK', async () => {
  const [one, two] = [newEmail(), newEmail()];
  const content = `Licence;E-mail;Nom;Prénom;Numéro de commande\npro;${one};Roy;Zoé;F-1\npro;${two};Roy;Max;F-2\n`;
  const text = await answer('Commande: declare new\n', { name: 'clients.csv', content }, { from: reseller.email });
  expect(text).toMatch(/^declare bulk\u00a0: à valider/);
  expect(await house.desk.connection.reader.declaration.count()).toBe(0);
  const preview = house.receiver.mails.findLast(({ envelope }) => envelope.to.includes(reseller.email));
  const done = await house.mail('OK\n', {
    from: reseller.email,
    to: preview?.parsed.replyTo?.value[0]?.address ?? '',
  });
  const mine = done.find(({ envelope }) => envelope.to.includes(reseller.email));
  expect(mine?.parsed.text).toMatch(/declare bulk\u00a0: fait/);
  expect(done.flatMap(({ envelope }) => envelope.to)).toEqual(expect.arrayContaining([one, two]));
});

test('what is no table, and more rows than a mail may have, are told; nothing is done', async () => {
  const before = await companies();
  const damaged = await answer('Commande: reseller register\n', {
    name: 'revendeurs.xlsx',
    content: 'PK\u0003\u0004xx',
  });
  expect(damaged).toContain('revendeurs.xlsx ne se lit pas comme un tableau');
  const rows = Array.from({ length: 201 }, (_, at) => `r${at}@example.org;R;R;R${at}`);
  const many = await answer('Commande: reseller register\n', {
    name: 'revendeurs.csv',
    content: ['E-mail;Nom;Prénom;Société', ...rows].join('\n'),
  });
  expect(many).toContain('201 lignes');
  expect(await companies()).toBe(before);
});

test('the same mail again does nothing more', async () => {
  const messageId = '<rows.once@partner.test>';
  const table = { name: 'r.csv', content: `Email,Last name,First name,Company\n${newEmail('new')},A,B,Once Ltd\n` };
  const first = await answer('Command: reseller register\n', table, { messageId });
  const before = await companies();
  expect(await answer('Command: reseller register\n', table, { messageId })).toBe(first);
  expect(await companies()).toBe(before);
});
