import { OptionKind, type OptionJson } from './command-rules.js';
import { lengthOf } from './refusal.js';
import { Resolved, type FileToSend, type Named } from './resolved.js';
import { may, Permission } from './permissions.js';
import type { Channel, CommandRecord, Person, World } from './world.js';

/** What a test gives for an option: text, number, yes or no, a person or role or channel (or its id), a file. */
export type OptionValue = string | number | boolean | Named | FileToSend;
export type OptionValues = Record<string, OptionValue | undefined>;

type OptionData = { name: string; type: number; value?: unknown; focused?: true; options?: OptionData[] };
export type CommandData = Record<string, unknown> & { options?: OptionData[] };

type Place = { world: World; person: Person; channel: Channel };
type Found = { command: CommandRecord; chain: OptionJson[]; options: OptionJson[] };

/** The registered command of a name like `noun verb`. Throws as the client would not offer it. */
export function findCommand({ world, person, channel }: Place, name: string): Found {
  const [first, ...verbs] = name.trim().split(/\s+/);
  const offered = channel.recipient ? world.commands.global : [...world.commands.guild, ...world.commands.global];
  const command = offered.find((one) => one.type === 1 && one.name === first);
  if (!command)
    throw new Error(`/${name} is not registered here; registered: ${offered.map((one) => one.name).join(', ')}`);
  refuseOutOfReach({ world, person, channel }, command);
  const chain: OptionJson[] = [];
  let options = command.options ?? [];
  for (const verb of verbs) {
    const next = options.find((one) => isNesting(one) && one.name === verb);
    if (!next)
      throw new Error(`/${name}: there is no ${verb}; there are: ${options.map((one) => one.name).join(', ')}`);
    chain.push(next);
    options = next.options ?? [];
  }
  if (options.some(isNesting))
    throw new Error(`/${name} needs a sub-command: ${options.map((one) => one.name).join(', ')}`);
  return { command, chain, options };
}

const isNesting = ({ type }: OptionJson) => type === OptionKind.subcommand || type === OptionKind.group;

function refuseOutOfReach({ world, person, channel }: Place, command: CommandRecord): void {
  const bits = world.permissions(person, channel);
  if (!channel.recipient && !may(bits, Permission.viewChannel | Permission.useCommands))
    throw new Error(`${person.name} cannot use commands in #${channel.name}`);
  const needed = command.default_member_permissions;
  const wanted = needed === null || needed === undefined ? 0n : BigInt(needed) || Permission.administrator;
  if (!channel.recipient && !may(bits, wanted)) throw new Error(`/${command.name} is not for ${person.name}`);
  const context = channel.recipient ? 1 : 0;
  if (command.contexts && !command.contexts.includes(context))
    throw new Error(`/${command.name} is not offered in ${channel.recipient ? 'DMs' : 'a guild'}`);
}

/** The data of a command as the client sends it. Throws where the client would not let it be sent. */
export function commandData(place: Place, name: string, values: OptionValues): CommandData {
  const found = findCommand(place, name);
  const resolved = new Resolved(place.world, place.channel);
  const known = new Set(found.options.map((option) => option.name));
  for (const key of Object.keys(values))
    if (!known.has(key)) throw new Error(`/${name} has no option ${key}; it has: ${[...known].join(', ')}`);
  const sent = found.options.flatMap((option): OptionData[] => {
    const value = values[option.name];
    if (value === undefined && option.required) throw new Error(`/${name} needs ${option.name}`);
    if (value === undefined) return [];
    return [
      { name: option.name, type: option.type, value: typed(`/${name} ${option.name}`, option, { value, resolved }) },
    ];
  });
  return wrap(found, sent, resolved);
}

/** The data of an autocomplete: what is typed so far, always as text, and the options filled in already. */
export function typingData(
  place: Place,
  name: string,
  typing: { option: string; text: string; others: OptionValues },
): CommandData {
  const found = findCommand(place, name);
  const option = found.options.find((one) => one.name === typing.option);
  if (!option?.autocomplete) throw new Error(`/${name} ${typing.option} is not registered with autocomplete`);
  const resolved = new Resolved(place.world, place.channel);
  const sent = found.options.flatMap((one): OptionData[] => {
    if (one === option) return [{ name: one.name, type: one.type, value: typing.text, focused: true }];
    const value = typing.others[one.name];
    if (value === undefined) return [];
    return [{ name: one.name, type: one.type, value: typed(`/${name} ${one.name}`, one, { value, resolved }) }];
  });
  return wrap(found, sent, resolved);
}

/** Whatever a test wants sent, registered or not: for what a client would never send. */
export function forcedData(place: Place, name: string, values: OptionValues): CommandData {
  const [first = '', ...verbs] = name.trim().split(/\s+/);
  const resolved = new Resolved(place.world, place.channel);
  const sent = Object.entries(values).flatMap(([key, value]): OptionData[] =>
    value === undefined ? [] : [{ name: key, ...guessed(value, resolved) }],
  );
  const known = [...place.world.commands.guild, ...place.world.commands.global].find((one) => one.name === first);
  const command = known ?? { id: place.world.ids.next(), version: '1', type: 1, name: first };
  const chain = verbs.map((verb, index) => ({
    name: verb,
    type: index < verbs.length - 1 ? OptionKind.group : OptionKind.subcommand,
  }));
  return wrap({ command, chain, options: [] }, sent, resolved);
}

function guessed(value: OptionValue, resolved: Resolved): { type: number; value: unknown } {
  if (typeof value === 'boolean') return { type: OptionKind.boolean, value };
  if (typeof value === 'number')
    return { type: Number.isInteger(value) ? OptionKind.integer : OptionKind.number, value };
  if (typeof value === 'string') return { type: OptionKind.string, value };
  if ('content' in value) return { type: OptionKind.attachment, value: resolved.file(value) };
  return { type: OptionKind.user, value: resolved.person(value.id) };
}

function wrap({ command, chain }: Found, sent: OptionData[], resolved: Resolved): CommandData {
  const options = chain.reduceRight<OptionData[]>((inner, { name, type }) => [{ name, type, options: inner }], sent);
  return {
    id: command.id,
    name: command.name,
    type: 1,
    ...(command.guild_id && { guild_id: command.guild_id }),
    ...(options.length && { options }),
    ...resolved.json(),
  };
}

type Given = { value: OptionValue; resolved: Resolved };

/** The value as registered: checked the way the client checks it, entities and files resolved. */
function typed(where: string, option: OptionJson, { value, resolved }: Given): unknown {
  const wrong = (wanted: string) => new Error(`${where} wants ${wanted}, got ${JSON.stringify(value)}`);
  const { type } = option;
  if (type === OptionKind.boolean && typeof value !== 'boolean') throw wrong('yes or no');
  if (type === OptionKind.string || type === OptionKind.integer || type === OptionKind.number)
    return scalar(option, value, wrong);
  if (type === OptionKind.attachment) {
    if (typeof value !== 'object' || !('content' in value)) throw wrong('a file');
    return resolved.file(value);
  }
  if (type === OptionKind.boolean) return value;
  const id = typeof value === 'object' && 'id' in value ? value.id : value;
  if (typeof id !== 'string') throw wrong('somebody or something with an id');
  if (type === OptionKind.user) return resolved.person(id);
  if (type === OptionKind.channel) return resolved.channel(id);
  if (type === OptionKind.role) return resolved.role(id);
  return resolved.mentionable(id);
}

function scalar(option: OptionJson, value: OptionValue, wrong: (wanted: string) => Error): string | number {
  const text = option.type === OptionKind.string;
  const choice = option.choices?.find((one) => one.value === value || one.name === value);
  if (option.choices?.length) {
    if (!choice) throw wrong(`one of ${option.choices.map((one) => one.name).join(', ')}`);
    return choice.value;
  }
  if (text ? typeof value !== 'string' : typeof value !== 'number') throw wrong(text ? 'text' : 'a number');
  if (option.type === OptionKind.integer && !Number.isSafeInteger(value)) throw wrong('a whole number');
  const size = typeof value === 'string' ? lengthOf(value) : (value as number);
  const least = text ? Math.max(1, option.min_length ?? 1) : (option.min_value ?? -Infinity);
  const most = text ? (option.max_length ?? 6000) : (option.max_value ?? Infinity);
  if (size < least || size > most) throw wrong(`${least} to ${most}${text ? ' characters' : ''}`);
  return value as string | number;
}
