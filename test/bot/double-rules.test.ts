import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDiscordDouble, type DiscordDouble, type DoubleChannel } from '../servers/discord/double.js';

const EPHEMERAL = 64;
const button = (id: string) => ({ type: 2, style: 1, label: 'x', custom_id: id });
const row = (...components: object[]) => ({ type: 1, components });

let double: DiscordDouble;
let general: () => DoubleChannel;

beforeAll(async () => {
  double = await startDiscordDouble({ token: 'secret', checkAnswers: true, rateLimits: false });
  const { id } = double.addChannel({ name: 'rules' });
  general = () => double.channel(id);
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

const send = (body: object) => request('POST', `/channels/${general().id}/messages`, body);

test.each<[string, object, number, string[]]>([
  ['nothing in it', {}, 50006, []],
  ['only blanks', { content: ' \n' }, 50006, []],
  ['2,001 characters', { content: 'x'.repeat(2001) }, 50035, ['content']],
  ['six rows', { components: [1, 2, 3, 4, 5, 6].map((n) => row(button(`${n}`))) }, 50035, ['components']],
  [
    'six buttons in a row',
    { components: [row(...[1, 2, 3, 4, 5, 6].map((n) => button(`${n}`)))] },
    50035,
    ['components.0.components'],
  ],
  ['an empty row', { components: [row()] }, 50035, ['components.0.components']],
  [
    'the same custom id twice',
    { components: [row(button('a')), row(button('a'))] },
    50035,
    ['components.1.components.0.custom_id'],
  ],
  [
    'a custom id of 101',
    { components: [row(button('x'.repeat(101)))] },
    50035,
    ['components.0.components.0.custom_id'],
  ],
  [
    'a button that says nothing',
    { components: [row({ type: 2, style: 1, custom_id: 'a' })] },
    50035,
    ['components.0.components.0.label'],
  ],
  [
    'a link with a custom id',
    { components: [row({ ...button('a'), style: 5 })] },
    50035,
    ['components.0.components.0.url', 'components.0.components.0.custom_id'],
  ],
  [
    'an emoji that is none',
    { components: [row({ ...button('a'), emoji: { name: 'x' } })] },
    50035,
    ['components.0.components.0.emoji.name'],
  ],
  [
    'a select beside a button',
    { components: [row(button('a'), { type: 5, custom_id: 'b' })] },
    50035,
    ['components.0.components'],
  ],
  [
    '26 options',
    {
      components: [
        row({
          type: 3,
          custom_id: 's',
          options: Array.from({ length: 26 }, (_, n) => ({ label: 'o', value: `${n}` })),
        }),
      ],
    },
    50035,
    ['components.0.components.0.options'],
  ],
  [
    'the same value twice',
    {
      components: [
        row({
          type: 3,
          custom_id: 's',
          options: [
            { label: 'o', value: '1' },
            { label: 'p', value: '1' },
          ],
        }),
      ],
    },
    50035,
    ['components.0.components.0.options.1.value'],
  ],
  [
    'a text input in a message',
    { components: [row({ type: 4, custom_id: 's', style: 1, label: 'l' })] },
    50035,
    ['components.0.components.0.type'],
  ],
  ['11 embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 't' })) }, 50035, ['embeds']],
  [
    '6,001 characters of embeds',
    { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] },
    50035,
    ['embeds'],
  ],
  ['an embed without a word', { embeds: [{ color: 1 }] }, 50035, ['embeds.0.description']],
  ['a field without a value', { embeds: [{ fields: [{ name: 'n', value: '' }] }] }, 50035, ['embeds.0.fields.0.value']],
  [
    'a picture that is not there',
    { embeds: [{ image: { url: 'attachment://x.png' } }] },
    50035,
    ['embeds.0.image.url'],
  ],
  [
    'an attachment that is not there',
    { content: 'x', attachments: [{ id: '0', filename: 'x' }] },
    50035,
    ['attachments.0.id'],
  ],
  ['a hidden channel message', { content: 'x', flags: EPHEMERAL }, 50035, ['flags']],
  [
    'users both parsed and listed',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    50035,
    ['allowed_mentions'],
  ],
  ['a text display without the flag', { components: [{ type: 10, content: 'x' }] }, 50035, ['components.0.type']],
  [
    'content with the flag',
    { content: 'x', flags: 1 << 15, components: [{ type: 10, content: 'x' }] },
    50035,
    ['content'],
  ],
])('a message with %s is refused and recorded', async (_what, body, code, where) => {
  const before = double.violations.length;
  expect(await send(body)).toBe(code);
  expect(double.violations.length).toBe(before + 1);
  expect(double.violations.at(-1)).toMatchObject({ code, body });
  expect(faults()).toEqual(where);
  expect(general().messages).toEqual([]);
});

test('what is within the limits passes', async () => {
  const violations = double.violations.length;
  const options = Array.from({ length: 25 }, (_, n) => ({ label: 'o', value: `${n}`, emoji: { name: '🐜' } }));
  const rows = [1, 2, 3, 4].map((n) => row(...[1, 2, 3, 4, 5].map((m) => button(`${n} ${m}`))));
  const embeds = [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2000) }];
  const body = {
    content: 'é'.repeat(2000),
    embeds,
    components: [...rows, row({ type: 3, custom_id: 's', max_values: 25, options })],
  };
  expect(await send(body)).toBe(0);
  const text = { type: 17, components: [{ type: 10, content: 'x' }, row(button('a'))] };
  expect(await send({ flags: 1 << 15, components: [text, { type: 14 }] })).toBe(0);
  expect(double.violations.length).toBe(violations);
  expect(general().messages).toHaveLength(2);
});
