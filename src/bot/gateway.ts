/** The Discord bot: signs in, registers the commands, answers interactions, delivers chat notices. */
import { Client, Events, GatewayIntentBits, Options, PermissionFlagsBits, type Interaction } from 'discord.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { Approvals } from '../core/programmes/approvals/card.js';
import type { Dispatcher } from '../core/command/dispatch.js';
import { answerByMail } from '../core/command/late.js';
import type { Deliver } from '../core/database/outbox-worker.js';
import type { Letters } from '../core/letters/letters.js';
import { approvalsIn } from './approvals.js';
import { attachmentsFrom } from './attachments.js';
import { createDeliver } from './deliver.js';
import { createHandler } from './interaction.js';
import type { ByMail, Log, Parts } from './parts.js';
import { register } from './register.js';
import { usualTimes, type Times } from './replier.js';
import { commandsOf } from './slash.js';

export interface BotOptions {
  readonly token: string;
  /** Commands are registered in this guild, else globally. */
  readonly guildId?: string | undefined;
  readonly approvalsChannelId?: string | undefined;
  /** REST root without version; discord.js's own when absent. */
  readonly api?: string | undefined;
  readonly dispatcher: Dispatcher;
  readonly approvals: Approvals;
  /** For letters sent as direct messages. */
  readonly letters?: Letters | undefined;
  readonly log: Log;
  readonly registerCommands?: boolean | undefined;
  /** For answers that Discord would no longer take; the outbox by default. */
  readonly byMail?: ByMail | undefined;
  readonly times?: Partial<Times> | undefined;
}

export interface Bot {
  /** The outbox worker's channel `chat`. */
  readonly deliver: Deliver;
  /** Takes no more interactions, ends those in hand, signs out. */
  close(): Promise<void>;
}

/**
 * Starts the bot and answers once it is ready. Lost connections are the library's to mend; nothing that happens later
 * throws.
 * @throws when Discord refuses the token or the commands, or can't be reached
 */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { dispatcher, log, approvalsChannelId } = options;
  const client = createClient(options.api);
  const times = { ...usualTimes, ...options.times };
  const byMail: ByMail = options.byMail ?? ((discordId, late) => answerByMail(dispatcher.desk, { discordId, ...late }));
  const parts: Parts = {
    dispatcher,
    approvals: options.approvals,
    log,
    times,
    fetchAttachment: attachmentsFrom(options.api),
    byMail,
  };
  const handle = createHandler(parts);
  const inHand = new Set<Promise<void>>();
  const take = (interaction: Interaction): void => {
    const work = handle(interaction).catch((error: unknown) => log.error({ err: error }, 'an interaction broke'));
    inHand.add(work);
    void work.finally(() => inHand.delete(work));
  };
  tellLog(client, log);
  client.on(Events.InteractionCreate, take);
  try {
    await signIn(client, options.token);
    if (options.registerCommands ?? true) await registerAll(client, options);
    if (approvalsChannelId !== undefined) await checkChannel(client, approvalsChannelId, log);
  } catch (error) {
    await client.destroy();
    throw error;
  }
  const showApproval =
    approvalsChannelId === undefined ? undefined : approvalsIn({ id: approvalsChannelId, rest: client.rest }, parts);
  return {
    deliver: createDeliver({ rest: client.rest, approvalsChannelId, showApproval, letters: options.letters }),
    async close() {
      client.off(Events.InteractionCreate, take);
      const patience = new AbortController();
      const enough = pause(times.closeMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([Promise.all(inHand), enough]);
      patience.abort();
      await client.destroy();
    },
  };
}

const rateLimitMostMs = 60_000;

function createClient(api: string | undefined): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    // nothing of a guild is looked up but its channels and roles
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      GuildMemberManager: { maxSize: 100, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 1000, keepOverLimit: (user) => user.id === user.client.user.id },
    }),
    // a longer wait is the outbox's to keep, not the library's
    rest: {
      ...(api === undefined ? {} : { api }),
      rejectOnRateLimit: ({ retryAfter }) => retryAfter > rateLimitMostMs,
    },
  });
}

/** Ready means: the guilds are known. */
async function signIn(client: Client, token: string): Promise<void> {
  const ready = new Promise<void>((resolve) => void client.once(Events.ClientReady, () => resolve()));
  await client.login(token);
  await ready;
}

async function registerAll(client: Client, { dispatcher, guildId, log }: BotOptions): Promise<void> {
  const applicationId = client.application?.id ?? '';
  await register(commandsOf(dispatcher.registry), {
    rest: client.rest,
    applicationId,
    guildId,
    guilds: [...client.guilds.cache.keys()],
    log,
  });
}

/** Says in the log what is wrong with the approvals channel; the desk works without it. */
async function checkChannel(client: Client, id: string, log: Log): Promise<void> {
  const channel = await client.channels.fetch(id).catch((error: unknown) => {
    log.warn(
      { channel: id, err: error },
      'the approvals channel can’t be reached: check DISCORD_APPROVALS_CHANNEL_ID, and that the bot may see the channel',
    );
    return null;
  });
  if (!channel) return;
  if (channel.isDMBased() || !channel.isTextBased()) {
    log.warn({ channel: id }, 'the approvals channel is no text channel of a guild');
    return;
  }
  const { ViewChannel, SendMessages } = PermissionFlagsBits;
  const everyone = channel.permissionsFor(channel.guild.roles.everyone);
  if (everyone.has(ViewChannel))
    log.warn({ channel: id }, 'everyone can read the approvals channel: take View Channel from @everyone there');
  const own = channel.permissionsFor(channel.guild.members.me ?? client.user?.id ?? '');
  if (!own?.has([ViewChannel, SendMessages]))
    log.warn(
      { channel: id },
      'the bot may not write in the approvals channel: give it View Channel and Send Messages there',
    );
}

/** What the library says about the connection; none of it is the caller's to mend. */
function tellLog(client: Client, log: Log): void {
  client.on(Events.Error, (error) => log.error({ err: error }, 'discord: a fault of the client'));
  client.on(Events.Warn, (text) => log.warn({ text }, 'discord: a warning of the client'));
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'discord: the connection failed'));
  client.on(Events.ShardReconnecting, () => log.info({}, 'discord: connecting again'));
  client.on(Events.ShardResume, () => log.info({}, 'discord: connected again'));
  client.on(Events.ShardDisconnect, ({ code }) =>
    log.error({ code }, 'discord: signed out for good: check DISCORD_TOKEN, then start again'),
  );
}
