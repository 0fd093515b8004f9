/** The catalogue's calendar: days are plain dates (`2026-11-30`), without hours and zones. */
import { DateTime } from 'luxon';
import type { Orders } from '../record/orders-shape.js';

type Calendar = Orders['calendar'];
/** A calendar of holidays alone ends the search after this. */
const aheadAtMost = 400;

const dayOf = (day: string): DateTime => DateTime.fromISO(day, { zone: 'utc' });

export const isWorkingDay = ({ workdays, holidays }: Calendar, day: string): boolean =>
  workdays.includes(dayOf(day).weekday) && !holidays.includes(day);

/** The first working days from a day on, itself included. */
export function nextWorkingDays(calendar: Calendar, { from, count }: { from: string; count: number }): string[] {
  const found: string[] = [];
  let day = dayOf(from);
  for (let ahead = 0; ahead < aheadAtMost && found.length < count; ahead += 1, day = day.plus({ days: 1 })) {
    const text = day.toFormat('yyyy-MM-dd');
    if (isWorkingDay(calendar, text)) found.push(text);
  }
  return found;
}
