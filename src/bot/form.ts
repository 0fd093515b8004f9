/** A form (Discord's modal) that asks for a command's fields, at most five at a time, and what was filled in. */
import {
  ComponentType,
  TextInputStyle,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type ModalData,
} from 'discord.js';
import { typeOf, type AnyCommand, type Use } from '../core/command/define.js';
import type { Draft } from '../core/command/pending.js';
import { useOf } from '../core/command/registry.js';
import type { Suggestion } from '../core/command/suggest.js';
import { areUploads, isUpload, type Raw } from '../core/command/type.js';
import type { Locale } from '../core/locales/locale.js';
import { limits, type Given } from './slash.js';
import { wordsOf } from './words.js';

const most = { components: 5, title: 45, label: 45, description: 100, value: 4000, note: 1000, files: 10 } as const;

const cut = (text: string, length: number): string =>
  [...text].length > length ? `${[...text].slice(0, length - 1).join('')}…` : text;

export interface FormOptions {
  readonly customId: string;
  readonly command: AnyCommand;
  readonly draft: Draft;
  readonly locale: Locale;
  /** Values to choose among, by field: a product's kinds. */
  readonly suggestions: ReadonlyMap<string, readonly Suggestion[]>;
}

/** The fields of a draft that a form can ask for; `dry-run` and `yes` are never asked. */
export const askable = (command: AnyCommand, names: readonly string[]): string[] =>
  names.filter((name) => useOf(command, name) !== undefined && name !== 'dry-run' && name !== 'yes');

/** The form of a draft: its fields as they were typed, each with what is wrong with it. */
export function formOf({
  customId,
  command,
  draft,
  locale,
  suggestions,
}: FormOptions): APIModalInteractionResponseCallbackData {
  const uses = draft.ask.flatMap((name) => useOf(command, name) ?? []);
  const note =
    draft.note !== '' && uses.length < most.components
      ? [{ type: ComponentType.TextDisplay as const, content: cut(draft.note, most.note) }]
      : [];
  const labels = uses
    .slice(0, most.components)
    .map((use) => labelOf(use, { draft, locale, suggestions: suggestions.get(use.field.name) ?? [] }));
  return { custom_id: customId, title: cut(command.name, most.title), components: [...note, ...labels] };
}

interface Around {
  readonly draft: Draft;
  readonly locale: Locale;
  readonly suggestions: readonly Suggestion[];
}

function labelOf(use: Use, around: Around): APILabelComponent {
  const { name, labels, hint } = use.field;
  const { standing } = around.draft;
  const given = around.draft.raw[name] ?? standing?.[name];
  const isSecret = typeOf(use).kind === 'secret';
  const fault = given === undefined ? undefined : around.draft.faults[name];
  const description = fault ?? hint?.[around.locale];
  return {
    type: ComponentType.Label,
    label: cut(labels[around.locale][0], most.label),
    ...(description ? { description: cut(description, most.description) } : {}),
    component: inputOf(use, {
      ...around,
      // a secret is typed again, never shown
      typed: isSecret ? undefined : given,
      required: use.required || (given === undefined && !standing),
    }),
  };
}

function inputOf(
  use: Use,
  around: Around & { typed: Raw | undefined; required: boolean },
): APILabelComponent['component'] {
  const type = typeOf(use);
  const base = { custom_id: use.field.name, required: around.required };
  if (type.kind === 'file' || type.kind === 'files') {
    const max_values = type.kind === 'files' ? Math.min(type.max ?? 1, most.files) : 1;
    return { ...base, type: ComponentType.FileUpload, min_values: around.required ? 1 : 0, max_values };
  }
  const options = optionsOf(use, around);
  if (options.length > 0 && options.length <= limits.choices) {
    const typed = textOf(around.typed);
    return {
      ...base,
      type: ComponentType.StringSelect,
      placeholder: wordsOf(around.locale).choose,
      min_values: around.required ? 1 : 0,
      max_values: 1,
      options: options.map(({ value, name }) => ({
        value: cut(value, 100),
        label: cut(name, 100),
        ...(value === typed ? { default: true } : {}),
      })),
    };
  }
  const value = cut(textOf(around.typed), most.value);
  const long = type.kind === 'long' || type.kind === 'list' || type.kind === 'pairs' || value.includes('\n');
  // what was typed is shown whole, even where it is too long to be taken
  const room = Math.min(
    most.value,
    Math.max(type.kind === 'text' || type.kind === 'long' ? (type.max ?? most.value) : most.value, value.length),
  );
  return {
    ...base,
    type: ComponentType.TextInput,
    style: long ? TextInputStyle.Paragraph : TextInputStyle.Short,
    max_length: room,
    ...(value === '' ? {} : { value }),
  };
}

/** A value as it was typed; a file has none. */
function textOf(raw: Raw | undefined): string {
  if (typeof raw !== 'object') return String(raw ?? '');
  return isUpload(raw) || areUploads(raw) ? '' : raw.join(', ');
}

function optionsOf(use: Use, { locale, suggestions }: Around): readonly Suggestion[] {
  const type = typeOf(use);
  const words = wordsOf(locale);
  if (type.kind === 'bool')
    return [
      { value: 'true', name: words.yes },
      { value: 'false', name: words.no },
    ];
  return type.choices?.map(({ id, names }) => ({ value: id, name: names[locale] })) ?? suggestions;
}

/** What was filled in, as options are: an empty field has no value. */
export function filledIn(fields: Iterable<ModalData>): Given[] {
  return [...fields].map((field): Given => {
    if ('attachments' in field && field.attachments)
      return { name: field.customId, attachments: [...field.attachments.values()] };
    if ('values' in field) return { name: field.customId, value: field.values[0] };
    const value = 'value' in field ? field.value : undefined;
    return { name: field.customId, value: typeof value === 'string' && value.trim() !== '' ? value : undefined };
  });
}
