/** Objects in S3: uploaded, downloaded, listed, tagged, deleted. */
import {
  AbortMultipartUploadCommand,
  type LifecycleRule as AwsLifecycleRule,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import type { Tags } from '../../domain/ec2.ts';
import {
  type LifecycleRule,
  type ObjectDeletion,
  type ObjectLock,
  type ObjectPlace,
  type StoredObject,
  s3Url,
  type UnfinishedUpload,
} from '../../domain/s3.ts';
import type { NewObject, Objects, Upload, WrittenVersion } from '../../ports/objects.ts';
import { AwsError, isPreconditionFailed, isUnsupported } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type CopyParts, copyParts, S3Copy } from './copy.ts';
import { download } from './download.ts';
import { partSizes, S3Upload, taggingHeader } from './multipart.ts';
import { isLocked, ObjectLocks } from './object-lock.ts';
import type { AwsSession } from './session.ts';

export interface ObjectsOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of a part, by its number from 1. */
  readonly partSize?: (part: number) => number;
  readonly copyParts?: CopyParts;
}

export class S3Objects implements Objects {
  readonly #session: AwsSession;
  readonly #options: ObjectsOptions;
  readonly #locks: ObjectLocks;

  constructor(session: AwsSession, options: ObjectsOptions) {
    this.#session = session;
    this.#options = options;
    this.#locks = new ObjectLocks(session, options.signal);
  }

  #call<T>(operation: string, resource: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#session.call({ operation, resource, signal: this.#options.signal }, send);
  }

  upload(object: NewObject): Promise<Upload> {
    return S3Upload.begin(this.#session, object, {
      logger: this.#options.logger,
      signal: this.#options.signal,
      partSize: this.#options.partSize ?? partSizes,
    });
  }

  read(place: ObjectPlace): AsyncIterable<Buffer> {
    return download(this.#session, place, this.#options);
  }

  async text(place: ObjectPlace): Promise<string | undefined> {
    const parts: Buffer[] = [];
    try {
      for await (const chunk of this.read(place)) parts.push(chunk);
    } catch (error) {
      if (isNoObject(error, place)) return undefined;
      throw error;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  async document(place: ObjectPlace): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    const { bucket, key, versionId } = place;
    const call = { operation: 'GetObject', resource: s3Url(place), signal: this.#options.signal, transfer: true };
    try {
      return await this.#session.call(call, async (_signal, options) => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
        const answer = await this.#session.s3.send(command, options);
        return { text: (await answer.Body?.transformToString('utf8')) ?? '', etag: answer.ETag ?? '' };
      });
    } catch (error) {
      if (isNoObject(error, place)) return undefined;
      throw error;
    }
  }

  async put(object: NewObject, body: string, over?: string | null): Promise<WrittenVersion> {
    try {
      return await this.#put(object, body, over);
    } catch (error) {
      // Some servers know no conditions; two writers at once are then not told apart.
      if (over !== undefined && isUnsupported(error)) return this.#put(object, body, undefined);
      // The answer to an earlier, successful write may be lost: then the object is this one.
      if (!isPreconditionFailed(error) || (await this.text(object)) !== body) throw error;
      return { versionId: undefined };
    }
  }

  async #put(object: NewObject, body: string, over: string | null | undefined): Promise<WrittenVersion> {
    const call = { operation: 'PutObject', resource: s3Url(object), signal: this.#options.signal, transfer: true };
    const answer = await this.#session.call(call, (_signal, options) =>
      this.#session.s3.send(
        new PutObjectCommand({
          Bucket: object.bucket,
          Key: object.key,
          Body: body,
          ContentType: object.contentType,
          Metadata: { ...object.metadata },
          Tagging: taggingHeader(object.tags),
          ...(over === undefined ? {} : over === null ? { IfNoneMatch: '*' } : { IfMatch: over }),
        }),
        options,
      ),
    );
    return { versionId: answer.VersionId };
  }

  copy(from: ObjectPlace, to: NewObject, size: number): Promise<WrittenVersion> {
    const { signal, logger, copyParts: parts = copyParts } = this.#options;
    return new S3Copy(this.#session, { signal, logger, parts }).copy(from, to, size);
  }

  async versions(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    return this.#versions(bucket, prefix).catch((error: unknown) => {
      if (!isUnsupported(error)) throw error;
      return this.list(bucket, prefix);
    });
  }

  async #versions(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    // By key and version: versitygw begins a page with the entry that ended the page before (its issue 2178).
    const objects = new Map<string, StoredObject>();
    const add = (one: StoredObject) => objects.set(JSON.stringify([one.key, one.versionId]), one);
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#call('ListObjectVersions', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
          abortSignal,
        }),
      );
      for (const version of page.Versions ?? []) add(storedObject(version));
      for (const deletion of page.DeleteMarkers ?? []) add({ ...storedObject(deletion), deleteMarker: true });
      if (!page.IsTruncated) return [...objects.values()];
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const objects: StoredObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.#call('ListObjectsV2', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
          { abortSignal },
        ),
      );
      for (const object of page.Contents ?? []) objects.push(storedObject({ ...object, IsLatest: true }));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return objects;
  }

  async setTags(place: ObjectPlace, tags: Tags): Promise<void> {
    await this.#putTags(place, tags).catch((error: unknown) => {
      if (!isUnsupported(error)) throw error;
      this.#options.logger.info(`${s3Url(place)} gets no tags: ${(error as AwsError).what}`);
    });
  }

  async #putTags(place: ObjectPlace, tags: Tags): Promise<void> {
    const { bucket, key, versionId } = place;
    await this.#call('PutObjectTagging', s3Url(place), (abortSignal) =>
      this.#session.s3.send(
        new PutObjectTaggingCommand({
          Bucket: bucket,
          Key: key,
          VersionId: versionId,
          Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        }),
        { abortSignal },
      ),
    );
  }

  async metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>> {
    const { bucket, key, versionId } = place;
    const answer = await this.#call('HeadObject', s3Url(place), (abortSignal) =>
      this.#session.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), { abortSignal }),
    );
    return answer.Metadata ?? {};
  }

  async delete(place: ObjectPlace): Promise<ObjectDeletion> {
    const { bucket, key, versionId } = place;
    const until = await this.#locks.lockedUntil(place);
    if (until !== undefined) return { kind: 'locked', until };
    try {
      await this.#call('DeleteObject', s3Url(place), (abortSignal) =>
        this.#session.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), {
          abortSignal,
        }),
      );
      return { kind: 'deleted' };
    } catch (error) {
      if (isLocked(error)) return { kind: 'locked', until: undefined };
      throw error;
    }
  }

  objectLock(bucket: string): Promise<ObjectLock | undefined> {
    return this.#locks.ofBucket(bucket);
  }

  async unfinished(bucket: string, prefix: string): Promise<readonly UnfinishedUpload[]> {
    const uploads: UnfinishedUpload[] = [];
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#call('ListMultipartUploads', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
          abortSignal,
        }),
      );
      for (const one of page.Uploads ?? [])
        uploads.push({ key: one.Key ?? '', uploadId: one.UploadId ?? '', startedAt: one.Initiated ?? new Date(0) });
      if (!page.IsTruncated) return uploads;
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  async abortUpload(bucket: string, key: string, uploadId: string): Promise<void> {
    try {
      await this.#call('AbortMultipartUpload', s3Url({ bucket, key }), (abortSignal) =>
        this.#session.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }), {
          abortSignal,
        }),
      );
    } catch (error) {
      // Another run aborted or completed it.
      if (!(error instanceof AwsError) || error.code !== 'NoSuchUpload') throw error;
    }
  }

  async versioned(bucket: string): Promise<boolean> {
    const answer = await this.#call('GetBucketVersioning', `s3://${bucket}`, (abortSignal) =>
      this.#session.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal }),
    );
    return answer.Status === 'Enabled';
  }

  async lifecycle(bucket: string): Promise<readonly LifecycleRule[]> {
    try {
      const answer = await this.#call('GetBucketLifecycleConfiguration', `s3://${bucket}`, (abortSignal) =>
        this.#session.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), { abortSignal }),
      );
      return (answer.Rules ?? []).map(lifecycleRule);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchLifecycleConfiguration') return [];
      throw error;
    }
  }
}

function lifecycleRule(rule: AwsLifecycleRule): LifecycleRule {
  const tags = [...(rule.Filter?.Tag ? [rule.Filter.Tag] : []), ...(rule.Filter?.And?.Tags ?? [])];
  return {
    id: rule.ID ?? '',
    prefix: rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? '',
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value ?? ''])) }),
    enabled: rule.Status === 'Enabled',
    newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
    noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    expirationDays: rule.Expiration?.Days,
    abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  };
}

/** Whether there is nothing to read: no object, or a delete marker (S3 user guide, "Working with delete markers": 405 for its version). */
function isNoObject(error: unknown, { versionId }: ObjectPlace): boolean {
  if (!(error instanceof AwsError)) return false;
  if (error.code === 'MethodNotAllowed') return versionId !== undefined;
  return error.code === 'NoSuchKey' || error.code === 'NoSuchVersion';
}

/** A version, a delete marker or a current object as S3 lists it. */
interface Listed {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly ETag?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly IsLatest?: boolean | undefined;
}

function storedObject({
  Key = '',
  VersionId,
  ETag,
  Size = 0,
  LastModified = new Date(0),
  IsLatest = false,
}: Listed): StoredObject {
  return {
    key: Key,
    versionId: VersionId,
    size: Size,
    modifiedAt: LastModified,
    latest: IsLatest,
    ...(ETag === undefined ? {} : { etag: ETag }),
    deleteMarker: false,
  };
}
