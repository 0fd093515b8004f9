import { Routes } from 'discord.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDiscordDouble, type DiscordDouble, type DoubleUser } from '../servers/discord/double.js';
import { BareBot, codeOf } from './bare-bot.js';

const command = { name: 'ask', description: 'Asks' };
const row = (...components: object[]) => ({ type: 1, components });
let double: DiscordDouble;
let bot: BareBot;
let ann: DoubleUser;
let now = 0;

beforeAll(async () => {
  double = await startDiscordDouble({
    token: 'secret',
    checkAnswers: true,
    clock: { elapsedMs: () => now + performance.now() },
  });
  ann = double.user({ name: 'Ann' });
  bot = new BareBot(double);
  await bot.start(double.token);
  await bot.client.application!.commands.set([command], double.guildId);
});

afterEach(() => {
  expect(double.faults).toEqual([]);
  expect(bot.errors.splice(0)).toEqual([]);
});

afterAll(async () => {
  await bot.client.destroy();
  await double.close();
});

test('an answer after the limit finds no interaction; the user is told the application did not respond', async () => {
  const impatient = await startDiscordDouble({ token: 'secret', answerLimitMs: 80, clock: { elapsedMs: () => now } });
  const late = new BareBot(impatient);
  await late.start(impatient.token);
  await late.client.application!.commands.set([command], impatient.guildId);
  late.listener = async (interaction) => {
    now += 81;
    return interaction.isRepliable() && interaction.reply('too late');
  };
  const asked = impatient.user({ name: 'Bob' }).command('ask');
  await expect(asked).rejects.toThrow('the application to respond to ask');
  await impatient.waitFor(() => late.errors[0]);
  expect(late.errors).toMatchObject([{ code: 10062 }]);
  expect(impatient.violations).toMatchObject([{ code: 10062, message: 'Unknown interaction' }]);
  expect(impatient.interactions[0]!.answeredAfterMs).toBeUndefined();
  await late.client.destroy();
  await impatient.close();
});

test('one answer only; nothing before it; nothing once the token is old', async () => {
  const codes: unknown[] = [];
  let later: (() => Promise<unknown>) | undefined;
  bot.listener = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const { id, token, webhook } = interaction;
    codes.push(await codeOf(webhook.send('early')), await codeOf(webhook.editMessage('@original', 'early')));
    await interaction.reply('answer');
    const again = bot.client.rest.post(Routes.interactionCallback(id, token), {
      body: { type: 4, data: { content: 'x' } },
      auth: false,
    });
    codes.push(await codeOf(again), await codeOf(webhook.fetchMessage(double.guildId)));
    later = () => interaction.followUp('too old');
  };
  const interaction = await ann.command('ask');
  await bot.done;
  expect(codes).toEqual([10015, 10015, 40060, 10008]);
  expect(interaction.answer.content).toBe('answer');
  now += 15 * 60_000 + 1;
  expect(await codeOf(later!())).toBe(50027);
});

test('answers must suit what they answer', async () => {
  const codes: unknown[] = [];
  const answer = (id: string, token: string, body: object) =>
    codeOf(bot.client.rest.post(Routes.interactionCallback(id, token), { body, auth: false }));
  bot.listener = async (interaction) => {
    for (const body of [
      { type: 6 },
      { type: 7, data: { content: 'x' } },
      { type: 8, data: { choices: [] } },
      { type: 4 },
      { type: 5, data: { flags: 1 << 15 } },
      {
        type: 9,
        data: {
          custom_id: 'm',
          title: 'x'.repeat(46),
          components: [row({ type: 4, custom_id: 'a', style: 1, label: 'l' })],
        },
      },
      {
        type: 9,
        data: {
          custom_id: 'm',
          title: 'x',
          components: [row({ type: 4, custom_id: 'a', style: 1, label: 'x'.repeat(46) })],
        },
      },
      { type: 9, data: { custom_id: 'm', title: 'x', components: [] } },
      {
        type: 9,
        data: {
          custom_id: 'm',
          title: 'x',
          components: Array.from({ length: 6 }, (_, n) => row({ type: 4, custom_id: `${n}`, style: 1, label: 'l' })),
        },
      },
      {
        type: 9,
        data: {
          custom_id: 'm',
          title: 'x',
          components: [{ type: 18, label: 'l', component: { type: 4, custom_id: 'a', style: 1, label: 'twice' } }],
        },
      },
    ])
      codes.push(await answer(interaction.id, interaction.token, body));
    codes.push(await answer(interaction.id, interaction.token, { type: 5 }));
  };
  await ann.command('ask');
  await bot.done;
  expect(codes).toEqual([50035, 50035, 50035, 50006, 50035, 50035, 50035, 50035, 50035, 50035, 'not refused']);
});

test('only the token opens the bot’s routes', async () => {
  const get = async (authorization?: string) =>
    (await fetch(`${double.api}/v10/users/@me`, { headers: authorization ? { authorization } : {} })).status;
  expect([await get(), await get('Bot wrong'), await get('Bot secret')]).toEqual([401, 401, 200]);
  expect((await fetch(`${double.api}/v10/nowhere`)).status).toBe(404);
  expect((await fetch(`${double.api}/v10/users/@me`, { method: 'DELETE' })).status).toBe(405);
});
