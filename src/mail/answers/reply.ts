/**
 * A reply to a transcript of ours, read beside what that left open: corrected lines on top, lines changed inside the
 * quoted form, a file, or OK (docs/mail-format.md, "Repair"). Pure.
 */
import { nearest } from '../../core/text/nearest.js';
import { typeOf, type AnyCommand, type Use } from '../../core/command/define.js';
import type { RawInput } from '../../core/command/input.js';
import { useOf, usesOf, type Registry } from '../../core/command/registry.js';
import { areUploads, isUpload, type Raw, type Upload } from '../../core/command/type.js';
import type { OpenForm } from '../../core/programmes/mails/thread.js';
import { fold } from '../../core/text/fold.js';
import { attach, takesFiles, type FormFiles } from '../forms/files.js';
import { isRestQuoted, readLine } from '../forms/lines.js';
import { isCommandLabel, labelsOf } from '../forms/names.js';
import { Reading, type Open } from '../forms/reading.js';
import type { Message } from '../wire/message.js';

export interface Correction {
  readonly form: OpenForm;
  /** By field name; an empty value takes the field away. */
  readonly values: RawInput;
}

export interface ReplyRead {
  /** Its first line is OK: previews are confirmed. */
  readonly confirms: boolean;
  readonly corrections: readonly Correction[];
  /** Labels that several forms have, and nothing tells which of them is meant. */
  readonly unclear: readonly string[];
}

const yes = /^(ok|oui|yes)[\s.!]*$/iu;

export function readReply(
  message: Pick<Message, 'text' | 'attachments'>,
  open: readonly OpenForm[],
  registry: Registry,
): ReplyRead {
  const { own, quoted } = parted(message.text);
  const first = own.find((line) => line.trim() !== '' && readLine(line).kind !== 'quoted');
  const forms = open.map((form) => ({ form, command: registry.find(form.command) }));
  const inQuote = changedInQuote(quoted, forms, registry);
  const { given, unclear } = corrected(own, forms);
  const files = newFiles(message, forms, (form) => ({ ...inQuote.get(form), ...given.get(form) }));
  const corrections = forms.flatMap(({ form, command }) => {
    const values = { ...inQuote.get(form), ...given.get(form), ...files.get(form) };
    if (Object.keys(values).length === 0) return [];
    return [{ form, values: { ...withoutMistyped(form, command, values), ...values } }];
  });
  return { confirms: first !== undefined && yes.test(first.trim()), corrections, unclear };
}

/** What a corrected form is asked with. */
export function correctedInput(raw: RawInput, values: RawInput): RawInput {
  return Object.fromEntries(Object.entries({ ...raw, ...values }).filter(([, value]) => value !== ''));
}

interface Known {
  readonly form: OpenForm;
  readonly command: AnyCommand | undefined;
}

/** The sender's own lines, and those of the mail that is answered, one mark of quoting taken off. */
function parted(text: string): { own: string[]; quoted: string[] } {
  const lines = text.split('\n', 20_000);
  const own: string[] = [];
  const quoted: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (isRestQuoted(lines, at)) {
      // what mail programs put above an unmarked quote ends at its first empty line
      const rest = lines.slice(at);
      return { own, quoted: [...quoted, ...rest.slice(rest.findIndex((one) => one.trim() === '') + 1)] };
    }
    const mark = /^\s?> ?/.exec(line)?.[0];
    if (mark === undefined) own.push(line);
    else quoted.push(line.slice(mark.length));
  }
  return { own, quoted };
}

/** Forms as read, with the values as they stand there. */
const formsIn = (text: string, registry: Registry): readonly Open[] => {
  const reading = new Reading(registry);
  reading.body(text);
  return reading.ended();
};

/** The lines of quoted forms that are no longer as we sent them. */
function changedInQuote(
  quoted: readonly string[],
  forms: readonly Known[],
  registry: Registry,
): Map<OpenForm, Record<string, Raw>> {
  const changes = new Map<OpenForm, Record<string, Raw>>();
  // lines of the transcript that look like an end of everything are no words of the sender's
  const found = [...formsIn(quoted.filter((line) => !/^\s*(quit|fin|stop)\W*$/i.test(line)).join('\n'), registry)];
  for (const { form, command } of forms) {
    const at = found.findIndex((one) => (one.command?.name ?? one.name) === form.command);
    const [now] = at < 0 || form.text === '' ? [] : found.splice(at, 1);
    const [sent] = now ? formsIn(form.text, registry) : [];
    if (!now || !sent) continue;
    const changed: Record<string, Raw> = {};
    for (const [name, values] of now.values)
      if (!same(values, sent.values.get(name) ?? [], command && useOf(command, name))) changed[name] = rawOf(values);
    // a line that no field is called, and that was taken out
    for (const name of sent.values.keys())
      if (!now.values.has(name) && !(command && useOf(command, name))) changed[name] = '';
    if (Object.keys(changed).length > 0) changes.set(form, changed);
  }
  return changes;
}

const rawOf = (values: readonly string[]): Raw => (values.length === 1 ? (values[0] ?? '') : values);
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A mail program that quotes breaks long lines: a value cut off there is no change. */
function same(now: readonly string[], sent: readonly string[], use: Use | undefined): boolean {
  const [a, b] = [plain(now.join('\n')), plain(sent.join('\n'))];
  const oneLine = !use || !['long', 'list', 'pairs'].includes(typeOf(use).kind);
  return a === b || (oneLine && a.length >= 40 && b.startsWith(`${a} `));
}

/** Corrected lines stand together: from the first one that a form knows to the first that is none. */
function corrected(
  own: readonly string[],
  forms: readonly Known[],
): { given: Map<OpenForm, Record<string, Raw>>; unclear: string[] } {
  const given = new Map<OpenForm, Record<string, Raw>>();
  const unclear = new Set<string>();
  const seen = new Map<string, number>();
  const lines = ownCorrections(own, forms);
  const counts = new Map<string, number>();
  for (const { label } of lines) counts.set(fold(label), (counts.get(fold(label)) ?? 0) + 1);
  for (const { label, value } of lines) {
    const folded = fold(label);
    const nth = seen.get(folded) ?? 0;
    seen.set(folded, nth + 1);
    const having = forms.filter((one) => nameOf(one, folded) !== undefined);
    const atFault = having.filter((one) => one.form.faults.includes(nameOf(one, folded) ?? ''));
    const meant = atFault.length > 0 ? atFault : having;
    // one line for one form; as many lines as forms: in their order
    const target = meant.length === 1 ? meant[0] : counts.get(folded) === meant.length ? meant[nth] : undefined;
    const name = target && nameOf(target, folded);
    if (!target || name === undefined) {
      unclear.add(label);
      continue;
    }
    const values = given.get(target.form) ?? {};
    const use = target.command && useOf(target.command, name);
    const several = use && ['list', 'pairs'].includes(typeOf(use).kind);
    values[name] = several && values[name] !== undefined ? [values[name], value].flat().map(String) : value;
    given.set(target.form, values);
  }
  return { given, unclear: [...unclear] };
}

/** The field, or the unknown label, that a form has under this label. */
const nameOf = ({ form, command }: Known, folded: string): string | undefined =>
  (command && labelsOf(command).get(folded)?.field.name) ?? Object.keys(form.raw).find((name) => fold(name) === folded);

function ownCorrections(own: readonly string[], forms: readonly Known[]): { label: string; value: string }[] {
  const found: { label: string; value: string }[] = [];
  let last: { label: string; value: string } | undefined;
  for (const raw of own.slice(0, 500)) {
    const line = readLine(raw);
    if (line.kind === 'labelled') {
      if (isCommandLabel(line.label)) break;
      const known = forms.filter((one) => nameOf(one, fold(line.label)) !== undefined);
      last = undefined;
      if (known.length === 0) continue;
      const entry = { label: line.label, value: line.value };
      found.push(entry);
      if (known.some(({ command }) => isLong(command, line.label))) last = entry;
    } else if (line.kind === 'text' && last) last.value += `\n${line.text}`;
    else if (line.kind === 'empty') last = undefined;
    // a greeting comes before corrections; after them begins something else, a signature perhaps
    else if (line.kind !== 'note' && found.length > 0) break;
  }
  return found;
}

const isLong = (command: AnyCommand | undefined, label: string): boolean => {
  const use = command && labelsOf(command).get(fold(label));
  return use !== undefined && ['long', 'list', 'pairs'].includes(typeOf(use).kind);
};

/** A file sent along replaces that of the only form which takes one, or joins what is filled in further. */
function newFiles(
  { attachments }: Pick<Message, 'attachments'>,
  forms: readonly Known[],
  corrected: (form: OpenForm) => Readonly<Record<string, Raw>>,
): Map<OpenForm, Record<string, Raw>> {
  const taking = forms.filter(({ command }) => command && takesFiles(command));
  const [one] = taking;
  const none = new Map<OpenForm, Record<string, Raw>>();
  if (!one || taking.length > 1) return none;
  // no reply is without the logo of its sender, and nothing asks for one
  const sent = attachments.filter(({ inline, type }) => !one.form.follows || !inline || !type.startsWith('image/'));
  const values = Object.entries(corrected(one.form)).map(([name, raw]) => [name, [raw].flat().map(String)] as const);
  const [files = {}] = attach([{ command: one.command, values: new Map(values) }], sent);
  return Object.keys(files).length > 0 ? none.set(one.form, beside(one, files)) : none;
}

/**
 * Files beside those that were good: one that nobody named stands back behind the file that is there, where there is a
 * field for several, and several join those that were sent before. A file at fault is replaced.
 */
function beside({ form, command }: Known, files: FormFiles): Record<string, Raw> {
  const several = command && usesOf(command).find((use) => typeOf(use).kind === 'files')?.field.name;
  if (several === undefined) return files;
  const good = (field: string): boolean => !form.faults.includes(field) && field in form.raw;
  const kept: Record<string, Raw> = {};
  const joining: Upload[] = [];
  for (const [field, given] of Object.entries(files)) {
    if (field === several) joining.push(...(isUpload(given) ? [given] : given));
    else if (isUpload(given) && given.unnamed && isUpload(form.raw[field]) && good(field)) joining.push(given);
    else kept[field] = given;
  }
  if (joining.length === 0) return kept;
  const before = good(several) ? form.raw[several] : undefined;
  return { ...kept, [several]: [...(isUpload(before) ? [before] : areUploads(before) ? before : []), ...joining] };
}

/** A mistyped label whose field is given now is no longer at fault. */
function withoutMistyped(form: OpenForm, command: AnyCommand | undefined, values: RawInput): Record<string, Raw> {
  if (!command) return {};
  const labels = labelsOf(command);
  const mistyped = Object.keys(form.raw).filter((name) => {
    if (useOf(command, name)) return false;
    const meant = labels.get(nearest(name, [...labels.keys()]) ?? '')?.field.name;
    // of one that is like no label, nobody can tell which field was meant: a field that was not there before
    return meant === undefined ? Object.keys(values).some((field) => !(field in form.raw)) : meant in values;
  });
  return Object.fromEntries(mistyped.map((name) => [name, '']));
}
