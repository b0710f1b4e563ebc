/** S3's own client: conditions, checksums, pages, ranges, and the order of parts; signatures that are wrong, or too old. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { clientOf } from '../../lib/s3.ts';
import type { Answers } from './answers.ts';
import { bytesOf } from './bytes.ts';
import { put } from './parts.ts';
import type { Side } from './sides.ts';

const Bucket = 'holdfast-raw';
type S3 = ReturnType<typeof clientOf>;

async function conditions(s3: S3, answers: Answers): Promise<void> {
  const object = { Bucket, Key: 'c/x' };
  const write = (point: string, more: object) =>
    answers.of(`PutObject: ${point}`, () => s3.send(new PutObjectCommand({ ...object, Body: 'one', ...more })));
  const first = await write('If-None-Match, and nothing is there', { IfNoneMatch: '*', ChecksumAlgorithm: 'CRC32' });
  await write('If-None-Match, and something is there', { IfNoneMatch: '*' });
  await write('If-Match', { IfMatch: (first as { ETag?: string } | undefined)?.ETag });
  await write('If-Match of another', { IfMatch: '"00000000000000000000000000000000"' });
  await write('If-Match, and nothing is there', { Key: 'c/y', IfMatch: '"00000000000000000000000000000000"' });
  await write('a checksum that is wrong', { ChecksumCRC32: 'AAAAAA==' });
  await write('a SHA-256 that is wrong', { ChecksumSHA256: Buffer.alloc(32).toString('base64') });
  await write('an MD5 that is wrong', { ContentMD5: Buffer.alloc(16).toString('base64') });
  await write('tags and metadata', { Tagging: 'a=b%20c', Metadata: { run: '1' }, ContentType: 'text/x' });
  const read = (point: string, more: object) =>
    answers.of(`GetObject: ${point}`, async () => {
      const { Body, ETag, ContentRange, ContentLength } = await s3.send(new GetObjectCommand({ ...object, ...more }));
      return { text: await Body?.transformToString(), ETag, ContentRange, ContentLength };
    });
  await read('whole', {});
  await read('a range', { Range: 'bytes=1-' });
  await read('a range that is too long', { Range: 'bytes=1-99' });
  await read('a range behind the end', { Range: 'bytes=3-' });
  await read('If-Match of another', { IfMatch: '"00000000000000000000000000000000"' });
  await answers.of('HeadObject: tags and metadata', async () => {
    const { ContentLength, ContentType, ETag, Metadata } = await s3.send(new HeadObjectCommand(object));
    return { ContentLength, ContentType, ETag, Metadata };
  });
  await answers.of('HeadObject: nothing is there', () => s3.send(new HeadObjectCommand({ Bucket, Key: 'c/none' })));
  await answers.of('HeadBucket: nothing is there', () => s3.send(new HeadBucketCommand({ Bucket: 'there-is-none' })));
  await answers.of('GetObjectTagging', async () => (await s3.send(new GetObjectTaggingCommand(object))).TagSet);
}

async function pages(s3: S3, answers: Answers): Promise<void> {
  const keys = ['p/a', 'p/b', 'p/c/d', 'p/c/e', 'p/f'];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'p/b', Body: 'again' }));
  const seen: unknown[] = [];
  for (let token: string | undefined, page = 0; page < 9; page += 1) {
    const asked = { Bucket, Prefix: 'p/', MaxKeys: 2, ...(token ? { ContinuationToken: token } : {}) };
    const {
      Contents = [],
      IsTruncated,
      KeyCount,
      NextContinuationToken,
    } = await s3.send(new ListObjectsV2Command(asked));
    seen.push([Contents.map(({ Key, Size, ETag }) => [Key, Size, ETag]), IsTruncated, KeyCount]);
    token = NextContinuationToken;
    if (token === undefined) break;
  }
  answers.note('ListObjectsV2: pages', seen);
  await answers.of('ListObjectsV2: folders', async () => {
    const asked = { Bucket, Prefix: 'p/', Delimiter: '/', StartAfter: 'p/a' };
    const { Contents = [], CommonPrefixes } = await s3.send(new ListObjectsV2Command(asked));
    return { keys: Contents.map(({ Key }) => Key), CommonPrefixes };
  });
  const versions: unknown[] = [];
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (let page = 0; page < 9; page += 1) {
    const asked = { Bucket, Prefix: 'p/', MaxKeys: 2, ...marker };
    const answer = await s3.send(new ListObjectVersionsCommand(asked));
    versions.push((answer.Versions ?? []).map(({ Key, Size, IsLatest }) => [Key, Size, IsLatest]));
    if (!answer.IsTruncated) break;
    marker = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
  }
  answers.note('ListObjectVersions: pages', versions);
  const Delete = { Objects: [{ Key: 'p/a' }, { Key: 'p/none' }] };
  const { Deleted = [], Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  answers.note('DeleteObjects: errors', Errors ?? []);
  const marked = (key: string) => Deleted.find(({ Key }) => Key === key)?.DeleteMarker;
  answers.note('DeleteObjects: a marker for what is there', marked('p/a'));
  answers.note('DeleteObjects: a marker for what is not there', marked('p/none'));
}

async function uploads(s3: S3, answers: Answers): Promise<void> {
  const begin = async (Key: string) => {
    const asked = { Bucket, Key, ChecksumAlgorithm: 'CRC32', Tagging: 'a=b%20c' } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(asked));
    return { Bucket, Key, UploadId };
  };
  const upload = await begin('u/x');
  const body = bytesOf(5 * 1024 * 1024);
  const part = async (PartNumber: number, Body: Buffer) => {
    const sent = { ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' as const };
    const answer = await answers.of(`UploadPart: ${PartNumber}, ${Body.length} bytes`, () =>
      s3.send(new UploadPartCommand(sent)),
    );
    return { PartNumber, ETag: answer?.ETag, ChecksumCRC32: answer?.ChecksumCRC32 };
  };
  const [one, two, three] = [
    await part(1, body),
    await part(2, Buffer.from('small')),
    await part(3, Buffer.from('end')),
  ];
  await answers.of('UploadPart: number 0', () =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber: 0, Body: 'x' })),
  );
  await answers.of('UploadPart: number 10001', () =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber: 10_001, Body: 'x' })),
  );
  await answers.of('ListParts: a page', async () => {
    const { Parts = [], IsTruncated } = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    return { parts: Parts.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag]), IsTruncated };
  });
  const complete = (point: string, Parts: (typeof one)[], more: object = {}) =>
    answers.of(`CompleteMultipartUpload: ${point}`, () =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
    );
  await complete('a part in the middle is too small', [one, two, three]);
  await complete('parts in the wrong order', [three, one]);
  await complete('a part that was not sent', [one, { ...three, PartNumber: 4 }]);
  await complete('a checksum of another part', [one, { ...three, ChecksumCRC32: one.ChecksumCRC32 }]);
  await s3.send(new PutObjectCommand({ Bucket, Key: upload.Key, Body: 'meanwhile' }));
  await complete('If-None-Match, and something is there', [one, three], { IfNoneMatch: '*' });
  await complete('some of the parts', [one, three]);
  await complete('again', [one, three]);
  await answers.of('GetObjectTagging: of an upload', async () => {
    return (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: upload.Key }))).TagSet;
  });
  for (const key of ['u/b', 'u/a']) await begin(key);
  await answers.of('ListMultipartUploads: a page', async () => {
    const {
      Uploads = [],
      IsTruncated,
      NextKeyMarker,
    } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'u/', MaxUploads: 1 }));
    return { keys: Uploads.map(({ Key }) => Key), IsTruncated, NextKeyMarker };
  });
}

/** A longer lock that is confirmed is kept. */
async function retentions(side: Side, s3: S3, answers: Answers): Promise<void> {
  const locked = { Bucket: 'holdfast-raw-locked', Key: 'l/x' };
  await side.makeBucket(locked.Bucket, { versioned: true, lockDays: 7 });
  const { VersionId } = await s3.send(new PutObjectCommand({ ...locked, Body: 'locked' }));
  const of = { ...locked, VersionId };
  const head = (point: string) =>
    answers.of(`locked: ${point}`, async () => {
      const { LastModified, ObjectLockMode, ObjectLockRetainUntilDate } = await s3.send(new HeadObjectCommand(of));
      return { LastModified, ObjectLockMode, ObjectLockRetainUntilDate };
    });
  await head('head');
  const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate: new Date(Date.now() + 20 * 86_400_000) };
  await answers.of('locked: lock it longer', () => s3.send(new PutObjectRetentionCommand({ ...of, Retention })));
  await head('head of what is locked longer');
  await answers.of('locked: retention of what is locked longer', async () => {
    const { Retention } = await s3.send(new GetObjectRetentionCommand(of));
    return { ...Retention };
  });
}

async function signatures(side: Side, s3: S3, answers: Answers): Promise<void> {
  const body = Buffer.from('signed');
  const signed = (client: S3, signingDate = new Date()) =>
    getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 's/x' }), { expiresIn: 3600, signingDate });
  const said = async (point: string, url: string) => {
    const { status, code } = await put(url, ['Content-Type:', 'Expect:'], body);
    answers.note(`presigned: ${point}`, { status, code });
  };
  const url = await signed(s3);
  await said('as it is', url);
  await said('another key', url.replace('/s/x', '/s/y'));
  await said('another signature', url.replace(/(X-Amz-Signature=)..../, '$10000'));
  await said('no signature', url.replace(/&X-Amz-Signature=[^&]+/, ''));
  await said('nothing signed', url.replace(/\?.*/, ''));
  await said('a longer time', url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=7200'));
  await said('two hours old', await signed(s3, new Date(Date.now() - 7_200_000)));
  const stranger = (keys: Partial<Side['keys']>) => clientOf({ url: side.url, keys: { ...side.keys, ...keys } });
  await said('an unknown key pair', await signed(stranger({ accessKeyId: 'AKIANOBODY0000000001' })));
  await said('a wrong secret', await signed(stranger({ secretAccessKey: 'wrong' })));
  const list = new ListObjectsV2Command({ Bucket });
  await answers.of('signed: a wrong secret', () => stranger({ secretAccessKey: 'wrong' }).send(list));
  await answers.of('signed: an unknown key pair', () => stranger({ accessKeyId: 'AKIANOBODY0000000001' }).send(list));
}

/** Everything, in a bucket of its own. */
export async function askRaw(side: Side, answers: Answers): Promise<void> {
  await side.makeBucket(Bucket, { versioned: true });
  const s3 = clientOf(side);
  for (const part of [conditions, pages, uploads]) await part(s3, answers);
  await retentions(side, s3, answers);
  await signatures(side, s3, answers);
}
