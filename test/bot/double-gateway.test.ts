import { ChannelType, Routes, type TextChannel } from 'discord.js';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startDiscordDouble, type DiscordDouble, type DoubleOptions } from '../servers/discord/double.js';
import { BareBot, codeOf } from './bare-bot.js';

const ask = { name: 'ask', description: 'Asks' };
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function start(options: Partial<DoubleOptions> = {}): Promise<DiscordDouble> {
  const double = await startDiscordDouble({ token: 'secret', checkAnswers: true, ...options });
  cleanUp.push(async () => {
    await double.close();
    expect(double.faults).toEqual([]);
  });
  return double;
}

async function startWithBot(options: Partial<DoubleOptions> = {}): Promise<{ double: DiscordDouble; bot: BareBot }> {
  const double = await start(options);
  const bot = new BareBot(double);
  cleanUp.push(() => bot.client.destroy());
  await bot.start(double.token);
  return { double, bot };
}

/** A gateway connection by hand: frames as they come, and the close code. */
class RawGateway {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #frames: { op: number; t?: string; s?: number; d?: unknown }[] = [];
  #wake: () => void = () => undefined;

  constructor(double: DiscordDouble, query = 'v=10&encoding=json') {
    this.socket = new WebSocket(`${double.api.replace('http', 'ws').replace('/api', '/gateway')}?${query}`);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('message', (data) => {
      this.#frames.push(JSON.parse((data as Buffer).toString('utf8')) as { op: number });
      this.#wake();
    });
    cleanUp.push(() => Promise.resolve(this.socket.terminate()));
  }

  send(op: number, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d }));
  }

  identify(more: object = {}): void {
    this.send(2, { token: 'secret', intents: 513, properties: {}, ...more });
  }

  async next(): Promise<{ op: number; t?: string; s?: number; d?: unknown }> {
    while (!this.#frames.length) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#frames.shift()!;
  }
}

test('a client whose connection was cut resumes and is told what it missed', async () => {
  const { double, bot } = await startWithBot();
  await bot.client.application!.commands.set([ask], double.guildId);
  const ann = double.user({ name: 'Ann' });
  bot.listener = async (interaction) => interaction.isRepliable() && interaction.reply('still here');
  double.dropConnections();
  const { answer } = await ann.command('ask');
  expect(answer.content).toBe('still here');
  expect(double.gatewayCounts).toMatchObject({ identified: 1, resumed: 1, refusedResumes: 0 });
});

test('a half-open connection is noticed by the missing heartbeat and replaced', async () => {
  const { double, bot } = await startWithBot({ heartbeatIntervalMs: 150 });
  await bot.client.application!.commands.set([ask], double.guildId);
  bot.listener = async (interaction) => interaction.isRepliable() && interaction.reply('back');
  double.goSilent();
  const { answer, answeredAfterMs } = await double.user({ name: 'Ann' }).command('ask');
  expect(answer.content).toBe('back');
  expect(answeredAfterMs).toBeGreaterThan(150);
  expect(double.gatewayCounts.resumed).toBeGreaterThan(0);
});

test('a session too far behind, or forgotten, is invalid', async () => {
  const double = await start({ keptEvents: 3 });
  const first = new RawGateway(double);
  expect(await first.next()).toMatchObject({ op: 10 });
  first.identify();
  const ready = (await first.next()).d as { session_id: string; user: { id: string }; application: { id: string } };
  expect([ready.user.id, ready.application.id]).toEqual([double.applicationId, double.applicationId]);
  expect(await first.next()).toMatchObject({ t: 'GUILD_CREATE', s: 2 });
  first.socket.terminate();
  await first.closed;
  for (const name of ['a', 'b']) double.addChannel({ name });

  const resume = async (seq: number): Promise<RawGateway> => {
    const next = new RawGateway(double);
    await next.next();
    next.send(6, { token: 'secret', session_id: ready.session_id, seq });
    return next;
  };
  // Events 2 to 4 are kept: who saw the first can be told the rest, who saw nothing can't.
  expect(await (await resume(0)).next()).toEqual({ op: 9, d: false });
  const second = await resume(1);
  const replayed = [await second.next(), await second.next(), await second.next(), await second.next()];
  expect(replayed.map(({ t }) => t)).toEqual(['GUILD_CREATE', 'CHANNEL_CREATE', 'CHANNEL_CREATE', 'RESUMED']);
  expect(await (await resume(99)).closed).toBe(4007);
  double.forgetSessions();
  expect(await (await resume(4)).next()).toEqual({ op: 9, d: false });
});

test('what a client gets wrong closes its connection with the code for it', async () => {
  const double = await start();
  const close = async (wrong: (gateway: RawGateway) => void, query?: string) => {
    const gateway = new RawGateway(double, query);
    if (!query) await gateway.next();
    wrong(gateway);
    return gateway.closed;
  };
  expect(await close((gateway) => gateway.identify({ token: 'wrong' }))).toBe(4004);
  expect(await close((gateway) => gateway.identify({ intents: 1 << 15 }))).toBe(4014);
  expect(await close((gateway) => gateway.identify({ intents: -1 }))).toBe(4013);
  expect(await close((gateway) => gateway.send(3, {}))).toBe(4003);
  expect(await close((gateway) => gateway.send(77, {}))).toBe(4001);
  expect(await close((gateway) => gateway.socket.send('{'))).toBe(4002);
  expect(await close(() => undefined, 'v=9&encoding=json')).toBe(4012);
  const twice = (gateway: RawGateway) => {
    gateway.identify();
    gateway.identify();
  };
  expect(await close(twice)).toBe(4005);
});

test('events go only to sessions that asked for their kind', async () => {
  const double = await start();
  const gateway = new RawGateway(double);
  await gateway.next();
  gateway.identify({ intents: 1 << 12 });
  await double.online();
  const ann = double.user({ name: 'Ann' });
  ann.write('in the guild');
  ann.write('in a DM', { dm: true });
  gateway.send(1, null);
  const frames = [await gateway.next(), await gateway.next(), await gateway.next()];
  expect(frames.map(({ op, t }) => t ?? op)).toEqual(['READY', 'MESSAGE_CREATE', 11]);
  expect(frames[1]!.d).toMatchObject({ content: 'in a DM' });
});

test('the seventh message in a window is one too many, and the library waits it out by the headers', async () => {
  const { double, bot } = await startWithBot({ rateLimits: { create_message: { limit: 3, windowMs: 400 } } });
  const channel = bot.client.channels.cache.find(({ type }) => type === ChannelType.GuildText) as TextChannel;
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => channel.send(`${n}`)));
  expect(double.channel(channel.id).messages.map(({ content }) => content)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  const statuses = double.requests
    .filter(({ operation }) => operation === 'create_message')
    .map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200]);

  const route = `${double.api}/v10${Routes.channelMessages(channel.id)}`;
  const headers = { authorization: 'Bot secret', 'content-type': 'application/json' };
  const post = () => fetch(route, { method: 'POST', headers, body: '{"content":"raw"}' });
  const answers = await Promise.all([post(), post(), post(), post()]);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]!.headers.get('x-ratelimit-scope')).toBe('user');
  expect(refused[0]!.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(await refused[0]!.json()).toMatchObject({ global: false, retry_after: expect.any(Number) as number });
});

test('ordered mishaps: 429 and 5xx are retried by the library, a broken connection is its caller’s', async () => {
  const { double, bot } = await startWithBot();
  const channel = bot.client.channels.cache.find(({ type }) => type === ChannelType.GuildText) as TextChannel;
  double.failNext(1, { status: 429, retryAfterMs: 20 }, 'create_message');
  double.failNext(1, { status: 502 }, 'create_message');
  await channel.send('at last');
  const statuses = double.requests
    .filter(({ operation }) => operation === 'create_message')
    .map(({ status }) => status);
  expect(statuses).toEqual([429, 502, 200]);
  double.failNext(1, { cut: 'before' }, 'create_message');
  expect(await codeOf(channel.send('lost'))).toBe('UND_ERR_SOCKET');
  expect(double.channel(channel.id).messages.map(({ content }) => content)).toEqual(['at last']);
});
