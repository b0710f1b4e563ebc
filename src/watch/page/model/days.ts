/** Calendar days in a time zone. A day is `2026-11-27`; one with a change of the clock has 23 or 25 hours. */

const dayMs = 86_400_000;
/** Offsets of all zones are multiples of a quarter of an hour, and clocks change at such times. */
const quarterMs = 900_000;

/** Tells on which day a moment is. */
export type DayOf = (moment: Date | string) => string;

/** @throws RangeError when there is no such zone */
export function daysIn(timeZone: string): DayOf {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const known = new Map<number, string>();
  return (moment) => {
    const quarter = Math.floor(new Date(moment).getTime() / quarterMs);
    const day = known.get(quarter) ?? written(format, quarter * quarterMs);
    known.set(quarter, day);
    return day;
  };
}

/** Whether there is such a zone. */
export function isZone(timeZone: unknown): timeZone is string {
  try {
    return typeof timeZone === 'string' && new Intl.DateTimeFormat('en-US', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}

function written(format: Intl.DateTimeFormat, at: number): string {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${(parts.year ?? '').padStart(4, '0')}-${parts.month}-${parts.day}`;
}

/** Number of a day, counted from 1970-01-01. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / dayMs;
}

export function dayNumbered(number: number): string {
  return new Date(number * dayMs).toISOString().slice(0, 10);
}

/** Monday is 0. */
export function weekday(day: string): number {
  return (((dayNumber(day) + 3) % 7) + 7) % 7;
}

/** The year that ends with a day: 365 or 366 days, the last one is `today`. */
export function yearUntil(today: string): readonly string[] {
  const [year = 0, month = 1, date = 1] = today.split('-').map(Number);
  const first = Date.UTC(year - 1, month - 1, date + 1) / dayMs;
  return Array.from({ length: dayNumber(today) - first + 1 }, (_, at) => dayNumbered(first + at));
}
