/** Snapshot locks, as seeded. */

import type { SnapshotRecord } from '../model/world.ts';
import type { Ec2Context } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { findSnapshot } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { list, refusePagesOf } from '../requests/query.ts';

/** Days of the longest lock that EC2 knows: none expires during a rehearsal. */
const lockDays = 36_500;
const day = 24 * 3600 * 1000;

const fields: Fields<SnapshotRecord> = { 'lock-state': (one) => one.lock };

export function describeLockedSnapshots(context: Ec2Context) {
  const { world, parameters, options } = context;
  context.authorize('ec2:DescribeLockedSnapshots', []);
  context.endDryRun();
  const ids = list(parameters, 'SnapshotId');
  refusePagesOf(parameters, ids, 'snapshotSet');
  const named = ids.map((id) => findSnapshot(world, id, options.seed.accountId));
  const passes = filter(parameters, fields);
  const { items, nextToken } = page(
    context,
    () =>
      (ids.length > 0 ? named : [...world.snapshots.values()]).filter((one) => one.lock !== undefined && passes(one)),
    (one) => world.snapshots.has(one.id),
  );
  return { snapshotSet: items.map(lockView), nextToken };
}

function lockView(one: SnapshotRecord) {
  return {
    ownerId: one.owner,
    snapshotId: one.id,
    lockState: one.lock,
    lockDuration: lockDays,
    ...(one.lock === 'compliance-cooloff' ? { coolOffPeriod: 72 } : {}),
    lockCreatedOn: one.startedAt.toISOString(),
    lockDurationStartTime: one.startedAt.toISOString(),
    lockExpiresOn: new Date(one.startedAt.getTime() + lockDays * day).toISOString(),
  };
}
