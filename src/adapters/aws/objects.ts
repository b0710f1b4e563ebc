/** Objects in S3 of any size: uploaded, copied, tagged, deleted; what is read and listed: documents.ts. */
import {
  AbortMultipartUploadCommand,
  type LifecycleRule as AwsLifecycleRule,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import type { Tags } from '../../domain/ec2.ts';
import {
  type LifecycleRule,
  type ObjectDeletion,
  type ObjectLock,
  type ObjectPlace,
  s3Url,
  type UnfinishedUpload,
} from '../../domain/s3.ts';
import type { NewObject, Objects, Upload, WrittenVersion } from '../../ports/objects.ts';
import { AwsError, isUnsupported } from '../../runtime/errors.ts';
import { type CopyParts, copyParts, S3Copy } from './copy.ts';
import { type DocumentsOptions, S3Documents } from './documents.ts';
import { partSizes, S3Upload } from './multipart.ts';
import { isLocked, ObjectLocks } from './object-lock.ts';
import type { AwsSession } from './session.ts';

export interface ObjectsOptions extends DocumentsOptions {
  /** Bytes of a part, by its number from 1. */
  readonly partSize?: (part: number) => number;
  readonly copyParts?: CopyParts;
}

export class S3Objects extends S3Documents implements Objects {
  protected override readonly options: ObjectsOptions;
  readonly #locks: ObjectLocks;

  constructor(session: AwsSession, options: ObjectsOptions) {
    super(session, options);
    this.options = options;
    this.#locks = new ObjectLocks(session, options.signal);
  }

  upload(object: NewObject): Promise<Upload> {
    return S3Upload.begin(this.session, object, {
      logger: this.options.logger,
      signal: this.options.signal,
      partSize: this.options.partSize ?? partSizes,
    });
  }

  async copy(from: ObjectPlace, to: NewObject, size: number): Promise<WrittenVersion> {
    await this.#refuseTaken(to);
    const { signal, logger, copyParts: parts = copyParts } = this.options;
    return new S3Copy(this.session, { signal, logger, parts }).copy(from, to, size);
  }

  /** S3 looks itself when it writes. versitygw 1.8 takes the condition of a copy, and writes over what is there. */
  async #refuseTaken({ bucket, key }: NewObject): Promise<void> {
    const there = await this.versions(bucket, key).catch((error: unknown) => {
      // Who may not look leaves it to S3.
      if (error instanceof AwsError && error.kind === 'denied') return [];
      throw error;
    });
    if (!there.some((one) => one.key === key && one.latest && !one.deleteMarker)) return;
    const [operation, resource, code] = ['CopyObject', s3Url({ bucket, key }), 'PreconditionFailed'];
    const what = `nothing is copied to ${resource}: an object is there already`;
    throw new AwsError({ what, operation, resource, requestId: undefined, code, kind: 'other', outcome: 'not-done' });
  }

  async setTags(place: ObjectPlace, tags: Tags): Promise<void> {
    await this.#putTags(place, tags).catch((error: unknown) => {
      if (!isUnsupported(error)) throw error;
      this.options.logger.info(`${s3Url(place)} gets no tags: ${(error as AwsError).what}`);
    });
  }

  async #putTags(place: ObjectPlace, tags: Tags): Promise<void> {
    const { bucket, key, versionId } = place;
    await this.call('PutObjectTagging', s3Url(place), (abortSignal) =>
      this.session.s3.send(
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
    const answer = await this.call('HeadObject', s3Url(place), (abortSignal) =>
      this.session.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), { abortSignal }),
    );
    return answer.Metadata ?? {};
  }

  async delete(place: ObjectPlace): Promise<ObjectDeletion> {
    const { bucket, key, versionId } = place;
    const until = await this.#locks.lockedUntil(place);
    if (until !== undefined) return { kind: 'locked', until };
    try {
      await this.call('DeleteObject', s3Url(place), (abortSignal) =>
        this.session.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), {
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
      const page = await this.call('ListMultipartUploads', `s3://${bucket}/${prefix}`, (abortSignal) =>
        this.session.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }), {
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
      await this.call('AbortMultipartUpload', s3Url({ bucket, key }), (abortSignal) =>
        this.session.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }), {
          abortSignal,
        }),
      );
    } catch (error) {
      // Another run aborted or completed it.
      if (!(error instanceof AwsError) || error.code !== 'NoSuchUpload') throw error;
    }
  }

  async versioned(bucket: string): Promise<boolean> {
    const answer = await this.call('GetBucketVersioning', `s3://${bucket}`, (abortSignal) =>
      this.session.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal }),
    );
    return answer.Status === 'Enabled';
  }

  async lifecycle(bucket: string): Promise<readonly LifecycleRule[]> {
    try {
      const answer = await this.call('GetBucketLifecycleConfiguration', `s3://${bucket}`, (abortSignal) =>
        this.session.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), { abortSignal }),
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
