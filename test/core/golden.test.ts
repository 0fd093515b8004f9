/**
 * What every command answers, at every door, as it is kept in `test/fixtures/golden`: what scripts rely on, and what a
 * change of the house must not change. A change that is meant is written down by `GOLDEN=write npm test -- test/core/golden`
 * and read in the diff.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { render } from '../../src/bot/render.js';
import { jsonOf, textOf } from '../../src/cli/print.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { replyTo } from '../../src/core/command/reply.js';
import { localeNames, type Locale } from '../../src/core/locales/locale.js';
import { renderTranscript } from '../../src/mail/answers/transcript.js';
import { databases } from '../servers/databases.js';
import { openTestDesk, type TestDesk } from './ground.js';
import { everything } from './tour.js';

/** Bytes as random as these tests need, the same in every run. */
function repeatable(): (count: number) => Buffer {
  let drawn = 0;
  const block = (at: number) => createHash('sha256').update(`golden ${at}`).digest();
  return (count) => {
    const blocks = Array.from({ length: Math.ceil(count / 32) }, () => block((drawn += 1)));
    return Buffer.concat(blocks).subarray(0, count);
  };
}

/** What differs from run to run all the same: keys made by the system, and where a test happens to lie. */
const steady = (text: string): string =>
  text
    .replace(/[\w-]+@[\w.-]*example\b/g, (address) => address.replace(/\d+/g, '#'))
    // a signature is another one each time, and so is all that holds it
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
    .replace(/\b[0-9a-f]{20,63}…/g, '<sha256>…')
    .replace(/(certificate\.pdf\W+(?:bytes\W+)?)\d+/g, '$1#')
    .replace(/\b(O-\d{6})-[0-9a-f]{8}\.zip/g, '$1-#.zip');

function atEveryDoor(outcome: Outcome, command: string, { dispatcher }: TestDesk['open'], locale: Locale): string {
  const reader = dispatcher.reader(locale);
  const reply = replyTo(outcome, reader);
  const { content, components } = render(reply, { locale });
  const { text } = renderTranscript({
    ...reader,
    subject: command,
    results: [{ command: dispatcher.registry.find(command), name: command, raw: {}, outcome }],
    signature: [],
  });
  return [
    `## ${command}`,
    jsonOf(outcome),
    '### terminal',
    textOf(reply),
    '### chat',
    content,
    ...(components.length > 0 ? [JSON.stringify(components)] : []),
    '### mail',
    text,
  ].join('\n');
}

test.each(localeNames)('every command answers as before, in %s', { timeout: 120_000 }, async (locale) => {
  const [provider] = databases();
  if (!provider) throw new Error('no database');
  const desk = await openTestDesk(provider, { locale, chat: true, random: repeatable() });
  const told: string[] = [];
  const ask = desk.ask.bind(desk);
  desk.ask = async (command, input, options) => {
    const outcome = await ask(command, input, options);
    told.push(atEveryDoor(outcome, command, desk.open, locale));
    return outcome;
  };
  try {
    await everything(desk);
  } finally {
    await desk.close();
  }
  const path = join('test/fixtures/golden', `${locale}.txt`);
  const answers = steady(`${told.join('\n\n')}\n`);
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, answers);
  }
  const before = readFileSync(path, 'utf8').split('\n\n## ');
  const after = answers.split('\n\n## ');
  // one by one: a difference is read where it is
  for (const [at, answer] of after.entries()) expect(answer).toBe(before[at]);
  expect(after).toHaveLength(before.length);
});
