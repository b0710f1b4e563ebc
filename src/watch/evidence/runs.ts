/** The promised runs of a period, how each went, and the gaps between. */
import { slotOf } from '../../rotation/plan/dates.ts';
import { nextRuns } from '../../runtime/schedule/runs.ts';
import type { PromisedSchedule, PromisedSource } from '../promises/promise.ts';
import { type DueRun, dueRun } from '../watchdog/due.ts';
import type { EvidenceBackup } from './input.ts';
import type { Written } from './written.ts';

/**
 * - `made`: a backup is known that keeps the promise.
 * - `recorded`: no backup is known any more, and somebody wrote down that the day had one.
 * - `missed`: it is known that none was made in time, or none that can be restored.
 * - `unknown`: retention may have deleted the backup with its receipt, and what was written down of the day does not tell.
 * - `not-due`: its allowance is not over.
 */
export type RunState = 'made' | 'recorded' | 'missed' | 'unknown' | 'not-due';

export interface JudgedRun extends DueRun {
  readonly state: RunState;
  /** Whether the day was written down so. */
  readonly isWritten?: true | undefined;
}

/** Runs found at a time. */
const batch = 64;

/** Runs by schedule and time, which many sources share. */
export type KnownTimes = Map<string, readonly number[]>;

/** Runs from `start` on and before `end`, in order; of those that share a slot, the first. */
export function promisedRuns(
  { schedules }: Pick<PromisedSource, 'schedules'>,
  start: number,
  end: number,
  known: KnownTimes,
): readonly DueRun[] {
  const runs = schedules.flatMap((schedule) => timesOf(schedule, start, end, known).map((at) => ({ at, schedule })));
  const seen = new Set<string>();
  return runs
    .toSorted((a, b) => a.at - b.at)
    .filter(({ at, schedule: { slot } }) => {
      const own = slot === undefined ? String(at) : slotOf(new Date(at), slot.timeZone, slot.everyHours);
      const isFirst = !seen.has(own);
      seen.add(own);
      return isFirst;
    })
    .map(({ at, schedule }) => dueRun(schedule, at));
}

function timesOf(schedule: PromisedSchedule, start: number, end: number, known: KnownTimes): readonly number[] {
  const from = Math.max(start, Date.parse(schedule.since));
  const until = Math.min(end, schedule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.until));
  const key = [schedule.expression, schedule.timeZone, from, until].join(' ');
  const before = known.get(key);
  if (before !== undefined) return before;
  const times: number[] = [];
  // A run at this very time counts.
  for (let after = from - 1; after < until; ) {
    const some = nextRuns(schedule, batch, new Date(after)).map((run) => run.getTime());
    times.push(...some.filter((run) => run < until));
    after = some.length < batch ? until : (some.at(-1) ?? until);
  }
  known.set(key, times);
  return times;
}

export interface Known {
  /** Times of all backups that are known, in order. */
  readonly taken: readonly number[];
  readonly allowanceMs: number;
  /** Since when each backup that was made is known. */
  readonly completeSince: number;
  /** How the day of a run was written down. */
  readonly written: (run: number) => Written;
  /** Whether the days are those of several parts together. */
  readonly shared: boolean;
  /** Whether no backup is known: if the days say that there were some, they were deleted. */
  readonly isLost: boolean;
  readonly now: number;
}

export function judge(runs: readonly DueRun[], known: Known): readonly JudgedRun[] {
  return runs.map((run) => ({ ...run, ...stateOf(run, known) }));
}

function stateOf(run: DueRun, known: Known): Pick<JudgedRun, 'state' | 'isWritten'> {
  const { taken, allowanceMs, now } = known;
  const deadline = run.at + allowanceMs;
  const first = firstFrom(taken, run.from);
  if (first !== undefined && first <= deadline) return { state: 'made' };
  if (deadline > now) return { state: 'not-due' };
  const written = known.written(run.at);
  if (written === 'missed') return { state: 'missed', isWritten: true };
  const isComplete = run.from >= known.completeSince;
  if (isComplete && !(known.isLost && written === 'recorded')) return { state: 'missed' };
  return written === 'recorded' && !known.shared ? { state: 'recorded', isWritten: true } : { state: 'unknown' };
}

/** The first time from `from` on. @param sorted in order */
export function firstFrom(sorted: readonly number[], from: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}

/**
 * Since when every backup of a source that was made is known. Retention never deletes the newest one, so after it there was none; without
 * any, there never was, unless its days say so. A receipt that was deleted can be read for a time. Nothing of Holdfast deletes the receipt of a volume.
 */
export function completeSince(
  backups: readonly Pick<EvidenceBackup, 'kind' | 'takenAt' | 'receiptKey'>[],
  deletedSince: number | undefined,
): number {
  const times = backups.map(({ takenAt }) => Date.parse(takenAt));
  if (times.length === 0) return Number.NEGATIVE_INFINITY;
  const receipts = backups.filter(({ receiptKey }) => receiptKey !== undefined);
  const oldest = Math.min(...receipts.map(({ takenAt }) => Date.parse(takenAt)));
  const [first] = backups;
  const read =
    first?.kind === 'volume-snapshot'
      ? oldest
      : first?.kind === 'database-dump'
        ? (deletedSince ?? Number.POSITIVE_INFINITY)
        : Number.POSITIVE_INFINITY;
  return Math.min(Math.max(...times), read);
}

export interface Gap {
  /** The first promised run that was missed, epoch ms. */
  readonly from: number;
  /** The next backup; undefined while there is none, or none is known. */
  readonly until: number | undefined;
  /** Whether there is still none. */
  readonly open: boolean;
  readonly missed: number;
  /** The last backup before it that is known. */
  readonly last: number | undefined;
}

/** @param next the next backup that is known @param ended the run that was not missed any more */
function endOfGap(next: number | undefined, ended: JudgedRun | undefined): Pick<Gap, 'until' | 'open'> {
  const before = next !== undefined && (ended === undefined || next <= ended.at);
  // Of a day that is only written down, the run's own time is the best guess.
  if (ended?.state === 'recorded' && !before) return { until: ended.at, open: false };
  if (ended?.state === 'unknown' && !before) return { until: undefined, open: false };
  return { until: next, open: next === undefined };
}

/** Missed runs in a row. A gap ends with the next backup, also one of no run. */
export function gapsOf(runs: readonly JudgedRun[], taken: readonly number[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let current: { readonly first: JudgedRun; missed: number } | undefined;
  const close = (ended: JudgedRun | undefined): void => {
    if (current === undefined) return;
    const { first, missed } = current;
    const next = firstFrom(taken, first.from);
    gaps.push({ from: first.at, ...endOfGap(next, ended), missed, last: taken.findLast((time) => time < first.from) });
    current = undefined;
  };
  for (const run of runs) {
    if (run.state === 'missed') {
      const next = current && firstFrom(taken, current.first.from);
      // A backup that came too late for one run may have come before the next one.
      if (next !== undefined && next < run.from) close(undefined);
      if (current === undefined) current = { first: run, missed: 1 };
      else current.missed += 1;
    } else if (run.state !== 'not-due') close(run);
  }
  close(undefined);
  return gaps;
}
