import { Permission, type Overwrite, type RoleJson } from './permissions.js';
import type { Channel, CommandRecord, Person, World } from './world.js';

export type UserJson = {
  id: string;
  username: string;
  global_name: string | null;
  discriminator: string;
  avatar: string | null;
  banner: string | null;
  accent_color: number | null;
  avatar_decoration_data: null;
  primary_guild: null;
  bot: boolean;
  public_flags: number;
  flags: number;
};

const { viewChannel, sendMessages, embedLinks, attachFiles, readHistory, mentionEveryone, useCommands } = Permission;
const everyone = viewChannel | sendMessages | embedLinks | attachFiles | readHistory | useCommands;

/** @everyone, whose id is the guild's, and the role Discord makes for an invited bot. */
export const rolesOf = (guildId: string, botRoleId: string): RoleJson[] => [
  { id: guildId, name: '@everyone', permissions: String(everyone), position: 0 },
  { id: botRoleId, name: 'guichet', permissions: String(everyone | mentionEveryone), position: 1 },
];

export const userJson = (person: Person): UserJson => ({
  id: person.id,
  username: person.name.toLowerCase().replaceAll(/[^a-z0-9._]/g, '_'),
  global_name: person.bot ? null : person.name,
  discriminator: person.bot ? '0001' : '0',
  avatar: null,
  banner: null,
  accent_color: null,
  avatar_decoration_data: null,
  primary_guild: null,
  bot: person.bot,
  public_flags: 0,
  flags: 0,
});

export const memberJson = (person: Person, joinedAt: string) => ({
  user: userJson(person),
  roles: person.roleIds,
  nick: null,
  avatar: null,
  banner: null,
  joined_at: joinedAt,
  premium_since: null,
  communication_disabled_until: null,
  pending: false,
  mute: false,
  deaf: false,
  flags: 0,
});

export const roleJson = (role: RoleJson) => ({
  ...role,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  managed: role.position > 0,
  mentionable: false,
  icon: null,
  unicode_emoji: null,
  flags: 0,
});

export const channelJson = (world: World, channel: Channel) => {
  const shared = { id: channel.id, last_message_id: channel.messageIds.at(-1) ?? null, flags: 0 };
  if (channel.recipient) return { ...shared, type: 1, recipients: [userJson(channel.recipient)] };
  return {
    ...shared,
    type: 0,
    guild_id: world.guild.id,
    name: channel.name,
    parent_id: null,
    position: 0,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: channel.overwrites,
  };
};

export const guildChannels = (world: World) =>
  [...world.channels.values()].filter(({ recipient }) => !recipient).map((channel) => channelJson(world, channel));

export const guildJson = (world: World) => ({
  id: world.guild.id,
  name: world.guild.name,
  icon: null,
  description: null,
  home_header: null,
  splash: null,
  discovery_splash: null,
  features: [],
  banner: null,
  owner_id: [...world.people.values()].find(({ owner }) => owner)?.id ?? world.guild.id,
  application_id: null,
  region: 'deprecated',
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  widget_enabled: false,
  widget_channel_id: null,
  verification_level: 1,
  roles: world.guild.roles.map(roleJson),
  default_message_notifications: 1,
  mfa_level: 0,
  explicit_content_filter: 0,
  max_presences: null,
  max_members: 500_000,
  max_stage_video_channel_users: 50,
  max_video_channel_users: 25,
  vanity_url_code: null,
  premium_tier: 0,
  premium_subscription_count: 0,
  preferred_locale: 'en-US',
  rules_channel_id: null,
  safety_alerts_channel_id: null,
  public_updates_channel_id: null,
  premium_progress_bar_enabled: false,
  premium_progress_bar_enabled_user_updated_at: null,
  nsfw: false,
  nsfw_level: 0,
  emojis: [],
  stickers: [],
  incidents_data: null,
});

/** What GUILD_CREATE adds: channels, and of the members only the bot, as without the intent for members. */
export const guildCreateJson = (world: World) => ({
  ...guildJson(world),
  joined_at: world.createdAt,
  large: false,
  unavailable: false,
  member_count: world.people.size,
  voice_states: [],
  members: [memberJson(world.bot, world.createdAt)],
  channels: guildChannels(world),
  threads: [],
  presences: [],
  stage_instances: [],
  guild_scheduled_events: [],
  soundboard_sounds: [],
});

export const applicationJson = (world: World) => ({
  id: world.applicationId,
  name: world.bot.name,
  icon: null,
  description: '',
  type: null,
  bot: userJson(world.bot),
  verify_key: '0'.repeat(64),
  flags: 0,
  flags_new: '0',
  bot_public: false,
  bot_require_code_grant: false,
  redirect_uris: [],
  interactions_endpoint_url: null,
  role_connections_verification_url: null,
  owner: { ...userJson(world.bot), id: world.guild.id, username: 'owner', bot: false },
  approximate_guild_count: 1,
  approximate_user_install_count: 0,
  approximate_user_authorization_count: 0,
  explicit_content_filter: 0,
  team: null,
  eligible_oauth2_scopes: [],
});

/** A registered command as a list returns it: localisations only when asked for. */
export function commandJson(command: CommandRecord, applicationId: string, withLocalizations: boolean): object {
  const strip = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(strip);
    if (typeof node !== 'object' || node === null) return node;
    const kept = Object.entries(node).filter(
      ([key, value]) => value !== null && (withLocalizations || !key.endsWith('_localizations')),
    );
    return Object.fromEntries(kept.map(([key, value]) => [key, strip(value)]));
  };
  return {
    contexts: null,
    integration_types: [0],
    nsfw: false,
    description: '',
    ...(strip(command) as object),
    application_id: applicationId,
    default_member_permissions: command.default_member_permissions?.toString() ?? null,
  };
}

/** Hides a channel from @everyone; the bot and those named see it. */
export const privateOverwrites = (world: World, personIds: readonly string[]): Overwrite[] => [
  { id: world.guild.id, type: 0, allow: '0', deny: String(viewChannel) },
  { id: world.bot.id, type: 1, allow: String(everyone | mentionEveryone), deny: '0' },
  ...personIds.map((id) => ({ id, type: 1 as const, allow: String(everyone), deny: '0' })),
];
