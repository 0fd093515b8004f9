/** Fields whose value is never shown again, whatever command asks for them, and lines that were meant for one. */
import { distance } from 'fastest-levenshtein';
import { fold } from '../text/fold.js';
import { camel } from '../locales/key.js';
import * as dictionary from './dictionary.js';

const fields = Object.values<unknown>(dictionary).filter(
  (one): one is dictionary.Field => typeof one === 'object' && one !== null && 'type' in one,
);
const secretFields = fields.filter(({ type }) => type.kind === 'secret');

const keys = new Set(secretFields.map(({ name }) => camel(name)));
const labels = secretFields.flatMap(({ name, labels: { fr, en } }) => [name, ...fr, ...en].map(fold));

/** By a field's name, or by its key in data. */
export const isSecret = (name: string): boolean => keys.has(camel(name));

/** Every door but mail names fields as they are called here, and each command asks for each of its own. */
const known = new Map(fields.map(({ name }) => [name, nearSecret(name)]));

/** As somebody typed it: a slip of the pen in a label leaves the value as secret as it was. */
export const looksSecret = (typed: string): boolean => known.get(typed) ?? nearSecret(typed);

function nearSecret(typed: string): boolean {
  const folded = fold(typed);
  return labels.some((label) => distance(folded, label) * 5 <= label.length);
}

/** Values by field name or key, without the secret ones. */
export const withoutSecrets = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !isSecret(name)));
