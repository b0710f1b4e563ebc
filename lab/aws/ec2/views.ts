/** Records as EC2's XML has them: element names, sets, and what each filter looks at. */
import type { InstanceRecord, SnapshotRecord, VolumeRecord, World } from './model.ts';
import type { FilterValues } from './query.ts';

const iso = (date: Date): string => date.toISOString();
const stateCodes: Record<InstanceRecord['state'], number> = { pending: 0, running: 16, stopping: 64, stopped: 80 };

function tagSet(tags: ReadonlyMap<string, string>) {
  return [...tags].map(([key, value]) => ({ key, value }));
}

export function stateView(state: InstanceRecord['state']) {
  return { code: stateCodes[state], name: state };
}

export function attachedTo(world: World, instanceId: string): VolumeRecord[] {
  return [...world.volumes.values()].filter((volume) => volume.attachment?.instanceId === instanceId);
}

export function instanceView(world: World, one: InstanceRecord) {
  const devices = attachedTo(world, one.id).map((volume) => ({
    deviceName: volume.attachment?.device,
    ebs: {
      volumeId: volume.id,
      status: volume.attachment?.state === 'busy' ? 'detaching' : volume.attachment?.state,
      attachTime: iso(volume.attachment?.attachedAt ?? one.launchedAt),
      deleteOnTermination: false,
    },
  }));
  return {
    instanceId: one.id,
    imageId: 'ami-0123456789abcdef0',
    instanceState: stateView(one.state),
    instanceType: one.type,
    launchTime: iso(one.launchedAt),
    placement: { availabilityZone: one.zone, tenancy: 'default' },
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: devices,
    tagSet: tagSet(one.tags),
    hypervisor: 'xen',
    architecture: 'x86_64',
  };
}

export function instanceFilter(one: InstanceRecord): FilterValues {
  return (name) =>
    ({
      'instance-id': [one.id],
      'instance-state-name': [one.state],
      'instance-type': [one.type],
      'availability-zone': [one.zone],
    })[name];
}

function attachmentView(volume: VolumeRecord) {
  const { attachment } = volume;
  if (!attachment) return [];
  return [
    {
      volumeId: volume.id,
      instanceId: attachment.instanceId,
      device: attachment.device,
      status: attachment.state,
      attachTime: iso(attachment.attachedAt),
      deleteOnTermination: false,
    },
  ];
}

export function volumeView(volume: VolumeRecord) {
  return {
    volumeId: volume.id,
    size: volume.sizeGiB,
    snapshotId: volume.snapshotId,
    availabilityZone: volume.zone,
    status: volume.state,
    createTime: iso(volume.createdAt),
    attachmentSet: attachmentView(volume),
    tagSet: tagSet(volume.tags),
    volumeType: volume.type,
    encrypted: false,
    multiAttachEnabled: false,
  };
}

export function volumeFilter(volume: VolumeRecord): FilterValues {
  const { attachment } = volume;
  return (name) =>
    ({
      'volume-id': [volume.id],
      status: [volume.state],
      'snapshot-id': [volume.snapshotId],
      'availability-zone': [volume.zone],
      'volume-type': [volume.type],
      size: [String(volume.sizeGiB)],
      'attachment.instance-id': attachment ? [attachment.instanceId] : [],
      'attachment.status': attachment ? [attachment.state] : [],
      'attachment.device': attachment ? [attachment.device] : [],
    })[name];
}

export function snapshotView(one: SnapshotRecord) {
  return {
    snapshotId: one.id,
    volumeId: one.volumeId,
    status: one.state,
    ...(one.stateMessage ? { statusMessage: one.stateMessage } : {}),
    startTime: iso(one.startedAt),
    ...(one.completedAt ? { completionTime: iso(one.completedAt) } : {}),
    progress: `${one.progress}%`,
    ownerId: one.owner,
    volumeSize: one.sizeGiB,
    description: one.description,
    encrypted: false,
    storageTier: 'standard',
    tagSet: tagSet(one.tags),
  };
}

export function snapshotFilter(one: SnapshotRecord): FilterValues {
  return (name) =>
    ({
      'snapshot-id': [one.id],
      'volume-id': [one.volumeId],
      status: [one.state],
      'owner-id': [one.owner],
      description: [one.description],
      'start-time': [iso(one.startedAt)],
      'volume-size': [String(one.sizeGiB)],
      progress: [`${one.progress}%`],
    })[name];
}
