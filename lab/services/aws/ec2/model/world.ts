/** EC2's model of one region: plain records by id, with the indexes that keep big regions fast. */
import type { StoredImage } from '../../../../hosts/host.ts';

export interface InstanceRecord {
  readonly id: string;
  state: 'pending' | 'running' | 'stopping' | 'stopped';
  readonly zone: string;
  readonly type: string;
  readonly platform: 'windows' | undefined;
  readonly tags: Map<string, string>;
  readonly rootVolumeId: string;
  /** Of the last start. */
  launchedAt: Date;
}

export interface AttachmentRecord {
  readonly instanceId: string;
  readonly device: string;
  state: 'attaching' | 'attached' | 'detaching' | 'busy';
  readonly attachedAt: Date;
}

export interface VolumeRecord {
  readonly id: string;
  state: 'creating' | 'available' | 'in-use' | 'deleting' | 'error';
  readonly zone: string;
  readonly sizeGiB: number;
  readonly type: string;
  readonly snapshotId: string;
  readonly tags: Map<string, string>;
  readonly createdAt: Date;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  /** Changed by `attach` and `detach` only, which maintain its index. */
  attachment: AttachmentRecord | undefined;
  /** Absent for volumes that the lab does not store (root volumes, some seeded ones), and until a new one is filled. */
  image: StoredImage | undefined;
}

/** A lock; its state follows from the time. */
export interface SnapshotLockRecord {
  readonly mode: 'governance' | 'compliance';
  readonly coolOffHours: number;
  readonly createdAt: Date;
  readonly days: number;
  readonly expiresAt: Date;
}

/** Days of the longest lock (EC2 API reference, LockSnapshot). */
export const mostLockDays = 36_500;

export interface SnapshotRecord {
  readonly id: string;
  /** `vol-ffffffff` for a copy, as on EC2. */
  readonly volumeId: string;
  readonly owner: string;
  /** Changed by `settle` only, which maintains the index of pending snapshots. */
  state: 'pending' | 'completed' | 'error';
  stateMessage: string;
  progress: number;
  readonly startedAt: Date;
  completedAt: Date | undefined;
  readonly sizeGiB: number;
  readonly description: string;
  readonly tags: Map<string, string>;
  readonly tier: 'standard' | 'archive';
  lock: SnapshotLockRecord | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly fullSizeBytes: number | undefined;
  image: StoredImage | undefined;
}

/** A registered AMI of the account. */
export interface ImageRecord {
  readonly id: string;
  readonly name: string;
  readonly snapshotIds: readonly string[];
}

export interface World {
  readonly region: string;
  readonly instances: Map<string, InstanceRecord>;
  readonly volumes: Map<string, VolumeRecord>;
  readonly snapshots: Map<string, SnapshotRecord>;
  readonly images: Map<string, ImageRecord>;
  /** ARNs, ids or aliases of KMS keys, as seeded. */
  readonly kmsKeys: Set<string>;
  /** Client tokens of CreateVolume, with the request that each belongs to. */
  readonly tokens: Map<string, { readonly volumeId: string; readonly request: string }>;
  /** Volumes by the instance they are attached to. */
  readonly attached: Map<string, Set<VolumeRecord>>;
  /** Pending snapshots by volume; copies are all under `vol-ffffffff`. */
  readonly pending: Map<string, Set<SnapshotRecord>>;
}

export function newWorld(region: string): World {
  return {
    region,
    instances: new Map(),
    volumes: new Map(),
    snapshots: new Map(),
    images: new Map(),
    kmsKeys: new Set(),
    tokens: new Map(),
    attached: new Map(),
    pending: new Map(),
  };
}

/** The volume id that EC2 gives every copied snapshot. */
export const volumeOfCopies = 'vol-ffffffff';

function index<T>(map: Map<string, Set<T>>, key: string, one: T): void {
  const indexed = map.get(key);
  if (indexed) indexed.add(one);
  else map.set(key, new Set([one]));
}

function unindex<T>(map: Map<string, Set<T>>, key: string, one: T): void {
  const indexed = map.get(key);
  indexed?.delete(one);
  if (indexed?.size === 0) map.delete(key);
}

export function addVolume(world: World, volume: VolumeRecord): void {
  world.volumes.set(volume.id, volume);
  if (volume.attachment) index(world.attached, volume.attachment.instanceId, volume);
}

export function attach(world: World, volume: VolumeRecord, attachment: AttachmentRecord): void {
  volume.attachment = attachment;
  index(world.attached, attachment.instanceId, volume);
}

export function detach(world: World, volume: VolumeRecord): void {
  if (volume.attachment) unindex(world.attached, volume.attachment.instanceId, volume);
  volume.attachment = undefined;
}

/** The instance's volumes, including its root volume. */
export function attachedTo(world: World, instanceId: string): VolumeRecord[] {
  return [...(world.attached.get(instanceId) ?? [])];
}

export function addSnapshot(world: World, snapshot: SnapshotRecord): void {
  world.snapshots.set(snapshot.id, snapshot);
  if (snapshot.state === 'pending') index(world.pending, snapshot.volumeId, snapshot);
}

/** Ends a snapshot's progress. */
export function settle(world: World, snapshot: SnapshotRecord, state: 'completed' | 'error'): void {
  snapshot.state = state;
  unindex(world.pending, snapshot.volumeId, snapshot);
}

export function removeSnapshot(world: World, snapshot: SnapshotRecord): void {
  world.snapshots.delete(snapshot.id);
  unindex(world.pending, snapshot.volumeId, snapshot);
}

export function pendingOf(world: World, volumeId: string): number {
  return world.pending.get(volumeId)?.size ?? 0;
}
