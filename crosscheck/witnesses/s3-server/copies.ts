/** Copies inside of S3, as a pin makes them: by the product's adapter, whole and in parts, and by S3's own client. */
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { NewObject } from '../../../src/ports/objects.ts';
import { clientOf, objectsOf, talkingTo } from '../../lib/s3.ts';
import { type Answers, failure } from './answers.ts';
import { bytesOf, hash } from './bytes.ts';
import type { Side } from './sides.ts';

const Bucket = 'holdfast-copies';
const mebibyte = 1024 * 1024;
const body = bytesOf(11 * mebibyte);
const tags = { KeepForever: 'Yes', 'with space': 'a=b/ü+c' };

const copyOf = (key: string): NewObject => ({
  ...{ bucket: Bucket, key, contentType: 'application/gzip', tags, metadata: { 'holdfast-run': 'r#2' } },
});

type S3 = ReturnType<typeof clientOf>;

/** Both ways of the adapter, each to a key that is free, to one that is taken, and from what is gone. */
async function byAdapter(s3: S3, answers: Answers, versionId: string | undefined): Promise<void> {
  const from = { bucket: Bucket, key: 'src/ä+ 1', versionId };
  const ways = { whole: undefined, 'in parts': { above: 6 * mebibyte, size: 5 * mebibyte } };
  for (const [way, parts] of Object.entries(ways)) {
    const objects = objectsOf(parts);
    const to = copyOf(`to/${way}/ü 1.dump`);
    const copy = (point: string, place = from, size = body.length, target = to) =>
      answers.of(`copy ${way}: ${point}`, () => objects.copy(place, target, size));
    await copy('where nothing is');
    const bytes: Buffer[] = [];
    for await (const part of objects.read(to)) bytes.push(part);
    answers.note(`copy ${way}: content`, hash(Buffer.concat(bytes)) === hash(body));
    const target = { Bucket, Key: to.key };
    await answers.of(`copy ${way}: tags`, () => tagsOf(s3, target.Key));
    await answers.of(`copy ${way}: head`, async () => {
      const { ContentLength, ContentType, ETag, Metadata } = await s3.send(new HeadObjectCommand(target));
      return { ContentLength, ContentType, ETag, Metadata };
    });
    await copy('where something is');
    await copy(
      'of a key that is not there',
      { ...from, key: 'src/none', versionId: undefined },
      body.length,
      copyOf('n'),
    );
    await copy('of a version that is gone', { ...from, versionId: gone }, body.length, copyOf('n'));
    await answers.of(`copy ${way}: versions`, () => objects.versions(Bucket, `to/${way}/`));
    await answers.of(`copy ${way}: nothing is unfinished`, () => objects.unfinished(Bucket, ''));
  }
}

/** In no order: S3 says none. */
async function tagsOf(s3: S3, Key: string): Promise<readonly string[]> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return TagSet.map((tag) => `${tag.Key}=${tag.Value}`).toSorted();
}

/** Well-formed on either side. */
const gone = '01D78XYFJ1PRM1WPBCBT3VHMNV';

/** What the adapter decides by looks, asked of the condition alone; and parts whose range is not in the source. */
async function byClient(s3: S3, answers: Answers, versionId: string | undefined): Promise<void> {
  const CopySource = `${Bucket}/${encodeURIComponent('src/ä+ 1')}?versionId=${versionId}`;
  const target = { Bucket, Key: 'to/raw' };
  const copy = (point: string, more: object) =>
    answers.of(`CopyObject: ${point}`, async () => {
      const { CopyObjectResult, ...rest } = await s3.send(new CopyObjectCommand({ ...target, CopySource, ...more }));
      return { ...rest, ...CopyObjectResult };
    });
  await copy('as it is, If-None-Match, and nothing is there', { IfNoneMatch: '*' });
  await answers.of('CopyObject: tags as they were', () => tagsOf(s3, target.Key));
  const again = new CopyObjectCommand({ ...target, CopySource, IfNoneMatch: '*' });
  const ended = await s3.send(again).then(() => 'written', failure);
  answers.note('CopyObject: If-None-Match, and something is there', [ended]);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, Key: 'to/parts' }));
  const upload = { ...target, Key: 'to/parts', UploadId };
  const part = (point: string, range: string) =>
    answers.of(`UploadPartCopy: ${point}`, async () => {
      const asked = { ...upload, PartNumber: 1, CopySource, CopySourceRange: range };
      const { CopyPartResult, ...rest } = await s3.send(new UploadPartCopyCommand(asked));
      return { ...rest, LastModified: CopyPartResult?.LastModified, ETag: CopyPartResult?.ETag };
    });
  await part('a range', `bytes=${5 * mebibyte}-${body.length - 1}`);
  await part('a range beyond the end', `bytes=${body.length - 1}-${body.length}`);
  await part('a range that ends before it begins', 'bytes=5-1');
  await s3.send(new AbortMultipartUploadCommand(upload));
}

/** Everything, in a bucket of its own. */
export async function askCopies(side: Side, answers: Answers): Promise<void> {
  await side.makeBucket(Bucket, { versioned: true });
  const s3 = clientOf(side);
  const source = { Bucket, Key: 'src/ä+ 1', Tagging: 'a=b', Metadata: { run: '1' } };
  const { VersionId } = await s3.send(new PutObjectCommand({ ...source, Body: body }));
  // A copy is of the version that it names, not of the current one.
  await s3.send(new PutObjectCommand({ ...source, Body: 'later' }));
  await talkingTo(side, () => byAdapter(s3, answers, VersionId));
  await byClient(s3, answers, VersionId);
}
