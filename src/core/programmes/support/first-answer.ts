/** How long people wait for a first answer: what reports tell of support (G8). Pure. */
import type { Ticket } from '../../database/connect.js';

export const minutesBetween = (from: Date, to: Date): number =>
  Math.max(0, Math.floor((to.getTime() - from.getTime()) / 60_000));

/** From being opened to the first answer, in whole minutes; null when there is none yet. */
export const firstAnswerMinutes = ({ createdAt, firstAnswerAt }: Pick<Ticket, 'createdAt' | 'firstAnswerAt'>) =>
  firstAnswerAt === null ? null : minutesBetween(createdAt, firstAnswerAt);

export interface FirstAnswers {
  readonly tickets: number;
  readonly answered: number;
  /** Of those answered, in minutes; null when there are none. */
  readonly medianMinutes: number | null;
  readonly longestMinutes: number | null;
}

/** The same of all these tickets, and of those with priority and without. */
export function firstAnswerStats(
  rows: readonly Pick<Ticket, 'createdAt' | 'firstAnswerAt' | 'priority'>[],
): Record<'all' | 'priority' | 'other', FirstAnswers> {
  return {
    all: told(rows),
    priority: told(rows.filter(({ priority }) => priority)),
    other: told(rows.filter(({ priority }) => !priority)),
  };
}

function told(rows: readonly Pick<Ticket, 'createdAt' | 'firstAnswerAt'>[]): FirstAnswers {
  const minutes = rows.flatMap((row) => firstAnswerMinutes(row) ?? []).sort((a, b) => a - b);
  const middle = Math.floor(minutes.length / 2);
  const upper = minutes[middle];
  const lower = minutes.length % 2 === 0 ? minutes[middle - 1] : upper;
  return {
    tickets: rows.length,
    answered: minutes.length,
    medianMinutes: upper === undefined || lower === undefined ? null : Math.round((upper + lower) / 2),
    longestMinutes: minutes.at(-1) ?? null,
  };
}
