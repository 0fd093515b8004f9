/** An approval as the approvals channel shows it, and which message there is about it. */
import type { Registry } from '../../command/registry.js';
import { summarised } from '../../command/request-summary.js';
import { readerOf } from '../../command/context.js';
import { valueText } from '../../command/value.js';
import { approvalRef, askerOf } from '../../guard/approval.js';
import type { Desk } from '../../guard/work.js';
import type { Locale } from '../../locales/locale.js';
import type { Database } from '../../database/transact.js';
import { approvalShown, type ShownApproval } from './commands.js';

export interface ApprovalCard {
  readonly id: number;
  readonly number: string;
  readonly command: string;
  readonly state: string;
  readonly requester: string;
  /** What it is about: its printed number, or a part of the catalogue by its name. */
  readonly object: string | null;
  /** What it asks: the command's fields as they were typed, or as the command tells it. */
  readonly summary: readonly { readonly label: string; readonly value: string }[];
  readonly needed: number;
  readonly decisions: ShownApproval['decisions'];
  /** Looking at it takes it into review, before it is decided. */
  readonly reviewable: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The id of the channel's message, once posted. */
  readonly message: string | null;
}

interface CardSource {
  readonly desk: Pick<Desk, 'database' | 'catalogue' | 'timeZone'>;
  /** Tells which requests are taken into review; without it none is. */
  readonly registry?: Registry | undefined;
}

/** The request as it stands now; nothing when there is none of this id. */
export async function approvalCard(
  { desk, registry }: CardSource,
  id: number,
  locale: Locale,
): Promise<ApprovalCard | undefined> {
  return desk.database.read(async (tx) => {
    const row = await tx.approval.findUnique({ where: { id } });
    if (!row) return undefined;
    const { decisions } = await approvalShown(tx, row);
    const { command, state, object, needed, createdAt, expiresAt, channelMessage: message } = row;
    const declared = registry?.find(command);
    // the first line of a summary is the command itself
    const summary = (await summarised({ tx, desk }, { ...row, declared }, locale)).slice(1);
    return {
      id,
      number: approvalRef(id),
      command,
      state,
      requester: (await askerOf(tx, row))(locale),
      object: object === null ? null : valueText('object', object, readerOf(desk, locale)),
      summary,
      needed,
      decisions,
      reviewable: state === 'pending' && declared?.fourEyes?.seen !== undefined,
      createdAt,
      expiresAt,
      message,
    };
  });
}

/** Notes which message is about the request. */
export async function approvalPosted(database: Database, id: number, message: string): Promise<void> {
  await database.transact(({ tx }) => tx.approval.updateMany({ where: { id }, data: { channelMessage: message } }));
}

/** What a door with an approvals channel needs of them. */
export interface Approvals {
  card(id: number, locale: Locale): Promise<ApprovalCard | undefined>;
  posted(id: number, message: string): Promise<void>;
}

export const approvalsOf = (desk: CardSource['desk'], registry?: Registry): Approvals => ({
  card: (id, locale) => approvalCard({ desk, registry }, id, locale),
  posted: (id, message) => approvalPosted(desk.database, id, message),
});
