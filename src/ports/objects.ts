/** Objects in S3. */
import type { Tags } from '../domain/ec2.ts';
import type {
  LifecycleRule,
  ObjectDeletion,
  ObjectLock,
  ObjectPlace,
  StoredObject,
  UnfinishedUpload,
} from '../domain/s3.ts';

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly tags: Tags;
  readonly metadata: Readonly<Record<string, string>>;
  /** The checksum by which S3 checks each part. Hosts have only sha256sum; default: CRC32. */
  readonly checksum?: 'CRC32' | 'SHA256';
}

/** A part that a host uploads itself. */
export interface HostPart {
  /** From 1. */
  readonly number: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A part that a host has uploaded. */
export interface UploadedPart extends HostPart {
  readonly etag: string;
}

/** Presigned URLs of several parts: what they have in common, and the signature of each. */
export interface SignedParts {
  readonly url: string;
  readonly signatures: readonly string[];
}

/** Size and hexadecimal SHA-256 of a whole object. */
export interface Digest {
  readonly size: number;
  readonly sha256: string;
}

/** The version that a write made; undefined in a bucket without versions. */
export interface WrittenVersion {
  readonly versionId: string | undefined;
  /** Of S3; undefined when it did not say. */
  readonly etag?: string | undefined;
}

/** A multipart upload; the object is not visible before `complete`. */
export interface Upload {
  /** S3's id of the upload, by which another run can abort it. */
  readonly id: string;
  readonly key: string;
  /** Writes bytes; resolves when there is room for more. The caller may reuse the bytes afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Presigns requests with which somebody without credentials can upload exactly these parts; the URLs are valid for an
   * hour at most.
   */
  sign(parts: readonly HostPart[]): Promise<SignedParts>;
  /** Registers all parts that a host uploaded, with the digest of the whole. */
  adopt(parts: readonly UploadedPart[], whole: Digest): void;
  /** Waits until everything has arrived. Nothing can be written afterwards. */
  finish(): Promise<Digest>;
  /** Makes the object visible; may be called again. Only after `finish`. */
  complete(): Promise<WrittenVersion>;
  /** Aborts the upload and discards its parts. Does nothing once it is complete. */
  abort(): Promise<void>;
  /** The version that `complete` made visible; undefined before. */
  readonly completed: WrittenVersion | undefined;
}

/** Objects in S3, read and listed, and small ones written. */
export interface Documents {
  /** The bytes, in order; a connection that breaks is resumed where it broke. */
  read(place: ObjectPlace): AsyncIterable<Buffer>;
  /** @returns undefined when there is no such object, or when its version is a delete marker */
  text(place: ObjectPlace): Promise<string | undefined>;
  /** A small object with its ETag, over which `put` replaces it; undefined when there is none. */
  document(place: ObjectPlace): Promise<{ readonly text: string; readonly etag: string } | undefined>;
  /**
   * Writes a small object in one request.
   * @param over the ETag of the only object that it may replace; null where none may be there; undefined replaces whatever is there
   * @throws AwsError `PreconditionFailed` when another one is there by now
   */
  put(object: NewObject, body: string, over?: string | null): Promise<WrittenVersion>;
  /**
   * All versions and delete markers of all keys with this prefix, in any order. On a server that knows no versions, the current
   * objects.
   */
  versions(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  /** The current objects. */
  list(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
}

/** S3, as far as dumps need it. */
export interface Objects extends Documents {
  upload(object: NewObject): Promise<Upload>;
  /**
   * Copies a version inside of S3 to a key that has no object.
   * @param size bytes of the version
   * @throws AwsError `PreconditionFailed` when the key has one: perhaps this copy, if an earlier answer was lost
   */
  copy(from: ObjectPlace, to: NewObject, size: number): Promise<WrittenVersion>;
  /** Does nothing on a server that keeps no tags. */
  setTags(place: ObjectPlace, tags: Tags): Promise<void>;
  metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>>;
  /**
   * Deletes a version, or hides the current object. What the bucket's own retention still locks is kept, and not even tried.
   */
  delete(place: ObjectPlace): Promise<ObjectDeletion>;
  /** Uploads that were neither completed nor aborted. */
  unfinished(bucket: string, prefix: string): Promise<readonly UnfinishedUpload[]>;
  /** Does nothing when the upload is already completed or aborted. */
  abortUpload(bucket: string, key: string, uploadId: string): Promise<void>;
  /** Neither of the two is vital: the caller goes on without, whatever the error. */
  versioned(bucket: string): Promise<boolean>;
  lifecycle(bucket: string): Promise<readonly LifecycleRule[]>;
  /** The retention of new versions; undefined when the bucket has none, or when nobody says. Asked once for each bucket. */
  objectLock(bucket: string): Promise<ObjectLock | undefined>;
}
