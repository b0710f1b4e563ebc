/** A bucket whose versions are locked for a time, which the adapters read before they delete. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { Scene, Side } from '../side.ts';

const Bucket = 'holdfast-scene-locked';
const Key = 'dumps/a';
const day = 86_400_000;

export const locks: Scene = {
  name: 'locks',
  byComputer: true,
  async play(side) {
    await side.lockedBucket(Bucket, 30);
    await side.call('configuration', () => side.s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
    const VersionId = await writing(side);
    await deletion(side, VersionId);
    await retentions(side, VersionId);
  },
};

async function writing(side: Side): Promise<string | undefined> {
  const { s3 } = side;
  // The SDK sends a checksum with it, without which S3 takes nothing.
  const { VersionId } = await side.call('put', () => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'a' })));
  await side.call('head', () => s3.send(new HeadObjectCommand({ Bucket, Key, VersionId })));
  await side.call('get', async () => {
    const { Body, ...answer } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return { ...answer, text: await Body?.transformToString() };
  });
  const { LastModified, ObjectLockRetainUntilDate } = await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
  const locked = (ObjectLockRetainUntilDate?.getTime() ?? 0) - (LastModified?.getTime() ?? 0);
  side.note('how long it is locked', { days: Math.round(locked / day) });
  return VersionId;
}

async function deletion(side: Side, VersionId: string | undefined): Promise<void> {
  const { s3 } = side;
  const remove = (step: string, more: object) =>
    side.call(step, () => s3.send(new DeleteObjectCommand({ Bucket, Key, ...more })));
  await remove('delete a locked version', { VersionId });
  await remove('delete a locked version past its governance', { VersionId, BypassGovernanceRetention: true });
  const marker = await remove('delete without a version', {});
  await side.call('head of a locked version behind a delete marker', () =>
    s3.send(new HeadObjectCommand({ Bucket, Key, VersionId })),
  );
  await remove('delete the delete marker', { VersionId: marker.VersionId });
  await side.call('versions', () => s3.send(new ListObjectVersionsCommand({ Bucket })));
}

async function retentions(side: Side, VersionId: string | undefined): Promise<void> {
  const { s3 } = side;
  const { ObjectLockRetainUntilDate } = await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
  const before = ObjectLockRetainUntilDate?.getTime() ?? 0;
  const set = (step: string, Mode: 'COMPLIANCE' | 'GOVERNANCE', days: number, more: object = {}) => {
    const Retention = { Mode, RetainUntilDate: new Date(before + days * day) };
    return side.call(step, () =>
      s3.send(new PutObjectRetentionCommand({ Bucket, Key, VersionId, Retention, ...more })),
    );
  };
  await set('lock it longer', 'COMPLIANCE', 1);
  await side.call('head of what is locked longer', () => s3.send(new HeadObjectCommand({ Bucket, Key, VersionId })));
  await side.call('retention of what is locked longer', () =>
    s3.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId })),
  );
  await set('lock it shorter', 'COMPLIANCE', -1);
  await set('lock it in governance mode', 'GOVERNANCE', 2);
  await set('lock what is not there', 'COMPLIANCE', 3, { Key: 'none', VersionId: undefined });
  const own = await side.call('put with a lock of its own', () =>
    s3.send(
      new PutObjectCommand({
        ...{ Bucket, Key: 'own', Body: 'b', ObjectLockMode: 'GOVERNANCE' },
        ObjectLockRetainUntilDate: new Date(before),
      }),
    ),
  );
  await side.call('head of what has a lock of its own', () =>
    s3.send(new HeadObjectCommand({ Bucket, Key: 'own', VersionId: own.VersionId })),
  );
  const remove = (step: string, more: object) =>
    side.call(step, () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'own', VersionId: own.VersionId, ...more })));
  await remove('delete a version in governance mode', {});
  await remove('delete it past its governance', { BypassGovernanceRetention: true });
  await side.call('put with a lock into a bucket without', () =>
    s3.send(
      new PutObjectCommand({
        ...{ Bucket: 'holdfast-scene-plain', Key: 'own', Body: 'b', ObjectLockMode: 'GOVERNANCE' },
        ObjectLockRetainUntilDate: new Date(before),
      }),
    ),
  );
}
