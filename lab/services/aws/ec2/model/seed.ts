/** What EC2 holds when the lab starts. */
import type { StoredImage } from '../../../../hosts/host.ts';

/** An instance with its volumes. */
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

/** A data volume of an instance. Without an image it exists in EC2's model only: no host sees it. */
export interface VolumeSeed {
  readonly id: string;
  readonly device: string;
  readonly sizeGiB: number;
  readonly image?: StoredImage;
  readonly tags: Readonly<Record<string, string>>;
  readonly encrypted?: boolean;
  readonly kmsKeyId?: string;
}

/** A snapshot. One that is seeded `pending` stays pending. */
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

/** What a region holds beside its instances. */
interface RegionalSeed {
  readonly snapshots?: readonly SnapshotSeed[];
  readonly images?: readonly ImageSeed[];
  /** ARNs, ids or aliases of the region's KMS keys; `alias/aws/ebs` always exists. */
  readonly kmsKeys?: readonly string[];
}

/** A further region. One with the base region's name adds to the base region. */
export interface RegionSeed extends RegionalSeed {
  readonly region: string;
  readonly instances: readonly InstanceSeed<VolumeSeed>[];
}

/** The account and its base region. The hosts behind the instances bring their images along. */
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
