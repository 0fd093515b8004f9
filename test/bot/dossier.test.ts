/** A dossier in chat (D13): attached, or linked when it is too large for a message; several documents from one form (D9). */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainPdf, upload } from '../core/files.js';
import { pdf } from '../core/order-ground.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  ann = await ground.reseller();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
});

const drafted = async (documents: readonly ReturnType<typeof pdf>[]): Promise<string> => {
  const input = { type: 'initial', origin: 'new-site', documents };
  const outcome = await ground.operator('order new', input, 'rev@example.com');
  return outcome.ok ? String(outcome.data['order']) : '';
};

test('comes along when it is small', async () => {
  const order = await drafted([pdf('a.pdf'), pdf('b.pdf')]);
  const { answer } = await say(ann, 'order dossier', { number: order });
  expect(answer.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^O-\d+-\w+\.zip$/)]);
});

test('takes no document that does not open, and says which and why', async () => {
  const order = await drafted([]);
  const file = { name: 'bc.pdf', type: 'application/pdf', content: Buffer.from('%PDF-1.4\n') };
  const { answer } = await say(ann, 'order attach', { number: order, file });
  expect(answer.content).toContain('bc.pdf ne s’ouvre pas : il est endommagé ou incomplet');
});

test('waits behind a link when it is large', async () => {
  const large = () => upload('plan.pdf', plainPdf({ filling: randomBytes(5 * 1024 * 1024) }));
  const order = await drafted([large(), large()]);
  const { answer } = await say(ann, 'order dossier', { number: order });
  expect(answer.files).toEqual([]);
  expect(answer.content).toContain('est trop grand pour Discord');
  const [, token = ''] = /<http:\/\/[^>]+\/t\/([\w-]+)>/.exec(answer.content) ?? [];
  const { secrets } = ground.open.desk;
  const row = await ground.open.connection.reader.oneTimeLink.findUnique({
    where: { tokenHash: secrets.hash('link', token) },
  });
  expect(row).toMatchObject({ purpose: 'file', usedAt: null });
});
