/** J9 in chat: a table is seen before it is placed, by a button, and shows how far it is. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientTable } from '../core/sheets.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
beforeEach(async () => {
  ground = await startGround({ times: { deferMs: 1, progressMs: 0 } });
  ann = await ground.reseller();
  await ground.operator('stock receive', {
    reseller: 'rev@example.com',
    product: 'pro',
    quantity: 1500,
    purchase: 'F-2',
  });
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const attached = (content: string) => ({ name: 'clients.csv', type: 'text/csv', content: Buffer.from(content) });
const stockOf = async (user: DoubleUser): Promise<string> => (await say(user, 'stock show')).answer.content;

test('a table of a thousand rows is previewed, confirmed, and tells how far it is until it is done', async () => {
  const preview = await say(ann, 'declare bulk', { file: attached(clientTable(1_000)) });
  expect(preview.answer.content).toContain('Les 1000 lignes peuvent être déclarées. Rien n’a encore changé');
  expect(preview.answer.content).toMatch(/ +Pro\n(?:.*\n)*.* 1000\n.* 1500\n/);
  expect(preview.answer.ephemeral).toBe(true);
  expect(await stockOf(ann)).toMatch(/^Disponible .* 1500\nRéservé .* 0\nDéclaré .* 0$/m);
  const done = await whole(ann.press(preview, 'Confirmer'));
  expect(done.answer.content).toContain('1000 déclarations enregistrées.');
  expect(done.answer.content.length).toBeLessThanOrEqual(2000);
  expect(done.answer.content).toMatch(/D-000001 +PP\w+ +client-0@maison/);
  expect(done.answer.components).toEqual([]);
  const told = done.versions.map(({ content }) => content).filter((content) => /sur 1000/.test(content));
  expect(told.length).toBeGreaterThan(0);
  expect(await stockOf(ann)).toMatch(/^Disponible .* 500\nRéservé .* 0\nDéclaré .* 1000$/m);
});

test('faults are told by row and column; the good rows are placed when they are asked for', async () => {
  const table = `${clientTable(2)}prp;x;Roy;;F-9\r\n`;
  const preview = await say(ann, 'declare bulk', { file: attached(table) });
  expect(preview.answer.content).toContain('1 ligne sur 3 est fautive : rien ne serait déclaré');
  expect(preview.answer.content).toMatch(/4 +Produit +doit être/);
  expect(preview.answer.content).toMatch(/4 +Prénom +/);
  const refused = await whole(ann.press(preview, 'Confirmer'));
  expect(refused.answer.content).toContain('Des lignes du fichier sont fautives');
  expect(refused.answer.content).toContain('Ligne 4, E-mail');
  const good = await say(ann, 'declare bulk', { file: attached(table), mode: 'good' });
  expect(good.answer.content).toContain('2 lignes sur 3 peuvent être déclarées');
  const done = await whole(ann.press(good, 'Confirmer'));
  expect(done.answer.content).toContain('2 déclarations enregistrées, 1 ligne refusée.');
  expect(await stockOf(ann)).toMatch(/^Disponible .* 1498\nRéservé .* 0\nDéclaré .* 2$/m);
});

test('a file that is no such table is answered with what it lacks', async () => {
  const { answer } = await say(ann, 'declare bulk', { file: attached('Licence;Emial\r\npro;a@b.example\r\n') });
  expect(answer.content).toContain('Il manque ces colonnes');
  expect(answer.content).toContain('« Emial » (peut-être « E-mail » ?)');
  expect(JSON.stringify(answer.components)).toContain('Corriger');
});
