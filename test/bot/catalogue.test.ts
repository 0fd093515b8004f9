/** The vendor's data replaced from chat: seen, confirmed, decided in the approvals channel, asked back (X10). */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let boss: DoubleUser;
let second: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  boss = await ground.staff('Boss');
  second = await ground.staff('Second', { locale: 'en' });
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const shipped = readFileSync('catalogue/orders.yaml', 'utf8');
const file = (text: string) => ({ name: '../orders.yaml', type: 'application/yaml', content: Buffer.from(text) });
const channel = () => ground.double.channel(ground.approvalsChannel.id).messages.at(-1)!;

test('a file is shown as a difference, confirmed by its button, approved by another and in force at once', async () => {
  const edited = shipped
    .replace('cents: 8500', 'cents: 9100')
    .replace('Migration, en: Migration', 'Reprise, en: Takeover');
  const preview = await say(boss, 'catalogue load', { file: file(edited) });
  expect(preview.answer.content).toContain('Le fichier changerait 3 valeurs de la partie « commandes ».');
  expect(preview.answer.content).toMatch(/references\.SAAS IO ODATA\.\S+ +8500 +9100/);

  const asked = await whole(boss.press(preview, 'Confirmer'));
  expect(asked.answer.content).toContain('A-000001');
  await ground.post();
  expect(channel().content).toContain('types.migration.name.en** Migration → Takeover');
  expect(channel().content).toContain('**Partie** commandes');

  // between the two, the desk starts again
  await ground.bot.close();
  await ground.start();
  const approved = await whole(second.press(channel(), 'Approuver'));
  expect(approved.answer.content).toContain('A-000001 is approved and carried out.');
  const prices = await say(second, 'catalogue show', { part: 'prices' });
  expect(prices.answer.content).toContain('€91.00');
});

test('a faulty file is answered with the line and what to do; a rule is explained', async () => {
  const faulty = await say(boss, 'catalogue load', {
    file: file(shipped.replace('generation: one\n', 'generation: on\n')),
  });
  expect(faulty.answer.content).toContain('Le fichier a un défaut');
  expect(faulty.answer.content).toMatch(/orders\.yaml:\d+ solutions\.4\.generation/);
  expect(faulty.answer.content).toContain('no generation is called on. Did you mean one?');

  const why = await say(second, 'catalogue why', { rule: 'infinity-v7-additional' });
  expect(why.answer.content).toContain('Infinity V7 can only be ordered as an addition to an existing site.');
  expect(why.answer.content).toContain('Additional order');
  expect(await second.autocomplete('catalogue why', 'rule', 'DELIV')).toMatchObject([
    { value: 'delivery-working-day' },
  ]);
});
