/** Records by the ids in a request, with EC2's errors for ids that are malformed or unknown. */
import { LabAwsError } from '../../protocol/service.ts';
import type { ImageRecord, InstanceRecord, SnapshotRecord, VolumeRecord, World } from '../model/world.ts';
import { checkId } from './query.ts';

/** @throws LabAwsError */
export function findInstance(world: World, id: string): InstanceRecord {
  checkId(id, 'i', 'InstanceID');
  const instance = world.instances.get(id);
  if (!instance) throw new LabAwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return instance;
}

/** @throws LabAwsError */
export function findVolume(world: World, id: string): VolumeRecord {
  checkId(id, 'vol', 'VolumeID');
  const volume = world.volumes.get(id);
  if (!volume) throw new LabAwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  return volume;
}

/**
 * @param owner the only account whose snapshot will do; by default a public one of another account does too
 * @throws LabAwsError
 */
export function findSnapshot(world: World, id: string, owner?: string): SnapshotRecord {
  checkId(id, 'snap', 'SnapshotID');
  const snapshot = world.snapshots.get(id);
  if (!snapshot || (owner !== undefined && snapshot.owner !== owner))
    throw new LabAwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
  return snapshot;
}

/** @throws LabAwsError */
export function findImage(world: World, id: string): ImageRecord {
  checkId(id, 'ami', 'AMIID');
  const image = world.images.get(id);
  if (!image) throw new LabAwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  return image;
}
