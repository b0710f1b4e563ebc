/** EC2 of whole regions, in lists: the rotation. */
import type { Instance, Snapshot, Tags } from '../domain/ec2.ts';

/** One call for all volumes of an instance. */
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
  /** Undefined for the region's own default key. A copy is always encrypted. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Tags;
}

/** What became of a deletion: a snapshot that AWS does not give away is no error. */
export type Deletion = { readonly kind: 'deleted' | 'gone' } | { readonly kind: 'kept'; readonly reason: string };

/** EC2 of one region as the rotation needs it. Lists are paged inside and never ask for single items. */
export interface Estate {
  readonly region: string;
  /** Milliseconds that AWS's clock is ahead of this machine's, as its last answer has shown; 0 before the first. */
  clockOffset(): number;
  /** Instances that carry the tag, whatever its value; not those that are terminated. */
  instancesWithTag(key: string): Promise<Instance[]>;
  /** Tags of every volume by id. */
  volumes(): Promise<Map<string, Tags>>;
  /** Which of these volumes exist. */
  existingVolumes(ids: readonly string[]): Promise<Set<string>>;
  /** Own snapshots with these tags; `undefined` for any value. Of their tags only those that decide. */
  snapshots(tags: Readonly<Record<string, string | undefined>>): Promise<Snapshot[]>;
  /** Whether there is any own snapshot with these tags; asks for one small page. */
  hasSnapshots(tags: Tags): Promise<boolean>;
  /** The AMI that uses it, by snapshot. */
  imagesBySnapshot(): Promise<Map<string, string>>;
  /** Lock mode by snapshot. */
  locks(): Promise<Map<string, string>>;
  /**
   * One CreateSnapshots call, sent once: it has no client token.
   * @throws AwsError whose `outcome` says whether the snapshots may have been made all the same
   */
  createSnapshots(set: NewSnapshotSet): Promise<Snapshot[]>;
  /** One CopySnapshot call into this region, sent once. */
  copySnapshot(copy: NewCopy): Promise<string>;
  deleteSnapshot(id: string): Promise<Deletion>;
  setTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, keys: readonly string[]): Promise<void>;
}

/** The regions of the account. */
export interface Estates {
  in(region: string): Estate;
  /** Regions that are switched on. */
  regions(): Promise<string[]>;
}
