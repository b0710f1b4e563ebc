/** The lab's AWS through the unmodified SDK clients: what it must refuse above all. Machines are doubles here. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  EC2Client,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CancelCommandCommand, GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadStack } from '../../../lab/aws/cloudformation.ts';
import { createEc2, type Ec2Service } from '../../../lab/aws/ec2/ec2.ts';
import { S3 } from '../../../lab/aws/s3/s3.ts';
import { type AwsLab, startAws } from '../../../lab/aws/server.ts';
import { createSsm, type SsmService } from '../../../lab/aws/ssm/ssm.ts';
import { Sts } from '../../../lab/aws/sts.ts';
import { openCallLog } from '../../../lab/call-log.ts';
import { manualClock } from '../../../lab/clock.ts';
import type { Faults, Host, LabClock, Seed } from '../../../lab/contracts.ts';
import { faultRules } from '../../../lab/faults/rules.ts';

const region = 'us-east-1';
const accountId = '123456789012';
const subject = 'repo:acme/backups:ref:refs/heads/main';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });

let directory: string;
let issuer: Server;
let issuerUrl: string;
let clock: LabClock;
let faults: Faults;
let ec2Service: Ec2Service;
let ssmService: SsmService;
let sts: Sts;
let aws: AwsLab;
let output = { stdout: '', stderr: '', exitCode: 0 };
let mounted = false;
/** Environments the scripts were run with, and whether they were killed. */
let runs: { environment: Readonly<Record<string, string>>; script: string; killed: boolean }[] = [];
let hang = false;

const host: Host = {
  instanceId: 'i-0a5be1d9c3f2e7a01',
  running: true,
  boot: async () => {},
  shutdown: async () => {},
  run: (script, environment, signal) =>
    new Promise((resolve) => {
      const entry = { environment, script, killed: false };
      runs.push(entry);
      if (!hang) return resolve(output);
      signal.addEventListener('abort', () => {
        entry.killed = true;
        resolve({ stdout: '', stderr: '', exitCode: 137 });
      });
    }),
  attach: async () => {},
  detach: async (_id, { force }) => force || !mounted,
};

const seed: Seed = {
  region,
  accountId,
  instances: [
    {
      id: 'i-0a5be1d9c3f2e7a01',
      name: 'ib01.prod',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: { 'holdfast:host': 'source' },
      rootVolumeId: 'vol-0aaaaaaaaaaaaaaa1',
      volumes: [{ id: 'vol-0bbbbbbbbbbbbbbb1', device: '/dev/sdf', image: { path: 'x', sizeGiB: 1 }, tags: {} }],
    },
    {
      id: 'i-0f84c6b27d1e93a02',
      name: 'ib02.dev',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: { 'holdfast:host': 'verification' },
      rootVolumeId: 'vol-0aaaaaaaaaaaaaaa2',
      volumes: [],
    },
  ],
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-aws-'));
  const jwks = { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] };
  issuer = createServer((_request, response) => response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
});

beforeEach(async () => {
  await aws?.stop();
  clock = manualClock();
  faults = faultRules();
  runs = [];
  hang = false;
  mounted = false;
  output = { stdout: '{"ok":true}', stderr: '', exitCode: 0 };
  const storage = { copy: async (image: { path: string; sizeGiB: number }) => image, remove: async () => {} };
  const room = { storage, host: () => host };
  const stack = loadStack(readFileSync('infra/holdfast.yml', 'utf8'), {
    region,
    accountId,
    parameters: { AllowedSubjects: subject, ReceiptBucketName: 'receipts-bucket' },
  });
  ec2Service = createEc2({ clock, room, seed, pageSize: 5, snapshotsPerVolume: 3 });
  ssmService = createSsm({ clock, room, ec2: ec2Service, accountId, documents: stack.documents });
  sts = new Sts({ clock, accountId, stack, issuer: issuerUrl });
  aws = await startAws({
    clock,
    log: openCallLog(join(directory, 'calls.jsonl')),
    faults,
    stack,
    sts,
    s3: new S3(join(directory, 's3'), stack.buckets),
    services: [ec2Service, ssmService],
  });
});

afterAll(async () => {
  await aws.stop();
  issuer.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const common = (credentials: Keys) => ({ region, endpoint: aws.url, credentials, maxAttempts: 1 });
const administrator = (): Keys => ({
  accessKeyId: sts.administrator.accessKeyId,
  secretAccessKey: sts.administrator.secretAccessKey,
});
const ec2 = (who: Keys = administrator()): EC2Client => new EC2Client(common(who));
const ssm = (who: Keys = administrator()): SSMClient => new SSMClient(common(who));
const s3 = (who: Keys = administrator()): S3Client => new S3Client(common(who));

/** The name of the error a call ends with, or the call's result. */
async function name(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.name,
  );
}

function token(claims: Record<string, unknown> = {}, key = keys.privateKey): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ iss: issuerUrl, aud: 'sts.amazonaws.com', sub: subject, exp: now + 300, ...claims })}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

async function assume(role: 'backup' | 'verify', jwt = token()): Promise<Keys> {
  const client = new STSClient({ region, endpoint: aws.url, maxAttempts: 1 });
  const answer = await client.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/holdfast-${role}`,
      RoleSessionName: 'test',
      WebIdentityToken: jwt,
    }),
  );
  const given = answer.Credentials;
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
}

describe('signatures and sessions', () => {
  test('a right signature is let in, a wrong secret and an unknown key are not', async () => {
    const client = new STSClient(common(administrator()));
    expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe(accountId);
    expect(
      await name(ec2({ ...administrator(), secretAccessKey: 'wrong' }).send(new DescribeInstancesCommand({}))),
    ).toBe('SignatureDoesNotMatch');
    expect(
      await name(ec2({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }).send(new DescribeInstancesCommand({}))),
    ).toBe('AuthFailure');
  });

  test.each([
    ['another subject', { sub: 'repo:acme/backups:ref:refs/heads/other' }, 'AccessDenied'],
    ['the subject in other letters', { sub: subject.toUpperCase() }, 'AccessDenied'],
    ['another audience', { aud: 'somebody' }, 'AccessDenied'],
    ['an expired token', { exp: 1 }, 'ExpiredTokenException'],
    ['an unknown issuer', { iss: 'http://127.0.0.1:9' }, 'InvalidIdentityTokenException'],
  ])('%s is refused', async (_what, claims, error) => {
    expect(await name(assume('backup', token(claims)))).toBe(error);
  });

  test('a token signed by another key is refused', async () => {
    expect(await name(assume('backup', token({}, strangers.privateKey)))).toBe('InvalidIdentityTokenException');
  });

  test('a session ends', async () => {
    const who = await assume('backup');
    expect(await name(ec2(who).send(new DescribeInstancesCommand({})))).toBe('no error');
    clock.advance(3601_000);
    expect(await name(ec2(who).send(new DescribeInstancesCommand({})))).toBe('RequestExpired');
    expect(
      await name(
        ssm(who).send(
          new GetCommandInvocationCommand({ CommandId: '0'.repeat(36), InstanceId: 'i-0a5be1d9c3f2e7a01' }),
        ),
      ),
    ).toBe('ExpiredTokenException');
  });
});

describe('policies', () => {
  const volume = 'vol-0bbbbbbbbbbbbbbb1';

  test('the backup role makes snapshots only with the tags that mark them as its own', async () => {
    const who = ec2(await assume('backup'));
    const tags = [
      { Key: 'holdfast:made-by', Value: 'ib-snapshot' },
      { Key: 'Type', Value: 'Automated' },
    ];
    expect(await name(who.send(new CreateSnapshotCommand({ VolumeId: volume })))).toBe('UnauthorizedOperation');
    expect(
      await name(
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
      name(
        ssm(await assume(role)).send(
          new SendCommandCommand({
            DocumentName,
            InstanceIds: [InstanceId],
            Parameters: DocumentName.endsWith('Progress') ? { VolumeId: [volume] } : {},
          }),
        ),
      );
    expect(await send('verify', 'i-0f84c6b27d1e93a02', 'Holdfast-Progress')).toBe('no error');
    expect(await send('verify', 'i-0a5be1d9c3f2e7a01', 'Holdfast-Progress')).toBe('AccessDeniedException');
    expect(await send('backup', 'i-0a5be1d9c3f2e7a01', 'Holdfast-Progress')).toBe('AccessDeniedException');
    expect(await send('backup', 'i-0a5be1d9c3f2e7a01', 'AWS-RunShellScript')).toBe('AccessDeniedException');
  });

  test('the verification role touches no volume but its own', async () => {
    const who = ec2(await assume('verify'));
    expect(await name(who.send(new DeleteVolumeCommand({ VolumeId: volume })))).toBe('UnauthorizedOperation');
    expect(await name(who.send(new StopInstancesCommand({ InstanceIds: ['i-0a5be1d9c3f2e7a01'] })))).toBe(
      'UnauthorizedOperation',
    );
  });
});

describe('EC2', () => {
  const volume = 'vol-0bbbbbbbbbbbbbbb1';

  test('snapshots progress to completed, and a volume can be made only then', async () => {
    const client = ec2();
    const made = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const id = made.SnapshotId ?? '';
    const state = async () => (await client.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))).Snapshots?.[0];
    expect(await state()).toMatchObject({ State: 'pending', Progress: '0%' });
    const create = new CreateVolumeCommand({ SnapshotId: id, AvailabilityZone: 'us-east-1a' });
    expect(await name(client.send(create))).toBe('IncorrectState');
    clock.advance(1500);
    expect(await state()).toMatchObject({ State: 'pending', Progress: '50%' });
    clock.advance(1600);
    expect(await state()).toMatchObject({ State: 'completed', Progress: '100%' });
    expect(await name(client.send(create))).toBe('no error');
  });

  test('a client token makes one volume, and refuses another request', async () => {
    const client = ec2();
    const { SnapshotId } = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    clock.advance(3100);
    const make = (zone: string) =>
      client.send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone: zone, ClientToken: 'one' }));
    const [first, second] = [await make('us-east-1a'), await make('us-east-1a')];
    expect(second.VolumeId).toBe(first.VolumeId);
    expect(await name(make('us-east-1b'))).toBe('IdempotentParameterMismatch');
  });

  test('a mounted volume stays busy until it is let go of; forcing does not ask', async () => {
    const client = ec2();
    const { SnapshotId } = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    clock.advance(3100);
    const { VolumeId = '' } = await client.send(
      new CreateVolumeCommand({ SnapshotId, AvailabilityZone: 'us-east-1a' }),
    );
    await settle(1100);
    const to = { VolumeId, InstanceId: 'i-0f84c6b27d1e93a02' };
    expect(await name(client.send(new AttachVolumeCommand({ ...to, Device: '/dev/xvda' })))).toBe(
      'InvalidParameterValue',
    );
    await client.send(new AttachVolumeCommand({ ...to, Device: '/dev/sdf' }));
    await settle(600);
    const state = async () => (await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes?.[0];
    expect((await state())?.Attachments?.[0]?.State).toBe('attached');
    expect(await name(client.send(new DeleteVolumeCommand({ VolumeId })))).toBe('VolumeInUse');
    mounted = true;
    await client.send(new DetachVolumeCommand({ VolumeId }));
    await settle(600);
    expect((await state())?.Attachments?.[0]?.State).toBe('busy');
    await client.send(new DetachVolumeCommand({ VolumeId, Force: true }));
    await settle(600);
    expect((await state())?.State).toBe('available');
  });

  test('lists come in pages, foreign snapshots with them unless an owner is named', async () => {
    const client = ec2();
    for (let count = 0; count < 3; count += 1) await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const all = await client.send(new DescribeSnapshotsCommand({}));
    expect(all.Snapshots?.filter((one) => one.OwnerId !== accountId)).toHaveLength(2);
    clock.advance(60_000);
    for (let count = 0; count < 3; count += 1) await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const first = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000 }));
    expect(first.Snapshots).toHaveLength(5);
    const second = await client.send(
      new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000, NextToken: first.NextToken }),
    );
    expect(second.Snapshots).toHaveLength(1);
    expect(second.NextToken).toBe(undefined);
  });

  test.each([
    [
      'an unknown filter',
      () => new DescribeInstancesCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] }),
      'InvalidParameterValue',
    ],
    [
      'an unknown instance',
      () => new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] }),
      'InvalidInstanceID.NotFound',
    ],
    [
      'a malformed id',
      () => new DescribeInstancesCommand({ InstanceIds: ['i-nonsense'] }),
      'InvalidInstanceID.Malformed',
    ],
    ['a dry run', () => new DescribeInstancesCommand({ DryRun: true }), 'DryRunOperation'],
  ])('%s', async (_what, command, error) => {
    expect(await name(ec2().send(command()))).toBe(error);
  });

  test('too many snapshots of one volume at once are refused', async () => {
    const client = ec2();
    for (let count = 0; count < 3; count += 1) await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    expect(await name(client.send(new CreateSnapshotCommand({ VolumeId: volume })))).toBe(
      'SnapshotCreationPerVolumeRateExceeded',
    );
  });

  test('an empty request bucket throttles', async () => {
    const client = ec2();
    const answers = await Promise.all(
      Array.from({ length: 110 }, () => name(client.send(new DescribeInstancesCommand({})))),
    );
    expect(answers.filter((one) => one === 'RequestLimitExceeded')).toHaveLength(10);
  });
});

/** Lab time passes, and what it set off may go on. */
async function settle(milliseconds: number): Promise<void> {
  for (let step = 0; step < 4; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(milliseconds / 4 + 1);
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('SSM', () => {
  const InstanceId = 'i-0a5be1d9c3f2e7a01';
  const inspect = {
    DocumentName: 'Holdfast-Inspect',
    InstanceIds: [InstanceId],
    Parameters: { MountPoint: ['/ibdata'], Service: ['mysqld-ib'], Socket: ['/tmp/mysql-ib.sock'] },
  };
  const send = async (client: SSMClient, more = {}) =>
    (await client.send(new SendCommandCommand({ ...inspect, ...more }))).Command?.CommandId ?? '';
  const look = (client: SSMClient, CommandId: string) =>
    client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));

  test('a command is unknown at first, then pending, then done; values travel in the environment', async () => {
    const client = ssm();
    const id = await send(client);
    expect(await name(look(client, id))).toBe('InvocationDoesNotExist');
    clock.advance(60);
    expect(await look(client, id)).toMatchObject({ Status: 'Pending', StandardOutputContent: '' });
    await settle(300);
    expect(await look(client, id)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: '{"ok":true}',
      ResponseCode: 0,
    });
    expect(runs[0]?.environment).toMatchObject({ SSM_MountPoint: '/ibdata', SSM_DefaultsFile: '', SSM_COMMAND_ID: id });
    expect(runs[0]?.script.startsWith('#!/bin/bash\n')).toBe(true);
  });

  test.each([
    [
      'a value that does not match its pattern',
      { Parameters: { ...inspect.Parameters, MountPoint: ['/a; rm -rf /'] } },
      'InvalidParameters',
    ],
    ['an unknown parameter', { Parameters: { ...inspect.Parameters, Extra: ['x'] } }, 'InvalidParameters'],
    ['an unknown document', { DocumentName: 'Holdfast-Nonsense' }, 'InvalidDocument'],
    ['an unknown instance', { InstanceIds: ['i-0123456789abcdef0'] }, 'InvalidInstanceId'],
  ])('%s is refused', async (_what, more, error) => {
    expect(await name(send(ssm(), more))).toBe(error);
  });

  test('output is cut where SSM cuts it', async () => {
    output = { stdout: 'x'.repeat(30_000), stderr: 'y'.repeat(10_000), exitCode: 1 };
    const client = ssm();
    const id = await send(client);
    await settle(400);
    const answer = await look(client, id);
    expect([answer.Status, answer.StandardOutputContent?.length, answer.StandardErrorContent?.length]).toEqual([
      'Failed',
      24_000,
      8_000,
    ]);
  });

  test('an agent that is offline never gets the command, which then times out in delivery', async () => {
    const client = ssm();
    ssmService.agentOffline(InstanceId, true);
    ssmService.agentOffline(InstanceId, false);
    await send(client);
    await settle(400);
    ssmService.agentOffline(InstanceId, true);
    const before = runs.length;
    const id = await send(client, { TimeoutSeconds: 30 });
    for (let second = 0; second < 130; second += 1) clock.advance(250);
    expect(await look(client, id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    expect(runs).toHaveLength(before);
  });

  test('cancelling, and outliving the execution time, kill the script', async () => {
    hang = true;
    const client = ssm();
    const first = await send(client);
    const second = await send(client, { Parameters: { ...inspect.Parameters, executionTimeout: ['5'] } });
    await settle(400);
    await client.send(new CancelCommandCommand({ CommandId: first }));
    await settle(6000);
    expect(await look(client, first)).toMatchObject({ Status: 'Cancelled' });
    expect(await look(client, second)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });
    expect(runs.map((one) => one.killed)).toEqual([true, true]);
  });
});

describe('S3', () => {
  const put = (client: S3Client, more = {}) =>
    client.send(
      new PutObjectCommand({ Bucket: 'receipts-bucket', Key: 'receipts/a b/é.json', Body: '{"a":1}', ...more }),
    );

  test('what was put comes back, with its checksum checked by the client', async () => {
    const client = s3();
    await put(client);
    const got = await client.send(new GetObjectCommand({ Bucket: 'receipts-bucket', Key: 'receipts/a b/é.json' }));
    expect(await got.Body?.transformToString()).toBe('{"a":1}');
    expect(got.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
  });

  test('a checksum that is not the data’s is refused, and nothing is stored', async () => {
    const client = s3();
    expect(await name(put(client, { Key: 'receipts/bad', ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest');
    expect(await name(client.send(new GetObjectCommand({ Bucket: 'receipts-bucket', Key: 'receipts/bad' })))).toBe(
      'NoSuchKey',
    );
  });

  test('conditional writes: only over the version one knows, only where nothing is', async () => {
    const client = s3();
    const { ETag } = await put(client);
    expect(await name(put(client, { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await name(put(client, { IfMatch: ETag, Body: '{"a":2}' }))).toBe('no error');
    expect(await name(put(client, { IfMatch: ETag, Body: '{"a":3}' }))).toBe('PreconditionFailed');
  });

  test('roles reach receipts only', async () => {
    const who = s3(await assume('backup'));
    expect(await name(put(who))).toBe('no error');
    expect(await name(put(who, { Key: 'elsewhere' }))).toBe('AccessDenied');
  });
});

describe('faults', () => {
  const call = () => ec2().send(new DescribeInstancesCommand({}));

  test('throttle, refuse, and the count of calls they hit', async () => {
    faults.add({
      name: 'slow',
      endpoint: 'ec2',
      operation: 'DescribeInstances',
      from: 2,
      times: 1,
      effect: { kind: 'throttle' },
    });
    expect([await name(call()), await name(call()), await name(call())]).toEqual([
      'no error',
      'RequestLimitExceeded',
      'no error',
    ]);
  });

  test('an answer that is lost had its effect; a kill before it had none', async () => {
    const client = ec2();
    const make = () => client.send(new CreateSnapshotCommand({ VolumeId: 'vol-0bbbbbbbbbbbbbbb1' }));
    const count = async () =>
      (await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.length;
    faults.add({ name: 'lost', endpoint: 'ec2', operation: 'CreateSnapshot', effect: { kind: 'lose-answer' } });
    await expect(make()).rejects.toThrow('socket hang up');
    expect(await count()).toBe(1);
    let killed = 0;
    faults.kill = () => {
      killed += 1;
    };
    faults.clear();
    faults.add({ name: 'kill', endpoint: 'ec2', operation: 'CreateSnapshot', effect: { kind: 'kill-before' } });
    await expect(make()).rejects.toThrow('socket hang up');
    expect([killed, await count()]).toEqual([1, 1]);
  });
});
