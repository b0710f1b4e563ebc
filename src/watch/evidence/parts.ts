/**
 * The promised runs of a source, how each went, and its gaps. Each database of a server and each volume of an instance is judged by
 * itself, as the watchdog does: a backup of one is none of another.
 */
import { sourceKey } from '../page/model/source.ts';
import type { PromisedSource } from '../promises/promise.ts';
import { partsOf } from '../watchdog/parts.ts';
import { mayHide } from '../watchdog/watchdog.ts';
import type { EvidenceBackup, EvidenceInput } from './input.ts';
import { endOf, startOf } from './period.ts';
import {
  completeSince,
  type Gap,
  gapsOf,
  type JudgedRun,
  judge,
  type KnownTimes,
  promisedRuns,
  type RunState,
} from './runs.ts';
import { writtenOf } from './written.ts';

export interface PartGap extends Gap {
  /** The database or the volume; undefined where all parts were missed, or there is one alone. */
  readonly part?: string | undefined;
}

export interface JudgedSource {
  /** Of several parts, the worst counts. */
  readonly runs: readonly JudgedRun[];
  readonly gaps: readonly PartGap[];
}

/** What is judged by itself. */
interface Judged {
  readonly promised: PromisedSource;
  readonly backups: readonly EvidenceBackup[];
  /** Of its days in the history. */
  readonly key: string;
  /** Whether its days are those of several parts together: a good one is then none of each. */
  readonly shared: boolean;
  /** Whether no backup of it is known, nor of what shares its days. */
  readonly isLost: boolean;
}

/**
 * @param backups of the source, newest first
 * @param alone sources that are promised by themselves, beside the server's
 */
export function judgeSource(
  promised: PromisedSource,
  backups: readonly EvidenceBackup[],
  {
    input,
    times,
    alone,
  }: { readonly input: EvidenceInput; readonly times: KnownTimes; readonly alone: ReadonlySet<string> },
): JudgedSource {
  const judged = (one: Judged): readonly JudgedRun[] => judgedRuns(one, input, times);
  const isLost = !backups.some(isWhole);
  const whole = judged({ promised, backups, key: sourceKey(promised), shared: false, isLost });
  const parts = partsIn(promised, backups, alone).map(({ name, ...one }) => {
    const runs = judged(one).filter((run) => !isOutside(run, one, promised));
    return { name, runs, gaps: gapsOf(runs, timesOf(one.backups)) };
  });
  const byRun = Map.groupBy(
    parts.flatMap(({ runs }) => runs),
    ({ at }) => at,
  );
  const withParts = (choose: (states: readonly RunState[]) => RunState): readonly JudgedRun[] =>
    whole.map((run) => {
      const states = byRun.get(run.at)?.map(({ state }) => state);
      return states === undefined ? run : { ...run, state: choose(states) };
    });
  const together = gapsOf(withParts(best), timesOf(backups));
  const isTold = ({ from, missed }: Gap): boolean => together.some((one) => one.from === from && one.missed === missed);
  const ofParts = parts.flatMap(({ name, gaps }) =>
    gaps.filter((gap) => !isTold(gap)).map((gap) => ({ ...gap, part: name })),
  );
  return {
    runs: withParts(worst),
    gaps: [...together, ...ofParts].toSorted((a, b) => a.from - b.from),
  };
}

/** Best first. */
const order: readonly RunState[] = ['made', 'recorded', 'unknown', 'not-due', 'missed'];
const best = (states: readonly RunState[]): RunState => order.find((one) => states.includes(one)) ?? 'unknown';
const worst = (states: readonly RunState[]): RunState => order.findLast((one) => states.includes(one)) ?? 'unknown';

function partsIn(
  promised: PromisedSource,
  own: readonly EvidenceBackup[],
  alone: ReadonlySet<string>,
): readonly (Judged & { readonly name: string })[] {
  // Also of a database that is gone the runs before were promised.
  const { parts } = partsOf({ ...promised, goneDatabases: {} }, own, alone);
  return parts.map(({ id, name, promised: part, backups }) => {
    const isVolume = promised.kind === 'rotation-snapshot';
    const shared =
      isVolume && (parts.length > 1 || own.some(({ volumeId }) => volumeId !== undefined && volumeId !== id));
    const some = backups as readonly EvidenceBackup[];
    const isLost = !(isVolume ? own : some).some(isWhole);
    return { name, promised: part, backups: some, key: sourceKey(isVolume ? promised : part), shared, isLost };
  });
}

/**
 * Whether a missed run was before the first dump of a database, which is not known to have been there, or when it was no longer on its
 * server.
 */
function isOutside(
  run: JudgedRun,
  { promised: { source, targets }, backups }: Judged,
  { allDatabases, goneDatabases = {} }: PromisedSource,
): boolean {
  if (allDatabases !== true || run.state !== 'missed') return false;
  const taken = backups.map(({ takenAt }) => Date.parse(takenAt));
  if (taken.length > 0 && taken.every((time) => time > run.at) && !run.isWritten) return true;
  const gone = Date.parse(goneDatabases[source] ?? '');
  return run.at + targets.allowanceSeconds * 1000 >= gone;
}

/** Whether it can be restored, or could before retention deleted it: else it is no backup. */
const isWhole = ({ problem }: EvidenceBackup): boolean => problem === undefined;

/** In order. */
function timesOf(backups: readonly EvidenceBackup[]): readonly number[] {
  return backups
    .filter(isWhole)
    .map(({ takenAt }) => Date.parse(takenAt))
    .toReversed();
}

function judgedRuns({ promised, backups, key, shared, isLost }: Judged, input: EvidenceInput, times: KnownTimes) {
  const { period, now, history, unread, deletedSince } = input;
  const runs = promisedRuns(promised, startOf(period), endOf(period), times);
  const hidden = unread.some((part) => mayHide(part, promised));
  // Retention of the rotation keeps the newest snapshot that is complete: a failed one says nothing of those before.
  const counting = promised.kind === 'rotation-snapshot' ? backups.filter(isWhole) : backups;
  return judge(runs, {
    taken: timesOf(backups),
    allowanceMs: promised.targets.allowanceSeconds * 1000,
    completeSince: hidden ? Number.POSITIVE_INFINITY : completeSince(counting, deletedSince),
    written: writtenOf(history, key),
    shared,
    isLost,
    now: now.getTime(),
  });
}
