/** What S3 holds, as far as decisions speak of it. */

/** Where an object is; without a version the current one. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export interface StoredObject {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly latest: boolean;
  /** A version that says the object was deleted. */
  readonly deleteMarker: boolean;
}

/** One rule of a bucket's lifecycle, as far as it concerns backups. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly newerNoncurrentVersions: number | undefined;
  readonly noncurrentDays: number | undefined;
  readonly expirationDays: number | undefined;
  readonly abortUploadDays: number | undefined;
}
