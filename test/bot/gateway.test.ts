/** Starting the bot: where its commands are registered, what it says about the approvals channel. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { normalised } from '../../src/bot/register.js';
import { commandsOf } from '../../src/bot/slash.js';
import { commands } from '../../src/core/programmes/index.js';
import { say, startGround, type Ground } from './ground.js';

let ground: Ground;
beforeEach(async () => {
  ground = await startGround();
});
afterEach(async () => {
  await ground.stop();
  // a wrong token is one test's own
  expect(ground.double.violations.filter(({ message }) => message !== '401: Unauthorized')).toEqual([]);
  expect(ground.double.faults).toEqual([]);
});

const puts = () =>
  ground.double.requests.filter(({ operation }) => operation.startsWith('bulk_set')).map(({ operation }) => operation);
const restart = async (more: Parameters<Ground['start']>[0] = {}): Promise<void> => {
  await ground.bot.close();
  await ground.start(more);
};

test('commands are registered in the guild, and not again when they are equal', async () => {
  const names = commandsOf(commands).map(({ name }) => name);
  expect(ground.double.commands('guild').map(({ name }) => name)).toEqual(names);
  expect(ground.double.commands('global')).toEqual([]);
  expect(puts()).toEqual(['bulk_set_guild_application_commands']);
  await restart();
  expect(puts()).toHaveLength(1);
});

test('without a guild they are global, and switching removes the other set', async () => {
  await restart({ guildId: undefined });
  expect(ground.double.commands('guild')).toEqual([]);
  expect(ground.double.commands('global')).toHaveLength(commandsOf(commands).length);
  const ann = ground.double.user({ name: 'Ann', locale: 'fr' });
  expect((await say(ann, 'help', {}, { dm: true })).answer.content).toContain('account link');
  await restart();
  expect(ground.double.commands('global')).toEqual([]);
  expect(ground.double.commands('guild').length).toBeGreaterThan(5);
});

test('registration can be left to another process', async () => {
  await restart({ registerCommands: false, guildId: undefined });
  expect(puts()).toHaveLength(1);
});

test('a change of any text is seen, what Discord adds is not', () => {
  const [declare] = commandsOf(commands).filter(({ name }) => name === 'declare');
  const there = {
    ...declare,
    id: '1',
    version: '2',
    nsfw: false,
    contexts: null,
    default_member_permissions: null,
    integration_types: [0],
  };
  expect(normalised(there)).toBe(normalised(declare!));
  const text = JSON.stringify(declare);
  for (const [from, to] of [
    ['Prénom', 'Petit nom'],
    ['"max_length":80', '"max_length":81'],
    ['"autocomplete":true', '"autocomplete":false'],
    ['"required":true', '"required":false'],
  ] as const) {
    expect(text).toContain(from);
    expect(normalised(JSON.parse(text.replace(from, to)) as object)).not.toBe(normalised(declare!));
  }
});

test('start says when everyone reads the approvals channel, or the bot can’t write there', async () => {
  const warnings = () => ground.log.filter(({ level }) => level === 'warn').map(({ text }) => text);
  expect(warnings()).toEqual([]);
  const open = ground.double.addChannel({ name: 'open' });
  await restart({ approvalsChannelId: open.id });
  expect(warnings()).toEqual([expect.stringContaining('everyone can read the approvals channel')]);
  ground.log.length = 0;
  await restart({ approvalsChannelId: '1400000000000000000' });
  expect(warnings()).toEqual([expect.stringContaining('can’t be reached')]);
});

test('a wrong token ends the start with a sentence', async () => {
  await expect(ground.start({ token: 'another-token' })).rejects.toThrow(/token/i);
  await ground.start();
});

test('buttons and forms that are no longer ours are answered', async () => {
  const ann = await ground.reseller();
  const { answer } = await say(ann, 'stock gone', { x: 'y' }, { force: true });
  expect(answer.content).toContain('stock gone');
  const channel = ground.approvalsChannel.id;
  const body = {
    content: 'old',
    components: [{ type: 1, components: [{ type: 2, style: 2, label: 'Old', custom_id: 'old:1' }] }],
  };
  const owner = ground.double.user({ name: 'Owner', locale: 'en-US', owner: true });
  await fetch(`${ground.double.api}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${ground.double.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const [message] = ground.double.channel(channel).messages;
  const pressed = await owner.press(message!, 'Old');
  expect((await pressed.settled()).content).toContain('Type the command again');
});
