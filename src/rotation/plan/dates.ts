/** Days as `YYYY-mm-dd`, which sorts as text. Without a time of day, no clock change can move a decision. */

const form = /^(\d{4})-(\d{2})-(\d{2})$/;
const day = 24 * 60 * 60 * 1000;

/** Whether the text is a day of the calendar; `2026-02-30` is not. */
export function isDay(text: string): boolean {
  const [, year, month, date] = form.exec(text) ?? [];
  if (year === undefined) return false;
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  return time.toISOString().slice(0, 10) === text;
}

function midnight(text: string): number {
  return Date.parse(`${text}T00:00:00Z`);
}

export function addDays(from: string, days: number): string {
  return new Date(midnight(from) + days * day).toISOString().slice(0, 10);
}

/** From the one day to the other; negative when that is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((midnight(to) - midnight(from)) / day);
}

/** The same date some months later, or the last day of a shorter month: 31 January plus 1 month is 28 February. */
export function addMonths(from: string, months: number): string {
  const start = new Date(midnight(from));
  const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(start.getUTCDate(), last));
  return first.toISOString().slice(0, 10);
}

/** The Monday of the day's week (ISO 8601). */
export function weekOf(text: string): string {
  return addDays(text, -((new Date(midnight(text)).getUTCDay() + 6) % 7));
}

/** `YYYY-mm`. */
export function monthOf(text: string): string {
  return text.slice(0, 7);
}

/** Whether the platform knows the IANA name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** By time zone: making one takes longer than to ask it a hundred times. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(timeZone, clock);
  return clock;
}

/** Day and hour of a point in time in a time zone. */
export function localTime(now: Date, timeZone: string): { day: string; hour: number } {
  const parts = clockOf(timeZone).formatToParts(now);
  const values = Object.fromEntries(parts.map((part) => [part.type, part.value])) as Record<string, string>;
  return { day: `${values.year}-${values.month}-${values.day}`, hour: Number(values.hour) };
}

/** When the current day began in a time zone. Hours of every zone begin at a quarter of an hour of UTC. */
export function startOfDay(now: Date, timeZone: string): Date {
  const quarter = 15 * 60 * 1000;
  const today = localTime(now, timeZone).day;
  let time = Math.floor(now.getTime() / quarter) * quarter;
  while (localTime(new Date(time - 1), timeZone).day === today) time -= quarter;
  return new Date(time);
}

/**
 * The schedule slot of a point in time: the day, or the day and the hour at which its slot began.
 * @param everyHours a divisor of 24; 24 for one slot a day
 */
export function slotOf(now: Date, timeZone: string, everyHours: number): string {
  const { day: today, hour } = localTime(now, timeZone);
  if (everyHours >= 24) return today;
  return `${today}T${String(Math.floor(hour / everyHours) * everyHours).padStart(2, '0')}`;
}
