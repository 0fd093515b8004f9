/** Domains by mail: ordered for a customer made on the way, repaired by a reply, carried out by staff's mail (G2, G3). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newEmail } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import type { ReceivedMail } from '../servers/smtp.js';
import { openHouse, written, type House, type Posted } from './house.js';
import { inThread, textOf } from './replies.js';

let house: House;
const [owner, boss] = [newEmail('owner'), newEmail('boss')];
let others: ReceivedMail[] = [];

/** A mail of somebody's, and the answer to it; what else left because of it is in `others`. */
async function mail(text: string, posted: Posted & { from: string }): Promise<ReceivedMail> {
  const mails = await house.answers(written(text, posted), { ...posted, mailFrom: posted.from });
  const mine = mails.filter(({ envelope, parsed }) => envelope.to.includes(posted.from) && parsed.inReplyTo);
  others = mails.filter((one) => !mine.includes(one));
  expect(mine).toHaveLength(1);
  return mine[0]!;
}
const write = (lines: readonly string[], posted: Posted = {}) => mail(lines.join('\n'), { ...posted, from: owner });
const show = (domain: string) => house.desk.done('domain show', { domain }, { as: owner });

beforeAll(async () => {
  house = await openHouse(databases()[0]!);
  await house.desk.done('staff grant', { email: boss, role: 'admin' });
  const made = await write(['Commande : org create', 'Nom : Ateliers Roux', 'Type : société', 'Pays : France']);
  const [org = ''] = /G-\d{6}/.exec(textOf(made)) ?? [];
  await write([
    'Commande : org become-reseller',
    ...[`Organisation : ${org}`, "J'accepte les conditions : oui", 'Confirmation : Ateliers Roux'],
  ]);
  await house.desk.done('billing topup', { reseller: org, amount: '200', payment: 'VIR-1' });
});
afterAll(() => house.close());

const customer = (email: string) => [
  'Client : nouveau',
  ...['Type de client : particulier', 'Nom : Petit', 'Prénom : Léa', `E-mail : ${email}`],
  ...['Adresse : 3 rue Haute', 'Code postal : 69001', 'Ville : Lyon', 'Pays : France', 'Téléphone : 01 23 45 67 89'],
];

test('for a new customer: a wrong line is mended by a reply, staff carry it out by mail, the organisation is told', async () => {
  const email = newEmail('customer');
  const order = ['Commande : domain register', 'Domaine : www.ateliers-roux.fr', ...customer(email), 'Durée : 2'];
  const refused = await write(order);
  expect(textOf(refused)).toContain('exemple.fr');
  expect(await house.desk.connection.reader.customer.count({ where: { email } })).toBe(0);
  const done = await write(['Domaine : ateliers-roux.fr'], inThread(refused));
  const [task = ''] = /W-\d{6}/.exec(textOf(done)) ?? [];
  expect(task).not.toBe('');
  expect(others.filter(({ envelope }) => envelope.to.includes(boss)).map(({ parsed }) => parsed.text)).toEqual([
    expect.stringContaining('ateliers-roux.fr'),
  ]);
  const day = house.desk.clock().toISOString().slice(0, 10);
  await mail(['Commande : domain done', `Tâche : ${task}`, `Date : ${day}`, 'Référence du bureau : REG-1'].join('\n'), {
    from: boss,
  });
  expect(others.some(({ envelope }) => envelope.to.includes(owner))).toBe(true);
  expect(await show('ateliers-roux.fr')).toMatchObject({ state: 'active', owner: 'Léa Petit' });
});

test('a transfer for oneself needs oneself as a customer; its code is shown to staff alone', async () => {
  const code = 'Zx-91!kPq';
  const transfer = [
    'Commande : domain transfer',
    'Domaine : roux.eu',
    'Client : moi-même',
    `Code de transfert : ${code}`,
  ];
  const refused = await write(transfer);
  expect(refused.raw.toString()).not.toContain(code);
  const kept = async () => {
    const rows = await house.desk.connection.reader.inboundMail.findMany({ where: { sender: owner } });
    const all = rows.map(({ sha256 }) => house.desk.desk.rawMail.read(sha256).catch(() => undefined));
    return (await Promise.all(all)).flatMap((raw) => raw?.toString() ?? []).join('\n');
  };
  // what other mails said is kept, and this one's is not
  await expect.poll(kept).not.toContain(code);
  expect(await kept()).toContain('Commande : org create');
  expect(await house.desk.connection.reader.domain.count({ where: { name: 'roux.eu' } })).toBe(0);
  const [, ...details] = customer(owner);
  const done = await write([...transfer, ...details]);
  expect(textOf(done)).toMatch(/W-\d{6}/);
  expect(textOf(done)).not.toContain(code);
  const toStaff = others.filter(({ envelope }) => envelope.to.includes(boss));
  expect(toStaff.map(({ parsed }) => parsed.text?.includes('/t/'))).toEqual([true]);
  expect(others.every(({ raw }) => !raw.toString().includes(code))).toBe(true);
  expect(await show('roux.eu')).toMatchObject({ state: 'requested' });
});

test('several renewals are seen first, and confirmed by OK', async () => {
  const rows = ['ateliers-un.fr', 'ateliers-deux.fr'].map((name) => `${name};${newEmail('import')};2027-06-01`);
  const file = {
    name: 'd.csv',
    type: 'text/csv',
    content: Buffer.from(`domain;customer-email;expires\n${rows.join('\n')}\n`),
  };
  await house.desk.done('domain import', { reseller: owner, file, yes: 'yes' });
  const preview = await write(['Commande : domain renew', 'Domaines : ateliers-un.fr, ateliers-deux.fr']);
  expect(textOf(preview)).toContain('ateliers-deux.fr');
  const tasks = () => house.desk.connection.reader.registrarTask.count({ where: { kind: 'renew' } });
  expect(await tasks()).toBe(0);
  await write(['OK'], inThread(preview));
  expect(await tasks()).toBe(2);
});

test('an organisation that writes it is elsewhere is told that staff decide, and its next order has the tax it had', async () => {
  const tax = async (domain: string): Promise<number> => {
    const done = await write(['Commande : domain register', `Domaine : ${domain}`, ...customer(newEmail('customer'))]);
    const [task = ''] = /W-\d{6}/.exec(textOf(done)) ?? [];
    const { reader } = house.desk.connection;
    const entry = await reader.ledgerEntry.findFirstOrThrow({ where: { object: task } });
    return (await reader.receipt.findUniqueOrThrow({ where: { entryId: entry.id } })).vatCents;
  };
  const own = await house.desk.connection.reader.organisation.findFirstOrThrow({ where: { name: 'Ateliers Roux' } });
  const before = await tax('taxe-un.fr');
  expect(before).toBeGreaterThan(0);
  const asked = await write(['Commande : org edit', `Numéro : G-${own.id}`, 'Pays : États-Unis']);
  const [request = ''] = /A-\d{6}/.exec(textOf(asked)) ?? [];
  const [toBoss] = others.filter(({ envelope }) => envelope.to.includes(boss));
  expect(textOf(toBoss)).toMatch(/Pays\s*: France → États-Unis/);
  expect(await tax('taxe-deux.fr')).toBe(before);
  await mail(`Commande : approval approve\nNuméro : ${request}`, { from: boss });
  expect(await tax('taxe-trois.fr')).toBe(0);
});
