/**
 * Answers an interaction in Discord's time: at once, or deferred before three seconds are over and edited later, or by
 * direct message when its token has ended. Every answer is for its asker alone.
 */
import {
  DiscordAPIError,
  HTTPError,
  MessageFlags,
  RateLimitError,
  type APIModalInteractionResponseCallbackData,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type ModalSubmitInteraction,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { message, plain, type Payload } from './render.js';
import type { Log } from './parts.js';

export type Askable =
  ChatInputCommandInteraction | ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction;

/** In milliseconds. */
export interface Times {
  /** An answer that takes longer is deferred: Discord waits three seconds. */
  readonly deferMs: number;
  /** Between two edits that show progress. */
  readonly progressMs: number;
  /** How long the answer can be edited: Discord's fifteen minutes, less some. */
  readonly tokenMs: number;
  /** What is offered while typing must come before this. */
  readonly suggestMs: number;
  /** How long `close` waits for interactions in hand. */
  readonly closeMs: number;
}

export const usualTimes: Times = {
  deferMs: 1500,
  progressMs: 2000,
  tokenMs: 14.5 * 60_000,
  suggestMs: 2000,
  closeMs: 10_000,
};

export interface Replier {
  /** The answer, or the next one in its place. */
  answer(payload: Payload): Promise<void>;
  /** Shows a form as the first answer; false when it is too late for that, or Discord takes none here. */
  form(form: APIModalInteractionResponseCallbackData): Promise<boolean>;
  /** What stands where the answer will be stays until it is there: nothing is said meanwhile. */
  keeps(): void;
  /** Says how far it is, once deferred and not too often. */
  progress(text: string): void;
  /** No more answers come. */
  end(): void;
}

export interface ReplierOptions {
  readonly times: Times;
  readonly clock: () => Date;
  readonly log: Log;
  /** What is shown where there is a message to be updated until the answer is there. */
  readonly working: string;
  /** The token has ended: the answer must reach its asker some other way. */
  readonly late: (payload: Payload) => Promise<void>;
}

/** Once more when the connection broke: the library tries again only what Discord answered. */
async function insist(request: () => Promise<unknown>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (error instanceof DiscordAPIError || error instanceof HTTPError || error instanceof RateLimitError) throw error;
    await request();
  }
}

const codeOf = (error: unknown): unknown => (error instanceof DiscordAPIError ? error.code : undefined);
const acknowledgedBefore = 40060;
const tokenEnded = new Set<unknown>([10015, 10062, 50027]);
const unknownMessage = 10008;

/** Whether the interaction came from a message that only its user sees: the answer then takes that message's place. */
const updates = (interaction: Askable): boolean => {
  if (interaction.isChatInputCommand()) return false;
  const source = interaction.message;
  return source !== null && (source.flags.has(MessageFlags.Ephemeral) || interaction.guildId === null);
};

export function createReplier(interaction: Askable, { times, clock, log, working, late }: ReplierOptions): Replier {
  const inPlace = updates(interaction) && !interaction.isChatInputCommand();
  const receivedMs = clock().getTime();
  /** The first answer: under way, given (true), or impossible (false). */
  let first: Promise<boolean> | undefined;
  let editing: Promise<void> = Promise.resolve();
  let busy = false;
  let keeping = false;
  let shownMs = receivedMs;

  const open = (payload: Payload): Promise<void> =>
    insist(async () => {
      if (inPlace && (!interaction.isModalSubmit() || interaction.isFromMessage())) await interaction.update(payload);
      else await interaction.reply({ ...payload, flags: MessageFlags.Ephemeral });
    });
  const edit = (payload: Payload): Promise<void> => insist(() => interaction.webhook.editMessage('@original', payload));

  const defer = async (): Promise<boolean> => {
    try {
      if (inPlace && keeping) await insist(() => interaction.deferUpdate());
      else if (inPlace) await open(message(plain(working)));
      else await insist(() => interaction.deferReply({ flags: MessageFlags.Ephemeral }));
      return true;
    } catch (error) {
      // after an answer that was lost: the first try had arrived
      if (codeOf(error) === acknowledgedBefore) return true;
      log.warn({ err: error, interaction: interaction.id }, 'an interaction could not be deferred');
      return false;
    }
  };
  const timer = setTimeout(() => void (first ??= defer()), times.deferMs);

  /** @returns false when it must be edited instead, or is too late */
  async function answeredFirst(payload: Payload): Promise<boolean> {
    if (first) return false;
    let settle: (given: boolean) => void = () => undefined;
    first = new Promise((resolve) => (settle = resolve));
    try {
      await open(payload);
      settle(true);
      return true;
    } catch (error) {
      settle(codeOf(error) === acknowledgedBefore);
      if (codeOf(error) === acknowledgedBefore || tokenEnded.has(codeOf(error))) return false;
      // it was this answer that Discord did not take: another one may still be the first
      first = undefined;
      throw error;
    }
  }

  async function change(payload: Payload): Promise<void> {
    try {
      await edit(payload);
    } catch (error) {
      if (tokenEnded.has(codeOf(error))) return late(payload);
      if (codeOf(error) !== unknownMessage) throw error;
      // its reader has dismissed the message
      await interaction.webhook.send({ ...payload, flags: MessageFlags.Ephemeral });
    }
  }

  return {
    async answer(payload) {
      clearTimeout(timer);
      if (await answeredFirst(payload)) return;
      const given = await first;
      await editing;
      if (!given || clock().getTime() - receivedMs >= times.tokenMs) return late(payload);
      await change(payload);
    },
    async form(form) {
      if (first || interaction.isModalSubmit()) return false;
      clearTimeout(timer);
      first = insist(() => interaction.showModal(form)).then(
        () => true,
        (error: unknown) => codeOf(error) === acknowledgedBefore,
      );
      if (await first) return true;
      first = undefined;
      return false;
    },
    keeps: () => void (keeping = inPlace),
    progress(text) {
      const nowMs = clock().getTime();
      if (!first || busy || keeping || nowMs - shownMs < times.progressMs || nowMs - receivedMs >= times.tokenMs)
        return;
      busy = true;
      shownMs = nowMs;
      editing = first
        .then((given) => (given ? edit(message(plain(text))) : undefined))
        .catch((error: unknown) => log.debug({ err: error }, 'progress could not be shown'))
        .finally(() => (busy = false));
    },
    end: () => clearTimeout(timer),
  };
}
