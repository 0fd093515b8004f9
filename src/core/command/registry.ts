/** The commands that exist, by name. */
import { nearest } from '../text/nearest.js';
import { dryRun, org, orgNumber, yes } from './dictionary.js';
import { optional, typeOf, type AnyCommand, type Form, type Use } from './define.js';

export interface Registry {
  readonly all: readonly AnyCommand[];
  find(name: string): AnyCommand | undefined;
  /** The name that was probably meant by a mistyped one; nothing when none is near. */
  nearest(name: string): string;
}

export function createRegistry(commands: readonly AnyCommand[]): Registry {
  const byName = new Map(commands.map((command) => [command.name, command]));
  if (byName.size !== commands.length) throw new Error('two commands share a name');
  // a request that waits for a second person keeps what was typed, and shows it
  const telling = commands.find(({ fourEyes, uses }) => fourEyes && uses.some((use) => typeOf(use).kind === 'secret'));
  if (telling) throw new Error(`a request of “${telling.name}” would show a secret`);
  return {
    all: commands,
    find: (name) => byName.get(name.trim().toLowerCase().replace(/\s+/g, ' ')),
    nearest: (name) => nearest(name, [...byName.keys()]) ?? '',
  };
}

/**
 * Every field a door offers for a command: its own, then those that come with its nature: `org` for a member of several
 * organisations, `dry-run` where something changes, `yes` where a preview is confirmed.
 */
export const usesOf = (command: Form): readonly Use[] => everyUseOf(command).filter(({ terminal }) => !terminal);

/** The same, and what the terminal alone has. */
export function everyUseOf(command: Form): readonly Use[] {
  return [
    ...command.uses,
    ...(command.who.some((who) => who === 'reseller' || who === 'member') &&
    // one that is about an organisation names it by its number
    !command.uses.some(({ field }) => field.name === org.name || field === orgNumber)
      ? [optional(org)]
      : []),
    ...(command.preview ? [optional(yes)] : []),
    ...(command.reads ? [] : [optional(dryRun)]),
  ];
}

export const useOf = (command: Form, field: string): Use | undefined =>
  usesOf(command).find((use) => use.field.name === field);
