import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDiscordDouble, type DiscordDouble } from '../servers/discord/double.js';

const command = { name: 'ask', description: 'Asks' };
const option = (name: string, more: object = {}) => ({ type: 3, name, description: 'd', ...more });

let double: DiscordDouble;

beforeAll(async () => {
  double = await startDiscordDouble({ token: 'secret', checkAnswers: true, rateLimits: false });
  await register(command);
});

afterEach(() => {
  expect(double.faults).toEqual([]);
});

afterAll(async () => {
  await double.close();
});

/** Discord's code for a request, 0 for success. */
async function request(method: string, path: string, body: object): Promise<number> {
  const headers = { authorization: 'Bot secret', 'content-type': 'application/json' };
  const answer = await fetch(`${double.api}/v10${path}`, { method, headers, body: JSON.stringify(body) });
  return answer.ok ? 0 : ((await answer.json()) as { code: number }).code;
}

/** Where the last refused request was at fault. */
const faults = () => double.violations.at(-1)!.faults.map(({ path }) => path.join('.'));

const route = () => `/applications/${double.applicationId}/guilds/${double.guildId}/commands`;
const register = (...commands: object[]) => request('PUT', route(), commands);

test.each<[string, object, string[]]>([
  ['an upper-case name', { ...command, name: 'Ask' }, ['0.name']],
  ['a name with a space', { ...command, name: 'a b' }, ['0.name']],
  ['an upper-case translation', { ...command, name_localizations: { fr: 'Demander' } }, ['0.name_localizations.fr']],
  ['an unknown locale', { ...command, name_localizations: { xx: 'demander' } }, ['0.name_localizations.xx']],
  ['no description', { name: 'ask' }, ['0.description']],
  ['a description of 101', { ...command, description: 'x'.repeat(101) }, ['0.description']],
  [
    'a required option after an optional one',
    { ...command, options: [option('a'), option('b', { required: true })] },
    ['0.options.1'],
  ],
  ['26 options', { ...command, options: Array.from({ length: 26 }, (_, n) => option(`o${n}`)) }, ['0.options']],
  ['an option twice', { ...command, options: [option('a'), option('a')] }, ['0.options.1.name']],
  [
    '26 choices',
    {
      ...command,
      options: [option('a', { choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) })],
    },
    ['0.options.0.choices'],
  ],
  [
    'a choice of 101',
    { ...command, options: [option('a', { choices: [{ name: 'x'.repeat(101), value: 'x' }] })] },
    ['0.options.0.choices.0.name'],
  ],
  [
    'choices and autocomplete',
    { ...command, options: [option('a', { autocomplete: true, choices: [{ name: 'x', value: 'x' }] })] },
    ['0.options.0.autocomplete'],
  ],
  [
    'a sub-command beside an option',
    { ...command, options: [option('a'), { type: 1, name: 'b', description: 'd' }] },
    ['0.options'],
  ],
  [
    'a group in a group',
    {
      ...command,
      options: [{ type: 2, name: 'g', description: 'd', options: [{ type: 2, name: 'h', description: 'd' }] }],
    },
    ['0.options.0.options.0.type'],
  ],
])('a command with %s is refused, and the set stays', async (_what, bad, where) => {
  expect(await register(bad)).toBe(50035);
  expect(faults()).toEqual(where);
  expect(double.commands().map(({ name }) => name)).toEqual(['ask']);
});

test('8,000 characters are counted with the longest localisation, names, values and all', async () => {
  const choices = (n: number) =>
    Array.from({ length: 20 }, (_, c) => ({ name: `${n}-${c}`.padEnd(60, 'x'), value: `${n}-${c}`.padEnd(30, 'x') }));
  const options = [1, 2, 3, 4].map((n) => option(`o${n}`, { choices: choices(n) }));
  // ask 3 + Asks 4 + 4 × (name 2 + description 1 + 20 × 90) = 7,219; the first option's French name has 32 for 2.
  const [first, ...others] = options;
  const longer = { ...first!, description_localizations: { fr: 'x'.repeat(100) } };
  const fill = (length: number) =>
    option('fill', { choices: [{ name: 'x'.repeat(100), value: 'y' }], description: 'd'.repeat(length) });
  const more = [1, 2, 3, 4].map((n) => option(`m${n}`, { description: 'd'.repeat(98) }));
  const whole = (last: number) => ({
    ...command,
    options: [longer, ...others, ...more, fill(77), option('last', { description: 'd'.repeat(last) })],
  });
  // 7,219 + 99 + 4 × 100 + (4 + 77 + 101) + 4 = 7,904, so that 96 remain.
  expect(await register(whole(97))).toBe(50035);
  expect(double.violations.at(-1)!.faults).toMatchObject([{ code: 'APPLICATION_COMMAND_TOO_LARGE' }]);
  expect(await register(whole(96))).toBe(0);
  expect(await register(command)).toBe(0);
  expect(await register(command, command)).toBe(50035);
});

test('localisations come back only when asked for', async () => {
  await register({ ...command, name_localizations: { fr: 'demander' } });
  const list = async (query: string) => {
    const answer = await fetch(`${double.api}/v10${route()}${query}`, { headers: { authorization: 'Bot secret' } });
    return ((await answer.json()) as { name_localizations?: object }[])[0]!.name_localizations;
  };
  expect([await list(''), await list('?with_localizations=true')]).toEqual([undefined, { fr: 'demander' }]);
});
