/** Whether a held mail is theirs, people tell by a button in a direct message (X2). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailbox, type Mailbox } from '../../src/core/ports/mailbox.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
let mailbox: Mailbox;
beforeEach(async () => {
  ground = await startGround();
  ann = await ground.reseller();
  mailbox = createMailbox(ground.open.desk);
  await ground.post();
  ann.dms.length = 0;
  ground.mails.length = 0;
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const states = async (): Promise<string[]> =>
  (await ground.open.connection.reader.inboundMail.findMany({ orderBy: { id: 'asc' } })).map(({ state }) => state);

async function held(subject = '@everyone **urgent**'): Promise<void> {
  const raw = Buffer.from(`Subject: ${subject}\r\n\r\n${crypto.randomUUID()}`);
  const mail = { raw, source: 'smtp', subject, sender: 'rev@example.com' };
  await mailbox.end(mail, { state: 'held', reason: 'no signature' });
  await ground.post();
}

test('the question comes as a message with two buttons, and as a mail; of two presses one decides', async () => {
  await held();
  expect(ground.mails.map(({ letter, recipient }) => [letter, recipient])).toEqual([['mail-held', 'rev@example.com']]);
  const [question] = ann.dms;
  expect(question?.content).toContain('rev@example.com');
  expect(question?.components[0]?.components?.map(({ custom_id }) => custom_id)).toEqual(['release:1', 'discard:1']);
  await Promise.all([whole(ann.press(question!, 'Il est de moi')), whole(ann.press(question!, 'Il n’est pas de moi'))]);
  expect(ann.dms[0]!.content).toContain('H-000001');
  expect(ann.dms[0]!.components).toEqual([]);
  const [state] = await states();
  expect(['released', 'discarded']).toContain(state);
  expect(await mailbox.released()).toHaveLength(state === 'released' ? 1 : 0);
});

test('“not mine” discards it, and needs no reason', async () => {
  await held();
  await whole(ann.press(ann.dms[0]!, 'Il n’est pas de moi'));
  expect(await states()).toEqual(['discarded']);
  const { reason } = await ground.open.connection.reader.inboundMail.findFirstOrThrow();
  expect(reason).toContain('n’est pas d’elle');
});

test('with direct messages closed the mail is enough, once', async () => {
  ann.dmsClosed = true;
  await held();
  await ground.post();
  expect(ground.mails.map(({ letter }) => letter)).toEqual(['mail-held']);
  expect(ground.failures).toEqual([]);
});

test('after 48 hours the button is late', async () => {
  await held();
  ground.skewMs = 49 * 3_600_000;
  const late = await whole(ann.press(ann.dms[0]!, 'Il est de moi'));
  expect(late.answer.content).toMatch(/a pris fin|lien/);
  expect(await states()).toEqual(['held']);
});
