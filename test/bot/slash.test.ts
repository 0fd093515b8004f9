/** Commands as Discord offers them: its limits, and that nothing is lost between an option and a field. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetOf, commandsOf, decodeOptions, encodeOptions, isRequiredOption, limits } from '../../src/bot/slash.js';
import { command, optional, required, typeOf, type AnyCommand, type Use } from '../../src/core/command/define.js';
import { email, product, reason, search } from '../../src/core/command/dictionary.js';
import { understand } from '../../src/core/command/input.js';
import { createRegistry, usesOf } from '../../src/core/command/registry.js';
import { long, text, type FieldContext, type Raw } from '../../src/core/command/type.js';
import { commands } from '../../src/core/programmes/index.js';

interface OptionJson {
  name: string;
  type: number;
  description: string;
  required?: boolean;
  autocomplete?: boolean;
  max_length?: number;
  min_value?: number;
  max_value?: number;
  choices?: { name: string; value: string; name_localizations: Record<string, string> }[];
  options?: OptionJson[];
}

const all = commandsOf(commands) as unknown as OptionJson[];
const optionsOf = (name: string): OptionJson[] => {
  const [noun, verb] = name.split(' ');
  const top = all.find((one) => one.name === noun)!;
  return (verb ? top.options!.find((one) => one.name === verb)! : top).options!;
};
const optionOf = (name: string, option: string) => optionsOf(name).find((one) => one.name === option)!;

describe.each(all.map((noun) => [noun.name, noun] as const))('/%s', (_, noun) => {
  test('fits into what Discord takes', () => {
    expect(budgetOf(noun)).toBeGreaterThan(20);
    expect(budgetOf(noun)).toBeLessThanOrEqual(limits.text);
    expect(noun.options!.length).toBeLessThanOrEqual(25);
  });
});

describe.each(commands.all.map((one) => [one.name, one] as const))('/%s', (name, declared) => {
  test('has an option for each field, required ones first', () => {
    const options = optionsOf(name);
    const names = usesOf(declared)
      .filter((use) => !use.panel)
      .map((use) => use.field.name);
    expect(options.map((option) => option.name).sort()).toEqual([...names].sort());
    expect(options.length).toBeLessThanOrEqual(25);
    const flags = options.map((option) => option.required ?? false);
    expect(flags).toEqual([...flags].sort((a, b) => Number(b) - Number(a)));
    for (const option of options) {
      expect(option.description.length).toBeLessThanOrEqual(100);
      expect(option.choices?.length ?? 0).toBeLessThanOrEqual(25);
    }
  });

  test('gives back what was put into its options', () => {
    const context: FieldContext = {
      ...{ locale: 'fr', country: 'FR' },
      products: (typed) => (kinds.includes(typed) ? typed : undefined),
      productChoices: () => kinds.map((id) => ({ id, names: { fr: id, en: id } })),
      catalogueChoices: () => kinds.map((id) => ({ id, names: { fr: id, en: id } })),
    };
    fc.assert(
      fc.property(inputFor(declared), (raw) => {
        const given = encodeOptions(declared, raw);
        for (const { name: field, value } of given) if (value !== undefined) fits(optionOf(name, field), value);
        const { raw: back, files } = decodeOptions(given);
        expect([...files].map(([field, refs]) => [field, refs.map(({ name: file }) => file)])).toEqual(
          Object.entries(raw).flatMap(([field, value]) => (isFile(value) ? [[field, [value.name]]] : [])),
        );
        const uploads = Object.fromEntries(Object.entries(raw).filter(([, value]) => isFile(value)));
        expect(understand(declared, { ...back, ...uploads }, context)).toEqual(understand(declared, raw, context));
      }),
      { numRuns: 60 },
    );
  });
});

const kinds = ['power', 'power-enocean', 'box-pro'];
const isFile = (value: Raw): value is Raw & { name: string; content: Buffer } =>
  typeof value === 'object' && 'content' in value;

/** An option's value must be one that Discord's client would send. */
function fits(option: OptionJson, value: string | number | boolean): void {
  expect(typeof value).toBe({ 3: 'string', 4: 'number', 5: 'boolean' }[option.type]);
  if (typeof value === 'string') expect([...value].length).toBeLessThanOrEqual(option.max_length ?? 6000);
  if (typeof value === 'number') {
    expect(value).toBeGreaterThanOrEqual(option.min_value!);
    expect(value).toBeLessThanOrEqual(option.max_value!);
  }
  if (option.choices) expect(option.choices.map((choice) => choice.value)).toContain(value);
}

/** All required fields and some of the others, with values that their types take. */
function inputFor(declared: AnyCommand): fc.Arbitrary<Record<string, Raw>> {
  const uses = usesOf(declared).filter((use) => !use.panel);
  const requiredKeys = uses.filter((use) => use.required).map((use) => use.field.name);
  return fc.record(Object.fromEntries(uses.map((use) => [use.field.name, valueFor(use)])), {
    requiredKeys,
  });
}

const letters = fc.string({ unit: fc.constantFrom(...'abcÉßœ 字😀-_*\'"@:;,<>`'), minLength: 1, maxLength: 60 });

const valueFor = (use: Use): fc.Arbitrary<Raw> => valueOf(typeOf(use));

function valueOf(type: ReturnType<typeof typeOf>): fc.Arbitrary<Raw> {
  const { kind, max = 60, min = 0 } = type;
  const some = (most: number) => letters.map((typed) => `x${[...typed].slice(0, most - 2).join('')}y`);
  if (kind === 'bool') return fc.boolean();
  if (kind === 'whole') return fc.integer({ min, max });
  if (kind === 'choice') return fc.constantFrom(...type.choices!.map(({ id }) => id));
  if (kind === 'product' || kind === 'catalogue') return fc.constantFrom(...kinds);
  if (kind === 'email') return fc.constantFrom('a_b@example.com', 'Ann <ann@example.com>', 'x@müller.example');
  if (kind === 'date') return fc.constantFrom('2026-11-30', '30/11/2026');
  if (kind === 'phone') return fc.constantFrom('+33 1 23 45 67 89', '01 23 45 67 89');
  if (kind === 'country') return fc.constantFrom('FR', 'Allemagne');
  if (kind === 'ref') return fc.integer({ min: 1, max: 999_999 }).map((id) => `${type.prefix}-${id}`);
  if (kind === 'amount') return fc.constantFrom('1234.56', '1 234,56', '12 €');
  if (kind === 'domain') return fc.constantFrom('example.fr', 'Bücher.de');
  if (kind === 'secret') return fc.constantFrom('Aé-9!xY#%&=;', 'secret');
  if (kind === 'mac') return fc.constantFrom('00:1a:2b:3c:4d:5e', '001A.2B3C.4D5E');
  if (kind === 'web') return fc.constantFrom('http://192.168.1.20:8080', 'box.example.com');
  if (kind === 'digits') return fc.constantFrom('01234567', '0123 4567');
  if (kind === 'list' && type.item && type.item.kind !== 'text')
    return fc.array(valueOf(type.item).map(String), { minLength: 1, maxLength: 3 });
  if (kind === 'list') return fc.array(fc.constantFrom('-state', 'email'), { minLength: 1, maxLength: 3 });
  if (kind === 'pairs') return fc.constantFrom('power=3', 'power=3, box-pro=0');
  if (kind === 'file') return letters.map((name) => ({ name, type: 'text/csv', content: Buffer.from('x') }));
  return kind === 'long' ? some(max).map((typed) => `${typed}\nfin`) : some(max);
}

test('types become Discord’s', () => {
  expect(optionOf('declare new', 'product')).toMatchObject({ type: 3, required: true, autocomplete: true });
  expect(optionOf('declare new', 'takeover')).toMatchObject({ type: 5 });
  expect(optionOf('declare new', 'last-name')).toMatchObject({ type: 3, required: true, max_length: 80 });
  expect(optionOf('stock receive', 'quantity')).toMatchObject({ type: 4, min_value: 1, max_value: 10_000 });
  expect(optionOf('stock import', 'file')).toMatchObject({ type: 11, required: true });
  expect(optionOf('account edit', 'locale').choices).toEqual([
    { name: 'French', name_localizations: { fr: 'français' }, value: 'fr' },
    { name: 'English', name_localizations: { fr: 'anglais' }, value: 'en' },
  ]);
  expect(optionOf('stock receive', 'last-name')).toMatchObject({
    description: 'Last name (if the reseller is unknown)',
    description_localizations: { fr: 'Nom (si le revendeur est inconnu)' },
  });
  expect(optionOf('declare new', 'order-number').description).toContain('invoice');
});

test('a long field is an option that may be left out', () => {
  expect(optionOf('stock withdraw', 'reason')).toMatchObject({ type: 3, max_length: 500 });
  expect(optionOf('stock withdraw', 'reason').required).toBeUndefined();
  expect(isRequiredOption(required(reason))).toBe(false);
  expect(isRequiredOption(required(email))).toBe(true);
});

const run = () => Promise.resolve({ code: 'help.shown', data: {} } as const);
const help = { fr: 'Aide', en: 'Help' };

test('fields of the panel have no option; required ones come first, in their order', () => {
  const made = command({
    name: 'x y',
    help,
    who: 'person',
    reads: true,
    fields: [optional(search), required(product), optional(reason, { panel: true }), required(email)],
    run,
  });
  const [top] = commandsOf(createRegistry([made])) as unknown as OptionJson[];
  expect(top!.options![0]!.options!.map(({ name }) => name)).toEqual(['product', 'email', 'search']);
});

test('no option is longer than Discord’s 6,000, and hints go when there is too much text', () => {
  const wordy = (name: string) =>
    ({
      name,
      labels: { fr: [name], en: [name] },
      type: long(8000),
      hint: { fr: 'f'.repeat(90), en: 'e'.repeat(90) },
    }) as const;
  const fields = Array.from({ length: 24 }, (_, at) => optional(wordy(`field-${at}`)));
  const verbs = ['a', 'b', 'c', 'd', 'e'].map((verb) =>
    command({ name: `x ${verb}`, help, who: 'person', reads: true, fields, run }),
  );
  const [top] = commandsOf(createRegistry(verbs)) as unknown as OptionJson[];
  expect(budgetOf(top!)).toBeLessThanOrEqual(8000);
  expect(top!.options![0]!.options![0]).toMatchObject({ description: 'field-0', max_length: 6000 });
  const [few] = commandsOf(createRegistry(verbs.slice(0, 1))) as unknown as OptionJson[];
  expect(few!.options![0]!.options![0]!.description).toContain('eeee');
});

test('the budget counts names, descriptions, choices and values by the longest localisation', () => {
  const choice = { name: 'ab', name_localizations: { fr: 'abcd' }, value: 'xyz' };
  const option = { name: 'opt', description: 'd', description_localizations: { fr: 'ddd' }, choices: [choice] };
  expect(budgetOf({ name: 'noun', description: 'de', options: [option] })).toBe(4 + 2 + 3 + 3 + 4 + 3);
  expect(typeOf(optional({ ...search, type: text(5) })).max).toBe(5);
});
