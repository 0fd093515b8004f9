/**
 * Forms in a mail: text → commands with their fields (docs/mail-format.md). Pure and linear; nothing here decides
 * whether a value is right, which is for `understand` to say, at this door as at every other.
 */
import { typeOf, type AnyCommand } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import { usesOf, type Registry } from '../../core/command/registry.js';
import type { Raw } from '../../core/command/type.js';
import type { Locale } from '../../core/locales/locale.js';
import { attach, type FormFiles } from './files.js';
import { Reading, type Open } from './reading.js';
import type { Message } from '../wire/message.js';

export { mostForms } from './reading.js';

export interface FormLine {
  /** As typed, without bullets and bold marks. */
  readonly label: string;
  readonly value: string;
}

export interface DecodedForm {
  /** `noun verb`; as typed when there is no such command. */
  readonly command: string;
  /** By field name; what no field is called stands under its label as typed, for `understand` to fault. */
  readonly raw: RawInput;
  readonly lines: readonly FormLine[];
  /** It asks for a trial. */
  readonly dryRun: boolean;
}

export interface DecodedMail {
  readonly forms: readonly DecodedForm[];
  /** A line or the subject asks for help, or there is no form at all. */
  readonly help: boolean;
  /** A line `quit`, `fin` or `stop` ended the reading. */
  readonly stopped: boolean;
  /** Forms beyond the 20 that one mail may have. */
  readonly more: number;
  /** The language its forms are written in, as far as they tell. */
  readonly locale?: Locale;
}

export interface DecodeOptions {
  /** It answers a mail of ours: its subject is ours too, and no command. */
  readonly replyToOurs?: boolean;
}

/** Reads the forms of a mail in their order (SPEC 0, "Mail"). */
export function decodeMail(
  message: Pick<Message, 'text' | 'subject' | 'attachments'>,
  registry: Registry,
  options: DecodeOptions = {},
): DecodedMail {
  const reading = new Reading(registry);
  if (!options.replyToOurs) reading.subject(message.subject);
  reading.body(message.text);
  const forms = reading.ended();
  const inputs = attach(
    forms.map(({ command, values }) => ({ command, values })),
    message.attachments,
  );
  const { help, stopped, more, locale } = reading;
  return {
    forms: forms.map((form, index) => decoded(form, inputs[index] ?? {})),
    help: help || forms.length === 0,
    stopped,
    more,
    ...(locale ? { locale } : {}),
  };
}

function decoded(form: Open, files: FormFiles): DecodedForm {
  const entries = [...form.values].map(([name, values]): [string, Raw] => [
    name,
    values.length === 1 ? (values[0] ?? '') : values,
  ]);
  const raw: RawInput = Object.fromEntries([...entries, ...Object.entries(files)]);
  return {
    command: form.command?.name ?? form.name,
    raw,
    lines: form.lines,
    dryRun: isYes(form.command, raw['dry-run']),
  };
}

function isYes(command: AnyCommand | undefined, raw: Raw | undefined): boolean {
  const use = command && usesOf(command).find(({ field }) => field.name === 'dry-run');
  if (!use || raw === undefined) return false;
  try {
    return typeOf(use).parse(raw, undefined as never) === true;
  } catch {
    return false;
  }
}
