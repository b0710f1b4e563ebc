/** LockSnapshot and DescribeLockedSnapshots, as Compute and Ec2Region share them. */
import {
  DescribeLockedSnapshotsCommand,
  type DescribeLockedSnapshotsCommandOutput,
  LockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import type { LockedSnapshot, SnapshotLock } from '../../domain/snapshot-lock.ts';
import type { AwsSession, CallOptions } from './session.ts';

/**
 * Locks a snapshot, also a pending one. Repeated, it sets the same lock again, which ends no earlier. Without a cooling-off
 * period a lock in compliance mode holds at once (EC2 API reference, LockSnapshot).
 * @returns when the lock ends
 */
export async function lockSnapshot(
  session: AwsSession,
  id: string,
  { mode, days }: SnapshotLock,
  options: Pick<CallOptions, 'signal' | 'paced'>,
): Promise<Date | undefined> {
  const answer = await session.call({ operation: 'LockSnapshot', resource: id, ...options }, (abortSignal) =>
    session.ec2.send(new LockSnapshotCommand({ SnapshotId: id, LockMode: mode, LockDuration: days }), { abortSignal }),
  );
  return answer.LockExpiresOn;
}

/** The locks of a page that have not ended, by snapshot. */
export function locksOf(page: DescribeLockedSnapshotsCommandOutput): Map<string, LockedSnapshot> {
  const locks = new Map<string, LockedSnapshot>();
  for (const { SnapshotId = '', LockState: state = 'locked', LockExpiresOn: until } of page.Snapshots ?? [])
    if (state !== 'expired') locks.set(SnapshotId, { state, until });
  return locks;
}

/** The lock of one snapshot; undefined when there is none, or when nobody says. */
export async function lockOf(session: AwsSession, id: string): Promise<LockedSnapshot | undefined> {
  const call = { operation: 'DescribeLockedSnapshots', resource: id };
  return session
    .call(call, (abortSignal) =>
      session.ec2.send(new DescribeLockedSnapshotsCommand({ SnapshotIds: [id] }), { abortSignal }),
    )
    .then(
      (page) => locksOf(page).get(id),
      () => undefined,
    );
}
