/** Forms as people fill them in: `decodeMail` of what is written here gives the same again (docs/mail-format.md). */
import { typeOf, type AnyCommand, type Use } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import { usesOf } from '../../core/command/registry.js';
import { looksSecret } from '../../core/command/secret-fields.js';
import { areUploads, choicesOf, isUpload, type FieldContext, type Raw } from '../../core/command/type.js';
import type { Locale } from '../../core/locales/locale.js';
import { textsOf } from '../../core/locales/texts.js';

const commandLabel = { fr: 'Commande', en: 'Command' } as const;
const unsaid = {
  fr: 'déjà donné, jamais remontré : à redonner si vous recopiez ces lignes dans un nouveau courriel',
  en: 'given already, never shown again: to be given anew if you copy these lines into a new mail',
} as const;
const colon = { fr: ' :', en: ':' } as const;

export interface FormOptions {
  readonly locale: Locale;
  /** Remarks on fields, by field name: each a line `# …` below its field, which the reader of forms leaves out. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Remarks on the form as a whole. */
  readonly remarks?: readonly string[];
  /** Fields with a star behind their label, which the reader of forms leaves out. */
  readonly starred?: readonly string[];
}

/**
 * A form with its values filled in, its fields in the command's order, then what no field is called. A field with a
 * remark is there even if it is empty; that of a secret always is, with a star.
 * @param command a name when there is no such command: every key of `raw` is then a label as typed
 */
export function encodeForm(command: AnyCommand | string, raw: RawInput, options: FormOptions): string {
  const { locale, notes = {}, remarks = [], starred = [] } = options;
  const uses = typeof command === 'string' ? [] : usesOf(command);
  const names = [
    ...uses.map((use) => use.field.name).filter((name) => raw[name] !== undefined || name in notes),
    ...Object.keys(raw).filter((name) => !uses.some((use) => use.field.name === name)),
  ];
  const lines = names.flatMap((name) => {
    const use = uses.find(({ field }) => field.name === name);
    const isHidden = raw[name] !== undefined && raw[name] !== '' && hides(use, name);
    const label = `${use?.field.labels[locale][0] ?? name}${isHidden || starred.includes(name) ? ' *' : ''}`;
    const remarked = [notes[name], isHidden ? unsaid[locale] : undefined].filter((note) => note !== undefined);
    return [...valueLines(label, isHidden ? undefined : raw[name], { use, locale }), ...remarked.flatMap(noteLines)];
  });
  return [
    labelled(commandLabel[locale], typeof command === 'string' ? command : command.name, locale),
    ...remarks.flatMap(noteLines),
    ...lines,
  ].join('\n');
}

/** A secret is never shown again; a line that no field is called may have been meant for one. */
const hides = (use: Use | undefined, name: string): boolean =>
  use ? typeOf(use).kind === 'secret' : looksSecret(name);

const labelled = (label: string, value: string, locale: Locale): string =>
  `${label}${colon[locale]} ${value}`.trimEnd();

const noteLines = (note: string): string[] => note.split('\n').map((line) => `# ${line}`);

function valueLines(
  label: string,
  raw: Raw | undefined,
  { use, locale }: { use: Use | undefined; locale: Locale },
): string[] {
  const kind = use && typeOf(use).kind;
  const values = textsIn(raw, locale);
  return (values.length === 0 ? [''] : values).flatMap((value) => {
    const [first = '', ...rest] =
      kind === 'long' || kind === 'list' || kind === 'pairs' || kind === 'details'
        ? value.replace(/\r\n?/g, '\n').split('\n')
        : [value.replace(/[\r\n]+/g, ' ')];
    // deeper by two columns: no line of the value is taken for a label, a remark or an end
    return [labelled(label, first, locale), ...rest.map((line) => `  ${/^\.*\s*$/.test(line) ? `.${line}` : line}`)];
  });
}

function textsIn(raw: Raw | undefined, locale: Locale): readonly string[] {
  if (raw === undefined) return [];
  if (typeof raw === 'boolean') return [raw ? textsOf(locale).yes : textsOf(locale).no];
  if (isUpload(raw)) return [raw.name];
  if (areUploads(raw)) return raw.map(({ name }) => name);
  if (typeof raw === 'object') return raw;
  return [String(raw)];
}

/**
 * A form to be filled in: the fields that a command needs, empty where a made-up value could be sent by mistake, with
 * remarks that tell what is expected.
 */
export function blankForm(
  command: AnyCommand,
  more: {
    context: FieldContext;
    filled?: RawInput;
    /** These fields and the required ones, and no word about others. */
    ask?: readonly string[];
    /** What may stand in a field now, where that is less than could ever stand there. */
    offered?: Readonly<Record<string, string>>;
    /** Stars tell which of `ask` are needed, where not all of them are. */
    stars?: boolean;
  },
): string {
  const { locale } = more.context;
  const { ask, offered = {}, stars = false } = more;
  const needed = command.uses.filter((use) => use.required || ask?.includes(use.field.name));
  const raw: Record<string, Raw> = { ...more.filled };
  const notes: Record<string, string> = {};
  for (const use of needed) {
    const name = use.field.name;
    if (raw[name] !== undefined) continue;
    const example = offered[name] ?? exampleOf(use, more.context);
    const note = [use.field.hint?.[locale], example && `${{ fr: 'par exemple', en: 'for example' }[locale]} ${example}`]
      .filter(Boolean)
      .join(' ; ');
    raw[name] = '';
    if (note) notes[name] = note;
  }
  const optional = command.uses
    .filter((use) => !use.required && !use.panel && !use.terminal)
    .map((use) => use.field.labels[locale][0]);
  const text = encodeForm(command, raw, { locale, notes, ...(stars ? starsIn(command, ask ?? [], locale) : {}) });
  if (ask || optional.length === 0) return text;
  return `${text}\n# ${{ fr: 'facultatif', en: 'optional' }[locale]}${colon[locale]} ${optional.join(', ')}`;
}

/** Stars for what is needed, always or by a rule of the command, which is told; none where everything is. */
function starsIn(
  { uses }: AnyCommand,
  asked: readonly string[],
  locale: Locale,
): Pick<FormOptions, 'starred' | 'remarks'> {
  const needed = uses.filter(({ field, required, when }) => asked.includes(field.name) && (required || when));
  if (needed.length === asked.length) return {};
  const rules = new Set(needed.flatMap(({ when }) => (when ? [labelled('*', when[locale], locale)] : [])));
  return { starred: needed.map(({ field }) => field.name), remarks: [...rules] };
}

/** What a value of this kind looks like; nothing where the label says it all. */
function exampleOf(use: Use, context: FieldContext): string | undefined {
  const type = typeOf(use);
  const { locale } = context;
  switch (type.kind) {
    case 'product':
      return context.productChoices(type.boxes ?? false)[0]?.names[locale];
    case 'choice':
    case 'catalogue':
      return choicesOf(type, context)
        .slice(0, 8)
        .map(({ names }) => names[locale])
        .join(', ');
    case 'email':
      return { fr: 'nom@exemple.fr', en: 'name@example.com' }[locale];
    case 'ref':
      return `${type.prefix ?? ''}-000123`;
    case 'date':
      return { fr: '30/11/2026', en: '2026-11-30' }[locale];
    case 'domain':
      return { fr: 'exemple.fr', en: 'example.com' }[locale];
    case 'mac':
      return 'AA:BB:CC:DD:EE:FF';
    case 'web':
      return 'http://192.168.1.20:8080';
    case 'pairs':
      return `${context.productChoices(false)[0]?.id ?? 'x'}=3`;
    case 'file':
    case 'files':
      return { fr: 'le nom du fichier joint', en: 'the name of the attached file' }[locale];
    default:
      return undefined;
  }
}
