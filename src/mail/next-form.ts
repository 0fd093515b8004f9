/**
 * After a command that has begun or changed an object to be filled in: the form by which a reply goes on with it, and once
 * nothing is missing, the one that finishes it.
 */
import type { AnyCommand } from '../core/command/define.js';
import type { Dispatcher } from '../core/command/dispatch.js';
import type { Outcome, Panel } from '../core/command/outcome.js';
import type { Actor } from '../core/guard/identity.js';
import type { Locale } from '../core/locales/locale.js';
import { blankForm, encodeForm } from './form-text.js';

export interface NextForm {
  /** `goOn`: something is missing; `whole`: nothing is. */
  readonly kind: 'goOn' | 'whole';
  /** Fills the object in further, whatever `text` shows. */
  readonly command: AnyCommand;
  readonly number: string;
  readonly missing: readonly string[];
  readonly text: string;
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
  const command = dispatcher.registry.find(panel.command);
  if (!command) return undefined;
  const form = { command, number, missing };
  if (missing.length > 0) {
    const context = dispatcher.context(locale, actor);
    const text = blankForm(command, { context, filled: { number }, ask: missing, offered: offeredIn(panel, locale) });
    return { ...form, kind: 'goOn', text };
  }
  const main = panel.actions.find(({ style, ready }) => style === 'main' && ready);
  const finishing = main && dispatcher.registry.find(main.command);
  return { ...form, kind: 'whole', text: finishing ? encodeForm(finishing, { number }, { locale }) : '' };
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
