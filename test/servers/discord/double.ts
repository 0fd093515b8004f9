import { callbackHandlers } from './answers.js';
import { warm } from './document.js';
import { Gateway, type GatewaySettings } from './gateway.js';
import { commandJson, privateOverwrites } from './guild-json.js';
import { Interactions, type InteractionRecord, type InteractionSettings } from './interaction.js';
import { usualLimits, type RateLimits } from './limits.js';
import type { Mishap } from './mishaps.js';
import { Post } from './post.js';
import { PATIENCE_MS, shown, type Shown } from './reading.js';
import { commandHandlers, guildHandlers, messageHandlers } from './routes.js';
import { ApiServer, type RequestRecord, type Violation } from './server.js';
import { Intent } from './gateway-events.js';
import { channelJson } from './guild-json.js';
import { systemClock, type Clock } from './time.js';
import { DoubleUser, type Desk } from './user.js';
import { webhookHandlers } from './webhooks.js';
import { World, type Channel, type CommandRecord, type MessageJson, type Person } from './world.js';

export type { Answer, ReceivedFile, Shown } from './reading.js';
export { UserInteraction } from './reading.js';
export { DoubleUser } from './user.js';
export type { MessageJson } from './world.js';

export type DoubleOptions = {
  token: string;
  /** The application's id, which is the bot user's too. */
  applicationId?: string;
  guildId?: string;
  /** Rules that differ from the usual ones, or none at all. */
  rateLimits?: RateLimits | false;
  /** Whether the app has the privileged intents; off as for a new app. */
  privilegedIntents?: boolean;
  /** Holds the double's own answers against Discord's document: what differs is in `faults`. */
  checkAnswers?: boolean;
  heartbeatIntervalMs?: number;
  /** Events a session keeps for a resume. */
  keptEvents?: number;
  keptRequests?: number;
  clock?: Partial<Clock>;
} & Partial<Pick<InteractionSettings, 'answerLimitMs' | 'tokenLifeMs'>>;

/** What a bot sends often: their rules are compiled before the first request. */
const warmed = [
  'bulk_set_guild_application_commands',
  'create_interaction_response',
  'update_original_webhook_message',
  'execute_webhook',
  'create_message',
  'update_message',
  'create_dm',
  'get_bot_gateway',
];

/** A channel of the guild, with what stands in it. */
export type DoubleChannel = { id: string; name: string; readonly messages: MessageJson[] };

/** Starts a Discord on 127.0.0.1: HTTP API, gateway and CDN of one guild. Close it when done. */
export async function startDiscordDouble(options: DoubleOptions): Promise<DiscordDouble> {
  warm(warmed);
  const double = new DiscordDouble(options);
  await double.listen();
  return double;
}

/** Discord as far as a desk bot meets it. Point discord.js at it by `rest: { api: double.api }`. */
export class DiscordDouble {
  readonly token: string;
  readonly #world: World;
  readonly #server: ApiServer;
  readonly #gateway: Gateway;
  readonly #interactions: Interactions;
  readonly #desk: Desk;

  constructor(options: DoubleOptions) {
    const clock: Clock = { ...systemClock, ...options.clock };
    this.token = options.token;
    const world = new World({
      clock,
      applicationId: options.applicationId ?? '1100000000000000001',
      guildId: options.guildId ?? '1100000000000000002',
      guildName: 'Guichet',
    });
    const answerLimitMs = options.answerLimitMs ?? 3000;
    const { tokenLifeMs = 15 * 60_000 } = options;
    this.#world = world;
    this.#interactions = new Interactions(world, { answerLimitMs, tokenLifeMs, kept: 5000 });
    const post = new Post(world, (...event) => this.#gateway.emit(...event));
    const parts = { world, post, interactions: this.#interactions };
    this.#server = new ApiServer(
      world,
      {
        ...guildHandlers(world),
        ...commandHandlers(world),
        ...messageHandlers(parts),
        ...callbackHandlers(parts),
        ...webhookHandlers(parts),
      },
      {
        token: options.token,
        rateLimits: options.rateLimits === false ? false : { ...usualLimits, ...options.rateLimits },
        checkAnswers: options.checkAnswers ?? false,
        keptRequests: options.keptRequests ?? 5000,
      },
    );
    this.#gateway = new Gateway(this.#server.http, world, gatewaySettings(options));
    const { emit } = this.#gateway;
    this.#desk = { world, interactions: this.#interactions, emit, answerLimitMs, seen: () => this.seen() };
  }

  async listen(): Promise<void> {
    this.#world.shelf.origin = await this.#server.listen();
  }

  /** Ends every connection and frees the port. */
  async close(): Promise<void> {
    await this.#gateway.close();
    await this.#server.close();
  }

  /** The base address for `rest: { api }`. */
  get api(): string {
    return `${this.#world.shelf.origin}/api`;
  }

  get applicationId(): string {
    return this.#world.applicationId;
  }

  get guildId(): string {
    return this.#world.guild.id;
  }

  /** Requests as answered, oldest first; the latest few thousand. */
  get requests(): readonly RequestRecord[] {
    return this.#server.requests;
  }

  /** Requests refused for what the bot got wrong: a test asserts there are none. */
  get violations(): readonly Violation[] {
    return this.#server.violations;
  }

  /** What the double itself got wrong: always to be empty. */
  get faults(): readonly string[] {
    return this.#server.faults;
  }

  /** The interactions so far (the latest 5,000), with `answeredAfterMs`. */
  get interactions(): readonly InteractionRecord[] {
    return this.#interactions.all;
  }

  /** The registered commands, of the guild and global ones, localisations included. */
  commands(scope?: 'global' | 'guild'): CommandRecord[] {
    const { global, guild } = this.#world.commands;
    const chosen = scope ? this.#world.commands[scope] : [...guild, ...global];
    return chosen.map((command) => commandJson(command, this.applicationId, true) as CommandRecord);
  }

  /** A new member of the guild. An owner may do everything everywhere. */
  user(person: { name: string; id?: string; locale?: string; owner?: boolean }): DoubleUser {
    const added: Person = this.#world.addPerson(person);
    return new DoubleUser(this.#desk, added);
  }

  /** A channel or DM by id. Throws if there is none. */
  channel(id: string): DoubleChannel {
    const channel = this.#world.channels.get(id);
    if (!channel) throw new Error(`there is no channel ${id}`);
    return this.#view(channel);
  }

  /** A new channel of the guild; a private one is seen by the bot and the members named. */
  addChannel({
    members = [],
    ...rest
  }: {
    name: string;
    id?: string;
    private?: boolean;
    members?: { id: string }[];
  }): DoubleChannel {
    const ids = members.map(({ id }) => id);
    const overwrites = rest.private ? privateOverwrites(this.#world, ids) : [];
    const { name, id } = rest;
    const channel = this.#world.addChannel({ name, overwrites, ...(id !== undefined && { id }) });
    this.#gateway.emit('CHANNEL_CREATE', channelJson(this.#world, channel), Intent.guilds);
    return this.#view(channel);
  }

  #view(channel: Channel): DoubleChannel {
    const world = this.#world;
    return {
      id: channel.id,
      name: channel.name,
      get messages() {
        return world.messagesIn(channel);
      },
    };
  }

  /** A message as its reader sees it, files with their bytes. */
  shown(message: MessageJson): Shown {
    return shown(this.#world, message);
  }

  /** What `look` returns once it is neither false, null nor undefined; throws after `timeoutMs` with what was seen. */
  async waitFor<T>(
    look: () => T,
    { what = 'a condition', timeoutMs = PATIENCE_MS } = {},
  ): Promise<Exclude<T, false | null | undefined>> {
    return this.#world.changes.until(look, { what, timeoutMs, seen: () => this.seen() });
  }

  /** Resolves once so many gateway sessions are connected. */
  async online(sessions = 1): Promise<void> {
    await this.waitFor(() => this.#gateway.online >= sessions, {
      what: `${sessions} gateway sessions`,
      timeoutMs: 15_000,
    });
  }

  /** How often clients identified anew, resumed, and were refused a resume. */
  get gatewayCounts(): Readonly<Gateway['counts']> {
    return this.#gateway.counts;
  }

  /** Cuts the gateway's connections, with a close code if one is given; sessions can be resumed. */
  dropConnections(code?: number): void {
    this.#gateway.drop(code);
  }

  /** The gateway's open connections say nothing more and stay open; a new one works. */
  goSilent(): void {
    this.#gateway.goSilent();
  }

  /** The gateway asks every client to reconnect (opcode 7). */
  askReconnect(): void {
    this.#gateway.askReconnect();
  }

  /** The gateway forgets all sessions: the next resume is refused with INVALID_SESSION. */
  forgetSessions(): void {
    this.#gateway.forget();
  }

  /** The next requests (of one operation of the document, if named) meet a 429, a 5xx or a broken connection. */
  failNext(count: number, mishap: Mishap, operation?: string): void {
    this.#server.mishaps.order(count, mishap, operation);
  }

  /** The state in words, for a test that waited in vain. */
  seen(): string {
    const requests = this.requests
      .slice(-15)
      .map(({ method, path, status }) => `  ${status} ${method} ${path.slice(0, 120)}`);
    const channels = [...this.#world.channels.values()].map((channel) => {
      const texts = this.#world
        .messagesIn(channel)
        .slice(-5)
        .map(({ content, embeds }) => content || embeds[0]?.title || '…');
      return `  #${channel.name}: ${texts.map((text) => JSON.stringify(text.slice(0, 100))).join(', ')}`;
    });
    const violations = this.violations.map(({ method, path, message, faults }) => {
      const where = faults.map((fault) => `${fault.path.join('.')} ${fault.message}`).join('; ');
      return `  violation: ${method} ${path.slice(0, 80)} ${message} ${where}`;
    });
    const sessions = [`  ${this.#gateway.online} gateway sessions connected`];
    return [
      ...sessions,
      ...requests,
      ...channels,
      ...violations,
      ...this.faults.map((fault) => `  fault: ${fault}`),
    ].join('\n');
  }
}

const gatewaySettings = (options: DoubleOptions): GatewaySettings => ({
  token: options.token,
  heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
  privileged: options.privilegedIntents ?? false,
  keptEvents: options.keptEvents ?? 500,
});
