import { choiceFaults, OptionKind, type ChoiceJson } from './command-rules.js';
import { modalFaults } from './component-rules.js';
import { settle } from './component.js';
import {
  Callback,
  InteractionKind,
  metadataOf,
  type InteractionRecord,
  type Interactions,
  type ModalJson,
} from './interaction.js';
import { Flag, type MessagePayload } from './message-rules.js';
import type { Post } from './post.js';
import { invalidForm, refusals } from './refusal.js';
import type { Call, Handler } from './server.js';
import type { MessageJson, World } from './world.js';

type Parts = { world: World; post: Post; interactions: Interactions };
type CallbackBody = { type: number; data?: unknown };

const { message, deferMessage, deferUpdate, update, autocomplete, modal } = Callback;
/** Which answers an interaction takes (docs, "Interaction Callback Type"). */
const allowed: Record<number, readonly number[]> = {
  [InteractionKind.command]: [message, deferMessage, modal],
  [InteractionKind.component]: [message, deferMessage, deferUpdate, update, modal],
  [InteractionKind.autocomplete]: [autocomplete],
  [InteractionKind.modalSubmit]: [message, deferMessage, deferUpdate, update],
};

/** The first answer to an interaction: `POST /interactions/ID/TOKEN/callback`. */
export function callbackHandlers({ world, post, interactions }: Parts): Record<string, Handler> {
  const answer = (call: Call) => {
    const record = interactions.toAnswer(call.params['interaction_id']!, call.params['interaction_token']!);
    const { type, data } = call.body as CallbackBody;
    const fits = allowed[record.kind]!.includes(type) && (isUpdate(type) ? record.source !== undefined : true);
    if (!fits) {
      const text = `An interaction of type ${record.kind} cannot be answered by type ${type}.`;
      throw invalidForm([{ path: ['type'], code: 'INTERACTION_CALLBACK_TYPE_INVALID', message: text }]);
    }
    carryOut(record, type, data, call);
    interactions.answered(record, type);
    if (call.query['with_response'] !== true) return { status: 204 };
    return { status: 200, json: callbackJson(world, record) };
  };

  const carryOut = (record: InteractionRecord, type: number, data: unknown, call: Call): void => {
    if (type === message) respond(record, data ?? {}, call);
    if (type === deferMessage) defer(record, ((data ?? {}) as MessagePayload).flags ?? 0);
    if (type === deferUpdate) record.originalId = record.source!;
    if (type === update) change(record, data ?? {}, call);
    if (type === autocomplete) suggest(record, (data as { choices?: ChoiceJson[] }).choices ?? []);
    if (type === modal) open(record, data as ModalJson);
    record.settled = type !== deferMessage && type !== deferUpdate;
  };

  const respond = (record: InteractionRecord, payload: MessagePayload, { files }: Call) => {
    const { channel } = record;
    const extra = answerFields(world, record);
    const written = post.write({ channel, payload, files, occasion: 'interaction', path: ['data'], extra });
    noteOriginal(record, written);
  };

  const defer = (record: InteractionRecord, flags: number) => {
    if (flags & ~Flag.ephemeral) {
      const text = 'Only EPHEMERAL may be set on a deferred answer.';
      throw invalidForm([{ path: ['data', 'flags'], code: 'MESSAGE_FLAGS_NOT_ALLOWED', message: text }]);
    }
    const blank: MessageJson = {
      id: world.ids.next(),
      type: 0,
      channel_id: record.channel.id,
      author: world.user(world.bot),
      ...{ content: '', embeds: [], components: [], attachments: [], mentions: [], mention_roles: [] },
      ...{ mention_everyone: false, pinned: false, tts: false, edited_timestamp: null },
      flags: Flag.loading | flags,
      timestamp: world.timestamp(),
      ...answerFields(world, record),
    };
    noteOriginal(record, post.place(blank));
  };

  const change = (record: InteractionRecord, payload: MessagePayload, { files }: Call) => {
    const source = world.messages.get(record.source!);
    if (!source) throw refusals.unknownMessage();
    const { channel } = record;
    const edited = post.edit(source, { channel, payload, files, occasion: 'edit', path: ['data'] });
    record.originalId = edited.id;
    record.versions.push(edited);
  };

  return { create_interaction_response: answer };
}

const isUpdate = (type: number) => type === deferUpdate || type === update;

function noteOriginal(record: InteractionRecord, written: MessageJson): void {
  record.originalId = written.id;
  record.messageIds.push(written.id);
  record.versions.push(written);
}

function suggest(record: InteractionRecord, choices: ChoiceJson[]): void {
  const faults = choiceFaults(choices, ['data', 'choices'], focusedType(record.data));
  if (faults.length) throw invalidForm(faults);
  record.choices = choices;
}

type OptionData = { type: number; focused?: boolean; options?: OptionData[] };

function focusedType(data: { options?: OptionData[] } & Record<string, unknown>): number {
  const all = (options: OptionData[] = []): OptionData[] =>
    options.flatMap((option) => [option, ...all(option.options)]);
  return all(data.options).find(({ focused }) => focused)?.type ?? OptionKind.string;
}

function open(record: InteractionRecord, shown: ModalJson): void {
  const faults = modalFaults(shown, ['data']);
  if (faults.length) throw invalidForm(faults);
  record.modal = { ...shown, components: settle(shown.components) };
}

/** What a message says of where it comes from: an answer to a command, a reply to the message of the component. */
export function answerFields(world: World, record: InteractionRecord): Partial<MessageJson> {
  const metadata = metadataOf(world, record);
  const shared = {
    webhook_id: world.applicationId,
    application_id: world.applicationId,
    interaction_metadata: metadata,
  };
  if (record.kind === InteractionKind.command) {
    const { id, kind, commandName = '', person } = record;
    return { ...shared, type: 20, interaction: { id, type: kind, name: commandName, user: world.user(person) } };
  }
  if (record.kind !== InteractionKind.component) return shared;
  const place = { channel_id: record.channel.id, ...(!record.channel.recipient && { guild_id: world.guild.id }) };
  return { ...shared, type: 19, message_reference: { type: 0, ...place, message_id: record.source } };
}

function callbackJson(world: World, record: InteractionRecord): object {
  const original = record.originalId ? world.messages.get(record.originalId) : undefined;
  const withMessage = record.callback === message || record.callback === update;
  return {
    interaction: {
      id: record.id,
      type: record.kind,
      ...(original && {
        response_message_id: original.id,
        response_message_loading: (original.flags & Flag.loading) !== 0,
        response_message_ephemeral: (original.flags & Flag.ephemeral) !== 0,
      }),
    },
    ...(withMessage && { resource: { type: record.callback, message: original } }),
  };
}
