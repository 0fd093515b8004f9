/** The chat side of the outbox: notices for the approvals channel, and letters as direct messages (X5). */
import { ButtonStyle, DiscordAPIError, HTTPError, MessageFlags, Routes, type REST } from 'discord.js';
import { parseRef } from '../core/guard/number.js';
import type { Deliver, Delivery, Errand } from '../core/database/outbox-worker.js';
import type { TaskButton } from '../core/database/outbox.js';
import type { LetterName, Letters } from '../core/letters/letters.js';
import type { ShowApproval } from './approvals.js';
import { panelId, readPanelId } from './panel-ids.js';
import { styles } from './panel.js';
import { button, contentMost, fitting, inMessages, rowOf, type Row } from './render.js';
import { wordsOf } from './words.js';

export interface DeliverOptions {
  readonly rest: REST;
  readonly approvalsChannelId: string | undefined;
  readonly showApproval: ShowApproval | undefined;
  readonly letters: Letters | undefined;
}

/** Why a letter could not become a direct message; the outbox worker's `onFailed` then lets it leave as mail. */
export const closedDms = 'direct messages are closed (Discord 50007)';

const failed = (reason: string): Delivery => ({ result: 'failed', reason });

/** Ends a try when it aborts; a request's message in the channel is written to its end. */
type Trying = DeliverOptions & { readonly ends?: AbortSignal | undefined };

/** One try; never throws. */
export function createDeliver(options: DeliverOptions): Deliver {
  return async (errand, ends) => {
    const to = errand.recipient === 'approvals' ? toChannel : toUser;
    try {
      return await to({ ...options, ends }, errand);
    } catch (error) {
      return deliveryOf(error);
    }
  };
}

async function toChannel(options: Trying, errand: Errand): Promise<Delivery> {
  const { approvalsChannelId, showApproval } = options;
  if (approvalsChannelId === undefined || !showApproval) {
    // a desk without the channel has its approvals asked by mail: nothing is undelivered
    if (errand.letter === 'approval') return { result: 'sent' };
    return failed('no approvals channel: set DISCORD_APPROVALS_CHANNEL_ID');
  }
  if (errand.letter === 'approval') await showApproval(Number(errand.params['approval']), errand.locale);
  else if (errand.letter === 'alert')
    await post(options, approvalsChannelId, { errand, text: String(errand.params['text']) });
  else if (errand.letter === 'task') await post(options, approvalsChannelId, { errand, ...taskOf(errand.params) });
  else return failed(`the approvals channel has no notice called ${errand.letter}`);
  return { result: 'sent' };
}

async function toUser(options: Trying, errand: Errand): Promise<Delivery> {
  if (!options.letters) return failed('no letters are loaded');
  const { text } = options.letters.render(errand.letter as LetterName, errand.locale, errand.params as never);
  const dm = (await options.rest.post(Routes.userChannels(), {
    body: { recipient_id: errand.recipient },
    signal: options.ends,
  })) as { id: string };
  // an answer may be longer than a message: it is said in several, and nothing of it is lost
  const messages = inMessages(text, contentMost);
  for (const [at, part] of messages.entries()) {
    const last = at === messages.length - 1;
    await post(options, dm.id, { errand, text: part, part: at, components: last ? buttonsOf(errand) : [] });
  }
  return { result: 'sent' };
}

/** Something that somebody is to do, with the buttons that say what became of it: at most a row of them. */
const taskOf = ({ text, buttons = [] }: Errand['params']): { text: string; components: Row[] } => ({
  text: String(text),
  components: drawn(buttons as readonly TaskButton[]),
});

function drawn(buttons: readonly TaskButton[]): Row[] {
  const all = buttons.flatMap(({ command, number, label, by, style = 'main' }) => {
    const id = panelId({ act: 'do', command, number, ...(by === undefined ? {} : { part: by }) });
    return readPanelId(id) ? [button(id, label.slice(0, 80), styles[style])] : [];
  });
  return all.length > 0 ? [rowOf(...all.slice(0, 5))] : [];
}

/** What a letter brings along; and the question whether a held mail is theirs is answered by a button. */
function buttonsOf({ letter, locale, object, params }: Errand): Row[] {
  const { buttons } = params;
  if (Array.isArray(buttons)) return drawn(buttons as readonly TaskButton[]);
  const id = letter === 'mail-held' && object ? parseRef('H', object) : undefined;
  if (id === undefined) return [];
  const words = wordsOf(locale);
  return [rowOf(button(`release:${id}`, words.mine, ButtonStyle.Success), button(`discard:${id}`, words.notMine))];
}

/** The nonce is the errand's: after a lost answer the next try finds the message that was sent. */
async function post(
  { rest, ends }: Trying,
  channelId: string,
  { errand, text, part = 0, components = [] }: { errand: Errand; text: string; part?: number; components?: Row[] },
): Promise<void> {
  const body = {
    content: fitting(text, contentMost),
    ...(components.length > 0 ? { components } : {}),
    allowed_mentions: { parse: [] },
    flags: MessageFlags.SuppressEmbeds,
    nonce: part === 0 ? `m${errand.id}` : `m${errand.id}.${part}`,
    enforce_nonce: true,
  };
  await rest.post(Routes.channelMessages(channelId), { body, signal: ends });
}

// 50278: no server in common any more
const closed = new Set<unknown>([50007, 50278]);
const advice: Readonly<Record<number, string>> = {
  10003: 'there is no such channel: check DISCORD_APPROVALS_CHANNEL_ID',
  50001: 'the bot does not see the approvals channel: give it View Channel there',
  50013: 'the bot may not write in the approvals channel: give it Send Messages there',
};

/** What an error of the library says about trying again. */
export function deliveryOf(error: unknown): Delivery {
  if (error instanceof DiscordAPIError) {
    const code = Number(error.code);
    if (closed.has(code)) return failed(closedDms);
    if (error.status === 429 || error.status >= 500) return { result: 'retry', reason: `Discord ${error.status}` };
    const hint = advice[code];
    return failed(`Discord ${code} ${error.message.split('\n')[0] ?? ''}${hint ? `: ${hint}` : ''}`);
  }
  if (error instanceof HTTPError) return { result: 'retry', reason: `Discord ${error.status}` };
  // a letter that can't be rendered is tried again too: the vendor may mend it
  return { result: 'retry', reason: error instanceof Error ? error.message : String(error) };
}
