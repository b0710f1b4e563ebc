/**
 * When a schedule of GitHub's runs. A run in an hour that daylight saving skips starts at the next valid time (GitHub Docs, "Workflow
 * syntax", on.schedule); one in an hour that is repeated counts once, the first time.
 */
import { Cron } from 'croner';
import { withWholeRanges } from './expression.ts';

export interface Schedule {
  /** Five fields of cron, as problemsOfExpression of expression.ts allows them. */
  readonly expression: string;
  /** Of the key `timezone` beside `cron`; UTC without it. */
  readonly timeZone: string;
}

/** By name: a look asks for the same few again and again, and the answer takes long. */
const timeZones = new Map<string, string>();

/** @returns undefined for a name that is no time zone of IANA's */
export function timeZoneOf(name: string): string | undefined {
  const known = timeZones.get(name);
  if (known !== undefined) return known;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    timeZones.set(name, timeZone);
    return timeZone;
  } catch {
    return undefined;
  }
}

function cronOf({ expression, timeZone }: Schedule): Cron {
  return new Cron(withWholeRanges(expression), { mode: '5-part', timezone: timeZone, paused: true });
}

/** The next runs after a time; fewer than asked for when the schedule comes to its end. */
export function nextRuns(schedule: Schedule, count: number, after: Date): readonly Date[] {
  return cronOf(schedule).nextRuns(count, after);
}

/** The last runs before a time, the newest first. */
export function lastRuns(schedule: Schedule, count: number, before: Date): readonly Date[] {
  return cronOf(schedule).previousRuns(count, before);
}
