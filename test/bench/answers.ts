/**
 * From an interaction to its first answer with 50 in flight, at the Discord double: our bot (who may, database, rendering)
 * beside a bare discord.js client that replies at once and does nothing. Both in this process, the double in its own.
 */
import { join } from 'node:path';
import { Client, Events, GatewayIntentBits, MessageFlags } from 'discord.js';
import type { Log } from '../../src/bot/parts.js';
import { addReseller, benchDesk, built, declaration, root } from './desk.js';
import { startDoubleChild, type DoubleChild } from './double-child.js';
import { median, quantile, rounded, tell } from './measure.js';

const rounds = 3;
// a bot in service has its connections open; the first of a fresh client open fifty at once, ours and the bare one's alike
const warmUp = 150;
const count = 600;
// … and its code compiled: that of a process a few seconds old is still being, beside the answers
const settling = 2_400;
const flights = 50;
/** Declares, from a stock that lasts for all of it. */
const reseller = 'zoe@domotique-martin.example';
/** Looks at a stock as large as a busy reseller's. */
const looker = 'ada@domotique-weber.example';
const lookedAt = 300;
const log: Log = { debug() {}, info() {}, warn: console.error, error: console.error };

/** A bot that is online until it is closed. */
type Start = () => Promise<{ close(): Promise<void> }>;

function bare({ api, token }: DoubleChild): Start {
  return async () => {
    const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } });
    client.on(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      interaction.reply({ content: 'OK', flags: MessageFlags.Ephemeral }).catch(console.error);
    });
    const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
    await client.login(token);
    await ready;
    return { close: () => client.destroy() };
  };
}

const double = await startDoubleChild();
const desk = await benchDesk();
await addReseller(desk, reseller, (rounds + 1) * warmUp + settling + rounds * count);
await addReseller(desk, looker, lookedAt);
const { writer } = desk.open.connection;
/** Makes all of the double's users this person's. */
async function link(email: string): Promise<void> {
  const { personId } = await writer.address.findUniqueOrThrow({ where: { email } });
  await writer.discordUser.deleteMany();
  const linkedAt = new Date(0);
  await writer.discordUser.createMany({ data: double.userIds.map((discordId) => ({ discordId, personId, linkedAt })) });
}

const [{ startBot }, { approvalsOf }, { loadLetters }] = await Promise.all([
  built<typeof import('../../src/bot/gateway.js')>('bot/gateway.js'),
  built<typeof import('../../src/core/programmes/approvals/card.js')>('core/programmes/approvals/card.js'),
  built<typeof import('../../src/core/letters/letters.js')>('core/letters/letters.js'),
]);
const { dispatcher } = desk.open;
const letters = loadLetters(join(root, 'letters'), () => dispatcher.desk.catalogue.vendor);
const ours: Start = () => startBot({ ...double, dispatcher, approvals: approvalsOf(dispatcher.desk), letters, log });

let clients = 0;
const inputs: Readonly<Record<string, () => Record<string, string>>> = {
  'stock show': () => ({}),
  'declare new': () => ({ ...declaration(++clients), product: 'pro' }),
};

/** Both quantiles of one bot's waiting times. */
async function times(start: Start, command: string, asked = count): Promise<{ p50: number; p99: number }> {
  const bot = await start();
  const values = (length: number) => Array.from({ length }, () => inputs[command]?.() ?? {});
  await double.ask({ command, values: values(warmUp), flights });
  const waited = await double.ask({ command, values: values(asked), flights });
  await bot.close();
  return { p50: quantile(waited, 0.5), p99: quantile(waited, 0.99) };
}

for (const command of Object.keys(inputs)) {
  await link(command === 'stock show' ? looker : reseller);
  // ours first: it registers the commands
  await times(ours, command, settling);
  await times(bare(double), command, settling);
  const seen: { least: { p50: number; p99: number }; mine: { p50: number; p99: number } }[] = [];
  for (let round = 0; round < rounds; round += 1)
    seen.push({ least: await times(bare(double), command), mine: await times(ours, command) });
  for (const share of ['p50', 'p99'] as const) {
    const middle = (of: (one: (typeof seen)[number]) => number) => rounded(median(seen.map(of)));
    const [mine, floor] = [middle((one) => one.mine[share]), middle((one) => one.least[share])];
    const ratio = middle((one) => one.mine[share] / one.least[share]);
    const figure = `/${command}, ${share}, ${flights} in flight`;
    tell({
      bench: 'interaction to first answer',
      figure,
      unit: 'ms',
      ours: mine,
      floor,
      ratio,
      than: 'a bare discord.js reply',
    });
  }
}
const declared = await desk.open.connection.reader.declaration.count();
if (declared !== clients / 2) console.error(`${declared} declarations of ${clients / 2}`);
await desk.close();
double.close();
