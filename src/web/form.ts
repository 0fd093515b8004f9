/**
 * Forms made from a command's fields, and back: the only place where this door turns fields into controls and a posted
 * body into an input. What a command asks is declared with it; nothing here knows any command.
 */
import type { Form, Use } from '../core/command/define.js';
import type { RawInput } from '../core/command/input.js';
import { emptied } from '../core/command/panel.js';
import { usesOf } from '../core/command/registry.js';
import { areUploads, choicesOf, isUpload, type FieldContext, type Raw, type Upload } from '../core/command/type.js';
import type { Locale } from '../core/locales/locale.js';
import { textsOf } from '../core/locales/texts.js';
import { pageTexts } from './texts.js';

/** A field as a page shows it, neutral of HTML. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly control: 'input' | 'lines' | 'check' | 'select' | 'file' | 'files';
  /** Of an input. */
  readonly type: 'text' | 'email' | 'tel' | 'date';
  readonly numeric: boolean;
  readonly autocomplete: string;
  readonly required: boolean;
  readonly hint: string | undefined;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly fault: string | undefined;
  /** What it belongs to can't do without it. */
  readonly missing?: boolean;
}

/** A posted body: texts by name, files as uploads. */
export type FormBody = Readonly<Record<string, string | readonly string[] | Upload | readonly Upload[]>>;

export interface FormGiven {
  readonly context: FieldContext;
  readonly values?: RawInput;
  /** By field name, what is wrong with it. */
  readonly faults?: Readonly<Record<string, string>>;
  /** Values worth offering, by field name: they take the place of a list of all there are. */
  readonly offered?: Readonly<Record<string, FormField['options']>>;
  /** The form is about whoever fills it in: browsers may offer what they know of them. */
  readonly own?: boolean;
  /** Which fields, when not all; the confirmation of a preview is a button and never a field. */
  readonly only?: (name: string) => boolean;
}

/** What a form with this input holds: `decodeForm` gives back what means the same. */
export function encodeForm(command: Form, raw: RawInput): [name: string, value: string | File][] {
  return usesOf(command).flatMap((use): [string, string | File][] => {
    const value = raw[use.field.name];
    if (value === undefined) return [];
    const files = isUpload(value) ? [value] : areUploads(value) ? value : [];
    if (files.length > 0)
      return files.map(({ content, name, type }) => [
        use.field.name,
        new File([new Uint8Array(content)], name, { type }),
      ]);
    return [[use.field.name, textOf(use, value as Exclude<Raw, Upload | readonly Upload[]>)]];
  });
}

function textOf({ field: { type } }: Use, value: Exclude<Raw, Upload | readonly Upload[]>): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // a number has lost the leading zeros that a code may have
  if (typeof value === 'number')
    return type.kind === 'digits' ? String(value).padStart(type.min ?? 0, '0') : String(value);
  return typeof value === 'string' ? value : value.join(', ');
}

/** What stood in a form's boxes when it was shown, where it was filled in. */
export const standingIn = ({ _standing: standing }: FormBody): Readonly<Record<string, string>> | undefined =>
  typeof standing === 'string' ? (JSON.parse(standing) as Record<string, string>) : undefined;

/** The input in a posted body. Names that are no fields of the command are the page's own, and left alone. */
export function decodeForm(command: Form, body: FormBody): RawInput {
  const standing = standingIn(body) ?? {};
  const input: Record<string, Raw> = { ...emptied(command, standing, (name) => body[name] === '') };
  for (const { field } of usesOf(command)) {
    const given = body[field.name];
    const value = Array.isArray(given) && field.type.kind === 'bool' ? (given as readonly string[]).at(-1) : given;
    if (value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)) input[field.name] = value;
  }
  return input;
}

export function formFields(command: Form, given: FormGiven): FormField[] {
  const shown = Object.fromEntries(
    encodeForm(command, given.values ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  return usesOf(command)
    .filter(({ field }) => field.name !== 'yes' && (given.only?.(field.name) ?? true))
    .map((use) => fieldOf(use, given, shown[use.field.name] ?? ''));
}

const controls: Partial<Record<string, FormField['control']>> = {
  long: 'lines',
  bool: 'check',
  choice: 'select',
  product: 'select',
  catalogue: 'select',
  file: 'file',
  files: 'files',
};
const types: Partial<Record<string, FormField['type']>> = { email: 'email', phone: 'tel' };
const completions: Readonly<Record<string, string>> = {
  'last-name': 'family-name',
  'first-name': 'given-name',
  company: 'organization',
  phone: 'tel',
  street: 'address-line1',
  zip: 'postal-code',
  city: 'address-level2',
  country: 'country-name',
  email: 'email',
};

function fieldOf(use: Use, given: FormGiven, value: string): FormField {
  const { field } = use;
  const { kind } = field.type;
  const { locale } = given.context;
  const answered = kind === 'bool' && use.required;
  // a date control can't show a day that isn't one: that is corrected as text
  const type = kind === 'date' && /^(\d{4}-\d\d-\d\d)?$/.test(value) ? 'date' : (types[kind] ?? 'text');
  return {
    name: field.name,
    label: field.labels[locale][0],
    // a box that is not ticked says nothing: where a no is an answer too, both are offered
    control: answered ? 'select' : (controls[kind] ?? 'input'),
    type,
    numeric: kind === 'whole' || kind === 'digits',
    autocomplete: kind === 'digits' ? 'one-time-code' : given.own ? (completions[field.name] ?? 'off') : 'off',
    required: use.required,
    hint: field.hint?.[locale] ?? hintOf(kind, type, locale),
    value: kind === 'secret' ? '' : chosen(use, value, given.context),
    options:
      given.offered?.[field.name] ??
      (answered
        ? yesAndNo(locale)
        : choicesOf(field.type, given.context).map(({ id, names }) => ({ value: id, label: names[locale] }))),
    fault: given.faults?.[field.name],
  };
}

const yesAndNo = (locale: Locale): FormField['options'] =>
  (['yes', 'no'] as const).map((value) => ({ value, label: textsOf(locale)[value] }));

function hintOf(kind: string, type: string, locale: 'fr' | 'en'): string | undefined {
  const texts = pageTexts(locale);
  if (kind === 'list') return texts.listHint;
  if (kind === 'pairs') return texts.countsHint;
  if (kind === 'details') return texts.detailsHint;
  return kind === 'date' && type === 'text' ? texts.dateHint : undefined;
}

/** A value typed as a name selects what it means; what means nothing is left out, the fault beside it says so. */
function chosen(use: Use, value: string, context: FieldContext): string {
  const { kind } = use.field.type;
  if (value === '' || (kind !== 'choice' && kind !== 'product' && kind !== 'catalogue' && kind !== 'bool'))
    return value;
  try {
    return use.field.type.print(use.field.type.parse(value, context));
  } catch {
    return '';
  }
}
