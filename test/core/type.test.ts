/** FIELDS.md, "type accepts": what each type takes, what it refuses, and that what it prints it reads back. */
import fc from 'fast-check';
import countries from 'i18n-iso-countries';
import { describe, expect, test } from 'vitest';
import * as types from '../../src/core/command/type.js';
import { Fault, ItemFaults, type FieldContext, type FieldType, type Raw } from '../../src/core/command/type.js';
import { findProduct, loadCatalogue } from '../../src/core/catalogue/catalogue.js';
import { orderChoices } from '../../src/core/catalogue/orders-shape.js';

const catalogue = loadCatalogue('catalogue');
const context: FieldContext = {
  locale: 'en',
  country: 'FR',
  products: (text, boxes) => findProduct(catalogue, text, { boxes })?.id,
  productChoices: (boxes) =>
    [...catalogue.packs, ...(boxes ? catalogue.boxes : [])].map(({ id, name }) => ({ id, names: name })),
  catalogueChoices: (set) => orderChoices(catalogue.orders, set),
};
const parse = <T>(type: FieldType<T>, raw: Raw): T | string => {
  try {
    return type.parse(raw, context);
  } catch (fault) {
    if (fault instanceof ItemFaults) return `! ${fault.items.map((item) => item.fault.code).join(' ')}`;
    if (fault instanceof Fault) return `! ${fault.code}`;
    throw fault;
  }
};

const { bool, choice, counts, country, date, digits, email, file, list, long, phone, product, ref, text, whole } =
  types;
const colour = choice({ red: { fr: 'rouge', en: 'red' }, 'dark-blue': { fr: 'bleu foncé', en: 'dark blue' } });

describe.each([
  [
    'text',
    text(5),
    [
      ['  ab ', 'ab'],
      ['a\tb', 'a b'],
      ['e\u0301te', 'éte'],
      ['👍👍👍👍👍', '👍👍👍👍👍'],
      [12, '12'],
      ['', '! missing'],
      ['  ', '! missing'],
      ['abcdef', '! too-long'],
      ['a\nb', '! one-line'],
      ['a\u2028b', '! one-line'],
      ['a\u0000b', '! control'],
      ['a\u202Eb', '! control'],
      ['a\u200Bb', '! control'],
      [['a'], '! many'],
      [{ name: 'x', type: '', content: Buffer.alloc(1) }, '! file'],
    ],
  ],
  [
    'long',
    long(10, 3),
    [
      ['a\r\nb', 'a\nb'],
      ['a\rb', 'a\nb'],
      ['ab', '! too-short'],
      ['x'.repeat(11), '! too-long'],
      ['a\u0007bc', '! control'],
    ],
  ],
  [
    'bool',
    bool,
    [
      ...['yes', 'Y', 'oui', 'O', 'TRUE', 'vrai', '1', 'x', true].map((raw) => [raw, true]),
      ...['no', 'N', 'Non', 'false', 'FAUX', '0', false].map((raw) => [raw, false]),
      ['maybe', '! bool'],
      ['', '! bool'],
      ['2', '! bool'],
    ],
  ],
  [
    'choice',
    colour,
    [
      ['red', 'red'],
      ['ROUGE', 'red'],
      ['Dark_Blue*', 'dark-blue'],
      ['bleu fonce', 'dark-blue'],
      ['green', '! choice'],
      ['', '! choice'],
    ],
  ],
  [
    'product',
    product(true),
    [
      ['pro', 'pro'],
      ['Service Pack Pro', 'pro'],
      ['BOX PRO', 'box-pro'],
      ['prp', '! choice'],
    ],
  ],
  [
    'pack',
    product(false),
    [
      ['power', 'power'],
      ['box-power', '! choice'],
    ],
  ],
  [
    'email',
    email,
    [
      ['A.B@Example.ORG', 'a.b@example.org'],
      ['Ada <ada@x.fr>', 'ada@x.fr'],
      ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
      ['ada@localhost', 'ada@localhost'],
      ['a+b@x.fr', 'a+b@x.fr'],
      ['x', '! email'],
      ['@x.fr', '! email'],
      ['a@', '! email'],
      ['a b@x.fr', '! email'],
      ['a@x.fr, b@x.fr', '! email'],
      ['a..b@x.fr', '! email'],
      ['.a@x.fr', '! email'],
      ['a@x..fr', '! email'],
      ['a@x.fr\r\nBcc: b@x.fr', '! email'],
      [`${'a'.repeat(250)}@x.fr`, '! email'],
      ['', '! missing'],
    ],
  ],
  [
    'date',
    date,
    [
      ['2026-11-30', '2026-11-30'],
      ['30/11/2026', '2026-11-30'],
      ['1/2/2026', '2026-02-01'],
      ['2024-02-29', '2024-02-29'],
      ['2026-02-29', '! date'],
      ['2026-11-31', '! date'],
      ['11/30/2026', '! date'],
      ['tomorrow', '! date'],
    ],
  ],
  [
    'phone',
    phone,
    [
      ['01 23 45 67 89', '+33123456789'],
      ['+44 20 7946 0018', '+442079460018'],
      ['0033 1 23 45 67 89', '+33123456789'],
      ['123', '! phone'],
      ['x', '! phone'],
    ],
  ],
  [
    'country',
    country,
    [
      ['fr', 'FR'],
      ['France', 'FR'],
      ['ALLEMAGNE', 'DE'],
      ['germany', 'DE'],
      ['Côte d’Ivoire', 'CI'],
      ['etats unis', 'US'],
      ['XX', '! country'],
      ['', '! country'],
    ],
  ],
  [
    'ref',
    ref('D'),
    [
      ['D-000123', 'D-000123'],
      ['d-123', 'D-000123'],
      ['123', 'D-000123'],
      ['D 7', 'D-000007'],
      ['1234567', 'D-1234567'],
      ['A-1', '! ref'],
      ['0', '! ref'],
      ['-1', '! ref'],
      ['1.5', '! ref'],
      ['9999999999', '! ref'],
    ],
  ],
  [
    'whole',
    whole(1, 10_000),
    [
      ['1', 1],
      [7, 7],
      ['10 000', 10_000],
      ['10\u202F000', 10_000],
      ['+5', 5],
      ['0', '! range'],
      ['10001', '! range'],
      ['1,5', '! whole'],
      ['1e3', '! whole'],
      ['1 0', '! whole'],
      ['', '! whole'],
    ],
  ],
  [
    'digits',
    digits(8),
    [
      ['1234 5678', '12345678'],
      [123, '00000123'],
      ['1234567', '! digits'],
      ['123456789', '! digits'],
      ['1234567a', '! digits'],
    ],
  ],
  [
    'list',
    list(text(3), 3),
    [
      ['a, b;c', ['a', 'b', 'c']],
      [
        ['a', 'b,c'],
        ['a', 'b', 'c'],
      ],
      ['a\nb', ['a', 'b']],
      [',;', '! missing'],
      ['a,b,c,d', '! range'],
      ['abcd', '! too-long'],
    ],
  ],
  [
    'counts',
    counts,
    [
      ['pro=3', { pro: 3 }],
      ['Box Pro = 2; PRO=0', { 'box-pro': 2, pro: 0 }],
      [['pro=1', 'power=2'], { pro: 1, power: 2 }],
      ['pro', '! pairs'],
      ['pro=1=2', '! pairs'],
      ['=1', '! pairs'],
      ['pro=-1', '! range'],
      ['pro=x', '! whole'],
      ['pro=1,pro=1', '! repeats'],
      ['prp=1', '! choice'],
    ],
  ],
] as [string, FieldType<unknown>, [Raw, unknown][]][])('%s', (_, type, cases) => {
  test.each(cases)('%j → %j', (raw, value) => {
    expect(parse(type, raw)).toEqual(value);
    if (typeof value === 'string' && value.startsWith('!')) return;
    expect(type.parse(type.print(value), context), 'printed and read again').toEqual(value);
  });
});

describe('file', () => {
  const upload = (size: number) => ({ name: '../x.csv', type: 'text/csv', content: Buffer.alloc(size, 'x') });
  test('has at least one byte and at most the given', () => {
    expect(parse(file(5), upload(5))).toEqual(upload(5));
    expect([
      parse(file(5), upload(0)),
      parse(file(5), upload(6)),
      parse(file(5), 'x.csv'),
      parse(file(5), ['x']),
    ]).toEqual(['! file', '! file', '! file', '! file']);
  });
});

describe('parse(print(value)) is value', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.emailAddress(),
    fc.integer().map(String),
    fc
      .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
      .map((day) => day.toISOString().slice(0, 10)),
  );
  const all: readonly (readonly [string, FieldType<unknown>])[] = [
    ['text', text(20)],
    ['long', long(20, 2)],
    ['bool', bool],
    ['choice', colour],
    ['product', product(true)],
    ['email', email],
    ['date', date],
    ['phone', phone],
    ['country', country],
    ['ref', ref('G')],
    ['whole', whole(-1_000, 1_000)],
    ['digits', digits(8)],
    ['list', list(text(10), 5)],
    ['counts', counts],
  ];
  test.each(all)('whatever %s accepts', (_, type) => {
    fc.assert(
      fc.property(anything, (raw) => {
        const value = parse(type, raw);
        if (typeof value === 'string' && value.startsWith('! ')) return;
        expect(type.parse(type.print(value), context)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('of what it is meant for', () => {
    const property = <T>(type: FieldType<T>, values: fc.Arbitrary<T>) =>
      fc.assert(fc.property(values, (value) => void expect(type.parse(type.print(value), context)).toEqual(value)));
    property(bool, fc.boolean());
    property(whole(0, 1_000_000), fc.integer({ min: 0, max: 1_000_000 }));
    property(digits(8), fc.stringMatching(/^\d{8}$/));
    property(
      ref('A'),
      fc.integer({ min: 1, max: 999_999_999 }).map((id) => `A-${String(id).padStart(6, '0')}`),
    );
    property(
      counts,
      fc.dictionary(fc.constantFrom('pro', 'power', 'box-pro'), fc.integer({ min: 0, max: 1_000_000 }), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    );
    property(list(whole(0, 99), 5), fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 5 }));
    property(
      email,
      fc
        .emailAddress()
        .map((address) => address.toLowerCase())
        .filter((address) => !parse(email, address).startsWith('!')),
    );
  });

  test('a country by every name that is its alone', () => {
    const all = (['fr', 'en'] as const).flatMap((language) =>
      Object.entries(countries.getNames(language, { select: 'all' })).flatMap(([code, names]) =>
        [names].flat().map((name) => ({ code, name })),
      ),
    );
    const shared = new Set(
      all
        .filter(({ code, name }) => all.some((other) => other.name === name && other.code !== code))
        .map(({ name }) => name),
    );
    expect(shared.size).toBeLessThan(5);
    for (const { code, name } of all) if (!shared.has(name)) expect(parse(country, name), name).toBe(code);
  });
});

test('hostile text costs little', () => {
  const started = performance.now();
  for (const type of [
    text(200),
    long(4000),
    email,
    phone,
    country,
    date,
    bool,
    list(text(40), 5),
    counts,
    ref('D'),
  ] as FieldType<unknown>[]) {
    for (const raw of [
      '('.repeat(50_000),
      'a'.repeat(100_000),
      `${'a@'.repeat(20_000)}x`,
      ' '.repeat(100_000),
      `${'1 '.repeat(30_000)}x`,
      `<${'<'.repeat(20_000)}`,
    ])
      parse(type, raw);
  }
  expect(performance.now() - started).toBeLessThan(3_000);
});
