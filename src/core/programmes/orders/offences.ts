/** What of an order's picks speaks against each other, by the built-in rules and the catalogue's own. */
import type { Localised } from '../../locales/locale.js';
import type { Orders, ProductLine } from '../../catalogue/orders-shape.js';
import { against, holds, isOffered, type Facts, type Term } from '../../catalogue/orders-terms.js';
import { sentences } from './rule-texts.js';

/** What is chosen of an order so far; all of it may be absent. */
export interface Picked {
  readonly type?: string | undefined;
  readonly origin?: string | undefined;
  readonly generation?: string | undefined;
  readonly solution?: string | undefined;
  readonly reference?: readonly string[] | undefined;
  /** What the existing site is itself. */
  readonly siteGeneration?: string | undefined;
  readonly siteProductLine?: ProductLine | undefined;
  /** `2026-11-30`. */
  readonly deliveryDate?: string | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** The menus, in the order in which they are picked. */
export const pickedFields = ['type', 'origin', 'generation', 'solution', 'reference'] as const;
export type PickedField = (typeof pickedFields)[number];

export interface Offence {
  readonly rule: string;
  readonly field: string;
  readonly because: Localised;
}

export const keyOf = ({ rule, field, because }: Offence): string => `${rule} ${field} ${because.en}`;
export const isPickedField = (field: string): field is PickedField =>
  (pickedFields as readonly string[]).includes(field);

interface Index {
  readonly types: ReadonlyMap<string, Orders['types'][number]>;
  readonly generations: ReadonlyMap<string, Orders['generations'][number]>;
  readonly solutions: ReadonlyMap<string, Orders['solutions'][number]>;
  readonly references: ReadonlyMap<string, Orders['references'][number]>;
}
const indexes = new WeakMap<Orders, Index>();

export function indexOf(orders: Orders): Index {
  const known = indexes.get(orders);
  if (known) return known;
  const byId = <E extends { readonly id: string }>(entries: readonly E[]) =>
    new Map(entries.map((one) => [one.id, one]));
  const index = {
    types: byId(orders.types),
    generations: byId(orders.generations),
    solutions: byId(orders.solutions),
    references: byId(orders.references),
  };
  indexes.set(orders, index);
  return index;
}

export const some = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

/** What an order sells: its solution and its references. */
export function soldIn(orders: Orders, { solution, reference = [] }: Picked) {
  const { solutions, references } = indexOf(orders);
  return [...some(solutions.get(solution ?? '')), ...reference.flatMap((id) => some(references.get(id)))];
}

/** Everything of the catalogue that is in the order and may ask for something. */
export const entriesOf = (orders: Orders, picked: Picked) => [
  ...some(indexOf(orders).types.get(picked.type ?? '')),
  ...some(indexOf(orders).generations.get(picked.generation ?? '')),
  ...soldIn(orders, picked),
];

function factsOf(orders: Orders, picked: Picked): Facts {
  const solution = indexOf(orders).solutions.get(picked.solution ?? '');
  return {
    type: picked.type,
    origin: picked.origin,
    generation: picked.generation ?? solution?.generation,
    solution: picked.solution,
    reference: picked.reference,
    'product-line': [...some(picked.siteProductLine), ...some(solution?.['product-line'])],
    'site-generation': picked.siteGeneration,
    'site-product-line': picked.siteProductLine,
  };
}

/** Of the rules about what is picked from menus: the built-in ones, then the catalogue's own. */
export function offencesOf(orders: Orders, picked: Picked, today: string): Offence[] {
  return [...offerOffences(orders, picked, today), ...builtIn(orders, picked), ...ruleOffences(orders, picked, today)];
}

function offerOffences(orders: Orders, picked: Picked, today: string): Offence[] {
  const { types, generations, solutions, references } = indexOf(orders);
  const gone = (field: PickedField, id: string | undefined, entry: Parameters<typeof isOffered>[0] | undefined) =>
    id === undefined || (entry && isOffered(entry, today))
      ? []
      : [{ rule: 'offered', field, because: sentences.offered(id, entry, today) }];
  return [
    ...gone('type', picked.type, picked.type === undefined ? undefined : types.get(picked.type) && {}),
    ...gone('generation', picked.generation, generations.get(picked.generation ?? '')),
    ...gone('solution', picked.solution, solutions.get(picked.solution ?? '')),
    ...(picked.reference ?? []).flatMap((id) => gone('reference', id, references.get(id))),
  ];
}

function builtIn(orders: Orders, picked: Picked): Offence[] {
  const { types, generations, solutions, references } = indexOf(orders);
  const offences: Offence[] = [];
  const type = types.get(picked.type ?? '');
  const origins: readonly string[] | undefined = type?.origins;
  if (type && picked.origin !== undefined && !origins?.includes(picked.origin))
    offences.push({ rule: 'type-origin', field: 'origin', because: sentences.typeOrigin(type.name) });
  const solution = solutions.get(picked.solution ?? '');
  const generation = generations.get(picked.generation ?? '');
  if (solution && picked.generation !== undefined && solution.generation !== picked.generation)
    offences.push({
      rule: 'generation-solution',
      field: 'solution',
      because: sentences.generationSolution(solution.name, generation?.name),
    });
  const lines = [...some(picked.siteProductLine), ...some(solution?.['product-line'])];
  for (const reference of (picked.reference ?? []).flatMap((id) => some(references.get(id)))) {
    const other = lines.find((line) => line !== reference['product-line']);
    if (other !== undefined)
      offences.push({
        rule: 'reference-product-line',
        field: 'reference',
        because: sentences.referenceProductLine(reference.id, reference['product-line'], {
          line: other,
          site: other === picked.siteProductLine,
        }),
      });
  }
  return offences;
}

/** Where a term stands in an order; the later ones are those to change. */
const ranks: readonly string[] = ['type', 'origin', 'site', 'generation', 'solution', 'reference'];

/**
 * The field by which a term is chosen.
 * @param concerns of product lines, which the site and the solution both have: those that it is about
 */
function fieldOf(picked: Picked, term: Term, concerns: (line: ProductLine) => boolean): string {
  if (term === 'site-generation' || term === 'site-product-line') return 'site';
  if (term === 'product-line')
    return picked.siteProductLine !== undefined && concerns(picked.siteProductLine) ? 'site' : 'solution';
  return term === 'generation' && picked.generation === undefined ? 'solution' : term;
}

function ruleOffences(orders: Orders, picked: Picked, today: string): Offence[] {
  const facts = factsOf(orders, picked);
  return orders.rules.flatMap((rule) => {
    if (!isOffered(rule, today) || !holds(rule.when, facts)) return [];
    const { id, because } = rule;
    const together = new Set(picked.reference?.filter((one) => rule['one-of']?.includes(one)));
    const twice = together.size > 1 ? [{ rule: id, field: 'reference', because }] : [];
    const violated = against(rule.only, facts);
    if (violated.length === 0) return twice;
    const fields = [
      ...(Object.keys(rule.when) as Term[]).map((term) =>
        fieldOf(picked, term, (line) => rule.when['product-line']?.includes(line) ?? false),
      ),
      ...violated.map((term) => fieldOf(picked, term, (line) => !rule.only['product-line']?.includes(line))),
    ];
    const last = fields.reduce((a, b) => (ranks.indexOf(b) > ranks.indexOf(a) ? b : a));
    return [{ rule: id, field: last, because }, ...twice];
  });
}
