/**
 * The approvals channel: one message a request, made from the request as it stands now, with buttons while it waits
 * (X3). What the buttons do is in interaction.ts.
 */
import { ButtonStyle, DiscordAPIError, MessageFlags, Routes, type APIMessage, type REST } from 'discord.js';
import type { ApprovalCard } from '../core/programmes/approvals/card.js';
import { formatInstant } from '../core/locales/format.js';
import type { Locale } from '../core/locales/locale.js';
import { stateName } from '../core/locales/texts.js';
import type { Parts } from './parts.js';
import { button, contentMost, joined, labelled, plain, rowOf, type Row } from './render.js';
import { wordsOf } from './words.js';

export interface CardReader {
  readonly locale: Locale;
  readonly timeZone: string;
}

export interface CardMessage {
  readonly content: string;
  readonly components: Row[];
}

/** Who asks what, and who decided it, when and why. */
export function cardMessage(card: ApprovalCard, { locale, timeZone }: CardReader): CardMessage {
  const state = (name: string) => stateName(name, { locale, of: 'approval' });
  const words = wordsOf(locale);
  const when = (at: Date) => formatInstant(at, timeZone, locale);
  const waiting = card.state === 'pending';
  const decisions = card.decisions.map(({ by, verdict, reason, decidedAt }) => {
    const who = `${words.request.by} ${by}, ${when(decidedAt)}`;
    return labelled(state(verdict), reason ? `${who}\n${reason}` : who, 700);
  });
  const lines = [
    `**${plain(card.number)}** · ${plain(card.command)} · ${plain(state(card.state))}`,
    labelled(words.request.asks, `${card.requester}, ${when(card.createdAt)}`, 300),
    ...(card.object ? [labelled(words.request.about, card.object, 300)] : []),
    ...card.summary.map(({ label, value }) => labelled(label, value, 700)),
    ...(waiting && card.needed > 1 ? [labelled(words.request.needed, String(card.needed))] : []),
    ...(waiting ? [labelled(words.request.ends, when(card.expiresAt))] : []),
  ];
  // however long the request is, the decision is shown
  const ending = decisions.join('\n');
  const body = joined(lines, contentMost - ending.length - 1);
  const buttons = rowOf(
    button(`approve:${card.id}`, words.approve, ButtonStyle.Success),
    button(`refuse:${card.id}`, words.refuse, ButtonStyle.Danger),
    ...(card.reviewable ? [button(`take:${card.id}`, words.take, ButtonStyle.Primary)] : []),
  );
  return { content: ending === '' ? body : `${body}\n${ending}`, components: waiting ? [buttons] : [] };
}

const unknownMessage = 10008;
const gone = (error: unknown): boolean => error instanceof DiscordAPIError && error.code === unknownMessage;

export interface Channel {
  readonly id: string;
  readonly rest: REST;
}

/** Brings a request's message up to date: makes it, edits it, or makes it again when somebody deleted it. */
export type ShowApproval = (id: number, locale: Locale) => Promise<void>;

/** @throws what Discord says when the message can't be written */
export function approvalsIn(
  channel: Channel,
  { approvals, dispatcher }: Pick<Parts, 'approvals' | 'dispatcher'>,
): ShowApproval {
  const underWay = new Map<number, Promise<void>>();
  const { timeZone } = dispatcher.desk;

  async function show(id: number, locale: Locale): Promise<void> {
    let shown: string | undefined;
    // it may change while it is being written: the last writer leaves what is true
    for (let round = 0; round < 3; round += 1) {
      const card = await approvals.card(id, locale);
      if (!card) return;
      const wanted = cardMessage(card, { locale, timeZone });
      if (wanted.content === shown) return;
      await write(card, wanted);
      shown = wanted.content;
    }
  }

  async function write(card: ApprovalCard, wanted: CardMessage): Promise<void> {
    const body = { ...wanted, allowed_mentions: { parse: [] }, flags: MessageFlags.SuppressEmbeds };
    if (card.message !== null) {
      try {
        await channel.rest.patch(Routes.channelMessage(channel.id, card.message), { body });
        return;
      } catch (error) {
        if (!gone(error)) throw error;
      }
    }
    // the same nonce again, after a crash or a lost answer, finds the message that was made
    const nonce = `${card.id}-${(card.message ?? '').slice(-12)}`;
    const made = (await channel.rest.post(Routes.channelMessages(channel.id), {
      body: { ...body, nonce, enforce_nonce: true },
    })) as APIMessage;
    await approvals.posted(card.id, made.id);
    if (made.content !== wanted.content) await channel.rest.patch(Routes.channelMessage(channel.id, made.id), { body });
  }

  return (id, locale) => {
    // one at a time for a request: two that start together would each make a message
    const mine = (underWay.get(id) ?? Promise.resolve()).catch(() => undefined).then(() => show(id, locale));
    underWay.set(id, mine);
    const done = () => {
      if (underWay.get(id) === mine) underWay.delete(id);
    };
    mine.then(done, done);
    return mine;
  };
}
