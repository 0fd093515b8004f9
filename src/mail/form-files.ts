/** Which attachment belongs to which form: a file field names it, and a sole one left over needs no name (FIELDS.md). */
import { typeOf, type AnyCommand } from '../core/command/define.js';
import { usesOf } from '../core/command/registry.js';
import type { Upload } from '../core/command/type.js';
import type { MailAttachment } from './message.js';

interface Form {
  readonly command: AnyCommand | undefined;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** What mail programs attach by themselves. */
const byItself =
  /^(application\/(x-)?pkcs7-signature|application\/pgp-(signature|keys)|text\/(x-)?vcard|text\/directory|application\/ms-tnef)$/;

/** The files of each form, by field name. */
export function attach(forms: readonly Form[], attachments: readonly MailAttachment[]): Record<string, Upload>[] {
  const named = new Set<MailAttachment>();
  const files = forms.map((form) => {
    const found: Record<string, Upload> = {};
    for (const field of fileFields(form)) {
      const [name, ...more] = form.values.get(field) ?? [];
      const attachment =
        name === undefined || more.length > 0 ? undefined : attachments.find((one) => sameName(one.name, name));
      if (!attachment) continue;
      named.add(attachment);
      found[field] = uploadOf(attachment);
    }
    return found;
  });
  const lacking = forms.flatMap((form, index) =>
    fileFields(form)
      .filter((field) => !form.values.has(field))
      .map((field) => ({ index, field })),
  );
  const sole = soleOf(attachments.filter((one) => !named.has(one) && !byItself.test(one.type)));
  const [only, ...others] = lacking;
  const into = only && others.length === 0 ? files[only.index] : undefined;
  if (into && only && sole) into[only.field] = uploadOf(sole);
  return files;
}

/** The only file of a mail, if it has one and no more. */
export function soleFile(attachments: readonly MailAttachment[]): Upload | undefined {
  const sole = soleOf(attachments.filter((one) => !byItself.test(one.type)));
  return sole && uploadOf(sole);
}

/** The one that is left; pictures shown in the text (a logo) stand back. */
function soleOf(left: readonly MailAttachment[]): MailAttachment | undefined {
  const shown = left.filter((one) => !(one.inline && one.type.startsWith('image/')));
  const candidates = shown.length > 0 ? shown : left;
  return candidates.length === 1 ? candidates[0] : undefined;
}

const fileFields = ({ command }: Form): string[] =>
  command
    ? usesOf(command)
        .filter((use) => typeOf(use).kind === 'file')
        .map((use) => use.field.name)
    : [];

const sameName = (a: string, b: string): boolean =>
  a.normalize('NFC').trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase();

const uploadOf = ({ name, type, content }: MailAttachment): Upload => ({ name, type, content });
