/**
 * Commands as Discord offers them, made from the registry alone: noun = command, verb = subcommand, field = option; and
 * a command's input to options and back. Pure.
 */
import {
  ApplicationCommandOptionType as Option,
  ApplicationCommandType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOptionChoice,
  type APIApplicationCommandSubcommandOption,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import { typeOf, type AnyCommand, type Use } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import { useOf, usesOf, type Registry } from '../core/command/registry.js';
import { areUploads, isUpload, type Raw, type Upload } from '../core/command/type.js';
import type { Locale } from '../core/locales/locale.js';

export type SlashCommand = RESTPostAPIChatInputApplicationCommandsJSONBody;

/** What Discord takes at most. */
export const limits = { options: 25, choices: 25, text: 8000, description: 100, stringOption: 6000 } as const;

const cut = (text: string, most: number): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text;

/** A command's text as Discord counts it: names, descriptions and choices, each with its longest localisation. */
export function budgetOf(command: object): number {
  const {
    name = '',
    description = '',
    choices = [],
    options = [],
    ...rest
  } = command as Record<string, never> & {
    name?: string;
    description?: string;
    choices?: object[];
    options?: object[];
  };
  const longest = (text: string, localised: unknown) =>
    Math.max(
      [...text].length,
      ...Object.values((localised ?? {}) as Record<string, string>).map((one) => [...one].length),
    );
  const value = 'value' in rest ? String(rest['value']).length : 0;
  const own =
    longest(name, rest['name_localizations']) + longest(description, rest['description_localizations']) + value;
  return own + [...choices, ...options].reduce((sum, inner) => sum + budgetOf(inner), 0);
}

/** Every command there is, in the registry's order; hints go where the text would be more than Discord takes. */
export function commandsOf(registry: Registry): SlashCommand[] {
  const nouns = new Map<string, AnyCommand[]>();
  for (const command of registry.all) nouns.set(nounOf(command), [...(nouns.get(nounOf(command)) ?? []), command]);
  return [...nouns].map(([noun, commands]) => {
    const full = nounJson(noun, commands, true);
    return budgetOf(full) <= limits.text ? full : nounJson(noun, commands, false);
  });
}

const nounOf = (command: AnyCommand): string => command.name.split(' ')[0] ?? '';
const verbOf = (command: AnyCommand): string | undefined => command.name.split(' ')[1];

function nounJson(noun: string, commands: readonly AnyCommand[], hints: boolean): SlashCommand {
  const [first] = commands;
  const base = { type: ApplicationCommandType.ChatInput, name: noun } as const;
  if (first && commands.length === 1 && verbOf(first) === undefined)
    return { ...base, ...described(first.help), options: optionsOf(first, hints) };
  const verbs = commands.map((command): APIApplicationCommandSubcommandOption => ({
    type: Option.Subcommand,
    name: verbOf(command) ?? '',
    ...described(command.help),
    options: optionsOf(command, hints),
  }));
  // nobody sees the description of a command that has subcommands
  return { ...base, description: cut(verbs.map(({ name }) => name).join(', '), limits.description), options: verbs };
}

const described = (texts: Readonly<Record<Locale, string>>) => ({
  description: cut(texts.en, limits.description),
  description_localizations: { fr: cut(texts.fr, limits.description) },
});

/** A long field is never a required option: left out, it is asked for in a form with room for it. */
export const isRequiredOption = (use: Use): boolean => use.required && typeOf(use).kind !== 'long';

function optionsOf(command: AnyCommand, hints: boolean): APIApplicationCommandBasicOption[] {
  const uses = usesOf(command).filter((use) => !use.panel);
  return [...uses.filter(isRequiredOption), ...uses.filter((use) => !isRequiredOption(use))].map((use) =>
    optionOf(use, hints),
  );
}

function descriptionOf(use: Use, hints: boolean): Record<Locale, string> {
  const { labels, hint } = use.field;
  const of = (locale: Locale) =>
    [
      labels[locale][0],
      ...(hints && hint ? [`– ${hint[locale]}`] : []),
      ...(use.when ? [`(${use.when[locale]})`] : []),
    ].join(' ');
  return { fr: of('fr'), en: of('en') };
}

const longestOf: Partial<Record<string, number>> = {
  date: 40,
  ref: 40,
  product: 100,
  choice: 100,
  catalogue: 100,
  list: limits.stringOption,
};

function optionOf(use: Use, hints: boolean): APIApplicationCommandBasicOption {
  const type = typeOf(use);
  const base = {
    name: use.field.name,
    ...described(descriptionOf(use, hints)),
    ...(isRequiredOption(use) ? { required: true } : {}),
  };
  if (type.kind === 'bool') return { ...base, type: Option.Boolean };
  if (type.kind === 'file' || type.kind === 'files') return { ...base, type: Option.Attachment };
  if (type.kind === 'whole') {
    return {
      ...base,
      type: Option.Integer,
      ...(type.min === undefined ? {} : { min_value: type.min }),
      ...(type.max === undefined ? {} : { max_value: type.max }),
    };
  }
  const choices = use.suggest ? undefined : choicesOf(use);
  if (choices && choices.length <= limits.choices) return { ...base, type: Option.String, choices };
  const max_length = Math.min(longestOf[type.kind] ?? type.max ?? 100, limits.stringOption);
  const offered =
    use.suggest !== undefined || type.kind === 'product' || type.kind === 'catalogue' || choices !== undefined;
  return {
    ...base,
    type: Option.String,
    max_length,
    ...(offered ? { autocomplete: true } : {}),
  };
}

const choicesOf = (use: Use): APIApplicationCommandOptionChoice<string>[] | undefined =>
  typeOf(use).choices?.map(({ id, names }) => ({ name: names.en, name_localizations: { fr: names.fr }, value: id }));

/** A file as Discord hands it over: where it can be fetched for a while. */
export interface AttachmentRef {
  readonly name: string;
  readonly contentType: string | null;
  readonly size: number;
  readonly url: string;
}

/** The files of each field. */
export type AttachmentRefs = ReadonlyMap<string, readonly AttachmentRef[]>;

/** An option or a form's field, as it comes in. */
export interface Given {
  readonly name: string;
  readonly value?: string | number | boolean | undefined;
  readonly attachment?: AttachmentRef | null | undefined;
  /** A form may take several files for a field. */
  readonly attachments?: readonly AttachmentRef[] | undefined;
}

/** An input as the options somebody would have filled in; what `decodeOptions` reads back to the same input. */
export function encodeOptions(command: AnyCommand, raw: RawInput): Given[] {
  return Object.entries(raw).flatMap(([name, value]): Given[] => {
    const use = useOf(command, name);
    return use && !use.panel ? [{ name, ...encoded(typeOf(use).kind, value) }] : [];
  });
}

function encoded(kind: string, value: Raw): Omit<Given, 'name'> {
  if (isUpload(value)) return { attachment: refOf(value) };
  if (areUploads(value)) return { attachments: value.map(refOf) };
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  if (kind === 'bool') return { value: text === 'true' || text === 'yes' };
  return { value: kind === 'whole' ? Number(text) : text };
}

const refOf = ({ name, type, content }: Upload): AttachmentRef => ({
  name,
  contentType: type,
  size: content.length,
  url: '',
});

/** What was typed, and the files that are still to be fetched. An option that no longer exists stays: it is told about. */
export function decodeOptions(given: readonly Given[]): { raw: RawInput; files: AttachmentRefs } {
  const raw: Record<string, Raw> = {};
  const files = new Map<string, readonly AttachmentRef[]>();
  for (const { name, value, attachment, attachments = attachment ? [attachment] : [] } of given) {
    if (attachments.length > 0) files.set(name, attachments);
    else if (value !== undefined) raw[name] = value;
  }
  return { raw, files };
}
