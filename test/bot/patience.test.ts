/** Answers in Discord's time, whatever is slow, lost or broken. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attachmentsFrom } from '../../src/bot/attachments.js';
import { cleanName } from '../../src/core/text/file-name.js';
import type { Dispatcher, Request } from '../../src/core/command/dispatch.js';
import type { DoubleUser } from '../servers/discord/double.js';
import { say, startGround, whole, type Ground } from './ground.js';

let ground: Ground;
let ann: DoubleUser;
let expectedViolations: number[] = [];
beforeEach(async () => {
  expectedViolations = [];
  ground = await startGround({ times: { deferMs: 600, progressMs: 0 } });
  ann = await ground.reseller();
});
afterEach(async () => {
  await ground.stop();
  expect(ground.double.violations.map(({ code }) => code)).toEqual(expectedViolations);
  expect(ground.double.faults).toEqual([]);
});

/** Commands wait at a gate until the test opens it. */
function gate(): { opened: () => void; reached: Promise<Request> } {
  let opened: () => void = () => undefined;
  const hold = new Promise<void>((resolve) => (opened = resolve));
  const reached = new Promise<Request>((resolve) => {
    ground.wrap = (dispatcher: Dispatcher) => ({
      ...dispatcher,
      async dispatch(request) {
        resolve(request);
        await hold;
        return dispatcher.dispatch(request);
      },
    });
  });
  return { opened, reached };
}

test('a slow command is deferred, hidden from others, and its answer comes later', async () => {
  const { opened } = gate();
  const slow = await ann.command('stock show');
  expect(slow.answer).toMatchObject({ type: 5, loading: true, ephemeral: true });
  expect(slow.answeredAfterMs).toBeLessThan(3000);
  opened();
  const answer = await slow.settled();
  expect(answer.content).toContain('Stock d’ACME');
  expect(answer).toMatchObject({ ephemeral: true, loading: false });
});

test('how far a long command is shows while it runs, and the last word is its answer', async () => {
  const { opened, reached } = gate();
  const slow = await ann.command('stock show');
  const { progress } = await reached;
  progress!(250, 1000);
  await ground.double.waitFor(() => slow.answer.content.includes('250 sur 1000'));
  progress!(500, 1000);
  opened();
  await ground.double.waitFor(() => slow.answer.content.includes('Stock d’ACME'));
  expect(slow.versions.at(-1)!.content).toContain('Stock d’ACME');
});

test('what is too late for a form is answered with a button that opens it', async () => {
  const boss = await ground.staff('Boss');
  const { opened } = gate();
  const slow = await boss.command('stock withdraw', { reseller: 'rev@example.com', product: 'power', quantity: 1 });
  expect(slow.answer.type).toBe(5);
  opened();
  const answer = await slow.settled();
  expect(answer.content).toContain('**Motif**');
  const opener = await boss.press(slow, 'Compléter');
  expect(opener.answer.modal!.components).toHaveLength(1);
  const done = await whole(boss.submit(opener, { reason: 'rendu' }));
  await done.settled();
  expect(done.answer.content).toContain('A-000001');
});

test('an answer after the quarter of an hour comes as a direct message', async () => {
  const { opened } = gate();
  const slow = await ann.command('stock show');
  ground.skewMs = 15 * 60_000;
  opened();
  await ground.double.waitFor(() => ann.dms.length > 0);
  expect(ann.dms[0]!.content).toMatch(/^Voici la réponse à votre commande « stock show » :\nStock d’ACME/);
  expect(slow.answer).toMatchObject({ loading: true, content: '' });
});

test('and by mail to whoever takes none', async () => {
  const { opened } = gate();
  ann.dmsClosed = true;
  await ann.command('declare show', { number: '7' });
  ground.skewMs = 15 * 60_000;
  opened();
  await expect
    .poll(async () => {
      await ground.post();
      return ground.mails.findLast(({ letter }) => letter === 'late-answer');
    })
    .toMatchObject({
      recipient: 'rev@example.com',
      locale: 'fr',
      params: { command: 'declare show' },
    });
  const late = ground.mails.findLast(({ letter }) => letter === 'late-answer');
  expect(late?.params['headline']).toContain('introuvable');
  expect(ann.dms).toEqual([]);
});

test('a fault on the way is answered with a reference that is in the log', async () => {
  ground.wrap = (dispatcher) => ({ ...dispatcher, dispatch: () => Promise.reject(new Error('the core is gone')) });
  const { answer } = await say(ann, 'stock show');
  const reference = /Référence : ([0-9a-f]{8})\./.exec(answer.content)?.[1];
  expect(answer.ephemeral).toBe(true);
  const line = ground.log.find(({ level, fields }) => level === 'error' && fields['reference'] === reference);
  expect(line?.fields['err']).toMatchObject({ message: 'the core is gone' });
  ground.wrap = (dispatcher) => dispatcher;
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
});

test('a 429 and a broken connection cost nobody an answer', async () => {
  ground.double.failNext(1, { status: 429, retryAfterMs: 40 }, 'create_interaction_response');
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
  ground.double.failNext(1, { cut: 'before' }, 'create_interaction_response');
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
  // its answer is lost after it was carried out: the second try finds it acknowledged
  ground.double.failNext(1, { cut: 'after' }, 'create_interaction_response');
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
  await ground.double.waitFor(() => ground.double.violations.length === 1);
  expectedViolations = [40060];
  expect(ground.log.filter(({ level }) => level === 'error')).toEqual([]);
});

test('after a lost connection the bot answers again', async () => {
  ground.double.dropConnections();
  await ground.double.waitFor(() => ground.double.gatewayCounts.resumed === 1, { timeoutMs: 10_000 });
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
  ground.double.forgetSessions();
  ground.double.dropConnections();
  await ground.double.waitFor(() => ground.double.gatewayCounts.identified === 2, { timeoutMs: 15_000 });
  await ground.double.online();
  expect((await say(ann, 'stock show')).answer.content).toContain('Stock d’ACME');
});

test('closing waits for the command in hand', async () => {
  const { opened } = gate();
  const slow = await ann.command('stock show');
  const closed = ground.bot.close();
  opened();
  await closed;
  expect(slow.answer.content).toContain('Stock d’ACME');
});

test('a file that is too large is asked for again, in a form', async () => {
  const boss = await ground.staff('Boss');
  const huge = { name: 'big.csv', type: 'text/csv', content: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') };
  const refused = await whole(boss.command('stock import', { reseller: 'rev@example.com', file: huge }));
  expect(refused.answer.content).toContain('big.csv est trop grand : 10 Mo au plus');
  const opener = await boss.press(refused, 'Corriger');
  const good = { name: 'packs.csv', type: 'text/csv', content: Buffer.from('number;product;purchase\nPP1;pro;F-9\n') };
  const preview = await whole(boss.submit(opener, { file: [good] }));
  expect(preview.answer.content).toContain('Rien n’a encore changé');
});

test('files come only from Discord, without detours, and no larger than allowed', async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/detour') return void response.writeHead(302, { location: '/file' }).end();
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.end(request.url === '/large' ? Buffer.alloc(3000) : 'abc');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetchFile = attachmentsFrom(`${origin}/api`);
  const ref = (url: string, size = 3) => ({ name: '../../a\u202E.csv', contentType: 'text/csv', size, url });
  try {
    const file = await fetchFile('file', ref(`${origin}/file`), 1000);
    expect(file).toEqual({ name: 'a.csv', type: 'text/csv', content: Buffer.from('abc') });
    const why = (url: string, size?: number) =>
      fetchFile('file', ref(url, size), 1000).then(String, (error: { why: string }) => error.why);
    expect(await why(`${origin}/detour`)).toBe('gone');
    expect(await why(`${origin}/large`)).toBe('size');
    expect(await why(`${origin}/file`, 1001)).toBe('size');
    const before = requests.length;
    for (const url of [
      ...[
        'http://cdn.discordapp.com/x',
        'https://cdn.discordapp.com.evil.example/x',
        'https://evil.example/x',
        'nonsense',
      ],
      ...[
        'https://cdn.discordapp.com:8443/x',
        'file:///etc/passwd',
        `${origin.replace('127.0.0.1', 'localhost')}/file`,
      ],
    ])
      expect(await why(url)).toBe('place');
    expect(
      await attachmentsFrom(undefined)('file', ref(`${origin}/file`), 1000).catch(
        (error: { why: string }) => error.why,
      ),
    ).toBe('place');
    expect(requests).toHaveLength(before);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(cleanName('..\\..\\')).toBe('file');
  expect(cleanName(`${'a'.repeat(300)}.csv`)).toHaveLength(120);
});

test('a stranger’s file is not even looked at', async () => {
  const stranger = ground.double.user({ name: 'Stranger' });
  const huge = { name: 'big.csv', type: 'text/csv', content: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') };
  const { answer } = await say(stranger, 'stock import', { reseller: 'rev@example.com', file: huge });
  expect(answer.content).toContain('account link');
  expect(answer.content).not.toMatch(/trop grand|too large/);
});
