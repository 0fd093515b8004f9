import {
  ApplicationCommandOptionType as Option,
  ChannelType,
  MessageFlags,
  type ApplicationCommandDataResolvable,
  type TextChannel,
} from 'discord.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDiscordDouble, type DiscordDouble, type DoubleUser } from '../servers/discord/double.js';
import { BareBot, codeOf } from './bare-bot.js';

const declare: ApplicationCommandDataResolvable = {
  name: 'declare',
  description: 'Declarations',
  options: [
    {
      name: 'new',
      description: 'Declares a pack',
      type: Option.Subcommand,
      options: [
        { name: 'product', description: 'Which pack', type: Option.String, required: true, autocomplete: true },
        { name: 'quantity', description: 'How many', type: Option.Integer, minValue: 1 },
        { name: 'takeover', description: 'Taken over', type: Option.Boolean },
        { name: 'file', description: 'A document', type: Option.Attachment },
        { name: 'who', description: 'For whom', type: Option.User },
      ],
    },
  ],
};

let double: DiscordDouble;
let bot: BareBot;
let ann: DoubleUser;
let bob: DoubleUser;
let general: TextChannel;

beforeAll(async () => {
  double = await startDiscordDouble({ token: 'secret', checkAnswers: true });
  ann = double.user({ name: 'Ann', locale: 'fr' });
  bob = double.user({ name: 'Bob' });
  bot = new BareBot(double);
  await bot.start(double.token);
  await bot.client.application!.commands.set([declare], double.guildId);
  general = bot.client.channels.cache.find(({ type }) => type === ChannelType.GuildText) as TextChannel;
});

afterEach(() => {
  expect(double.faults).toEqual([]);
  expect(bot.errors.splice(0)).toEqual([]);
});

afterAll(async () => {
  await bot.client.destroy();
  await double.close();
});

test('the client finds the guild, its channel and what @everyone may see', async () => {
  const approvals = double.addChannel({ name: 'approvals', private: true, members: [ann] });
  const fetched = (await bot.client.channels.fetch(approvals.id)) as TextChannel;
  expect(bot.client.guilds.cache.get(double.guildId)!.name).toBe('Guichet');
  expect(fetched.permissionsFor(double.guildId)!.has('ViewChannel')).toBe(false);
  expect(fetched.permissionsFor(bot.client.user!)!.has('SendMessages')).toBe(true);
  expect(general.permissionsFor(double.guildId)!.has('ViewChannel')).toBe(true);
});

test('a registered set replaces the one before and keeps ids; guild and global sets are apart', async () => {
  const [before] = double.commands('guild');
  await bot.client.application!.commands.set([{ name: 'help', description: 'Help' }]);
  await bot.client.application!.commands.set([declare], double.guildId);
  expect(double.commands('guild')[0]!.id).toBe(before!.id);
  expect(double.commands('global').map(({ name }) => name)).toEqual(['help']);
  await bot.client.application!.commands.set([]);
  expect(double.commands().map(({ name }) => name)).toEqual(['declare']);
});

test('a command arrives with its typed options and the reply is read', async () => {
  let seen: unknown;
  bot.listener = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const { options, locale, guildId, memberPermissions, user } = interaction;
    seen = {
      ...{
        verb: options.getSubcommand(),
        product: options.getString('product'),
        quantity: options.getInteger('quantity'),
      },
      ...{ takeover: options.getBoolean('takeover'), who: options.getUser('who')!.id, locale, guildId, user: user.id },
      sees: memberPermissions!.has('ViewChannel'),
    };
    const sent = await interaction.reply({ content: 'done', flags: MessageFlags.Ephemeral, withResponse: true });
    expect(sent.resource!.message!.content).toBe('done');
  };
  const given = { product: 'pro', quantity: 2, takeover: true, who: bob };
  const { answer, answeredAfterMs } = await ann.command('declare new', given);
  expect(seen).toEqual({
    ...{ verb: 'new', product: 'pro', quantity: 2, takeover: true, who: bob.id },
    ...{ locale: 'fr', guildId: double.guildId, user: ann.id, sees: true },
  });
  expect(answer).toMatchObject({ type: 4, content: 'done', ephemeral: true, loading: false, files: [] });
  expect(answeredAfterMs).toBeGreaterThan(0);
  expect(answeredAfterMs).toBeLessThan(3000);
});

test('what no client would send is refused at the keyboard, and sent when forced', async () => {
  bot.listener = async (interaction) => interaction.isRepliable() && interaction.reply('forced');
  await expect(ann.command('declare old')).rejects.toThrow('there is no old');
  await expect(ann.command('stock show')).rejects.toThrow('not registered');
  await expect(ann.command('declare')).rejects.toThrow('needs a sub-command');
  await expect(ann.command('declare new')).rejects.toThrow('needs product');
  await expect(ann.command('declare new', { product: 'pro', colour: 'red' })).rejects.toThrow('no option colour');
  await expect(ann.command('declare new', { product: 7 })).rejects.toThrow('wants text');
  await expect(ann.command('declare new', { product: 'pro', quantity: '2' })).rejects.toThrow('wants a number');
  await expect(ann.command('declare new', { product: 'pro', quantity: 0 })).rejects.toThrow('wants 1 to');
  await expect(ann.command('declare new', { product: 'pro', takeover: 'yes' })).rejects.toThrow('yes or no');
  const { answer } = await ann.command('declare new', { colour: 'red' }, { force: true });
  expect(answer).toMatchObject({ content: 'forced', ephemeral: false });
});

test('a deferred answer stays as hidden as it was deferred, and settles with its edit', async () => {
  let release = () => undefined as void;
  const hold = new Promise<void>((resolve) => (release = resolve));
  bot.listener = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await hold;
    await interaction.editReply('half');
    await interaction.editReply({
      content: 'whole',
      embeds: [{ title: 'Receipt', fields: [{ name: 'n', value: 'v' }] }],
    });
    await interaction.followUp('for all');
    await interaction.followUp({ content: 'for you', flags: MessageFlags.Ephemeral });
  };
  const interaction = await ann.command('declare new', { product: 'pro' });
  expect(interaction.answer).toMatchObject({ type: 5, content: '', loading: true, ephemeral: true });
  release();
  await interaction.settled();
  await interaction.followUp(1);
  expect(interaction.answer).toMatchObject({ type: 5, content: 'whole', loading: false, ephemeral: true });
  expect(interaction.answer.embeds[0]).toMatchObject({ title: 'Receipt', type: 'rich' });
  expect(interaction.versions.map(({ content }) => content)).toEqual(['', 'half', 'whole']);
  expect(interaction.followUps.map(({ content, ephemeral }) => [content, ephemeral])).toEqual([
    ['for all', false],
    ['for you', true],
  ]);
});

test('a follow-up right after a deferral fills the placeholder, as Discord does', async () => {
  bot.listener = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply();
    await interaction.followUp({ content: 'meant to be hidden', flags: MessageFlags.Ephemeral });
  };
  const interaction = await ann.command('declare new', { product: 'pro' });
  expect(await interaction.settled()).toMatchObject({ content: 'meant to be hidden', ephemeral: false });
  expect(interaction.followUps).toEqual([]);
});

test('autocomplete offers choices for what is typed and filled in', async () => {
  bot.listener = async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const { name, value } = interaction.options.getFocused(true);
    const others = interaction.options.getInteger('quantity');
    await interaction.respond([{ name: `${name} ${value} ×${others}`, value: 'power' }]);
  };
  const choices = await ann.autocomplete('declare new', 'product', 'pow', { quantity: 3 });
  expect(choices).toEqual([{ name: 'product pow ×3', value: 'power' }]);
  await expect(ann.autocomplete('declare new', 'quantity', '1')).rejects.toThrow('not registered with autocomplete');
});

test('waiting in vain tells what was seen', async () => {
  await general.send('something else');
  const waiting = double.waitFor(() => false, { what: 'the impossible', timeoutMs: 20 });
  await expect(waiting).rejects.toThrow(/the impossible[\s\S]*200 POST[\s\S]*something else/);
});

test('the bot can ask about itself, its guild and who is there, and gets what the document promises', async () => {
  const { guildId } = double;
  for (const route of [
    '/gateway',
    '/gateway/bot',
    '/users/@me',
    '/applications/@me',
    '/oauth2/applications/@me',
    `/guilds/${guildId}`,
    `/guilds/${guildId}/roles`,
    `/guilds/${guildId}/channels`,
    `/guilds/${guildId}/members/${ann.id}`,
    `/users/${bob.id}`,
    `/channels/${general.id}`,
    `/channels/${general.id}/messages`,
    `/applications/${double.applicationId}/guilds/${guildId}/commands`,
  ] as const)
    expect(await bot.client.rest.get(route), route).toBeTruthy();
  expect(await codeOf(bot.client.rest.get(`/guilds/${general.id}`))).toBe(10004);
  expect(await codeOf(bot.client.rest.get(`/channels/${guildId}`))).toBe(10003);
  expect(await codeOf(bot.client.rest.get('/channels/general'))).toBe(50035);
});

test('in a direct message only global commands are offered, and the interaction has a user, not a member', async () => {
  await bot.client.application!.commands.set([
    { name: 'help', description: 'Help' },
    { name: 'here', description: 'Guild only', contexts: [0] },
  ]);
  let seen: unknown;
  bot.listener = async (interaction) => {
    seen = [interaction.context, interaction.inGuild(), interaction.member, interaction.channelId];
    return interaction.isRepliable() && interaction.reply('in private');
  };
  await expect(ann.command('declare new', { product: 'pro' }, { dm: true })).rejects.toThrow('not registered here');
  await expect(ann.command('here', {}, { dm: true })).rejects.toThrow('not offered in DMs');
  const { answer } = await ann.command('help', {}, { dm: true });
  expect(seen).toEqual([1, false, null, ann.dms.at(-1)!.channel_id]);
  expect(ann.dms.at(-1)!.content).toBe(answer.content);
});
