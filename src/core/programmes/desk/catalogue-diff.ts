/** What a load would change in a part of the catalogue, line by line; what belongs into letters only is never shown. */
import type { Localised } from '../../locales/locale.js';

export interface Change {
  /** Where it stands, as `solutions.one-erp.until`. */
  readonly path: string;
  /** Null: it is new. */
  readonly was: string | null;
  /** Null: it goes. */
  readonly becomes: string | null;
}

/** Enough to decide by; the others are counted. */
export const changesShown = 100;
const hidden: Localised = { fr: '(caché)', en: '(hidden)' };
/** Lists longer than this are compared item by item. */
const wholeListAtMost = 8;

interface Leaf {
  readonly text: string;
  /** Of a list: its items; of a list of entries, their names in order. */
  readonly items?: readonly string[];
  readonly entries?: boolean;
  readonly secret?: boolean;
}

/** The word by which an entry of a list is known: what stands where it stands may be another one. */
function nameOf(entry: object, at: number): string {
  const { id, key, tld, from } = entry as Readonly<Record<string, unknown>>;
  const name = id ?? key ?? tld ?? from;
  return typeof name === 'string' ? name : String(at + 1);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scalar = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every value by where it stands; of a list of entries also their order. */
function flatten(value: unknown, path: string, into: Map<string, Leaf>): Map<string, Leaf> {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (isObject(value)) for (const [name, inner] of Object.entries(value)) flatten(inner, below(name), into);
  else if (!Array.isArray(value)) {
    if (value !== undefined) into.set(path, { text: scalar(value) });
  } else if (path.endsWith('.credentials')) into.set(path, { text: JSON.stringify(value), secret: true });
  else if (value.every((one) => !isObject(one))) {
    const items = value.map(String);
    into.set(path, { text: items.join(', '), items });
  } else {
    const names = value.map((one, at) => (isObject(one) ? nameOf(one, at) : String(at + 1)));
    value.forEach((one, at) => flatten(one, below(names[at] ?? ''), into));
    into.set(path, { text: names.join(', '), items: names, entries: true });
  }
  return into;
}

const textAtMost = 300;
const cut = (text: string): string => (text.length > textAtMost ? `${text.slice(0, textAtMost - 1)}…` : text);

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

/** Undefined: nothing to show, the entries themselves say it. */
function changeOf(path: string, was: Leaf | undefined, becomes: Leaf | undefined): Change | undefined {
  if (was?.text === becomes?.text) return undefined;
  const entries = was?.entries ?? becomes?.entries ?? false;
  if (entries && !sameItems(was?.items ?? [], becomes?.items ?? [])) return undefined;
  const shown = (one: Leaf | undefined, other: Leaf | undefined): string | null => {
    if (!one || (one.text === '' && one.items)) return null;
    if (one.secret) return hidden.en;
    const items = one.items;
    const whole = !items || items.length <= wholeListAtMost || entries;
    const text = whole ? one.text : items.filter((item) => !other?.items?.includes(item)).join(', ');
    return text === '' ? null : cut(text);
  };
  const change = { path, was: shown(was, becomes), becomes: shown(becomes, was) };
  // an empty list comes or goes with what it stands in
  return change.was === null && change.becomes === null ? undefined : change;
}

/** Everything that differs, in the order of what is there now, then what is new. */
export function changesBetween(before: unknown, after: unknown): readonly Change[] {
  const [was, becomes] = [flatten(before, '', new Map()), flatten(after, '', new Map())];
  return [...new Set([...was.keys(), ...becomes.keys()])].flatMap((path) => {
    const change = changeOf(path, was.get(path), becomes.get(path));
    return change ? [change] : [];
  });
}

/** How many of each kind, and the first of them in the reader's language. */
export function diffShown(changes: readonly Change[], locale: keyof Localised) {
  const told = (text: string | null) => (text === hidden.en ? hidden[locale] : text);
  return {
    added: changes.filter(({ was }) => was === null).length,
    removed: changes.filter(({ becomes }) => becomes === null).length,
    changed: changes.filter(({ was, becomes }) => was !== null && becomes !== null).length,
    changes: changes
      .slice(0, changesShown)
      .map(({ path, was, becomes }) => ({ path, was: told(was), becomes: told(becomes) })),
    changesTotal: changes.length,
  };
}
