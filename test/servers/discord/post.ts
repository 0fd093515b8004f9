import { mediaOf, settle, walk, type Component, type Path } from './component.js';
import { Intent, type Emit } from './gateway-events.js';
import { Flag, refuseBadMessage, type EmbedJson, type MessagePayload, type Occasion } from './message-rules.js';
import { mentionsIn } from './mentions.js';
import { may, Permission } from './permissions.js';
import { invalidForm, refusals } from './refusal.js';
import { cleanName, type AttachmentJson, type Upload } from './shelf.js';
import type { Channel, MessageJson, World } from './world.js';

/** A file of a multipart request: `index` is the n of `files[n]`. */
export type NumberedUpload = Upload & { index: string };

export type Writing = {
  channel: Channel;
  payload: MessagePayload;
  files: readonly NumberedUpload[];
  occasion: Occasion;
  /** Where the message stands in the request's body. */
  path?: Path;
  /** Fields that the occasion adds: what interaction it answers, the nonce. */
  extra?: Partial<MessageJson>;
  /** Flags that hold whatever the payload says: an ephemeral message stays one. */
  heldFlags?: number;
};

/** Discord's limit for a file of a bot in a guild without boosts. */
export const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

/** Writes, edits and deletes messages by Discord's rules, and tells the gateway. */
export class Post {
  readonly #world: World;
  readonly #emit: Emit;

  constructor(world: World, emit: Emit) {
    this.#world = world;
    this.#emit = emit;
  }

  /** A new message of the bot. Throws a Refusal. */
  write(writing: Writing): MessageJson {
    const world = this.#world;
    const id = world.ids.next();
    const flags = (writing.payload.flags ?? 0) | (writing.heldFlags ?? 0);
    const message: MessageJson = {
      id,
      type: 0,
      channel_id: writing.channel.id,
      author: world.user(world.bot),
      content: '',
      embeds: [],
      components: [],
      attachments: [],
      flags,
      timestamp: world.timestamp(),
      edited_timestamp: null,
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
      pinned: false,
      tts: writing.payload.tts ?? false,
      ...writing.extra,
    };
    const whole = world.keep(this.#apply(message, writing));
    this.#tell('MESSAGE_CREATE', whole);
    return whole;
  }

  /** The placeholder of a deferred answer, or another message that no payload made. */
  place(message: MessageJson): MessageJson {
    this.#world.keep(message);
    this.#tell('MESSAGE_CREATE', message);
    return message;
  }

  /** Applies the fields that an edit names; what it leaves out stays. Throws a Refusal. */
  edit(message: MessageJson, writing: Writing): MessageJson {
    const loading = (message.flags & Flag.loading) !== 0;
    const kept = message.flags & ~(Flag.loading | Flag.suppressEmbeds);
    const flags = kept | (writing.payload.flags ?? message.flags & Flag.suppressEmbeds);
    const edited = this.#apply({ ...message, flags }, writing);
    // A deferred answer that gets its text is not "edited" to its reader.
    if (!loading) edited.edited_timestamp = this.#world.timestamp();
    this.#world.keep(edited);
    this.#tell('MESSAGE_UPDATE', edited);
    return edited;
  }

  remove(message: MessageJson): void {
    this.#world.forget(message);
    const { id, channel_id } = message;
    this.#tell('MESSAGE_DELETE', { ...message, id, channel_id }, { id, channel_id });
  }

  #apply(message: MessageJson, { channel, payload, files, occasion, path = [] }: Writing): MessageJson {
    const world = this.#world;
    const kept = keptAttachments(message, { payload, files, path });
    const filenames = new Set([...kept.map(({ filename }) => filename), ...files.map(({ name }) => cleanName(name))]);
    const content = 'content' in payload ? (payload.content ?? '') : message.content;
    const embeds = 'embeds' in payload ? (payload.embeds ?? []) : message.embeds;
    const components = 'components' in payload ? (payload.components ?? []) : message.components;
    const result = { content, embeds, components, flags: message.flags, filenames };
    refuseBadMessage({ payload, occasion, path, result });
    const attachments = [...kept, ...this.#shelve(message, payload, files)];
    const bits = world.permissions(world.bot, channel);
    return {
      ...message,
      content: content.trim(),
      attachments,
      embeds: may(bits, Permission.embedLinks) ? embeds.map((embed) => settleEmbed(embed, attachments)) : [],
      components: payload.components ? linkMedia(settle(components), attachments, world) : components,
      ...mentionsIn(world, content, { allowed: payload.allowed_mentions, bits }),
    };
  }

  #shelve(message: MessageJson, payload: MessagePayload, files: readonly NumberedUpload[]): AttachmentJson[] {
    const ephemeral = (message.flags & Flag.ephemeral) !== 0;
    return files.map((file) => {
      const described = payload.attachments?.find(({ id }) => id === file.index)?.description;
      const place = { channelId: message.channel_id, ephemeral, ...(described && { description: described }) };
      return this.#world.shelf.keep(file, place);
    });
  }

  /** Ephemeral messages are not dispatched: a bot must not count on seeing them. */
  #tell(event: string, message: MessageJson, data: object = message): void {
    if (message.flags & Flag.ephemeral) return;
    const channel = this.#world.channels.get(message.channel_id);
    if (!channel) return;
    const guild = channel.recipient ? {} : { guild_id: this.#world.guild.id };
    const intent = channel.recipient ? Intent.directMessages : Intent.guildMessages;
    this.#emit(event, { ...data, ...guild }, intent);
  }
}

/** Attachments an edit keeps: those it lists, or all if it lists none. Every listed id must be known or come along. */
function keptAttachments(
  message: MessageJson,
  { payload, files, path }: { payload: MessagePayload; files: readonly NumberedUpload[]; path: Path },
): AttachmentJson[] {
  if (files.length > 10 || files.length + message.attachments.length > 20)
    throw invalidForm([{ path: [...path, 'files'], code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 10 or fewer.' }]);
  if (files.some(({ bytes }) => bytes.length > FILE_LIMIT_BYTES)) throw refusals.tooLarge();
  if (!payload.attachments) return message.attachments;
  const listed = payload.attachments.map(({ id }) => id);
  const known = new Set([...message.attachments.map(({ id }) => id), ...files.map(({ index }) => index)]);
  const strangers = listed.flatMap((id, index) => (known.has(id) ? [] : [index]));
  if (strangers.length)
    throw invalidForm(
      strangers.map((index) => ({
        path: [...path, 'attachments', index, 'id'],
        code: 'ATTACHMENT_NOT_FOUND',
        message: 'No such attachment, and no file of that number.',
      })),
    );
  return message.attachments.filter(({ id }) => listed.includes(id));
}

const withoutNulls = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== undefined)) as T;

function settleEmbed(embed: EmbedJson, attachments: readonly AttachmentJson[]): EmbedJson {
  const out = withoutNulls({ ...embed, type: 'rich' });
  const picture = (one: { url?: string | null }) => ({ ...withoutNulls(one), ...linked(one.url, attachments) });
  if (out.fields) out.fields = out.fields.map((field) => ({ ...field, inline: field.inline ?? false }));
  if (out.image) out.image = picture(out.image);
  if (out.thumbnail) out.thumbnail = picture(out.thumbnail);
  if (out.author) out.author = withoutNulls(out.author);
  if (out.footer) out.footer = withoutNulls(out.footer);
  if (out.timestamp) out.timestamp = new Date(out.timestamp).toISOString().replace('Z', '000+00:00');
  return out;
}

const linked = (url: string | null | undefined, attachments: readonly AttachmentJson[]) => {
  const file = attachments.find(({ filename }) => url === `attachment://${filename}`);
  return file ? { url: file.url, proxy_url: file.proxy_url } : {};
};

function linkMedia(components: Component[], attachments: readonly AttachmentJson[], world: World): Component[] {
  for (const { component } of walk(components)) {
    const media = mediaOf(component).map(({ url }) => {
      const file = attachments.find(({ filename }) => url === `attachment://${filename}`);
      return {
        id: world.ids.next(),
        url,
        proxy_url: url,
        ...linked(url, attachments),
        ...(file && { attachment_id: file.id }),
      };
    });
    if (component.media) component.media = media[0]!;
    if (component.file) component.file = media[0]!;
    if (component.items) component.items = component.items.map((item, index) => ({ ...item, media: media[index]! }));
  }
  return components;
}
