/** Which attachment belongs to which field, where a command takes one file and others (an order), or several alone. */
import { expect, test } from 'vitest';
import { command, optional, required, type AnyCommand } from '../../src/core/command/define.js';
import { documentFile, documents, purchaseOrder } from '../../src/core/command/dictionary.js';
import { areUploads, isUpload } from '../../src/core/command/type.js';
import { attach, takesFiles, type FormFiles } from '../../src/mail/forms/files.js';
import type { MailAttachment } from '../../src/mail/wire/message.js';

const declared = (name: string, fields: Parameters<typeof command>[0]['fields']): AnyCommand =>
  command({
    ...{ name, help: { fr: name, en: name }, who: 'person', fields },
    run: () => Promise.reject(new Error('never run')),
  });
const order = declared('paper order', [optional(purchaseOrder), optional(documents)]);
const several = declared('paper several', [optional(documents)]);
const single = declared('paper single', [required(documentFile)]);

const file = (name: string, more: Partial<MailAttachment> = {}): MailAttachment => {
  const content = Buffer.from(name);
  return { name, type: 'application/pdf', content, inline: false, size: content.length, ...more };
};
const [bc, plan, note] = [file('bc.pdf'), file('plan.pdf'), file('note.pdf')];
const logo = file('logo.png', { type: 'image/png', inline: true });
const signature = file('smime.p7s', { type: 'application/pkcs7-signature' });

/** By field the names of its files; an unnamed one with a star. */
const names = (files: FormFiles): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([field, value]) => [
      field,
      (areUploads(value) ? value : isUpload(value) ? [value] : [])
        .map(({ name, unnamed }) => `${name}${unnamed ? '*' : ''}`)
        .join('|'),
    ]),
  );

const one = (
  taking: AnyCommand,
  lines: Record<string, string | readonly string[]>,
  attachments: readonly MailAttachment[],
): Record<string, string> => {
  const values = new Map(Object.entries(lines).map(([name, value]) => [name, [value].flat()]));
  return names(attach([{ command: taking, values }], attachments)[0] ?? {});
};

test('a sole unnamed one is the command’s file; what the order has already is for the core to say', () => {
  expect(one(order, {}, [bc])).toEqual({ 'purchase-order': 'bc.pdf*' });
  expect(one(order, {}, [bc, logo, signature])).toEqual({ 'purchase-order': 'bc.pdf*' });
  expect(one(single, {}, [bc])).toEqual({ file: 'bc.pdf*' });
});

test('others become documents', () => {
  expect(one(order, {}, [bc, plan])).toEqual({ documents: 'bc.pdf|plan.pdf' });
  expect(one(order, { 'purchase-order': 'BC.pdf' }, [bc, plan, note, logo])).toEqual({
    'purchase-order': 'bc.pdf',
    documents: 'plan.pdf|note.pdf',
  });
  expect(one(order, { 'purchase-order': 'bc.pdf' }, [bc, plan])).toEqual({
    'purchase-order': 'bc.pdf',
    documents: 'plan.pdf',
  });
  expect(one(several, {}, [bc])).toEqual({ documents: 'bc.pdf' });
  expect(one(single, {}, [bc, plan])).toEqual({});
  expect(one(order, {}, [])).toEqual({});
});

test('documents are named in a list, by lines or with commas, and what is left joins them', () => {
  expect(one(order, { documents: 'plan.pdf, note.pdf' }, [bc, plan, note])).toEqual({
    documents: 'plan.pdf|note.pdf',
    'purchase-order': 'bc.pdf*',
  });
  expect(one(several, { documents: ['plan.pdf', 'note.pdf;plan.pdf'] }, [bc, plan, note])).toEqual({
    documents: 'plan.pdf|note.pdf|bc.pdf',
  });
  const comma = file('plan, étage 1.pdf');
  expect(one(several, { documents: 'Plan, e\u0301tage 1.pdf' }, [comma])).toEqual({ documents: 'plan, étage 1.pdf' });
});

test('a name that is not there is told about, and nothing takes its place', () => {
  expect(one(several, { documents: 'plan.pdf, other.pdf' }, [plan, note])).toEqual({});
  expect(one(order, { 'purchase-order': 'other.pdf' }, [bc])).toEqual({ documents: 'bc.pdf' });
});

test('what could belong to two forms belongs to none', () => {
  const both = (attachments: readonly MailAttachment[], ...taking: readonly AnyCommand[]) =>
    attach(
      taking.map((each) => ({ command: each, values: new Map() })),
      attachments,
    ).map(names);
  expect(both([bc], order, order)).toEqual([{}, {}]);
  expect(both([bc, plan], order, single)).toEqual([{}, {}]);
  expect(both([bc, plan], several, several)).toEqual([{}, {}]);
});

test('takes files or not', () => {
  expect([order, several, single].map(takesFiles)).toEqual([true, true, true]);
  expect(takesFiles(declared('paper none', []))).toBe(false);
});
