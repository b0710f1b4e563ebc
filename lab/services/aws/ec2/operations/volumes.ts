/** Volumes: made from snapshots, attached to hosts, detached, deleted; their states change over the lab's clock. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import {
  type AttachmentRecord,
  addVolume,
  attach,
  attachedTo,
  detach,
  type InstanceRecord,
  type SnapshotRecord,
  type VolumeRecord,
} from '../model/world.ts';
import { type Resource, requestTags, type Scene } from '../requests/context.ts';
import { filter } from '../requests/filters.ts';
import { type Page, page } from '../requests/listings.ts';
import { checkId, flag, list, refusePagesOf, required, specifiedTags, text } from '../requests/query.ts';
import { volumeFields, volumeView } from './views.ts';

const types = ['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard'];

function find(scene: Scene, id: string): VolumeRecord {
  checkId(id, 'vol', 'VolumeID');
  const found = scene.world.volumes.get(id);
  if (!found) throw new LabAwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  return found;
}

function resource(volume: VolumeRecord): Resource {
  return { type: 'volume', id: volume.id, tags: volume.tags };
}

function selected(scene: Scene): Page<VolumeRecord> {
  const { world, parameters } = scene;
  const ids = list(parameters, 'VolumeId');
  refusePagesOf(parameters, ids, 'volumeSet');
  const named = ids.map((id) => find(scene, id));
  const passes = filter(parameters, volumeFields, (one) => one.tags);
  return page(
    scene,
    () => (ids.length > 0 ? named : [...world.volumes.values()]).filter(passes),
    (one) => world.volumes.has(one.id),
  );
}

export function describeVolumes(scene: Scene) {
  scene.authorize('ec2:DescribeVolumes', []);
  scene.endDryRun();
  const { items, nextToken } = selected(scene);
  return { volumeSet: items.map(volumeView), nextToken };
}

export function describeVolumeStatus(scene: Scene) {
  scene.authorize('ec2:DescribeVolumeStatus', []);
  scene.endDryRun();
  const { items, nextToken } = selected(scene);
  const view = (one: VolumeRecord) => ({
    volumeId: one.id,
    availabilityZone: one.zone,
    volumeStatus: { status: 'ok', details: [{ name: 'io-enabled', status: 'passed' }] },
  });
  return { volumeStatusSet: items.map(view), nextToken };
}

function initializationRate(parameters: Parameters): void {
  const given = text(parameters, 'VolumeInitializationRate');
  if (given !== undefined && !(Number(given) >= 100 && Number(given) <= 300)) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `The value ${given} for volumeInitializationRate must be between 100 and 300.`,
    );
  }
}

export async function createVolume(scene: Scene) {
  const { world, parameters, options } = scene;
  const zone = required(parameters, 'AvailabilityZone');
  if (!new RegExp(`^${world.region}[a-f]$`).test(zone))
    throw new LabAwsError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  const snapshotId = required(parameters, 'SnapshotId');
  checkId(snapshotId, 'snap', 'SnapshotID');
  const snapshot = world.snapshots.get(snapshotId);
  if (!snapshot) throw new LabAwsError('InvalidSnapshot.NotFound', `The snapshot '${snapshotId}' does not exist.`);
  const type = text(parameters, 'VolumeType') ?? 'gp2';
  if (!types.includes(type)) throw new LabAwsError('InvalidParameterValue', `Invalid value '${type}' for volumeType.`);
  initializationRate(parameters);
  const tags = specifiedTags(parameters, 'volume');
  const created: Resource = { type: 'volume', id: '*', tags: new Map() };
  scene.authorize('ec2:CreateVolume', [{ type: 'snapshot', id: snapshot.id, tags: snapshot.tags }]);
  scene.authorize('ec2:CreateVolume', [created], requestTags(tags));
  if (tags.size > 0)
    scene.authorize('ec2:CreateTags', [created], { ...requestTags(tags), 'ec2:CreateAction': 'CreateVolume' });
  const token = text(parameters, 'ClientToken');
  const request = JSON.stringify([zone, snapshotId, type]);
  const known = token === undefined ? undefined : world.tokens.get(token);
  if (known) {
    if (known.request !== request)
      throw new LabAwsError(
        'IdempotentParameterMismatch',
        'The client token has been used for a request with other parameters.',
      );
    const earlier = world.volumes.get(known.volumeId);
    if (earlier) return volumeView(earlier);
  }
  scene.endDryRun();
  if (snapshot.state !== 'completed')
    throw new LabAwsError('IncorrectState', `Snapshot is in invalid state - ${snapshot.state}`);
  const record: VolumeRecord = {
    id: scene.newId('vol'),
    state: 'creating',
    zone,
    sizeGiB: Number(text(parameters, 'Size') ?? snapshot.sizeGiB),
    type,
    snapshotId,
    tags,
    createdAt: options.clock.now(),
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId,
    attachment: undefined,
    image: undefined,
  };
  if (record.sizeGiB < snapshot.sizeGiB)
    throw new LabAwsError(
      'InvalidParameterValue',
      `Volume of ${record.sizeGiB}GiB is smaller than snapshot '${snapshotId}', expect size >= ${snapshot.sizeGiB}GiB`,
    );
  addVolume(world, record);
  if (token !== undefined) world.tokens.set(token, { volumeId: record.id, request });
  fill(scene, record, snapshot).catch((error: unknown) => {
    console.error(`lab: ${record.id} could not be filled:`, error);
    record.state = 'error';
  });
  return volumeView(record);
}

async function fill(scene: Scene, volume: VolumeRecord, snapshot: SnapshotRecord): Promise<void> {
  const { options, delays, switches } = scene;
  const image = snapshot.image && (await options.hosts.storage.copy(snapshot.image, volume.id));
  if (image) await switches.onVolumeFilled?.(volume.id, snapshot.id, image);
  if (scene.world.volumes.get(volume.id) !== volume) {
    // Deleted while it was being filled.
    if (image) await options.hosts.storage.remove(image);
    return;
  }
  volume.image = image;
  options.clock.after(delays.volumeCreate, () => {
    if (volume.state === 'creating') volume.state = 'available';
  });
}

function instanceOf(scene: Scene, id: string): InstanceRecord {
  checkId(id, 'i', 'InstanceID');
  const found = scene.world.instances.get(id);
  if (!found) throw new LabAwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return found;
}

export function attachVolume(scene: Scene) {
  const { parameters, options, delays } = scene;
  const volume = find(scene, required(parameters, 'VolumeId'));
  const instance = instanceOf(scene, required(parameters, 'InstanceId'));
  const device = required(parameters, 'Device');
  scene.authorize('ec2:AttachVolume', [resource(volume), { type: 'instance', id: instance.id, tags: instance.tags }]);
  scene.endDryRun();
  if (!/^(\/dev\/)?(sd|xvd)[a-z]{1,2}\d{0,2}$/.test(device))
    throw new LabAwsError(
      'InvalidParameterValue',
      `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
    );
  if (volume.attachment) throw new LabAwsError('VolumeInUse', `${volume.id} is already attached to an instance`);
  if (volume.state !== 'available')
    throw new LabAwsError('IncorrectState', `Volume '${volume.id}' is not 'available'.`);
  if (volume.zone !== instance.zone)
    throw new LabAwsError(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new LabAwsError('IncorrectState', `Instance '${instance.id}' is not 'running'.`);
  if (attachedTo(scene.world, instance.id).some((other) => other.attachment?.device === device)) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    );
  }
  const attachment: AttachmentRecord = {
    instanceId: instance.id,
    device,
    state: 'attaching',
    attachedAt: options.clock.now(),
  };
  volume.state = 'in-use';
  attach(scene.world, volume, attachment);
  options.clock.after(delays.attach, () => {
    if (volume.attachment !== attachment || attachment.state !== 'attaching') return;
    // Of a volume that is not stored, no host learns.
    const { image } = volume;
    const attached = image && options.hosts.host(instance.id)?.attach(volume.id, image);
    (attached ?? Promise.resolve()).then(
      () => {
        if (attachment.state === 'attaching') attachment.state = 'attached';
      },
      (error: unknown) => console.error(`lab: ${volume.id} could not be attached:`, error),
    );
  });
  return {
    volumeId: volume.id,
    instanceId: instance.id,
    device,
    status: 'attaching',
    attachTime: attachment.attachedAt.toISOString(),
  };
}

export function detachVolume(scene: Scene) {
  const { parameters } = scene;
  const volume = find(scene, required(parameters, 'VolumeId'));
  const { attachment } = volume;
  const instance = attachment && instanceOf(scene, attachment.instanceId);
  scene.authorize('ec2:DetachVolume', [
    resource(volume),
    ...(instance ? [{ type: 'instance' as const, id: instance.id, tags: instance.tags }] : []),
  ]);
  scene.endDryRun();
  if (!attachment || !instance)
    throw new LabAwsError('IncorrectState', `Volume '${volume.id}' is in the 'available' state.`);
  if (volume.id === instance.rootVolumeId && instance.state !== 'stopped') {
    throw new LabAwsError(
      'OperationNotPermitted',
      `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`,
    );
  }
  const wanted = text(parameters, 'InstanceId');
  if (wanted !== undefined && wanted !== instance.id)
    throw new LabAwsError('InvalidAttachment.NotFound', `Volume '${volume.id}' is not attached to '${wanted}'`);
  const force = flag(parameters, 'Force');
  attachment.state = 'detaching';
  leave(scene, volume, force);
  return {
    volumeId: volume.id,
    instanceId: instance.id,
    device: attachment.device,
    status: 'detaching',
    attachTime: attachment.attachedAt.toISOString(),
  };
}

/** Tries until the host lets go: a volume that is still mounted stays `busy`. */
function leave(scene: Scene, volume: VolumeRecord, force: boolean): void {
  const { options, delays, switches } = scene;
  const { attachment } = volume;
  options.clock.after(delays.detach, async () => {
    if (!attachment || volume.attachment !== attachment) return;
    if (switches.detachStuck && !force) {
      attachment.state = 'busy';
      return;
    }
    const host = volume.image && options.hosts.host(attachment.instanceId);
    const free = host ? await host.detach(volume.id, { force }).catch(() => false) : true;
    if (volume.attachment !== attachment) return;
    if (!free) {
      attachment.state = 'busy';
      leave(scene, volume, force);
      return;
    }
    detach(scene.world, volume);
    volume.state = 'available';
  });
}

export async function deleteVolume(scene: Scene) {
  const { world, parameters, options } = scene;
  const volume = find(scene, required(parameters, 'VolumeId'));
  scene.authorize('ec2:DeleteVolume', [resource(volume)]);
  scene.endDryRun();
  if (volume.attachment)
    throw new LabAwsError(
      'VolumeInUse',
      `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`,
    );
  world.volumes.delete(volume.id);
  if (volume.image) await options.hosts.storage.remove(volume.image);
  return { return: true };
}
