/** Every list as a file, read back as a spreadsheet does: numbers add up, dates are dates, the rest is words (X9, invariant 8). */
import { read, SSF, utils, type CellObject } from '@e965/xlsx';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usesOf } from '../../src/core/command/registry.js';
import { heading } from '../../src/core/command/reply.js';
import { commands } from '../../src/core/programmes/index.js';
import { localeNames, type Locale } from '../../src/core/locales/locale.js';
import { textsOf } from '../../src/core/locales/texts.js';
import { readSheet } from '../../src/core/tables/sheet.js';
import { databases } from '../servers/databases.js';
import { openTestDesk, type TestDesk } from './ground.js';
import { everything } from './tour.js';

type Items = readonly Readonly<Record<string, unknown>>[];

const lists = commands.all.filter((command) => usesOf(command).some(({ field }) => field.name === 'export'));
const instant = /^\d{4}-\d\d-\d\dT/;
const day = /^\d{4}-\d\d-\d\d$/;
const month = /^\d{4}-\d\d$/;
/** What a spreadsheet takes for a formula, where it is no number. */
const formula = /^(?:[=@\t\r]|[+-](?!\d+(?:[.,]\d+)?$))/;

/** What a machine writes and nobody reads: a state's or a choice's id that has a word, a moment of ISO 8601. */
function machineWords(desk: TestDesk, locale: Locale): ReadonlySet<string> {
  const { states, feminineStates } = textsOf(locale);
  const context = desk.open.dispatcher.context(locale);
  const sets = ['type', 'origin', 'generation', 'solution'] as const;
  const choices = [...context.productChoices(true), ...sets.flatMap((set) => context.catalogueChoices(set))];
  const words = new Set([...Object.values(states), ...Object.values(feminineStates)]);
  const all = [...Object.keys(states), ...choices.filter(({ id, names }) => names[locale] !== id).map(({ id }) => id)];
  return new Set(all.filter((id) => !words.has(id)));
}

/** A number as a spreadsheet of this language reads it; nothing where it reads a text. */
const numberIn = (cell: string, locale: Locale): number | undefined =>
  (locale === 'fr' ? /^-?\d+(?:,\d+)?$/ : /^-?\d+(?:\.\d+)?$/).test(cell) ? Number(cell.replace(',', '.')) : undefined;

const whenIn = (value: string): string =>
  instant.test(value)
    ? DateTime.fromISO(value, { zone: 'Europe/Paris' }).toFormat('dd/MM/yyyy HH:mm')
    : DateTime.fromISO(value, { zone: 'utc' }).toFormat(month.test(value) ? 'MM/yyyy' : 'dd/MM/yyyy');
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && [instant, day, month].some((shape) => shape.test(value));

/** The cells of a CSV file in this language. */
const rowsOf = (content: Buffer, locale: Locale): string[][] =>
  parse(content, { bom: true, delimiter: locale === 'fr' ? ';' : ',' });

interface SsfFormat {
  readonly format: (format: string, value: number) => string;
  readonly is_date: (format: string) => boolean;
}

describe.each(databases())('exports on $name', (provider) => {
  describe.each(localeNames)('in %s', (locale) => {
    let desk: TestDesk;
    let reseller: string;
    beforeAll(async () => {
      desk = await openTestDesk(provider, { locale });
      await everything(desk);
      const { items } = await desk.done('org list', { 'per-page': '200', state: 'reseller' });
      const domains = (await desk.done('domain list', { 'per-page': '200' }))['items'] as { org: string }[];
      reseller = domains[0]?.org ?? (items as { org: string }[])[0]?.org ?? '';
      await desk.done('support open', { subject: '=HYPERLINK("http://x")', text: 'x' });
    }, 120_000);
    afterAll(() => desk.close());

    async function exported(name: string, kind: 'csv' | 'xlsx'): Promise<{ items: Items; content: Buffer }> {
      const command = commands.find(name);
      const takes = (field: string) => command !== undefined && usesOf(command).some((use) => use.field.name === field);
      const input = {
        ...(takes('per-page') ? { 'per-page': '200' } : {}),
        ...(name === 'billing forecast' ? { reseller } : {}),
        // of some lists most is found by its state alone
        ...(name === 'mail held' ? { state: 'released' } : name === 'billing orders' ? { state: 'done' } : {}),
      };
      const outcome = await desk.ask(name, { ...input, export: kind }, { locale });
      if (!outcome.ok || !outcome.file) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
      return { items: outcome.data['items'] as Items, content: outcome.file.content };
    }

    test.each(lists.map(({ name }) => name))('%s as CSV', async (name) => {
      const { items, content } = await exported(name, 'csv');
      expect(items.length, name).toBeGreaterThan(0);
      const [header = [], ...rows] = rowsOf(content, locale);
      const keys = Object.keys(items[0] ?? {});
      expect(header).toEqual(keys.map((key) => heading(key, locale)));
      expect(header.filter((label) => /^[a-z]+[A-Z]/.test(label))).toEqual([]);
      expect(rows).toHaveLength(items.length);
      const ids = machineWords(desk, locale);
      for (const [at, item] of items.entries())
        for (const [column, key] of keys.entries()) {
          const cell = rows[at]?.[column] ?? '';
          const value = item[key];
          expect(cell, `${name} ${key}`).not.toMatch(instant);
          expect(cell, `${name} ${key}`).not.toMatch(formula);
          if (!/^(?:command|name|subject|company)$/.test(key))
            expect(ids.has(cell), `${name} ${key} ${cell}`).toBe(false);
          if (typeof value === 'number')
            expect(numberIn(cell, locale), `${name} ${key}`).toBe(key.endsWith('Cents') ? value / 100 : value);
          if (isTime(value)) expect(cell, `${name} ${key}`).toBe(whenIn(value));
          if (typeof value === 'boolean') expect(cell).toBe(textsOf(locale)[value ? 'yes' : 'no']);
        }
    });

    test.each(lists.map(({ name }) => name))('%s as a workbook', async (name) => {
      const { items, content } = await exported(name, 'xlsx');
      const { SheetNames, Sheets } = read(content, { cellNF: true, dense: true });
      const sheet = Sheets[SheetNames[0] ?? '']?.['!data'] as (CellObject | undefined)[][];
      const keys = Object.keys(items[0] ?? {});
      const { format, is_date: isDate } = SSF as SsfFormat;
      for (const [at, item] of items.entries())
        for (const [column, key] of keys.entries()) {
          const cell = sheet[at + 1]?.[column];
          const value = item[key];
          expect(cell?.f, `${name} ${key}`).toBeUndefined();
          if (typeof value === 'number')
            expect(cell, `${name} ${key}`).toMatchObject({ t: 'n', v: key.endsWith('Cents') ? value / 100 : value });
          if (key.endsWith('Cents') && cell) expect(format(String(cell.z), 1234.5)).toBe('1,234.50');
          if (!isTime(value)) continue;
          expect(cell?.t, `${name} ${key}`).toBe('n');
          expect(isDate(String(cell?.z))).toBe(true);
          expect(format(String(cell?.z), Number(cell?.v)), `${name} ${key}`).toBe(whenIn(value));
        }
      expect(utils.sheet_to_json(Sheets[SheetNames[0] ?? ''] ?? {})).toHaveLength(items.length);
    });

    test('what moved an account adds up, charges taken away', async () => {
      const { items, content } = await exported('billing history', 'csv');
      const [header = [], ...rows] = rowsOf(content, locale);
      const amounts = rows.map(
        (row) => numberIn(row[header.indexOf(heading('amountCents', locale))] ?? '', locale) ?? NaN,
      );
      expect(amounts.some((amount) => amount < 0)).toBe(true);
      const cents = items.reduce((sum, { amountCents }) => sum + Number(amountCents), 0);
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(cents / 100, 6);
    });

    test.each([
      [
        'site',
        ['reseller', 'generation', 'productLine', 'siteName', 'siteCity', 'siteCountry', 'sitePhone', 'contactEmail'],
      ],
      ['opportunity', ['reseller', 'name', 'generation', 'solution', 'siteName', 'amountCents', 'closingDate']],
    ])('what a list of %s wrote is read back by its import as what stands there already', async (noun, keys) => {
      const number = heading('number', locale);
      for (const kind of ['csv', 'xlsx'] as const) {
        const { items, content } = await exported(`${noun} list`, kind);
        const { header, rows } = await readSheet(content);
        const at = [noun, ...keys].map((key) => header.indexOf(heading(key, locale)));
        expect(at).not.toContain(-1);
        const kept = [
          [number, ...keys.map((key) => heading(key, locale))],
          ...rows.map(({ cells }) => at.map((one) => cells[one] ?? '')),
        ];
        const again = { name: 'back.csv', type: 'text/csv', content: Buffer.from(stringify(kept, { delimiter: ';' })) };
        const { preview } = await desk.done(`${noun} import`, { file: again });
        expect(preview, kind).toMatchObject({ faulty: 0, added: 0, changed: 0, repeated: items.length });
      }
    });

    test.each(lists.map(({ name }) => name))(
      '%s with a period that ends before it begins is refused, both days named',
      async (name) => {
        const command = commands.find(name);
        if (!command || !usesOf(command).some(({ field }) => field.name === 'since')) return;
        const outcome = await desk.ask(name, { since: '2026-12-01', until: '30/11/2026' }, { locale });
        const said = locale === 'fr' ? /1er décembre 2026.*30 novembre 2026/ : /1 December 2026.*30 November 2026/;
        expect(outcome).toMatchObject({
          ok: false,
          code: 'input.invalid',
          fields: { since: expect.stringMatching(said) as string, until: expect.stringMatching(said) as string },
        });
        expect(await desk.ask(name, { since: '2026-12-01', until: '2026-12-01' }, { locale })).toMatchObject({
          ok: true,
        });
      },
    );

    test('a text that begins like a formula is none', async () => {
      const { content } = await exported('support list', 'csv');
      expect(content.toString()).toContain(`'=HYPERLINK`);
    });
  });
});
