/** The lab's S3 and the witness's, each with our adapter and with the SDK's client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { LabHosts } from '../../../lab/hosts/host.ts';
import { region, startAccount } from '../../../lab/services/aws/account.ts';
import { realClock } from '../../../lab/services/clock/clock.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import type { Objects } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import { startS3Server } from './server.ts';

export interface BucketWanted {
  readonly versioned: boolean;
  /** Default retention, COMPLIANCE. */
  readonly lockDays?: number;
}

export interface Side {
  readonly url: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  makeBucket(name: string, wanted: BucketWanted): Promise<void>;
  stop(): Promise<void>;
}

const noHosts: LabHosts = {
  storage: { copy: async (image) => image, remove: async () => {} },
  host: () => undefined,
};

export async function labSide(): Promise<Side> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-s3-'));
  const aws = await startAccount({
    directory,
    clock: realClock(),
    log: { path: '/dev/null', records: [], add: () => {} },
    faults: faultRules(),
    ...{ issuer: 'https://issuer.test', subject: 'nobody', planSubject: 'nobody' },
    hosts: noHosts,
    seed: { instances: [], regions: [] },
    stack: 'none',
  });
  const { accessKeyId, secretAccessKey } = aws.administrator;
  return {
    url: aws.url,
    keys: { accessKeyId, secretAccessKey },
    makeBucket: async (name, { versioned, lockDays }) => {
      const objectLock = lockDays && { retention: { mode: 'COMPLIANCE' as const, days: lockDays } };
      aws.s3.create({ name, versioned, lifecycle: [], ...(objectLock ? { objectLock } : {}) }, region);
    },
    stop: async () => {
      await aws.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function witnessSide(program: string): Promise<Side> {
  const { url, accessKeyId, secretAccessKey, stop } = await startS3Server(program);
  const keys = { accessKeyId, secretAccessKey };
  const s3 = clientOf({ url, keys });
  const makeBucket = async (Bucket: string, { versioned, lockDays: Days }: BucketWanted): Promise<void> => {
    await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: Days !== undefined }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const Rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
    if (Days !== undefined) await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  };
  return { url, keys, makeBucket, stop };
}

const quiet: Logger = {
  ...{ debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
  group: (_title, work) => work(),
};

/** The product's adapter, which finds server and keys in the environment, as in a job. */
export function objectsOf(logger: Logger = quiet): Objects {
  const session = new AwsSession({
    ...{ region, identity: undefined, apiTimeoutSeconds: 20, transferTimeoutSeconds: 30, userAgent: 'crosscheck' },
    ...{ clock: systemClock, logger },
  });
  return new S3Objects(session, { logger });
}

/** Variables with which any client of AWS talks to a side. */
export function environmentOf({ url, keys }: Pick<Side, 'url' | 'keys'>): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Does the work while this process's environment names the side. */
export async function talkingTo<T>(side: Side, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environmentOf(side));
  try {
    return await work();
  } finally {
    for (const name of Object.keys(environmentOf(side))) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

export function clientOf({ url, keys }: Pick<Side, 'url' | 'keys'>): S3Client {
  return new S3Client({ region, endpoint: url, forcePathStyle: true, credentials: keys, maxAttempts: 1 });
}
