/** What is kept and proven by nobody: for how long, where, and why. Pure. */
import { type KeptBackup, lastProof, type UnprovenPart, type UnprovenReport } from '../../domain/backup.ts';
import { provenAt } from './patrol.ts';

export interface UnprovenRequest {
  readonly backups: readonly KeptBackup[];
  /** Why nobody proves it; undefined for a backup that is proven in time. */
  readonly unprovable: (backup: KeptBackup) => string | undefined;
  /** Whether its owner has said that nobody need prove it. */
  readonly isAccepted: (backup: KeptBackup) => boolean;
}

export function unprovenOf({ backups, unprovable, isAccepted }: UnprovenRequest): Omit<UnprovenReport, 'account'> {
  const parts = new Map<string, UnprovenPart>();
  const regions = new Set<string>();
  let accepted = 0;
  let oldest: KeptBackup | undefined;
  for (const backup of backups) {
    const reason = unprovable(backup);
    if (reason === undefined) continue;
    if (isAccepted(backup)) {
      accepted += 1;
      continue;
    }
    parts.set(reason, { reason, count: (parts.get(reason)?.count ?? 0) + 1 });
    regions.add(backup.region);
    if (oldest === undefined || provenAt(backup) < provenAt(oldest)) oldest = backup;
  }
  return {
    parts: [...parts.values()].toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    regions: [...regions].toSorted(),
    accepted,
    ...(oldest === undefined ? {} : { oldest: { ...named(oldest), since: provenAt(oldest).toISOString() } }),
  };
}

const named = (backup: KeptBackup) => {
  const { source, id, region } = backup;
  return { source, id, region, proven: lastProof(backup) !== undefined };
};
