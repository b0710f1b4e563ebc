/** What the watchdog wrote down of the day of a run. A day is one of a time zone: where the zone is not known, only a few days together tell. */
import { type DayOf, dayNumber, dayNumbered, daysIn } from '../page/model/days.ts';
import { type Day, type DayCode, type History, recalled, type ZoneDays } from '../page/model/history.ts';

/** Undefined where nothing is written, or it does not tell. */
export type Written = 'recorded' | 'missed' | undefined;

const hourMs = 3_600_000;

/** A bad day had a backup whose content is wrong, or one that failed: that does not tell. */
const meanings: Readonly<Record<DayCode, Written>> = {
  p: 'recorded',
  t: 'recorded',
  m: 'missed',
  b: undefined,
  n: undefined,
  w: undefined,
  u: undefined,
};

/**
 * @param key of the source (`sourceKey`)
 * @returns what is written of a run at a time (epoch ms)
 */
export function writtenOf(history: History | undefined, key: string): (run: number) => Written {
  if (history === undefined) return () => undefined;
  const { timeZone, others = {} } = history;
  const books = [
    bookOf(history, timeZone, key),
    ...Object.entries(others).map(([zone, one]) => bookOf(one, zone, key)),
  ];
  return (run) => books.map((book) => read(book, run)).find((told) => told !== undefined);
}

interface Book {
  readonly days: ReadonlyMap<string, Day>;
  readonly dayOf: DayOf | undefined;
  /** Earlier days may be of another zone. */
  readonly zonedFrom: string;
}

function bookOf(written: ZoneDays, timeZone: string | undefined, key: string): Book {
  const { zonedFrom = '' } = written;
  return { days: recalled(written, key), dayOf: timeZone === undefined ? undefined : daysIn(timeZone), zonedFrom };
}

function read({ days, dayOf, zonedFrom }: Book, run: number): Written {
  if (days.size === 0) return undefined;
  const own = dayOf?.(new Date(run));
  if (own !== undefined && own >= zonedFrom) return meanings[days.get(own)?.code ?? 'u'];
  // The day of a run is never one on which nothing was promised.
  const codes = daysAnywhere(run).map((day) => days.get(day)?.code ?? 'u');
  const told = new Set(codes.filter((code) => code !== 'n').map((code) => meanings[code]));
  return told.size === 1 ? [...told][0] : undefined;
}

/** Every day that it may be somewhere: zones are from 12 hours behind UTC to 14 ahead. */
function daysAnywhere(run: number): readonly string[] {
  const number = (at: number): number => Math.floor(dayNumber(new Date(at).toISOString().slice(0, 10)));
  const [first, last] = [number(run - 12 * hourMs), number(run + 14 * hourMs)];
  return Array.from({ length: last - first + 1 }, (_, at) => dayNumbered(first + at));
}
