/**
 * Commands that wait for their person in chat: a draft to be completed or corrected, a preview to be confirmed. They are
 * rows, so a restart forgets nothing (invariant 5); each is bound to whoever it was shown to and ends after 24 hours.
 */
import { identify, type Caller } from '../guard/identity.js';
import type { Desk } from '../guard/work.js';
import type { PendingCommand } from '../database/connect.js';
import type { RawInput } from './input.js';
import type { About } from './panel.js';
import { openInput, sealInput } from './preview.js';

const hours24Ms = 24 * 3_600_000;
const purpose = 'draft';

export interface Draft {
  /** `noun verb`. */
  readonly command: string;
  /** What was typed so far. */
  readonly raw: RawInput;
  /** The fields to ask for. */
  readonly ask: readonly string[];
  /** What was wrong with them. */
  readonly faults: Readonly<Record<string, string>>;
  /** Why they are asked for, when that is not plain. */
  readonly note: string;
  /**
   * It changes an object that is being filled in: what stands there, as it would be typed again. Nothing must be filled
   * in then, and what comes back as it stood is no change.
   */
  readonly standing?: Readonly<Record<string, string>>;
  /** The object whose panel it was asked from. */
  readonly about?: About;
}

/** What of a draft stands in `basis`: the questions, and the interaction that took it. */
type Questions = Pick<Draft, 'ask' | 'faults' | 'note' | 'standing' | 'about'> & { readonly by?: string };

/** Keeps a command that a Discord user has yet to complete; the id is not guessable. */
export async function keepDraft(desk: Desk, { discordId, ...draft }: Draft & { discordId: string }): Promise<string> {
  const id = `d${desk.secrets.token()}`;
  const now = desk.clock();
  const { command, raw, ...questions } = draft;
  await desk.database.transact(({ tx }) =>
    tx.pendingCommand.create({
      data: {
        id,
        discordId,
        kind: 'draft',
        command,
        input: sealInput({ desk }, raw),
        basis: sealed(desk, questions),
        createdAt: now,
        expiresAt: new Date(now.getTime() + hours24Ms),
      },
    }),
  );
  return id;
}

const sealed = (desk: Desk, questions: Questions): string => desk.secrets.seal(purpose, JSON.stringify(questions));
const questionsOf = (desk: Desk, row: PendingCommand): Questions =>
  JSON.parse(desk.secrets.open(purpose, row.basis ?? '')) as Questions;

interface Shown {
  readonly id: string;
  readonly discordId: string;
}

const isOpen = (desk: Desk, row: PendingCommand | null, shown: Shown): row is PendingCommand =>
  row !== null && row.kind === 'draft' && row.discordId === shown.discordId && row.expiresAt > desk.clock();

/** Looks at a draft that is still to be completed; nothing when it has ended, was used or is somebody else's. */
export async function draftOf(desk: Desk, shown: Shown): Promise<Draft | undefined> {
  const row = await desk.database.read((tx) => tx.pendingCommand.findUnique({ where: { id: shown.id } }));
  if (!isOpen(desk, row, shown) || row.usedAt) return undefined;
  return { command: row.command, raw: openInput({ desk }, row.input), ...questionsOf(desk, row) };
}

/**
 * Uses a draft up, once: of two submissions one gets it.
 * @param shown.by the interaction that takes it: the same one coming again gets it again
 */
export async function takeDraft(desk: Desk, shown: Shown & { by: string }): Promise<Draft | undefined> {
  return desk.database.transact(async ({ tx }) => {
    const row = await tx.pendingCommand.findUnique({ where: { id: shown.id } });
    if (!isOpen(desk, row, shown)) return undefined;
    const questions = questionsOf(desk, row);
    const { count } = await tx.pendingCommand.updateMany({
      where: { id: row.id, usedAt: null },
      data: { usedAt: desk.clock(), basis: sealed(desk, { ...questions, by: shown.by }) },
    });
    if (count === 0 && questions.by !== shown.by) return undefined;
    return { command: row.command, raw: openInput({ desk }, row.input), ...questions };
  });
}

/** A preview as it is confirmed. */
export interface ShownPreview {
  readonly command: string;
  readonly raw: RawInput;
  /** The idempotency key of confirming exactly this preview: two clicks are one. */
  readonly key: string;
}

/** A preview by its id, for the person it was shown to; nothing when it has ended, was cancelled or is somebody else's. */
export async function previewOf(desk: Desk, shown: { id: string; caller: Caller }): Promise<ShownPreview | undefined> {
  return desk.database.read(async (tx) => {
    const row = await tx.pendingCommand.findUnique({ where: { id: shown.id } });
    if (row?.kind !== 'preview' || row.expiresAt <= desk.clock()) return undefined;
    const { personId } = await identify(tx, shown.caller);
    if (personId === 0 || row.personId !== personId) return undefined;
    // asked for again, the same preview keeps its id but is another one to confirm
    const key = `${row.id} ${row.createdAt.getTime()}`;
    const answered = await tx.storedAnswer.findUnique({
      where: { personId_command_key: { personId, command: row.command, key } },
    });
    if (row.usedAt && !answered) return undefined;
    return { command: row.command, raw: openInput({ desk }, row.input), key };
  });
}

/** Drops a preview of the caller's own; others are left alone. */
export async function cancelPreview(desk: Desk, shown: { id: string; caller: Caller }): Promise<void> {
  await desk.database.transact(async ({ tx }) => {
    const { personId } = await identify(tx, shown.caller);
    await tx.pendingCommand.updateMany({
      where: { id: shown.id, kind: 'preview', personId, usedAt: null },
      data: { usedAt: desk.clock() },
    });
  });
}
