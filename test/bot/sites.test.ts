/** D4 and D5 in chat: sites are offered while typing; a change is confirmed by a button and decided in the channel. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
let boss: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  ann = await ground.reseller();
  boss = await ground.staff('Boss', { role: 'sales' });
  await bring('S-7;rev@example.com;one;erp;Usine Élan;Lyon');
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const bring = (row: string) => {
  const content = Buffer.from(`number;reseller;generation;product-line;site-name;site-city\n${row}\n`);
  return ground.operator('site import', { file: { name: 'sites.csv', type: 'text/csv', content }, yes: 'yes' });
};
const request = () => {
  const { messages } = ground.double.channel(ground.approvalsChannel.id);
  expect(messages).toHaveLength(1);
  return messages[0]!;
};
const city = async (): Promise<unknown> => {
  const shown = await ground.operator('site show', { number: 'S-7' });
  return shown.ok && shown.data['siteCity'];
};

async function asked(): Promise<void> {
  const preview = await say(ann, 'site change', { number: 'S-000007', 'site-city': 'Vénissieux' });
  expect(preview.answer.ephemeral).toBe(true);
  expect(preview.answer.content).toContain('Lyon → Vénissieux');
  expect(await city()).toBe('Lyon');
  const waiting = await whole(ann.press(preview, 'Confirmer'));
  expect(waiting.answer.content).toContain('A-000001');
  await ground.post();
}

test('a site is offered by its name, and a list shows the chosen columns', async () => {
  expect(await ann.autocomplete('site show', 'number', 'elan')).toMatchObject([
    { value: 'S-000007', name: 'S-000007, Usine Élan, Lyon' },
  ]);
  const { answer } = await say(ann, 'site list', { columns: 'site,site-name', filter: 'site-city=lyon' });
  expect(answer.content).toMatch(/S-000007 +Usine Élan/);
});

test('a change is previewed, confirmed by its button, and shown in the channel as old → new', async () => {
  await asked();
  expect(request().content).toContain('site change · en attente');
  expect(request().content).toContain('**Ville du site** Lyon → Vénissieux');
  const approved = await whole(boss.press(request(), 'Approuver'));
  expect(approved.answer.content).toContain('A-000001');
  expect(await city()).toBe('Vénissieux');
  await ground.post();
  expect(request().components).toEqual([]);
  expect(JSON.stringify(ground.mails.filter(({ letter }) => letter === 'site-change'))).toContain('applied');
});

test('what changed meanwhile is not carried out: the asker hears in chat what is different', async () => {
  await asked();
  await bring('S-7;rev@example.com;one;erp;Usine neuve;Lyon');
  const refused = await whole(boss.press(request(), 'Approuver'));
  expect(refused.answer.content).toContain('A-000001');
  expect(await city()).toBe('Lyon');
  await ground.post();
  const direct = ann.dms.map(({ content }) => content).join('\n');
  expect(direct).toContain('Usine Élan → Usine neuve');
});
