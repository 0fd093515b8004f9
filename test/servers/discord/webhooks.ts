import { answerFields } from './answers.js';
import type { InteractionRecord, Interactions } from './interaction.js';
import { Callback } from './interaction.js';
import { Flag, type MessagePayload } from './message-rules.js';
import type { Post } from './post.js';
import { refusals } from './refusal.js';
import type { Call, Handler, Reply } from './server.js';
import type { MessageJson, World } from './world.js';

type Parts = { world: World; post: Post; interactions: Interactions };

/** What follows the first answer: `/webhooks/APPLICATION/TOKEN` and its messages, `@original` among them. */
export function webhookHandlers({ world, post, interactions }: Parts): Record<string, Handler> {
  const recordOf = ({ params }: Call) => interactions.toContinue(params['webhook_id']!, params['webhook_token']!);

  /** The message meant, of those written with this token; the source too, once the answer was an update of it. */
  const messageOf = (call: Call, record: InteractionRecord): MessageJson => {
    const id = call.params['message_id'] ?? record.originalId;
    const own = id !== undefined && (record.messageIds.includes(id) || record.originalId === id);
    const found = own ? world.messages.get(id) : undefined;
    if (!found) throw refusals.unknownMessage();
    return found;
  };

  const edit = (call: Call): Reply => {
    const record = recordOf(call);
    return { status: 200, json: change(record, messageOf(call, record), call) };
  };

  const change = (record: InteractionRecord, found: MessageJson, call: Call): MessageJson => {
    const payload = call.body as MessagePayload;
    const edited = post.edit(found, { channel: record.channel, payload, files: call.files, occasion: 'edit' });
    if (found.id === record.originalId) {
      record.versions.push(edited);
      settle(record);
    }
    return edited;
  };

  const settle = (record: InteractionRecord) => {
    record.settled = true;
    world.changes.notify();
  };

  const followUp = (call: Call): Reply => {
    const record = recordOf(call);
    const original = record.originalId === undefined ? undefined : world.messages.get(record.originalId);
    const payload = call.body as MessagePayload;
    // Right after a deferral this edits the placeholder, whose visibility stays as deferred (docs, "Create Followup Message").
    if (original && original.flags & Flag.loading) {
      const { flags, ...rest } = payload;
      const body = { ...rest, flags: (flags ?? 0) & (Flag.componentsV2 | Flag.suppressEmbeds) };
      return { status: 200, json: change(record, original, { ...call, body }) };
    }
    const extra = { ...answerFields(world, record), type: 0 };
    const { channel } = record;
    const written = post.write({ channel, payload, files: call.files, occasion: 'followUp', extra });
    record.messageIds.push(written.id);
    if (record.callback === Callback.deferUpdate) settle(record);
    world.changes.notify();
    return { status: 200, json: written };
  };

  const show = (call: Call): Reply => ({ status: 200, json: messageOf(call, recordOf(call)) });

  const remove = (call: Call): Reply => {
    const record = recordOf(call);
    post.remove(messageOf(call, record));
    settle(record);
    return { status: 204 };
  };

  return {
    execute_webhook: followUp,
    get_original_webhook_message: show,
    update_original_webhook_message: edit,
    delete_original_webhook_message: remove,
    get_webhook_message: show,
    update_webhook_message: edit,
    delete_webhook_message: remove,
  };
}
