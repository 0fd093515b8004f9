/** From a command asked in chat to its answer there: the answer itself, a form for what is missing, or buttons. */
import { ButtonStyle, type APIButtonComponentWithCustomId } from 'discord.js';
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import type { Outcome } from '../core/command/outcome.js';
import { itself, type About } from '../core/command/panel.js';
import { keepDraft, type Draft } from '../core/command/pending.js';
import { readerOf, type Reader } from '../core/command/reader.js';
import { useOf } from '../core/command/registry.js';
import { replyTo, type Reply } from '../core/command/reply.js';
import { suggest, suggestedAtMost, type Suggestion } from '../core/command/suggest.js';
import type { Upload } from '../core/command/type.js';
import { attachableBytes, linkFile, type FileLink } from '../core/ports/file-links.js';
import { localeOf, type Locale } from '../core/locales/locale.js';
import { textsOf } from '../core/locales/texts.js';
import { AttachmentRefused, fetchFiles } from './attachments.js';
import { askable, formOf } from './form.js';
import { panelRows } from './panel.js';
import { callerOf, type Parts } from './parts.js';
import { button, render, rowOf, type Row } from './render.js';
import type { Askable, Replier } from './replier.js';
import type { AttachmentRefs } from './slash.js';
import { wordsOf } from './words.js';

/** What was said last, for an answer that must go another way. */
export interface Said {
  command: string;
  reply?: Reply;
  reader?: Reader;
}

export interface Talk {
  readonly parts: Parts;
  readonly interaction: Askable;
  readonly replier: Replier;
  readonly said: Said;
}

export interface CommandRequest {
  /** `noun verb`. */
  readonly command: string;
  readonly raw: RawInput;
  readonly files?: AttachmentRefs;
  readonly key: string;
  /** The held mail whose question was answered by a button. */
  readonly held?: number;
  /** The object whose panel it was asked from: a refusal leaves that standing. */
  readonly about?: About | undefined;
}

/** What a command's answer depends on besides its outcome. */
interface ShownAnswer {
  readonly command: AnyCommand | undefined;
  readonly raw: RawInput;
  readonly reader: Reader;
  readonly about?: About | undefined;
}

/** Asks the core and answers with what it says. */
export async function ask(talk: Talk, asked: CommandRequest): Promise<void> {
  const { parts, interaction } = talk;
  const { desk, registry } = parts.dispatcher;
  const { about } = asked;
  const command = registry.find(asked.command);
  // who asks is looked up twice only for files, which are not fetched for whoever will be refused
  const reader: Reader = asked.files?.size
    ? await readerOf(desk, {
        caller: callerOf(interaction.user),
        door: 'chat',
        locale: interaction.locale,
        command,
      })
    : guessed(talk);
  Object.assign(talk.said, { command: asked.command, reader });
  const files = await fetched(talk, { command, asked, reader });
  if (!files) return;
  const raw = { ...asked.raw, ...files };
  const { outcome, locale } = await dispatched(talk, { ...asked, raw });
  await tell(talk, outcome, { command, raw, reader: { ...reader, locale }, about });
}

const guessed = ({ parts, interaction }: Talk): Reader => {
  const { desk } = parts.dispatcher;
  return { locale: localeOf(interaction.locale, desk.locale), timeZone: desk.timeZone, may: true };
};

/** What the core says, and in which language. */
export async function dispatched(
  talk: Talk,
  asked: Pick<CommandRequest, 'command' | 'raw' | 'held'> & { key?: string },
): Promise<{ outcome: Outcome; locale: Locale }> {
  const { parts, interaction, replier } = talk;
  let { locale } = talk.said.reader ?? guessed(talk);
  const outcome = await parts.dispatcher.dispatch({
    door: 'chat',
    caller: callerOf(interaction.user, asked.held),
    command: asked.command,
    input: asked.raw,
    key: asked.key,
    locale: interaction.locale,
    speaks: (known) => {
      locale = known;
      Object.assign(talk.said, { command: asked.command, reader: { ...guessed(talk), locale } });
    },
    progress: (done, total) => replier.progress(wordsOf(locale).progress(done, total)),
  });
  return { outcome, locale };
}

/** The files that came with it; nothing when one was refused and that has been answered. */
async function fetched(
  talk: Talk,
  { command, asked, reader }: { command: AnyCommand | undefined; asked: CommandRequest; reader: Reader },
): Promise<Record<string, Upload | readonly Upload[]> | undefined> {
  // whoever may not ask makes us fetch nothing: dispatch refuses before it looks at the form
  if (!reader.may || !asked.files) return {};
  try {
    return await fetchFiles(talk.parts.fetchAttachment, { command, files: asked.files });
  } catch (error) {
    if (!(error instanceof AttachmentRefused)) throw error;
    talk.parts.log.info({ field: error.field, why: error.why, host: error.host }, 'an attachment was not taken');
    await tell(talk, refusedFile(error, reader.locale), { command, raw: asked.raw, reader, about: asked.about });
    return undefined;
  }
}

/** Too large is told as the core tells it, though the core never saw it. */
function refusedFile(refused: AttachmentRefused, locale: Locale): Outcome & { ok: false } {
  const { why, field, file: name, maxBytes, maxFiles } = refused;
  const [texts, words] = [textsOf(locale), wordsOf(locale)];
  if (why === 'size') {
    const params = { why: 'document-large', name, max: Math.floor(maxBytes / 1024 / 1024) };
    const message = texts.refusals['file.refused'](params);
    return { ok: false, code: 'file.refused', message, fields: { [field]: message } };
  }
  const fault = why === 'many' ? words.tooMany(maxFiles) : words.gone;
  return { ok: false, code: 'input.invalid', message: texts.refusals['input.invalid']({}), fields: { [field]: fault } };
}

async function tell(talk: Talk, outcome: Outcome, told: ShownAnswer): Promise<void> {
  const { locale } = told.reader;
  const reader = talk.parts.dispatcher.reader(locale);
  const reply = replyTo(outcome, { ...reader, command: told.command });
  talk.said.reply = reply;
  const buttons = outcome.ok ? previewButtons(outcome.pending, told) : await askAgain(talk, outcome, told);
  if (buttons === 'asked') return;
  const stands = outcome.ok ? undefined : await standing(talk, told);
  const shown = stands ?? outcome;
  await talk.replier.answer(
    render(stands ? replyTo(stands, reader) : reply, {
      locale,
      paging: pagingOf(outcome, told.raw),
      file: outcome.ok ? outcome.file : undefined,
      link: await linked(talk, outcome),
      ...(stands ? { above: reply } : {}),
      ...panelled(shown, { locale, buttons }),
    }),
  );
}

/** A file that is too large for a message waits behind a link of its asker's. */
async function linked({ parts, interaction }: Talk, outcome: Outcome): Promise<FileLink | undefined> {
  const file = outcome.ok ? outcome.file : undefined;
  if (!file || file.content.length <= attachableBytes) return undefined;
  return linkFile(parts.dispatcher.desk, { caller: callerOf(interaction.user), file });
}

/** What stands below an answer: the panel of its object, or buttons alone. */
export function panelled(
  shown: Outcome,
  { locale, buttons = [] }: { locale: Locale; buttons?: readonly APIButtonComponentWithCustomId[] },
): { components: Row[]; keepsLast: boolean } {
  const panel = shown.ok ? shown.panel : undefined;
  if (panel) return { components: panelRows(panel, { locale, first: buttons }), keepsLast: panel.missing.length > 0 };
  return { components: buttons.length > 0 ? [rowOf(...buttons)] : [], keepsLast: false };
}

/** After a refusal: the object whose panel was used, as it is now; nothing when its user may not see it. */
async function standing(talk: Talk, { about }: ShownAnswer): Promise<(Outcome & { ok: true }) | undefined> {
  if (!about) return undefined;
  const { outcome } = await dispatched(talk, { command: about.show, raw: itself(about) });
  return outcome.ok ? outcome : undefined;
}

function pagingOf(outcome: Outcome, raw: RawInput): { total: number; page: number; perPage: number } | undefined {
  if (!outcome.ok || typeof outcome.data['total'] !== 'number' || typeof outcome.data['page'] !== 'number')
    return undefined;
  const { total, page } = outcome.data;
  return { total, page, perPage: Number(raw['per-page'] ?? 25) || 25 };
}

type Buttons = readonly APIButtonComponentWithCustomId[];

function previewButtons(pending: string | undefined, { reader }: ShownAnswer): Buttons {
  if (pending === undefined) return [];
  const words = wordsOf(reader.locale);
  return [button(`confirm:${pending}`, words.confirm, ButtonStyle.Success), button(`cancel:${pending}`, words.cancel)];
}

/** What was refused for a field can be put right: at once in a form when it was only left out, else by a button. */
async function askAgain(talk: Talk, outcome: Outcome & { ok: false }, told: ShownAnswer): Promise<Buttons | 'asked'> {
  const { command, raw, reader } = told;
  const fields = outcome.fields ?? {};
  const names = command ? askable(command, Object.keys(fields)) : [];
  if (!command || names.length === 0) return [];
  const usual = textsOf(reader.locale).refusals['input.invalid']({});
  const draft: Draft = {
    command: command.name,
    raw,
    ask: names,
    faults: fields,
    note: outcome.message === usual ? '' : outcome.message,
    ...(told.about ? { standing: {}, about: told.about } : {}),
  };
  const { dispatcher } = talk.parts;
  const id = await keepDraft(dispatcher.desk, { ...draft, discordId: talk.interaction.user.id });
  const onlyLeftOut = Object.keys(fields).every((name) => outcome.missing?.includes(name));
  if (onlyLeftOut && (await showForm(talk, { id, draft, command, reader }))) return 'asked';
  const words = wordsOf(reader.locale);
  return [button(`correct:${id}`, onlyLeftOut ? words.complete : words.correct, ButtonStyle.Primary)];
}

/**
 * Shows a draft's form as the answer; false when it is too late for that.
 * @param shown.offered the choices of fields where they are known already
 */
export async function showForm(
  talk: Talk,
  shown: {
    id: string;
    draft: Draft;
    command: AnyCommand;
    reader: Pick<Reader, 'locale'>;
    offered?: ReadonlyMap<string, readonly Suggestion[]>;
  },
): Promise<boolean> {
  const { draft, command, reader, offered = new Map<string, readonly Suggestion[]>() } = shown;
  const suggestions = new Map([...(await suggestionsFor(talk, draft, command)), ...offered]);
  return talk.replier.form(
    formOf({ customId: `form:${shown.id}`, command, draft, locale: reader.locale, suggestions }),
  );
}

async function suggestionsFor(
  { parts, interaction }: Talk,
  draft: Draft,
  command: AnyCommand,
): Promise<Map<string, readonly Suggestion[]>> {
  const fields = draft.ask.filter(
    (name) => useOf(command, name)?.suggest ?? useOf(command, name)?.field.type.kind === 'product',
  );
  const typing = {
    caller: callerOf(interaction.user),
    door: 'chat',
    command: command.name,
    typed: '',
    org: typeof draft.raw['org'] === 'string' ? draft.raw['org'] : undefined,
    locale: interaction.locale,
  } as const;
  const found = fields.map(
    async (field) => [field, await suggest(parts.dispatcher, { ...typing, field }).catch(() => [])] as const,
  );
  // what was cut off there could not be chosen: it is typed
  return new Map((await Promise.all(found)).filter(([, values]) => values.length < suggestedAtMost));
}
