/** The year of one source, a day at a time, from the backups that are kept, what was promised, and what is remembered. */
import { type KeptBackup, lastProof } from '../../../domain/backup.ts';
import type { DayOf } from './days.ts';
import type { Day, DayCode } from './history.ts';
import type { PagePromise } from './input.ts';

export interface CalendarDay extends Day {
  readonly date: string;
}

export interface CalendarInput {
  /** Of one source, newest first, copies left out. */
  readonly backups: readonly KeptBackup[];
  readonly promise: Pick<PagePromise, 'runs' | 'allowanceSeconds' | 'since'> | undefined;
  readonly past: ReadonlyMap<string, Day>;
  /** When the past was written down last (ISO 8601). */
  readonly recordedAt: string | undefined;
  readonly days: readonly string[];
  readonly dayOf: DayOf;
  readonly now: Date;
}

/** How far the clock of a database server may be behind, by which dumps say when they were taken. */
const clockTolerance = 10 * 60_000;

/**
 * A backup belongs to the day of the promised run that it answers, also when it came after midnight; without such a run, to its own day.
 * A day without a backup is missed only where it is known that none was there: after the newest one that is kept, or since the past was
 * written down last. Before that retention may have deleted it, and the past says how it was.
 */
export function calendar(input: CalendarInput): readonly CalendarDay[] {
  const { backups, promise, past, days, dayOf, now } = input;
  const runs = (promise?.runs ?? []).map((run) => Date.parse(run));
  const allowance = (promise?.allowanceSeconds ?? 0) * 1000;
  const byDay = Map.groupBy(backups, ({ takenAt }) =>
    dayOf(new Date(answered(runs, allowance, Date.parse(takenAt)) ?? takenAt)),
  );
  const runsByDay = Map.groupBy(runs, (run) => dayOf(new Date(run)));
  const times = backups.map(({ takenAt }) => Date.parse(takenAt));
  const known = knownSince(input);
  const first = promise && firstKnown([...byDay.keys(), ...past.keys()], promise.since && dayOf(promise.since));
  return days.map((date) => {
    const kept = byDay.get(date);
    const own = runsByDay.get(date) ?? [];
    const due = own.filter((run) => run + allowance <= now.getTime());
    // Of two promised runs in a row one backup answers both.
    const answers = kept ?? backups.filter((_, at) => due.some((run) => isWithin(times[at] ?? 0, run, allowance)));
    if (answers.length > 0) return { date, ...dayWith(answers) };
    if (due.some((run) => run >= known)) return { date, code: 'm' };
    if (own.length > due.length) return { date, code: 'w' };
    const told = past.get(date);
    if (told && told.code !== 'u' && told.code !== 'w') return { date, ...told };
    return { date, code: own.length === 0 && first !== undefined && date >= first ? 'n' : 'u' };
  });
}

/** The first day of which it is known what was promised: not before the first backup, nor before the promise itself. */
function firstKnown(days: readonly string[], since: string | undefined): string | undefined {
  const [first] = days.toSorted();
  return first !== undefined && since !== undefined && since > first ? since : first;
}

/** The promised run that a backup answers: the last one before it, unless that was too long ago. */
function answered(runs: readonly number[], allowance: number, takenAt: number): number | undefined {
  const run = runs.findLast((one) => one - clockTolerance <= takenAt);
  return run !== undefined && takenAt - run <= allowance ? run : undefined;
}

/** Since when each backup that was made is known, in milliseconds. */
function knownSince({ backups, recordedAt, promise }: CalendarInput): number {
  const newest = backups[0] ? Date.parse(backups[0].takenAt) : Number.POSITIVE_INFINITY;
  const recorded = recordedAt
    ? Date.parse(recordedAt) - (promise?.allowanceSeconds ?? 0) * 1000
    : Number.POSITIVE_INFINITY;
  return Math.min(newest, recorded);
}

function isWithin(time: number, from: number, length: number): boolean {
  return time >= from - clockTolerance && time <= from + length;
}

const badness: readonly DayCode[] = ['b', 't', 'p'];

/** Of each volume the best backup of the day counts; of several volumes the worst one. */
function dayWith(backups: readonly KeptBackup[]): Day {
  const parts = [...Map.groupBy(backups, ({ volumeId }) => volumeId).values()].map(
    (some) => some.toSorted((a, b) => badness.indexOf(codeOf(b)) - badness.indexOf(codeOf(a)))[0],
  );
  const best = parts.flatMap((one) => one ?? []);
  const sizes = best.flatMap(({ bytes }) => bytes ?? []);
  return {
    code: best.map(codeOf).toSorted((a, b) => badness.indexOf(a) - badness.indexOf(b))[0] ?? 't',
    bytes: sizes.length > 0 && sizes.length === best.length ? sizes.reduce((all, one) => all + one, 0) : undefined,
    recoverySeconds: longest(best.map((one) => one.proofs.find(({ verdict }) => verdict === 'good')?.recoverySeconds)),
    pauseSeconds: longest(best.map(({ pauseSeconds }) => pauseSeconds)),
  };
}

function longest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** How a day went whose only backup this is. */
export function codeOf(backup: KeptBackup): 'p' | 't' | 'b' {
  if (backup.problem !== undefined) return 'b';
  const verdict = lastProof(backup)?.verdict ?? backup.verdict;
  return verdict === 'good' ? 'p' : verdict === 'bad' ? 'b' : 't';
}
