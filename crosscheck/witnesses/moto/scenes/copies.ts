/** Copies inside of S3, as a pin makes them: whole, and in parts. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Scene, Side } from '../side.ts';

const Bucket = 'holdfast-scene-copies';
const Key = 'dumps/ä+ 1.dump';
const mebibyte = 1024 * 1024;
/** Each byte differs from that of the part before. */
const body = Buffer.concat([Buffer.alloc(5 * mebibyte, 'a'), Buffer.from('the end')]);

/** Of no object; well-formed on both sides. */
const gone = '01D78XYFJ1PRM1WPBCBT3VHMNV';

export const copies: Scene = {
  name: 'copies',
  byComputer: true,
  async play(side) {
    await side.call('create the bucket', () => side.s3.send(new CreateBucketCommand({ Bucket })));
    await side.keepVersions(Bucket);
    const source = { Bucket, Key, Tagging: 'type=dump', Metadata: { 'holdfast-run': '1' } };
    const { VersionId } = await side.call('put the source', () =>
      side.s3.send(new PutObjectCommand({ ...source, Body: body })),
    );
    await side.call('put a later version', () => side.s3.send(new PutObjectCommand({ ...source, Body: 'later' })));
    const from = `${Bucket}/${encodeURIComponent(Key)}`;
    await whole(side, `${from}?versionId=${VersionId}`);
    await inParts(side, `${from}?versionId=${VersionId}`);
  },
};

async function whole(side: Side, CopySource: string): Promise<void> {
  const replaced = {
    ...{ Tagging: 'KeepForever=Yes', TaggingDirective: 'REPLACE', ContentType: 'application/gzip' },
    ...{ Metadata: { 'holdfast-run': '2' }, MetadataDirective: 'REPLACE' },
  } as const;
  const copy = (step: string, more: object) =>
    side.call(step, () => side.s3.send(new CopyObjectCommand({ Bucket, Key: 'own/a', CopySource, ...more })));
  await copy('copy', { ...replaced, IfNoneMatch: '*' });
  await look(side, 'own/a');
  await side.call(
    'copy where something is',
    () => side.s3.send(new CopyObjectCommand({ Bucket, Key: 'own/a', CopySource, IfNoneMatch: '*' })),
    () => ({ copied: true }),
  );
  await copy('copy as it is', { Key: 'own/b' });
  await look(side, 'own/b');
  await copy('copy what is not there', { Key: 'own/c', CopySource: `${Bucket}/none` });
  await copy('copy a version that is not there', { Key: 'own/c', CopySource: CopySource.replace(/=.*/, `=${gone}`) });
}

async function inParts(side: Side, CopySource: string): Promise<void> {
  const to = { Bucket, Key: 'own/parts' };
  const { UploadId } = await side.call('begin a copy in parts', () =>
    side.s3.send(new CreateMultipartUploadCommand({ ...to, Tagging: 'KeepForever=Yes' })),
  );
  const part = async (step: string, PartNumber: number, CopySourceRange: string) => {
    const asked = { ...to, UploadId, PartNumber, CopySource, CopySourceRange };
    const { CopyPartResult } = await side.call(step, () => side.s3.send(new UploadPartCopyCommand(asked)));
    return { PartNumber, ETag: CopyPartResult?.ETag };
  };
  const parts = [
    await part('part 1', 1, `bytes=0-${5 * mebibyte - 1}`),
    await part('part 2', 2, `bytes=${5 * mebibyte}-${body.length - 1}`),
  ];
  await part('a part that is not in the source', 3, `bytes=0-${body.length}`);
  await side.call(
    'complete the copy in parts',
    () =>
      side.s3.send(
        new CompleteMultipartUploadCommand({ ...to, UploadId, IfNoneMatch: '*', MultipartUpload: { Parts: parts } }),
      ),
    // The address under which the caller reached it.
    ({ Location: _location, ...answer }) => answer,
  );
  await look(side, to.Key);
}

async function look(side: Side, key: string): Promise<void> {
  const of = { Bucket, Key: key };
  await side.call(`head of ${key}`, () => side.s3.send(new HeadObjectCommand(of)));
  await side.call(`tags of ${key}`, () => side.s3.send(new GetObjectTaggingCommand(of)));
  await side.call(`end of ${key}`, async () => {
    const { Body } = await side.s3.send(new GetObjectCommand({ ...of, Range: `bytes=${5 * mebibyte}-` }));
    return { text: await Body?.transformToString() };
  });
}
