/** Locks the snapshot of a backup, as its tags ask for: also one of a dead attempt. */
import type { Snapshot } from '../../domain/ec2.ts';
import { lockedTags, missingLock } from '../../domain/snapshot-lock.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import type { SourceWork } from './ports.ts';

/**
 * Never rejects: the receipt comes first, then the error.
 * @returns the error of a snapshot that is not locked
 */
export async function lockBackup(
  snapshot: Snapshot,
  { ports: { compute }, context }: Pick<SourceWork, 'ports' | 'context'>,
): Promise<BackupError | undefined> {
  const { timeline, clock, signal } = context;
  const lock = missingLock(snapshot, clock.now());
  if (lock === undefined) return undefined;
  try {
    await timeline.step('Lock the snapshot', async (note) => {
      const until = await compute.lockSnapshot(snapshot.id, lock);
      await compute.setTags(snapshot.id, lockedTags(until));
      note(`${lock.mode} until ${until?.toISOString() ?? `${lock.days} days from now`}`);
    });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const why = explain(error);
    return new BackupError({
      ...why,
      what: `${snapshot.id} was taken, and is not locked: ${why.what}`,
      fix: `${why.fix ?? 'look at the error'}; then run the failed job again: it locks this snapshot`,
      code: 'not-locked',
      cause: error,
    });
  }
}
