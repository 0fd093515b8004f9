/** Registers the commands where they belong and takes them away where they don't; what is equal already is left alone. */
import { makeURLSearchParams, Routes, type APIApplicationCommand, type REST } from 'discord.js';
import type { Log } from './parts.js';
import type { SlashCommand } from './slash.js';

export interface Registration {
  readonly rest: REST;
  readonly applicationId: string;
  /** Registered there, else globally. */
  readonly guildId: string | undefined;
  /** The guilds the bot is in: without `guildId`, commands of their own are removed. */
  readonly guilds: readonly string[];
  readonly log: Log;
}

type Json = Readonly<Record<string, unknown>>;

const texts = [
  'name',
  'description',
  'description_localizations',
  'name_localizations',
  'value',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
];

/** A command without what Discord adds to it and what it leaves out: equal text, equal command. */
export function normalised(command: object): string {
  const shape = (given: object): Json => {
    const node = given as Json;
    const kept = texts.flatMap((key) =>
      node[key] === undefined || node[key] === null ? [] : [[key, sorted(node[key])]],
    );
    const flags = ['required', 'autocomplete'].flatMap((key) => (node[key] === true ? [[key, true]] : []));
    const lists = ['choices', 'options'].flatMap((key) => {
      const list = (node[key] ?? []) as object[];
      return list.length > 0 ? [[key, list.map(shape)]] : [];
    });
    return { type: node['type'] ?? 1, ...(Object.fromEntries([...kept, ...flags, ...lists]) as Json) };
  };
  return JSON.stringify(shape(command));
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const same = (there: readonly object[], wanted: readonly object[]): boolean => {
  const text = (commands: readonly object[]) => commands.map(normalised).sort().join('\n');
  return text(there) === text(wanted);
};

/** @throws what Discord says, when the bot may not register commands there */
export async function register(
  commands: readonly SlashCommand[],
  { rest, applicationId, guildId, guilds, log }: Registration,
): Promise<void> {
  const global = Routes.applicationCommands(applicationId);
  const ofGuild = (id: string) => Routes.applicationGuildCommands(applicationId, id);
  const set = async (route: `/${string}`, wanted: readonly SlashCommand[]): Promise<void> => {
    const there = (await rest.get(route, {
      query: makeURLSearchParams({ with_localizations: true }),
    })) as APIApplicationCommand[];
    if (same(there, wanted)) return;
    await rest.put(route, { body: wanted });
    log.info(
      { commands: wanted.length, where: route === global ? 'globally' : 'in a guild' },
      wanted.length > 0 ? 'commands registered' : 'commands removed',
    );
  };
  await set(guildId === undefined ? global : ofGuild(guildId), commands);
  if (guildId !== undefined) await set(global, []);
  else for (const id of guilds) await set(ofGuild(id), []);
}
