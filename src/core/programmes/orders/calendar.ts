/** The catalogue's calendar: days are plain dates (`2026-11-30`), without hours and zones. */
import { DateTime } from 'luxon';
import type { Orders } from '../../catalogue/orders-shape.js';

type Calendar = Orders['calendar'];
/** Nothing is delivered later than this. */
const yearsAhead = 2;

const dayOf = (day: string): DateTime => DateTime.fromISO(day, { zone: 'utc' });

export const isWorkingDay = ({ workdays, holidays }: Calendar, day: string): boolean =>
  workdays.includes(dayOf(day).weekday) && !holidays.includes(day);

const textOf = (day: DateTime): string => day.toFormat('yyyy-MM-dd');

/**
 * The last day that can be asked for on this one: two years ahead, and not beyond what the calendar knows the holidays of
 * (unless it says so, the year of the last one that it has).
 */
export function lastDay({ holidays, until }: Calendar, today: string): string {
  const newest = holidays.toSorted().at(-1);
  const known = until ?? (newest && `${newest.slice(0, 4)}-12-31`);
  const ahead = textOf(dayOf(today).plus({ years: yearsAhead }));
  return known !== undefined && known < ahead ? known : ahead;
}

/** The first working days from a day on, itself included, as far as can be asked for on that day. */
export function nextWorkingDays(calendar: Calendar, { from, count }: { from: string; count: number }): string[] {
  const found: string[] = [];
  const last = lastDay(calendar, from);
  for (let day = dayOf(from); textOf(day) <= last && found.length < count; day = day.plus({ days: 1 })) {
    const text = textOf(day);
    if (isWorkingDay(calendar, text)) found.push(text);
  }
  return found;
}
