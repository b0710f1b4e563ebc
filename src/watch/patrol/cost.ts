/** How long a proof is going to take: measured on the same source, or guessed by size. */
import type { KeptBackup } from '../../domain/backup.ts';

/**
 * Until a source has been measured: its size by this rate, and what every job needs besides. On the slow side, so that a budget is
 * rather not used up than exceeded.
 */
export const guess = { bytesPerSecond: 20_000_000, seconds: 300 } as const;

/** A backup of a source is not taken to need more than so many times the measured one, or less than its inverse. */
const mostScale = 8;

/** Measured proofs of a source that count: their median, since one that was slow for once says nothing of all others. */
const mostMeasured = 7;

interface Measured {
  readonly at: string;
  readonly seconds: number;
  readonly bytes: number | undefined;
}

/** @returns seconds that the proof of one of these backups takes */
export function costs(backups: readonly KeptBackup[]): (backup: KeptBackup) => number {
  const bySource = new Map<string, Measured[]>();
  for (const one of backups) {
    const measured = measuredOf(one);
    if (measured.length === 0) continue;
    const key = keyOf(one);
    const all = bySource.get(key);
    if (all === undefined) bySource.set(key, [...measured]);
    else all.push(...measured);
  }
  const newest = new Map(
    [...bySource].map(([key, all]) => [key, all.toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, mostMeasured)]),
  );
  return (backup) => {
    const measured = newest.get(keyOf(backup));
    if (measured === undefined) return guess.seconds + (backup.bytes ?? 0) / guess.bytesPerSecond;
    const scaled = measured.map((one) => one.seconds * scaleOf(backup, one)).toSorted((a, b) => a - b);
    return scaled[Math.floor(scaled.length / 2)] ?? 0;
  };
}

/** What could not be tried ended early. */
const measuredOf = ({ proofs, bytes }: KeptBackup): readonly Measured[] =>
  proofs.flatMap(({ at, seconds, verdict }) =>
    seconds === undefined || verdict === 'unproven' ? [] : [{ at, seconds, bytes }],
  );

function scaleOf({ bytes }: KeptBackup, measured: Measured): number {
  const scale = bytes && measured.bytes ? bytes / measured.bytes : 1;
  return Math.min(mostScale, Math.max(1 / mostScale, scale));
}

/** An instance has several volumes. A source of ib-snapshot has one, which its copies in other regions do not name. */
const keyOf = ({ kind, source, volumeId = '' }: KeptBackup): string =>
  `${kind} ${kind === 'volume-snapshot' ? '' : volumeId} ${source}`;
