/** EC2 of whole regions, as lists: what the rotation works on. */
import type { Instance, Snapshot, Tags } from '../domain/ec2.ts';
import type { LockedSnapshot, SnapshotLock } from '../domain/snapshot-lock.ts';

/** One call that snapshots all volumes of an instance. */
export interface NewSnapshotSet {
  readonly instanceId: string;
  readonly description: string;
  readonly excludeRoot: boolean;
  readonly excludeVolumes: readonly string[];
  /** Whether each snapshot also gets the tags of its volume. */
  readonly copyVolumeTags: boolean;
  readonly tags: Tags;
}

export interface NewCopy {
  readonly sourceRegion: string;
  readonly sourceId: string;
  readonly description: string;
  /** Undefined for the region's default key for EBS. A copy is always encrypted. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Tags;
}

/** The outcome of a deletion. That AWS keeps a snapshot which is in use or locked is not an error. */
export type Deletion = { readonly kind: 'deleted' | 'gone' } | { readonly kind: 'kept'; readonly reason: string };

/** EC2 of one region. Lists are paged inside, and cost one call per page, never one per item. */
export interface Ec2Region {
  readonly region: string;
  /** Milliseconds by which AWS's clock was ahead of the runner's at the last response; 0 before the first. */
  clockOffset(): number;
  /** Instances that have the tag, with any value, except terminated ones. */
  instancesWithTag(...keys: readonly string[]): Promise<Instance[]>;
  /** Tags of every volume, by volume id. */
  volumes(): Promise<Map<string, Tags>>;
  /** Those of the given volumes that exist. */
  existingVolumes(ids: readonly string[]): Promise<Set<string>>;
  /** The account's snapshots with these tags; `undefined` matches any value. They have only the tags that decisions need. */
  snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]>;
  /** Whether the account has any snapshot with these tags; reads one small page. */
  hasSnapshots(tags: Tags): Promise<boolean>;
  /** The AMI that uses a snapshot, by snapshot id. */
  imagesBySnapshot(): Promise<Map<string, string>>;
  /** Locks that have not ended, by snapshot id. */
  locks(): Promise<Map<string, LockedSnapshot>>;
  /** Locks a snapshot, also a pending one; may be repeated. @returns when the lock ends */
  lockSnapshot(id: string, lock: SnapshotLock): Promise<Date | undefined>;
  /**
   * Sends one CreateSnapshots call, once: it has no client token.
   * @throws AwsError whose `outcome` says whether the snapshots may exist all the same
   */
  createSnapshots(set: NewSnapshotSet): Promise<Snapshot[]>;
  /**
   * Sends one CopySnapshot call into this region, once: it has no client token.
   * @returns the id of the copy
   */
  copySnapshot(copy: NewCopy): Promise<string>;
  deleteSnapshot(id: string): Promise<Deletion>;
  setTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, keys: readonly string[]): Promise<void>;
}

/** EC2 of all regions. */
export interface Ec2Regions {
  in(region: string): Ec2Region;
  /** Names of the regions that are enabled in the account. */
  enabled(): Promise<string[]>;
}
