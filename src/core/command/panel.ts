/** What doors with forms share about panels. */
import type { AnyCommand, Form } from './define.js';
import { emptiedByBox, emptyMark, type RawInput } from './input.js';
import type { Panel } from './outcome.js';
import { useOf } from './registry.js';
import { areUploads, isUpload, type Raw } from './type.js';

/** An object that is being filled in: what shows it, and what it is called there. */
export type About = Pick<Panel, 'show' | 'by' | 'number'>;

export type Action = Panel['actions'][number];

export const aboutOf = ({ show, by, number }: Panel): About => ({ show, by, number });

/** The object alone, as its commands take it. */
export const itself = ({ by, number }: Pick<About, 'by' | 'number'>): Readonly<Record<string, string>> => ({
  [by]: number,
});

/**
 * Fields of the panel that an action takes too, so that its form can ask for them: none where the number says it all, or
 * where the action tells them itself.
 */
export function fillsOf({ menus, groups }: Panel, { input }: Action, command: AnyCommand): string[] {
  if (!input) return [];
  const names = [...menus.map(({ field }) => field), ...groups.flatMap(({ fields }) => fields)];
  return names.filter((name) => !(name in input) && useOf(command, name) !== undefined);
}

/** What an action is asked with: the number alone, or its own input with what stands in the panel and it takes too. */
export function askedOf(panel: Panel, action: Action, command: AnyCommand): Readonly<Record<string, string>> {
  if (!action.input) return itself(panel);
  const stands = fillsOf(panel, action, command).flatMap((name) => {
    const value = panel.values[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...(Object.fromEntries(stands) as Record<string, string>), ...action.input };
}

/** What boxes that were filled in and came back empty ask: their fields are to be emptied. */
export const emptied = (
  command: Form,
  standing: Readonly<Record<string, string>>,
  isEmpty: (name: string) => boolean,
): RawInput =>
  Object.fromEntries(
    Object.entries(standing)
      .filter(([name, stood]) => stood !== '' && isEmpty(name) && emptiedByBox(useOf(command, name)))
      .map(([name]) => [name, emptyMark]),
  );

/** As it is compared; a file is always another one. */
function plain(value: Raw): string | undefined {
  if (isUpload(value) || areUploads(value)) return undefined;
  const text = typeof value === 'object' ? value.join(', ') : String(value);
  return text.replace(/\r\n?/g, '\n').trim();
}

/**
 * What a form of a panel changes: a value that came back as it stood when the form was shown is left out, so that what
 * another door has changed meanwhile stays changed.
 * @param form.standing what stood there
 * @param form.by names the object, and is no change of it
 * @returns nothing when there is no change at all
 */
export function changesIn(
  input: RawInput,
  form: { readonly standing: Readonly<Record<string, string>>; readonly by: string },
): RawInput | undefined {
  const changed = Object.entries(input).filter(([name, value]) => {
    const stood = form.standing[name];
    return stood === undefined || plain(value) !== plain(stood);
  });
  return changed.every(([name]) => name === form.by) ? undefined : Object.fromEntries(changed);
}
