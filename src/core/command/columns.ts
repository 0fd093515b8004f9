/**
 * Lists that people shape: which columns they show, what those must hold (`filter`), and the order of the rows. A column
 * is a field, named as it is anywhere else: by its name or a label, without case and accents.
 */
import { Refusal } from '../guard/refusal.js';
import type { Work } from '../guard/work.js';
import { camel } from '../locales/key.js';
import { textsOf } from '../locales/texts.js';
import { fold } from '../text/fold.js';
import { fieldContext } from './context.js';
import type { Field } from './dictionary.js';
import { Fault } from './type.js';

export interface Sorting {
  readonly field: Field;
  readonly descending: boolean;
}

/** `field=value`, `field~part` (has it somewhere), `field>value`, `field<value`. */
export interface Condition {
  readonly field: Field;
  readonly sign: '=' | '~' | '>' | '<';
  /** As typed; a value that is equal to one of the field, as the field keeps it. */
  readonly value: string;
}

export interface Shape {
  /** Those to be shown, in the order in which they were named; all of them when none is. */
  readonly columns: readonly Field[];
  readonly conditions: readonly Condition[];
  readonly sortings: readonly Sorting[];
}

interface Typed {
  readonly columns?: readonly string[];
  readonly filter?: readonly string[];
  readonly sort?: readonly string[];
}

/**
 * @param fields the columns there are
 * @throws {Refusal} `input.invalid` with a sentence for each of `columns`, `filter` and `sort` that has a fault
 */
export function shapeOf(work: Work, fields: readonly Field[], typed: Typed): Shape {
  const faults: Partial<Record<keyof Typed, string[]>> = {};
  const say = textsOf(work.locale);
  const named = (name: string, by: keyof Typed): Field[] => {
    const wanted = fold(name);
    const found = fields.find((field) =>
      [field.name, ...field.labels.fr, ...field.labels.en].some((label) => fold(label) === wanted),
    );
    if (!found) (faults[by] ??= []).push(say.lists.unknown({ typed: name }));
    return found ? [found] : [];
  };
  const offered = say.faults.choice({
    choices: fields.map(({ name, labels }) => `${name} (${labels[work.locale][0]})`).join(', '),
  });
  const context = fieldContext(work.desk, { locale: work.locale, country: work.actor.country });
  const chosen = (typed.columns ?? []).flatMap((one) => named(one, 'columns'));
  const conditions = (typed.filter ?? []).flatMap((one): Condition[] => {
    const [, name, sign, value] = /^([^=~<>]+)([=~<>])(?![=~<>])\s*(.*)$/su.exec(one) ?? [];
    if (name === undefined || value === undefined) {
      (faults.filter ??= []).push(say.lists.condition({ typed: one }));
      return [];
    }
    const kept = (field: Field) => (sign === '~' ? value : asKept(field, value, context));
    return named(name, 'filter').map((field) => ({ field, sign: sign as Condition['sign'], value: kept(field) }));
  });
  const sortings = (typed.sort ?? []).flatMap((one) =>
    named(one.replace(/^-/, ''), 'sort').map((field) => ({ field, descending: one.startsWith('-') })),
  );
  const told = Object.entries(faults).map(([by, wrong]) => [by, [...wrong, offered].join('; ')] as const);
  if (told.length > 0) throw new Refusal('input.invalid', {}, Object.fromEntries(told));
  return { columns: chosen.length > 0 ? [...new Set(chosen)] : fields, conditions, sortings };
}

/** What a field would keep of it (a country's code for its name); what it would not take is compared as it is. */
function asKept(field: Field, value: string, context: ReturnType<typeof fieldContext>): string {
  if (value === '') return '';
  try {
    return field.type.print(field.type.parse(value, context));
  } catch (fault) {
    if (fault instanceof Fault) return value;
    throw fault;
  }
}

/** An item with these columns alone. */
export const only = (item: Readonly<Record<string, unknown>>, fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ name }) => [camel(name), item[camel(name)] ?? null]));
