/** EC2 of one region, item by item: the backup of a volume and its proof. */
import type { Instance, Snapshot, Tags, Volume } from '../domain/ec2.ts';
import type { SnapshotLock } from '../domain/snapshot-lock.ts';

export interface NewVolume {
  readonly snapshotId: string;
  readonly zone: string;
  readonly type: string;
  /** MiB/s, 100 to 300; undefined leaves the volume to be filled lazily. */
  readonly initializationRate: number | undefined;
  /** At most 64 ASCII characters; the same token never makes a second volume. */
  readonly clientToken: string;
  readonly tags: Tags;
}

/** EC2, as far as backups need it. Lists are complete, whatever the size of a page; every error is an AwsError. */
export interface Compute {
  /** All instances, not terminated, whose id or Name tag is `idOrName`. */
  findInstances(idOrName: string): Promise<Instance[]>;
  instance(id: string): Promise<Instance>;
  startInstance(id: string): Promise<void>;
  stopInstance(id: string): Promise<void>;

  volume(id: string): Promise<Volume | undefined>;
  volumesByTags(tags: Tags): Promise<Volume[]>;
  createVolume(volume: NewVolume): Promise<Volume>;
  attachVolume(volumeId: string, instanceId: string, device: string): Promise<void>;
  detachVolume(volumeId: string, options: { force: boolean }): Promise<void>;
  deleteVolume(volumeId: string): Promise<void>;

  snapshot(id: string): Promise<Snapshot | undefined>;
  /** Own snapshots that carry all of these tags; never another account's. */
  snapshotsByTags(tags: Tags): Promise<Snapshot[]>;
  /**
   * One CreateSnapshot call, sent once and never repeated by the SDK, since the call has no client token.
   * @throws AwsError whose `outcome` says whether the snapshot may exist all the same
   */
  createSnapshot(volumeId: string, description: string, tags: Tags): Promise<Snapshot>;
  /** Locks a snapshot, also a pending one; may be repeated. @returns when the lock ends */
  lockSnapshot(id: string, lock: SnapshotLock): Promise<Date | undefined>;

  setTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, keys: readonly string[]): Promise<void>;
}
