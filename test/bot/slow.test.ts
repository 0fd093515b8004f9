/** X5: a direct message that Discord makes wait holds up no other, and no mail. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutboxWorker } from '../../src/core/database/outbox-worker.js';
import { startGround, type Ground } from './ground.js';

let ground: Ground;
beforeEach(async () => {
  ground = await startGround();
});
afterEach(() => ground.stop());

test('a direct message that is rate limited for a minute holds up neither other people nor mails', async () => {
  const people = Array.from({ length: 12 }, (_, n) => ground.double.user({ name: `Person ${n}` }));
  const { desk, connection } = ground.open;
  const letter = { letter: 'password-changed', locale: 'fr', params: { when: 'lundi' } } as const;
  await desk.database.transact(({ leaves }) => {
    for (const { id } of people) leaves.outbox.push({ ...letter, channel: 'chat', recipient: id });
    for (let n = 0; n < 20; n += 1)
      leaves.outbox.push({ ...letter, channel: 'mail', recipient: `client-${n}@maison.example` });
    return Promise.resolve();
  });
  ground.double.failNext(1, { status: 429, retryAfterMs: 59_000 }, 'create_message');
  const mails: string[] = [];
  const courier = createOutboxWorker({
    ...{ database: desk.database, secrets: desk.secrets, clock: desk.clock, chance: () => 0.5 },
    channels: {
      chat: ground.bot.deliver,
      mail: ({ recipient }) => {
        mails.push(recipient);
        return Promise.resolve({ result: 'sent' });
      },
    },
    onError: (error) => ground.failures.push(String(error)),
    ...{ patienceMs: 20_000, closeMs: 20 },
  });
  courier.start(3_600_000);
  const states = async () => {
    const rows = await connection.reader.outbox.groupBy({ by: ['channel', 'state'], _count: { _all: true } });
    return rows.map(({ channel, state, _count }) => `${channel} ${state} ${_count._all}`).sort();
  };
  await expect.poll(states, { timeout: 20_000 }).toEqual(['chat sending 1', 'chat sent 11', 'mail sent 20']);
  expect(people.filter(({ dms }) => dms.length === 1)).toHaveLength(11);
  expect(mails).toHaveLength(20);
  // the library does not let go of what it keeps waiting: whether it will still arrive is uncertain
  await courier.stop();
  expect(await states()).toEqual(['chat sent 11', 'chat uncertain 1', 'mail sent 20']);
  expect(ground.failures).toEqual([]);
});
