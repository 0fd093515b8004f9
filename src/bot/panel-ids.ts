/**
 * The ids that a panel's menus and buttons carry: an act, a command, an object's number, a part of it. Never anything kept
 * in memory, and nothing that dispatch would not ask again who may do it (invariant 5).
 */
import { typeOf, type AnyCommand } from '../core/command/define.js';
import { useOf, type Registry } from '../core/command/registry.js';

/**
 * `pick`: a menu's choice goes into its field. `group`, `field`: opens the form of a group, of one field. `fill`: a menu
 * of groups and fields. `do`: carries the command out on the object.
 */
export type Act = 'pick' | 'group' | 'field' | 'fill' | 'do';

export interface PanelId {
  readonly act: Act;
  /** `noun verb`. */
  readonly command: string;
  readonly number: string;
  /** A field's name, or a group's id. */
  readonly part?: string;
}

const shape = /^(pick|group|field|fill|do):([a-z]+ [a-z]+):([A-Z]{1,3}-\d{6,9})(?::([a-z][a-z0-9-]{0,39}))?$/;
const folded = /^(group|field):([a-z][a-z0-9-]{0,39})$/;

export const panelId = ({ act, command, number, part }: PanelId): string =>
  [act, command, number, ...(part === undefined ? [] : [part])].join(':');

/** What such an id says; nothing for any other. */
export function readPanelId(customId: string): PanelId | undefined {
  const [, act, command = '', number = '', part] = shape.exec(customId) ?? [];
  if (act === undefined || (part === undefined) !== (act === 'fill' || act === 'do')) return undefined;
  return { act: act as Act, command, number, ...(part === undefined ? {} : { part }) };
}

/** What was chosen in a `fill` menu. */
export function readFolded(value: string | undefined): Pick<PanelId, 'act' | 'part'> | undefined {
  const [, act, part] = folded.exec(value ?? '') ?? [];
  return act === undefined || part === undefined ? undefined : { act: act as Act, part };
}

/** The command of an id, if there is one that takes such a number, and for a pick such a field. */
export function commandOf({ act, command: name, number, part }: PanelId, registry: Registry): AnyCommand | undefined {
  const command = registry.find(name);
  const use = command && useOf(command, 'number');
  if (!use || typeOf(use).prefix !== number.slice(0, number.indexOf('-'))) return undefined;
  const isField = part !== undefined && part !== 'number' && part !== 'yes' && part !== 'dry-run';
  return act === 'pick' && !(isField && useOf(command, part)) ? undefined : command;
}

/** The command that shows the object which this one changes. */
export const showOf = (command: string): string => command.replace(/ .*$/, ' show');
