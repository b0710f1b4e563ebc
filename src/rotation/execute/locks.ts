/** Locks snapshots and copies that were made to be locked: those of this run, and those that a dead run left without. */
import type { Snapshot } from '../../domain/ec2.ts';
import { lockedTags, missingLock, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import type { Ec2Region } from '../../ports/ec2-region.ts';
import { each } from '../../runtime/each.ts';
import { AwsError } from '../../runtime/errors.ts';
import { takenAt } from '../plan/origin.ts';
import { concurrency, type Execution } from './execution.ts';

export interface LockDecision {
  readonly id: string;
  readonly lock: SnapshotLock;
}

/** What is to be locked among these snapshots, which may be copies. */
export function locksDue(snapshots: readonly Snapshot[], now: Date): LockDecision[] {
  return snapshots.flatMap((one) => {
    const lock = missingLock(one, now, new Date(takenAt(one)));
    return lock === undefined ? [] : [{ id: one.id, lock }];
  });
}

/** Each on its own; none stops the others. */
export async function executeLocks(
  decisions: readonly LockDecision[],
  region: Ec2Region,
  { logger, signal, failed }: Pick<Execution, 'logger' | 'signal' | 'failed'>,
): Promise<void> {
  const lock = async ({ id, lock: { mode, days } }: LockDecision): Promise<void> => {
    try {
      const until = await region.lockSnapshot(id, { mode, days });
      await region.setTags(id, lockedTags(until));
      logger.info(`lock ${id}: ${mode}, ${days} days`);
    } catch (error) {
      // Deleted since it was listed.
      if (error instanceof AwsError && error.kind === 'not-found') return;
      failed({ what: `lock ${id}`, error });
    }
  };
  await each(decisions, concurrency, lock, signal);
}
