/** The lab's S3, asked by the unmodified client. */
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AwsUnderTest, bucket as Bucket, startAwsUnderTest } from './support-aws.ts';

let lab: AwsUnderTest;
let s3: S3Client;
beforeEach(async () => {
  lab = await startAwsUnderTest();
  s3 = new S3Client(await lab.session());
});
afterEach(async () => {
  s3.destroy();
  await lab.stop();
});

const Key = 'receipts/ib01.prod/1 & ü.json';
const text = async (key = Key, versionId?: string): Promise<string> => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key: key, VersionId: versionId }));
  return (await answer.Body?.transformToString()) ?? '';
};

describe('objects', () => {
  test('a text is read as it was written, under a key with special characters', async () => {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'héllo', ContentType: 'application/json' }));
    expect(put.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await text()).toBe('héllo');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentLength: 6, ContentType: 'application/json', ETag: put.ETag });
  });

  test('a stream is read without its chunk framing', async () => {
    const data = Buffer.alloc(300_000, 'abc\r\n');
    const Body = Readable.from([data.subarray(0, 70_000), data.subarray(70_000)]);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: data.length }));
    expect(Buffer.from(await text()).equals(data)).toBe(true);
  });

  test.each([
    ['SHA-256', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }],
    ['CRC32', { ChecksumCRC32: 'AAAAAA==' }],
    ['MD5', { ContentMD5: Buffer.alloc(16).toString('base64') }],
  ])('a wrong %s is refused, and nothing is stored', async (_name, sum) => {
    const put = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'data', ...sum }));
    await expect(put).rejects.toMatchObject({ name: 'BadDigest', $metadata: { httpStatusCode: 400 } });
    await expect(text()).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('an older version can be read', async () => {
    const first = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one' }));
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two' }));
    expect(await text()).toBe('two');
    expect(await text(Key, first.VersionId)).toBe('one');
  });

  test('a listing has pages, in the order of the keys', async () => {
    for (const name of ['c', 'a', 'b'])
      await s3.send(new PutObjectCommand({ Bucket, Key: `receipts/${name}`, Body: name }));
    const page = (ContinuationToken?: string) =>
      s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'receipts/', MaxKeys: 2, ContinuationToken }));
    const one = await page();
    const two = await page(one.NextContinuationToken);
    expect([one, two].map((answer) => answer.Contents?.map((item) => item.Key))).toEqual([
      ['receipts/a', 'receipts/b'],
      ['receipts/c'],
    ]);
    expect([one.IsTruncated, two.IsTruncated]).toEqual([true, false]);
  });

  test('a listing with a delimiter groups the keys below it', async () => {
    for (const name of ['a', 'b/', 'b/1', 'b/2', 'c'])
      await s3.send(new PutObjectCommand({ Bucket, Key: `receipts/${name}`, Body: name }));
    const list = (Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/' }));
    const outer = await list('receipts/');
    expect(outer.Contents?.map((item) => item.Key)).toEqual(['receipts/a', 'receipts/c']);
    expect(outer.CommonPrefixes?.map((item) => item.Prefix)).toEqual(['receipts/b/']);
    const inner = await list('receipts/b/');
    expect(inner.Contents?.map((item) => item.Key)).toEqual(['receipts/b/', 'receipts/b/1', 'receipts/b/2']);
    expect(inner.CommonPrefixes).toBeUndefined();
  });
});

describe('conditions', () => {
  test('If-Match replaces exactly that version', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one' }));
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two', IfMatch: ETag }));
    const late = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'three', IfMatch: ETag }));
    await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    expect(await text()).toBe('two');
  });

  test('If-None-Match writes only a new key', async () => {
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*' }));
    await put('one');
    await expect(put('two')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await text()).toBe('one');
  });
});

describe('refusals', () => {
  test('a key outside the policy, and an unknown bucket', async () => {
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'other/1', Body: 'data' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const everywhere = new S3Client(lab.administrator);
    await expect(everywhere.send(new GetObjectCommand({ Bucket: 'unknown', Key }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test('a caller who may not list does not learn that a key is missing', async () => {
    await expect(text()).rejects.toMatchObject({ name: 'NoSuchKey' });
    const without = await startAwsUnderTest({ without: ['keeper/Listing'] });
    const client = new S3Client(await without.session());
    try {
      await expect(client.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'AccessDenied' });
    } finally {
      client.destroy();
      await without.stop();
    }
  });
});
