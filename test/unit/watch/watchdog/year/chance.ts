/** What chance makes of the year: runs that are dropped or late, dumps that fail or cannot be proven, restores that take long. */
import type { BackupKind } from '../../../../../src/domain/backup.ts';
import { midnightOn, runsOf } from './calendar.ts';
import {
  end,
  files,
  holds,
  hour,
  type Line,
  type Machine,
  machines,
  minute,
  silent,
  slotZone,
  start,
  type WorkflowFile,
} from './customer.ts';

/** A backup of a source, or what a rotation is started for. */
export interface Made {
  readonly source: string;
  readonly kind: BackupKind;
  readonly takenAt: number;
  /** When its receipt is written. */
  readonly appearsAt: number;
  readonly good: boolean;
  readonly restoreSeconds: number;
  /** When somebody deletes its object. */
  readonly lostAt?: number;
}

/** At most, as GitHub's runs of 2026 were. */
const mostLate = 12 * hour;

/** When GitHub starts the runs of a line while its file is there: 3 % never, most of the others within minutes. */
function startsOf(line: Line, file: WorkflowFile, chance: () => number): readonly number[] {
  return runsOf(line).flatMap((at) => {
    const [dropped, late] = [chance() < 0.03, Math.round(chance() ** 24 * 1.05 * mostLate)];
    const isDropped = dropped || file.dropped?.includes(new Date(at).toISOString().slice(0, 10));
    return isDropped || at >= silent || !holds(file, at) ? [] : [at + Math.min(mostLate, late)];
  });
}

function backupsOf(file: WorkflowFile, startedAt: number, chance: () => number): readonly Made[] {
  return file.jobs.flatMap((job): readonly Made[] => {
    const [fails, proof, slow, unproven] = [chance() < 0.01, chance(), chance() < 0.02, chance() < 0.03];
    if (!holds(job, startedAt) || fails || startedAt < (job.failsUntil ?? start)) return [];
    const takenAt = startedAt + 2 * minute;
    const { source, kind } = job;
    return [
      {
        ...{ source, kind, takenAt, appearsAt: takenAt + Math.round(5 + 30 * proof) * minute },
        ...{ good: !unproven, restoreSeconds: (slow ? 5 : 0.9) * 3600 },
      },
    ];
  });
}

/** Somebody starts the workflow by hand, days after GitHub should have. */
const byHand = ['leap.yml', '2028-03-04T13:20:00Z'] as const;

/** What is made in the year, in the order in which it appears. */
export function madeInYear(chance: () => number): readonly Made[] {
  return files
    .flatMap((file) => [
      ...file.lines.flatMap((line) => startsOf(line, file, chance).map((at) => ({ file, at }))),
      ...(file.path === byHand[0] ? [{ file, at: Date.parse(byHand[1]) }] : []),
    ])
    .flatMap(({ file, at }) => backupsOf(file, at, chance))
    .toSorted((a, b) => a.appearsAt - b.appearsAt)
    .map((one, at, all) => {
      // Somebody deletes the newest dump of a source by day, twice.
      const isLost = lost.some((time) => one.source === 'daily' && newestAt(all, time) === at);
      return isLost ? { ...one, lostAt: lost.find((time) => newestAt(all, time) === at) as number } : one;
    });
}

const lost = ['2028-04-03T08:00:00Z', '2028-07-19T11:30:00Z'].map((time) => Date.parse(time));

const newestAt = (all: readonly Made[], time: number): number =>
  all.findLastIndex(({ source, appearsAt }) => source === 'daily' && appearsAt <= time);

/** A snapshot of the rotation. */
export interface Snapshot {
  readonly machine: Machine;
  readonly volumeId: string;
  readonly takenAt: number;
  readonly appearsAt: number;
  /** Whether it did not fail; one that did does not count as kept. */
  readonly good: boolean;
}

/** What the rotation makes: the first run of a day backs up each volume, and 1 % of the snapshots fail. */
export function snapshotsInYear(chance: () => number): readonly Snapshot[] {
  const file = files.find(({ path }) => path === 'rotation.yml') as WorkflowFile;
  const starts = file.lines.flatMap((line) => startsOf(line, file, chance)).toSorted((a, b) => a - b);
  const slots = new Set<string>();
  return starts.flatMap((startedAt) =>
    machines.flatMap((machine): readonly Snapshot[] => {
      const slot = `${machine.id} ${midnightOn(slotZone, startedAt)}`;
      if (machine.tags.Backup === undefined || !holds(machine, startedAt) || slots.has(slot)) return [];
      slots.add(slot);
      return machine.volumes.map((volumeId) => ({
        ...{ machine, volumeId, takenAt: startedAt, appearsAt: startedAt, good: chance() >= 0.01 },
      }));
    }),
  );
}

/** When GitHub starts its watchdog, which is to look at 41 minutes past every hour: 3 % never, one in five late. */
export function looksOnGitHub(chance: () => number): readonly number[] {
  const looks = new Set<number>();
  for (let at = start + 41 * minute; at < Math.min(silent, end); at += hour) {
    const [dropped, isLate, late] = [chance() < 0.03, chance() < 0.2, Math.round((chance() ** 4 * mostLate) / minute)];
    if (!dropped) looks.add(at + (isLate ? late * minute : 0));
  }
  return [...looks].filter((at) => at < silent).toSorted((a, b) => a - b);
}
