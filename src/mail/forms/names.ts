/** What words in a mail mean: command names, their fields' labels, and `aide`; all compared folded. */
import type { AnyCommand, Use } from '../../core/command/define.js';
import { usesOf, type Registry } from '../../core/command/registry.js';
import { fold } from '../../core/text/fold.js';

/** As typed, with what else stands in the line. */
const longestName = 200;
const helpWords = new Set(['aide', 'help', '?']);

/** Whether a line asks for help and nothing else. */
export const isHelpWord = (text: string): boolean =>
  text.length <= 12 && helpWords.has(fold(text.replace(/[.!?]+$/, '')) || text);

export const isCommandLabel = (label: string): boolean =>
  label.length <= 20 && /[cｃ]/iu.test(label) && /^commande?$/.test(fold(label));

export interface NamedCommand {
  readonly command: AnyCommand | undefined;
  readonly name: string;
  readonly topic?: string;
}

/** The command that was meant: words are compared folded, `aide` is `help` and may be followed by what about. */
export function named(registry: Registry, typed: string): NamedCommand {
  // cut first: the end of a megabyte of dots is looked for at each of them
  const name = typed
    .slice(0, longestName)
    .replace(/[«»“”"'*]/g, ' ')
    .replace(/[\s.!]+$/, '')
    .trim()
    .slice(0, 80);
  const folded = fold(name);
  const [first = '', ...rest] = folded.split(' ');
  if (first === 'aide' || first === 'help') {
    const about = rest.join(' ');
    return {
      command: registry.find('help'),
      name: 'help',
      ...(about ? { topic: registry.all.find((one) => fold(one.name) === about)?.name ?? about } : {}),
    };
  }
  return {
    command: registry.find(name) ?? registry.all.find((one) => fold(one.name) === folded),
    name: name.toLowerCase(),
  };
}

const labelMaps = new WeakMap<AnyCommand, ReadonlyMap<string, Use>>();

/** Every folded label of a command's fields, in both languages, and the fields' own names. */
export function labelsOf(command: AnyCommand): ReadonlyMap<string, Use> {
  const known = labelMaps.get(command);
  if (known) return known;
  const labels = new Map(
    usesOf(command).flatMap((use) =>
      [use.field.name, ...use.field.labels.fr, ...use.field.labels.en].map((label) => [fold(label), use] as const),
    ),
  );
  labelMaps.set(command, labels);
  return labels;
}
