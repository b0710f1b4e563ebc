/** What people with the policies and users of the stack do, and what the roles do under KMS keys of the company's own. */
import { CopySnapshotCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buckets, keys } from '../../lab/privileges/installation.ts';
import { type EmptyAccount, startEmptyAccount } from '../../lab/privileges/stolen/account.ts';
import { Ec2Compute } from '../../src/adapters/aws/compute.ts';
import type { Identity } from '../../src/adapters/aws/credentials.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { DumpFile, DumpReceipt } from '../../src/domain/dump.ts';
import { markDump } from '../../src/dump/pins/mark.ts';
import { refuseFutilePin } from '../../src/dump/pins/obstacles.ts';
import { readReceipts } from '../../src/dump/receipts.ts';
import { metadataOf } from '../../src/dump/retention/versions.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { nothing, privileges } from '../scenario/support-privileges.ts';

const region = 'us-east-1';
const snapshotId = 'snap-0a00000a';
const logger = new FakeLogger();
const variables = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const before = variables.map((name) => process.env[name]);

let account: EmptyAccount;

const snapshot = {
  id: snapshotId,
  volumeId: 'vol-0a00000a',
  startedAt: new Date(),
  sizeGiB: 8,
  tags: { Type: 'Automated', 'holdfast:made-by': 'ib-snapshot' },
  encrypted: true,
  kmsKeyId: keys.copies,
};

const start = (without: readonly string[] = []): Promise<EmptyAccount> =>
  startEmptyAccount({ region, instances: [], snapshots: [snapshot], kmsKeys: [keys.copies] }, { without });

beforeAll(async () => {
  account = await start();
  process.env.AWS_ENDPOINT_URL = account.aws.url;
});

afterAll(async () => {
  for (const [index, name] of variables.entries()) {
    const value = before[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await account.stop();
});

const sessionWith = (identity: Identity | undefined): AwsSession =>
  new AwsSession({
    region,
    identity,
    apiTimeoutSeconds: 10,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock: systemClock,
    logger,
  });

const sessionOf = (role: string, { token }: EmptyAccount = account): AwsSession =>
  sessionWith({
    roleArn: `arn:aws:iam::123456789012:role/${role}`,
    sessionName: 'test',
    from: async () => token(role),
  });

/** S3 with the access keys of a user. */
function objectsOf(user: string): S3Objects {
  const { accessKeyId, secretAccessKey } = account.aws.sts.addUser(user);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  return new S3Objects(sessionWith(undefined), { logger });
}

const newObject = (bucket: string, key: string) => ({ bucket, key, contentType: 'text/plain', tags: {}, metadata: {} });
const dump = newObject(buckets.dumps, 'db/shop/1.gz');
const receipt = newObject(buckets.receipts, 'receipts/shop/1.json');

/** What db-dump does in the buckets. */
async function dumps(objects: S3Objects): Promise<void> {
  expect(await objects.versioned(dump.bucket)).toBe(true);
  expect(await objects.lifecycle(dump.bucket)).toHaveLength(2);
  expect(await objects.objectLock(dump.bucket)).toBeUndefined();
  await objects.put(receipt, '{}');
  const upload = await objects.upload({ ...dump, tags: { 'holdfast:source': 'shop' } });
  await upload.write(Buffer.from('rows'));
  await upload.finish();
  const place = { ...dump, ...(await upload.complete()) };
  expect(await objects.text(place)).toBe('rows');
  await objects.setTags(place, { 'holdfast:verdict': 'good' });
  const given = await objects.upload({ ...dump, key: 'db/shop/2.gz' });
  expect(await objects.unfinished(dump.bucket, 'db/shop/')).toHaveLength(1);
  await objects.abortUpload(dump.bucket, 'db/shop/2.gz', given.id);
  expect(await objects.list(receipt.bucket, 'receipts/shop/')).toHaveLength(1);
  expect(await objects.text(receipt)).toBe('{}');
  for (const { versionId } of await objects.versions(dump.bucket, dump.key))
    await objects.delete({ ...dump, versionId });
  await objects.delete(receipt);
}

describe('in buckets under a key of the company’s own', () => {
  test('the role holdfast-dump', () => dumps(new S3Objects(sessionOf('holdfast-dump'), { logger })));

  test('the user holdfast-dumps-rw', () => dumps(objectsOf('holdfast-dumps-rw')));

  test('the role holdfast-dump, assumed with the keys of holdfast-dumps-rw', async () => {
    const { accessKeyId, secretAccessKey } = account.aws.sts.addUser('holdfast-dumps-rw');
    const from = { accessKeyId, secretAccessKey };
    const roleArn = 'arn:aws:iam::123456789012:role/holdfast-dump';
    await dumps(new S3Objects(sessionWith({ roleArn, sessionName: 'test', from }), { logger }));
  });

  test('the user holdfast-dumps-ro reads everything, by versions and without, and writes nothing', async () => {
    const { s3 } = account.administrator;
    await s3.send(new PutObjectCommand({ Bucket: dump.bucket, Key: dump.key, Body: 'rows' }));
    await s3.send(new PutObjectCommand({ Bucket: receipt.bucket, Key: receipt.key, Body: '{}' }));
    const objects = objectsOf('holdfast-dumps-ro');
    for (const place of [dump, receipt]) {
      expect((await objects.list(place.bucket, place.key)).length).toBe(1);
      const [newest] = await objects.versions(place.bucket, place.key);
      expect(await objects.text(place)).toBe(await objects.text({ ...place, versionId: newest?.versionId }));
    }
    await expect(objects.put(dump, 'other')).rejects.toMatchObject({ kind: 'denied' });
    await expect(objects.delete(dump)).rejects.toMatchObject({ kind: 'denied' });
  });

  test('whoever has the policy holdfast-fetch finds and reads anonymised files, and nothing else', async () => {
    const { iam } = account.aws;
    const attached = [iam.arn('policy', 'holdfast-fetch')];
    iam.create('users', { logicalId: 'Developer', name: 'holdfast-fetch', inline: [], attached });
    const objects = objectsOf('holdfast-fetch');
    expect(await objects.list(receipt.bucket, 'receipts/shop/')).toHaveLength(1);
    expect(await objects.text(receipt)).toBe('{}');
    for (const ending of [
      '.anon.gz',
      '.anon.zst',
      '.anon.sql.gz',
      '.anon.sql.zst',
      '.anon.tar.gz',
      '.anon.archive.gz',
    ]) {
      const anonymised = { ...dump, key: `db/shop/1${ending}` };
      const { VersionId: versionId } = await account.administrator.s3.send(
        new PutObjectCommand({ Bucket: dump.bucket, Key: anonymised.key, Body: 'rows' }),
      );
      expect(await objects.text({ ...anonymised, versionId })).toBe('rows');
    }
    await expect(objects.text(dump)).rejects.toMatchObject({ kind: 'denied' });
  });

  describe('pins', () => {
    const takenAt = '2026-11-21T04:05:12.000Z';
    const run = { key: 'o/r/actions/runs/1', url: 'https://github.test/o/r/actions/runs/1', id: '1', attempt: 1 };
    const mebibyte = 1024 * 1024;
    const place = { bucket: buckets.receipts, key: 'receipts/shop/dump-20261121T040512Z-1-1.json' };

    /** A dump of two files under keys that later ones share, as db-dump makes it. */
    async function dumped(objects: S3Objects): Promise<DumpReceipt> {
      const files: DumpFile[] = [];
      for (const [kind, key] of [
        ['archive', 'db/shop.dump'],
        ['plain', 'db/shop.gz'],
      ] as const) {
        const upload = await objects.upload({ ...newObject(buckets.dumps, key), metadata: metadataOf(run, takenAt) });
        await upload.write(Buffer.alloc(kind === 'archive' ? 11 * mebibyte : 10, kind));
        const digest = await upload.finish();
        files.push({ kind, bucket: buckets.dumps, key, ...(await upload.complete()), ...digest });
      }
      const receipt = {
        ...{ format: 'holdfast-receipt/1', kind: 'database-dump', source: 'shop', engine: 'postgres', state: 'taken' },
        ...{ takenAt, run, bucket: buckets.dumps, files, verdict: 'good', proof: [], notes: [], timeline: [] },
      } as unknown as DumpReceipt;
      await objects.put(newObject(place.bucket, place.key), JSON.stringify(receipt));
      return receipt;
    }

    test('whoever has the policy holdfast-pin pins, and neither replaces nor deletes a dump', async () => {
      const { iam } = account.aws;
      const receipt = await dumped(new S3Objects(sessionOf('holdfast-dump'), { logger }));
      const attached = [iam.arn('policy', 'holdfast-pin')];
      iam.create('users', { logicalId: 'Pinner', name: 'holdfast-pin', inline: [], attached });
      objectsOf('holdfast-pin');
      const copyParts = { above: 6 * mebibyte, size: 5 * mebibyte };
      const objects = new S3Objects(sessionWith(undefined), { logger, copyParts });
      const [known] = await readReceipts(objects, place.bucket, 'shop');
      expect(known?.key).toBe(place.key);
      expect(await refuseFutilePin(objects, receipt)).toEqual([]);
      const marked = await markDump(objects, place, { keepForever: true, label: 'before-2.0' });
      expect(marked.files.map(({ key }) => key)).toEqual([
        'db/shop/20261121T040512Z/shop.dump',
        'db/shop/20261121T040512Z/shop.gz',
      ]);
      const [archive] = marked.files;
      // A copy that fails on its way is given up.
      const again = newObject(buckets.dumps, 'db/shop/20261121T040513Z/shop.dump');
      await expect(objects.copy(archive as DumpFile, again, 40 * mebibyte)).rejects.toMatchObject({ kind: 'other' });
      expect((await markDump(objects, place, { keepForever: false, label: '' })).keepForever).toBe(false);
      await expect(objects.delete(archive as DumpFile)).rejects.toMatchObject({ kind: 'denied' });
      await expect(objects.put(newObject(buckets.dumps, 'db/shop.dump'), 'x')).rejects.toMatchObject({
        kind: 'denied',
      });
    });

    test('whoever may only read does not, and changes nothing', async () => {
      await dumped(new S3Objects(sessionOf('holdfast-dump'), { logger }));
      const objects = objectsOf('holdfast-dumps-ro');
      const before = await objects.text(place);
      await expect(markDump(objects, place, { keepForever: true })).rejects.toMatchObject({ kind: 'denied' });
      expect(await objects.text(place)).toBe(before);
    });
  });

  test('without the right to the key nothing is written, and the error names key, action and parameter', async () => {
    const poorer = await start(['holdfast-bucket-key/UseBucketKey kms:GenerateDataKey']);
    process.env.AWS_ENDPOINT_URL = poorer.aws.url;
    try {
      const objects = new S3Objects(sessionOf('holdfast-dump', poorer), { logger });
      await expect(objects.put(dump, 'rows')).rejects.toMatchObject({
        kind: 'denied',
        likelyCause: expect.stringMatching(/holdfast-dump may not use the KMS key 1{8}.* \(kms:GenerateDataKey\)/),
        fix: expect.stringContaining('BucketKeyArn'),
      });
    } finally {
      process.env.AWS_ENDPOINT_URL = account.aws.url;
      await poorer.stop();
    }
  });
});

describe('snapshots under a key of the company’s own', () => {
  const stateOf = async (id = ''): Promise<string | undefined> => {
    account.clock.advance(3_600_000);
    const answer = await account.administrator.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }));
    return answer.Snapshots?.[0]?.StateMessage;
  };
  const copy = async (KmsKeyId: string): Promise<string | undefined> => {
    const { ec2 } = await account.session('holdfast-rotate');
    const Tags = [{ Key: 'Type', Value: 'Automated' }];
    const answer = await ec2.send(
      new CopySnapshotCommand({
        SourceRegion: region,
        SourceSnapshotId: snapshotId,
        Encrypted: true,
        KmsKeyId,
        TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
      }),
    );
    return answer.SnapshotId;
  };

  test('the rotation copies with the keys of the stack, and with no other', async () => {
    expect(await stateOf(await copy(keys.copies))).toBeFalsy();
    expect(await stateOf(await copy(keys.buckets))).toContain('not accessible');
  });

  test('verify-volume makes a volume from a snapshot under such a key', async () => {
    const volume = await new Ec2Compute(sessionOf('holdfast-verify')).createVolume({
      snapshotId,
      zone: `${region}a`,
      type: 'gp3',
      initializationRate: undefined,
      clientToken: 'once',
      tags: { 'holdfast:made-by': 'verify-volume' },
    });
    expect(volume.state).toBe('creating');
  });
});

test('what this shows of the policies still holds, and an independent evaluator decides the same', async () => {
  expect(await privileges(account, 'people-and-keys')).toEqual(nothing);
});
