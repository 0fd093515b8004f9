/** What the parts of the Discord door share: the ports it needs of the desk, and small things about its users. */
import type { User } from 'discord.js';
import type { Approvals } from '../core/programmes/approvals/card.js';
import type { Dispatcher } from '../core/command/dispatch.js';
import type { Reply } from '../core/command/reply.js';
import type { Caller } from '../core/guard/identity.js';
import type { Locale } from '../core/locales/locale.js';
import type { FetchAttachment } from './attachments.js';
import type { Times } from './replier.js';

/** The part of a pino logger that this door uses. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Sends an answer by mail to the person behind a Discord user; false when nobody is linked. */
export type ByMail = (discordId: string, late: { command: string; reply: Reply; locale: Locale }) => Promise<boolean>;

export interface Parts {
  readonly dispatcher: Dispatcher;
  readonly approvals: Approvals;
  readonly log: Log;
  readonly times: Times;
  readonly fetchAttachment: FetchAttachment;
  readonly byMail: ByMail;
}

/** What the gateway has proven of a user. The name is only shown. */
export const callerOf = (user: User, held?: number): Caller => ({
  kind: 'discord',
  id: user.id,
  name: user.globalName ?? user.username,
  ...(held === undefined ? {} : { held }),
});
