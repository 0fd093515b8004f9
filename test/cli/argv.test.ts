/** The terminal's words: whatever a command is given is read back the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLine, LineFault, parseLine, splitLine } from '../../src/cli/argv.js';
import type { AnyCommand } from '../../src/core/command/define.js';
import type { RawInput } from '../../src/core/command/input.js';
import { usesOf } from '../../src/core/command/registry.js';
import { areUploads, isUpload, type Raw } from '../../src/core/command/type.js';
import { commands } from '../../src/core/programmes/index.js';

const read = (args: string[], files: Readonly<Record<string, string>> = {}) =>
  parseLine(args, commands, (path) => {
    const content = files[path];
    if (content === undefined) throw new Error('no such file');
    return Buffer.from(content);
  });
const faultOf = (args: string[]) => {
  try {
    return read(args);
  } catch (fault) {
    if (fault instanceof LineFault) return `${fault.field}: ${fault.why}`;
    throw fault;
  }
};

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    '',
    '-',
    '--',
    '--json',
    '-x',
    '=',
    'a=b',
    'yes',
    'no',
    '"',
    "'",
    '\\',
    'a b',
    'a\nb',
    'é👍',
    '--as=x',
  ),
);

/** Any input that names only fields of the command. */
function inputsOf(command: AnyCommand): fc.Arbitrary<RawInput> {
  const values = usesOf(command).map(({ field: { name, type } }): [string, fc.Arbitrary<Raw>] => {
    if (type.kind === 'file')
      return [
        name,
        word.map((content) => ({ name: 'table.csv', type: 'application/octet-stream', content: Buffer.from(content) })),
      ];
    if (type.kind === 'files')
      return [
        name,
        fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((all) =>
          all.map((content, at) => ({
            ...{ name: `document-${at}.pdf`, type: 'application/octet-stream' },
            content: Buffer.from(content),
          })),
        ),
      ];
    if (type.kind === 'list' || type.kind === 'pairs')
      return [name, fc.oneof(word, fc.array(word, { minLength: 2, maxLength: 4 }))];
    return [name, word];
  });
  return fc.record(Object.fromEntries(values), { requiredKeys: [] }).map((raw) => raw as RawInput);
}

describe.each(commands.all.map((command) => ({ name: command.name, command })))('$name', ({ command }) => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(inputsOf(command), (input) => {
        const files = Object.values(input)
          .flatMap((raw) => (isUpload(raw) ? [raw] : areUploads(raw) ? raw : []))
          .map(({ name, content }) => [name, content.toString()] as const);
        const line = read(encodeLine(command, input), Object.fromEntries(files));
        expect(line).toMatchObject({
          command: command.name,
          as: undefined,
          key: undefined,
          out: undefined,
          json: false,
        });
        expect(line.input).toEqual(input);
        expect(line.dryRun).toBe(
          'dry-run' in input &&
            !['no', 'non', 'false', 'faux', '0', 'n'].includes(String(input['dry-run']).toLowerCase()),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('a line', () => {
  test('has the terminal’s own flags beside the command’s, in any order', () => {
    const line = read([
      '--json',
      'declare',
      'new',
      '--product',
      'pro',
      '--as',
      'A@x.fr',
      '--key=k 1',
      '--dry-run',
      '--out',
      'file.csv',
      '--email=a@x.fr',
    ]);
    expect(line).toEqual({
      command: 'declare new',
      input: { product: 'pro', email: 'a@x.fr', 'dry-run': 'yes' },
      as: 'A@x.fr',
      key: 'k 1',
      out: 'file.csv',
      json: true,
      dryRun: true,
    });
  });

  test.each([
    [['--takeover'], { takeover: 'yes' }],
    [['--takeover', '--anyway'], { takeover: 'yes', anyway: 'yes' }],
    [['--takeover', 'no', '--anyway', 'OUI'], { takeover: 'no', anyway: 'OUI' }],
    [['--takeover=non'], { takeover: 'non' }],
    [['--takeover='], { takeover: '' }],
    [['--product', '-1'], { product: '-1' }],
    [['--product', '--dry-run'], 'product: value'],
    [['--product=--dry-run'], { product: '--dry-run' }],
    [['--key', '--json'], 'key: value'],
    [['--product=-1'], { product: '-1' }],
    [['--product', 'a', '--product', 'b'], { product: ['a', 'b'] }],
    [['--colour', 'red'], { colour: 'red' }],
    [['--colour=red'], { colour: 'red' }],
    [['--colour'], { colour: 'yes' }],
    [['--product'], 'product: value'],
    [['--product', '--email', 'x'], 'product: value'],
    [['--key'], 'key: value'],
    [['extra'], 'extra: word'],
    [['--takeover', 'perhaps'], 'perhaps: word'],
  ])('declare new %j', (args, expected) => {
    const found = faultOf(['declare', 'new', ...args]);
    expect(typeof found === 'string' ? found : found.input).toEqual(expected);
  });

  test('repeats a flag where a list is meant', () => {
    expect(read(['declare', 'list', '--sort', 'email', '--sort=-state']).input).toEqual({ sort: ['email', '-state'] });
  });

  test('names help’s topic without a flag, and knows “aide”', () => {
    expect(read(['help', 'declare', 'new'])).toMatchObject({ command: 'help', input: { topic: 'declare new' } });
    expect(read(['aide'])).toMatchObject({ command: 'help', input: {} });
  });

  test('of an unknown command keeps what was typed', () => {
    expect(read(['stok', 'shwo', '--reseller', 'x'])).toMatchObject({ command: 'stok shwo', input: { reseller: 'x' } });
  });

  test('reads a file by its path, and keeps only its name', () => {
    expect(read(['stock', 'import', '--file', '/srv/in/packs.csv'], { '/srv/in/packs.csv': 'x' }).input).toEqual({
      file: { name: 'packs.csv', type: 'application/octet-stream', content: Buffer.from('x') },
    });
    expect(faultOf(['stock', 'import', '--file', 'nowhere.csv'])).toBe('file: file');
  });
});

describe('splitting what is typed on the desk page', () => {
  test.each([
    ['declare new --product pro', ['declare', 'new', '--product', 'pro']],
    [`  a  "b c" 'd "e"'  `, ['a', 'b c', 'd "e"']],
    [`--name="Ada Weber" --x='y z'w`, ['--name=Ada Weber', '--x=y zw']],
    ['"a \\"b\\" \\\\c"', ['a "b" \\c']],
    ['"" \'\'', ['', '']],
    ['', []],
  ])('%s', (line, words) => expect(splitLine(line)).toEqual(words));

  test('whatever was quoted comes back', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const quoted = words.map((one) => `"${one.replace(/[\\"]/g, '\\$&')}"`).join(' ');
        expect(splitLine(quoted)).toEqual(words);
      }),
    );
  });
});

test('order dossier takes a file to verify, which no other door offers', () => {
  const line = parseLine(['order', 'dossier', '--verify', 'd.zip'], commands, () => Buffer.from('x'));
  expect(line.input).toEqual({ verify: { name: 'd.zip', type: expect.any(String), content: Buffer.from('x') } });
  const dossier = commands.find('order dossier');
  expect(dossier && usesOf(dossier).map(({ field }) => field.name)).toEqual(['number', 'org']);
});
