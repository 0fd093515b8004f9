/**
 * After a command that has begun or changed an object to be filled in: the form by which a reply goes on with it, and once
 * nothing is missing, the one that finishes it.
 */
import type { AnyCommand } from '../../core/command/define.js';
import type { Dispatcher } from '../../core/command/dispatch.js';
import type { Outcome, Panel } from '../../core/command/outcome.js';
import { askedOf, fillsOf, itself } from '../../core/command/panel.js';
import type { Actor } from '../../core/guard/identity.js';
import type { Locale } from '../../core/locales/locale.js';
import type { OpenForm } from '../../core/ports/mailbox.js';
import { blankForm } from '../forms/text.js';

export interface NextForm {
  /** `goOn`: something is missing; `whole`: nothing is; `fill`: nothing is, but what finishes it takes more. */
  readonly kind: 'goOn' | 'whole' | 'fill';
  /** The object's number. */
  readonly number: string;
  readonly text: string;
  /** What a reply with lines or files asks, whatever `text` shows. */
  readonly takes: Pick<OpenForm, 'command' | 'raw' | 'text' | 'faults' | 'whole'>;
}

interface Reader {
  readonly dispatcher: Dispatcher;
  readonly actor: Actor;
  readonly locale: Locale;
}

/** Of each answer of a mail; of several about one object the last has it. */
export function nextForms(outcomes: readonly Outcome[], reader: Reader): (NextForm | undefined)[] {
  return outcomes.map((outcome, at) => {
    const panel = outcome.ok && !outcome.dryRun ? outcome.panel : undefined;
    if (!panel || outcomes.slice(at + 1).some((later) => isAbout(later, panel.number))) return undefined;
    return nextForm(panel, reader);
  });
}

const isAbout = (outcome: Outcome, number: string): boolean =>
  outcome.ok && !outcome.dryRun && Object.values(outcome.data).includes(number);

function nextForm(panel: Panel, { dispatcher, actor, locale }: Reader): NextForm | undefined {
  const { number, missing } = panel;
  const { registry } = dispatcher;
  const command = registry.find(panel.command);
  if (!command) return undefined;
  const more = { context: dispatcher.context(locale, actor), offered: offeredIn(panel, locale) };
  const edit = { command: command.name, raw: itself(panel), text: '', faults: missing };
  if (missing.length > 0) {
    const text = blankForm(command, { ...more, filled: edit.raw, ask: missing });
    return { kind: 'goOn', number, text, takes: { ...edit, text } };
  }
  const end = ending(panel, dispatcher);
  if (!end) return { kind: 'whole', number, text: '', takes: edit };
  const { fills, raw } = end;
  const text = blankForm(end.command, { ...more, filled: raw, ask: fills, stars: true });
  const whole = { command: end.command.name, raw };
  // what finishes it asks for all that the object is filled in with: lines go there at once
  if (fills.length > 0) return { kind: 'fill', number, text, takes: { ...whole, text, faults: [], whole } };
  return { kind: 'whole', number, text, takes: { ...edit, whole } };
}

/** The command that finishes an object, what it is asked with, and which fields it takes besides. */
function ending(
  panel: Panel,
  { registry }: Dispatcher,
): { command: AnyCommand; raw: Readonly<Record<string, string>>; fills: readonly string[] } | undefined {
  const action = panel.actions.find(({ style, ready }) => style === 'main' && ready);
  const command = action && registry.find(action.command);
  if (!command || command.secret) return undefined;
  return { command, raw: askedOf(panel, action, command), fills: fillsOf(panel, action, command) };
}

/** What each menu allows now, in its reader's words; a long one says it by its first. */
const offeredIn = ({ menus }: Panel, locale: Locale): Record<string, string> =>
  Object.fromEntries(
    menus
      .filter(({ options }) => options.length > 0)
      .map(({ field, options }) => [
        field,
        [...options.slice(0, 8).map(({ names }) => names[locale]), ...(options.length > 8 ? ['…'] : [])].join(', '),
      ]),
  );
