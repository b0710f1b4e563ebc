/** Copies inside of S3 that are larger than one request takes. */
import { createHash, randomBytes } from 'node:crypto';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import type { NewObject } from '../../../src/ports/objects.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { type Services, startServices } from './services.ts';
import { refusal } from './suite.ts';

const mebibyte = 1024 * 1024;
let services: Services;
let objects: S3Objects;
let bucket: string;
beforeEach(async () => {
  services = await startServices();
  bucket = services.aws.dumpBucket;
  services.aws.s3.copyLimit = 6 * mebibyte;
  const copyParts = { above: 6 * mebibyte, size: 5 * mebibyte };
  objects = new S3Objects(services.session, { logger: new FakeLogger(), copyParts });
});
afterEach(() => services.stop());

const object = (key: string): NewObject => ({
  bucket,
  key,
  contentType: 'application/octet-stream',
  tags: { KeepForever: 'Yes' },
  metadata: { 'holdfast-run': 'r#1' },
});
async function uploaded(body: Buffer) {
  const upload = await objects.upload(object('db/shop.dump'));
  await upload.write(body);
  await upload.finish();
  return { bucket, key: 'db/shop.dump', versionId: (await upload.complete()).versionId };
}
async function hashOf(place: { bucket: string; key: string; versionId: string | undefined }): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of objects.read(place)) hash.update(chunk);
  return hash.digest('hex');
}

test('a copy in parts has every byte, tags and metadata, once', async () => {
  const body = randomBytes(17 * mebibyte + 1);
  const from = await uploaded(body);
  const to = object('db/shop/20261121T040512Z/shop.dump');
  const { versionId } = await objects.copy(from, to, body.length);
  expect(await hashOf({ bucket, key: to.key, versionId })).toBe(createHash('sha256').update(body).digest('hex'));
  const stored = services.aws.s3.bucket(bucket).objects.get(to.key) ?? [];
  expect(stored.map(({ tags, metadata, pieces }) => [tags, metadata, pieces.length])).toEqual([
    [to.tags, to.metadata, 4],
  ]);
  expect((await refusal(objects.copy(from, to, body.length))).code).toBe('PreconditionFailed');
  expect(services.aws.s3.bucket(bucket).objects.get(to.key)).toHaveLength(1);
  expect(await objects.unfinished(bucket, 'db/')).toEqual([]);
});

test('who looks before another has written is refused by the condition of the copy', async () => {
  const { key, versionId } = await uploaded(Buffer.from('one'));
  const asked = { Bucket: bucket, CopySource: `${bucket}/${key}?versionId=${versionId}`, Key: 'db/x' };
  const copy = () => services.session.s3.send(new CopyObjectCommand({ ...asked, IfNoneMatch: '*' }));
  expect((await copy()).CopyObjectResult?.ChecksumType).toBe('FULL_OBJECT');
  await expect(copy()).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  expect(await objects.versions(bucket, 'db/x')).toHaveLength(1);
});

test('what is larger than S3 copies at once is refused, unless it is copied in parts', async () => {
  const from = await uploaded(randomBytes(7 * mebibyte));
  const whole = new S3Objects(services.session, { logger: new FakeLogger() });
  await expect(whole.copy(from, object('db/x'), 7 * mebibyte)).rejects.toMatchObject({
    code: 'InvalidRequest',
    what: expect.stringContaining('maximum allowable size'),
  });
});

test('a copy that fails on the way leaves no parts', async () => {
  const from = await uploaded(randomBytes(7 * mebibyte));
  // It says more bytes than there are: the last part does not exist.
  expect((await refusal(objects.copy(from, object('db/x'), 20 * mebibyte))).code).toBe('InvalidArgument');
  expect(await objects.unfinished(bucket, 'db/')).toEqual([]);
  expect(await objects.versions(bucket, 'db/x')).toEqual([]);
});
