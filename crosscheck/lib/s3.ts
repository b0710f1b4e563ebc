/** An S3 server by its address: our adapter and the SDK's client for it, and its buckets. */
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { region } from '../../lab/services/aws/account.ts';
import type { CopyParts } from '../../src/adapters/aws/copy.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';

export interface S3Address {
  readonly url: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface BucketWanted {
  readonly versioned: boolean;
  /** Default retention, COMPLIANCE. */
  readonly lockDays?: number;
}

/** By S3's own requests. */
export async function makeBucket(
  s3: S3Client,
  Bucket: string,
  { versioned, lockDays: Days }: BucketWanted,
): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: Days !== undefined }));
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const Rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  if (Days !== undefined) await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
}

const quiet: Logger = {
  ...{ debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
  group: (_title, work) => work(),
};

/** The product's adapter, which finds server and keys in the environment, as in a job. @param copyParts default: the product's */
export function objectsOf(copyParts?: CopyParts): Objects {
  const logger = quiet;
  const session = new AwsSession({
    ...{ region, identity: undefined, apiTimeoutSeconds: 20, transferTimeoutSeconds: 30, userAgent: 'crosscheck' },
    ...{ clock: systemClock, logger },
  });
  return new S3Objects(session, { logger, ...(copyParts ? { copyParts } : {}) });
}

/** Variables with which any client of AWS talks to it. */
export function environmentOf({ url, keys }: S3Address): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Does the work while this process's environment names the server. */
export async function talkingTo<T>(address: S3Address, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environmentOf(address));
  try {
    return await work();
  } finally {
    for (const name of Object.keys(environmentOf(address))) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

export function clientOf({ url, keys }: S3Address): S3Client {
  return new S3Client({ region, endpoint: url, forcePathStyle: true, credentials: keys, maxAttempts: 1 });
}
