/** A device by mail: checked, its client's form filled in by a reply, registered (E1–E5). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPair } from '../core/device-ground.js';
import { newEmail } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';
import { formIn, inThread, quote, textOf } from './replies.js';

let house: House;
let as: string;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  as = newEmail('installer');
  const registered = await mail(
    'Commande : installer register\nSociété : Alarmes Durand\nNom : Durand\nPrénom : Zoé\nTéléphone : 01 23 45 67 89\n',
  );
  expect(textOf(registered)).toContain('installer register\u00a0: fait');
});
afterAll(() => house.close());

let others: ReceivedMail[] = [];
/** A mail of the installer's, and the answer to it; what else left because of it is in `others`. */
async function mail(text: string, posted: Posted = {}): Promise<ReceivedMail> {
  const from = { ...posted, from: as };
  const mails = await house.answers(written(text, from), from);
  const mine = mails.filter(({ envelope, parsed }) => envelope.to.includes(as) && parsed.inReplyTo);
  others = mails.filter((one) => !mine.includes(one));
  expect(mine).toHaveLength(1);
  return mine[0]!;
}
const reply = (text: string, before: ReceivedMail): Promise<ReceivedMail> => mail(text, inThread(before));

interface Checked {
  readonly first: ReceivedMail;
  readonly device: string;
  readonly email: string;
  readonly codeId: string;
}
async function check(email = newEmail('client')): Promise<Checked> {
  const pair = await builtPair(house.desk);
  const lines = [
    'Commande : device check',
    `Code ID : ${pair['code-id']}`,
    `MAC : ${pair.mac.replaceAll(':', '-')}`,
    'Adresse web : http://192.168.1.20:8080',
    `E-mail : ${email}`,
  ];
  const first = await mail(lines.join('\n'));
  return { first, device: /V-\d{6}/.exec(textOf(first))![0], email, codeId: pair['code-id'] };
}
const show = (device: string) => house.desk.done('device show', { device }, { as });
const client = {
  Nom: 'Petit',
  Prénom: 'Léa',
  Adresse: '3 rue Haute',
  'Code postal': '69001',
  Ville: 'Lyon',
  Pays: 'France',
};
const linesOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([label, value]) => `${label} : ${value}\n`)
    .join('');

test('the answer to a check has the form that registers: filled in, required fields starred', async () => {
  const { first, email, codeId } = await check();
  const form = formIn(first).split('\n');
  expect(form[0]).toBe('Commande : device add');
  expect(form).toContain(`Code ID : ${codeId}`);
  expect(form).toContain(`E-mail : ${email}`);
  expect(form.filter((line) => /^[^#]+ \* :$/.test(line))).toEqual(Object.keys(client).map((label) => `${label} * :`));
  expect(form).toContain('# * : avec les autres données du client, ou aucune');
  expect(form).toContain('Société :');
  expect(textOf(first)).not.toContain('undefined');
  expect(textOf(first)).not.toContain('{');
  expect(others).toEqual([]);
});

test('a reply with all that is required registers it, and writes to the client', async () => {
  const { first, device, email } = await check();
  const done = await reply(`Bonjour,\n\n${linesOf(client)}\nZoé\n\n${quote(first)}`, first);
  expect(textOf(done)).toContain('device add\u00a0: fait');
  expect(formIn(done)).toBe('');
  expect(others.flatMap(({ envelope }) => envelope.to)).toEqual([email, email]);
  expect(await show(device)).toMatchObject({
    email,
    lastName: 'Petit',
    city: 'Lyon',
    country: 'FR',
    account: 'created',
  });
  // it is over in this thread
  expect(textOf(await reply('OK\n', first))).toContain('aucune commande');
});

test('in the quoted form as well', async () => {
  const { first, device } = await check();
  const filled = Object.entries(client).reduce(
    (text, [label, value]) => text.replace(`> ${label} * :`, `> ${label} * : ${value}`),
    quote(first),
  );
  await reply(`Ci-dessous.\n\n${filled}`, first);
  expect(await show(device)).toMatchObject({ lastName: 'Petit', firstName: 'Léa', street: '3 rue Haute' });
});

test('a reply with none of it registers: by OK, or by the form sent back as it is', async () => {
  const one = await check();
  const nothing = await reply(`Merci !\n\n${quote(one.first)}`, one.first);
  expect(await show(one.device)).toMatchObject({ state: 'checked' });
  await reply('OK\n', nothing);
  expect(others).toHaveLength(2);
  expect(await show(one.device)).toMatchObject({ account: 'created' });
  const two = await check();
  await mail(formIn(two.first));
  expect(others.flatMap(({ envelope }) => envelope.to)).toEqual([two.email, two.email]);
  expect(await show(two.device)).toMatchObject({ account: 'created' });
});

test('a reply with some of it is refused, names the others, and is gone on with', async () => {
  const { first, device, email } = await check();
  const { Nom, Ville, ...rest } = client;
  const refused = await reply(linesOf({ Nom, Ville }), first);
  expect(textOf(refused)).toContain('device add\u00a0: refusé');
  for (const label of Object.keys(rest))
    expect(formIn(refused)).toMatch(new RegExp(`^${label} :\\n# ${label} .+$`, 'm'));
  expect(formIn(refused)).toContain('Nom : Petit');
  expect(others).toEqual([]);
  expect(await show(device)).toMatchObject({ state: 'checked' });
  await reply(linesOf(rest), refused);
  expect(others.flatMap(({ envelope }) => envelope.to)).toEqual([email, email]);
  expect(await show(device)).toMatchObject({ lastName: 'Petit', zip: '69001' });
});

test('begun elsewhere, what is missing is asked first', async () => {
  const { first, device, email } = await check();
  const { Ville, ...rest } = client;
  const some = await mail(`Commande : device edit\nDispositif : ${device}\n${linesOf(rest)}`, inThread(first));
  expect(formIn(some)).toBe(`Commande : device edit\nDispositif : ${device}\nVille :\n`);
  const whole = await reply(`Ville : ${Ville}\n`, some);
  expect(formIn(whole)).toContain('Nom * : Petit\n');
  expect(await show(device)).toMatchObject({ state: 'checked' });
  await reply('OK\n', whole);
  expect(others.flatMap(({ envelope }) => envelope.to)).toEqual([email, email]);
  expect(await show(device)).toMatchObject({ city: 'Lyon', account: 'created' });
});

test('a pair that the register does not know is refused, and corrected by a reply', async () => {
  const pair = await builtPair(house.desk);
  const email = newEmail('client');
  const refused = await mail(
    `Commande : device check\nCode ID : ${pair['code-id']}\nMAC : 00:11:22:33:44:55\nAdresse web : 192.168.1.20\nE-mail : ${email}\n`,
  );
  expect(textOf(refused)).toContain('device check\u00a0: refusé');
  expect(formIn(refused)).toMatch(/^Adresse MAC : 00:11:22:33:44:55\n# /m);
  const right = await reply(`MAC : ${pair.mac}\n`, refused);
  expect(formIn(right)).toContain('Commande : device add');
});

test('what answers with a secret is not offered by mail, and says so', async () => {
  const help = await mail('Commande : aide device\n');
  expect(formIn(help)).toContain('Commande : device check');
  expect(textOf(help)).not.toContain('device access');
  const asked = await mail('Commande : aide device access\n');
  expect(textOf(asked)).toContain('help\u00a0: refusé');
  expect(textOf(asked)).toContain('« device access »');
  expect(formIn(asked)).toBe('');
  const tried = await mail('Commande : device access\nDispositif : V-000001\n');
  expect(textOf(tried)).toContain('device access\u00a0: refusé');
  expect(formIn(tried)).toBe('');
});

test('the form is prefilled for a client whom this installer works for, and for nobody else', async () => {
  const known = await check();
  await reply(linesOf(client), known.first);
  const { clientId } = await house.desk.connection.reader.device.findFirstOrThrow({ where: { email: known.email } });
  const { writer } = house.desk.connection;
  await writer.device.updateMany({ where: { clientId }, data: { state: 'active' } });
  await writer.person.update({
    where: { id: clientId! },
    data: { lastName: 'Petit-Roy', firstName: 'Léa', street: '1 quai', zip: '06300', city: 'Nice', country: 'FR' },
  });
  const again = await check(known.email);
  expect(formIn(again.first)).toContain('Nom * : Petit-Roy\nPrénom * : Léa\n');
  const installer = as;
  as = newEmail('installer');
  await mail('Commande : installer register\nSociété : R\nNom : R\nPrénom : R\nTéléphone : 01 23 45 67 88\n');
  const theirs = await check(known.email);
  expect(textOf(theirs.first)).not.toContain('Petit');
  expect(formIn(theirs.first)).toContain('Nom * :\n');
  as = installer;
});
