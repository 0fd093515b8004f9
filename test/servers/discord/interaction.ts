import { randomBytes } from 'node:crypto';
import { channelJson } from './guild-json.js';
import type { ChoiceJson } from './command-rules.js';
import type { Component } from './component.js';
import { Flag } from './message-rules.js';
import { FILE_LIMIT_BYTES } from './post.js';
import { refusals } from './refusal.js';
import type { Clock } from './time.js';
import type { Channel, MessageJson, Person, World } from './world.js';

/** Numbers of Discord's interaction types. */
export const InteractionKind = { command: 2, component: 3, autocomplete: 4, modalSubmit: 5 } as const;

/** Numbers of the ways to answer. */
export const Callback = { message: 4, deferMessage: 5, deferUpdate: 6, update: 7, autocomplete: 8, modal: 9 } as const;

export type ModalJson = { custom_id: string; title: string; components: Component[] };

export type InteractionRecord = {
  id: string;
  token: string;
  kind: number;
  person: Person;
  channel: Channel;
  /** What the user did, as in INTERACTION_CREATE. */
  data: Record<string, unknown>;
  /** The full name of the command, for `/noun verb`. */
  commandName?: string;
  /** The message whose component was used. */
  source?: string;
  /** The interaction that led to this one: what opened the modal. */
  parent?: InteractionRecord;
  dispatchedAtMs: number;
  /** From dispatch to first answer; undefined until then. */
  answeredAfterMs?: number;
  callback?: number;
  modal?: ModalJson;
  choices?: ChoiceJson[];
  /** The message `@original` means: the answer, or the updated source. */
  originalId?: string;
  /** All messages written with the token. */
  messageIds: string[];
  /** The original message's states, first to latest. */
  versions: MessageJson[];
  /** The answer is there, or the deferred one has its text (a deferred update: its edit or a follow-up). */
  settled: boolean;
};

export type InteractionSettings = {
  /** How long the first answer may take: Discord's 3 seconds. */
  answerLimitMs: number;
  /** How long the token lives: Discord's 15 minutes. */
  tokenLifeMs: number;
  /** How many interactions are remembered. */
  kept: number;
};

type Opening = Pick<InteractionRecord, 'kind' | 'person' | 'channel' | 'data'> &
  Partial<Pick<InteractionRecord, 'commandName' | 'source' | 'parent'>>;

/** The interactions in flight: who may still answer which, and in what state they are. */
export class Interactions {
  readonly #world: World;
  readonly #settings: InteractionSettings;
  readonly #clock: Clock;
  readonly #byToken = new Map<string, InteractionRecord>();

  constructor(world: World, settings: InteractionSettings) {
    this.#world = world;
    this.#settings = settings;
    this.#clock = world.clock;
  }

  get all(): InteractionRecord[] {
    return [...this.#byToken.values()];
  }

  open(opening: Opening): InteractionRecord {
    const record: InteractionRecord = {
      ...opening,
      id: this.#world.ids.next(),
      token: randomBytes(48).toString('base64url'),
      dispatchedAtMs: this.#clock.elapsedMs(),
      messageIds: [],
      versions: [],
      settled: false,
    };
    this.#byToken.set(record.token, record);
    if (this.#byToken.size > this.#settings.kept) this.#dropOldest();
    return record;
  }

  /** Old interactions go with their ephemeral messages, which nobody else could find. */
  #dropOldest(): void {
    const [token, oldest] = this.#byToken.entries().next().value!;
    this.#byToken.delete(token);
    for (const id of oldest.messageIds) {
      const message = this.#world.messages.get(id);
      if (message && message.flags & Flag.ephemeral) this.#world.forget(message);
    }
  }

  /** The interaction that a first answer is for. Throws 10062 when unknown or late, 40060 when answered already. */
  toAnswer(id: string, token: string): InteractionRecord {
    const record = this.#byToken.get(token);
    if (!record || record.id !== id) throw refusals.unknownInteraction();
    if (record.callback !== undefined) throw refusals.acknowledged();
    if (this.#age(record) > this.#settings.answerLimitMs) throw refusals.unknownInteraction();
    return record;
  }

  /** Notes the first answer and the time it took. */
  answered(record: InteractionRecord, callback: number): void {
    record.answeredAfterMs = this.#age(record);
    record.callback = callback;
    this.#world.changes.notify();
  }

  /** The interaction behind a webhook token. Throws 10015 before the first answer or for another app, 50027 once expired. */
  toContinue(applicationId: string, token: string): InteractionRecord {
    const record = this.#byToken.get(token);
    if (applicationId !== this.#world.applicationId) throw refusals.unknownWebhook();
    if (!record || this.#age(record) > this.#settings.tokenLifeMs) throw refusals.invalidToken();
    if (record.callback === undefined) throw refusals.unknownWebhook();
    return record;
  }

  #age(record: InteractionRecord): number {
    return this.#clock.elapsedMs() - record.dispatchedAtMs;
  }
}

/** The INTERACTION_CREATE event of an interaction, with everything the real one carries. */
export function interactionJson(world: World, record: InteractionRecord): Record<string, unknown> {
  const { person, channel } = record;
  const inDm = channel.recipient !== undefined;
  const source = record.source && world.messages.get(record.source);
  const guild = {
    guild: { id: world.guild.id, locale: 'en-US', features: [] },
    guild_id: world.guild.id,
    guild_locale: 'en-US',
    member: world.member(person, channel),
  };
  return {
    id: record.id,
    application_id: world.applicationId,
    type: record.kind,
    data: record.data,
    ...(inDm ? { user: world.user(person) } : guild),
    channel: { ...channelJson(world, channel), permissions: String(world.permissions(person, channel)) },
    channel_id: channel.id,
    token: record.token,
    version: 1,
    ...(source && { message: source }),
    app_permissions: String(world.permissions(world.bot, channel)),
    locale: person.locale,
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: ownersOf(world, channel),
    context: inDm ? 1 : 0,
    attachment_size_limit: FILE_LIMIT_BYTES,
  };
}

export const ownersOf = (world: World, channel: Channel) => ({ '0': channel.recipient ? '0' : world.guild.id });

/** What an answering message says of the interaction it answers. */
export function metadataOf(world: World, record: InteractionRecord): Record<string, unknown> {
  return {
    id: record.id,
    type: record.kind,
    user: world.user(record.person),
    authorizing_integration_owners: ownersOf(world, record.channel),
    ...(record.kind === InteractionKind.component && { interacted_message_id: record.source }),
    ...(record.parent && { triggering_interaction_metadata: metadataOf(world, record.parent) }),
  };
}
