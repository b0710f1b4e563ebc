/** What AWS holds when the lab starts. */
import type { StoredImage } from '../../../../hosts/host.ts';

/** An instance that is there at the start, with its volumes. */
interface InstanceSeed<Volume> {
  readonly id: string;
  readonly name: string;
  readonly state: 'running' | 'stopped';
  readonly zone: string;
  readonly type: string;
  readonly platform?: 'windows';
  readonly tags: Readonly<Record<string, string>>;
  readonly rootVolumeId: string;
  readonly rootVolumeTags?: Readonly<Record<string, string>>;
  readonly volumes: readonly Volume[];
}

/** A data volume of an instance; without an image it exists in EC2's books only. */
export interface VolumeSeed {
  readonly id: string;
  readonly device: string;
  readonly sizeGiB: number;
  readonly image?: StoredImage;
  readonly tags: Readonly<Record<string, string>>;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
}

/** A snapshot that is there at the start. One that is seeded `pending` stays so. */
export interface SnapshotSeed {
  readonly id: string;
  readonly volumeId: string;
  readonly startedAt: Date;
  /** Default `completed`. */
  readonly state?: 'pending' | 'completed' | 'error';
  readonly sizeGiB: number;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly tier?: 'standard' | 'archive';
  readonly lock?: 'governance' | 'compliance' | 'compliance-cooloff';
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
  readonly fullSizeBytes?: number;
}

/** A registered AMI of the account. */
export interface ImageSeed {
  readonly id: string;
  readonly name: string;
  readonly snapshotIds: readonly string[];
}

/** What a region holds besides instances. */
interface RegionalSeed {
  readonly snapshots?: readonly SnapshotSeed[];
  readonly images?: readonly ImageSeed[];
  /** ARNs, ids or aliases of the KMS keys that exist there; `alias/aws/ebs` always does. */
  readonly kmsKeys?: readonly string[];
}

/** A further region; one with the base region's name adds to that. */
export interface RegionSeed extends RegionalSeed {
  readonly region: string;
  readonly instances: readonly InstanceSeed<VolumeSeed>[];
}

/** What AWS holds at the start of a rehearsal; hosts and images come from the machine room. */
export interface Seed extends RegionalSeed {
  readonly region: string;
  readonly accountId: string;
  readonly instances: readonly InstanceSeed<{
    readonly id: string;
    readonly device: string;
    readonly image: StoredImage;
    readonly tags: Readonly<Record<string, string>>;
  }>[];
  /** Further regions that the account uses. */
  readonly regions?: readonly RegionSeed[];
}
