/** Commands on several domains: all of them or none, and what is wrong is told of each by its name. */
import { Refusal, type RefusalCode } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import { findDomain, unicodeName, type DomainRow } from './domain.js';

/** As checks run: what comes first names the refusal. */
const order: readonly RefusalCode[] = [
  'object.unknown',
  'access.denied',
  'input.invalid',
  'state.wrong',
  'price.changed',
];
const rank = ({ code }: Refusal): number => (order.includes(code) ? order.indexOf(code) : order.length);

/**
 * Finds each of the asker's domains that were named, once, in their order, and looks at it.
 * @throws {Refusal} of a single one its own; of several the first in the order of checks, its `fields` a sentence by name
 */
export async function eachNamed<T>(
  work: Work,
  names: readonly string[],
  look: (row: DomainRow) => T | Promise<T>,
): Promise<T[]> {
  const found: T[] = [];
  const refusals = new Map<string, Refusal>();
  const all = [...new Set(names)];
  for (const name of all) {
    try {
      found.push(await look(await findDomain(work, name, { own: true, field: 'domains' })));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      refusals.set(name, refusal);
    }
  }
  const [first] = [...refusals.values()].sort((a, b) => rank(a) - rank(b));
  if (!first) return found;
  if (all.length === 1) throw first;
  const say = textsOf(work.locale).faults;
  const told = [...refusals].map(([name, refusal]) =>
    // a name and what is wrong with it, however many share that
    say.items({ items: say.quoted({ text: unicodeName(name) }), sentence: sentenceOf(work, refusal), count: 2 }),
  );
  throw new Refusal(first.code, first.params, { domains: told.join('\n') });
}

/** A fault of one field says it all; else the refusal's own sentence. */
function sentenceOf({ locale }: Work, { code, params, fields }: Refusal): string {
  const [fault, ...others] = Object.values(fields ?? {});
  return fault !== undefined && others.length === 0 ? fault : textsOf(locale).refusals[code](params);
}
