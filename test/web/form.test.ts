/** Every command's form: what is typed into it means the same when it comes back. */
import fc from 'fast-check';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyCommand } from '../../src/core/command/define.js';
import { understand, type RawInput } from '../../src/core/command/input.js';
import { usesOf } from '../../src/core/command/registry.js';
import { isSecret } from '../../src/core/command/secret-fields.js';
import {
  areUploads,
  isUpload,
  type FieldContext,
  type FieldType,
  type Raw,
  type Upload,
} from '../../src/core/command/type.js';
import { commands } from '../../src/core/programmes/index.js';
import { Refusal } from '../../src/core/guard/refusal.js';
import { findProduct, loadCatalogue } from '../../src/core/catalogue/catalogue.js';
import { orderChoices } from '../../src/core/catalogue/orders-shape.js';
import { form } from '../../src/web/controls.js';
import { decodeForm, encodeForm, formFields, type FormBody } from '../../src/web/form.js';
import { bodyOf } from '../../src/web/page-request.js';
import { inBrowser, startBrowser } from './ground.js';

const catalogue = loadCatalogue('catalogue');
const context: FieldContext = {
  locale: 'en',
  country: 'FR',
  products: (text, boxes) => findProduct(catalogue, text, { boxes })?.id,
  productChoices: (boxes) =>
    [...catalogue.packs, ...(boxes ? catalogue.boxes : [])].map(({ id, name }) => ({ id, names: name })),
  catalogueChoices: (set) => orderChoices(catalogue.orders, set),
};

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const number = fc.integer({ min: 1, max: 999_999 });

const file = fc.record({
  name: fc.stringMatching(/^[\w é.-]{1,20}\.csv$/),
  type: fc.constantFrom('text/csv', 'application/octet-stream'),
  content: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

/** Values of a kind, in the ways they may be typed; what the type refuses is left out. */
function rawOf(type: FieldType<unknown>): fc.Arbitrary<Raw> {
  const kinds: Record<FieldType<unknown>['kind'], () => fc.Arbitrary<Raw>> = {
    text: () => word,
    long: () =>
      fc.array(word, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n').padEnd(type.min ?? 0, 'x')),
    bool: () => fc.constantFrom<Raw>(true, false, 'yes', 'Non', 'x', '0'),
    choice: () => fc.constantFrom(...(type.choices ?? []).flatMap(({ id, names }) => [id, names.fr, names.en])),
    product: () =>
      fc.constantFrom(
        ...context
          .productChoices(type.boxes ?? false)
          .flatMap(({ id, names }) => [id, names.fr, names.en.toUpperCase()]),
      ),
    catalogue: () =>
      fc.constantFrom(
        ...context.catalogueChoices(type.set ?? 'type').flatMap(({ id, names }) => [id, names.fr, names.en]),
      ),
    amount: () => fc.constantFrom('12', '1 234,56', '1234.5 EUR', '€ 7'),
    details: () => fc.constantFrom('users=12', 'users = 12; base=sql'),
    files: () => fc.array(file, { minLength: 1, maxLength: 3 }),
    email: () => fc.emailAddress(),
    date: () =>
      fc.date({ min: new Date('1970-01-02'), max: new Date('2090-01-01'), noInvalidDate: true }).chain((at) => {
        const day = at.toISOString().slice(0, 10);
        return fc.constantFrom(day, day.split('-').reverse().join('/'));
      }),
    phone: () => fc.constantFrom('01 23 45 67 89', '+33 6 12 34 56 78', '+49 30 123456'),
    country: () => fc.constantFrom('FR', 'de', 'France', 'Royaume-Uni', 'Spain'),
    domain: () => fc.constantFrom('example.fr', 'Bücher.de', 'name.co.uk'),
    secret: () => fc.constantFrom('Aé-9!xY#%&=;', 'secret'),
    mac: () => fc.constantFrom('00:1a:2b:3c:4d:5e', '001A.2B3C.4D5E', 'AABBCCDDEEFF'),
    web: () => fc.constantFrom('http://192.168.1.20:8080', 'box.example.com:443'),
    ref: () =>
      number.chain((id) =>
        fc.constantFrom<Raw>(
          id,
          `${type.prefix}-${id}`,
          `${type.prefix?.toLowerCase()}-${String(id).padStart(6, '0')}`,
        ),
      ),
    whole: () =>
      fc
        .integer({ min: type.min ?? 0, max: type.max ?? 100 })
        .chain((count) => fc.constantFrom<Raw>(count, String(count))),
    digits: () =>
      fc
        .integer({ min: 0, max: 10 ** (type.min ?? 1) - 1 })
        .chain((code) => fc.constantFrom<Raw>(code, String(code).padStart(type.min ?? 1, '0'))),
    list: () =>
      fc.array(
        (type.item && type.item.kind !== 'text' ? rawOf(type.item).map(String) : word).filter(
          (one) => !/[,;\n]/.test(one) && one.trim() !== '',
        ),
        { minLength: 1, maxLength: Math.min(type.max ?? 3, 3) },
      ),
    pairs: () =>
      fc
        .uniqueArray(fc.constantFrom(...catalogue.packs.map(({ id }) => id)), { minLength: 1 })
        .chain((ids) =>
          fc
            .array(number, { minLength: ids.length, maxLength: ids.length })
            .map((all) => ids.map((id, at) => `${id}=${all[at]}`)),
        ),
    file: () => file,
  };
  return kinds[type.kind]().filter((raw) => {
    try {
      type.parse(raw, context);
      return true;
    } catch {
      return false;
    }
  });
}

const inputOf = (command: AnyCommand): fc.Arbitrary<RawInput> =>
  fc
    .record(
      Object.fromEntries(
        usesOf(command).map(({ field, required }) => [
          field.name,
          required ? rawOf(field.type) : fc.option(rawOf(field.type), { nil: undefined }),
        ]),
      ),
    )
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Raw] => entry[1] !== undefined)),
    );

/** What a command would get, or what it would refuse. */
function meant(command: AnyCommand, raw: RawInput): unknown {
  try {
    return understand(command, raw, context);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal.fields;
    throw refusal;
  }
}

/** Over the wire as a browser sends it. */
async function posted(command: AnyCommand, raw: RawInput, multipart: boolean): Promise<FormBody> {
  const data = new FormData();
  for (const [name, value] of encodeForm(command, raw)) data.append(name, value);
  const app = new Hono();
  let body: FormBody = {};
  app.post('/', async (c) => {
    body = await bodyOf(await c.req.parseBody({ all: true }));
    return c.text('');
  });
  await app.request('/', {
    method: 'POST',
    body: multipart
      ? data
      : new URLSearchParams([...data].filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  });
  return body;
}

const hasFile = (command: AnyCommand): boolean => command.uses.some(({ field }) => field.type.kind === 'file');

describe.each(commands.all.map((command) => [command.name, command] as const))('%s', (_, command) => {
  it('means the same after encode and decode', async () => {
    await fc.assert(
      fc.asyncProperty(inputOf(command), fc.boolean(), async (raw, multipart) => {
        const back = decodeForm(command, await posted(command, raw, multipart || hasFile(command)));
        expect(meant(command, back)).toEqual(meant(command, raw));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps faults where they belong', () => {
    const faults = meant(command, {}) as Record<string, string>;
    const fields = formFields(command, { context, faults });
    const required = command.uses.filter((use) => use.required).map(({ field }) => field.name);
    expect(fields.filter(({ fault }) => fault !== undefined).map(({ name }) => name)).toEqual(required);
  });
});

inBrowser('in a browser', () => {
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('a filled form sends what it was filled with', async () => {
    const page = await browser.newPage();
    for (const command of commands.all) {
      // a page can't put a file into a control, and confirms with a button
      const shown = (raw: RawInput): RawInput =>
        Object.fromEntries(
          Object.entries(raw).filter(([name, value]) => name !== 'yes' && !isUpload(value) && !areUploads(value)),
        );
      const inputs = fc.sample(inputOf(command), { numRuns: 8, seed: 7 }).map(shown);
      const forms = inputs.map((values, at) =>
        form({
          id: `f${at}`,
          action: '/',
          submit: 'ok',
          locale: 'en',
          fields: formFields(command, { context, values }),
        }),
      );
      await page.setContent(String(await html`<!doctype html><title>t</title>${forms}`));
      const sent = await page.evaluate<[string, string][][]>(
        "[...document.forms].map((form) => [...new FormData(form)].filter(([, value]) => typeof value === 'string'))",
      );
      inputs.forEach((raw, at) => {
        const hidden = Object.entries(raw).filter(([name]) => isSecret(name));
        expect(
          hidden.every(([name]) => (sent[at] ?? []).some(([field, value]) => field === name && value === '')),
        ).toBe(true);
        const back = { ...decodeForm(command, Object.fromEntries(sent[at] ?? [])), ...Object.fromEntries(hidden) };
        expect(unset(meant(command, back)), command.name).toEqual(unset(meant(command, raw)));
      });
    }
    await page.close();
  });
});

/** An unchecked box says nothing, which is the same as no; the file is named missing on both sides. */
const unset = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (inner === false ? undefined : inner)));

it('names of the page itself are no fields', () => {
  const body: FormBody = { _mark: 'm', _key: 'k', _command: 'x', unknown: 'y', number: 'PP1' };
  const command = commands.find('pack redeem');
  expect(command && decodeForm(command, body)).toEqual({ number: 'PP1' });
});

it('a box sent twice is what was sent last; an empty control is nothing', () => {
  const command = commands.find('declare new');
  expect(command && decodeForm(command, { takeover: ['no', 'yes'], email: '', 'last-name': 'x' })).toEqual({
    takeover: 'yes',
    'last-name': 'x',
  });
});

it('keeps the name and bytes of a file', async () => {
  const command = commands.find('stock import');
  const upload: Upload = { name: 'été.csv', type: 'text/csv', content: Buffer.from([0, 255, 10, 13]) };
  const back = command && decodeForm(command, await posted(command, { file: upload }, true));
  expect(back?.['file']).toEqual(upload);
});
