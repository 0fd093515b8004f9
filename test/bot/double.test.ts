import {
  ActionRowBuilder,
  ApplicationCommandOptionType as Option,
  ButtonBuilder,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
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
  general = bot.client.channels.cache.find((channel) => channel.type === 0) as TextChannel;
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

test('buttons on a channel message: update, deferred update, a hidden answer; a press needs eyes', async () => {
  const row = (disabled: boolean) =>
    new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId('yes:1').setLabel('Approve').setStyle(ButtonStyle.Success).setDisabled(disabled),
      new ButtonBuilder().setCustomId('no:1').setLabel('Refuse').setStyle(ButtonStyle.Danger),
    );
  const approvals = double.addChannel({ name: 'four-eyes', private: true, members: [ann] });
  const channel = (await bot.client.channels.fetch(approvals.id)) as TextChannel;
  const message = await channel.send({
    content: 'A-1 <@1> @everyone',
    components: [row(false)],
    allowedMentions: { parse: [] },
  });
  expect(approvals.messages[0]).toMatchObject({ mentions: [], mention_everyone: false });
  bot.listener = async (interaction) => {
    if (!interaction.isButton()) return;
    if (interaction.customId === 'yes:1') return interaction.update({ content: 'approved', components: [row(true)] });
    await interaction.deferUpdate();
    await interaction.editReply('looked at');
    await interaction.followUp({ content: 'why?', flags: MessageFlags.Ephemeral });
  };
  await expect(bob.press(message, 'Refuse')).rejects.toThrow('Bob does not see');
  const refused = await ann.press(message, 'Refuse');
  expect(refused.answer.type).toBe(6);
  expect(await refused.settled()).toMatchObject({ content: 'looked at' });
  const hidden = await refused.followUp();
  const approved = await ann.press(message, 'yes:1');
  expect(approved.answer).toMatchObject({ type: 7, content: 'approved' });
  expect(approvals.messages.map(({ content }) => content)).toEqual(['approved']);
  await expect(ann.press(message, 'Approve')).rejects.toThrow('disabled');
  await expect(bob.press(hidden, 'x')).rejects.toThrow('does not see');
});

test('a select passes what was chosen', async () => {
  const options = ['fr', 'en'].map((value) => ({ label: value.toUpperCase(), value }));
  const select = { type: ComponentType.StringSelect as const, customId: 'lang', options };
  const message = await general.send({
    content: 'Language?',
    components: [{ type: ComponentType.ActionRow, components: [select] }],
  });
  bot.listener = async (interaction) =>
    interaction.isStringSelectMenu() && interaction.reply(interaction.values.join());
  expect((await ann.choose(message, 'lang', ['EN'])).answer.content).toBe('en');
  await expect(ann.choose(message, 'lang', ['de'])).rejects.toThrow('no option de');
  await expect(ann.choose(message, 'lang', ['fr', 'en'])).rejects.toThrow('1 to 1');
});

test('a modal of labels brings text, choice and file, each by label or custom id', async () => {
  const modal = {
    customId: 'order:1',
    title: 'Order',
    components: [
      { type: 18, label: 'Name', component: { type: 4, custom_id: 'name', style: 1, max_length: 10 } },
      { type: 18, label: 'Kind', component: { type: 3, custom_id: 'kind', options: [{ label: 'A', value: 'a' }] } },
      { type: 18, label: 'Paper', component: { type: 19, custom_id: 'paper', required: false, min_values: 0 } },
    ],
  };
  let read: unknown;
  bot.listener = async (interaction) => {
    if (interaction.isChatInputCommand()) return interaction.showModal({ ...modal, custom_id: 'order:1' } as never);
    if (!interaction.isModalSubmit()) return;
    const { fields } = interaction;
    const file = fields.getUploadedFiles('paper')!.first()!;
    const bytes = await (await fetch(file.url)).text();
    read = [
      interaction.customId,
      fields.getTextInputValue('name'),
      fields.getStringSelectValues('kind'),
      file.name,
      bytes,
    ];
    return interaction.reply('thanks');
  };
  const opener = await ann.command('declare new', { product: 'pro' });
  expect(opener.answer).toMatchObject({ type: 9, modal: { title: 'Order' } });
  await expect(ann.submit(opener, { Name: 'x'.repeat(11), Kind: ['a'] })).rejects.toThrow('0 to 10 characters');
  await expect(ann.submit(opener, { Name: 'x' })).rejects.toThrow('wants 1 to 1');
  await expect(ann.submit(opener, { Kind: ['a'] })).rejects.toThrow('is required');
  await expect(bob.submit(opener, {})).rejects.toThrow('shown to Ann');
  const paper = [{ name: 'p.txt', content: Buffer.from('signed') }];
  const submitted = await ann.submit(opener, { Name: 'Zoé', kind: ['A'], Paper: paper });
  expect(submitted.answer.content).toBe('thanks');
  expect(read).toEqual(['order:1', 'Zoé', ['a'], 'p.txt', 'signed']);
});

test('a modal from a button updates the message it came from; another modal cannot follow it', async () => {
  const input = new TextInputBuilder().setCustomId('why').setLabel('Reason').setStyle(TextInputStyle.Paragraph);
  const modal = new ModalBuilder().setCustomId('refuse:1').setTitle('Refuse');
  modal.addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input));
  const button = new ButtonBuilder().setCustomId('no:2').setLabel('Refuse').setStyle(ButtonStyle.Danger);
  const message = await general.send({
    content: 'A-2',
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
  });
  let second: unknown;
  bot.listener = async (interaction) => {
    if (interaction.isButton()) return interaction.showModal(modal);
    if (!interaction.isModalSubmit() || !interaction.isFromMessage()) return;
    const again = { type: 9, data: { custom_id: 'x', title: 'x', components: [input] } };
    const route = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
    second = await codeOf(bot.client.rest.post(route, { body: again, auth: false }));
    await interaction.update({ content: `refused: ${interaction.fields.getTextInputValue('why')}`, components: [] });
  };
  const opener = await ann.press(message, 'Refuse');
  const submitted = await ann.submit(opener, { Reason: 'too late' });
  expect(submitted.answer).toMatchObject({ type: 7, content: 'refused: too late', components: [] });
  expect(second).toBe(50035);
});

test('files go both ways, by the double itself as CDN', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 45, 45]);
  bot.listener = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const file = interaction.options.getAttachment('file', true);
    const fetched = Buffer.from(await (await fetch(file.url)).arrayBuffer());
    expect([file.name, file.size, file.contentType, file.ephemeral]).toEqual([
      'bon_de_cde.pdf',
      6,
      'application/pdf',
      true,
    ]);
    await interaction.reply({
      embeds: [{ image: { url: 'attachment://chart.png' } }],
      files: [
        { attachment: fetched, name: 'back.bin' },
        { attachment: Buffer.from('png'), name: 'chart.png', description: 'A chart' },
      ],
    });
  };
  const file = { name: 'bon de cdé.pdf', content: bytes };
  const { answer } = await ann.command('declare new', { product: 'pro', file });
  expect(answer.files.map(({ name, type }) => [name, type])).toEqual([
    ['back.bin', 'application/octet-stream'],
    ['chart.png', 'image/png'],
  ]);
  expect(answer.files[0]!.content).toEqual(bytes);
  expect(await (await fetch(answer.embeds[0]!.image!.url!)).text()).toBe('png');
  expect((await fetch(answer.files[0]!.url.split('?')[0]!)).status).toBe(404);
});

test('direct messages arrive, or are refused by who closed them', async () => {
  const received = new Promise<string>((resolve) =>
    bot.client.once('messageCreate', (message) => resolve(`${message.author.id} ${message.content}`)),
  );
  await bot.client.users.send(ann.id, 'ready');
  expect(ann.dms.map(({ content }) => content)).toEqual(['ready']);
  expect(await received).toBe(`${double.applicationId} ready`);
  bob.dmsClosed = true;
  expect(await codeOf(bot.client.users.send(bob.id, 'ready'))).toBe(50007);
  expect(bob.dms).toEqual([]);
});

test('an edit keeps the files it lists; a deleted message is gone', async () => {
  const message = await general.send({ files: ['a', 'b'].map((name) => ({ attachment: Buffer.from(name), name })) });
  const first = message.attachments.first()!;
  const edited = await message.edit({
    content: 'one',
    attachments: [first],
    files: [{ attachment: Buffer.from('c'), name: 'c' }],
  });
  expect(edited.attachments.map(({ name }) => name)).toEqual(['a', 'c']);
  expect((await general.messages.fetch({ limit: 1 })).first()!.id).toBe(message.id);
  await message.delete();
  expect(await codeOf(general.messages.fetch(message.id))).toBe(10008);
});

test('the same nonce gives the first message again, also when the answer to it was lost', async () => {
  const before = double.channel(general.id).messages.length;
  double.failNext(1, { cut: 'after' }, 'create_message');
  const lost = await general.send({ content: 'once', nonce: 'n-1', enforceNonce: true });
  const again = await general.send({ content: 'once', nonce: 'n-1', enforceNonce: true });
  expect(again.id).toBe(lost.id);
  expect(double.channel(general.id).messages.length).toBe(before + 1);
});

test('waiting in vain tells what was seen', async () => {
  await general.send('something else');
  const waiting = double.waitFor(() => false, { what: 'the impossible', timeoutMs: 20 });
  await expect(waiting).rejects.toThrow(/the impossible[\s\S]*200 POST[\s\S]*something else/);
});
