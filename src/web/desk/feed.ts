/** The approvals as their channel would show them: read as the operator, decided as whoever was chosen. */
import type { Outcome } from '../../core/command/outcome.js';
import type { Locale } from '../../core/locales/locale.js';
import type { Door } from '../page-request.js';

export interface FeedItem {
  readonly approval: string;
  readonly command: string;
  readonly object: string | null;
  readonly requester: string;
  readonly state: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Only of those that wait. */
  readonly summary: readonly { readonly label: string; readonly value: string }[];
}

export interface Feed {
  readonly waiting: readonly FeedItem[];
  readonly decided: readonly FeedItem[];
}

const waitingShown = '20';
const latestShown = '10';

export async function feedOf(door: Door, locale: Locale): Promise<Feed> {
  const ask = async (
    command: string,
    input: Readonly<Record<string, string>>,
  ): Promise<Extract<Outcome, { ok: true }>['data']> => {
    const outcome = await door.dispatcher.dispatch({
      door: 'desk',
      caller: { kind: 'operator' },
      command,
      input,
      locale,
      // nobody has looked yet: a request that is seen is taken into review
      dryRun: true,
    });
    if (!outcome.ok) throw new Error(`${command} answered ${outcome.code}`);
    return outcome.data;
  };
  const pending = (await ask('approval list', { state: 'pending', 'per-page': waitingShown }))['items'] as FeedItem[];
  const latest = (await ask('approval list', { 'per-page': latestShown }))['items'] as FeedItem[];
  const waiting: FeedItem[] = [];
  for (const item of pending)
    waiting.push({
      ...item,
      summary: (await ask('approval show', { number: item.approval }))['summary'] as FeedItem['summary'],
    });
  return {
    waiting,
    decided: latest.filter(({ state }) => state !== 'pending').map((item) => ({ ...item, summary: [] })),
  };
}
