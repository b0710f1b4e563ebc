/**
 * What is remembered of days whose backups are no longer kept. Retention deletes backups together with their receipts and tags, so a
 * year can only be shown if somebody writes down, day by day, how it went. Losing it costs the picture of the past, and nothing else.
 */
import { dayNumber, dayNumbered, isZone } from './days.ts';

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

/** Days of one time zone. */
export interface ZoneDays {
  /** ISO 8601. */
  readonly recordedAt: string;
  /** By key of the source (`sourceKey`). */
  readonly sources: Readonly<Record<string, RememberedDays>>;
  /** Days before this one may be of another zone; undefined when none is. */
  readonly zonedFrom?: string | undefined;
}

export interface History extends ZoneDays {
  readonly format: 'holdfast-history/1';
  /** IANA name of the zone whose days these are; undefined where nobody wrote it down, as in earlier versions. */
  readonly timeZone?: string | undefined;
  /** What pages in other zones wrote down, by zone: one account may have several repositories. */
  readonly others?: Readonly<Record<string, ZoneDays>> | undefined;
}

/** @returns undefined for what is not a history: then the page shows what is still kept */
export function parseHistory(text: string | undefined): History | undefined {
  try {
    const found = JSON.parse(text ?? '') as History;
    const own = found.format === 'holdfast-history/1' ? readDays(found) : undefined;
    if (own === undefined) return undefined;
    const { timeZone, others } = found;
    const further = Object.entries(others ?? {}).flatMap(([zone, days]) => {
      const read = isZone(zone) ? readDays(days) : undefined;
      return read === undefined ? [] : [[zone, read] as const];
    });
    return {
      format: found.format,
      ...own,
      ...(isZone(timeZone) ? { timeZone } : {}),
      ...(further.length === 0 ? {} : { others: Object.fromEntries(further) }),
    };
  } catch {
    return undefined;
  }
}

function readDays(found: ZoneDays | null): ZoneDays | undefined {
  const { recordedAt, sources, zonedFrom } = found ?? ({} as Partial<ZoneDays>);
  if (recordedAt === undefined || Number.isNaN(Date.parse(recordedAt))) return undefined;
  if (typeof sources !== 'object' || sources === null) return undefined;
  return {
    recordedAt,
    sources: Object.fromEntries(Object.entries(sources).filter(([, days]) => isDays(days))),
    ...(typeof zonedFrom === 'string' ? { zonedFrom } : {}),
  };
}

/** What a page in a zone goes on from. Where nobody has written days of this zone, those of another, as such of an unknown one. */
export function historyIn(history: History | undefined, timeZone: string): History | undefined {
  if (history === undefined || history.timeZone === timeZone) return history;
  const own = Object.hasOwn(history.others ?? {}, timeZone) ? history.others?.[timeZone] : undefined;
  return { ...(own ?? history), format: history.format, timeZone: own === undefined ? undefined : timeZone };
}

/** Days of a zone that nobody writes any more are forgotten after a year. */
const forgottenAfterMs = 367 * 86_400_000;

/**
 * What is written over `before`, whose days of other zones stay.
 * @param today of the page, in its zone
 */
export function succeeding(
  before: History | undefined,
  { recordedAt, sources, timeZone, today }: ZoneDays & { readonly timeZone: string; readonly today: string },
): History {
  const own = historyIn(before, timeZone);
  // A page of a zone ahead may have written tomorrow already.
  const adopted = own !== undefined && own.timeZone === undefined ? dayNumbered(dayNumber(today) + 2) : undefined;
  const zonedFrom = adopted ?? own?.zonedFrom;
  const all: Record<string, ZoneDays> = { ...before?.others };
  if (before?.timeZone !== undefined)
    all[before.timeZone] = {
      recordedAt: before.recordedAt,
      sources: before.sources,
      ...(before.zonedFrom === undefined ? {} : { zonedFrom: before.zonedFrom }),
    };
  const others = Object.entries(all).filter(
    ([zone, one]) => zone !== timeZone && Date.parse(one.recordedAt) > Date.parse(recordedAt) - forgottenAfterMs,
  );
  return {
    format: 'holdfast-history/1',
    recordedAt,
    timeZone,
    ...(zonedFrom === undefined ? {} : { zonedFrom }),
    sources,
    ...(others.length === 0 ? {} : { others: Object.fromEntries(others) }),
  };
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
export function recalled(history: Pick<ZoneDays, 'sources'> | undefined, key: string): ReadonlyMap<string, Day> {
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
