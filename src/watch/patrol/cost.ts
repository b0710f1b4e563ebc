/** How long a proof is going to take: measured on the same source, or guessed by size. */
import type { KeptBackup } from '../../domain/backup.ts';

/**
 * Until a source has been measured: its size by this rate, and what every job needs besides. On the slow side, so that a budget is
 * rather not used up than exceeded.
 */
export const guess = { bytesPerSecond: 20_000_000, seconds: 300 } as const;

/** A backup of a source is not taken to need more than so many times the measured one, or less than its inverse. */
const mostScale = 8;

interface Measured {
  readonly at: string;
  readonly seconds: number;
  readonly bytes: number | undefined;
}

/** @returns seconds that the proof of one of these backups takes */
export function costs(backups: readonly KeptBackup[]): (backup: KeptBackup) => number {
  const newest = new Map<string, Measured>();
  for (const one of backups) {
    // What could not be tried ended early.
    const measured = one.proofs.find(({ seconds, verdict }) => seconds !== undefined && verdict !== 'unproven');
    if (measured?.seconds === undefined) continue;
    const key = keyOf(one);
    if ((newest.get(key)?.at ?? '') < measured.at)
      newest.set(key, { at: measured.at, seconds: measured.seconds, bytes: one.bytes });
  }
  return (backup) => {
    const measured = newest.get(keyOf(backup));
    if (measured === undefined) return guess.seconds + (backup.bytes ?? 0) / guess.bytesPerSecond;
    const scale = backup.bytes && measured.bytes ? backup.bytes / measured.bytes : 1;
    return measured.seconds * Math.min(mostScale, Math.max(1 / mostScale, scale));
  };
}

/** An instance has several volumes. A source of ib-snapshot has one, which its copies in other regions do not name. */
const keyOf = ({ kind, source, volumeId = '' }: KeptBackup): string =>
  `${kind} ${kind === 'volume-snapshot' ? '' : volumeId} ${source}`;
