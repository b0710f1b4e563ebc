/** The project's own stack in the lab's AWS, through the unmodified SDK: who may assume the roles, and what they may do. */
import { generateKeyPairSync } from 'node:crypto';
import {
  CreateSnapshotCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GetCommandInvocationCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountId, bucket, errorName, subject } from './support-aws.ts';
import { type HostsUnderTest, source, startHostsUnderTest, verification, volume } from './support-hosts.ts';

const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });

let lab: HostsUnderTest;
beforeEach(async () => {
  lab = await startHostsUnderTest();
});
afterEach(() => lab.stop());

describe('signatures and sessions', () => {
  test('a valid signature is accepted, a wrong secret and an unknown key are refused', async () => {
    const client = lab.sts();
    expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe(accountId);
    expect(
      await errorName(
        lab.ec2({ ...lab.administrator, secretAccessKey: 'wrong' }).send(new DescribeInstancesCommand({})),
      ),
    ).toBe('SignatureDoesNotMatch');
    expect(
      await errorName(
        lab.ec2({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }).send(new DescribeInstancesCommand({})),
      ),
    ).toBe('AuthFailure');
  });

  test.each([
    ['another subject', { sub: 'repo:acme/backups:ref:refs/heads/other' }, 'AccessDenied'],
    ['the subject in upper case', { sub: subject.toUpperCase() }, 'AccessDenied'],
    ['another audience', { aud: 'other' }, 'AccessDenied'],
    ['an expired token', { exp: 1 }, 'ExpiredTokenException'],
    ['an unknown issuer', { iss: 'http://127.0.0.1:9' }, 'InvalidIdentityTokenException'],
  ])('%s is refused', async (_what, claims, error) => {
    expect(await errorName(lab.assume('backup', lab.token(claims)))).toBe(error);
  });

  test('a token signed by another key is refused', async () => {
    expect(await errorName(lab.assume('backup', lab.token({}, strangers.privateKey)))).toBe(
      'InvalidIdentityTokenException',
    );
  });

  test('an expired session is refused', async () => {
    const who = await lab.assume('backup');
    expect(await errorName(lab.ec2(who).send(new DescribeInstancesCommand({})))).toBe('no error');
    lab.clock.advance(3601_000);
    expect(await errorName(lab.ec2(who).send(new DescribeInstancesCommand({})))).toBe('RequestExpired');
    expect(
      await errorName(
        lab.ssm(who).send(new GetCommandInvocationCommand({ CommandId: '0'.repeat(36), InstanceId: source })),
      ),
    ).toBe('ExpiredTokenException');
  });
});

describe('policies', () => {
  test('the backup role makes snapshots only with the tags that mark them as its own', async () => {
    const who = lab.ec2(await lab.assume('backup'));
    const tags = [
      { Key: 'holdfast:made-by', Value: 'ib-snapshot' },
      { Key: 'Type', Value: 'Automated' },
    ];
    expect(await errorName(who.send(new CreateSnapshotCommand({ VolumeId: volume })))).toBe('UnauthorizedOperation');
    expect(
      await errorName(
        who.send(
          new CreateSnapshotCommand({
            VolumeId: volume,
            TagSpecifications: [{ ResourceType: 'snapshot', Tags: tags }],
          }),
        ),
      ),
    ).toBe('no error');
  });

  test('each role runs its own documents on its own hosts, and AWS-RunShellScript nowhere', async () => {
    const send = async (role: 'backup' | 'verify', InstanceId: string, DocumentName: string) =>
      errorName(
        lab.ssm(await lab.assume(role)).send(
          new SendCommandCommand({
            DocumentName,
            InstanceIds: [InstanceId],
            Parameters: DocumentName.endsWith('Progress') ? { VolumeId: [volume] } : {},
          }),
        ),
      );
    expect(await send('verify', verification, 'Holdfast-Progress')).toBe('no error');
    expect(await send('verify', source, 'Holdfast-Progress')).toBe('AccessDeniedException');
    expect(await send('backup', source, 'Holdfast-Progress')).toBe('AccessDeniedException');
    expect(await send('backup', source, 'AWS-RunShellScript')).toBe('AccessDeniedException');
  });

  test('the verification role touches no volume but its own', async () => {
    const who = lab.ec2(await lab.assume('verify'));
    expect(await errorName(who.send(new DeleteVolumeCommand({ VolumeId: volume })))).toBe('UnauthorizedOperation');
    expect(await errorName(who.send(new StopInstancesCommand({ InstanceIds: [source] })))).toBe(
      'UnauthorizedOperation',
    );
  });
});

describe('S3', () => {
  const put = (client: S3Client, more = {}) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: 'receipts/a b/é.json', Body: '{"a":1}', ...more }));

  test('an object is read as it was written, and the client checks its checksum', async () => {
    const client = lab.s3();
    await put(client);
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'receipts/a b/é.json' }));
    expect(await got.Body?.transformToString()).toBe('{"a":1}');
    expect(got.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
  });

  test('a checksum that is not the data’s is refused, and nothing is stored', async () => {
    const client = lab.s3();
    expect(await errorName(put(client, { Key: 'receipts/bad', ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest');
    expect(await errorName(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'receipts/bad' })))).toBe(
      'NoSuchKey',
    );
  });

  test('conditional writes: only over a known version, only under a new key', async () => {
    const client = lab.s3();
    const { ETag } = await put(client);
    expect(await errorName(put(client, { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await errorName(put(client, { IfMatch: ETag, Body: '{"a":2}' }))).toBe('no error');
    expect(await errorName(put(client, { IfMatch: ETag, Body: '{"a":3}' }))).toBe('PreconditionFailed');
  });

  test('roles reach receipts only', async () => {
    const who = lab.s3(await lab.assume('backup'));
    expect(await errorName(put(who))).toBe('no error');
    expect(await errorName(put(who, { Key: 'elsewhere' }))).toBe('AccessDenied');
  });
});
