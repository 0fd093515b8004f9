/** A domain's life as its dates and its TLD's periods make it: computed when asked, never stored (STATES, "domain"; G6). */
import { DateTime } from 'luxon';
import type { Desk } from '../../guard/work.js';
import { dayIn } from '../../locales/format.js';
import type { Tld } from '../../catalogue/domains-shape.js';
import type { AgedState, DomainState } from './states.js';

/** A day as `YYYY-MM-DD`: it has no hours and no zone, so that no change of clocks can move it. */
const dayOf = (day: string): DateTime => DateTime.fromISO(day, { zone: 'utc' });
const written = (day: DateTime): string => day.toFormat('yyyy-MM-dd');

export const plusDays = (day: string, count: number): string => written(dayOf(day).plus({ days: count }));

/** The same day of another year; of 29 February the 28th where there is none. */
export const plusYears = (day: string, count: number): string => written(dayOf(day).plus({ years: count }));

/** Days from one day to another; below zero when the other comes first. */
export const daysBetween = (from: string, to: string): number => dayOf(to).diff(dayOf(from), 'days').days;

/** The day it is where the desk is. */
export const todayIn = ({ timeZone }: Pick<Desk, 'timeZone'>, now: Date): string => dayIn(now, timeZone);

/** Days before and after an expiry that make a domain's life; a TLD's in the catalogue. */
export type Periods = Pick<Tld, 'renewBy' | 'hold' | 'redemption' | 'pendingDelete'>;

/** Where a domain stands. Every day is the last on which something holds, but `goneOn`, the first on which it is free. */
export interface Standing {
  readonly state: DomainState | AgedState;
  /** To be renewed by, to go on without a break. */
  readonly renewBy: string | null;
  readonly expiresOn: string | null;
  /** Renewable at the usual price. */
  readonly holdUntil: string | null;
  /** Can be restored. */
  readonly redemptionUntil: string | null;
  readonly goneOn: string | null;
}

interface Dated {
  readonly state: DomainState;
  readonly expiresOn: string | null;
}

/**
 * What today makes of a domain. It runs to the end of its last day; then follow hold (`expired`), redemption and pending
 * delete, each as long as its TLD has it. A stored state without an expiry, or one that has ended, stays what it is.
 * @param tld of a TLD that is no longer sold nothing is known after the expiry: it stays `expired`
 */
export function standing(domain: Dated, tld: Periods | undefined, today: string): Standing {
  const { state, expiresOn } = domain;
  if (expiresOn === null || (state !== 'active' && state !== 'suspended'))
    return { state, expiresOn, renewBy: null, holdUntil: null, redemptionUntil: null, goneOn: null };
  if (!tld)
    return {
      state: today > expiresOn ? 'expired' : state,
      ...{ expiresOn, renewBy: expiresOn, holdUntil: null, redemptionUntil: null, goneOn: null },
    };
  const holdUntil = plusDays(expiresOn, tld.hold);
  const redemptionUntil = plusDays(holdUntil, tld.redemption);
  const goneOn = plusDays(redemptionUntil, tld.pendingDelete + 1);
  const aged = (): AgedState => {
    if (today >= goneOn) return 'gone';
    if (today > redemptionUntil) return 'pending-delete';
    return today > holdUntil ? 'redemption' : 'expired';
  };
  return {
    state: today <= expiresOn ? state : aged(),
    ...{ renewBy: plusDays(expiresOn, -tld.renewBy), expiresOn, holdUntil, redemptionUntil, goneOn },
  };
}

/**
 * The expiries that make `state` of a domain of this TLD today: after `after` and until `until`, both included in what
 * they name (`> after`, `<= until`). The same boundaries as `standing`, the other way round, for a list's question.
 */
export function expiriesOf(
  state: AgedState | 'running',
  tld: Periods | undefined,
  today: string,
): { after?: string; until?: string } | undefined {
  // expired since more days than these
  const [hold, redemption, pending] = tld
    ? [tld.hold, tld.hold + tld.redemption, tld.hold + tld.redemption + tld.pendingDelete]
    : [undefined, undefined, undefined];
  const yesterday = plusDays(today, -1);
  const ago = (days: number) => plusDays(yesterday, -days);
  if (state === 'running') return { after: yesterday };
  if (hold === undefined) return state === 'expired' ? { until: yesterday } : undefined;
  if (state === 'expired') return { after: ago(hold), until: yesterday };
  if (state === 'redemption') return { after: ago(redemption), until: ago(hold) };
  return state === 'pending-delete' ? { after: ago(pending), until: ago(redemption) } : { until: ago(pending) };
}
