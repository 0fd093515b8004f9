import { Intent } from './gateway-events.js';
import type { Gateway } from './gateway.js';
import { channelJson, commandJson, privateOverwrites } from './guild-json.js';
import type { InteractionRecord, Interactions } from './interaction.js';
import type { Mishap } from './mishaps.js';
import { assemble, warmUp, type DoubleOptions } from './parts.js';
import { PATIENCE_MS, shown, type Shown } from './reading.js';
import { stateInWords } from './seen.js';
import type { ApiServer, RequestRecord, Violation } from './server.js';
import { DoubleUser, type Desk } from './user.js';
import type { Channel, CommandRecord, MessageJson, Person, World } from './world.js';

export type { FormValues } from './form.js';
export type { RateLimits } from './limits.js';
export type { Mishap } from './mishaps.js';
export type { OptionValue, OptionValues } from './options.js';
export type { DoubleOptions } from './parts.js';
export type { FileToSend } from './resolved.js';
export type { Answer, ReceivedFile, Shown } from './reading.js';
export { UserInteraction } from './reading.js';
export { DoubleUser } from './user.js';
export type { MessageJson } from './world.js';

/** A channel of the guild, with what stands in it. */
export type DoubleChannel = { id: string; name: string; readonly messages: MessageJson[] };

/** Starts a Discord on 127.0.0.1: HTTP API, gateway and CDN of one guild. Close it when done. */
export async function startDiscordDouble(options: DoubleOptions): Promise<DiscordDouble> {
  warmUp();
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
    const { world, server, gateway, interactions, answerLimitMs } = assemble(options);
    this.token = options.token;
    this.#world = world;
    this.#server = server;
    this.#gateway = gateway;
    this.#interactions = interactions;
    this.#desk = { world, interactions, emit: gateway.emit, answerLimitMs, seen: () => this.seen() };
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
    return stateInWords(this.#world, this.#server, this.#gateway.online);
  }
}
