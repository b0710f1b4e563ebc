/** Versioned objects on disk. The parts of an object stay separate files. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from '../auth/policy.ts';
import { LabAwsError } from '../protocol/service.ts';
import { crcOf } from './payload.ts';

/** Bytes of an object, in a file. */
export interface Piece {
  readonly path: string;
  readonly size: number;
  readonly md5: Buffer;
  readonly crc32: string;
  /** In base64; only for a part that was sent with it. */
  readonly sha256?: string | undefined;
}

export interface ObjectVersion {
  readonly versionId: string;
  readonly pieces: readonly Piece[];
  readonly etag: string;
  readonly checksum: Checksum;
  readonly size: number;
  readonly at: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  /** KMS key that encrypts it; without one S3's own. */
  readonly keyArn?: string | undefined;
  retention?: Retention | undefined;
  readonly deleteMarker: boolean;
}

/** Of the bytes; for an object made from parts, of the parts' checksums. */
export interface Checksum {
  readonly algorithm: 'CRC32' | 'SHA256';
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** Until when a version cannot be deleted. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: Date;
}

export interface PendingUpload {
  readonly id: string;
  readonly key: string;
  readonly at: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Checksum that each part must come with, in lower case; empty for any. */
  readonly algorithm: string;
  readonly parts: Map<number, Piece>;
  readonly keyArn?: string | undefined;
  /** That it was created with. */
  readonly retention?: Retention | undefined;
}

export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly noncurrentDays?: number | undefined;
  readonly newerNoncurrentVersions?: number | undefined;
  /** Of current objects. */
  readonly expirationDays?: number | undefined;
  readonly abortUploadDays?: number | undefined;
  /** All of them must be tags of a version for the rule to apply to it. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** How long new versions cannot be deleted. */
export interface DefaultRetention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

export interface BucketSettings {
  readonly name: string;
  readonly versioned: boolean;
  /** Statements of the policy that it starts with. */
  readonly policy?: readonly Statement[] | undefined;
  /** KMS key that encrypts new objects; without it S3's own. */
  readonly keyArn?: string | undefined;
  /** Whether all four blocks of public access are on. */
  readonly publicAccessBlocked?: boolean | undefined;
  /** Set where Object Lock is on. */
  readonly objectLock?: { readonly retention: DefaultRetention | undefined } | undefined;
  readonly lifecycle: readonly LifecycleRule[];
}

export class Bucket {
  settings: BucketSettings;
  readonly region: string;
  /** Statements of the bucket's policy. */
  policy: readonly Statement[];
  /** Oldest version first. */
  readonly objects = new Map<string, ObjectVersion[]>();
  readonly uploads = new Map<string, PendingUpload>();
  /** Completed uploads by id. As on S3, completing one again with the same parts gets the same answer. */
  readonly completed = new Map<string, { readonly parts: string; readonly version: ObjectVersion }>();

  constructor(settings: BucketSettings, region = 'us-east-1') {
    this.settings = settings;
    this.region = region;
    this.policy = settings.policy ?? [];
  }

  change(settings: Partial<BucketSettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  current(key: string): ObjectVersion | undefined {
    const last = this.objects.get(key)?.at(-1);
    return last?.deleteMarker ? undefined : last;
  }

  add(key: string, version: ObjectVersion): void {
    const before = this.settings.versioned ? (this.objects.get(key) ?? []) : [];
    if (!this.settings.versioned) for (const one of this.objects.get(key) ?? []) discard(one.pieces);
    this.objects.set(key, [...before, version]);
  }
}

export class Store {
  readonly #buckets: Map<string, Bucket>;
  /** Names of buckets in accounts of others: names are shared by all. */
  readonly foreign = new Set<string>();
  /** The time by which locks end. */
  now = (): Date => new Date();
  /** Simulates a broken disk: objects whose keys end like this lose half of their bytes when their upload is completed. */
  truncate: string | undefined;
  /** Bytes that one request copies at most (S3 API reference, CopyObject: 5 GB; the refusal names the number). */
  copyLimit = 5_368_709_120;
  readonly #directory: string;
  #number = 0;

  constructor(directory: string, buckets: readonly BucketSettings[]) {
    this.#directory = directory;
    this.#buckets = new Map(buckets.map((settings) => [settings.name, new Bucket(settings)]));
  }

  get buckets(): ReadonlyMap<string, Bucket> {
    return this.#buckets;
  }

  /** @throws LabAwsError when somebody has a bucket of that name (API reference, CreateBucket) */
  create(settings: BucketSettings, region: string): void {
    const { name } = settings;
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new LabAwsError('InvalidBucketName', 'The specified bucket is not valid.', 400);
    if (this.foreign.has(name))
      throw new LabAwsError(
        'BucketAlreadyExists',
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
        409,
      );
    if (this.#buckets.has(name))
      throw new LabAwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
    this.#buckets.set(name, new Bucket(settings, region));
  }

  /** @throws LabAwsError for a bucket that holds versions, current or not */
  remove(name: string): void {
    const bucket = this.bucket(name);
    if ([...bucket.objects.values()].some((versions) => versions.length > 0))
      throw new LabAwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    this.#buckets.delete(name);
  }

  bucket(name: string): Bucket {
    if (this.foreign.has(name)) throw new LabAwsError('AccessDenied', 'Access Denied', 403);
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new LabAwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return bucket;
  }

  /** The current version of an object. @throws LabAwsError when there is none */
  text(bucket: string, key: string): string {
    const version = this.bucket(bucket).current(key);
    if (!version) throw new LabAwsError('NoSuchKey', 'The specified key does not exist.', 404);
    return version.pieces.map(({ path }) => readFileSync(path, 'utf8')).join('');
  }

  /** Id of a new version in the bucket. */
  nextVersion({ settings }: Bucket): string {
    return settings.versioned ? this.nextId('v') : 'null';
  }

  nextId(prefix: string): string {
    this.#number += 1;
    return `${prefix}${this.#number}`;
  }

  /** Writes the bytes to a file. */
  keep(data: Buffer): Piece {
    this.#number += 1;
    mkdirSync(this.#directory, { recursive: true });
    const path = join(this.#directory, `piece-${this.#number}`);
    writeFileSync(path, data);
    return { path, size: data.length, md5: createHash('md5').update(data).digest(), crc32: crcOf(data) };
  }
}

/** Deletes the files. */
export function discard(pieces: readonly Piece[]): void {
  for (const { path } of pieces) rmSync(path, { force: true });
}
