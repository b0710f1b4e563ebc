/** The lab's S3 and the witness's. */
import { region } from '../../../lab/services/aws/account.ts';
import { startLabAccount } from '../../lib/lab-account.ts';
import { type BucketWanted, clientOf, makeBucket, type S3Address } from '../../lib/s3.ts';
import { startS3Server } from './server.ts';

export interface Side extends S3Address {
  makeBucket(name: string, wanted: BucketWanted): Promise<void>;
  stop(): Promise<void>;
}

export async function labSide(): Promise<Side> {
  const { account, url, keys, stop } = await startLabAccount();
  return {
    ...{ url, keys, stop },
    makeBucket: async (name, { versioned, lockDays }) => {
      const objectLock = lockDays && { retention: { mode: 'COMPLIANCE' as const, days: lockDays } };
      account.s3.create({ name, versioned, lifecycle: [], ...(objectLock ? { objectLock } : {}) }, region);
    },
  };
}

export async function witnessSide(program: string): Promise<Side> {
  const { url, accessKeyId, secretAccessKey, stop } = await startS3Server(program);
  const keys = { accessKeyId, secretAccessKey };
  const s3 = clientOf({ url, keys });
  return { url, keys, makeBucket: (name, wanted) => makeBucket(s3, name, wanted), stop };
}
