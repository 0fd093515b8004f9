/** The approvals channel: who asks what, decided by buttons (X3), and the notices that go with it (X5). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Errand } from '../../src/core/database/outbox-worker.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let boss: DoubleUser;
let second: DoubleUser;
beforeEach(async () => {
  ground = await startGround();
  await ground.reseller();
  boss = await ground.staff('Boss');
  second = await ground.staff('Second', { locale: 'en' });
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations).toEqual([]);
  expect(ground.double.faults).toEqual([]);
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const messages = () => ground.double.channel(ground.approvalsChannel.id).messages;
const only = () => {
  expect(messages()).toHaveLength(1);
  return messages()[0]!;
};

/** Boss asks to take a pack back; the channel has the request. */
async function asked(reason = 'rendu par le client'): Promise<void> {
  const withdrawal = { reseller: 'rev@example.com', product: 'power', quantity: 1, reason };
  const { answer } = await say(boss, 'stock withdraw', withdrawal);
  expect(answer.content).toContain('A-000001');
  await ground.post();
}

const available = async (): Promise<unknown> => {
  const shown = (await ground.operator('stock show', { reseller: 'rev@example.com' })) as unknown as {
    data: { products: object[] };
  };
  return shown.data.products[0];
};

test('without its reason a withdrawal opens a form that asks for it', async () => {
  const opener = await boss.command('stock withdraw', { reseller: 'rev@example.com', product: 'power', quantity: 1 });
  expect(opener.answer.type).toBe(9);
  const [label] = opener.answer.modal!.components;
  expect(label).toMatchObject({ label: 'Motif', component: { custom_id: 'reason', style: 2, required: true } });
  await whole(boss.submit(opener, { reason: 'première ligne\nseconde ligne' }));
  await ground.post();
  expect(only().content).toContain('> première ligne\n> seconde ligne');
});

test('another person approves: it is carried out, the message says so, the asker is told', async () => {
  await asked();
  const { content, components } = only();
  expect(content).toContain('A-000001');
  expect(content).toContain('stock withdraw · en attente');
  expect(content).toContain('boss@desk.example');
  expect(content).toContain('**Motif** rendu par le client');
  expect(components[0]!.components!.map(({ custom_id }) => custom_id)).toEqual(['approve:1', 'refuse:1']);
  expect(await available()).toMatchObject({ available: 2, reserved: 1 });

  const approved = await whole(second.press(only(), 'Approuver'));
  expect(approved.answer).toMatchObject({ ephemeral: true });
  expect(approved.answer.content).toContain('A-000001 is approved and carried out.');
  expect(await available()).toMatchObject({ available: 2, reserved: 0 });
  await ground.post();
  expect(only().components).toEqual([]);
  expect(only().content).toMatch(/stock withdraw · approuvée?[\s\S]*\*\*approuvée?\*\* par second@desk\.example/);
  expect(boss.dms.at(-1)!.content).toContain('A-000001');
  expect(boss.dms.at(-1)!.content).toContain('second@desk.example');
});

test('a refusal asks for its reason, also after a restart; the message shows it', async () => {
  await asked();
  await ground.bot.close();
  await ground.start();
  const opener = await second.press(only(), 'Refuser');
  expect(opener.answer.type).toBe(9);
  const refused = await whole(second.submit(opener, { Reason: 'not *this* one' }));
  expect(refused.answer.content).toContain('A-000001 is refused.');
  expect(refused.answer.ephemeral).toBe(true);
  await ground.post();
  expect(only().components).toEqual([]);
  expect(only().content).toContain('> not \\*this\\* one');
  expect(await available()).toMatchObject({ available: 3, reserved: 0 });
  expect(boss.dms.at(-1)!.content).toContain('not \\*this\\* one');
});

test('neither the asker, nor a stranger, nor a reseller decides; nor anybody a second time', async () => {
  await asked();
  const self = await whole(boss.press(only(), 'Approuver'));
  expect(self.answer).toMatchObject({ ephemeral: true });
  expect(self.answer.content).toContain('votre propre demande');
  const stranger = ground.double.user({ name: 'Stranger', locale: 'en-US', owner: true });
  expect((await whole(stranger.press(only(), 'Approuver'))).answer.content).toContain('account link');
  expect((await whole(stranger.press(only(), 'Refuser'))).answer.content).toContain('account link');
  const client = await ground.linked({ name: 'Client', email: 'client@example.com', owner: true });
  expect((await whole(client.press(only(), 'Approuver'))).answer.content).toContain('approval approve');
  expect(await available()).toMatchObject({ reserved: 1 });

  const third = await ground.staff('Third', { locale: 'en' });
  const waiting = only();
  await whole(second.press(waiting, 'Approuver'));
  const late = await whole(third.press(waiting, 'Approuver'));
  expect(late.answer).toMatchObject({ ephemeral: true });
  expect(late.answer.content).toContain('has been decided already');
});

test('two people at once make one decision', async () => {
  await asked();
  const third = await ground.staff('Third', { locale: 'en' });
  const waiting = only();
  const both = await Promise.all([whole(second.press(waiting, 'Approuver')), whole(third.press(waiting, 'Approuver'))]);
  const contents = both.map(({ answer }) => answer.content);
  expect(contents.filter((content) => content.includes('is approved and carried out'))).toHaveLength(1);
  expect(contents.filter((content) => content.includes('has been decided already'))).toHaveLength(1);
  await ground.post();
  expect(only().content.match(/approuvée?\*\* par/g)).toHaveLength(1);
  expect(await ground.open.connection.reader.approvalDecision.count()).toBe(1);
});

test('a deleted message is made again; two notices at once make one', async () => {
  await asked();
  const errand = await chatErrand();
  const first = only().id;
  await deleteMessage(first);
  expect(messages()).toHaveLength(0);
  const both = await Promise.all([ground.bot.deliver(errand), ground.bot.deliver(errand)]);
  expect(both).toEqual([{ result: 'sent' }, { result: 'sent' }]);
  expect(only().id).not.toBe(first);
  await whole(second.press(only(), 'Approuver'));
  await ground.post();
  expect(only().components).toEqual([]);
});

test('a lost answer does not post the request twice', async () => {
  ground.double.failNext(1, { cut: 'after' }, 'create_message');
  await asked();
  expect(await approvalRow()).toMatchObject({ channelMessage: null });
  ground.skewMs = 60_000;
  await ground.post();
  const row = await approvalRow();
  expect(row.channelMessage).toBe(only().id);
});

test('a request decided before it was ever posted is posted as decided', async () => {
  const withdrawal = { reseller: 'rev@example.com', product: 'power', quantity: 1, reason: 'reprise' };
  await say(boss, 'stock withdraw', withdrawal);
  await ground.operator('approval approve', { number: '1' }, 'second@desk.example');
  await ground.post();
  expect(only().components).toEqual([]);
  expect(only().content).toContain('par second@desk.example');
});

test('a long request keeps its decision in sight', async () => {
  await asked(`${'*'.repeat(480)} fin`);
  const opener = await second.press(only(), 'Refuser');
  await whole(second.submit(opener, { reason: '_'.repeat(500) }));
  await ground.post();
  expect(only().content.length).toBeLessThanOrEqual(2000);
  expect(only().content).toContain('par second@desk.example');
});

test('an alert stands in the channel as plain text', async () => {
  const errand = { ...(await chatErrandAfter()), letter: 'alert', params: { text: 'M-000007 @everyone **failed**' } };
  expect(await ground.bot.deliver(errand)).toEqual({ result: 'sent' });
  const alert = messages().at(-1)!;
  expect(alert.content).toBe('M-000007 @everyone \\*\\*failed\\*\\*');
  expect(alert).toMatchObject({ mention_everyone: false, mentions: [] });
});

test('without a channel approvals are asked by mail alone, and alerts are undelivered', async () => {
  const errand = await chatErrandAfter();
  await ground.bot.close();
  await ground.start({ approvalsChannelId: undefined });
  expect(await ground.bot.deliver(errand)).toEqual({ result: 'sent' });
  const alert = { ...errand, letter: 'alert', params: { text: 'x' } };
  expect(await ground.bot.deliver(alert)).toMatchObject({ result: 'failed' });
  expect(messages()).toHaveLength(1);
});

test('a decision whose asker takes no direct messages goes by mail', async () => {
  await asked();
  boss.dmsClosed = true;
  await whole(second.press(only(), 'Approuver'));
  await ground.post();
  const mail = ground.mails.findLast(({ letter }) => letter === 'approval-decided');
  expect(mail).toMatchObject({ recipient: 'boss@desk.example', channel: 'mail', locale: 'fr' });
  expect(boss.dms).toEqual([]);
  expect(ground.failures).toEqual([]);
});

test('what Discord refuses is told apart: try again, or say what to mend', async () => {
  await asked();
  const errand = await chatErrand();
  const alert = { ...errand, letter: 'alert', params: { text: 'x' } };
  const { deliveryOf } = await import('../../src/bot/deliver.js');
  const { DiscordAPIError, HTTPError } = await import('discord.js');
  const body = { files: undefined, body: undefined };
  const api = (code: number, status: number) =>
    deliveryOf(new DiscordAPIError({ code, message: 'No' }, code, status, 'POST', 'http://x', body));
  expect(JSON.stringify(api(50001, 403))).toMatch(/"failed".*View Channel/);
  expect(JSON.stringify(api(50013, 403))).toMatch(/"failed".*Send Messages/);
  expect(JSON.stringify(api(10003, 404))).toMatch(/"failed".*DISCORD_APPROVALS/);
  expect(api(0, 429)).toMatchObject({ result: 'retry' });
  expect(deliveryOf(new HTTPError(503, 'Unavailable', 'POST', 'http://x', body))).toMatchObject({ result: 'retry' });
  expect(deliveryOf(new Error('socket hang up'))).toMatchObject({ result: 'retry' });

  ground.double.failNext(1, { status: 429, retryAfterMs: 30 }, 'create_message');
  expect(await ground.bot.deliver(alert)).toEqual({ result: 'sent' });
  ground.double.failNext(1, { status: 429, retryAfterMs: 120_000 }, 'create_message');
  expect(await ground.bot.deliver({ ...alert, id: errand.id + 1 })).toMatchObject({ result: 'retry' });
});

const approvalRow = () => ground.open.connection.reader.approval.findUniqueOrThrow({ where: { id: 1 } });

/** The notice of request 1 as the courier hands it over. */
const chatErrand = async (): Promise<Errand> => {
  const row = await ground.open.connection.reader.outbox.findFirstOrThrow({
    where: { channel: 'chat', letter: 'approval' },
  });
  return { ...row, params: JSON.parse(row.params) as object, attachments: [], references: [] } as unknown as Errand;
};
const chatErrandAfter = async (): Promise<Errand> => {
  await asked();
  return chatErrand();
};

/** As a moderator would. */
async function deleteMessage(id: string): Promise<void> {
  const { api, token } = ground.double;
  const response = await fetch(`${api}/v10/channels/${ground.approvalsChannel.id}/messages/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bot ${token}` },
  });
  expect(response.status).toBe(204);
}
