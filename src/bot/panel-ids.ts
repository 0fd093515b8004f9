/**
 * The ids that a panel's menus and buttons carry: an act, a command, an object's number, a part of it. Never anything kept
 * in memory, and nothing that dispatch would not ask again who may do it (invariant 5).
 */
import { typeOf, type AnyCommand } from '../core/command/define.js';
import type { About } from '../core/command/panel.js';
import { useOf, type Registry } from '../core/command/registry.js';

/**
 * `pick`: a menu's choice goes into its field. `group`, `field`: opens the form of a group, of one field. `fill`: a menu
 * of groups and fields. `do`: carries the command out on the object; its part is the field that takes the number, where
 * that can't be told from the command. `with`: carries out another one, with what the object's panel says by then.
 */
export type Act = 'pick' | 'group' | 'field' | 'fill' | 'do' | 'with';

export interface PanelId {
  readonly act: Act;
  /** `noun verb`. */
  readonly command: string;
  readonly number: string;
  /** A field's name, a group's id, or of `with` the command that is carried out. */
  readonly part?: string;
}

const shape =
  /^(pick|group|field|fill|do|with):([a-z]+ [a-z-]+):([A-Z]{1,3}-\d{6,9})(?::([a-z][a-z0-9-]{0,39}|[a-z]+ [a-z-]{1,30}))?$/;
const word = /^\S+$/;
/** What an act's part looks like, if it has one. */
const parts: Readonly<Partial<Record<Act, RegExp>>> = {
  pick: word,
  group: word,
  field: word,
  do: word,
  with: /^\S+ \S+$/,
};
const folded = /^(group|field):([a-z][a-z0-9-]{0,39})$/;

export const panelId = ({ act, command, number, part }: PanelId): string =>
  [act, command, number, ...(part === undefined ? [] : [part])].join(':');

/** What such an id says; nothing for any other. */
export function readPanelId(customId: string): PanelId | undefined {
  const [, found, command = '', number = '', part] = shape.exec(customId) ?? [];
  const act = found as Act | undefined;
  if (act === undefined) return undefined;
  if (part === undefined ? parts[act] !== undefined && act !== 'do' : !parts[act]?.test(part)) return undefined;
  return { act, command, number, ...(part === undefined ? {} : { part }) };
}

/** What was chosen in a `fill` menu. */
export function readFolded(value: string | undefined): Pick<PanelId, 'act' | 'part'> | undefined {
  const [, act, part] = folded.exec(value ?? '') ?? [];
  return act === undefined || part === undefined ? undefined : { act: act as Act, part };
}

/**
 * The field by which a command takes an object of this number: `number` where the command has it, which tells the kind;
 * else the one that is called as the noun is (`device edit` takes `device`).
 */
function namedBy(command: AnyCommand, number: string): string | undefined {
  if (useOf(command, 'number')) return takes(command, 'number', number) ? 'number' : undefined;
  const [noun = ''] = command.name.split(' ');
  const isText = command.uses.some((use) => use.required && use.field.name === noun && typeOf(use).kind === 'text');
  return isText || takes(command, noun, number) ? noun : undefined;
}

/** Whether a required field takes numbers of this kind. */
function takes(command: AnyCommand, name: string, number: string): boolean {
  const use = useOf(command, name);
  return use?.required === true && typeOf(use).prefix === number.slice(0, number.indexOf('-'));
}

/** What an id means: a command that takes such an object, by which field, and what shows the object. */
export interface Meant {
  readonly command: AnyCommand;
  readonly by: string;
  readonly about: About | undefined;
}

/** Nothing where there is no command that takes such a number, or for a pick none with such a field. */
export function meantBy({ act, command: name, number, part }: PanelId, registry: Registry): Meant | undefined {
  const command = registry.find(name);
  const told = act === 'do' ? part : undefined;
  const by =
    command && (told === undefined ? namedBy(command, number) : takes(command, told, number) ? told : undefined);
  if (!command || by === undefined) return undefined;
  const isField = part !== undefined && part !== by && part !== 'yes' && part !== 'dry-run';
  if (act === 'pick' && !(isField && useOf(command, part))) return undefined;
  const show = registry.find(name.replace(/ .*$/, ' show'));
  const shownBy = show && namedBy(show, number);
  return { command, by, about: show && shownBy !== undefined ? { show: show.name, by: shownBy, number } : undefined };
}
