/** Mails made to cost: each ends, in bounded time and memory, and the desk goes on meanwhile. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/core/programmes/index.js';
import { WorkerFault } from '../../src/core/threads/worker.js';
import { readDecision } from '../../src/mail/answers/decision.js';
import { decodeMail } from '../../src/mail/forms/form.js';
import type { Received } from '../../src/mail/wire/message.js';
import { parseInThread } from '../../src/mail/read/parsing.js';
import { newStaff } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { giants, tooDear, zipBomb } from './giants.js';
import { address, openHouse, written, type House } from './house.js';

const MB = 1024 * 1024;
let house: House;
beforeAll(async () => {
  house = await openHouse(databases()[0]!);
});
afterAll(() => house.close());

const end = (raw: Buffer): Promise<Received> =>
  house.receive({ raw, source: 'smtp', recipients: [address], client: { address: '127.0.0.1', loopback: true } });

const rowOf = (raw: Buffer) =>
  house.desk.connection.reader.inboundMail.findFirstOrThrow({
    where: { sha256: createHash('sha256').update(raw).digest('hex') },
  });

/** How long it took, and how much the most memory that the process ever had has grown by it. */
async function costOf(work: () => Promise<unknown>): Promise<{ ms: number; mb: number }> {
  const most = () => process.resourceUsage().maxRSS / 1024;
  const [began, before] = [performance.now(), most()];
  await work();
  return { ms: performance.now() - began, mb: most() - before };
}

test.each(Object.entries(giants))('%s', async (_what, make) => {
  const raw = make();
  const cost = await costOf(async () => expect(await end(raw)).toBe('answered'));
  expect(await rowOf(raw)).toMatchObject({ state: 'answered', sender: 'anna@partner.example' });
  // seconds on an idle machine; 10 s is where the reading is ended
  expect(cost.ms).toBeLessThan(12_000);
  expect(cost.mb).toBeLessThan(600);
});

test('more than a mail may take: it is held, and others are answered meanwhile', async () => {
  const mails = [tooDear.time(), tooDear.memory()];
  let over = false;
  const ends = Promise.all(mails.map(end)).finally(() => (over = true));
  const { ms } = await costOf(async () => expect(await end(Buffer.from(written('Bonjour')))).toBe('answered'));
  expect(over).toBe(false);
  expect(ms).toBeLessThan(3000);
  expect(await ends).toEqual(['held', 'held']);
  const rows = await Promise.all(mails.map(rowOf));
  expect(rows.map(({ state, subject, sender }) => [state, subject, sender])).toEqual([
    ['held', 'gros', 'anna@partner.example'],
    ['held', 'gros', 'anna@partner.example'],
  ]);
  const [long, large] = rows.map(({ reason }) => reason);
  expect(long).toBe('not read: it took more than 10 s');
  // on a busy machine the time is over first
  expect(large).toMatch(/^not read: it took more than (256 MB|10 s)$/);
}, 60_000);

test.each([
  ['says how large it is', 100 * MB],
  ['says it is small', 1000],
])('an attached workbook that unpacks to 100 MB and %s is refused', async (_what, claimed) => {
  const staff = await newStaff(house.desk, 'stock');
  await house.deliver();
  const file = zipBomb(100 * MB, claimed)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  const parts = [
    'Content-Type: text/plain\r\n\r\nCommande : stock import\r\nRevendeur : G-000001',
    `Content-Type: ${type}; name=packs.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}`,
  ];
  const body = `${parts.map((part) => `--q\r\n${part}\r\n`).join('')}--q--`;
  const raw = written(body, { from: staff, headers: ['Content-Type: multipart/mixed; boundary=q'] });
  const cost = await costOf(async () => {
    const [mail] = await house.answers(raw, { from: staff });
    expect(mail?.parsed.text).toMatch(/^stock import\u00a0: refusé/);
  });
  expect(cost.ms).toBeLessThan(10_000);
  expect(cost.mb).toBeLessThan(300);
});

describe('reading forms costs time in proportion to the text', () => {
  const pieces = [
    ...[
      'a',
      ' ',
      '\t',
      '.',
      '!',
      '@',
      'a@',
      ':',
      '*',
      '**',
      '* ',
      '_',
      '"',
      "'",
      '«',
      '•',
      '(',
      '[',
      '>',
      '-',
      '\n',
      ' \n',
    ],
    ...['.\n', 'x: y\n', '  x: y\n', 'Nom : x\n', 'Commande : ', 'a@b <mailto:', '<mailto:a@b', 'Le ', 'On x wrote:\n'],
    ...['De : a\n', 'e\u0301', '\u200b', '\u00a0', '---\n', '#', '?', 'oui ', 'fin '],
  ];
  test.each([
    ['a text', (piece: string) => `${piece}x`],
    ['a line', (piece: string) => `x${piece}x`],
    ['a command', (piece: string) => `Commande : ${piece}x`],
    ['a value', (piece: string) => `Commande : declare new\nNom : ${piece}x`],
    ['a bold value', (piece: string) => `Commande : declare new\n*Nom : ${piece}x`],
    ['a long value', (piece: string) => `Commande : approval refuse\nMotif : a\n  ${piece}x`],
    ['a label', (piece: string) => `Commande : declare new\n${piece}x : y`],
    ['a refusal', (piece: string) => `non ${piece}`],
  ])('%s', (_what, frame) => {
    for (const piece of pieces) {
      const text = frame(piece.repeat(Math.ceil(40_000 / piece.length)));
      const began = performance.now();
      decodeMail({ text, subject: text.slice(0, 8192), attachments: [] }, commands);
      readDecision(text);
      // some ten milliseconds; where it is the square of the length, seconds
      expect(performance.now() - began, JSON.stringify(piece)).toBeLessThan(700);
    }
  });
});

test('a stopping desk leaves the mail to its sender', async () => {
  const { aside } = house.desk.desk;
  const reading = parseInThread(giants['twenty megabytes of text']!(), aside).catch((error: unknown) => error);
  await aside.close();
  expect(await reading).toMatchObject({ name: WorkerFault.name, why: 'closed' });
  // a plain one is read without a thread
  expect(await parseInThread(Buffer.from(written(randomUUID())), aside)).toMatchObject({ damaged: false });
});
