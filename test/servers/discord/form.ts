import { Kind, type Component } from './component.js';
import type { ModalJson } from './interaction.js';
import { lengthOf } from './refusal.js';
import type { Resolved } from './resolved.js';
import type { FileToSend } from './resolved.js';

/** What the user puts in the fields of a modal, by custom id or label; untouched fields send what they were filled with. */
export type FormValues = Record<string, string | boolean | string[] | FileToSend[]>;

type Field = { input: Component; names: string[] };

/** The data of a submitted modal. Throws where the client would not let it be submitted. */
export function formData(modal: ModalJson, values: FormValues, resolved: Resolved): Record<string, unknown> {
  const fields = modal.components.flatMap(fieldsOf);
  for (const key of Object.keys(values))
    if (!fields.some(({ names }) => names.includes(key)))
      throw new Error(
        `the modal has no field ${key}; it has: ${fields.map(({ names }) => names.join(' = ')).join(', ')}`,
      );
  const filled = (input: Component) => {
    const names = fields.find((field) => field.input === input)?.names ?? [];
    const given = names.flatMap((name) => (name in values ? [values[name]!] : []))[0];
    const { type, id, custom_id } = input;
    return { type, id, custom_id, ...valueOf(input, given, { where: names.join(' = '), resolved }) };
  };
  const components = modal.components.map((component) => {
    const { type, id } = component;
    if (component.components) return { type, id, components: component.components.map(filled) };
    if (component.component) return { type, id, component: filled(component.component) };
    return { type, id };
  });
  return { custom_id: modal.custom_id, components, ...resolved.json() };
}

function fieldsOf(component: Component): Field[] {
  const inputs = component.components ?? (component.component ? [component.component] : []);
  return inputs.map((input) => ({
    input,
    names: [input.custom_id, component.label, input.label].filter((name) => typeof name === 'string'),
  }));
}

type Given = FormValues[string] | undefined;
type Around = { where: string; resolved: Resolved };

function valueOf(input: Component, given: Given, around: Around): { value: unknown } | { values: unknown } {
  const { where } = around;
  if (input.type === Kind.textInput) return { value: textOf(input, given, where) };
  if (input.type === Kind.checkbox) return { value: typeof given === 'boolean' ? given : Boolean(input.default) };
  if (input.type === Kind.radioGroup) {
    const [value = null] = optionsOf(input, given === undefined ? undefined : [given as string], where);
    if (value === null && input.required !== false) throw new Error(`${where} must be chosen`);
    return { value };
  }
  const values = input.type === Kind.fileUpload ? filesOf(given, around) : chosen(input, given, around);
  const least = input.required === false ? 0 : (input.min_values ?? 1);
  const most = input.max_values ?? (input.type === Kind.checkboxGroup ? (input.options ?? []).length : 1);
  if (values.length < least || values.length > most)
    throw new Error(`${where} wants ${least} to ${most}, got ${values.length}`);
  return { values };
}

function textOf(input: Component, given: Given, where: string): string {
  const value = given ?? input.value ?? '';
  if (typeof value !== 'string') throw new Error(`${where} wants text`);
  if (!value && input.required !== false) throw new Error(`${where} is required`);
  const length = lengthOf(value);
  if (value && (length < (input.min_length ?? 0) || length > (input.max_length ?? 4000)))
    throw new Error(`${where} wants ${input.min_length ?? 0} to ${input.max_length ?? 4000} characters, got ${length}`);
  if (input.style === 1 && value.includes('\n')) throw new Error(`${where} takes one line`);
  return value;
}

const filesOf = (given: Given, { resolved }: Around): string[] =>
  (Array.isArray(given) ? (given as FileToSend[]) : []).map((file) => resolved.file(file));

function chosen(input: Component, given: Given, { where, resolved }: Around): string[] {
  const ids = given === undefined ? undefined : Array.isArray(given) ? (given as string[]) : [String(given)];
  if (input.type === Kind.stringSelect || input.type === Kind.checkboxGroup) return optionsOf(input, ids, where);
  return entities(input.type, ids ?? [], resolved);
}

/** Users, roles or channels of a select, resolved. */
export function entities(type: number, ids: readonly string[], resolved: Resolved): string[] {
  if (type === Kind.userSelect) return ids.map((id) => resolved.person(id));
  if (type === Kind.roleSelect) return ids.map((id) => resolved.role(id));
  if (type === Kind.channelSelect) return ids.map((id) => resolved.channel(id));
  return ids.map((id) => resolved.mentionable(id));
}

/** Options by value or label; those chosen by default if nothing was touched. Throws for one that isn't there. */
export function optionsOf(input: Component, given: readonly string[] | undefined, where: string): string[] {
  const options = input.options ?? [];
  if (!given) return options.filter((option) => option.default).map(({ value }) => value);
  return given.map((one) => {
    const found = options.find(({ value }) => value === one) ?? options.find(({ label }) => label === one);
    if (!found)
      throw new Error(`${where} has no option ${one}; it has: ${options.map(({ label }) => label).join(', ')}`);
    return found.value;
  });
}
