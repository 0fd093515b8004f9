import type { ChoiceJson } from './command-rules.js';
import type { Component } from './component.js';
import { Callback, type InteractionRecord, type ModalJson } from './interaction.js';
import { Flag, type EmbedJson } from './message-rules.js';
import type { MessageJson, World } from './world.js';

/** A file as the user would download it. */
export type ReceivedFile = { name: string; title?: string; type: string; size: number; url: string; content: Buffer };

/** What the user sees of a message. */
export type Shown = {
  messageId: string;
  content: string;
  embeds: EmbedJson[];
  components: Component[];
  files: ReceivedFile[];
  ephemeral: boolean;
  /** "… is thinking": deferred, and no text yet. */
  loading: boolean;
};

/** An answer: how it was given, and what it shows by now. Fields of a kind it isn't are empty. */
export type Answer = Omit<Shown, 'messageId'> & {
  /** The callback's type: 4 message, 5 deferred, 6 and 7 an update, 8 choices, 9 a modal. */
  type: number;
  messageId?: string;
  modal?: ModalJson;
  choices?: ChoiceJson[];
};

const nothing = { content: '', embeds: [], components: [], files: [], ephemeral: false, loading: false };

export function shown(world: World, message: MessageJson): Shown {
  const { id, content, embeds, components, flags, attachments } = message;
  const files = attachments.map(({ filename, title, content_type, size, url }) => ({
    ...{ name: filename, type: content_type, size, url },
    ...(title && { title }),
    content: world.shelf.find(new URL(url).pathname + new URL(url).search)?.bytes ?? Buffer.alloc(0),
  }));
  const ephemeral = (flags & Flag.ephemeral) !== 0;
  return { messageId: id, content, embeds, components, files, ephemeral, loading: (flags & Flag.loading) !== 0 };
}

/** How long tests wait for what comes after the first answer. */
export const PATIENCE_MS = 5000;

/** An interaction as the user who made it lives through it. */
export class UserInteraction {
  readonly record: InteractionRecord;
  readonly #world: World;
  readonly #seen: () => string;

  constructor(world: World, record: InteractionRecord, seen: () => string) {
    this.#world = world;
    this.record = record;
    this.#seen = seen;
  }

  get id(): string {
    return this.record.id;
  }

  /** Milliseconds from the dispatch to the first answer. */
  get answeredAfterMs(): number {
    return this.record.answeredAfterMs!;
  }

  /** The answer as it stands now: a deferred one gains its content once the bot edits it. */
  get answer(): Answer {
    const { callback = 0, modal, choices, originalId } = this.record;
    const message = originalId === undefined ? undefined : this.#world.messages.get(originalId);
    return {
      type: callback,
      ...(message ? shown(this.#world, message) : nothing),
      ...(modal && { modal }),
      ...(choices && { choices }),
    };
  }

  /** Every state the answer's message had, the placeholder of a deferral included. */
  get versions(): Shown[] {
    return this.record.versions.map((message) => shown(this.#world, message));
  }

  /** The messages after the answer, in their order. */
  get followUps(): Shown[] {
    const { messageIds, originalId, callback } = this.record;
    const own = callback === Callback.message || callback === Callback.deferMessage ? originalId : undefined;
    return messageIds
      .filter((id) => id !== own)
      .flatMap((id) => {
        const message = this.#world.messages.get(id);
        return message ? [shown(this.#world, message)] : [];
      });
  }

  /** The answer once it is whole: a deferred one edited (or deleted), a deferred update edited or followed up. */
  async settled(timeoutMs = PATIENCE_MS): Promise<Answer> {
    await this.#until(() => this.record.settled, { timeoutMs, what: 'the deferred answer to get its text' });
    return this.answer;
  }

  /** The nth follow-up, counted from 0. */
  async followUp(index = 0, timeoutMs = PATIENCE_MS): Promise<Shown> {
    return this.#until(() => this.followUps[index], { timeoutMs, what: `follow-up ${index}` });
  }

  async #until<T>(look: () => T, { timeoutMs, what }: { timeoutMs: number; what: string }) {
    return this.#world.changes.until(look, { timeoutMs, what, seen: this.#seen });
  }
}
