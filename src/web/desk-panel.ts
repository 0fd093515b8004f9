/** An object that is being filled in, below the answer about it: its form, and a button for each thing that can be done. */
import { html } from 'hono/html';
import type { AnyCommand } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import type { Panel } from '../core/command/outcome.js';
import { changesIn } from '../core/command/panel.js';
import { form, hiddenInputs } from './controls.js';
import type { DeskView } from './desk-view.js';
import { decodeForm, formFields, type FormBody, type FormField } from './form.js';
import type { Html } from './page.js';
import { pageTexts } from './texts.js';

export const panelFormId = 'panel-form';

/** What a posted form asks; one of a panel leaves out what came back as it stood, and may be told what shows the object. */
export function askedBy(command: AnyCommand, body: FormBody): { command: string; input: RawInput; show?: string } {
  const input = decodeForm(command, body);
  const { _show: show, _standing: standing } = body;
  if (typeof show !== 'string') return { command: command.name, input };
  if (typeof standing !== 'string') return { command: command.name, input, show };
  const changes = changesIn(input, JSON.parse(standing) as Record<string, string>);
  return changes ? { command: command.name, input: changes, show } : { command: show, input: numberIn(input), show };
}

const numberIn = ({ number }: RawInput): RawInput => (number === undefined ? {} : { number });

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
    only: (name) => name !== 'number',
  }).map((field) => ({ ...field, missing: panel.missing.includes(field.name) }));
}

export function panelCard(view: DeskView, panel: Panel): Html {
  const texts = pageTexts(view.locale).desk;
  const fields = panelFields(view, panel);
  const of = (names: readonly string[]) => names.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const menus = panel.menus.map(({ field }) => field);
  const grouped = [...menus, ...panel.groups.flatMap((group) => group.fields)];
  const rest = fields.filter(({ name }) => !grouped.includes(name));
  const hidden = { _mark: view.mark, _as: view.as, _show: panel.show, number: panel.number };
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
    <div class="row">
      ${panel.actions.map(({ command, name, style, ready }) => html`<form method="post" action="/desk">${hiddenInputs({ ...hidden, _command: command, _key: view.key() })}<button type="submit" ${style === 'main' ? '' : html` class="quiet"`}${ready ? '' : html` disabled`}>${name[view.locale]}</button></form>`)}
    </div>
  </section>`;
}
