/** A device in Discord: checked, its client's form filled in in the panel, registered (E1–E5). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtPair } from '../core/device-ground.js';
import type { DoubleUser, UserInteraction } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let zoe: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  zoe = await ground.linked({ name: 'Zoé', email: 'zoe@alarmes.example' });
  await say(zoe, 'installer register', {
    company: 'Alarmes Durand',
    'last-name': 'Durand',
    'first-name': 'Zoé',
    phone: '01 23 45 67 89',
  });
  await ground.post();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.failures).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const email = 'lea@client.example';
const number = 'V-000001';
const register = `with:device show:${number}:device add`;
const person = { 'last-name': 'Petit', 'first-name': 'Léa' };
const place = { street: '3 rue Haute', zip: '69001', city: 'Lyon', country: 'FR' };

const check = async (more: Record<string, string> = {}): Promise<UserInteraction> => {
  const pair = await builtPair(ground.open);
  return say(zoe, 'device check', { ...pair, 'web-address': 'http://192.168.1.20:8080', email, ...more });
};
const partsOf = ({ answer }: UserInteraction) => answer.components.flatMap(({ components = [] }) => components);
const buttonsOf = (used: UserInteraction): string[] =>
  partsOf(used).map(({ label, disabled }) => `${label}${disabled ? ' (off)' : ''}`);
const fill = async (used: UserInteraction, group: string, values: Record<string, string>): Promise<UserInteraction> =>
  whole(zoe.submit(await zoe.press(used, `group:device show:${number}:${group}`), values));
const show = async () => {
  const outcome = await ground.operator('device show', { device: number }, 'zoe@alarmes.example');
  return outcome.ok ? outcome.data : {};
};
/** Who was written to, and what. */
async function letters(): Promise<string[]> {
  const before = ground.mails.length;
  await ground.post();
  return ground.mails.slice(before).map(({ recipient, letter }) => `${recipient} ${letter}`);
}

test('the check shows the client’s form, its required fields starred; filled in, it is registered', async () => {
  const checked = await check();
  expect(checked.answer).toMatchObject({ type: 4, ephemeral: true });
  expect(checked.answer.content).toContain(number);
  expect(checked.answer.content).toContain('**Nom \\*** –\n');
  expect(checked.answer.content).toContain('**Société** –\n');
  expect(checked.answer.content).not.toContain('{');
  expect(buttonsOf(checked)).toEqual(['Client', 'Adresse', 'Enregistrer le dispositif']);
  expect(await letters()).toEqual([]);

  const some = await fill(checked, 'client', person);
  expect(some.answer).toMatchObject({ type: 7, messageId: checked.answer.messageId });
  // some of it but not all: what is missing is told, and it can't be registered yet
  expect(some.answer.content).toMatch(/\*\*Manque encore\*\* Adresse, Code postal, Ville, Pays$/);
  expect(buttonsOf(some)).toEqual(['Client', 'Adresse', 'Enregistrer le dispositif (off)']);
  const all = await fill(some, 'address', place);
  expect(buttonsOf(all)).toEqual(['Client', 'Adresse', 'Enregistrer le dispositif']);

  const done = await whole(zoe.press(all, register));
  expect(done.answer).toMatchObject({ type: 7, messageId: checked.answer.messageId, components: [] });
  expect(done.answer.content).toContain(`${number} est enregistré`);
  expect(await letters()).toEqual([expect.stringContaining(email), expect.stringContaining(email)]);
  expect(await show()).toMatchObject({ email, lastName: 'Petit', city: 'Lyon', account: 'created' });
  expect(ground.double.interactions.every(({ answeredAfterMs = 9999 }) => answeredAfterMs < 3000)).toBe(true);
});

test('with none of it it is registered at once; pressed again, it shows where it stands', async () => {
  const checked = await check();
  const copy = await say(zoe, 'device show', { device: number });
  expect(buttonsOf(copy)).toEqual(['Client', 'Adresse', 'Enregistrer le dispositif']);
  await ground.bot.close();
  await ground.start();
  const done = await whole(zoe.press(checked, register));
  expect(done.answer.content).toContain(`${number} est enregistré`);
  expect(await letters()).toHaveLength(2);
  const late = await whole(zoe.press(copy, register));
  expect(late.answer).toMatchObject({ messageId: copy.answer.messageId, components: [] });
  expect(late.answer.content).toContain(number);
  expect(await letters()).toEqual([]);
});

test('typed at once with some of it, the rest is asked for in a form', async () => {
  const pair = await builtPair(ground.open);
  const given = { ...pair, 'web-address': 'http://192.168.1.20:8080', email };
  const opened = await zoe.command('device add', { ...given, ...person, street: place.street });
  expect(opened.answer.type).toBe(9);
  const { street: _, ...rest } = place;
  const done = await whole(zoe.submit(opened, rest));
  expect(done.answer.content).toContain(`${number} est enregistré`);
  expect(await show()).toMatchObject({ lastName: 'Petit', street: '3 rue Haute', zip: '69001' });
});

test('what was corrected elsewhere meanwhile is what counts', async () => {
  const checked = await check();
  await ground.operator('device edit', { device: number, email: 'right@client.example' }, 'zoe@alarmes.example');
  await whole(zoe.press(checked, register));
  expect((await letters()).every((line) => line.startsWith('right@client.example '))).toBe(true);
  expect(await show()).toMatchObject({ email: 'right@client.example' });
});

test('a wrong pair is refused, and its form corrects it', async () => {
  const refused = await check({ mac: '00:11:22:33:44:55' });
  expect(refused.answer.content).toContain('**Adresse MAC**');
  expect(partsOf(refused).map(({ label }) => label)).toEqual(['Corriger']);
});

test('nobody else sees or registers it', async () => {
  await check();
  const rival = await ground.linked({ name: 'Rival', email: 'rival@example.com' });
  await say(rival, 'installer register', {
    company: 'R',
    'last-name': 'R',
    'first-name': 'R',
    phone: '01 23 45 67 88',
  });
  const { id } = ground.double.addChannel({ name: 'shared' });
  const made = await fetch(`${ground.double.api}/v10/channels/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${ground.double.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      content: 'look',
      components: [{ type: 1, components: [{ type: 2, style: 2, label: 'Register', custom_id: register }] }],
    }),
  });
  const used = await whole(rival.press((await made.json()) as { id: string }, register));
  expect(used.answer).toMatchObject({ ephemeral: true, components: [] });
  expect(used.answer.content).toContain(`${number} est introuvable`);
  expect(await show()).toMatchObject({ state: 'checked' });
});
