/** Snapshots: the data is that of the moment of the call, whatever the progress says. */
import { LabAwsError } from '../service.ts';
import { requestTags, type Scene } from './ec2.ts';
import type { SnapshotRecord } from './model.ts';
import { checkId, list, page, passes, required, specifiedTags, text } from './query.ts';
import { snapshotFilter, snapshotView } from './views.ts';

/** Snapshots that others have published: whoever asks without an owner gets them too. */
export function publicSnapshots(now: Date): SnapshotRecord[] {
  return ['snap-0feedfeedfeedfee1', 'snap-0feedfeedfeedfee2'].map((id) => ({
    id,
    volumeId: 'vol-ffffffff',
    owner: '999999999999',
    state: 'completed',
    stateMessage: '',
    progress: 100,
    startedAt: now,
    completedAt: now,
    sizeGiB: 8,
    description: "somebody else's public snapshot",
    tags: new Map(),
    image: undefined,
  }));
}

/** Pending snapshots that one volume may have (EBS quotas). */
const pendingPerVolume = 5;
/** Steps in which progress is seen to grow. */
const steps = 10;

export async function createSnapshot(scene: Scene) {
  const { world, parameters, options, delays, switches } = scene;
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
  if (volume.state !== 'available' && volume.state !== 'in-use') {
    throw new LabAwsError('IncorrectState', `Snapshot cannot be created when the volume is '${volume.state}'`);
  }
  const pending = [...world.snapshots.values()].filter((one) => one.volumeId === volumeId && one.state === 'pending');
  if (pending.length >= pendingPerVolume) {
    throw new LabAwsError(
      'ConcurrentSnapshotLimitExceeded',
      'Maximum number of concurrent snapshots allowed for this volume has been reached.',
    );
  }
  scene.snapshotRate(volumeId);
  const id = scene.newId('snap');
  const startedAt = options.clock.now();
  const record: SnapshotRecord = {
    id,
    volumeId,
    owner: options.seed.accountId,
    state: 'pending',
    stateMessage: '',
    progress: 0,
    startedAt,
    completedAt: undefined,
    sizeGiB: volume.sizeGiB,
    description: text(parameters, 'Description') ?? '',
    tags,
    image: volume.image && (await options.room.storage.copy(volume.image, id)),
  };
  world.snapshots.set(id, record);
  const fails = switches.snapshotsFail;
  const step = (done: number): void => {
    options.clock.after(delays.snapshot / steps, () => {
      record.progress = (100 * done) / steps;
      if (fails && done * 2 >= steps) {
        record.state = 'error';
        record.stateMessage = 'Given key ID is not accessible';
      } else if (done === steps) {
        record.state = 'completed';
        record.completedAt = options.clock.now();
      } else step(done + 1);
    });
  };
  step(1);
  return { ...snapshotView(record), progress: '' };
}

export function describeSnapshots(scene: Scene) {
  const { world, parameters, options } = scene;
  scene.authorize('ec2:DescribeSnapshots', []);
  scene.endDryRun();
  const ids = list(parameters, 'SnapshotId');
  if (ids.length > 0 && parameters.MaxResults !== undefined) {
    throw new LabAwsError(
      'InvalidParameterCombination',
      'The parameter snapshotSet cannot be used with the parameter maxResults',
    );
  }
  for (const id of ids) {
    checkId(id, 'snap', 'SnapshotID');
    if (!world.snapshots.has(id))
      throw new LabAwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
  }
  const owners = list(parameters, 'Owner').map((owner) => (owner === 'self' ? options.seed.accountId : owner));
  const all = [...world.snapshots.values()].filter(
    (one) =>
      (ids.length === 0 || ids.includes(one.id)) &&
      (owners.length === 0 || owners.includes(one.owner)) &&
      passes(parameters, snapshotFilter(one), one.tags),
  );
  const { items, nextToken } = page(parameters, all, { min: 5, max: 1000, largest: scene.pageSize });
  return { snapshotSet: items.map(snapshotView), nextToken };
}

export async function deleteSnapshot(scene: Scene) {
  const { world, parameters, options } = scene;
  const id = required(parameters, 'SnapshotId');
  checkId(id, 'snap', 'SnapshotID');
  const found = world.snapshots.get(id);
  if (!found || found.owner !== options.seed.accountId)
    throw new LabAwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
  scene.authorize('ec2:DeleteSnapshot', [{ type: 'snapshot', id, tags: found.tags }]);
  scene.endDryRun();
  world.snapshots.delete(id);
  if (found.image) await options.room.storage.remove(found.image);
  return { return: true };
}
