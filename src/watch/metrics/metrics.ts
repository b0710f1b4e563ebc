/**
 * What the watchdog found as gauges: times as seconds since 1970, so that a query says how old they are now, whenever they were written.
 * Names follow Prometheus ("Metric and label naming"): base units, and `_total` for counters alone, of which there are none.
 */
import { type KeptBackup, lastProof } from '../../domain/backup.ts';
import type { WatchedSource } from '../watchdog/watched.ts';
import type { Family, Sample } from './text.ts';

export interface MetricsInput {
  readonly watched: readonly WatchedSource[];
  readonly now: Date;
  readonly version: string;
}

interface Definition {
  readonly name: string;
  readonly help: string;
  readonly unit?: 'seconds' | 'bytes';
  /** Undefined where it is not known: then there is no sample. */
  readonly of: (source: WatchedSource) => number | undefined;
}

const seconds = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time) / 1000;

const proofOf = (backup: KeptBackup | undefined) => backup && lastProof(backup);

/** A source that could not be read is neither missing nor not. */
const failing =
  (kind: 'missing' | 'too-old' | 'too-slow') =>
  ({ unknown, failures }: WatchedSource): number | undefined =>
    unknown === undefined ? Number(failures.some((one) => one.kind === kind)) : undefined;

export const definitions: readonly Definition[] = [
  {
    name: 'holdfast_backup_missing',
    help: 'Whether a promised run has made no backup in time (1), or not (0); absent of a source that could not be read.',
    of: failing('missing'),
  },
  {
    name: 'holdfast_backup_too_old',
    help: 'Whether the newest proven backup is older than its target (1), or not (0).',
    of: failing('too-old'),
  },
  {
    name: 'holdfast_restore_too_slow',
    help: 'Whether the last restore took longer than its target (1), or not (0).',
    of: failing('too-slow'),
  },
  {
    name: 'holdfast_source_readable',
    help: 'Whether it can be said of the source if its backup is missing (1), or not (0).',
    of: ({ unknown }) => Number(unknown === undefined),
  },
  {
    name: 'holdfast_last_backup_timestamp_seconds',
    help: 'When the newest backup that can be restored was taken.',
    unit: 'seconds',
    of: ({ newest }) => seconds(newest?.takenAt),
  },
  {
    name: 'holdfast_last_proven_backup_timestamp_seconds',
    help: 'When the newest backup that was restored and found good was taken.',
    unit: 'seconds',
    of: ({ proven }) => seconds(proven?.takenAt),
  },
  {
    name: 'holdfast_last_proof_timestamp_seconds',
    help: 'When that backup was proven last.',
    unit: 'seconds',
    of: ({ proven }) => seconds(proofOf(proven)?.at),
  },
  {
    name: 'holdfast_next_backup_timestamp_seconds',
    help: 'When the next run is promised.',
    unit: 'seconds',
    of: ({ next }) => seconds(next),
  },
  {
    name: 'holdfast_backup_size_bytes',
    help: 'Size of the newest backup, as far as it is known: files of a dump together, full size of a snapshot.',
    unit: 'bytes',
    of: ({ newest }) => newest?.bytes,
  },
  {
    name: 'holdfast_restore_duration_seconds',
    help: 'How long the last good restore took.',
    unit: 'seconds',
    of: ({ proven }) => proofOf(proven)?.recoverySeconds,
  },
  {
    name: 'holdfast_backup_pause_seconds',
    help: 'How long the users of the source felt the newest backup.',
    unit: 'seconds',
    of: ({ newest }) => newest?.pauseSeconds,
  },
  {
    name: 'holdfast_rpo_target_seconds',
    help: 'How old the newest proven backup may be.',
    unit: 'seconds',
    of: ({ promised }) => promised.targets.rpoSeconds,
  },
  {
    name: 'holdfast_rto_target_seconds',
    help: 'How long a restore may take.',
    unit: 'seconds',
    of: ({ promised }) => promised.targets.rtoSeconds,
  },
  {
    name: 'holdfast_allowance_seconds',
    help: 'How long after its promised run a backup may come.',
    unit: 'seconds',
    of: ({ promised }) => promised.targets.allowanceSeconds,
  },
];

export function metricsOf({ watched, now, version }: MetricsInput): readonly Family[] {
  // Whichever of several repositories that promise a source has the most to tell comes last, and stays.
  const sources = watched.toSorted((a, b) => a.failures.length - b.failures.length);
  const families = definitions.map(({ name, help, unit, of }): Family => {
    const samples = sources.flatMap((source): readonly Sample[] => {
      const value = of(source);
      return value === undefined || Number.isNaN(value) ? [] : [{ labels: labelsOf(source), value }];
    });
    return { name, help, unit, samples: unique(samples) };
  });
  return [
    ...families,
    {
      name: 'holdfast_watch_timestamp_seconds',
      help: 'When the watchdog looked: old when it no longer runs.',
      unit: 'seconds',
      samples: [{ labels: {}, value: Math.floor(now.getTime() / 1000) }],
    },
    { name: 'holdfast_build_info', help: 'Version of Holdfast.', samples: [{ labels: { version }, value: 1 }] },
  ];
}

function labelsOf({ promised: { source, kind, instanceId } }: WatchedSource): Readonly<Record<string, string>> {
  return { source, kind, ...(instanceId === undefined ? {} : { instance_id: instanceId }) };
}

/** Several repositories may promise one source: a family has each set of labels once. */
function unique(samples: readonly Sample[]): readonly Sample[] {
  return [...new Map(samples.map((one) => [JSON.stringify(one.labels), one])).values()];
}
