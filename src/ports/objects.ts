/** Objects in S3. */
import type { Tags } from '../domain/ec2.ts';
import type { LifecycleRule, ObjectPlace, StoredObject } from '../domain/s3.ts';

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly tags: Tags;
  readonly metadata: Readonly<Record<string, string>>;
  /** How S3 checks each part of an upload; a host reckons with SHA256. CRC32 without it. */
  readonly checksum?: 'CRC32' | 'SHA256';
}

/** One part of an object that a host puts itself. */
export interface ForeignPart {
  /** From 1. */
  readonly number: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** An object on its way up, in parts; nothing of it can be seen before it is completed. */
export interface Upload {
  /** S3's id of the upload, by which another run can give it up. */
  readonly id: string;
  readonly key: string;
  /** Takes bytes; resolves when there is room for more. The bytes may be used again afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Signs requests by which somebody without credentials puts these parts, and nothing else in their place, for an hour at
   * most. @returns what the URLs have in common, and the signature that each part's adds
   */
  sign(parts: readonly ForeignPart[]): Promise<{ readonly url: string; readonly signatures: readonly string[] }>;
  /** Takes over what was put so: all parts, and size and hexadecimal SHA-256 of the whole. */
  adopt(parts: readonly (ForeignPart & { readonly etag: string })[], size: number, sha256: string): void;
  /** Waits until everything has arrived. Nothing can be written afterwards. @returns size and hexadecimal SHA-256 */
  finish(): Promise<{ readonly size: number; readonly sha256: string }>;
  /** Makes the object visible, once however often it is asked to. Only after `finish`. */
  complete(): Promise<{ readonly versionId: string | undefined }>;
  /** Gives it up, with everything that has arrived; what is complete already is left to `completed`. */
  abort(): Promise<void>;
  /** The version that was made visible; undefined before. */
  readonly completed: { readonly versionId: string | undefined } | undefined;
}

/** S3, as far as dumps need it. */
export interface Objects {
  upload(object: NewObject): Promise<Upload>;
  /** The bytes, in order; a connection that breaks is taken up again where it broke. */
  read(place: ObjectPlace): AsyncIterable<Buffer>;
  /** @returns undefined when there is none, or it may not be known */
  text(place: ObjectPlace): Promise<string | undefined>;
  /** Writes a small object whole. With `unlessExists` a 412 is an error of the code PreconditionFailed. */
  put(object: NewObject, body: string): Promise<{ readonly versionId: string | undefined }>;
  /** All versions of all keys that begin so, newest first within a key. */
  versions(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  /** Current objects. */
  list(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  setTags(place: ObjectPlace, tags: Tags): Promise<void>;
  metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>>;
  delete(place: ObjectPlace): Promise<void>;
  /** Uploads that were begun and neither completed nor given up. */
  unfinished(
    bucket: string,
    prefix: string,
  ): Promise<readonly { readonly key: string; readonly uploadId: string; readonly startedAt: Date }[]>;
  abortUpload(bucket: string, key: string, uploadId: string): Promise<void>;
  versioned(bucket: string): Promise<boolean>;
  lifecycle(bucket: string): Promise<readonly LifecycleRule[]>;
}
