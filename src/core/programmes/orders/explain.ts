/** What a rule says, in words, and what it allows now (`catalogue why`, X10). */
import type { Localised } from '../../locales/locale.js';
import { orderChoices, productLines, type Orders } from '../../catalogue/orders-shape.js';
import { builtInRules, isOffered, termNames, type Terms } from '../../catalogue/orders-terms.js';
import { nextWorkingDays } from './calendar.js';
import { builtInTexts, dayTexts, lineNames, termTexts } from './rule-texts.js';

/** What it allows of something. */
export interface Allowance {
  readonly about: Localised;
  readonly allowed: readonly Localised[];
}

export interface Explanation {
  readonly rule: string;
  readonly explanation: Localised;
  /** Orders for which all of these hold; empty: every order. */
  readonly when: readonly Allowance[];
  readonly allows: readonly Allowance[];
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

type BuiltIn = (typeof builtInRules)[number];

/** The rules there are, the built-in ones first. */
export const ruleIds = (orders: Orders): readonly string[] => [...builtInRules, ...orders.rules.map(({ id }) => id)];

/** Nothing when there is no such rule. @param today what is offered on this day counts */
export function explain(orders: Orders, rule: string, today: string): Explanation | undefined {
  const builtIn = builtInRules.find((one) => one === rule);
  if (builtIn)
    return { rule, explanation: builtInTexts[builtIn], when: [], allows: allowances[builtIn](orders, today) };
  const own = orders.rules.find(({ id }) => id === rule);
  if (!own) return undefined;
  const { because, when, only, from, until, 'one-of': oneOf } = own;
  const allows = [
    ...termsIn(orders, only),
    ...(oneOf ? [{ about: termTexts['one-of'], allowed: oneOf.map(itself) }] : []),
  ];
  return { rule, explanation: because, when: termsIn(orders, when), allows, from, until };
}

/** An id as people know it. */
function namesIn(orders: Orders, term: (typeof termNames)[number]): (id: string) => Localised {
  if (term === 'product-line' || term === 'site-product-line') return (id) => lineNames[id === 'crm' ? 'crm' : 'erp'];
  const names = new Map(
    orderChoices(orders, term === 'site-generation' ? 'generation' : term).map((choice) => [choice.id, choice.names]),
  );
  return (id) => names.get(id) ?? { fr: id, en: id };
}

const termsIn = (orders: Orders, terms: Terms): Allowance[] =>
  termNames.flatMap((term) => {
    const ids: readonly string[] | undefined = terms[term];
    return ids ? [{ about: termTexts[term], allowed: ids.map(namesIn(orders, term)) }] : [];
  });

const itself = (text: string): Localised => ({ fr: text, en: text });

const allowances: Readonly<Record<BuiltIn, (orders: Orders, today: string) => Allowance[]>> = {
  offered: ({ generations, solutions, references }, today) =>
    (
      [
        ['generation', generations.filter((one) => isOffered(one, today)).map(({ name }) => name)],
        ['solution', solutions.filter((one) => isOffered(one, today)).map(({ name }) => name)],
        ['reference', references.filter((one) => isOffered(one, today)).map(({ id }) => itself(id))],
      ] as const
    ).map(([term, allowed]) => ({ about: termTexts[term], allowed })),
  'type-origin': ({ types, origins }) =>
    types.map((type) => ({ about: type.name, allowed: type.origins.map((origin) => origins[origin]) })),
  'generation-solution': ({ generations, solutions }, today) =>
    generations
      .filter((one) => isOffered(one, today))
      .map(({ id, name }) => ({
        about: name,
        allowed: solutions
          .filter((one) => one.generation === id && isOffered(one, today))
          .map((solution) => solution.name),
      })),
  'reference-product-line': ({ references }, today) =>
    productLines.map((line) => ({
      about: lineNames[line],
      allowed: references
        .filter((one) => one['product-line'] === line && isOffered(one, today))
        .map(({ id }) => itself(id)),
    })),
  'delivery-working-day': ({ calendar }, today) => [
    {
      about: termTexts.delivery,
      allowed: nextWorkingDays(calendar, { from: today, count: 5 }).map(dayTexts),
    },
  ],
  'recipients-distinct': () => [],
  'details-known': ({ types, generations, solutions, references }) =>
    [...types, ...generations, ...solutions, ...references.map((one) => ({ ...one, name: itself(one.id) }))]
      .filter(({ details }) => details.length > 0)
      .map(({ name, details }) => ({
        about: name,
        allowed: details.map((one) => ({ fr: `${one.key} (${one.name.fr})`, en: `${one.key} (${one.name.en})` })),
      })),
};
