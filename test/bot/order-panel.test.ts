/** A real order through Discord: entered in its panel, taken into review and approved in the channel, set up by its task. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoubleUser, UserInteraction } from '../servers/discord/double.js';
import { pdf } from '../core/order-ground.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  ann = await ground.reseller();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const number = 'O-000001';
const optionsOf = ({ answer }: UserInteraction, field: string): string[] =>
  answer.components
    .flatMap(({ components = [] }) => components)
    .filter(({ custom_id }) => custom_id === `pick:order edit:${number}:${field}`)
    .flatMap(({ options = [] }) => options.map(({ value }) => value));
const buttonsOf = ({ answer }: UserInteraction): string[] =>
  answer.components.flatMap(({ components = [] }) =>
    components.filter(({ type }) => type === 2).map(({ label, disabled }) => `${label}${disabled ? ' (off)' : ''}`),
  );
const pick = (used: UserInteraction, field: string, value: string): Promise<UserInteraction> =>
  whole(ann.choose(used, `pick:order edit:${number}:${field}`, [value]));
const fill = async (
  used: UserInteraction,
  group: string,
  values: Parameters<DoubleUser['submit']>[1],
): Promise<UserInteraction> => whole(ann.submit(await ann.press(used, `group:order show:${number}:${group}`), values));

/** The next working day two weeks on. */
function soon(): string {
  const day = new Date(Date.now() + 14 * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** From the first menu to the last file. */
async function entered(solution: string): Promise<UserInteraction> {
  let shown = await say(ann, 'order new', { type: 'initial', origin: 'new-site' });
  expect(optionsOf(shown, 'generation')).toContain('infinity-v10-weavy-v5');
  shown = await pick(shown, 'generation', 'infinity-v10-weavy-v5');
  expect(optionsOf(shown, 'solution')).toContain(solution);
  shown = await pick(shown, 'solution', solution);
  shown = await fill(shown, 'site', {
    ...{ 'site-name': 'Atelier Nord', 'site-street': '4 quai Est', 'site-zip': '59000', 'site-city': 'Lille' },
    'site-country': 'FR',
  });
  shown = await fill(shown, 'contact', {
    ...{ 'contact-last-name': 'Weiß', 'contact-first-name': 'Zoé', 'contact-email': 'zoe@atelier.example' },
  });
  shown = await fill(shown, 'delivery', { 'delivery-date': soon(), recipients: 'zoe@atelier.example' });
  return fill(shown, 'files', { 'purchase-order': [pdf('bc-17.pdf')], documents: [pdf('plan.pdf'), pdf('notes.pdf')] });
}

test('is entered in one message, submitted, reviewed and approved, and set up', async () => {
  const sales = await ground.staff('Sales', { role: 'sales' });
  const cloud = await ground.staff('Cloud', { role: 'cloud' });
  const first = await entered('v10-erp-saas');
  expect(first.answer.content).toMatch(/\*\*Manque encore\*\* Précisions$/);
  expect(buttonsOf(first)).toContain('Soumettre (off)');
  const complete = await fill(first, 'more', { details: 'users=12' });
  expect(complete.answer.content).not.toContain('Manque encore');
  expect(buttonsOf(complete)).toContain('Soumettre');
  expect(complete.answer.content).toContain('bc-17.pdf');
  const done = await whole(ann.press(complete, 'Soumettre'));
  expect(done.answer.messageId).toBe(complete.answer.messageId);
  expect(done.answer.components).toEqual([]);
  expect(done.answer.content).toContain(number);

  await ground.post();
  const channel = () => ground.double.channel(ground.approvalsChannel.id).messages;
  const card = () => channel().find(({ components }) => JSON.stringify(components).includes('take:1'))!;
  const taken = await whole(sales.press(card(), 'take:1'));
  expect(taken.answer).toMatchObject({ ephemeral: true });
  expect(taken.answer.content).toContain('A-000001');
  expect(((await ground.operator('order show', { number })) as { data?: object }).data).toMatchObject({
    state: 'in-review',
  });
  await ground.post();
  const approved = await whole(sales.press(card(), 'approve:1'));
  expect(approved.answer.content).toContain(number);
  await ground.post();
  const task = channel().find(({ components }) => JSON.stringify(components).includes('do:order provisioned'))!;
  const denied = await whole(
    ground.double.user({ name: 'Nobody', locale: 'fr', owner: true }).press(task, `do:order provisioned:${number}`),
  );
  expect(denied.answer.content).toContain('account link');
  const set = await whole(cloud.press(task, `do:order provisioned:${number}`));
  expect(set.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(((await ground.operator('order show', { number })) as { data?: object }).data).toMatchObject({
    state: 'done',
  });
});

test('is begun in Discord, goes on at another door, and its old panel follows', async () => {
  const begun = await say(ann, 'order new', { type: 'additional', origin: 'existing-site' });
  expect(buttonsOf(begun)).toContain('Site existant');
  const other = { number, generation: 'infinity-v10-weavy-v5', comments: 'by mail' };
  await ground.operator('order edit', other, 'rev@example.com');
  await ground.bot.close();
  await ground.start();
  const shown = await whole(ann.press(begun, `group:order show:${number}:contact`));
  const followed = await whole(ann.submit(shown, { 'contact-last-name': 'Roy' }));
  expect(followed.answer.messageId).toBe(begun.answer.messageId);
  expect(optionsOf(followed, 'solution')).toContain('v10-erp');
  const wrong = await fill(followed, 'delivery', { 'delivery-date': '2020-01-01' });
  expect(wrong.answer.content).toContain('**Date de livraison**');
  expect(optionsOf(wrong, 'solution')).toContain('v10-erp');
  const cancelled = await say(ann, 'order cancel', { number, reason: 'plus voulue' });
  expect(cancelled.answer.content).toContain(number);
  const late = await pick(wrong, 'solution', 'v10-erp');
  expect(late.answer.components).toEqual([]);
  expect(late.answer.content).toContain(number);
});

test('a box that is emptied empties its field, and so does a dash', async () => {
  const begun = await say(ann, 'order new', { type: 'additional', origin: 'existing-site' });
  const shown = () => ground.operator('order show', { number }) as Promise<{ data?: Record<string, unknown> }>;
  const filled = await fill(begun, 'contact', { 'contact-last-name': 'Roy', 'contact-role': 'gérante' });
  expect((await shown()).data).toMatchObject({ contactLastName: 'Roy', contactRole: 'gérante' });
  await fill(filled, 'contact', { 'contact-last-name': 'Roy', 'contact-role': '' });
  expect((await shown()).data).toMatchObject({ contactLastName: 'Roy' });
  expect((await shown()).data).not.toHaveProperty('contactRole');
  await say(ann, 'order edit', { number, 'delivery-date': soon() });
  await say(ann, 'order edit', { number, 'delivery-date': '-' });
  expect((await shown()).data).not.toHaveProperty('deliveryDate');
  const again = await say(ann, 'order edit', { number, 'delivery-date': '-' });
  expect(again.answer.content).toContain('Rien à changer');
});
