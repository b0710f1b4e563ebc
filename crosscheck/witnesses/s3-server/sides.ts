/** The lab's S3 and the witness's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHosts } from '../../../lab/hosts/host.ts';
import { region, startAccount } from '../../../lab/services/aws/account.ts';
import { realClock } from '../../../lab/services/clock/clock.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { type BucketWanted, clientOf, makeBucket, type S3Address } from '../../lib/s3.ts';
import { startS3Server } from './server.ts';

export interface Side extends S3Address {
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
  return { url, keys, makeBucket: (name, wanted) => makeBucket(s3, name, wanted), stop };
}
