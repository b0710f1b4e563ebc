/** Snapshots: the data is that of the moment of the call, whatever the progress says. */
import { LabAwsError } from '../../protocol/service.ts';
import { removeSnapshot, type SnapshotRecord, type World } from '../model/world.ts';
import { requestTags, type Scene } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { page } from '../requests/listings.ts';
import { checkId, list, refusePagesOf, required, specifiedTags } from '../requests/query.ts';
import { begin, checkVolumes, draftOf } from './snapshot-creation.ts';
import { snapshotFields, snapshotView } from './views.ts';

/** What a snapshot ends in `error` with when the lab makes it fail. */
export const keyNotAccessible = 'Given key ID is not accessible';

export async function createSnapshot(scene: Scene) {
  const { world, parameters, delays, switches } = scene;
  const volumeId = required(parameters, 'VolumeId');
  checkId(volumeId, 'vol', 'VolumeID');
  const volume = world.volumes.get(volumeId);
  if (!volume) throw new LabAwsError('InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`);
  const tags = specifiedTags(parameters, 'snapshot');
  const created = { type: 'snapshot', id: '*', tags: new Map<string, string>() } as const;
  scene.authorize('ec2:CreateSnapshot', [{ type: 'volume', id: volume.id, tags: volume.tags }]);
  scene.authorize('ec2:CreateSnapshot', [created], requestTags(tags));
  if (tags.size > 0)
    scene.authorize('ec2:CreateTags', [created], { ...requestTags(tags), 'ec2:CreateAction': 'CreateSnapshot' });
  scene.endDryRun();
  checkVolumes(scene, [volume]);
  const failure = switches.snapshotsFail ? keyNotAccessible : undefined;
  const made = await begin(scene, [draftOf(volume, tags)], delays.snapshot, failure);
  return made.map((one) => ({ ...snapshotView(one), progress: '' }))[0];
}

/** @throws LabAwsError when there is none, or an owner is given and it is another's */
export function findSnapshot(world: World, id: string, owner?: string): SnapshotRecord {
  checkId(id, 'snap', 'SnapshotID');
  const found = world.snapshots.get(id);
  if (!found || (owner !== undefined && found.owner !== owner))
    throw new LabAwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
  return found;
}

export function describeSnapshots(scene: Scene) {
  const { world, parameters, options } = scene;
  scene.authorize('ec2:DescribeSnapshots', []);
  scene.endDryRun();
  const ids = list(parameters, 'SnapshotId');
  refusePagesOf(parameters, ids, 'snapshotSet');
  const named = [...new Set(ids)].map((id) => findSnapshot(world, id));
  const owners = new Set(list(parameters, 'Owner').map((owner) => (owner === 'self' ? options.seed.accountId : owner)));
  const passes = filter(parameters, snapshotFields, (one) => one.tags);
  const { items, nextToken } = page(
    scene,
    () =>
      (ids.length > 0 ? named : [...world.snapshots.values()]).filter(
        (one) => (owners.size === 0 || owners.has(one.owner)) && passes(one),
      ),
    (one) => world.snapshots.has(one.id),
  );
  return { snapshotSet: items.map(snapshotView), nextToken };
}

export async function deleteSnapshot(scene: Scene) {
  const { world, parameters, options } = scene;
  const found = findSnapshot(world, required(parameters, 'SnapshotId'), options.seed.accountId);
  const { id } = found;
  scene.authorize('ec2:DeleteSnapshot', [{ type: 'snapshot', id, tags: found.tags }]);
  scene.endDryRun();
  const user = [...world.images.values()].find((image) => image.snapshotIds.includes(id));
  if (user) {
    throw new LabAwsError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user.id}`);
  }
  if (found.lock !== undefined) {
    throw new LabAwsError('SnapshotLocked', `The snapshot ${id} is locked (${found.lock}) and cannot be deleted.`);
  }
  removeSnapshot(world, found);
  if (found.image) await options.hosts.storage.remove(found.image);
  return { return: true };
}
