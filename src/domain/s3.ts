/** What S3 holds, as far as decisions need it. */

/** An object, or one of its versions; without a version, the current one. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** `s3://BUCKET/KEY?versionId=…`. */
export function s3Url({ bucket, key, versionId }: ObjectPlace): string {
  return `s3://${bucket}/${key}${versionId === undefined ? '' : `?versionId=${versionId}`}`;
}

export interface StoredObject {
  readonly key: string;
  readonly versionId: string | undefined;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  readonly latest: boolean;
  /** Changes with the content. Servers other than AWS may list none. */
  readonly etag?: string | undefined;
  /** Whether this version records a deletion. */
  readonly deleteMarker: boolean;
}

/** A multipart upload that was neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date;
}

/** One rule of a bucket's lifecycle, as far as it concerns backups. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  /** All of them must be tags of an object for the rule to apply; none where the rule asks for none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled: boolean;
  readonly newerNoncurrentVersions: number | undefined;
  readonly noncurrentDays: number | undefined;
  readonly expirationDays: number | undefined;
  readonly abortUploadDays: number | undefined;
}

/** The retention that a bucket with Object Lock gives each new version. */
export interface ObjectLock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

/** What became of a deletion. A version under Object Lock is kept, which is no error. */
export type ObjectDeletion =
  | { readonly kind: 'deleted' }
  /** `until`: undefined when nobody says. */
  | { readonly kind: 'locked'; readonly until: Date | undefined };

/** `it is locked until 2026-12-03T02:00Z (Object Lock)`. */
export function lockedWords({ until }: { readonly until: Date | undefined }): string {
  return `it is locked${until === undefined ? '' : ` until ${until.toISOString().slice(0, 16)}Z`} (Object Lock)`;
}
