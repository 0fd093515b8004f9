/** Replies as Discord messages: nothing from outside is markup, and all of it fits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitting, plain, render } from '../../src/bot/render.js';
import type { Reply } from '../../src/core/command/reply.js';

const reply = (more: Partial<Reply>): Reply => ({
  ok: true,
  headline: 'Fait.',
  lines: [],
  tables: [],
  faults: [],
  ...more,
});

/** What Discord shows of a text: an escaped mark is itself, and an unescaped one would be markup. */
function shown(text: string): { text: string; markup: string[] } {
  const markup: string[] = [];
  const marks = '*_~`|<>[]';
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\' && at + 1 < text.length && !/[\p{L}\p{N}\s]/u.test(text[at + 1]!)) out += text[(at += 1)]!;
    else {
      if (marks.includes(char)) markup.push(char);
      out += char;
    }
  }
  for (const start of text.matchAll(/^[ \t]*([#+-]|\d+[.)])/gm)) markup.push(start[1]!);
  return { text: out, markup };
}

describe('plain', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '*',
      '_',
      '~',
      '|',
      '`',
      '\\',
      '<',
      '>',
      '[',
      ']',
      '(',
      '#',
      '-',
      '1.',
      ' ',
      '\n',
      'é',
      '@',
      ':',
      '😀',
    ),
    maxLength: 60,
  });

  test('shows any text as it is', () => {
    fc.assert(
      fc.property(nasty, (typed) => {
        const { text, markup } = shown(plain(typed));
        expect(markup).toEqual([]);
        expect(text).toBe(typed);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves mail addresses, numbers and names readable', () => {
    for (const text of ['leo@client.example', 'D-000001', 'PP2016JUN002122662989', "L'Été & fils", 'box-pro'])
      expect(plain(text)).toBe(text);
  });

  test('drops marks that hide or reorder', () => {
    expect(plain('a\u202Eb\u200Bc\u0007d')).toBe('abcd');
  });

  test('a cut text has no half of an escape', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 40 }), (typed, most) => {
        const cut = fitting(typed, most);
        expect(cut.length).toBeLessThanOrEqual(Math.max(most, 1));
        expect(shown(cut).markup).toEqual([]);
        expect(/(?<!\\)(?:\\\\)*\\$/.test(cut)).toBe(false);
      }),
    );
  });
});

test('a reply has its headline, lines, faults and tables', () => {
  const { content, files, components } = render(
    reply({
      headline: 'Stock de A*C.',
      lines: [
        { label: 'Société', value: 'A*C' },
        { label: 'Motif', value: 'un\n# deux' },
      ],
      faults: [{ field: 'email', label: 'E-mail', text: 'manque' }],
      tables: [
        {
          title: 'Produits',
          columns: ['Nom', 'Compte'],
          rows: [
            ['a`b', '1'],
            ['c', '22'],
          ],
        },
      ],
    }),
    { locale: 'fr' },
  );
  expect(content).toBe(
    'Stock de A\\*C.\n**Société** A\\*C\n**Motif** \n> un\n> \\# deux\n- **E-mail** manque\n**Produits**\n```\nNom  Compte\naˋb  1\nc    22\n```',
  );
  expect([files, components]).toEqual([[], []]);
});

test('whatever a reply holds, it fits', () => {
  const text = fc.string({ unit: fc.constantFrom('*', '`', '\\', 'a', 'é', ' ', '\n', '字'), maxLength: 900 });
  const table = fc.record({
    title: text,
    columns: fc.tuple(text, text),
    rows: fc.array(fc.tuple(text, text), { maxLength: 40 }),
  });
  const line = fc.record({ label: text, value: text });
  const fault = fc.record({ field: text, label: text, text });
  fc.assert(
    fc.property(
      fc.record({
        ok: fc.boolean(),
        headline: text,
        lines: fc.array(line, { maxLength: 12 }),
        tables: fc.array(table, { maxLength: 4 }),
        faults: fc.array(fault, { maxLength: 12 }),
      }),
      (made) => {
        const { content } = render(made, { locale: 'en', paging: { total: 90, page: 1, perPage: 25 } });
        expect(content.length).toBeLessThanOrEqual(2000);
        // every block that is opened is closed
        expect((content.match(/(?<!\\)```/g) ?? []).length % 2).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

test('a list that does not fit says how to see the rest', () => {
  const rows = Array.from({ length: 25 }, (_, at) => [
    `D-${at}`,
    'x'.repeat(26),
    'y'.repeat(26),
    'z'.repeat(26),
    'w'.repeat(26),
  ]);
  const table = { title: '', columns: ['1', '2', '3', '4', '5'], rows };
  const { content } = render(reply({ tables: [table] }), { locale: 'en', paging: { total: 60, page: 1, perPage: 25 } });
  const [, hidden, fit] = /… and (\d+) more: per-page:(\d+) makes pages/.exec(content)!;
  expect(content.match(/^D-\d+/gm)).toHaveLength(Number(fit));
  expect(Number(hidden)).toBe(60 - Number(fit));
  const next = render(reply({ tables: [{ ...table, rows: rows.slice(0, 3) }] }), {
    locale: 'en',
    paging: { total: 60, page: 2, perPage: 25 },
  });
  expect(next.content).toContain('Page 2 of 3: page:3 goes on');
  const whole = render(reply({ tables: [{ ...table, rows: rows.slice(0, 3) }] }), {
    locale: 'en',
    paging: { total: 3, page: 1, perPage: 25 },
  });
  expect(whole.content.endsWith('```')).toBe(true);
});

test('a file of 8 MB is attached, a larger one is told about', () => {
  const file = (bytes: number) => ({ name: 'export.csv', type: 'text/csv', content: Buffer.alloc(bytes) });
  expect(render(reply({}), { locale: 'fr', file: file(8 * 1024 * 1024) }).files).toHaveLength(1);
  const large = render(reply({}), { locale: 'fr', file: file(8 * 1024 * 1024 + 1) });
  expect(large.files).toEqual([]);
  expect(large.content).toContain('export.csv est trop grand');
});
