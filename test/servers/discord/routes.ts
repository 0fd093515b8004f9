import { refuseBadCommands, type CommandJson } from './command-rules.js';
import {
  applicationJson,
  channelJson,
  commandJson,
  guildChannels,
  guildJson,
  memberJson,
  roleJson,
  userJson,
} from './guild-json.js';
import { Flag, type MessagePayload } from './message-rules.js';
import { may, Permission } from './permissions.js';
import type { Post } from './post.js';
import { invalidForm, refusals } from './refusal.js';
import type { Call, Handler, Reply } from './server.js';
import type { Channel, CommandRecord, MessageJson, World } from './world.js';

type Parts = { world: World; post: Post };

const ok = (json: unknown): Reply => ({ status: 200, json });

/** The bot's own routes: itself, the guild, its channels. */
export function guildHandlers(world: World): Record<string, Handler> {
  const guild = ({ params }: Call) => {
    if (params['guild_id'] !== world.guild.id) throw refusals.unknownGuild();
    return world.guild;
  };
  const sessions = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 };
  const gatewayUrl = () => `${world.shelf.origin.replace('http', 'ws')}/gateway`;
  return {
    get_gateway: () => ok({ url: gatewayUrl() }),
    get_bot_gateway: () => ok({ url: gatewayUrl(), shards: 1, session_start_limit: sessions }),
    get_my_user: () => ok({ ...userJson(world.bot), mfa_enabled: true, locale: 'en-US', verified: true, email: null }),
    get_my_application: () => ok(applicationJson(world)),
    get_my_oauth2_application: () => ok(applicationJson(world)),
    get_guild: (call) => {
      guild(call);
      return ok({ ...guildJson(world), ...counts(world, call) });
    },
    list_guild_roles: (call) => ok(guild(call).roles.map(roleJson)),
    list_guild_channels: (call) => ok(guild(call) && guildChannels(world)),
    get_guild_member: (call) => {
      const person = world.people.get(call.params['user_id']!);
      if (!guild(call) || !person) throw refusals.unknownMember();
      return ok(memberJson(person, world.createdAt));
    },
    get_user: ({ params }) => {
      const person = world.people.get(params['user_id']!);
      if (!person) throw refusals.unknownUser();
      return ok(userJson(person));
    },
    get_channel: (call) => ok(channelJson(world, channelOf(world, call))),
    create_dm: ({ body }) => {
      const person = world.people.get((body as { recipient_id?: string }).recipient_id ?? '');
      if (!person) throw refusals.invalidRecipient();
      if (person.bot) throw refusals.closedDms();
      return ok(channelJson(world, world.dmWith(person)));
    },
  };
}

const counts = (world: World, { query }: Call) =>
  query['with_counts'] === true ? { approximate_member_count: world.people.size, approximate_presence_count: 1 } : {};

/** The channel named, if the bot may see it. Throws 10003, 50001. */
function channelOf(world: World, { params }: Call): Channel {
  const channel = world.channels.get(params['channel_id']!);
  if (!channel) throw refusals.unknownChannel();
  if (!may(world.permissions(world.bot, channel), Permission.viewChannel)) throw refusals.missingAccess();
  return channel;
}

/** Registering commands, for the guild and globally: a PUT replaces the whole set and keeps ids by type and name. */
export function commandHandlers(world: World): Record<string, Handler> {
  const scopeOf = ({ params }: Call): 'global' | 'guild' => {
    if (params['application_id'] !== world.applicationId) throw refusals.missingAccess();
    if (params['guild_id'] === undefined) return 'global';
    if (params['guild_id'] !== world.guild.id) throw refusals.missingAccess();
    return 'guild';
  };
  const shown = (scope: 'global' | 'guild', localized: boolean) =>
    world.commands[scope].map((command) => commandJson(command, world.applicationId, localized));
  const list = (call: Call) => ok(shown(scopeOf(call), call.query['with_localizations'] === true));
  const set = (call: Call) => {
    const scope = scopeOf(call);
    const commands = (call.body ?? []) as CommandJson[];
    refuseBadCommands(commands);
    const before = world.commands[scope];
    world.commands[scope] = commands.map((command): CommandRecord => {
      const type = command.type ?? 1;
      const known = before.find((one) => one.type === type && one.name === command.name);
      const place = scope === 'guild' ? { guild_id: world.guild.id } : {};
      return { ...command, ...place, type, id: known?.id ?? world.ids.next(), version: world.ids.next() };
    });
    world.changes.notify();
    return ok(shown(scope, true));
  };
  return {
    list_application_commands: list,
    list_guild_application_commands: list,
    bulk_set_application_commands: set,
    bulk_set_guild_application_commands: set,
  };
}

/** How long a nonce is remembered when `enforce_nonce` is set: "the past few minutes". */
const NONCE_MS = 5 * 60_000;

/** Messages in channels and DMs. */
export function messageHandlers({ world, post }: Parts): Record<string, Handler> {
  const nonces = new Map<string, { id: string; atMs: number }>();

  const writable = (call: Call): Channel => {
    const channel = channelOf(world, call);
    if (channel.recipient?.dmsClosed) throw refusals.closedDms();
    const bits = world.permissions(world.bot, channel);
    if (!may(bits, Permission.sendMessages)) throw refusals.missingPermissions();
    if (call.files.length && !may(bits, Permission.attachFiles)) throw refusals.missingPermissions();
    return channel;
  };

  const create = (call: Call): Reply => {
    const channel = writable(call);
    const payload = call.body as MessagePayload;
    const { nonce } = payload;
    const key = `${channel.id} ${String(nonce)}`;
    const known = nonces.get(key);
    if (payload.enforce_nonce && known && world.clock.elapsedMs() - known.atMs < NONCE_MS) {
      const same = world.messages.get(known.id);
      if (same) return ok(same);
    }
    const extra = { ...(nonce != null && { nonce }), ...replyFields(channel, payload) };
    const written = post.write({ channel, payload, files: call.files, occasion: 'channel', extra });
    if (nonce != null) nonces.set(key, { id: written.id, atMs: world.clock.elapsedMs() });
    return ok(written);
  };

  const replyFields = (channel: Channel, { message_reference: reference }: MessagePayload): Partial<MessageJson> => {
    if (!reference) return {};
    const referenced = world.messages.get(reference.message_id);
    const there = referenced?.channel_id === channel.id ? referenced : undefined;
    if (!there && reference.fail_if_not_exists === false) return {};
    if (!there) {
      const path = ['message_reference'];
      throw invalidForm([{ path, code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }]);
    }
    const { message_reference: _, referenced_message: __, ...quoted } = there;
    const place = { channel_id: channel.id, ...(!channel.recipient && { guild_id: world.guild.id }) };
    return { type: 19, message_reference: { type: 0, ...place, message_id: there.id }, referenced_message: quoted };
  };

  const messageOf = (call: Call): MessageJson => {
    const channel = channelOf(world, call);
    const id = call.params['message_id']!;
    const found = world.messages.get(id);
    if (found?.channel_id !== channel.id || found.flags & Flag.ephemeral) throw refusals.unknownMessage();
    return found;
  };

  const edit = (call: Call): Reply => {
    const found = messageOf(call);
    if (found.author.id !== world.bot.id) throw refusals.notAuthor();
    const channel = channelOf(world, call);
    return ok(post.edit(found, { channel, payload: call.body as MessagePayload, files: call.files, occasion: 'edit' }));
  };

  const remove = (call: Call): Reply => {
    const found = messageOf(call);
    const bits = world.permissions(world.bot, channelOf(world, call));
    const own = found.author.id === world.bot.id;
    if (!own && !may(bits, Permission.manageMessages)) throw refusals.missingPermissions();
    post.remove(found);
    return { status: 204 };
  };

  const list = (call: Call): Reply => {
    const channel = channelOf(world, call);
    if (!may(world.permissions(world.bot, channel), Permission.readHistory)) return ok([]);
    return ok(page(world.messagesIn(channel).reverse(), call.query));
  };

  return {
    create_message: create,
    get_message: (call) => ok(messageOf(call)),
    update_message: edit,
    delete_message: remove,
    list_messages: list,
  };
}

/** A page of messages, newest first. */
function page(newestFirst: MessageJson[], query: Record<string, unknown>): MessageJson[] {
  const limit = Number(query['limit'] ?? 50);
  const bound = (name: string) => (query[name] === undefined ? undefined : BigInt(query[name] as string));
  const [before, after, around] = [bound('before'), bound('after'), bound('around')];
  if (around !== undefined) {
    const index = newestFirst.findIndex(({ id }) => BigInt(id) <= around);
    const start = Math.max(0, (index < 0 ? newestFirst.length : index) - Math.floor(limit / 2));
    return newestFirst.slice(start, start + limit);
  }
  const fits = ({ id }: MessageJson) =>
    (before === undefined || BigInt(id) < before) && (after === undefined || BigInt(id) > after);
  const fitting = newestFirst.filter(fits);
  // `after` counts from the oldest that fits, `before` from the newest.
  return after === undefined ? fitting.slice(0, limit) : fitting.slice(-limit);
}
