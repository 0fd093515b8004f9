/** Every odd mail of the corpus, through the real reception, with both line ends: one of three ends, and the expected one. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/core/programmes/index.js';
import { decodeMail } from '../../src/mail/forms/form.js';
import type { Arrival, Message } from '../../src/mail/wire/message.js';
import { parseMail } from '../../src/mail/read/parse.js';
import { wordsOf } from '../../src/mail/words.js';
import { minuteMs } from '../core/ground.js';
import { databases } from '../servers/databases.js';
import { expectations, fixtures, withEnds, type Expected } from './fixtures.js';
import { address, openHouse, type House } from './house.js';

const anna = 'anna@partner.example';

test('every mail has its expectation, and the other way round', () => {
  const files = readdirSync(new URL('../fixtures/mail/', import.meta.url)).filter((name) => name.endsWith('.eml'));
  expect(files.map((name) => name.replace('.eml', '')).sort()).toEqual(Object.keys(expectations).sort());
});

describe.each([
  ['as they are', undefined],
  ['with LF', '\n'],
  ['with CRLF', '\r\n'],
] as const)('odd mails %s', (_what, end) => {
  const mails = fixtures
    .filter(({ expected }) => (expected.exact === true) === (end === undefined))
    .map(({ name, raw, expected }) => ({ name, raw: end ? withEnds(raw, end) : raw, expected }));
  let house: House;
  beforeAll(async () => {
    house = await openHouse(databases()[0]!, { chat: true });
    const { desk } = house;
    await desk.done('reseller register', { email: anna, 'last-name': 'Weber', 'first-name': 'Anna', company: 'Weber' });
    await desk.done('stock receive', { reseller: anna, product: 'pro', quantity: mails.length * 2, purchase: 'P-1' });
  });
  afterAll(() => house.close());

  test.each(mails)('$name', async ({ raw, expected }) => {
    const { reader } = house.desk.connection;
    // a sender gets sixty answers an hour to mails that change nothing
    house.desk.clock.advance(minuteMs);
    const left = await house.desk.queuedBy(async () => {
      expect(await house.receive(overLoopback(raw))).toBe(expected.outcome);
    });
    const row = await reader.inboundMail.findFirstOrThrow({ where: { sha256: sha256(raw) } });
    expect(row.state).toBe(expected.outcome);
    if (expected.outcome === 'answered') expect(row.sender).toBe(expected.sender ?? anna);
    else expect(row.reason).toContain(expected.reason);
    const answers = left.filter(({ letter }) => letter === 'transcript').map(({ recipient }) => recipient);
    expect(answers).toEqual(expected.outcome === 'answered' ? [expected.sender ?? anna] : []);
    const [answer] = left.filter(({ letter }) => letter === 'transcript');
    if (expected.encrypted) expect(answer?.secret['text']).toContain(wordsOf('fr').encrypted);
    for (const { params } of left) expect(JSON.stringify(params['subject'] ?? '')).not.toMatch(/\\[rn]|\\u0000/);

    const message = await parseMail(raw);
    check(message, expected);
    const placed = (expected.forms ?? []).filter((form) => form['order-number'] && !expected.refused);
    for (const form of placed)
      expect(await reader.declaration.count({ where: { email: form['email'] ?? '' } }), form['email']).toBe(1);
  });
});

const sha256 = (raw: Buffer): string => createHash('sha256').update(raw).digest('hex');

function overLoopback(raw: Buffer): Arrival {
  const client = { address: '127.0.0.1', loopback: true };
  return { raw, source: 'smtp', recipients: [address], mailFrom: anna, client };
}

function check(message: Message, expected: Expected): void {
  const { forms } = decodeMail(message, commands);
  if (expected.forms) expect(forms.map(({ command, raw }) => ({ command, ...raw }))).toEqual(expected.forms);
  if (expected.outcome === 'answered') {
    expect([message.damaged, message.damage ?? '']).toEqual([
      expected.damaged ?? false,
      expected.damaged ? expect.stringMatching(/./) : '',
    ]);
    expect(message.encrypted ?? false).toBe(expected.encrypted ?? false);
  }
  const { delivery, receipt } = message;
  const failed = delivery?.recipients.filter(({ action }) => action === 'failed').map((one) => one.address);
  if (expected.failed) expect(failed).toEqual(expected.failed);
  if (expected.original) expect((delivery ?? receipt)?.originalMessageId).toBe(expected.original);
  if (expected.disposition) expect(receipt?.disposition).toBe(expected.disposition);
  expect(message.text).not.toMatch(/[\0\r]/);
}
