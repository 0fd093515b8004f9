import {
  ActionRowBuilder,
  ApplicationCommandOptionType as Option,
  ButtonBuilder,
  ButtonStyle,
  ChannelType,
  ComponentType,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type TextChannel,
} from 'discord.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDiscordDouble, type DiscordDouble, type DoubleUser } from '../servers/discord/double.js';
import { BareBot, codeOf } from './bare-bot.js';

const order = {
  name: 'order',
  description: 'Orders',
  options: [{ name: 'file', description: 'A document', type: Option.Attachment as const }],
};

let double: DiscordDouble;
let bot: BareBot;
let ann: DoubleUser;
let bob: DoubleUser;
let general: TextChannel;

beforeAll(async () => {
  double = await startDiscordDouble({ token: 'secret', checkAnswers: true, rateLimits: false });
  ann = double.user({ name: 'Ann', locale: 'fr' });
  bob = double.user({ name: 'Bob' });
  bot = new BareBot(double);
  await bot.start(double.token);
  await bot.client.application!.commands.set([order], double.guildId);
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
    if (interaction.isChatInputCommand()) return interaction.showModal({ ...modal, custom_id: 'order:1' });
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
  const opener = await ann.command('order');
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
  const { answer } = await ann.command('order', { file });
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

test('a text pings whom its allowed mentions let it, and everybody it names without them', async () => {
  const text = `<@${ann.id}> <@${bob.id}> @everyone`;
  const pinged = async (allowedMentions?: object) => {
    const message = await general.send({ content: text, ...(allowedMentions && { allowedMentions }) });
    return [[...message.mentions.users.keys()].sort(), message.mentions.everyone];
  };
  expect(await pinged()).toEqual([[ann.id, bob.id].sort(), true]);
  expect(await pinged({ parse: [] })).toEqual([[], false]);
  expect(await pinged({ parse: [], users: [bob.id] })).toEqual([[bob.id], false]);
});

test('a file over 10 MiB is refused', async () => {
  const big = { attachment: Buffer.alloc(10 * 1024 * 1024 + 1), name: 'big.bin' };
  expect(await codeOf(general.send({ files: [big] }))).toBe(40005);
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
  const once = { content: 'once', nonce: 'n-1', enforceNonce: true };
  const before = double.channel(general.id).messages.length;
  double.failNext(1, { cut: 'after' }, 'create_message');
  await expect(general.send(once)).rejects.toThrow();
  const again = await general.send(once);
  expect(
    double
      .channel(general.id)
      .messages.slice(before)
      .map(({ id }) => id),
  ).toEqual([again.id]);
});
