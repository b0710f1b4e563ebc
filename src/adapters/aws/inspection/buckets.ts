/** The rules of a bucket, as S3 tells them. */
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
} from '@aws-sdk/client-s3';
import type { LifecycleFacts, ObjectLockFacts } from '../../../domain/installation.ts';
import type { AwsSession } from '../session.ts';
import { absent } from './absent.ts';

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export class BucketInspection {
  readonly #session: AwsSession;

  constructor(session: AwsSession) {
    this.#session = session;
  }

  #ask<T>(operation: string, bucket: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#session.call({ operation, resource: bucket, attempts: 3 }, send);
  }

  bucketRegion(bucket: string): Promise<string | undefined> {
    return absent(['NotFound', 'NoSuchBucket'], async () => {
      const answer = await this.#ask('HeadBucket', bucket, (abortSignal) =>
        this.#session.s3.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
      );
      return answer.BucketRegion ?? this.#session.region;
    });
  }

  text(bucket: string, key: string): Promise<string | undefined> {
    return absent(['NoSuchKey', 'NoSuchBucket'], () =>
      this.#ask('GetObject', `${bucket}/${key}`, async (abortSignal) => {
        const { Body } = await this.#session.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
          abortSignal,
        });
        return Body?.transformToString();
      }),
    );
  }

  async versioning(bucket: string): Promise<string> {
    const { Status } = await this.#ask('GetBucketVersioning', bucket, (abortSignal) =>
      this.#session.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal }),
    );
    return Status ?? '';
  }

  async lifecycle(bucket: string): Promise<readonly LifecycleFacts[]> {
    const answer = await absent(['NoSuchLifecycleConfiguration'], () =>
      this.#ask('GetBucketLifecycleConfiguration', bucket, (abortSignal) =>
        this.#session.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), { abortSignal }),
      ),
    );
    return (answer?.Rules ?? []).map((rule) => ({
      enabled: rule.Status === 'Enabled',
      noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
      newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
      abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    }));
  }

  async publicAccessBlocked(bucket: string): Promise<boolean> {
    const answer = await absent(['NoSuchPublicAccessBlockConfiguration'], () =>
      this.#ask('GetPublicAccessBlock', bucket, (abortSignal) =>
        this.#session.s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket }), { abortSignal }),
      ),
    );
    const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
      answer?.PublicAccessBlockConfiguration ?? {};
    return [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets].every((one) => one === true);
  }

  async encryption(bucket: string): Promise<string> {
    const answer = await absent(['ServerSideEncryptionConfigurationNotFoundError'], () =>
      this.#ask('GetBucketEncryption', bucket, (abortSignal) =>
        this.#session.s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }), { abortSignal }),
      ),
    );
    return (
      answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? ''
    );
  }

  async objectLock(bucket: string): Promise<ObjectLockFacts | undefined> {
    const answer = await absent(['ObjectLockConfigurationNotFoundError', 'NoSuchObjectLockConfiguration'], () =>
      this.#ask('GetObjectLockConfiguration', bucket, (abortSignal) =>
        this.#session.s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }), { abortSignal }),
      ),
    );
    const lock = answer?.ObjectLockConfiguration;
    if (lock?.ObjectLockEnabled !== 'Enabled') return undefined;
    const { Mode = '', Days, Years } = lock.Rule?.DefaultRetention ?? {};
    return { mode: Mode, days: Days ?? (Years === undefined ? undefined : Years * 365) };
  }

  async tlsOnly(bucket: string): Promise<boolean> {
    const answer = await absent(['NoSuchBucketPolicy'], () =>
      this.#ask('GetBucketPolicy', bucket, (abortSignal) =>
        this.#session.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }), { abortSignal }),
      ),
    );
    const { Statement = [] } = JSON.parse(answer?.Policy ?? '{}') as { Statement?: Statement | readonly Statement[] };
    return ([Statement].flat() as readonly Statement[]).some(
      ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
    );
  }
}
