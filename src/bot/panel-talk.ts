/**
 * A panel's menus and buttons as they are used. The object itself is what is kept: each use changes it or looks at it
 * anew, so that a restart, another door or another message loses nothing.
 */
import { keepDraft, type Draft } from '../core/command/pending.js';
import type { RawInput } from '../core/command/input.js';
import type { Outcome, Panel } from '../core/command/outcome.js';
import { aboutOf, askedOf, changesIn, emptied, itself, type About } from '../core/command/panel.js';
import type { Registry } from '../core/command/registry.js';
import { replyTo } from '../core/command/reply.js';
import type { Suggestion } from '../core/command/suggest.js';
import type { Locale } from '../core/locales/locale.js';
import { ask, dispatched, panelled, showForm, type Talk } from './conversation.js';
import { meantBy, readFolded, type PanelId } from './panel-ids.js';
import { render } from './render.js';
import { limits } from './slash.js';
import { wordsOf } from './words.js';

/** @returns false when there is nothing of that kind: an id that is not ours, or of another version */
export async function usePanel(talk: Talk, id: PanelId, value?: string): Promise<boolean> {
  const { act, number, part } = id;
  const meant = meantBy(id, talk.parts.dispatcher.registry);
  if (!meant) return false;
  talk.replier.keeps();
  const { by, about } = meant;
  const more = { key: talk.interaction.id, about };
  if (act === 'do') await ask(talk, { command: id.command, raw: itself({ by, number }), ...more });
  else if (act === 'pick' && part !== undefined && value !== undefined)
    await ask(talk, { command: id.command, raw: { ...itself({ by, number }), [part]: value }, ...more });
  else {
    const wanted = act === 'fill' ? readFolded(value) : { act, part };
    if (!wanted) return false;
    await (act === 'with' ? carryOut : open)(talk, { ...id, ...wanted }, by);
  }
  return true;
}

/** An object as it is now: the answer that shows it, and its panel while it is still filled in. */
async function looked(
  talk: Talk,
  { command, number }: PanelId,
  by: string,
): Promise<{ outcome: Outcome; locale: Locale; panel: Panel | undefined }> {
  const { outcome, locale } = await dispatched(talk, { command, raw: itself({ by, number }) });
  return { outcome, locale, panel: outcome.ok ? outcome.panel : undefined };
}

/** An action with what the panel says that it is asked with; or shows what has become of the object. */
async function carryOut(talk: Talk, id: PanelId, by: string): Promise<void> {
  const { panel, ...seen } = await looked(talk, id, by);
  const action = panel?.actions.find(({ command, ready }) => ready && command === id.part);
  const command = action && talk.parts.dispatcher.registry.find(action.command);
  if (!panel || !action || !command) return stands(talk, seen);
  const raw = askedOf(panel, action, command);
  await ask(talk, { command: action.command, raw, key: talk.interaction.id, about: aboutOf(panel) });
}

/** Opens the form of a group or a field, with what stands there now; or shows what has become of the object. */
async function open(talk: Talk, id: PanelId, by: string): Promise<void> {
  const { desk, registry } = talk.parts.dispatcher;
  const { panel, ...seen } = await looked(talk, id, by);
  const { locale } = seen;
  const command = panel && registry.find(panel.command);
  const fields = panel && fieldsOf(panel, id.act, id.part ?? '');
  if (!panel || !command || !fields) return stands(talk, seen);
  const standing = Object.fromEntries(fields.flatMap((field) => entryOf(field, panel.values[field])));
  const about = aboutOf(panel);
  const raw = itself(about);
  const draft: Draft = { command: panel.command, raw, ask: fields, faults: {}, note: '', standing, about };
  const draftId = await keepDraft(desk, { ...draft, discordId: talk.interaction.user.id });
  const offered = offeredIn(panel, locale);
  if (await showForm(talk, { id: draftId, draft, command, reader: { locale }, offered })) return;
  await stands(talk, seen, wordsOf(locale).again);
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
  const reply = replyTo(outcome, talk.parts.dispatcher.reader(locale));
  talk.said.reply = reply;
  const above = note === undefined ? {} : { above: { ok: false, headline: note, lines: [], tables: [], faults: [] } };
  await talk.replier.answer(render(reply, { locale, ...above, ...panelled(outcome, { locale }) }));
}

/** What a form of a panel asks: its changes, or with none to see the object. */
export function askedBy(
  { command, about, standing = {}, registry }: Draft & { readonly about: About; readonly registry: Registry },
  filled: RawInput,
  files: number,
): { command: string; raw: RawInput } {
  const found = registry.find(command);
  const given = { ...filled, ...(found && emptied(found, standing, (name) => filled[name] === undefined)) };
  const changes = changesIn(given, { standing, by: about.by });
  if (changes || files > 0) return { command, raw: changes ?? itself(about) };
  return { command: about.show, raw: itself(about) };
}
