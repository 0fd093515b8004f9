/** Everything that users do in Discord arrives here; whatever happens, each of them gets an answer. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  ApplicationCommandOptionType,
  DiscordAPIError,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type ModalSubmitInteraction,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { cancelPreview, draftOf, previewOf, takeDraft } from '../core/command/pending.js';
import { readerOf } from '../core/command/reader.js';
import { suggest, suggestedAtMost, type Suggestion } from '../core/command/suggest.js';
import { localeOf } from '../core/locales/locale.js';
import { textsOf } from '../core/locales/texts.js';
import { ask, showForm, type Said, type Talk } from './conversation.js';
import { filledIn } from './form.js';
import { readPanelId } from './panel-ids.js';
import { askedBy, usePanel } from './panel-talk.js';
import { callerOf, type Parts } from './parts.js';
import { button, contentMost, message, plain, rowOf, type Payload } from './render.js';
import { createReplier, type Askable } from './replier.js';
import { decodeOptions } from './slash.js';
import { wordsOf } from './words.js';

/** @returns a handler that never throws */
export function createHandler(parts: Parts): (interaction: Interaction) => Promise<void> {
  return async (interaction) => {
    if (interaction.isAutocomplete()) return offer(parts, interaction);
    if (interaction.isChatInputCommand()) return talkOver(parts, interaction, (talk) => typed(talk, interaction));
    if (interaction.isButton()) return talkOver(parts, interaction, (talk) => pressed(talk, interaction));
    if (interaction.isStringSelectMenu()) return talkOver(parts, interaction, (talk) => chosen(talk, interaction));
    if (interaction.isModalSubmit()) return talkOver(parts, interaction, (talk) => submitted(talk, interaction));
    parts.log.debug({ type: interaction.type }, 'an interaction of a kind we never show');
  };
}

async function talkOver(parts: Parts, interaction: Askable, run: (talk: Talk) => Promise<void>): Promise<void> {
  const { desk } = parts.dispatcher;
  const words = () => wordsOf(said.reader?.locale ?? localeOf(interaction.locale, desk.locale));
  const said: Said = { command: '' };
  const late = (payload: Payload): Promise<void> => byMessage(parts, { interaction, said, payload });
  const replier = createReplier(interaction, {
    times: parts.times,
    clock: desk.clock,
    log: parts.log,
    working: words().working,
    late,
  });
  try {
    await run({ parts, interaction, replier, said });
  } catch (error) {
    const reference = desk.random(4).toString('hex');
    parts.log.error(
      { reference, err: error, interaction: interaction.id, command: said.command },
      'an interaction could not be answered',
    );
    await replier
      .answer(message(plain(words().broken(reference))))
      .catch((again: unknown) => parts.log.error({ reference, err: again }, 'nor could that be told'));
  } finally {
    replier.end();
  }
}

const closedDms = new Set<unknown>([50007, 50278]);

/** The interaction's token has ended: by direct message, and where those are closed by mail. */
async function byMessage(
  parts: Parts,
  { interaction, said, payload }: { interaction: Askable; said: Said; payload: Payload },
): Promise<void> {
  const locale = said.reader?.locale ?? localeOf(interaction.locale, parts.dispatcher.desk.locale);
  const head = `${plain(wordsOf(locale).late(said.command))}\n`;
  const content =
    said.command !== '' && head.length + payload.content.length <= contentMost
      ? head + payload.content
      : payload.content;
  try {
    await interaction.user.send({ ...payload, content });
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !closedDms.has(error.code)) throw error;
    const sent =
      said.reply && (await parts.byMail(interaction.user.id, { command: said.command, reply: said.reply, locale }));
    if (!sent)
      parts.log.warn(
        { command: said.command, user: interaction.user.id },
        'a late answer reached nobody: direct messages are closed and no address is linked',
      );
  }
}

/** `/noun verb`. */
async function typed(talk: Talk, interaction: ChatInputCommandInteraction): Promise<void> {
  const [first] = interaction.options.data;
  const verb = first?.type === ApplicationCommandOptionType.Subcommand ? first : undefined;
  const { raw, files } = decodeOptions(verb ? (verb.options ?? []) : interaction.options.data);
  const command = verb ? `${interaction.commandName} ${verb.name}` : interaction.commandName;
  await ask(talk, { command, raw, files, key: interaction.id });
}

/** A button carries what it is for and an id, never anything kept in memory (invariant 5). */
async function pressed(talk: Talk, interaction: ButtonInteraction): Promise<void> {
  const panel = readPanelId(interaction.customId);
  if (panel) return (await usePanel(talk, panel)) ? undefined : ended(talk);
  const [, what = '', id = ''] = /^(\w+):([\w-]{1,90})$/.exec(interaction.customId) ?? [];
  if ((what === 'approve' || what === 'refuse') && /^\d{1,9}$/.test(id)) {
    // refusing without a reason is asked for one, like any command
    return ask(talk, { command: `approval ${what}`, raw: { number: `A-${id}` }, key: interaction.id });
  }
  // looking at a request takes it into review, where there is something to review
  if (what === 'take' && /^\d{1,9}$/.test(id))
    return ask(talk, { command: 'approval show', raw: { number: `A-${id}` }, key: interaction.id });
  const { desk } = talk.parts.dispatcher;
  const caller = callerOf(interaction.user);
  if ((what === 'release' || what === 'discard') && /^\d{1,9}$/.test(id)) {
    const { locale } = await readerOf(desk, { caller, door: 'chat', locale: interaction.locale });
    const raw = { number: `H-${id}`, ...(what === 'discard' ? { reason: textsOf(locale).notMine } : {}) };
    return ask(talk, { command: `mail ${what}`, raw, key: interaction.id, held: Number(id) });
  }
  if (what === 'confirm') {
    const preview = await previewOf(desk, { id, caller });
    return preview
      ? ask(talk, { command: preview.command, raw: { ...preview.raw, yes: true }, key: preview.key })
      : ended(talk);
  }
  if (what === 'correct') return correct(talk, id);
  if (what !== 'cancel') return ended(talk);
  await cancelPreview(desk, { id, caller });
  const { locale } = await readerOf(desk, { caller, door: 'chat', locale: interaction.locale });
  await talk.replier.answer(message(plain(wordsOf(locale).cancelled)));
}

/** A menu: of a panel, whose choices are data. */
async function chosen(talk: Talk, interaction: StringSelectMenuInteraction): Promise<void> {
  const panel = readPanelId(interaction.customId);
  if (!panel || !(await usePanel(talk, panel, interaction.values[0]))) await ended(talk);
}

async function correct(talk: Talk, id: string): Promise<void> {
  const { desk, registry } = talk.parts.dispatcher;
  const { user, locale } = talk.interaction;
  const draft = await draftOf(desk, { id, discordId: user.id });
  const command = draft && registry.find(draft.command);
  const reader = await readerOf(desk, { caller: callerOf(user), door: 'chat', locale, command });
  if (!draft || !command) return ended(talk);
  if (await showForm(talk, { id, draft, command, reader })) return;
  const words = wordsOf(reader.locale);
  await talk.replier.answer(message(plain(words.again), [rowOf(button(`correct:${id}`, words.correct))]));
}

async function ended(talk: Talk): Promise<void> {
  const { locale } = await readerOf(talk.parts.dispatcher.desk, {
    caller: callerOf(talk.interaction.user),
    door: 'chat',
    locale: talk.interaction.locale,
  });
  await talk.replier.answer(message(plain(wordsOf(locale).ended)));
}

/** A form: what was filled in joins what had been typed before. */
async function submitted(talk: Talk, interaction: ModalSubmitInteraction): Promise<void> {
  const [, id] = /^form:([\w-]{1,90})$/.exec(interaction.customId) ?? [];
  const { desk } = talk.parts.dispatcher;
  const draft =
    id === undefined ? undefined : await takeDraft(desk, { id, discordId: interaction.user.id, by: interaction.id });
  if (!draft) return ended(talk);
  const given = filledIn(interaction.fields.fields.values());
  const { raw, files } = decodeOptions(given);
  const before = Object.entries(draft.raw).filter(([name]) => !given.some((one) => one.name === name));
  const whole = { ...Object.fromEntries(before), ...raw };
  const { about } = draft;
  if (!about) return ask(talk, { command: draft.command, raw: whole, files, key: interaction.id });
  talk.replier.keeps();
  const asked = askedBy({ ...draft, about, registry: talk.parts.dispatcher.registry }, whole, files.size);
  await ask(talk, { ...asked, files, key: interaction.id, about });
}

/** What is offered while somebody types: in time, or nothing. */
async function offer(parts: Parts, interaction: AutocompleteInteraction): Promise<void> {
  const timeout = new AbortController();
  try {
    const { name: field, value } = interaction.options.getFocused(true);
    const command = [interaction.commandName, interaction.options.getSubcommand(false)].filter(Boolean).join(' ');
    const org = interaction.options.getString('org') ?? undefined;
    const found = suggest(parts.dispatcher, {
      caller: callerOf(interaction.user),
      door: 'chat',
      command,
      field,
      typed: String(value),
      org,
      locale: interaction.locale,
    });
    const nothing = pause(parts.times.suggestMs, [] as readonly Suggestion[], { signal: timeout.signal });
    nothing.catch(() => undefined);
    const choices = await Promise.race([found, nothing]).catch((error: unknown) => {
      parts.log.info({ err: error, command, field }, 'nothing could be offered');
      return [];
    });
    await interaction.respond(
      choices
        .slice(0, suggestedAtMost)
        .map(({ name, value: id }) => ({ name: name.slice(0, 100), value: id.slice(0, 100) })),
    );
  } catch (error) {
    parts.log.warn({ err: error, interaction: interaction.id }, 'what was offered could not be shown');
  } finally {
    timeout.abort();
  }
}
