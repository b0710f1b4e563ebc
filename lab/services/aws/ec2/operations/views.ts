/** Records as EC2's XML shows them, and the field that each filter tests. */

import { attachedTo, type InstanceRecord, type SnapshotRecord, type VolumeRecord, type World } from '../model/world.ts';
import type { Fields } from '../requests/filters.ts';

const iso = (date: Date): string => date.toISOString();
const stateCodes: Record<InstanceRecord['state'], number> = { pending: 0, running: 16, stopping: 64, stopped: 80 };

export function tagSet(tags: ReadonlyMap<string, string>) {
  return [...tags].map(([key, value]) => ({ key, value }));
}

export function stateView(state: InstanceRecord['state']) {
  return { code: stateCodes[state], name: state };
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
    ...(one.platform ? { platform: one.platform } : {}),
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

export const instanceFields: Fields<InstanceRecord> = {
  'instance-id': (one) => one.id,
  'instance-state-name': (one) => one.state,
  'instance-type': (one) => one.type,
  'availability-zone': (one) => one.zone,
  platform: (one) => one.platform,
};

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
    ...encryptionView(volume),
    multiAttachEnabled: false,
  };
}

export const volumeFields: Fields<VolumeRecord> = {
  'volume-id': (one) => one.id,
  status: (one) => one.state,
  'snapshot-id': (one) => one.snapshotId,
  'availability-zone': (one) => one.zone,
  'volume-type': (one) => one.type,
  size: (one) => String(one.sizeGiB),
  encrypted: (one) => String(one.encrypted),
  'attachment.instance-id': (one) => one.attachment?.instanceId,
  'attachment.status': (one) => one.attachment?.state,
  'attachment.device': (one) => one.attachment?.device,
};

function encryptionView({ encrypted, kmsKeyId }: VolumeRecord | SnapshotRecord) {
  return { encrypted, ...(kmsKeyId ? { kmsKeyId } : {}) };
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
    ...encryptionView(one),
    storageTier: one.tier,
    ...(one.fullSizeBytes === undefined ? {} : { fullSnapshotSizeInBytes: one.fullSizeBytes }),
    tagSet: tagSet(one.tags),
  };
}

/** EC2's other form of a snapshot: `SnapshotInfo`, which CreateSnapshots returns. */
export function snapshotInfoView(one: SnapshotRecord) {
  return {
    snapshotId: one.id,
    volumeId: one.volumeId,
    state: one.state,
    volumeSize: one.sizeGiB,
    startTime: iso(one.startedAt),
    progress: '',
    ownerId: one.owner,
    description: one.description,
    encrypted: one.encrypted,
    tagSet: tagSet(one.tags),
  };
}

export const snapshotFields: Fields<SnapshotRecord> = {
  'snapshot-id': (one) => one.id,
  'volume-id': (one) => one.volumeId,
  status: (one) => one.state,
  'owner-id': (one) => one.owner,
  description: (one) => one.description,
  'start-time': (one) => iso(one.startedAt),
  'volume-size': (one) => String(one.sizeGiB),
  progress: (one) => `${one.progress}%`,
  'storage-tier': (one) => one.tier,
  encrypted: (one) => String(one.encrypted),
};
