/** Objects: written, read in ranges, listed with their versions, tagged, deleted. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import type { Scene, Side } from '../side.ts';

const Bucket = 'holdfast-scene-plain';

export const objects: Scene = {
  name: 'objects',
  byComputer: true,
  async play(side) {
    await bucket(side);
    await conditions(side);
    await reading(side);
    await listing(side);
    await deletion(side);
  },
};

async function bucket(side: Side): Promise<void> {
  const { s3 } = side;
  await side.call('head of a missing bucket', () => s3.send(new HeadBucketCommand({ Bucket })));
  await side.call('create the bucket', () => s3.send(new CreateBucketCommand({ Bucket })));
  await side.call('head of the bucket', () => s3.send(new HeadBucketCommand({ Bucket })));
  await side.call('versioning', () => s3.send(new GetBucketVersioningCommand({ Bucket })));
  await side.call('encryption', () => s3.send(new GetBucketEncryptionCommand({ Bucket })));
  await side.call('no lifecycle', () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })));
  await side.call('no policy', () => s3.send(new GetBucketPolicyCommand({ Bucket })));
  await side.call('no object lock', () => s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
  await side.call('public access', () => s3.send(new GetPublicAccessBlockCommand({ Bucket })));
  await side.call('set the lifecycle', () =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: {
          Rules: [
            {
              ID: 'uploads',
              Status: 'Enabled',
              Filter: { Prefix: '' },
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            },
          ],
        },
      }),
    ),
  );
  await side.call('lifecycle', () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })));
}

/** PutObject as receipts are written. */
async function conditions(side: Side): Promise<void> {
  const put = (step: string, Key: string, Body: string, more: object = {}) =>
    side.call(step, () =>
      side.s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json', ...more })),
    );
  const { ETag } = await put('put', 'receipts/a.json', '{"a":1}', {
    Metadata: { 'holdfast-run': '1' },
    Tagging: 'verdict=good&a=b',
  });
  await put('put if it is unchanged', 'receipts/a.json', '{"a":2}', { IfMatch: ETag });
  await put('put if it is unchanged, and it is not', 'receipts/a.json', '{"a":3}', { IfMatch: ETag });
  await put('put if it is there, and it is not', 'receipts/none.json', '{}', { IfMatch: ETag });
  await put('put if nothing is there', 'receipts/new.json', '{}', { IfNoneMatch: '*' });
  await put('put if nothing is there, and something is', 'receipts/new.json', '{"b":1}', { IfNoneMatch: '*' });
  await put('put if another is there', 'receipts/new.json', '{"b":2}', { IfNoneMatch: ETag });
  await put('put into a missing bucket', 'a', '{}', { Bucket: 'holdfast-scene-none' });
  await put('put with a wrong checksum', 'bad.json', '{}', {
    ChecksumSHA256: Buffer.alloc(32).toString('base64'),
  });
  // moto keeps it.
  await side.call('delete what must not be there', () =>
    side.s3.send(new DeleteObjectCommand({ Bucket, Key: 'bad.json' })),
  );
}

async function reading(side: Side): Promise<void> {
  const get = (step: string, more: object = {}) =>
    side.call(step, async () => {
      const { Body, ...answer } = await side.s3.send(new GetObjectCommand({ Bucket, Key: 'receipts/a.json', ...more }));
      return { ...answer, text: await Body?.transformToString() };
    });
  const whole = await get('get');
  await get('get a range to the end', { Range: 'bytes=3-' });
  await get('get a range', { Range: 'bytes=1-2' });
  await get('get the rest of the same object', { Range: 'bytes=3-', IfMatch: whole.ETag });
  await get('get the rest of another object', { Range: 'bytes=3-', IfMatch: '"00000000000000000000000000000000"' });
  await get('get a range beyond the end', { Range: 'bytes=100-' });
  await get('get a missing key', { Key: 'receipts/none' });
  await get('get from a missing bucket', { Bucket: 'holdfast-scene-none' });
  await get('get a missing version', { VersionId: 'none' });
  const head = (step: string, Key: string) =>
    side.call(step, () => side.s3.send(new HeadObjectCommand({ Bucket, Key })));
  await head('head', 'receipts/a.json');
  await head('head of a missing key', 'receipts/none');
  const tag = (step: string, Key: string, TagSet: { Key: string; Value: string }[]) =>
    side.call(step, () => side.s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } })));
  await tag('tag', 'receipts/a.json', [{ Key: 'verdict', Value: 'bad' }]);
  await tag('tag a missing key', 'receipts/none', [{ Key: 'verdict', Value: 'bad' }]);
  const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  await tag('tag eleven times', 'receipts/a.json', eleven);
  await tag('tag twice with one key', 'receipts/a.json', [
    { Key: 'k', Value: 'a' },
    { Key: 'k', Value: 'b' },
  ]);
  await side.call('tags', () => side.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'receipts/a.json' })));
}

async function listing(side: Side): Promise<void> {
  for (const Key of ['b/1', 'b/2', 'b/3', 'b/ü ü', 'c'])
    await side.call(`put ${Key}`, () => side.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key })));
  const list = (step: string, more: object) =>
    side.call(step, () => side.s3.send(new ListObjectsV2Command({ Bucket, ...more })));
  await list('list', { Prefix: 'b/' });
  await list('list nothing', { Prefix: 'none/' });
  await list('list after a key', { StartAfter: 'b/1' });
  await list('list a missing bucket', { Bucket: 'holdfast-scene-none' });
  const page = await list('first page', { Prefix: 'b/', MaxKeys: 2 });
  await list('second page', { Prefix: 'b/', MaxKeys: 2, ContinuationToken: page.NextContinuationToken });
  await side.call('versions of a bucket without', () =>
    side.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'b/' })),
  );
}

async function deletion(side: Side): Promise<void> {
  const remove = (step: string, more: object) =>
    side.call(step, () => side.s3.send(new DeleteObjectCommand({ Bucket, Key: 'c', ...more })));
  await remove('delete', {});
  await remove('delete again', {});
  await remove('delete the version null', { Key: 'b/3', VersionId: 'null' });
  await remove('delete in a missing bucket', { Bucket: 'holdfast-scene-none' });
  await side.call('delete several', () =>
    side.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b/1' }, { Key: 'none' }] } })),
  );
  await side.call('list what is left', () => side.s3.send(new ListObjectsV2Command({ Bucket })));
}
