/** What rotation asks of the lab's EC2, through the unmodified SDK: volume sets, copies, refusals, big regions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  CopySnapshotCommand,
  type CopySnapshotCommandInput,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  type CreateSnapshotsCommandInput,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  EC2Client,
  paginateDescribeSnapshots,
  type Snapshot,
  StartInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadStack } from '../../../lab/aws/cloudformation.ts';
import { createEc2, type Ec2Service } from '../../../lab/aws/ec2/ec2.ts';
import type { Ec2Options } from '../../../lab/aws/ec2/options.ts';
import { S3 } from '../../../lab/aws/s3/s3.ts';
import { type AwsLab, startAws } from '../../../lab/aws/server.ts';
import type { Authorization } from '../../../lab/aws/service.ts';
import { Sts } from '../../../lab/aws/sts.ts';
import { openCallLog } from '../../../lab/call-log.ts';
import { manualClock } from '../../../lab/clock.ts';
import type { LabClock, RegionSeed, Seed, SnapshotSeed, StoredImage } from '../../../lab/contracts.ts';
import { faultRules } from '../../../lab/faults/rules.ts';
import { accountId, region, subject, template } from './support-aws.ts';

const far = 'eu-west-1';
const key = `arn:aws:kms:${far}:${accountId}:key/11111111-2222-3333-4444-555555555555`;
const web = 'i-0a5be1d9c3f2e7a01';
const [root, data, logs] = ['vol-0aaaaaaaaaaaaaaa1', 'vol-0bbbbbbbbbbbbbbb1', 'vol-0bbbbbbbbbbbbbbb2'];
const old = {
  plain: 'snap-0000000000000000a',
  pending: 'snap-0000000000000000b',
  archived: 'snap-0000000000000000c',
  failed: 'snap-0000000000000000d',
  ofImage: 'snap-0000000000000000e',
  locked: 'snap-0000000000000000f',
};

const startedAt = new Date('2026-01-02T03:04:05Z');
const past = (id: string, more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
  id,
  volumeId: data,
  startedAt,
  sizeGiB: 10,
  tags: { Type: 'Automated' },
  ...more,
});

const seed: Seed = {
  region,
  accountId,
  instances: [
    {
      id: web,
      name: 'web01',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: {},
      rootVolumeId: root,
      rootVolumeTags: { disk: 'root' },
      volumes: [
        { id: data, device: '/dev/sdf', image: { path: 'data', sizeGiB: 10 }, tags: { disk: 'data', 'aws:x': 'y' } },
        { id: logs, device: '/dev/sdg', image: { path: 'logs', sizeGiB: 2 }, tags: { disk: 'logs' } },
      ],
    },
  ],
  snapshots: [
    past(old.plain, { fullSizeBytes: 5_000_000_000 }),
    past(old.pending, { state: 'pending' }),
    past(old.archived, { tier: 'archive' }),
    past(old.failed, { state: 'error' }),
    past(old.ofImage, { encrypted: true, kmsKeyId: 'alias/home' }),
    past(old.locked, { lock: 'governance' }),
  ],
  images: [{ id: 'ami-00000000000000001', name: 'golden', snapshotIds: [old.ofImage] }],
  regions: [
    {
      region: far,
      instances: [
        {
          id: 'i-0f84c6b27d1e93a02',
          name: 'win01',
          state: 'stopped',
          zone: 'eu-west-1a',
          type: 'm5.large',
          platform: 'windows',
          tags: {},
          rootVolumeId: 'vol-0aaaaaaaaaaaaaaa2',
          volumes: [{ id: 'vol-0ccccccccccccccc1', device: 'xvdf', sizeGiB: 30, tags: {} }],
        },
      ],
      kmsKeys: [key, 'alias/copies'],
    },
  ],
};

let directory: string;
let clock: LabClock;
let service: Ec2Service;
let aws: AwsLab;
let sts: Sts;
let clients: EC2Client[] = [];
/** Images the room holds copies of, and the source whose copying fails. */
let stored: Set<string>;
let unreadable: string | undefined;

const storage = {
  copy: async (image: StoredImage, name: string) => {
    if (image.path === unreadable) throw new Error(`${image.path} cannot be read`);
    stored.add(name);
    return { path: name, sizeGiB: image.sizeGiB };
  },
  remove: async (image: StoredImage) => void stored.delete(image.path),
};
const room = { storage, host: () => undefined };

async function start(options: Partial<Ec2Options> = {}): Promise<void> {
  await aws?.stop();
  const stack = loadStack(template, { region, accountId, parameters: { Subjects: subject } });
  sts = new Sts({ clock, accountId, stack, issuer: 'http://127.0.0.1:9' });
  service = createEc2({ clock, room, seed, ...options });
  aws = await startAws({
    clock,
    log: openCallLog(join(directory, 'calls.jsonl')),
    faults: faultRules(),
    stack,
    sts,
    s3: new S3(join(directory, 's3'), stack.buckets),
    services: [service],
  });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-rotation-'));
  clock = manualClock();
  stored = new Set();
  unreadable = undefined;
  await start();
});

afterEach(async () => {
  for (const one of clients) one.destroy();
  clients = [];
  await aws.stop();
  rmSync(directory, { recursive: true, force: true });
});

function ec2(where = region): EC2Client {
  const { accessKeyId, secretAccessKey } = sts.administrator;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new EC2Client({ region: where, endpoint: aws.url, maxAttempts: 1, credentials });
  clients.push(client);
  return client;
}

/** The name of the error a call ends with. */
function name(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.name,
  );
}

function tagsOf(one: { Tags?: Tag[] | undefined } | undefined): Record<string, string> {
  return Object.fromEntries((one?.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

const specification = (tags: Record<string, string>): CopySnapshotCommandInput['TagSpecifications'] => [
  { ResourceType: 'snapshot', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
];

async function snapshot(id: string, where = region): Promise<Snapshot | undefined> {
  return (await ec2(where).send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))).Snapshots?.[0];
}

async function own(where = region): Promise<Snapshot[]> {
  return (await ec2(where).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [];
}

describe('CreateSnapshots', () => {
  const take = (
    instance: Partial<CreateSnapshotsCommandInput['InstanceSpecification']> = {},
    more: Partial<CreateSnapshotsCommandInput> = {},
  ) => ec2().send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: web, ...instance }, ...more }));

  test('one of every volume, at one moment, each with its volume’s tags and the request’s', async () => {
    const { Snapshots = [] } = await take(
      {},
      { Description: 'nightly', CopyTagsFromSource: 'volume', TagSpecifications: specification({ run: '7' }) },
    );
    expect(Snapshots.map((one) => [one.VolumeId, one.State, one.VolumeSize, one.Description, tagsOf(one)])).toEqual([
      [root, 'pending', 8, 'nightly', { disk: 'root', run: '7' }],
      [data, 'pending', 10, 'nightly', { disk: 'data', run: '7' }],
      [logs, 'pending', 2, 'nightly', { disk: 'logs', run: '7' }],
    ]);
    expect(new Set(Snapshots.map((one) => one.StartTime?.getTime())).size).toBe(1);
    for (const one of Snapshots) expect(tagsOf(await snapshot(one.SnapshotId ?? ''))).toEqual(tagsOf(one));
    clock.advance(3100);
    expect((await snapshot(Snapshots[1]?.SnapshotId ?? ''))?.State).toBe('completed');
    expect(stored.size).toBe(2);
  });

  test('without the volumes that are excluded', async () => {
    const volumes = async (...given: Parameters<typeof take>) =>
      (await take(...given)).Snapshots?.map((one) => one.VolumeId);
    expect(await volumes({ ExcludeBootVolume: true })).toEqual([data, logs]);
    expect(await volumes({ ExcludeDataVolumeIds: [data] })).toEqual([root, logs]);
    expect(await volumes({ ExcludeBootVolume: true, ExcludeDataVolumeIds: [logs] })).toEqual([data]);
  });

  test.each<[string, Parameters<typeof take>, string]>([
    ['the root volume among the data volumes', [{ ExcludeDataVolumeIds: [root] }], 'InvalidParameterCombination'],
    ['too many exclusions', [{ ExcludeDataVolumeIds: Array(41).fill(data) }], 'InvalidParameterValue'],
    ['a volume that is not there', [{ ExcludeDataVolumeIds: ['vol-0123456789abcdef0'] }], 'InvalidVolume.NotFound'],
    ['nothing left', [{ ExcludeBootVolume: true, ExcludeDataVolumeIds: [data, logs] }], 'InvalidParameterCombination'],
    ['no such instance', [{ InstanceId: 'i-0123456789abcdef0' }], 'InvalidInstanceID.NotFound'],
    [
      'a tag that a volume has too',
      [{}, { CopyTagsFromSource: 'volume', TagSpecifications: specification({ disk: 'mine' }) }],
      'InvalidParameterValue',
    ],
    [
      'more tags than fit',
      [
        {},
        {
          CopyTagsFromSource: 'volume',
          TagSpecifications: specification(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`t${at}`, 'x']))),
        },
      ],
      'TagLimitExceeded',
    ],
    ['a dry run', [{}, { DryRun: true }], 'DryRunOperation'],
  ])('refuses %s, and makes nothing', async (_what, given, error) => {
    const before = (await own()).length;
    expect(await name(take(...given))).toBe(error);
    expect(await own()).toHaveLength(before);
  });

  test('makes none when one volume may not begin another', async () => {
    await start({ snapshotsPerVolume: 2 });
    for (let count = 0; count < 2; count += 1) await ec2().send(new CreateSnapshotCommand({ VolumeId: logs }));
    const before = (await own()).length;
    expect(await name(take())).toBe('SnapshotCreationPerVolumeRateExceeded');
    expect(await own()).toHaveLength(before);
    // The refusal has used up nothing of the other volumes.
    for (let count = 0; count < 2; count += 1) await take({ ExcludeDataVolumeIds: [logs] });
    clock.advance(60_000);
    expect(await name(take())).toBe('no error');
  });

  test('makes none when one volume has its five pending ones, even when asked many times at once', async () => {
    await start({ snapshotsPerVolume: 100 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => name(take({ ExcludeBootVolume: true }))));
    // The seeded pending one of the data volume is the fifth.
    expect(answers.filter((one) => one === 'no error')).toHaveLength(4);
    expect(answers.filter((one) => one === 'ConcurrentSnapshotLimitExceeded')).toHaveLength(4);
    expect((await own()).filter((one) => one.VolumeId === logs)).toHaveLength(4);
  });

  test('makes none when the data of one cannot be copied', async () => {
    unreadable = 'logs';
    const before = (await own()).length;
    const error = console.error;
    const said: string[] = [];
    console.error = (...words: unknown[]) => void said.push(words.join(' '));
    await expect(take())
      .rejects.toThrow('socket hang up')
      .finally(() => {
        console.error = error;
      });
    expect(said).toEqual(['lab: the AWS endpoint failed inside the lab: Error: logs cannot be read']);
    expect(await own()).toHaveLength(before);
    expect(stored.size).toBe(0);
  });

  test('takes the volumes of this moment, of a stopped instance too, but not of one between states', async () => {
    const InstanceId = 'i-0f84c6b27d1e93a02';
    const there = ec2(far);
    const volumes = async () =>
      (await there.send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId } }))).Snapshots?.map(
        (one) => one.VolumeId,
      );
    expect(await volumes()).toEqual(['vol-0aaaaaaaaaaaaaaa2', 'vol-0ccccccccccccccc1']);
    const [SnapshotId] = (await own(far)).map((one) => one.SnapshotId);
    clock.advance(3100);
    const made = await there.send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone: 'eu-west-1a' }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(1100);
    await there.send(new AttachVolumeCommand({ VolumeId: made.VolumeId, InstanceId, Device: '/dev/sdh' }));
    clock.advance(600);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { Volumes } = await there.send(new DescribeVolumesCommand({ VolumeIds: [made.VolumeId ?? ''] }));
    expect(Volumes?.[0]?.Attachments?.[0]?.State).toBe('attached');
    expect(await volumes()).toContain(made.VolumeId);
    await there.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await name(volumes())).toBe('IncorrectState');
  });

  test('asks the policies about the instance, its volumes, the snapshots and their tags', async () => {
    const asked = await questions('CreateSnapshots', {
      InstanceSpecification: { InstanceId: web, ExcludeBootVolume: 'true' },
      TagSpecification: [{ ResourceType: 'snapshot', Tag: [{ Key: 'run', Value: '7' }] }],
    });
    const here = `arn:aws:ec2:${region}:${accountId}`;
    expect(asked.map((one) => [one.action, one.resources[0]])).toEqual([
      ['ec2:CreateSnapshots', `${here}:instance/${web}`],
      ['ec2:CreateSnapshots', `${here}:volume/${data}`],
      ['ec2:CreateSnapshots', `${here}:volume/${logs}`],
      ['ec2:CreateSnapshots', `arn:aws:ec2:${region}::snapshot/*`],
      ['ec2:CreateTags', `arn:aws:ec2:${region}::snapshot/*`],
    ]);
    expect(asked[1]?.conditions).toMatchObject({ 'aws:ResourceTag/disk': 'data' });
    expect(asked[3]?.conditions).toMatchObject({ 'aws:RequestTag/run': '7', 'aws:TagKeys': ['run'] });
    expect(asked[4]?.conditions).toMatchObject({ 'aws:RequestTag/run': '7', 'ec2:CreateAction': 'CreateSnapshots' });
  });
});

/** What an operation asks the policies. */
async function questions(operation: string, parameters: Record<string, unknown>, where = region) {
  const asked: Authorization[] = [];
  const identity = { arn: 'arn', account: accountId, role: 'keeper' };
  await service.handle(
    { service: 'ec2', region: where, operation, parameters, identity, requestId: 'r' },
    { authorize: (question) => void asked.push(question) },
  );
  return asked;
}

describe('CopySnapshot', () => {
  const copy = (SourceSnapshotId: string = old.plain, more: Partial<CopySnapshotCommandInput> = {}, where = far) =>
    ec2(where).send(new CopySnapshotCommand({ SourceRegion: region, SourceSnapshotId, ...more }));

  test('begins now, of no known volume, with the request’s tags and never the source’s', async () => {
    const { SnapshotId = '', Tags } = await copy(old.plain, {
      Description: 'far away',
      TagSpecifications: specification({ of: old.plain }),
    });
    expect(tagsOf({ Tags })).toEqual({ of: old.plain });
    const begun = await snapshot(SnapshotId, far);
    expect(begun).toMatchObject({
      State: 'pending',
      VolumeId: 'vol-ffffffff',
      VolumeSize: 10,
      Description: 'far away',
      Encrypted: false,
      FullSnapshotSizeInBytes: 5_000_000_000,
    });
    expect(tagsOf(begun)).toEqual({ of: old.plain });
    expect(begun?.StartTime).toEqual(clock.now());
    clock.advance(3100);
    expect(await snapshot(SnapshotId, far)).toMatchObject({ State: 'completed', Progress: '100%' });
    const untagged = await copy();
    expect(tagsOf(await snapshot(untagged.SnapshotId ?? '', far))).toEqual({});
  });

  test('holds the source’s data', async () => {
    const { SnapshotId = '' } = await ec2().send(new CreateSnapshotCommand({ VolumeId: logs }));
    expect(await name(copy(SnapshotId))).toBe('IncorrectState');
    clock.advance(3100);
    const copied = await copy(SnapshotId);
    await ec2().send(new DeleteSnapshotCommand({ SnapshotId }));
    expect([...stored]).toEqual([copied.SnapshotId]);
  });

  test.each<[string, Parameters<typeof copy>, string]>([
    ['a pending source', [old.pending], 'IncorrectState'],
    ['a failed source', [old.failed], 'IncorrectState'],
    ['an archived source', [old.archived], 'IncorrectState'],
    ['a source that is not there', ['snap-0123456789abcdef0'], 'InvalidSnapshot.NotFound'],
    ['somebody else’s', ['snap-0feedfeedfeedfee1'], 'InvalidSnapshot.NotFound'],
    ['a source in another region than named', [old.plain, { SourceRegion: far }], 'InvalidSnapshot.NotFound'],
    ['a key for a copy that is not encrypted', [old.plain, { KmsKeyId: key }], 'InvalidParameterDependency'],
    ['a dry run', [old.plain, { DryRun: true }], 'DryRunOperation'],
  ])('refuses %s', async (_what, given, error) => {
    expect(await name(copy(...given))).toBe(error);
    expect(await own(far)).toEqual([]);
  });

  test('no more at once than a region allows', async () => {
    const answers = await Promise.all(Array.from({ length: 22 }, () => name(copy())));
    expect(answers.filter((one) => one === 'ResourceLimitExceeded')).toHaveLength(2);
    expect(await own(far)).toHaveLength(20);
    // Another region's copies do not count, and those that are done neither.
    expect(await name(copy(old.plain, {}, region))).toBe('no error');
    clock.advance(3100);
    expect(await name(copy())).toBe('no error');
    await start({ copiesAtOnce: 1 });
    expect([await name(copy()), await name(copy())]).toEqual(['no error', 'ResourceLimitExceeded']);
  });

  test.each([
    ['by its ARN', key, key],
    ['by its id', key.split('/')[1], key],
    ['by an alias', 'alias/copies', `arn:aws:kms:${far}:${accountId}:alias/copies`],
    ['none given', undefined, `arn:aws:kms:${far}:${accountId}:alias/aws/ebs`],
  ])('encrypts with a key of the destination: %s', async (_how, KmsKeyId, expected) => {
    const { SnapshotId = '' } = await copy(old.plain, { Encrypted: true, KmsKeyId });
    clock.advance(3100);
    expect(await snapshot(SnapshotId, far)).toMatchObject({ State: 'completed', Encrypted: true, KmsKeyId: expected });
  });

  test('a key that is not there is noticed only later', async () => {
    const { SnapshotId = '' } = await copy(old.plain, { Encrypted: true, KmsKeyId: 'alias/nonsense' });
    expect((await snapshot(SnapshotId, far))?.State).toBe('pending');
    clock.advance(3100);
    expect(await snapshot(SnapshotId, far)).toMatchObject({
      State: 'error',
      StateMessage: 'Given key ID is not accessible',
    });
    expect(await name(ec2(far).send(new DeleteSnapshotCommand({ SnapshotId })))).toBe('no error');
  });

  test('an encrypted source stays encrypted; copies can be made to fail', async () => {
    service.switches.copiesFail = true;
    const { SnapshotId = '' } = await copy(old.ofImage);
    service.switches.copiesFail = false;
    const good = await copy(old.ofImage);
    clock.advance(3100);
    expect(await snapshot(SnapshotId, far)).toMatchObject({ State: 'error', Encrypted: true });
    expect(await snapshot(good.SnapshotId ?? '', far)).toMatchObject({ State: 'completed', Encrypted: true });
  });

  test('asks the policies about the source, the copy and its tags', async () => {
    const tags = [{ ResourceType: 'snapshot', Tag: [{ Key: 'of', Value: 'x' }] }];
    const asked = await questions(
      'CopySnapshot',
      { SourceRegion: region, SourceSnapshotId: old.plain, TagSpecification: tags },
      far,
    );
    expect(asked.map((one) => [one.action, one.resources[0]])).toEqual([
      ['ec2:CopySnapshot', `arn:aws:ec2:${region}::snapshot/${old.plain}`],
      ['ec2:CopySnapshot', `arn:aws:ec2:${far}::snapshot/*`],
      ['ec2:CreateTags', `arn:aws:ec2:${far}::snapshot/*`],
    ]);
    expect(asked[0]?.conditions).toMatchObject({ 'aws:ResourceTag/Type': 'Automated', 'aws:RequestedRegion': far });
    expect(asked[1]?.conditions).toMatchObject({ 'aws:RequestTag/of': 'x' });
    expect(asked[2]?.conditions).toMatchObject({ 'ec2:CreateAction': 'CopySnapshot' });
  });
});

describe('what is deleted, and what is not', () => {
  test.each([
    [old.plain, 'no error'],
    [old.archived, 'no error'],
    [old.failed, 'no error'],
    [old.ofImage, 'InvalidSnapshot.InUse'],
    [old.locked, 'SnapshotLocked'],
    ['snap-0feedfeedfeedfee1', 'InvalidSnapshot.NotFound'],
  ])('%s: %s', async (SnapshotId, answer) => {
    const before = (await own()).length;
    expect(await name(ec2().send(new DeleteSnapshotCommand({ SnapshotId })))).toBe(answer);
    expect(await own()).toHaveLength(before - (answer === 'no error' ? 1 : 0));
  });

  test('images say which snapshots they use, locks which they hold, tiers which are archived', async () => {
    const { Images } = await ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(Images).toMatchObject([
      {
        ImageId: 'ami-00000000000000001',
        Name: 'golden',
        OwnerId: accountId,
        State: 'available',
        BlockDeviceMappings: [{ Ebs: { SnapshotId: old.ofImage } }],
      },
    ]);
    expect((await ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images ?? []).toEqual([]);
    const locked = async (state: string) =>
      (
        await ec2().send(new DescribeLockedSnapshotsCommand({ Filters: [{ Name: 'lock-state', Values: [state] }] }))
      ).Snapshots?.map((one) => [one.SnapshotId, one.LockState, one.LockCreatedOn]);
    expect(await locked('governance')).toEqual([[old.locked, 'governance', startedAt]]);
    expect((await locked('compliance')) ?? []).toEqual([]);
    const { Snapshots } = await ec2().send(
      new DescribeSnapshotsCommand({ Filters: [{ Name: 'storage-tier', Values: ['archive'] }] }),
    );
    expect(Snapshots?.map((one) => [one.SnapshotId, one.StorageTier])).toEqual([[old.archived, 'archive']]);
  });

  test('tags have a limit, and wildcards in filters are wildcards', async () => {
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `t${at}`, Value: 'x' }));
    expect(await name(ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags })))).toBe('TagLimitExceeded');
    expect(tagsOf(await snapshot(old.plain))).toEqual({ Type: 'Automated' });
    await ec2().send(new CreateTagsCommand({ Resources: [old.plain], Tags: [{ Key: 'Type', Value: 'a*b.c' }] }));
    const found = async (value: string) =>
      (
        await ec2().send(new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:Type', Values: [value] }] }))
      ).Snapshots?.map((one) => one.SnapshotId) ?? [];
    expect(await found('a?b.*')).toEqual([old.plain]);
    expect(await found('a\\*b.c')).toEqual([old.plain]);
    expect(await found('a\\?b.c')).toEqual([]);
    const { Tags: tags } = await ec2().send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [old.plain] }] }),
    );
    expect(tags).toMatchObject([{ ResourceId: old.plain, ResourceType: 'snapshot', Key: 'Type', Value: 'a*b.c' }]);
  });
});

describe('regions', () => {
  test('those of the account are listed, and hold what is theirs', async () => {
    const { Regions } = await ec2().send(new DescribeRegionsCommand({ AllRegions: true }));
    expect(Regions?.map((one) => [one.RegionName, one.OptInStatus])).toEqual([
      [region, 'opt-in-not-required'],
      [far, 'opt-in-not-required'],
    ]);
    const filtered = { Filters: [{ Name: 'region-name', Values: ['eu-*'] }] };
    expect((await ec2().send(new DescribeRegionsCommand(filtered))).Regions).toHaveLength(1);
    const { Reservations } = await ec2(far).send(new DescribeInstancesCommand({}));
    expect(Reservations?.[0]?.Instances).toMatchObject([
      {
        Platform: 'windows',
        State: { Name: 'stopped' },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }, { DeviceName: 'xvdf' }],
      },
    ]);
    expect(Reservations).toHaveLength(1);
  });

  test('one that is down answers nothing, nor is anything copied from it', async () => {
    service.switches.regionsDown.add(far);
    expect(await name(ec2(far).send(new DescribeInstancesCommand({})))).toBe('Unavailable');
    const from = (SourceRegion: string) =>
      name(ec2().send(new CopySnapshotCommand({ SourceRegion, SourceSnapshotId: old.plain })));
    expect(await from(far)).toBe('Unavailable');
    expect(await from(region)).toBe('no error');
    service.switches.regionsDown.clear();
    expect(await name(ec2(far).send(new DescribeInstancesCommand({})))).toBe('no error');
  });
});

describe('request buckets', () => {
  const burst = async (count: number, call: () => Promise<unknown>) =>
    (await Promise.all(Array.from({ length: count }, () => name(call())))).filter(
      (one) => one === 'RequestLimitExceeded',
    ).length;

  test('each API has its own, in every region, with the size EC2 gives it', async () => {
    const here = ec2();
    const there = ec2(far);
    const dry = { SnapshotId: old.plain, DryRun: true };
    expect(await burst(103, () => here.send(new DescribeInstancesCommand({})))).toBe(3);
    expect(await burst(1, () => here.send(new DescribeSnapshotsCommand({})))).toBe(0);
    expect(await burst(1, () => there.send(new DescribeInstancesCommand({})))).toBe(0);
    expect(await burst(103, () => here.send(new DeleteSnapshotCommand(dry)))).toBe(3);
    const start = new StartInstancesCommand({ InstanceIds: [web], DryRun: true });
    expect(await burst(53, () => here.send(start))).toBe(3);
    clock.advance(1000);
    expect(await burst(23, () => here.send(new DescribeInstancesCommand({})))).toBe(3);
    expect(await burst(8, () => here.send(new DeleteSnapshotCommand(dry)))).toBe(3);
    const tag = new CreateTagsCommand({ Resources: [web], Tags: [{ Key: 'a', Value: 'b' }], DryRun: true });
    expect(await burst(102, () => here.send(tag))).toBe(2);
    clock.advance(1000);
    expect(await burst(12, () => here.send(tag))).toBe(2);
  });
});

describe('big regions', () => {
  const id = (prefix: string, at: number) => `${prefix}-0${at.toString(16).padStart(16, '0')}`;
  /** The weight that the lab must carry: see the rehearsals of rotation. */
  const big = (instances: number, snapshots: number): RegionSeed => ({
    region: 'ap-south-1',
    instances: Array.from({ length: instances }, (_, at) => ({
      id: id('i', at),
      name: `host${at}`,
      state: 'running',
      zone: 'ap-south-1a',
      type: 'm5.large',
      tags: {},
      rootVolumeId: id('vol', at * 5),
      volumes: [1, 2, 3, 4].map((disk) => ({
        id: id('vol', at * 5 + disk),
        device: `/dev/sd${'efghi'[disk]}`,
        sizeGiB: 100,
        tags: {},
      })),
    })),
    snapshots: Array.from({ length: snapshots }, (_, at) =>
      past(id('snap', at), {
        volumeId: id('vol', at % (instances * 5)),
        tags: { Type: at % 2 === 0 ? 'Automated' : 'Manual', host: `host${at % instances}` },
      }),
    ),
  });

  async function ids(client: EC2Client, input = {}): Promise<(string | undefined)[]> {
    const found: (string | undefined)[] = [];
    const pages = paginateDescribeSnapshots({ client, pageSize: 1000 }, { OwnerIds: ['self'], ...input });
    for await (const one of pages) found.push(...(one.Snapshots ?? []).map((snapshot) => snapshot.SnapshotId));
    return found;
  }

  test('pages give each snapshot exactly once, whatever comes and goes meanwhile', async () => {
    await start({ pageSize: 1000, seed: { ...seed, regions: [big(10, 5000)] } });
    const client = ec2('ap-south-1');
    const all = await ids(client);
    expect([all.length, new Set(all).size]).toEqual([5000, 5000]);
    const automated = await ids(client, { Filters: [{ Name: 'tag:Type', Values: ['Automated'] }] });
    expect([automated.length, new Set(automated).size]).toEqual([2500, 2500]);
    const input = { OwnerIds: ['self'], MaxResults: 1000 };
    const first = await client.send(new DescribeSnapshotsCommand(input));
    for (const at of [0, 1, 1500]) await client.send(new DeleteSnapshotCommand({ SnapshotId: id('snap', at) }));
    await client.send(new CreateSnapshotCommand({ VolumeId: id('vol', 1) }));
    const page = () => client.send(new DescribeSnapshotsCommand({ ...input, NextToken: first.NextToken }));
    const second = await page();
    expect(second.Snapshots?.map((one) => one.SnapshotId)).toEqual(
      all.slice(1000, 2000).filter((one) => one !== id('snap', 1500)),
    );
    // A lost answer can be asked for again; a token is of its own listing only.
    expect((await page()).Snapshots).toHaveLength(999);
    const other = new DescribeSnapshotsCommand({ MaxResults: 1000, NextToken: first.NextToken });
    expect(await name(client.send(other))).toBe('InvalidNextToken');
  });

  test('a page costs little', async () => {
    const wide = { capacity: 10_000, refill: 10_000 };
    await start({
      pageSize: 1000,
      buckets: { describe: wide },
      seed: { ...seed, regions: [big(1000, 100_000)] },
    });
    const identity = { arn: 'arn', account: accountId, role: undefined };
    const call = async (operation: string, parameters: Record<string, unknown>) => {
      const began = performance.now();
      const answer = await service.handle(
        { service: 'ec2', region: 'ap-south-1', operation, parameters, identity, requestId: 'r' },
        { authorize: () => {} },
      );
      return { answer: answer as { nextToken?: string }, took: performance.now() - began };
    };
    const times: Record<string, number> = {};
    for (const [what, operation, more] of [
      ['all', 'DescribeSnapshots', { Owner: ['self'] }],
      ['by tag', 'DescribeSnapshots', { Owner: ['self'], Filter: [{ Name: 'tag:Type', Value: ['Auto*'] }] }],
      ['volumes', 'DescribeVolumes', { Filter: [{ Name: 'attachment.instance-id', Value: ['i-*'] }] }],
      ['instances', 'DescribeInstances', {}],
    ] as const) {
      const took: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await call(operation, { ...more, MaxResults: '1000', ...(NextToken ? { NextToken } : {}) });
        took.push(page.took);
        NextToken = page.answer.nextToken;
      } while (NextToken !== undefined);
      times[what] = took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? Number.NaN;
      times[`${what}, slowest`] = took.at(-1) ?? Number.NaN;
    }
    if (process.env.SHOW_TIMES) console.log(times);
    // The median, with room for a busy machine: what must not come back are scans per page or per record.
    for (const what of ['all', 'by tag', 'volumes', 'instances']) expect(times[what]).toBeLessThan(60);
  });
});
