/** A panel as Discord's rows: a menu each, then buttons to forms and to what can be done with the object. Pure. */
import {
  ButtonStyle,
  ComponentType,
  type APIButtonComponentWithCustomId,
  type APIStringSelectComponent,
} from 'discord.js';
import type { Panel } from '../core/command/outcome.js';
import type { Action } from '../core/command/panel.js';
import { fieldLabel } from '../core/command/reply.js';
import type { Locale } from '../core/locales/locale.js';
import { panelId, type Act, type PanelId } from './panel-ids.js';
import { button, rowOf, type Row } from './render.js';
import { wordsOf } from './words.js';

/** What Discord takes at most. */
const most = { rows: 5, menus: 4, buttons: 5, options: 25, label: 80, option: 100, placeholder: 150 } as const;

type Menu = Panel['menus'][number];

/** Something that is filled in in a form: a group, or a menu for which there is no room. */
interface Entry {
  readonly act: Act;
  readonly part: string;
  readonly label: string;
  readonly missing: boolean;
}

export interface Drawing {
  readonly locale: Locale;
  /** Buttons that stand before the panel's own. */
  readonly first?: readonly APIButtonComponentWithCustomId[];
}

const cut = (text: string, length: number): string =>
  [...text].length > length ? `${[...text].slice(0, length - 1).join('')}…` : text;

/**
 * At most five rows. Where buttons would need more, they are folded into a menu; where even that is too much, menus give
 * way: those already chosen first.
 */
export function panelRows(panel: Panel, drawing: Drawing): Row[] {
  const open = panel.menus.filter(({ options }) => options.length > 0);
  const short = open.filter(({ options }) => options.length <= most.options);
  const actions = [...(drawing.first ?? []), ...panel.actions.map((action) => actionButton(panel, action, drawing))];
  for (let count = Math.min(short.length, most.menus); ; count -= 1) {
    const drawn = roomFor(short, count);
    const entries = entriesOf(panel, { hidden: open.filter((menu) => !drawn.includes(menu)), drawing });
    const menus = drawn.map((menu) => rowOf(select(panel, menu, drawing)));
    const buttons = rows(
      entries.map((entry) => entryButton(panel, entry)),
      actions,
    );
    if (menus.length + buttons.length <= most.rows) return [...menus, ...buttons];
    const folded = [...menus, ...(entries.length > 0 ? [fold(panel, entries, drawing)] : []), ...rows([], actions)];
    if (folded.length <= most.rows || count === 0) return folded.slice(0, most.rows);
  }
}

/** So many menus, in their order: the ones that are chosen already are hidden before others. */
function roomFor(menus: readonly Menu[], count: number): readonly Menu[] {
  const byNeed = [...menus].sort((a, b) => Number(a.chosen !== undefined) - Number(b.chosen !== undefined));
  const kept = byNeed.slice(0, count);
  return menus.filter((menu) => kept.includes(menu));
}

function entriesOf(panel: Panel, { hidden, drawing }: { hidden: readonly Menu[]; drawing: Drawing }): Entry[] {
  const { locale } = drawing;
  return [
    ...hidden.map(({ field }): Entry => ({
      act: 'field',
      part: field,
      label: fieldLabel(field, locale),
      missing: panel.missing.includes(field),
    })),
    ...panel.groups.map(({ id, name, fields }): Entry => ({
      act: 'group',
      part: id,
      label: name[locale],
      missing: fields.some((field) => panel.missing.includes(field)),
    })),
  ];
}

/** What lacks something stands out. */
const entryButton = (panel: Panel, { act, part, label, missing }: Entry): APIButtonComponentWithCustomId =>
  button(
    panelId({ act, command: panel.show, number: panel.number, part }),
    cut(label, most.label),
    missing ? ButtonStyle.Primary : ButtonStyle.Secondary,
  );

export const styles = { main: ButtonStyle.Success, danger: ButtonStyle.Danger, plain: ButtonStyle.Secondary } as const;

/** What an action is asked with has no room in an id: it is looked up in the panel when the button is pressed. */
function actionButton(
  { show, number }: Panel,
  { command, input, name, style, ready }: Action,
  { locale }: Drawing,
): APIButtonComponentWithCustomId {
  const id: PanelId = input ? { act: 'with', command: show, number, part: command } : { act: 'do', command, number };
  const made = button(panelId(id), cut(name[locale], most.label), styles[style]);
  return ready ? made : { ...made, disabled: true };
}

function select(panel: Panel, { field, options, chosen }: Menu, { locale }: Drawing): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: panelId({ act: 'pick', command: panel.command, number: panel.number, part: field }),
    placeholder: cut(fieldLabel(field, locale), most.placeholder),
    options: options.map(({ id, names }) => ({
      value: id,
      label: cut(names[locale], most.option),
      ...(id === chosen ? { default: true } : {}),
    })),
  };
}

function fold(panel: Panel, entries: readonly Entry[], { locale }: Drawing): Row {
  const words = wordsOf(locale);
  return rowOf({
    type: ComponentType.StringSelect,
    custom_id: panelId({ act: 'fill', command: panel.show, number: panel.number }),
    placeholder: words.fillIn,
    options: entries.slice(0, most.options).map(({ act, part, label, missing }) => ({
      value: `${act}:${part}`,
      label: cut(label, most.option),
      ...(missing ? { description: words.incomplete } : {}),
    })),
  });
}

type Buttons = readonly APIButtonComponentWithCustomId[];

/** As few rows as there can be; with the actions in rows of their own where that costs none. */
function rows(entries: Buttons, actions: Buttons): Row[] {
  const [apart, together] = [[...chunks(entries), ...chunks(actions)], chunks([...entries, ...actions])];
  return (apart.length <= together.length ? apart : together).map((row) => rowOf(...row));
}

const chunks = (buttons: Buttons): Buttons[] =>
  Array.from({ length: Math.ceil(buttons.length / most.buttons) }, (_, at) =>
    buttons.slice(at * most.buttons, (at + 1) * most.buttons),
  );
