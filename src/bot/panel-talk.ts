/**
 * A panel's menus and buttons as they are used. The object itself is what is kept: each use changes it or looks at it
 * anew, so that a restart, another door or another message loses nothing.
 */
import { keepDraft, type Draft } from '../core/command/pending.js';
import type { RawInput } from '../core/command/input.js';
import type { Outcome, Panel } from '../core/command/outcome.js';
import { changesIn } from '../core/command/panel.js';
import { replyTo } from '../core/command/reply.js';
import type { Suggestion } from '../core/command/suggest.js';
import type { Locale } from '../core/locales/locale.js';
import { ask, dispatched, panelled, showForm, type Talk } from './conversation.js';
import { commandOf, readFolded, showOf, type PanelId } from './panel-ids.js';
import { render } from './render.js';
import { limits } from './slash.js';
import { wordsOf } from './words.js';

/** @returns false when there is nothing of that kind: an id that is not ours, or of another version */
export async function usePanel(talk: Talk, id: PanelId, value?: string): Promise<boolean> {
  const { act, number, part } = id;
  if (!commandOf(id, talk.parts.dispatcher.registry)) return false;
  talk.replier.keeps();
  const key = talk.interaction.id;
  if (act === 'do') await ask(talk, { command: id.command, raw: { number }, key, about: number });
  else if (act === 'pick' && part !== undefined && value !== undefined)
    await ask(talk, { command: id.command, raw: { number, [part]: value }, key, about: number });
  else {
    const wanted = act === 'fill' ? readFolded(value) : { act, part };
    if (!wanted) return false;
    await open(talk, { ...id, ...wanted });
  }
  return true;
}

/** Opens the form of a group or a field, with what stands there now; or shows what has become of the object. */
async function open(talk: Talk, { command: show, number, act, part = '' }: PanelId): Promise<void> {
  const { desk, registry } = talk.parts.dispatcher;
  const { outcome, locale } = await dispatched(talk, { command: show, raw: { number } });
  const panel = outcome.ok ? outcome.panel : undefined;
  const command = panel && registry.find(panel.command);
  const fields = panel && fieldsOf(panel, act, part);
  if (!panel || !command || !fields) return stands(talk, { outcome, locale });
  const standing = Object.fromEntries(fields.flatMap((field) => entryOf(field, panel.values[field])));
  const draft: Draft = { command: panel.command, raw: { number }, ask: fields, faults: {}, note: '', standing };
  const id = await keepDraft(desk, { ...draft, discordId: talk.interaction.user.id });
  const offered = offeredIn(panel, locale);
  if (await showForm(talk, { id, draft, command, reader: { locale }, offered })) return;
  await stands(talk, { outcome, locale }, wordsOf(locale).again);
}

const entryOf = (field: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[field, value]];

function fieldsOf({ groups, menus }: Panel, act: PanelId['act'], part: string): readonly string[] | undefined {
  if (act === 'group') return groups.find(({ id }) => id === part)?.fields;
  return menus.some(({ field }) => field === part) ? [part] : undefined;
}

/** What a menu without room of its own offers in its form; more than a form takes are typed. */
const offeredIn = ({ menus }: Panel, locale: Locale): Map<string, readonly Suggestion[]> =>
  new Map(
    menus.map(({ field, options }) => [
      field,
      options.length > limits.choices ? [] : options.map(({ id, names }) => ({ value: id, name: names[locale] })),
    ]),
  );

async function stands(
  talk: Talk,
  { outcome, locale }: { outcome: Outcome; locale: Locale },
  note?: string,
): Promise<void> {
  const { timeZone } = talk.parts.dispatcher.desk;
  const reply = replyTo(outcome, { locale, timeZone });
  talk.said.reply = reply;
  const above = note === undefined ? {} : { above: { ok: false, headline: note, lines: [], tables: [], faults: [] } };
  await talk.replier.answer(render(reply, { locale, ...above, ...panelled(outcome, { locale }) }));
}

/** What a form of a panel asks: its changes, or with none to see the object. */
export function askedBy(draft: Draft, given: RawInput, files: number): { command: string; raw: RawInput } {
  const changes = changesIn(given, draft.standing ?? {});
  if (changes || files > 0) return { command: draft.command, raw: changes ?? { number: given['number'] ?? '' } };
  return { command: showOf(draft.command), raw: { number: given['number'] ?? '' } };
}
