/** Objects in S3: read in a stream that survives broken connections, listed, tagged, deleted. */
import {
  AbortMultipartUploadCommand,
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
import type { LifecycleRule, ObjectPlace, StoredObject } from '../../domain/s3.ts';
import type { NewObject, Objects, Upload } from '../../ports/objects.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { toAwsError } from './errors.ts';
import { partSizes, S3Upload, tagging } from './multipart.ts';
import type { AwsSession } from './session.ts';

/** How often a broken download is taken up again without any progress. */
const fruitless = 5;

export interface ObjectsOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the part with this number, from 1. */
  readonly partSize?: (part: number) => number;
}

export class S3Objects implements Objects {
  readonly #session: AwsSession;
  readonly #options: ObjectsOptions;

  constructor(session: AwsSession, options: ObjectsOptions) {
    this.#session = session;
    this.#options = options;
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

  async *read(place: ObjectPlace): AsyncGenerator<Buffer> {
    const resource = shown(place);
    let at = 0;
    let size: number | undefined;
    let etag: string | undefined;
    for (let broken = 0; ; ) {
      const before = at;
      try {
        const answer = await this.#session.call(
          { operation: 'GetObject', resource, signal: this.#options.signal },
          () =>
            // The time limit of a call is for its answer to begin; the body may take longer.
            this.#session.s3.send(
              new GetObjectCommand({
                Bucket: place.bucket,
                Key: place.key,
                ...(place.versionId === undefined ? {} : { VersionId: place.versionId }),
                ...(at === 0 ? {} : { Range: `bytes=${at}-`, IfMatch: etag }),
              }),
              this.#options.signal ? { abortSignal: this.#options.signal } : {},
            ),
        );
        size ??= answer.ContentLength ?? 0;
        etag ??= answer.ETag;
        for await (const chunk of answer.Body as unknown as AsyncIterable<Uint8Array>) {
          const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
          at += bytes.length;
          yield bytes;
        }
        if (at >= size) return;
        throw Object.assign(new Error(`the answer ended after ${at} of ${size} bytes`), { code: 'ECONNRESET' });
      } catch (cause) {
        this.#options.signal?.throwIfAborted();
        if (cause instanceof AwsError) throw cause;
        broken = at > before ? 1 : broken + 1;
        if (broken > fruitless) throw toAwsError(cause, 'GetObject', resource);
        this.#options.logger.info(
          `GetObject for ${resource} broke off after ${at} bytes (${(cause as Error).message}); going on there`,
        );
      }
    }
  }

  async text(place: ObjectPlace): Promise<string | undefined> {
    const parts: Buffer[] = [];
    try {
      for await (const chunk of this.read(place)) parts.push(chunk);
    } catch (error) {
      if (error instanceof AwsError && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion')) return undefined;
      throw error;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  async put(object: NewObject, body: string): Promise<{ versionId: string | undefined }> {
    const answer = await this.#call('PutObject', shown(object), (abortSignal) =>
      this.#session.s3.send(
        new PutObjectCommand({
          Bucket: object.bucket,
          Key: object.key,
          Body: body,
          ContentType: object.contentType,
          Metadata: { ...object.metadata },
          ...(Object.keys(object.tags).length > 0 ? { Tagging: tagging(object.tags) } : {}),
        }),
        { abortSignal },
      ),
    );
    return { versionId: answer.VersionId };
  }

  async versions(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.#call('ListObjectVersions', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
          abortSignal,
        }),
      );
      for (const one of page.Versions ?? [])
        found.push({
          key: one.Key ?? '',
          versionId: one.VersionId,
          size: one.Size ?? 0,
          modifiedAt: one.LastModified ?? new Date(0),
          latest: one.IsLatest ?? false,
          deleteMarker: false,
        });
      for (const one of page.DeleteMarkers ?? [])
        found.push({
          key: one.Key ?? '',
          versionId: one.VersionId,
          size: 0,
          modifiedAt: one.LastModified ?? new Date(0),
          latest: one.IsLatest ?? false,
          deleteMarker: true,
        });
      if (!page.IsTruncated) return found;
      marker = {
        ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.#call('ListObjectsV2', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
          { abortSignal },
        ),
      );
      for (const one of page.Contents ?? [])
        found.push({
          key: one.Key ?? '',
          versionId: undefined,
          size: one.Size ?? 0,
          modifiedAt: one.LastModified ?? new Date(0),
          latest: true,
          deleteMarker: false,
        });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  async setTags(place: ObjectPlace, tags: Tags): Promise<void> {
    const { bucket, key, versionId } = place;
    await this.#call('PutObjectTagging', shown(place), (abortSignal) =>
      this.#session.s3.send(
        new PutObjectTaggingCommand({
          Bucket: bucket,
          Key: key,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
          Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        }),
        { abortSignal },
      ),
    );
  }

  async metadata(place: ObjectPlace): Promise<Readonly<Record<string, string>>> {
    const { bucket, key, versionId } = place;
    const answer = await this.#call('HeadObject', shown(place), (abortSignal) =>
      this.#session.s3.send(
        new HeadObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
        }),
        { abortSignal },
      ),
    );
    return answer.Metadata ?? {};
  }

  async delete(place: ObjectPlace): Promise<void> {
    const { bucket, key, versionId } = place;
    await this.#call('DeleteObject', shown(place), (abortSignal) =>
      this.#session.s3.send(
        new DeleteObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
        }),
        { abortSignal },
      ),
    );
  }

  async unfinished(bucket: string, prefix: string): Promise<{ key: string; uploadId: string; startedAt: Date }[]> {
    const found: { key: string; uploadId: string; startedAt: Date }[] = [];
    let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const page = await this.#call('ListMultipartUploads', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.#session.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
          abortSignal,
        }),
      );
      for (const one of page.Uploads ?? [])
        found.push({ key: one.Key ?? '', uploadId: one.UploadId ?? '', startedAt: one.Initiated ?? new Date(0) });
      if (!page.IsTruncated) return found;
      marker = {
        ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
        ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
      };
    }
  }

  async abortUpload(bucket: string, key: string, uploadId: string): Promise<void> {
    try {
      await this.#call('AbortMultipartUpload', shown({ bucket, key }), (abortSignal) =>
        this.#session.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }), {
          abortSignal,
        }),
      );
    } catch (error) {
      // It was aborted or completed by another run.
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
      return (answer.Rules ?? []).map((rule) => ({
        id: rule.ID ?? '',
        prefix: rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? '',
        enabled: rule.Status === 'Enabled',
        newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
        noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
        expirationDays: rule.Expiration?.Days,
        abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
      }));
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchLifecycleConfiguration') return [];
      throw error;
    }
  }
}

export function shown({ bucket, key, versionId }: ObjectPlace): string {
  return `s3://${bucket}/${key}${versionId === undefined ? '' : `?versionId=${versionId}`}`;
}
