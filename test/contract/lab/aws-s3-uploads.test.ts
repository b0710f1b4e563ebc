/** The lab's S3 as dumps use it: uploads in parts, ranges, versions, deletion, tags, presigned URLs. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AwsUnderTest, bucket as Bucket, startAwsUnderTest } from './support-aws.ts';

const MiB = 1024 * 1024;
const Key = 'receipts/db/shop & ü.dump';
let lab: AwsUnderTest;
let s3: S3Client;
beforeEach(async () => {
  lab = await startAwsUnderTest();
  s3 = new S3Client(lab.administrator);
});
afterEach(async () => {
  s3.destroy();
  await lab.stop();
});

const begin = async (key = Key): Promise<string> => {
  const { UploadId = '' } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket,
      Key: key,
      Metadata: { run: '7' },
      Tagging: 'a=b%20c',
      ContentType: 'x/y',
    }),
  );
  return UploadId;
};
const part = async (UploadId: string, PartNumber: number, Body: Buffer) => {
  const answer = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 };
};
const complete = (UploadId: string, Parts: object[], more = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
const read = async (input = {}): Promise<Buffer> => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...input }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
};

describe('an upload in parts', () => {
  test('becomes an object only when it is completed', async () => {
    const [one, two] = [randomBytes(5 * MiB), randomBytes(1000)];
    const id = await begin();
    const parts = [await part(id, 1, one), await part(id, 2, two)];
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MiB],
      [2, 1000],
    ]);
    expect(listed).toMatchObject({ Bucket, Key, UploadId: id, MaxParts: 1000, StorageClass: 'STANDARD' });
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'receipts/db/' }));
    expect(uploads).toMatchObject({ Prefix: 'receipts/db/', KeyMarker: '', UploadIdMarker: '', MaxUploads: 1000 });
    expect(uploads.Uploads?.map((upload) => [upload.Key, upload.UploadId])).toEqual([[Key, id]]);
    const done = await complete(id, parts);
    expect(done.VersionId).toMatch(/^v\d+$/);
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    // A client whose answer was lost asks again, and gets the same answer.
    expect((await complete(id, parts)).VersionId).toBe(done.VersionId);
    expect((await read()).equals(Buffer.concat([one, two]))).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ Metadata: { run: '7' }, ContentType: 'x/y', ContentLength: 5 * MiB + 1000 });
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    expect(tags.TagSet).toEqual([{ Key: 'a', Value: 'b c' }]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });

  test('is refused with parts that are too small, missing, damaged or out of order', async () => {
    const id = await begin();
    const parts = [await part(id, 1, randomBytes(100)), await part(id, 2, randomBytes(100))];
    await expect(complete(id, parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(id, [{ PartNumber: 3, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(id, [{ ...parts[0], ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    const big = [await part(id, 1, randomBytes(5 * MiB)), await part(id, 2, randomBytes(5 * MiB))];
    await expect(complete(id, big.toReversed())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    const damaged = new UploadPartCommand({
      Bucket,
      Key,
      UploadId: id,
      PartNumber: 4,
      Body: Buffer.from('x'),
      ChecksumCRC32: 'AAAAAA==',
    });
    await expect(s3.send(damaged)).rejects.toMatchObject({ name: 'BadDigest' });
    const far = new UploadPartCommand({ Bucket, Key, UploadId: id, PartNumber: 10_001, Body: Buffer.from('x') });
    await expect(s3.send(far)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html: the checksum that the parts came with.
  test('with SHA-256 has the SHA-256 of the hashes of its parts, everywhere', async () => {
    const hash = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
    const blocks = [randomBytes(5 * MiB), randomBytes(10)];
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'SHA256' }));
    const parts = [];
    for (const [index, Body] of blocks.entries()) {
      const [PartNumber, ChecksumSHA256] = [index + 1, hash(Body).toString('base64')];
      const sent = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumSHA256 }));
      expect([sent.ChecksumSHA256, sent.ChecksumCRC32]).toEqual([ChecksumSHA256, undefined]);
      parts.push({ PartNumber, ETag: sent.ETag, ChecksumSHA256 });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts?.map((one) => one.ChecksumSHA256)).toEqual(parts.map((one) => one.ChecksumSHA256));
    const value = `${hash(Buffer.concat(blocks.map(hash))).toString('base64')}-2`;
    for (const { ChecksumSHA256, ChecksumCRC32, ChecksumType } of [
      await complete(UploadId ?? '', parts),
      await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' })),
    ])
      expect([ChecksumSHA256, ChecksumCRC32, ChecksumType]).toEqual([value, undefined, 'COMPOSITE']);
  });

  test('leaves nothing when it is aborted', async () => {
    const id = await begin();
    await part(id, 1, randomBytes(100));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
    await expect(part(id, 2, Buffer.from('x'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(complete(id, [])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('replaces no object when the condition forbids it', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }));
    const id = await begin();
    const parts = [await part(id, 1, Buffer.from('second'))];
    await expect(complete(id, parts, { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await read()).toString()).toBe('first');
  });

  test('of much data is read in ranges and as a whole; a broken answer ends half-way', async () => {
    const blocks = [0, 1, 2, 3].map(() => randomBytes(8 * MiB));
    const whole = Buffer.concat(blocks);
    const id = await begin();
    const parts = [];
    for (const [index, block] of blocks.entries()) parts.push(await part(id, index + 1, block));
    await complete(id, parts);
    const sum = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
    expect(sum(await read())).toBe(sum(whole));
    const from = 8 * MiB - 10;
    expect((await read({ Range: `bytes=${from}-${from + 19}` })).equals(whole.subarray(from, from + 20))).toBe(true);
    expect((await read({ Range: 'bytes=-7' })).equals(whole.subarray(-7))).toBe(true);
    expect((await read({ Range: `bytes=${whole.length - 3}-` })).equals(whole.subarray(-3))).toBe(true);
    await expect(read({ Range: `bytes=${whole.length}-` })).rejects.toMatchObject({ name: 'InvalidRange' });
    lab.faults.add({ name: 'cut', endpoint: 's3', operation: 'GetObject', effect: { kind: 'cut-body' } });
    await expect(read()).rejects.toThrow(/aborted|ECONNRESET/);
  });
});

describe('versions', () => {
  test('are listed, read, deleted one by one, and hidden by a delete marker', async () => {
    const put = async (Body: string) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
    const [one, two] = [await put('one'), await put('two')];
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(marker.DeleteMarker).toBe(true);
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    expect(listed.Versions?.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      [two, false],
      [one, false],
    ]);
    expect(listed.DeleteMarkers?.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      [marker.VersionId, true],
    ]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker.VersionId }));
    expect((await read()).toString()).toBe('two');
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId: two }] } }));
    expect((await read()).toString()).toBe('one');
    await expect(read({ VersionId: two })).rejects.toMatchObject({ name: 'NoSuchVersion' });
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
    expect(page).toMatchObject({ IsTruncated: false, Prefix: '', KeyMarker: '', VersionIdMarker: '', MaxKeys: 1 });
    expect(page.Versions?.map((version) => version.StorageClass)).toEqual(['STANDARD']);
    expect((await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a' }))).StartAfter).toBe('a');
  });

  test('have their own tags', async () => {
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one' }));
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two' }));
    const Tagging = { TagSet: [{ Key: 'verdict', Value: 'good' }] };
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging }));
    const tags = async (id?: string) =>
      (await s3.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId: id }))).TagSet;
    expect(await tags(VersionId)).toEqual(Tagging.TagSet);
    expect(await tags()).toEqual([]);
  });

  test('of a bucket without rules have no lifecycle', async () => {
    const asked = s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(asked).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
  test('of a bucket with rules come with the size below which nothing changes its class', async () => {
    const rule = {
      ID: 'old',
      Status: 'Enabled' as const,
      Filter: {},
      NoncurrentVersionExpiration: { NoncurrentDays: 3 },
    };
    const size = { TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' };
    const LifecycleConfiguration = { Rules: [rule] };
    const set = new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration });
    expect(await s3.send(set)).toMatchObject(size);
    expect(await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).toMatchObject(size);
  });
});

describe('presigned URLs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-curl-'));
  const curl = async (...words: string[]): Promise<string> =>
    (
      await promisify(execFile)('curl', [
        '--silent',
        '--show-error',
        '--max-time',
        '30',
        '--write-out',
        '\n%{http_code}',
        ...words,
      ])
    ).stdout;

  test('let curl send a part and read an object, exactly as they were signed', async () => {
    const data = randomBytes(MiB);
    const file = join(folder, 'part');
    writeFileSync(file, data);
    const id = await begin();
    const url = await getSignedUrl(s3, new UploadPartCommand({ Bucket, Key, UploadId: id, PartNumber: 1 }), {
      expiresIn: 60,
    });
    const headers = join(folder, 'headers');
    expect(await curl('--upload-file', file, '--dump-header', headers, '-H', 'Expect: 100-continue', url)).toMatch(
      /\n200$/,
    );
    const etag = /etag: (\S+)/i.exec(readFileSync(headers, 'utf8'))?.[1];
    await complete(id, [{ PartNumber: 1, ETag: etag }]);
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    await curl('--output', file, get);
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(await curl(url.replace('partNumber=1', 'partNumber=2'), '--upload-file', file)).toMatch(
      /SignatureDoesNotMatch[\s\S]*\n403$/,
    );
    expect(lab.log.records.at(-2)).toMatchObject({ operation: 'GetObject', status: 200 });
    rmSync(folder, { recursive: true, force: true });
  });

  test('expire', async () => {
    const past = new Date(Date.now() - 120_000);
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60, signingDate: past });
    expect(await curl(url)).toMatch(/Request has expired[\s\S]*\n403$/);
  });

  test('end with the session that signed them', async () => {
    const session = new S3Client(await lab.session(900));
    const url = await getSignedUrl(session, new GetObjectCommand({ Bucket, Key: 'receipts/x' }), { expiresIn: 3600 });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'receipts/x', Body: 'x' }));
    expect(await curl(url)).toMatch(/^x\n200$/);
    lab.clock.advance(901_000);
    expect(await curl(url)).toMatch(/Expired[\s\S]*\n40[03]$/);
    session.destroy();
  });
});

describe('answers as a server that is not ours gives them', () => {
  test('a write says what its checksum covers', async () => {
    expect((await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))).ChecksumType).toBe('FULL_OBJECT');
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const upload = { Bucket, Key, UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const written = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    expect(written.ChecksumType).toBe('COMPOSITE');
  });

  test('parts are listed in pages of the size that is asked for', async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    for (const PartNumber of [1, 2])
      await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: 'x' }));
    const page = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 1 }));
    expect([page.Parts?.length, page.IsTruncated, page.NextPartNumberMarker]).toEqual([1, true, '1']);
  });

  test('several deletions at once name the markers that they made or removed', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const remove = async (VersionId?: string) =>
      (await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId }] } }))).Deleted?.[0];
    const hidden = await remove();
    expect(hidden).toMatchObject({ Key, DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) });
    const VersionId = hidden?.DeleteMarkerVersionId;
    expect(await remove(VersionId)).toEqual({ Key, VersionId, DeleteMarker: true, DeleteMarkerVersionId: VersionId });
  });
});
