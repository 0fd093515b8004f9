/** An object that is being filled in, below the answer about it: its form, and a button for each thing that can be done. */
import { html } from 'hono/html';
import type { AnyCommand } from '../../core/command/define.js';
import type { Dispatcher } from '../../core/command/dispatch.js';
import type { RawInput } from '../../core/command/input.js';
import type { Panel } from '../../core/command/outcome.js';
import { changesIn, fillsOf, itself, type About, type Action } from '../../core/command/panel.js';
import type { Caller } from '../../core/guard/identity.js';
import type { Locale } from '../../core/locales/locale.js';
import { form, hiddenInputs } from '../controls.js';
import type { DeskView } from './view.js';
import { decodeForm, formFields, standingIn, type FormBody, type FormField } from '../form.js';
import type { Html } from '../page.js';
import { pageTexts } from '../texts.js';

export const panelFormId = 'panel-form';

/** What a posted form asks for, and the object whose panel it stood in. */
export interface Posted {
  readonly command: string;
  readonly input: RawInput;
  readonly about?: About;
}

/** What a posted form asks; one of a panel leaves out what came back as it stood. */
export function askedBy(command: AnyCommand, body: FormBody): Posted {
  const input = decodeForm(command, body);
  const about = aboutIn(body);
  if (!about) return { command: command.name, input };
  const standing = standingIn(body);
  if (!standing) return { command: command.name, input, about };
  const changes = changesIn(input, { standing, by: about.by });
  return changes ? { command: command.name, input: changes, about } : looksAt(about);
}

const looksAt = (about: About): Posted => ({ command: about.show, input: itself(about), about });

/** The object that a form of a panel names: by its number unless it says by what. */
function aboutIn({ _show: show, _by: by = 'number', ...fields }: FormBody): About | undefined {
  const number = typeof by === 'string' ? fields[by] : undefined;
  return typeof show === 'string' && typeof by === 'string' && typeof number === 'string'
    ? { show, by, number }
    : undefined;
}

/**
 * What a button of a panel's form asks: what the action says itself by now, what the form shows of the fields that it takes
 * too, and what was changed there. Where it is no longer offered: how the object stands.
 * @returns nothing when the form names no object
 */
export async function actedBy(body: FormBody, by: Presser): Promise<Posted | undefined> {
  const about = aboutIn(body);
  if (!about) return undefined;
  const { dispatcher, caller, visit } = by;
  const { ip, locale } = visit;
  const asked = { door: 'desk', caller, ip, locale, command: about.show, input: itself(about) } as const;
  const outcome = await dispatcher.dispatch(asked);
  const panel = outcome.ok ? outcome.panel : undefined;
  const action = panel?.actions.find(({ command, ready }) => ready && command === body['_do']);
  const command = action && dispatcher.registry.find(action.command);
  if (!panel || !action || !command) return looksAt(about);
  const shown = decodeForm(command, body);
  const changes = changesIn(shown, { standing: standingIn(body) ?? {}, by: panel.by }) ?? {};
  const fills = fillsOf(panel, action, command);
  const typed = Object.entries(shown).filter(([name]) => fills.includes(name) || name in changes);
  return { command: command.name, input: { ...action.input, ...Object.fromEntries(typed) }, about };
}

/** Who pressed it. */
interface Presser {
  readonly dispatcher: Dispatcher;
  readonly caller: Caller;
  readonly visit: { readonly ip: string | undefined; readonly locale: Locale };
}

/** The fields of a panel, filled in: with what stands there, or after a refusal with what was typed. */
export function panelFields(view: DeskView, panel: Panel): FormField[] {
  const command = view.registry.find(panel.command);
  if (!command) return [];
  const { answer, locale } = view;
  const refused = answer && !answer.outcome.ok && answer.command === command ? answer : undefined;
  const faults = refused && !refused.outcome.ok ? (refused.outcome.fields ?? {}) : {};
  const offered = Object.fromEntries(
    panel.menus.map(({ field, options }) => [
      field,
      options.map(({ id, names }) => ({ value: id, label: names[locale] })),
    ]),
  );
  return formFields(command, {
    context: view.context,
    values: { ...panel.values, ...refused?.kept },
    faults,
    offered,
    only: (name) => name !== panel.by,
  }).map((field) => ({ ...field, missing: panel.missing.includes(field.name) }));
}

export function panelCard(view: DeskView, panel: Panel): Html {
  const texts = pageTexts(view.locale).desk;
  const fields = panelFields(view, panel);
  const of = (names: readonly string[]) => names.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const menus = panel.menus.map(({ field }) => field);
  const grouped = [...menus, ...panel.groups.flatMap((group) => group.fields)];
  const rest = fields.filter(({ name }) => !grouped.includes(name));
  const hidden = { _mark: view.mark, _as: view.as, _show: panel.show, _by: panel.by, ...itself(panel) };
  return html`<section class="card" aria-labelledby="panel">
    <h2 id="panel">${panel.number}</h2>
    ${form({
      id: panelFormId,
      action: '/desk',
      fields: of(menus),
      sets: [
        ...panel.groups.map((group) => ({ legend: group.name[view.locale], fields: of(group.fields) })),
        ...(rest.length > 0 ? [{ legend: texts.others, fields: rest }] : []),
      ],
      submit: texts.save,
      locale: view.locale,
      hidden: { ...hidden, _command: panel.command, _key: view.key(), _standing: JSON.stringify(panel.values) },
    })}
    <div class="row">${panel.actions.map((action) => actionButton(action, { view, hidden }))}</div>
  </section>`;
}

/** What takes more than the number is a button of the form, so that what was typed there goes along. */
function actionButton(
  { command, input, name, style, ready }: Action,
  { view, hidden }: { view: DeskView; hidden: Readonly<Record<string, string>> },
): Html {
  const look = html`${style === 'main' ? '' : html` class="quiet"`}${ready ? '' : html` disabled`}`;
  const label = name[view.locale];
  if (input)
    return html`<button type="submit" form="${panelFormId}" name="_do" value="${command}" ${look}>${label}</button>`;
  return html`<form method="post" action="/desk">
    ${hiddenInputs({ ...hidden, _command: command, _key: view.key() })}<button type="submit" ${look}>${label}</button>
  </form>`;
}
