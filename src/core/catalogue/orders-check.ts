/** What the shape can't say about the catalogue's orders part: names that hang in the air, and rules that leave nothing. */
import type { Page } from './page.js';
import { fold } from '../text/fold.js';
import { origins, productLines, type Orders } from './orders-shape.js';
import { against, builtInRules, holds, termNames, type OrderRule, type Term } from './orders-terms.js';
import { didYouMean } from '../text/nearest.js';

type FaultSink = Pick<Page<'orders'>, 'fault'>;
const sets = ['types', 'generations', 'solutions', 'references', 'rules'] as const;

/** Adds every fault to the page's. @param fields those an order has; without them what is asked goes unchecked */
export function checkOrders(page: Page<'orders'>, fields?: ReadonlySet<string>): void {
  const { content: orders } = page;
  if (!orders) return;
  for (const set of sets) checkNames(orders, set, page);
  const names = checkTermNames(orders, page);
  checkAsked(orders, { page, fields });
  checkDates(orders, page);
  // what is reachable, or clashes, can’t be told while names hang in the air
  if (!names) return;
  checkReach(orders, page);
  checkClashes(orders, page);
}

const advice = (word: string, words: readonly string[]): string =>
  words.length > 0 ? didYouMean(word, words) : 'Remove it.';

/** Ids and names by which an entry may be typed; of references and rules only their ids. */
function checkNames(orders: Orders, set: (typeof sets)[number], page: FaultSink): void {
  const first = new Map<string, string>(set === 'rules' ? builtInRules.map((id) => [fold(id), id]) : []);
  orders[set].forEach((entry, at) => {
    const names = 'name' in entry && set !== 'references' ? [entry.name.fr, entry.name.en] : [];
    for (const [index, word] of [...new Set([entry.id, ...names].map(fold))].entries()) {
      const other = first.get(word);
      if (other === undefined) first.set(word, `${entry.id}#${at}`);
      else if (other !== `${entry.id}#${at}`)
        page.fault(
          [set, at, index === 0 ? 'id' : 'name'],
          `“${word}” already means ${other.split('#')[0]}`,
          'Choose an id or name of its own.',
        );
    }
  });
}

/** Every id that is named somewhere is there. */
function checkTermNames(orders: Orders, page: FaultSink): boolean {
  const ids: Readonly<Record<Term, readonly string[]>> = {
    type: orders.types.map(({ id }) => id),
    origin: origins,
    generation: orders.generations.map(({ id }) => id),
    solution: orders.solutions.map(({ id }) => id),
    reference: orders.references.map(({ id }) => id),
    'product-line': productLines,
    'site-generation': orders.generations.map(({ id }) => id),
    'site-product-line': productLines,
  };
  let sound = true;
  const check = (path: readonly PropertyKey[], term: Term, id: string): void => {
    if (ids[term].includes(id)) return;
    sound = false;
    page.fault(path, `no ${term} is called ${id}`, advice(id, ids[term]));
  };
  orders.solutions.forEach(({ generation }, at) => check(['solutions', at, 'generation'], 'generation', generation));
  orders.rules.forEach((rule, at) => {
    for (const side of ['when', 'only'] as const)
      for (const term of termNames)
        rule[side][term]?.forEach((id, index) => check(['rules', at, side, term, index], term, id));
    rule['one-of']?.forEach((id, index) => check(['rules', at, 'one-of', index], 'reference', id));
    if (Object.keys(rule.only).length === 0 && !rule['one-of'])
      page.fault(['rules', at, 'only'], 'allows everything', 'Say what such an order may have, or remove the rule.');
  });
  return sound;
}

function checkAsked(
  orders: Orders,
  { page, fields }: { page: FaultSink; fields: ReadonlySet<string> | undefined },
): void {
  for (const set of ['types', 'generations', 'solutions', 'references'] as const)
    orders[set].forEach((entry, at) => {
      entry.ask.forEach((field, index) => {
        if (fields && !fields.has(field))
          page.fault([set, at, 'ask', index], `no field of an order is called ${field}`, advice(field, [...fields]));
      });
      const keys = entry.details.map(({ key }) => key);
      keys.forEach((key, index) => {
        if (keys.indexOf(key) < index)
          page.fault([set, at, 'details', index, 'key'], `“${key}” is asked twice`, 'Remove one of them.');
      });
    });
}

function checkDates(orders: Orders, page: FaultSink): void {
  for (const set of ['generations', 'solutions', 'references', 'rules'] as const)
    orders[set].forEach(({ from, until }, at) => {
      if (from !== undefined && until !== undefined && until < from)
        page.fault([set, at, 'until'], 'ends before it begins', 'Make it a day after `from`, or remove one of them.');
    });
  const { holidays, until } = orders.calendar;
  holidays.forEach((day, at) => {
    if (until !== undefined && day > until)
      page.fault(['calendar', 'holidays', at], 'comes after `until`', 'Move `until` to the last day that is known.');
  });
  orders.references.forEach(({ prices }, at) =>
    prices.forEach(({ from }, index) => {
      const before = prices[index - 1];
      if (before && before.from >= from)
        page.fault(
          ['references', at, 'prices', index, 'from'],
          'does not come after the price above it',
          'Put the prices in the order of their days.',
        );
    }),
  );
}

/** Rules of a time are left out: what they forbid today may be allowed tomorrow. */
function checkReach(orders: Orders, page: FaultSink): void {
  const rules = orders.rules.filter(({ from, until }) => from === undefined && until === undefined);
  type Solution = Orders['solutions'][number];
  const goes = (type: Orders['types'][number], solution: Solution): boolean =>
    type.origins.some((origin) => {
      const facts = {
        type: type.id,
        origin,
        generation: solution.generation,
        solution: solution.id,
        'product-line': [solution['product-line']],
      };
      return rules.every((rule) => !holds(rule.when, facts) || against(rule.only, facts).length === 0);
    });
  const fix = 'Change the rules, or remove it.';
  orders.solutions.forEach((solution, at) => {
    if (!orders.types.some((type) => goes(type, solution)))
      page.fault(['solutions', at, 'id'], `no order can have ${solution.id}: the rules leave no type and origin`, fix);
  });
  orders.types.forEach((type, at) => {
    if (!orders.solutions.some((solution) => goes(type, solution)))
      page.fault(['types', at, 'id'], `no order can be of the type ${type.id}: the rules leave no solution`, fix);
  });
  orders.generations.forEach(({ id }, at) => {
    if (!orders.solutions.some(({ generation }) => generation === id))
      page.fault(['generations', at, 'id'], `no solution is of the generation ${id}`, 'Add one, or remove it.');
  });
  for (const origin of origins)
    if (!orders.types.some((type) => type.origins.includes(origin)))
      page.fault(['origins', origin], 'no order type has this origin', 'Name it among the origins of a type.');
}

/** Two rules that can both speak of one order and together leave nothing for a field. */
function checkClashes(orders: Orders, page: FaultSink): void {
  orders.rules.forEach((rule, at) => {
    for (const other of orders.rules.slice(0, at)) {
      const term = clashOf(rule, other);
      if (term && canMeet(orders, rule, other))
        page.fault(
          ['rules', at, 'only', term],
          `with the rule ${other.id} it leaves no ${term}`,
          'Let them allow something in common, or tell their `when` apart.',
        );
    }
  });
}

/** A field of which they allow nothing in common, though neither forbids what the other speaks of. */
function clashOf(a: OrderRule, b: OrderRule): Term | undefined {
  if ((a.until ?? '9999') < (b.from ?? '') || (b.until ?? '9999') < (a.from ?? '')) return undefined;
  const when = (term: Term) => shared(a.when[term], b.when[term]);
  const only = (term: Term) => shared(a.only[term], b.only[term]);
  const term = termNames.find(
    (one) => a.only[one] && b.only[one] && when(one) === undefined && only(one)?.length === 0,
  );
  // of references an order may have several
  const meet = termNames.every((one) => one === 'reference' || shared(when(one), when(one) && only(one))?.length !== 0);
  return meet ? term : undefined;
}

/** Something is sold of which both speak: a solution of the generation, the product line and so on that they name. */
function canMeet({ solutions, references }: Orders, a: OrderRule, b: OrderRule): boolean {
  const goes = (term: 'generation' | 'solution' | 'product-line', id: string) =>
    [a, b].every(({ when }) => (when[term] as readonly string[] | undefined)?.includes(id) ?? true);
  const lines = new Set(
    solutions
      .filter(
        (one) =>
          goes('generation', one.generation) && goes('solution', one.id) && goes('product-line', one['product-line']),
      )
      .map((one) => one['product-line']),
  );
  const refers = ({ when }: OrderRule) =>
    references.some((one) => when.reference?.includes(one.id) && lines.has(one['product-line']));
  return lines.size > 0 && [a, b].every((rule) => rule.when.reference === undefined || refers(rule));
}

/** What both allow; a side that says nothing allows all. */
function shared(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  return a && b ? a.filter((id) => b.includes(id)) : (a ?? b);
}
