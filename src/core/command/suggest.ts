/** Values worth offering while somebody types: a door's autocomplete, or the choices of a form. */
import { identify, type Caller } from '../guard/identity.js';
import { denied, standing } from '../guard/policy.js';
import { createWork, type Door } from '../guard/work.js';
import { localeOf } from '../locales/locale.js';
import { fold } from '../text/fold.js';
import type { Dispatcher } from './dispatch.js';
import { typeOf, type Suggested } from './define.js';
import { useOf } from './registry.js';
import { choicesOf } from './type.js';

export const suggestedAtMost = 25;

export interface Typing {
  readonly caller: Caller;
  readonly door: Door;
  /** `noun verb`. */
  readonly command: string;
  readonly field: string;
  readonly typed: string;
  /** The organisation already named, by a member of several. */
  readonly org?: string | undefined;
  readonly locale?: string | null | undefined;
}

/** A choice in its asker's language. */
export interface Suggestion {
  readonly value: string;
  readonly name: string;
}

/**
 * At most 25 values whose id or name contains what was typed (without case and accents), best first. Nothing for whoever
 * may not use the command.
 * @throws whatever looking them up throws; a door offers nothing then
 */
export async function suggest(dispatcher: Dispatcher, typing: Typing): Promise<readonly Suggestion[]> {
  const { desk, registry } = dispatcher;
  const command = registry.find(typing.command);
  const use = command && useOf(command, typing.field);
  if (!use) return [];
  return desk.database.read(async (tx) => {
    const known = await identify(tx, typing.caller);
    if (denied(known, command, typing.door)) return [];
    const actor = standing(known, command);
    const locale = actor.locale ?? localeOf(typing.locale, desk.locale);
    const work = createWork(
      { tx, leaves: { audit: [], outbox: [], answers: [] } },
      { desk, actor, door: typing.door, locale, org: typing.org },
    );
    const type = typeOf(use);
    const choices: readonly Suggested[] = use.suggest
      ? await use.suggest(tx, { actor, typed: typing.typed, work })
      : choicesOf(type, dispatcher.context(locale, actor));
    const wanted = fold(typing.typed);
    return choices
      .filter(
        ({ id, names, matches }) => matches ?? [id, names.fr, names.en].some((name) => fold(name).includes(wanted)),
      )
      .slice(0, suggestedAtMost)
      .map(({ id, names }) => ({ value: id, name: names[locale] }));
  });
}
