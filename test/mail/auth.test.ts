/** SMTP AUTH at the listener proves the addresses of the account that signs in, and nothing else (X2). */
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessions } from '../../src/core/ports/sessions.js';
import { declaring, newReseller, type TestReseller } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { openHouse, written, type House } from './house.js';

const password = 'correct horse battery';
let house: House;
let reseller: TestReseller;
let port: number;
beforeAll(async () => {
  house = await openHouse(databases()[0]!, { trust: { trustLoopback: false, trustedAuthserv: 'mx.house.test' } });
  port = house.port;
  reseller = await newReseller(house.desk, { pro: 5 });
  const letters = await house.desk.queuedBy(() => house.desk.ask('account password', {}, { as: reseller.email }));
  const url = String(letters.find(({ letter }) => letter === 'password-link')?.secret['url']);
  const sessions = createSessions(house.desk.open.dispatcher);
  const link = url.slice(url.lastIndexOf('/') + 1);
  expect(await sessions.chooseByLink({ link, password, ip: undefined, locale: 'fr' })).toMatchObject({ ok: true });
  await house.deliver();
});
afterAll(() => house.close());

const order = (email: string): string =>
  Object.entries({ Commande: 'declare new', ...declaring({ email }) })
    .map(([label, value]) => `${label}: ${String(value)}`)
    .join('\n');
const inbound = () => house.desk.connection.reader.inboundMail.findFirstOrThrow({ orderBy: { id: 'desc' } });

async function send(user: string, pass: string, from: string): Promise<void> {
  const client = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, auth: { user, pass } });
  const raw = written(order(`auth.${crypto.randomUUID()}@client.test`), { from });
  try {
    await client.sendMail({ raw, envelope: { from, to: ['guichet@localhost'] } });
  } finally {
    client.close();
  }
}

test('a mail from an address of the account is carried out', async () => {
  await send(reseller.email, password, reseller.email);
  expect(await inbound()).toMatchObject({ state: 'answered', sender: reseller.email });
  expect(await house.desk.connection.reader.declaration.count()).toBe(1);
});

test('one from another address is held like any other', async () => {
  const other = await newReseller(house.desk, { pro: 1 });
  await send(reseller.email, password, other.email);
  expect(await inbound()).toMatchObject({ state: 'held', sender: other.email });
  expect(await house.desk.connection.reader.declaration.count()).toBe(1);
});

test('a wrong password is refused, a first password too, and tries are limited', async () => {
  const first = await newReseller(house.desk, { pro: 1 });
  const letter = (await house.desk.letters()).findLast(
    ({ letter: name, recipient }) => name === 'reseller-registered' && recipient === first.email,
  );
  const firstPassword = letter?.secret['password'] ?? '';
  expect(firstPassword).not.toBe('');
  await expect(send(first.email, firstPassword, first.email)).rejects.toMatchObject({ responseCode: 535 });
  for (let count = 0; count < 6; count += 1)
    await expect(send(reseller.email, 'wrong', reseller.email)).rejects.toMatchObject({ responseCode: 535 });
  await expect(send(reseller.email, password, reseller.email)).rejects.toMatchObject({ responseCode: 535 });
  expect(await house.desk.connection.reader.declaration.count()).toBe(1);
});
