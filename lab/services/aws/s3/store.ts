/** Versioned objects on disk. An object of many parts is as many files, which are never joined. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { LabAwsError } from '../protocol/service.ts';
import { crcOf } from './payload.ts';

/** Bytes in a file of their own. */
export interface Piece {
  readonly path: string;
  readonly size: number;
  readonly md5: Buffer;
  readonly crc32: string;
  /** base64, where the part came with it. */
  readonly sha256?: string | undefined;
}

export interface ObjectVersion {
  readonly versionId: string;
  readonly pieces: readonly Piece[];
  readonly etag: string;
  /** Of the whole object, or, of one of parts, of the parts' checksums. */
  readonly checksum: { readonly value: string; readonly type: 'FULL_OBJECT' | 'COMPOSITE' };
  readonly size: number;
  /** When it became current. */
  readonly at: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  readonly deleteMarker: boolean;
}

export interface PendingUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly at: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The checksum that each part has to have, in lower case; empty for any. */
  readonly algorithm: string;
  readonly parts: Map<number, Piece>;
}

export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly noncurrentDays?: number | undefined;
  readonly newerNoncurrentVersions?: number | undefined;
  readonly abortUploadDays?: number | undefined;
}

export interface BucketSettings {
  readonly name: string;
  readonly versioned: boolean;
  readonly lifecycle: readonly LifecycleRule[];
}

export class Bucket {
  readonly settings: BucketSettings;
  /** Oldest version first. */
  readonly objects = new Map<string, ObjectVersion[]>();
  readonly uploads = new Map<string, PendingUpload>();
  /** Completed uploads by id: completing again with the same parts is answered alike, as S3 does for a while. */
  readonly completed = new Map<string, { readonly parts: string; readonly version: ObjectVersion }>();

  constructor(settings: BucketSettings) {
    this.settings = settings;
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
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Objects whose keys end so lose the end of their bytes as soon as they are completed, as a broken disk would do it. */
  truncate: string | undefined;
  readonly #directory: string;
  #number = 0;

  constructor(directory: string, buckets: readonly BucketSettings[]) {
    this.#directory = directory;
    this.buckets = new Map(buckets.map((settings) => [settings.name, new Bucket(settings)]));
  }

  bucket(name: string): Bucket {
    const found = this.buckets.get(name);
    if (!found) throw new LabAwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  }

  nextId(prefix: string): string {
    this.#number += 1;
    return `${prefix}${this.#number}`;
  }

  keep(data: Buffer): Piece {
    this.#number += 1;
    mkdirSync(this.#directory, { recursive: true });
    const path = join(this.#directory, `piece-${this.#number}`);
    writeFileSync(path, data);
    return { path, size: data.length, md5: createHash('md5').update(data).digest(), crc32: crcOf(data) };
  }

  /** Carries out what lifecycle rules say: S3 does so once a day. */
  applyLifecycle(now: Date): void {
    const day = 86_400_000;
    for (const bucket of this.buckets.values()) {
      for (const rule of bucket.settings.lifecycle.filter((one) => one.enabled)) {
        for (const [key, versions] of bucket.objects) {
          if (!key.startsWith(rule.prefix) || rule.noncurrentDays === undefined) continue;
          const noncurrent = versions.slice(0, -1);
          const spared = rule.newerNoncurrentVersions ?? 0;
          // A version is non-current since its successor came.
          const gone = noncurrent
            .slice(0, Math.max(0, noncurrent.length - spared))
            .filter(
              (_, index) => now.getTime() - (versions[index + 1]?.at.getTime() ?? 0) > (rule.noncurrentDays ?? 0) * day,
            );
          for (const one of gone) discard(one.pieces);
          bucket.objects.set(
            key,
            versions.filter((one) => !gone.includes(one)),
          );
        }
        for (const upload of bucket.uploads.values())
          if (
            rule.abortUploadDays !== undefined &&
            upload.key.startsWith(rule.prefix) &&
            now.getTime() - upload.at.getTime() > rule.abortUploadDays * day
          )
            abort(bucket, upload);
      }
    }
  }
}

export function discard(pieces: readonly Piece[]): void {
  for (const { path } of pieces) rmSync(path, { force: true });
}

export function abort(bucket: Bucket, upload: PendingUpload): void {
  discard([...upload.parts.values()]);
  bucket.uploads.delete(upload.id);
}

/** `x-amz-meta-*` without the prefix. */
export function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]),
  );
}

export function tagsOf(header: string | string[] | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(String(header ?? '')));
}
