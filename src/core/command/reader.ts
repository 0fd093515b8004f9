/** Who reads an answer: their language before any command has run, and whether they may use it at all. */
import { identify, type Caller } from '../guard/identity.js';
import { denied } from '../guard/policy.js';
import type { Desk, Door } from '../guard/work.js';
import { localeOf, type Locale } from '../locales/locale.js';
import type { AnyCommand } from './define.js';

export interface Reader {
  /** The person's own, else the door's guess. */
  readonly locale: Locale;
  readonly timeZone: string;
  /** Spares a door work (fetching a file) for whoever will be refused; dispatch decides. */
  readonly may: boolean;
}

export async function readerOf(
  desk: Desk,
  asked: { caller: Caller; door: Door; locale: string | null | undefined; command?: AnyCommand | undefined },
): Promise<Reader> {
  const actor = await desk.database.read((tx) => identify(tx, asked.caller));
  return {
    locale: actor.locale ?? localeOf(asked.locale, desk.locale),
    timeZone: desk.timeZone,
    may: asked.command !== undefined && denied(actor, asked.command, asked.door) === undefined,
  };
}
