/**
 * What is remembered of days whose backups are no longer kept. Retention deletes backups together with their receipts and tags, so a
 * year can only be shown if somebody writes down, day by day, how it went. Losing it costs the picture of the past, and nothing else.
 */
import { dayNumber, dayNumbered } from './days.ts';

/**
 * How a day went: `p` proven, `t` taken and not proven, `b` bad, `m` missed, `n` nothing promised, `w` not due yet, `u` not known.
 */
export type DayCode = 'p' | 't' | 'b' | 'm' | 'n' | 'w' | 'u';

export const dayCodes: readonly DayCode[] = ['p', 't', 'b', 'm', 'n', 'w', 'u'];

/** One day of one source. */
export interface Day {
  readonly code: DayCode;
  readonly bytes?: number | undefined;
  readonly recoverySeconds?: number | undefined;
  readonly pauseSeconds?: number | undefined;
}

/** Consecutive days of one source, in columns, which keeps a year short. */
export interface RememberedDays {
  /** The first day. */
  readonly from: string;
  /** One code a day. */
  readonly codes: string;
  /** One value a day each; null where there is none. */
  readonly bytes: readonly (number | null)[];
  readonly recovery: readonly (number | null)[];
  readonly pause: readonly (number | null)[];
}

export interface History {
  readonly format: 'holdfast-history/1';
  /** ISO 8601. */
  readonly recordedAt: string;
  /** By key of the source (`sourceKey`). */
  readonly sources: Readonly<Record<string, RememberedDays>>;
}

/** @returns undefined for what is not a history: then the page shows what is still kept */
export function parseHistory(text: string | undefined): History | undefined {
  try {
    const found = JSON.parse(text ?? '') as History;
    const isHistory = found.format === 'holdfast-history/1' && !Number.isNaN(Date.parse(found.recordedAt));
    if (!isHistory || typeof found.sources !== 'object') return undefined;
    return { ...found, sources: Object.fromEntries(Object.entries(found.sources).filter(([, days]) => isDays(days))) };
  } catch {
    return undefined;
  }
}

function isDays(found: RememberedDays | null): boolean {
  const { from, codes, bytes, recovery, pause } = found ?? ({} as Partial<RememberedDays>);
  const columns = [bytes, recovery, pause];
  return (
    /^\d{4}-\d\d-\d\d$/.test(String(from)) &&
    typeof codes === 'string' &&
    columns.every(
      (column) =>
        Array.isArray(column) &&
        column.length === codes.length &&
        column.every((one) => one === null || (Number.isFinite(one) && one >= 0)),
    )
  );
}

/** The days of a source by date. */
export function recalled(history: History | undefined, key: string): ReadonlyMap<string, Day> {
  const days = Object.hasOwn(history?.sources ?? {}, key) ? history?.sources[key] : undefined;
  if (!days) return new Map();
  const first = dayNumber(days.from);
  return new Map(
    Array.from(days.codes, (code, at) => [
      dayNumbered(first + at),
      {
        code: dayCodes.find((one) => one === code) ?? 'u',
        bytes: days.bytes[at] ?? undefined,
        recoverySeconds: days.recovery[at] ?? undefined,
        pauseSeconds: days.pause[at] ?? undefined,
      },
    ]),
  );
}

/** @param days consecutive ones, in order */
export function remembered(days: readonly (Day & { readonly date: string })[]): RememberedDays {
  const start = days.findIndex(({ code }) => code !== 'u');
  const known = start < 0 ? [] : days.slice(start);
  const column = (value: (day: Day) => number | undefined): (number | null)[] =>
    known.map((day) => rounded(value(day)) ?? null);
  return {
    from: known[0]?.date ?? days[0]?.date ?? '1970-01-01',
    codes: known.map(({ code }) => code).join(''),
    bytes: column(({ bytes }) => bytes),
    recovery: column(({ recoverySeconds }) => recoverySeconds),
    pause: column(({ pauseSeconds }) => pauseSeconds),
  };
}

/** Hundredths are enough of seconds, and of bytes there are none. */
function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100;
}
