import type { Path } from './component.js';
import { invalidForm, lengthOf, missing, Refusal, type FieldFault } from './refusal.js';

type Localizations = Record<string, string> | null;
type Named = { name: string; name_localizations?: Localizations };
type Described = Named & { description?: string | null; description_localizations?: Localizations };

export type ChoiceJson = Named & { value: string | number };

export type OptionJson = Described & {
  type: number;
  required?: boolean | null;
  autocomplete?: boolean | null;
  choices?: ChoiceJson[] | null;
  options?: OptionJson[] | null;
  channel_types?: number[] | null;
  min_value?: number | null;
  max_value?: number | null;
  min_length?: number | null;
  max_length?: number | null;
};

export type CommandJson = Described & {
  type?: number | null;
  options?: OptionJson[] | null;
  default_member_permissions?: string | number | null;
  contexts?: number[] | null;
  dm_permission?: boolean | null;
};

/** Numbers of Discord's application command option types. */
export const OptionKind = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;

/** The locales Discord knows (reference, "Locales"). */
const locales = new Set(
  (
    'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja ' +
    'zh-TW ko'
  ).split(' '),
);
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const { subcommand, group, string, integer, number } = OptionKind;

const fault = (path: Path, code: string, message: string): FieldFault => ({ path, code, message });

/** Holds a whole set of commands against the rules the document leaves out. Throws 50035, or 30032 for too many. */
export function refuseBadCommands(commands: CommandJson[]): void {
  for (const [type, most] of [
    [1, 100],
    [2, 15],
    [3, 15],
  ] as const)
    if (commands.filter((command) => (command.type ?? 1) === type).length > most)
      throw new Refusal(400, 30032, `Maximum number of application commands reached (${most}).`);
  const faults = commands.flatMap((command, index) => commandFaults(command, [index]));
  faults.push(...nameClashes(commands, [], (command) => `${command.type ?? 1} ${command.name}`));
  if (faults.length) throw invalidForm(faults);
}

function commandFaults(command: CommandJson, path: Path): FieldFault[] {
  const faults = localeFaults(command, path);
  if ((command.type ?? 1) !== 1) {
    if (command.description) faults.push(fault([...path, 'description'], 'NOT_ALLOWED', 'Must be empty.'));
    if (command.options?.length) faults.push(fault([...path, 'options'], 'NOT_ALLOWED', 'Must be empty.'));
    return faults;
  }
  faults.push(...nameFaults(command, path));
  if (!command.description?.trim()) faults.push(missing([...path, 'description']));
  faults.push(...listFaults(command.options ?? [], [...path, 'options'], 0));
  const size = commandLength(command);
  if (size > 8000) {
    const message = `Command exceeds maximum size (8000): ${size}`;
    faults.push(fault(path, 'APPLICATION_COMMAND_TOO_LARGE', message));
  }
  return faults;
}

/**
 * The characters that count towards the 8,000 of a command: name, description and value of it, its options and their
 * choices, each with its longest localisation (docs, "Slash Commands").
 */
export function commandLength(
  command: Described & { options?: OptionJson[] | null; choices?: ChoiceJson[] | null },
): number {
  const own = longest(command.name, command.name_localizations);
  const described = longest(command.description ?? '', command.description_localizations);
  const choices = (command.choices ?? []).reduce(
    (sum, choice) => sum + longest(choice.name, choice.name_localizations) + lengthOf(String(choice.value)),
    0,
  );
  return own + described + choices + (command.options ?? []).reduce((sum, option) => sum + commandLength(option), 0);
}

const longest = (text: string, localizations: Localizations | undefined): number =>
  Math.max(lengthOf(text), ...Object.values(localizations ?? {}).map(lengthOf));

function nameFaults(named: Named, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const names: [Path, string][] = [[[...path, 'name'], named.name]];
  for (const [locale, name] of Object.entries(named.name_localizations ?? {}))
    names.push([[...path, 'name_localizations', locale], name]);
  for (const [at, name] of names)
    if (!namePattern.test(name) || name !== name.toLowerCase())
      faults.push(fault(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid'));
  return faults;
}

function localeFaults(described: Described, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const field of ['name_localizations', 'description_localizations'] as const)
    for (const locale of Object.keys(described[field] ?? {}))
      if (!locales.has(locale))
        faults.push(fault([...path, field, locale], 'BASE_TYPE_CHOICES', `Unknown locale ${locale}.`));
  return faults;
}

/** Options of one level: what may stand there, in which order, under which names. `depth` 0 is the command's own. */
function listFaults(options: OptionJson[], path: Path, depth: number): FieldFault[] {
  const faults = nameClashes(options, path, ({ name }) => name);
  if (options.length > 25) faults.push(fault(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.'));
  const nesting = options.filter(({ type }) => type === subcommand || type === group);
  if (nesting.length && nesting.length < options.length) {
    const message = 'Sub-command and sub-command group option types are mutually exclusive to all other types';
    faults.push(fault(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message));
  }
  let optional = false;
  options.forEach((option, index) => {
    if (option.required && optional) {
      const message = 'Required options must be placed before non-required options';
      faults.push(fault([...path, index], 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message));
    }
    optional ||= !option.required;
    faults.push(...optionFaults(option, [...path, index], depth));
  });
  return faults;
}

function optionFaults(option: OptionJson, path: Path, depth: number): FieldFault[] {
  const faults = [...nameFaults(option, path), ...localeFaults(option, path)];
  if (!option.description?.trim()) faults.push(missing([...path, 'description']));
  if (option.type === subcommand || option.type === group) {
    const deepest = option.type === group ? 0 : 1;
    const within = (option.options ?? []).every(({ type }) =>
      option.type === group ? type === subcommand : type !== subcommand && type !== group,
    );
    if (depth > deepest || !within)
      faults.push(fault([...path, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Not nested like this.'));
    if (option.type === group && !option.options?.length) faults.push(missing([...path, 'options']));
    if (option.required) faults.push(fault([...path, 'required'], 'NOT_ALLOWED', 'A sub-command is never required.'));
    return [...faults, ...listFaults(option.options ?? [], [...path, 'options'], depth + 1)];
  }
  return [...faults, ...valueFaults(option, path)];
}

function valueFaults(option: OptionJson, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const typed = ([string, integer, number] as number[]).includes(option.type);
  const choices = option.choices ?? [];
  if ((choices.length || option.autocomplete) && !typed)
    faults.push(fault([...path, 'choices'], 'NOT_ALLOWED', 'Only string, integer and number options have choices.'));
  if (choices.length && option.autocomplete) {
    const message = 'Cannot have both choices and autocomplete.';
    faults.push(fault([...path, 'autocomplete'], 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID', message));
  }
  faults.push(...choiceFaults(choices, [...path, 'choices'], option.type));
  faults.push(...nameClashes(choices, [...path, 'choices'], ({ name }) => name));
  for (const [low, high] of [
    ['min_value', 'max_value'],
    ['min_length', 'max_length'],
  ] as const)
    if ((option[low] ?? -Infinity) > (option[high] ?? Infinity))
      faults.push(fault([...path, low], 'APPLICATION_COMMAND_OPTIONS_RANGE', `${low} is greater than ${high}.`));
  return faults;
}

/** Choices, an autocomplete's too, fit their option's type and have values of 1 to 100 characters; 25 at most. */
export function choiceFaults(choices: ChoiceJson[], path: Path, optionType: number): FieldFault[] {
  const faults: FieldFault[] = [];
  if (choices.length > 25) faults.push(fault(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.'));
  choices.forEach((choice, index) => {
    const { value } = choice;
    faults.push(...localeFaults(choice, [...path, index]));
    if (!choice.name.trim()) faults.push(missing([...path, index, 'name']));
    const fits = optionType === string ? typeof value === 'string' : typeof value === 'number';
    if (!fits || (optionType === integer && !Number.isInteger(value)))
      faults.push(fault([...path, index, 'value'], 'BASE_TYPE_TYPE', `Value ${String(value)} is of another type.`));
    if (lengthOf(String(value)) > 100)
      faults.push(fault([...path, index, 'value'], 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.'));
    if (value === '') faults.push(missing([...path, index, 'value']));
  });
  return faults;
}

function nameClashes<T>(items: T[], path: Path, nameOf: (item: T) => string): FieldFault[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) =>
    seen.size === seen.add(nameOf(item)).size
      ? [fault([...path, index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Names must be unique')]
      : [],
  );
}
