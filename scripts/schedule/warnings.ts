/** What a person should know of a schedule before it is set. */
import cronstrue from 'cronstrue';
import { eitherDay } from '../../src/runtime/schedule/expression.ts';
import { nextRuns, type Schedule } from '../../src/runtime/schedule/runs.ts';

/** The shortest interval of a schedule, in minutes (GitHub Docs, "Events that trigger workflows", schedule). */
const shortestInterval = 5;

/** An expression in words: `at 02:30, only on Monday`. */
export function inWords(expression: string): string {
  const text = cronstrue.toString(expression, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `Mon 2026-11-30 02:30 Europe/Zurich`. */
export function clockTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    ...({ weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit' } as const),
  }).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('weekday')} ${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')} ${timeZone}`;
}

/** What is allowed, and may not be what was meant. @param shown another time zone in which the reader thinks */
export function warningsOf({ expression, timeZone }: Schedule, now: Date, shown?: string): readonly string[] {
  // So many that every pair of neighbouring runs within a day is among them.
  const runs = nextRuns({ expression, timeZone }, 200, now);
  const gap = Math.min(...runs.slice(1).map((at, index) => (at.getTime() - (runs[index] as Date).getTime()) / 60_000));
  return [
    ...(gap < shortestInterval
      ? [
          `runs would be ${gap === 1 ? 'a minute' : `${gap} minutes`} apart; the shortest interval of GitHub is ${shortestInterval} minutes`,
        ]
      : []),
    ...(runs.some((at) => at.getUTCMinutes() === 0)
      ? [
          `${runs.every((at) => at.getUTCMinutes() === 0) ? 'it runs' : 'some of its runs are'} at the start of an hour, when GitHub has the most to do: runs start late then, and some are dropped; another minute, such as 23, is better`,
        ]
      : []),
    ...(eitherDay(expression)
      ? ['it has a day of the month and a day of the week: it runs on every day that is either of them']
      : []),
    ...clockChanges(expression, timeZone, now, shown),
  ];
}

const day = 24 * 60 * 60 * 1000;

/** How far a zone is from UTC, in minutes. */
function offset(at: Date, timeZone: string): number {
  const [, date = '', time = ''] = clockTime(at, timeZone).split(' ');
  return Math.round((Date.parse(`${date}T${time}:00Z`) - at.getTime()) / 60_000);
}

/** Days of the coming year on which a zone's clock changes, each with its minutes. */
function changesOf(timeZone: string, now: Date): readonly { readonly at: Date; readonly by: number }[] {
  const days = Array.from({ length: 366 }, (_, index) => new Date(now.getTime() + index * day));
  return days.flatMap((at) => {
    const by = offset(new Date(at.getTime() + day), timeZone) - offset(at, timeZone);
    return by === 0 ? [] : [{ at: instantOfChange(at, timeZone), by }];
  });
}

function instantOfChange(from: Date, timeZone: string): Date {
  let [before, after] = [from.getTime(), from.getTime() + day];
  const first = offset(from, timeZone);
  while (after - before > 60_000) {
    const middle = Math.floor((before + after) / 2);
    if (offset(new Date(middle), timeZone) === first) before = middle;
    else after = middle;
  }
  return new Date(Math.floor(after / 60_000) * 60_000);
}

/**
 * A zone with daylight saving time skips an hour and repeats one. GitHub starts what falls into a skipped hour at the next valid
 * time (GitHub Docs, "Workflow syntax", on.schedule).
 */
function clockChanges(expression: string, timeZone: string, now: Date, shown: string | undefined): readonly string[] {
  const [, hour = '*'] = expression.split(' ');
  if (hour.includes('*')) return [];
  const [forward] = changesOf(timeZone, now).filter(({ by }) => by > 0);
  if (forward !== undefined) {
    // Of the day before, as UTC has no gap: the hour that this zone will skip.
    const local = new Date(forward.at.getTime() + offset(new Date(forward.at.getTime() - 60_000), timeZone) * 60_000);
    const [skipped] = nextRuns({ expression, timeZone: 'UTC' }, 1, new Date(local.getTime() - 1000));
    const inside = skipped !== undefined && skipped.getTime() < local.getTime() + forward.by * 60_000;
    return inside
      ? [
          `${timeZone} has no ${skipped.toISOString().slice(11, 16)} on ${skipped.toISOString().slice(0, 10)}, when its clock is put forward: GitHub starts that run at the next valid time`,
        ]
      : [];
  }
  const [change] = shown === undefined ? [] : changesOf(shown, now);
  if (shown === undefined || change === undefined) return [];
  return [
    `it goes by UTC: by the clock of ${shown} it runs ${Math.abs(change.by)} minutes ${change.by > 0 ? 'later' : 'earlier'} from ${clockTime(change.at, shown).slice(4, 14)} on; timezone: "${shown}" beside cron keeps the hour`,
  ];
}
