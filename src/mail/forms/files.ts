/** Which attachment belongs to which form: a file field names it, and a sole one left over needs no name (FIELDS.md). */
import { typeOf, type AnyCommand } from '../../core/command/define.js';
import { usesOf } from '../../core/command/registry.js';
import { areUploads, type Upload } from '../../core/command/type.js';
import type { MailAttachment } from '../wire/message.js';

interface Form {
  readonly command: AnyCommand | undefined;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** What mail programs attach by themselves. */
const byItself =
  /^(application\/(x-)?pkcs7-signature|application\/pgp-(signature|keys)|text\/(x-)?vcard|text\/directory|application\/ms-tnef)$/;

/** By field name: the file of a field, or the several of one that takes several. */
export type FormFiles = Record<string, Upload | readonly Upload[]>;

/**
 * The files of each form. A sole one that no line names is the file of the form which still lacks one (`unnamed`, for an
 * order may have its purchase order already); else what is left goes into the only form with a field for several.
 */
export function attach(forms: readonly Form[], attachments: readonly MailAttachment[]): FormFiles[] {
  const named = new Set<MailAttachment>();
  const files = forms.map((form) => namedIn(form, attachments, named));
  const left = attachments.filter((one) => !named.has(one) && !byItself.test(one.type));
  const sole = soleOf(left);
  const takers = (kind: 'file' | 'files', free: (form: Form, field: string, index: number) => boolean) =>
    forms.flatMap((form, index) =>
      fieldsOf(form, kind)
        .filter((field) => free(form, field, index))
        .map((field) => ({ index, field })),
    );
  const [only, ...others] = takers('file', (form, field) => !form.values.has(field));
  // a line that names what is not there is told about: nothing else takes its place
  const [several, ...more] = takers(
    'files',
    (form, field, at) => !form.values.has(field) || field in (files[at] ?? {}),
  );
  const lacking = [only, ...others].filter((one) => one !== undefined);
  if (only && sole && others.length === 0) return put(files, only, { ...uploadOf(sole), unnamed: true });
  if (!several || more.length > 0 || lacking.some(({ index }) => index !== several.index)) return files;
  const known = files[several.index]?.[several.field];
  const added = meant(left).map(uploadOf);
  return added.length > 0 ? put(files, several, [...(areUploads(known) ? known : []), ...added]) : files;
}

const put = (
  files: readonly FormFiles[],
  place: { index: number; field: string },
  value: FormFiles[string],
): FormFiles[] => files.map((one, at) => (at === place.index ? { ...one, [place.field]: value } : one));

/** The files that a form's lines name; a line of several is taken only as a whole. */
function namedIn(form: Form, attachments: readonly MailAttachment[], named: Set<MailAttachment>): FormFiles {
  const found: FormFiles = {};
  const byName = (name: string) => attachments.find((one) => sameName(one.name, name));
  for (const field of fieldsOf(form, 'file')) {
    const [name, ...more] = form.values.get(field) ?? [];
    const attachment = name === undefined || more.length > 0 ? undefined : byName(name);
    if (!attachment) continue;
    named.add(attachment);
    found[field] = uploadOf(attachment);
  }
  for (const field of fieldsOf(form, 'files')) {
    // a comma may stand in a name, too
    const each = (form.values.get(field) ?? []).flatMap(
      (value) =>
        byName(value) ??
        value
          .split(/[,;\n]/)
          .filter(isWord)
          .map(byName),
    );
    const all = each.filter((one) => one !== undefined);
    if (all.length === 0 || all.length < each.length) continue;
    for (const one of all) named.add(one);
    found[field] = [...new Set(all)].map(uploadOf);
  }
  return found;
}

const isWord = (text: string): boolean => text.trim() !== '';

/** The only file of a mail, if it has one and no more. */
export function soleFile(attachments: readonly MailAttachment[]): Upload | undefined {
  const sole = soleOf(attachments.filter((one) => !byItself.test(one.type)));
  return sole && uploadOf(sole);
}

/** Every file that its sender attached, and pictures shown in the text. */
export const looseFiles = (attachments: readonly MailAttachment[]): Upload[] =>
  attachments.filter((one) => !byItself.test(one.type)).map(uploadOf);

/** The one that is left. */
function soleOf(left: readonly MailAttachment[]): MailAttachment | undefined {
  const [sole, ...more] = meant(left);
  return more.length === 0 ? sole : undefined;
}

/** Pictures shown in the text (a logo) stand back. */
function meant(left: readonly MailAttachment[]): readonly MailAttachment[] {
  const shown = left.filter((one) => !(one.inline && one.type.startsWith('image/')));
  return shown.length > 0 ? shown : left;
}

const fieldsOf = ({ command }: Form, kind: 'file' | 'files'): string[] =>
  command
    ? usesOf(command)
        .filter((use) => typeOf(use).kind === kind)
        .map((use) => use.field.name)
    : [];

/** Whether a command takes any file. */
export const takesFiles = (command: AnyCommand): boolean =>
  usesOf(command).some((use) => ['file', 'files'].includes(typeOf(use).kind));

const sameName = (a: string, b: string): boolean =>
  a.normalize('NFC').trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase();

const uploadOf = ({ name, type, content }: MailAttachment): Upload => ({ name, type, content });
