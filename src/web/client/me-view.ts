/** What `/me` is made from, and its forms: all are made from commands. */
import type { AnyCommand } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import type { Data, Outcome } from '../../core/command/outcome.js';
import type { FieldContext } from '../../core/command/type.js';
import type { Reader } from '../../core/command/value.js';
import type { Locale } from '../../core/locales/locale.js';
import type { FactorView } from '../../core/ports/sessions.js';
import { html } from 'hono/html';
import { form, hiddenInputs } from '../controls.js';
import { formFields, type FormField, type FormGiven } from '../form.js';
import type { Html } from '../page.js';

/** A form that came back: what was asked and answered. */
export interface PostedForm {
  readonly command: AnyCommand;
  readonly input: RawInput;
  readonly outcome: Outcome;
  /** It was a button, with no field to lead to. */
  readonly formless: boolean;
}

export interface MeView {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly mark: string;
  /** A new idempotency key. */
  readonly key: () => string;
  readonly context: FieldContext;
  readonly command: (name: string) => AnyCommand;
  readonly may: ReadonlySet<string>;
  readonly account: Data;
  readonly asked: PostedForm | undefined;
  /** A preview was confirmed that no longer holds. */
  readonly stale: boolean;
  readonly factor: FactorView;
  readonly said: string | undefined;
}

/** How answers are read on a page. */
export const reading = ({
  locale,
  timeZone,
  context: names,
}: Pick<MeView, 'locale' | 'timeZone' | 'context'>): Reader => ({
  locale,
  timeZone,
  names,
});

export const formId = (command: string): string => command.replace(' ', '-');

interface Wanted extends Pick<FormGiven, 'own' | 'offered'> {
  readonly submit: string;
  readonly values?: RawInput;
  readonly hidden?: Readonly<Record<string, string>>;
  readonly quiet?: boolean;
  readonly className?: string;
  /** Where it goes, when not to `/me`. */
  readonly action?: string;
  /** Fields that the page says itself, or that are nothing for its reader. */
  readonly without?: readonly string[];
}

/** What every form here carries. */
const carried = (view: MeView, command: string): Readonly<Record<string, string>> => ({
  _mark: view.mark,
  _command: command,
  _key: view.key(),
});

/** Fields that the page answers itself, or that nobody asks for here. */
const leftOut = new Set(['person', 'org', 'dry-run']);

export function fieldsFor(view: MeView, name: string, wanted: Wanted): FormField[] {
  const asked = view.asked?.command.name === name ? view.asked : undefined;
  const faults = asked && !asked.outcome.ok ? (asked.outcome.fields ?? {}) : {};
  const { own, offered, without = [] } = wanted;
  return formFields(view.command(name), {
    context: view.context,
    values: asked?.input ?? wanted.values ?? {},
    faults,
    only: (field) => !leftOut.has(field) && !without.includes(field),
    ...(own ? { own } : {}),
    ...(offered ? { offered } : {}),
  });
}

/** The form of one command, with its faults if it is the one that came back. */
export function commandForm(view: MeView, name: string, wanted: Wanted): Html {
  return form({
    id: formId(name),
    action: wanted.action ?? '/me',
    submit: wanted.submit,
    fields: fieldsFor(view, name, wanted),
    locale: view.locale,
    hidden: {
      ...carried(view, name),
      ...(wanted.values ? { _standing: JSON.stringify(wanted.values) } : {}),
      ...wanted.hidden,
    },
    ...(wanted.quiet ? { quiet: true } : {}),
    ...(wanted.className ? { className: wanted.className } : {}),
  });
}

/**
 * One command about one thing, as a button.
 * @param wanted.about says to who can't see the page which thing it is
 */
export const commandButton = (
  view: MeView,
  name: string,
  wanted: { submit: string; about: string; input: Readonly<Record<string, string>>; action?: string },
): Html =>
  html`<form method="post" action="${wanted.action ?? '/me'}">
    ${hiddenInputs({ ...carried(view, name), _formless: 'yes', ...wanted.input })}
    <button type="submit" class="quiet">${wanted.submit} <span class="hidden">${wanted.about}</span></button>
  </form>`;
