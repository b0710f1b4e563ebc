/** Multipart uploads as db-dump makes them, and their refusals; a bucket with versions. */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Scene, Side } from '../side.ts';

const Bucket = 'holdfast-scene-versions';
const Key = 'dumps/a.sql.gz';
/** The least that S3 takes for a part that is not the last. */
const large = Buffer.alloc(5 * 1024 * 1024, 'a');
const small = Buffer.from('the end');

export const uploads: Scene = {
  name: 'uploads',
  byComputer: true,
  async play(side) {
    await side.call('create the bucket', () => side.s3.send(new CreateBucketCommand({ Bucket })));
    await side.keepVersions(Bucket);
    await whole(side);
    await refusals(side);
    await signedByHash(side);
    await unfinished(side);
    await versions(side);
  },
};

const begin = async (side: Side, step: string, more: object = {}): Promise<string> => {
  const made = await side.call(step, () =>
    side.s3.send(
      new CreateMultipartUploadCommand({
        ...{
          Bucket,
          Key,
          ContentType: 'application/gzip',
          Metadata: { 'holdfast-run': '1' },
          ChecksumAlgorithm: 'CRC32',
          Tagging: 'type=dump',
        },
        ...more,
      }),
    ),
  );
  return made.UploadId ?? 'none';
};

const send = async (
  side: Side,
  step: string,
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> => {
  const sent = await side.call(step, () =>
    side.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' })),
  );
  return { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
};

const complete = (side: Side, step: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  side.call(
    step,
    () =>
      side.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more })),
    // The address under which the caller reached it.
    ({ Location: _location, ...answer }) => answer,
  );

async function whole(side: Side): Promise<void> {
  const id = await begin(side, 'begin');
  const first = await send(side, 'part 1', id, 1, large);
  const second = await send(side, 'part 2', id, 2, small);
  await send(side, 'part 2 again', id, 2, small);
  await side.call('list the parts', () => side.s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id })));
  const page = await side.call('list the parts, first page', () =>
    side.s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id, MaxParts: 1 })),
  );
  await side.call('list the parts, second page', () =>
    side.s3.send(
      new ListPartsCommand({ Bucket, Key, UploadId: id, MaxParts: 1, PartNumberMarker: page.NextPartNumberMarker }),
    ),
  );
  const done = await complete(side, 'complete', id, [first, second]);
  await complete(side, 'complete again', id, [first, second]);
  await side.call('head', () => side.s3.send(new HeadObjectCommand({ Bucket, Key })));
  await side.call('head with its checksum', () =>
    side.s3.send(new HeadObjectCommand({ Bucket, Key, VersionId: done.VersionId, ChecksumMode: 'ENABLED' })),
  );
  await side.call('get the end', async () => {
    const { Body, ...answer } = await side.s3.send(
      new GetObjectCommand({ Bucket, Key, Range: `bytes=${large.length}-` }),
    );
    return { ...answer, text: await Body?.transformToString() };
  });
  const one = await begin(side, 'begin an empty one');
  await complete(side, 'complete an empty one', one, [await send(side, 'its only part', one, 1, Buffer.alloc(0))]);
}

async function refusals(side: Side): Promise<void> {
  const id = await begin(side, 'begin another');
  const first = await send(side, 'its part 1', id, 1, large);
  const second = await send(side, 'its part 2', id, 2, small);
  await complete(side, 'complete in the wrong order', id, [second, first]);
  await complete(side, 'complete with a part that was not sent', id, [
    first,
    { PartNumber: 3, ETag: '"00000000000000000000000000000000"' },
  ]);
  await complete(side, 'complete with a wrong ETag', id, [
    { ...first, ETag: '"00000000000000000000000000000000"' },
    second,
  ]);
  await complete(side, 'complete without parts', id, []);
  await complete(side, 'complete if nothing is there, and something is', id, [first, second], { IfNoneMatch: '*' });
  const third = await send(side, 'a part after a small one', id, 3, small);
  await complete(side, 'complete with a small part in the middle', id, [first, second, third]);
  await send(side, 'a part with number 0', id, 0, small);
  await send(side, 'a part with number 10001', id, 10_001, small);
  await send(side, 'a part of no upload', 'none', 1, small);
  await complete(side, 'complete no upload', 'none', [first]);
  const abort = (step: string, UploadId: string) =>
    side.call(step, () => side.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
  await abort('abort', id);
  await abort('abort again', id);
  await abort('abort no upload', 'none');
  await send(side, 'a part after the abort', id, 1, small);
}

/** Parts that a host sends with presigned URLs: the SHA-256 is a signed header. */
async function signedByHash(side: Side): Promise<void> {
  const UploadId = await begin(side, 'begin for a host', { ChecksumAlgorithm: 'SHA256' });
  const hash = createHash('sha256').update(small).digest('base64');
  const url = await getSignedUrl(
    side.s3,
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, ChecksumSHA256: hash }),
    {
      expiresIn: 3600,
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    },
  );
  const put = async (step: string, body: Buffer, checksum: string) => {
    const answer = await fetch(url, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'x-amz-checksum-sha256': checksum },
    });
    const text = await answer.text();
    side.note(step, { status: answer.status, etag: answer.headers.get('etag'), code: /<Code>(\w+)/.exec(text)?.[1] });
    return answer.headers.get('etag') ?? '';
  };
  await put('a presigned part with other bytes', large, hash);
  const ETag = await put('a presigned part', small, hash);
  await complete(side, 'complete for a host', UploadId, [{ PartNumber: 1, ETag, ChecksumSHA256: hash }]);
}

async function unfinished(side: Side): Promise<void> {
  const ids = [];
  for (const Name of ['u/a', 'u/b', 'u/c']) ids.push(await begin(side, `begin ${Name}`, { Key: Name }));
  const list = (step: string, more: object) =>
    side.call(step, () => side.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'u/', ...more })));
  await list('unfinished uploads', {});
  const page = await list('unfinished uploads, first page', { MaxUploads: 2 });
  await list('unfinished uploads, second page', {
    MaxUploads: 2,
    KeyMarker: page.NextKeyMarker,
    UploadIdMarker: page.NextUploadIdMarker,
  });
  for (const [index, UploadId] of ids.entries())
    await side.call('abort an unfinished one', () =>
      side.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: ['u/a', 'u/b', 'u/c'][index], UploadId })),
    );
  await list('no unfinished uploads', {});
}

async function versions(side: Side): Promise<void> {
  const put = (step: string, Name: string, Body: string) =>
    side.call(step, () => side.s3.send(new PutObjectCommand({ Bucket, Key: Name, Body })));
  const first = await put('put a version', 'v/a', '1');
  await put('put the next version', 'v/a', '22');
  await put('put another object', 'v/b', '3');
  const remove = (step: string, Name: string, VersionId?: string) =>
    side.call(step, () => side.s3.send(new DeleteObjectCommand({ Bucket, Key: Name, VersionId })));
  const list = (step: string, more: object = {}) =>
    side.call(step, () => side.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'v/', ...more })));
  const marker = await remove('delete without a version', 'v/a');
  await list('versions');
  const page = await list('versions, first page', { MaxKeys: 2 });
  await list('versions, second page', {
    MaxKeys: 2,
    KeyMarker: page.NextKeyMarker,
    VersionIdMarker: page.NextVersionIdMarker,
  });
  const get = (step: string, VersionId?: string) =>
    side.call(step, async () => {
      const { Body, ...answer } = await side.s3.send(new GetObjectCommand({ Bucket, Key: 'v/a', VersionId }));
      return { ...answer, text: await Body?.transformToString() };
    });
  await get('get what is deleted');
  await get('get a version', first.VersionId);
  await get('get a delete marker', marker.VersionId);
  await remove('delete a version', 'v/a', first.VersionId);
  await remove('delete a version again', 'v/a', first.VersionId);
  await get('get a version that is deleted', first.VersionId);
  await remove('delete the delete marker', 'v/a', marker.VersionId);
  await get('get what is there again');
  await list('versions afterwards');
}
