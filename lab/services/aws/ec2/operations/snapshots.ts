/** Snapshots: created, described and deleted. A snapshot holds the data of the moment of the call, whatever its progress. */
import { LabAwsError } from '../../protocol/service.ts';
import { removeSnapshot } from '../model/world.ts';
import { authorizeCreation, type Ec2Context } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { findSnapshot, findVolume } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { list, refusePagesOf, required, specifiedTags } from '../requests/query.ts';
import { isLocked } from './locks.ts';
import { checkVolumes, draftOf, keyNotAccessible, startSnapshots } from './snapshot-creation.ts';
import { snapshotFields, snapshotView } from './views.ts';
import { volumeResource } from './volumes.ts';

export async function createSnapshot(context: Ec2Context) {
  const { world, parameters, delays, switches } = context;
  const volume = findVolume(world, required(parameters, 'VolumeId'));
  const tags = specifiedTags(parameters, 'snapshot');
  context.authorize('ec2:CreateSnapshot', [volumeResource(volume)]);
  authorizeCreation(context, 'snapshot', tags);
  context.endDryRun();
  checkVolumes(context, [volume]);
  const failure = switches.snapshotsFail ? keyNotAccessible : undefined;
  const [started] = await startSnapshots(context, [draftOf(volume, tags)], delays.snapshot, failure);
  return started && { ...snapshotView(started), progress: '' };
}

export function describeSnapshots(context: Ec2Context) {
  const { world, parameters, options } = context;
  context.authorize('ec2:DescribeSnapshots', []);
  context.endDryRun();
  const ids = list(parameters, 'SnapshotId');
  refusePagesOf(parameters, ids, 'snapshotSet');
  const named = [...new Set(ids)].map((id) => findSnapshot(world, id));
  const owners = new Set(list(parameters, 'Owner').map((owner) => (owner === 'self' ? options.seed.accountId : owner)));
  const passes = filter(parameters, snapshotFields, (one) => one.tags);
  const { items, nextToken } = page(
    context,
    () =>
      (ids.length > 0 ? named : [...world.snapshots.values()]).filter(
        (one) => (owners.size === 0 || owners.has(one.owner)) && passes(one),
      ),
    (one) => world.snapshots.has(one.id),
  );
  return { snapshotSet: items.map(snapshotView), nextToken };
}

export async function deleteSnapshot(context: Ec2Context) {
  const { world, parameters, options } = context;
  const snapshot = findSnapshot(world, required(parameters, 'SnapshotId'), options.seed.accountId);
  const { id, tags } = snapshot;
  context.authorize('ec2:DeleteSnapshot', [{ type: 'snapshot', id, tags }]);
  context.endDryRun();
  const user = [...world.images.values()].find((image) => image.snapshotIds.includes(id));
  if (user) throw new LabAwsError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user.id}`);
  // AWS documents no code for this: callers must ask for the lock itself.
  if (isLocked(snapshot, options.clock.now()))
    throw new LabAwsError('OperationNotPermitted', `The snapshot ${id} cannot be deleted.`);
  removeSnapshot(world, snapshot);
  if (snapshot.image) await options.hosts.storage.remove(snapshot.image);
  return { return: true };
}
