/** What an edit changes: where that is nothing, it says so, and leaves no trace. */
import { canonical } from '../guard/once.js';

type Values = Readonly<Record<string, unknown>>;

/** The keys under which something else is to stand than does; null and nothing are the same. */
export const changedKeys = <K extends string>(before: Values, after: { readonly [Key in K]?: unknown }): K[] =>
  (Object.keys(after) as K[]).filter((key) => canonical(before[key] ?? null) !== canonical(after[key] ?? null));

/** Those of the values, for the audit. */
export const only = (of: Values, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, of[key] ?? null]));
