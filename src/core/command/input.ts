/** From what a door decoded to what a handler gets: all faults at once (SPEC 0, "Checks run in order"). */
import { Refusal, type RefusalParams } from '../guard/refusal.js';
import { nearest } from '../text/nearest.js';
import { camel } from '../locales/key.js';
import type { Locale } from '../locales/locale.js';
import { textsOf } from '../locales/texts.js';
import type { Form, Use } from './define.js';
import { everyUseOf } from './registry.js';
import { country, Fault, faultText, FileFaults, type FieldContext, type Raw } from './type.js';

export type RawInput = Readonly<Record<string, Raw>>;

export interface Understood {
  /** Field names in camelCase. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly org: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

const empty = (raw: Raw | undefined): boolean =>
  raw === undefined ||
  raw === '' ||
  (typeof raw === 'string' && raw.trim() === '') ||
  (Array.isArray(raw) && raw.length === 0);

/** What empties a field, wherever it is typed: a hyphen, or the dash that phones and word processors make of it. */
export const emptyMark = '-';
export const emptiesField = (raw: Raw): boolean => {
  const [only, ...others] = Array.isArray(raw) ? (raw as readonly unknown[]) : [raw];
  return others.length === 0 && typeof only === 'string' && /^[-\u2010\u2011\u2013\u2014]$/u.test(only.trim());
};

/** How a field's value is understood beside the others of its form: a national phone is one of the place they name. */
export function contextFor(
  { field }: Use,
  beside: (name: string) => Raw | undefined,
  context: FieldContext,
): FieldContext {
  const typed = field.place === undefined ? undefined : beside(field.place);
  if (empty(typed)) return context;
  try {
    return { ...context, country: country.parse(typed as Raw, context) };
  } catch {
    // told as that field's own fault
    return context;
  }
}

/** Whether a box that was filled in and comes back empty empties the field; a choice that is gone comes back empty too. */
export const emptiedByBox = (use: Use | undefined): boolean =>
  use?.empties !== undefined &&
  !['choice', 'product', 'catalogue', 'bool', 'file', 'files'].includes(use.field.type.kind);

/**
 * Parses every field.
 * @throws {Refusal} `input.invalid` with a sentence for every faulty field, named as typed; `file.refused` when only files
 * are, for they are empty or too large
 */
export function understand(command: Form, raw: RawInput, context: FieldContext): Understood {
  const uses = everyUseOf(command);
  const faults: Record<string, string> = {};
  const missing: string[] = [];
  const files: Fault[] = [];
  const values: Record<string, unknown> = {};
  const say = textsOf(context.locale).faults;
  for (const name of Object.keys(raw)) {
    if (!uses.some((use) => use.field.name === name))
      faults[name] = say.unknown({ nearest: nearestField(uses, name, context.locale) });
  }
  for (const use of uses) {
    const name = use.field.name;
    const value = raw[name];
    try {
      if (use.empties !== undefined && value !== undefined && emptiesField(value)) {
        if (!use.empties) throw new Fault('kept');
        values[camel(name)] = null;
      } else if (!empty(value))
        values[camel(name)] = use.field.type.parse(
          value as Raw,
          contextFor(use, (beside) => raw[beside], context),
        );
      else if (use.required) throw new Fault('missing');
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults[name] = faultText(fault, say);
      if (fault.code === 'missing') missing.push(name);
      if (fault instanceof FileFaults) files.push(...fault.files.slice(0, 1));
    }
  }
  const faulty = Object.keys(faults).length;
  const [file] = files;
  if (file && files.length === faulty) throw fileRefused(file, faults);
  if (faulty > 0) throw new Refusal('input.invalid', { missing }, faults);
  const { org, yes, dryRun, ...input } = values;
  return { input, org: org as string | undefined, yes: yes === true, dryRun: dryRun === true };
}

const fileRefused = ({ code, params }: Fault, faults: Readonly<Record<string, string>>): Refusal =>
  new Refusal('file.refused', { ...params, why: code === 'file-empty' ? 'document-empty' : 'document-large' }, faults);

/** A refusal for fields that turn out to be needed only in this case; a door that can ask for them does. */
export function needed(locale: Locale, fields: readonly string[], params: RefusalParams = {}): Refusal {
  const say = textsOf(locale).faults.missing({});
  return new Refusal(
    'input.invalid',
    { ...params, missing: fields },
    Object.fromEntries(fields.map((field) => [field, say])),
  );
}

/** The label that was probably meant, as the asker would write it; nothing when none is near. */
export function nearestField(uses: readonly Use[], typed: string, locale: Locale): string {
  const labels = new Map(
    uses.flatMap((use) =>
      [use.field.name, ...use.field.labels.fr, ...use.field.labels.en].map((label) => [label, use] as const),
    ),
  );
  const meant = labels.get(nearest(typed, [...labels.keys()]) ?? '');
  return meant?.field.labels[locale][0] ?? '';
}
