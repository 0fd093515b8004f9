import type { CommandJson } from './command-rules.js';
import type { Component } from './component.js';
import { memberJson, rolesOf, userJson, type UserJson } from './guild-json.js';
import { Flag, type EmbedJson } from './message-rules.js';
import { permissionsIn, type Overwrite, type RoleJson } from './permissions.js';
import { Shelf, type AttachmentJson } from './shelf.js';
import { Changes, Snowflakes, type Clock } from './time.js';

/** A message as Discord returns it (the fields a bot gets). */
export type MessageJson = {
  id: string;
  type: number;
  channel_id: string;
  author: UserJson;
  content: string;
  embeds: EmbedJson[];
  components: Component[];
  attachments: AttachmentJson[];
  flags: number;
  timestamp: string;
  edited_timestamp: string | null;
  mentions: UserJson[];
  mention_roles: string[];
  mention_everyone: boolean;
  pinned: boolean;
  tts: boolean;
  nonce?: string | number;
  application_id?: string;
  webhook_id?: string;
  interaction?: object;
  interaction_metadata?: object;
  message_reference?: object;
  referenced_message?: MessageJson | null;
};

export type Person = {
  id: string;
  name: string;
  locale: string;
  bot: boolean;
  owner: boolean;
  dmsClosed: boolean;
  roleIds: string[];
};

export type Channel = {
  id: string;
  name: string;
  /** The other side of a DM; absent in the guild's channels. */
  recipient?: Person;
  overwrites: Overwrite[];
  /** In the order written; ephemeral messages are not among them. */
  messageIds: string[];
};

export type CommandRecord = CommandJson & { id: string; version: string; type: number; guild_id?: string };

export type WorldSettings = { applicationId: string; guildId: string; guildName: string; clock: Clock };

/** Everything the double knows: one guild, its people and channels, messages, files and registered commands. */
export class World {
  readonly ids: Snowflakes;
  readonly shelf: Shelf;
  readonly changes = new Changes();
  readonly clock: Clock;
  readonly guild: { id: string; name: string; roles: RoleJson[] };
  readonly applicationId: string;
  readonly bot: Person;
  readonly people = new Map<string, Person>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, MessageJson>();
  readonly commands: Record<'global' | 'guild', CommandRecord[]> = { global: [], guild: [] };
  readonly createdAt: string;

  constructor({ applicationId, guildId, guildName, clock }: WorldSettings) {
    this.clock = clock;
    this.ids = new Snowflakes(clock.wallMs);
    this.shelf = new Shelf(this.ids);
    this.applicationId = applicationId;
    this.createdAt = this.timestamp();
    const botRoleId = this.ids.next();
    this.guild = { id: guildId, name: guildName, roles: rolesOf(guildId, botRoleId) };
    this.bot = this.addPerson({ id: applicationId, name: 'guichet', bot: true, roleIds: [botRoleId] });
    this.addChannel({ name: 'general' });
  }

  timestamp(): string {
    return new Date(this.clock.wallMs()).toISOString().replace('Z', '000+00:00');
  }

  addPerson(person: Partial<Person> & { name: string }): Person {
    const whole = { locale: 'en-US', bot: false, owner: false, dmsClosed: false, roleIds: [], ...person };
    const added = { ...whole, id: person.id ?? this.ids.next() };
    this.people.set(added.id, added);
    return added;
  }

  addChannel(channel: Partial<Channel> & { name: string }): Channel {
    const added = { overwrites: [], messageIds: [], ...channel, id: channel.id ?? this.ids.next() };
    this.channels.set(added.id, added);
    return added;
  }

  /** The DM channel with a person: always the same one. */
  dmWith(person: Person): Channel {
    const open = [...this.channels.values()].find(({ recipient }) => recipient?.id === person.id);
    return open ?? this.addChannel({ name: `dm-${person.name}`, recipient: person });
  }

  permissions(person: Person, channel: Channel): bigint {
    // In a DM with the bot there are no roles: both sides may write, attach and embed.
    if (channel.recipient) return 0x7fff_ffff_fc00n;
    return permissionsIn(channel.overwrites, person, this.guild);
  }

  user(person: Person): UserJson {
    return userJson(person);
  }

  /** The member object of an interaction or event, with its permissions in a channel where that is wanted. */
  member(person: Person, channel?: Channel): Record<string, unknown> {
    const member = memberJson(person, this.createdAt);
    return channel ? { ...member, permissions: String(this.permissions(person, channel)) } : member;
  }

  /** Keeps a message, new or edited; an ephemeral one is known by id but stands in no channel. */
  keep(message: MessageJson): MessageJson {
    const fresh = !this.messages.has(message.id);
    this.messages.set(message.id, message);
    if (fresh && !(message.flags & Flag.ephemeral)) this.channels.get(message.channel_id)?.messageIds.push(message.id);
    this.changes.notify();
    return message;
  }

  forget(message: MessageJson): void {
    this.messages.delete(message.id);
    this.shelf.drop(message.attachments);
    const channel = this.channels.get(message.channel_id);
    if (channel) channel.messageIds = channel.messageIds.filter((id) => id !== message.id);
    this.changes.notify();
  }

  messagesIn(channel: Channel): MessageJson[] {
    return channel.messageIds.flatMap((id) => this.messages.get(id) ?? []);
  }
}
