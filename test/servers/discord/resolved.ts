import { channelJson, roleJson } from './guild-json.js';
import type { AttachmentJson } from './shelf.js';
import type { Channel, World } from './world.js';

/** A file from the user's disk. */
export type FileToSend = { name: string; type?: string; content: Buffer };
/** Anything with an id: a person, a role, a channel. */
export type Named = { id: string };

/** Collects what an interaction's values stand for, as its `resolved` field gives it. */
export class Resolved {
  readonly #world: World;
  readonly #channel: Channel;
  readonly #found: Record<string, Record<string, unknown>> = {};

  constructor(world: World, channel: Channel) {
    this.#world = world;
    this.#channel = channel;
  }

  /** Hosts the file where the bot can fetch it; returns the attachment's id. */
  file({ name, type = '', content }: FileToSend): string {
    const place = { channelId: this.#channel.id, ephemeral: true };
    const attachment: AttachmentJson = this.#world.shelf.keep({ name, type, bytes: content }, place);
    return this.#note('attachments', attachment.id, attachment);
  }

  person(id: string): string {
    const person = this.#world.people.get(id);
    if (!person) throw new Error(`nobody has the id ${id}`);
    if (!this.#channel.recipient) {
      const { user: _, mute: __, deaf: ___, ...partial } = this.#world.member(person, this.#channel);
      this.#note('members', id, partial);
    }
    return this.#note('users', id, this.#world.user(person));
  }

  channel(id: string): string {
    const channel = this.#world.channels.get(id);
    if (!channel) throw new Error(`no channel has the id ${id}`);
    return this.#note('channels', id, { ...channelJson(this.#world, channel), permissions: '0' });
  }

  role(id: string): string {
    const role = this.#world.guild.roles.find((one) => one.id === id);
    if (!role) throw new Error(`no role has the id ${id}`);
    return this.#note('roles', id, roleJson(role));
  }

  mentionable(id: string): string {
    return this.#world.people.has(id) ? this.person(id) : this.role(id);
  }

  json(): { resolved?: object } {
    return Object.keys(this.#found).length ? { resolved: this.#found } : {};
  }

  #note(kind: string, id: string, entity: unknown): string {
    (this.#found[kind] ??= {})[id] = entity;
    return id;
  }
}
