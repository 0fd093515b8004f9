import { mediaFaults, messageComponentFaults, schemeFault } from './component-rules.js';
import type { Component, Path } from './component.js';
import { invalidForm, lengthOf, missing, refusals, tooLong, type FieldFault } from './refusal.js';

export const Flag = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  voice: 1 << 13,
  componentsV2: 1 << 15,
} as const;

export type EmbedJson = {
  title?: string | null;
  description?: string | null;
  url?: string | null;
  type?: string | null;
  color?: number | null;
  timestamp?: string | null;
  fields?: { name: string; value: string; inline?: boolean | null }[] | null;
  author?: { name?: string | null; url?: string | null; icon_url?: string | null } | null;
  footer?: { text?: string | null; icon_url?: string | null } | null;
  image?: { url?: string | null } | null;
  thumbnail?: { url?: string | null } | null;
};

/** A message as a bot writes it: the body of a create or edit. */
export type MessagePayload = {
  content?: string | null;
  embeds?: EmbedJson[] | null;
  components?: Component[] | null;
  flags?: number | null;
  attachments?: { id: string; filename?: string | null; description?: string | null }[] | null;
  allowed_mentions?: {
    parse?: string[] | null;
    users?: string[] | null;
    roles?: string[] | null;
    replied_user?: boolean | null;
  } | null;
  poll?: object | null;
  sticker_ids?: string[] | null;
  tts?: boolean | null;
  nonce?: string | number | null;
  enforce_nonce?: boolean | null;
  message_reference?: { message_id: string; channel_id?: string | null; fail_if_not_exists?: boolean | null } | null;
};

/** Where a message is written from: which flags may be set differs. */
export type Occasion = 'channel' | 'interaction' | 'followUp' | 'edit';

const { suppressEmbeds, ephemeral, suppressNotifications, voice, componentsV2 } = Flag;
const allowedFlags: Record<Occasion, number> = {
  channel: suppressEmbeds | suppressNotifications | voice | componentsV2,
  interaction: suppressEmbeds | suppressNotifications | voice | componentsV2 | ephemeral,
  followUp: suppressEmbeds | suppressNotifications | voice | componentsV2 | ephemeral,
  edit: suppressEmbeds | componentsV2,
};

export type Draft = {
  payload: MessagePayload;
  occasion: Occasion;
  /** Where the message stands in the body: `['data']` in an interaction's answer. */
  path: Path;
  /** What the message will be once the payload is applied. */
  result: {
    content: string;
    embeds: EmbedJson[];
    components: Component[];
    flags: number;
    filenames: ReadonlySet<string>;
  };
};

/** Holds a message against Discord's rules beyond its document. Throws the refusal Discord answers with (50035, 50006). */
export function refuseBadMessage({ payload, occasion, path, result }: Draft): void {
  const v2 = (result.flags & Flag.componentsV2) !== 0;
  const faults = [
    ...flagFaults(payload, occasion, path),
    ...(v2 ? legacyFieldFaults(payload, result, path) : []),
    ...embedFaults(payload.embeds ?? [], [...path, 'embeds'], result.filenames),
    ...messageComponentFaults(payload.components ?? [], [...path, 'components'], v2),
    ...mediaFaults(payload.components ?? [], [...path, 'components'], result.filenames),
    ...mentionFaults(payload, [...path, 'allowed_mentions']),
  ];
  if (lengthOf(payload.content ?? '') > 2000) faults.push(tooLong([...path, 'content'], 2000));
  if (faults.length) throw invalidForm(faults);
  if (isEmpty(payload, result)) throw refusals.emptyMessage();
}

const isEmpty = (payload: MessagePayload, result: Draft['result']) =>
  !result.content.trim() &&
  !result.embeds.length &&
  !result.components.length &&
  !result.filenames.size &&
  !payload.poll &&
  !payload.sticker_ids?.length;

function flagFaults(payload: MessagePayload, occasion: Occasion, path: Path): FieldFault[] {
  const extra = (payload.flags ?? 0) & ~allowedFlags[occasion];
  if (!extra) return [];
  const message = `Message flags ${extra} cannot be set here.`;
  return [{ path: [...path, 'flags'], code: 'MESSAGE_FLAGS_NOT_ALLOWED', message }];
}

/** A components v2 message has neither content, embeds, poll nor stickers; an edit that makes it one must null them. */
function legacyFieldFaults(payload: MessagePayload, result: Draft['result'], path: Path): FieldFault[] {
  const held: Record<string, boolean> = {
    content: result.content !== '',
    embeds: result.embeds.length > 0,
    poll: Boolean(payload.poll),
    sticker_ids: Boolean(payload.sticker_ids?.length),
  };
  return Object.keys(held)
    .filter((field) => held[field])
    .map((field) => ({
      path: [...path, field],
      code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    }));
}

/** The characters that count towards the 6,000 of all embeds of a message. */
export const embedLength = (embed: EmbedJson): number =>
  [embed.title, embed.description, embed.footer?.text, embed.author?.name]
    .concat((embed.fields ?? []).flatMap(({ name, value }) => [name, value]))
    .reduce((sum, text) => sum + lengthOf(text ?? ''), 0);

function embedFaults(embeds: EmbedJson[], path: Path, filenames: ReadonlySet<string>): FieldFault[] {
  const faults = embeds.flatMap((embed, index) => oneEmbedFaults(embed, [...path, index], filenames));
  if (embeds.reduce((sum, embed) => sum + embedLength(embed), 0) > 6000)
    faults.push({ path, code: 'MAX_EMBED_SIZE_EXCEEDED', message: 'Embed size exceeds maximum size of 6000' });
  return faults;
}

function oneEmbedFaults(embed: EmbedJson, path: Path, filenames: ReadonlySet<string>): FieldFault[] {
  const faults: FieldFault[] = [];
  const shown = [embed.title, embed.description, embed.author?.name, embed.footer?.text, embed.image?.url];
  if (!embed.fields?.length && ![...shown, embed.thumbnail?.url].some((text) => text?.trim()))
    faults.push(missing([...path, 'description']));
  embed.fields?.forEach((field, index) => {
    for (const key of ['name', 'value'] as const)
      if (!field[key].trim()) faults.push(missing([...path, 'fields', index, key]));
  });
  if (embed.footer && !embed.footer.text?.trim()) faults.push(missing([...path, 'footer', 'text']));
  if (embed.author && !embed.author.name?.trim()) faults.push(missing([...path, 'author', 'name']));
  if (embed.url && !/^https?:\/\//.test(embed.url)) faults.push(schemeFault([...path, 'url']));
  for (const [key, url] of pictures(embed)) {
    if (url?.startsWith('attachment://')) {
      if (filenames.has(url.slice('attachment://'.length))) continue;
      const message = `The referenced attachment ("${url}") was not found`;
      faults.push({ path: [...path, ...key], code: 'EMBED_ATTACHMENT_NOT_FOUND', message });
    } else if (url && !/^https?:\/\//.test(url)) faults.push(schemeFault([...path, ...key]));
  }
  return faults;
}

const pictures = (embed: EmbedJson): [Path, string | null | undefined][] => [
  [['image', 'url'], embed.image?.url],
  [['thumbnail', 'url'], embed.thumbnail?.url],
  [['author', 'icon_url'], embed.author?.icon_url],
  [['footer', 'icon_url'], embed.footer?.icon_url],
];

function mentionFaults(payload: MessagePayload, path: Path): FieldFault[] {
  const allowed = payload.allowed_mentions;
  return (['users', 'roles'] as const)
    .filter((kind) => allowed?.parse?.includes(kind) && allowed[kind]?.length)
    .map((kind) => ({
      path,
      code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
    }));
}
