/** A field that takes several files: asked for in a form, each fetched at once, none when one of them can't be had. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Collection, type Attachment, type ModalData } from 'discord.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  attachmentsFrom,
  fetchFiles,
  type AttachmentRefused,
  type FetchAttachment,
} from '../../src/bot/attachments.js';
import { filledIn, formOf } from '../../src/bot/form.js';
import { commandsOf, decodeOptions, encodeOptions, type AttachmentRef } from '../../src/bot/slash.js';
import { command, optional } from '../../src/core/command/define.js';
import { documents, purchaseOrder } from '../../src/core/command/dictionary.js';
import { createRegistry } from '../../src/core/command/registry.js';

const filing = command({
  name: 'paper file',
  help: { fr: 'Classer', en: 'File' },
  who: 'person',
  fields: [optional(purchaseOrder), optional(documents)],
  run: () => Promise.reject(new Error('never run')),
});

const requests: string[] = [];
let fetchFile: FetchAttachment;
let origin = '';
const server = createServer((request, response) => {
  requests.push(request.url ?? '');
  if (request.url === '/ended') return void response.writeHead(404).end('This content is no longer available.');
  response.end(`content of ${request.url}`);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetchFile = attachmentsFrom(`${origin}/api`);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ref = (name: string, more: Partial<AttachmentRef> = {}): AttachmentRef => ({
  ...{ name, contentType: 'application/pdf', size: 20, url: `${origin}/${name}` },
  ...more,
});

const fetched = (files: Record<string, readonly AttachmentRef[]>) =>
  fetchFiles(fetchFile, { command: filing, files: new Map(Object.entries(files)) });
const why = (files: Record<string, readonly AttachmentRef[]>) =>
  fetched(files).then(
    () => 'taken',
    (error: AttachmentRefused) => `${error.field} ${error.why}`,
  );

test('is an upload of up to ten in a form, and of one as an option', () => {
  const form = formOf({
    ...{ customId: 'form:d1', command: filing, locale: 'en' as const, suggestions: new Map() },
    draft: { command: filing.name, raw: {}, ask: ['documents', 'purchase-order'], faults: {}, note: '' },
  });
  expect(form.components).toMatchObject([
    { label: 'Documents', component: { type: 19, custom_id: 'documents', max_values: 10 } },
    { label: 'Purchase order', component: { type: 19, custom_id: 'purchase-order', max_values: 1 } },
  ]);
  const [noun] = commandsOf(createRegistry([filing]));
  expect(noun).toMatchObject({ options: [{ options: [{ type: 11 }, { name: 'documents', type: 11 }, {}] }] });
});

test('what was filled in comes with all its files', () => {
  const attachments = new Collection(['a.pdf', 'b.pdf'].map((name) => [name, ref(name) as unknown as Attachment]));
  const given = filledIn([{ type: 19, customId: 'documents', values: [], attachments } as unknown as ModalData]);
  expect(decodeOptions(given)).toEqual({ raw: {}, files: new Map([['documents', [ref('a.pdf'), ref('b.pdf')]]]) });
  const none = filledIn([{ type: 19, customId: 'documents', attachments: new Collection() } as unknown as ModalData]);
  expect(decodeOptions(none)).toEqual({ raw: {}, files: new Map() });
  const upload = (name: string) => ({ name, type: 'x/y', content: Buffer.from('1') });
  const { files } = decodeOptions(encodeOptions(filing, { documents: [upload('a'), upload('b')] }));
  expect(files.get('documents')?.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('each is fetched, in the order in which they were given', async () => {
  const files = await fetched({ 'purchase-order': [ref('bc.pdf')], documents: [ref('a.pdf'), ref('b.pdf')] });
  expect(files['purchase-order']).toMatchObject({ name: 'bc.pdf', content: Buffer.from('content of /bc.pdf') });
  expect(files['documents']).toMatchObject([{ name: 'a.pdf' }, { name: 'b.pdf' }]);
  const one = await fetched({ documents: [ref('a.pdf')] });
  expect(one['documents']).toMatchObject([{ name: 'a.pdf' }]);
});

test('an ended link, another place, too much and too many are told', async () => {
  expect(await why({ documents: [ref('a.pdf'), ref('ended')] })).toBe('documents gone');
  expect(await why({ documents: [ref('a.pdf'), ref('b.pdf', { url: 'https://evil.example/b.pdf' })] })).toBe(
    'documents place',
  );
  const before = requests.length;
  expect(await why({ documents: [ref('a.pdf', { size: 10 * 1024 * 1024 + 1 })] })).toBe('documents size');
  expect(await why({ documents: Array.from({ length: 11 }, (_, at) => ref(`${at}.pdf`)) })).toBe('documents many');
  expect(await why({ 'purchase-order': [ref('a.pdf'), ref('b.pdf')] })).toBe('purchase-order many');
  expect(requests).toHaveLength(before);
});
