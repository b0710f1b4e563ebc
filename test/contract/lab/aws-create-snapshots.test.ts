/** CreateSnapshots in the lab's EC2, through the unmodified SDK: all volumes of an instance, or none. */
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  type CreateSnapshotsCommandInput,
  CreateVolumeCommand,
  DescribeVolumesCommand,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountId, errorName, region } from './support-aws.ts';
import {
  data,
  far,
  logs,
  type RotationUnderTest,
  root,
  specification,
  startRotationUnderTest,
  tagsOf,
  web,
} from './support-rotation.ts';

let lab: RotationUnderTest;
beforeEach(async () => {
  lab = await startRotationUnderTest();
});
afterEach(() => lab.stop());

describe('CreateSnapshots', () => {
  const create = (
    instance: Partial<CreateSnapshotsCommandInput['InstanceSpecification']> = {},
    more: Partial<CreateSnapshotsCommandInput> = {},
  ) => lab.ec2().send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: web, ...instance }, ...more }));

  test('creates one of every volume at one moment, each with the tags of its volume and of the request', async () => {
    const { Snapshots = [] } = await create(
      {},
      { Description: 'nightly', CopyTagsFromSource: 'volume', TagSpecifications: specification({ run: '7' }) },
    );
    expect(Snapshots.map((one) => [one.VolumeId, one.State, one.VolumeSize, one.Description, tagsOf(one)])).toEqual([
      [root, 'pending', 8, 'nightly', { disk: 'root', run: '7' }],
      [data, 'pending', 10, 'nightly', { disk: 'data', run: '7' }],
      [logs, 'pending', 2, 'nightly', { disk: 'logs', run: '7' }],
    ]);
    expect(new Set(Snapshots.map((one) => one.StartTime?.getTime())).size).toBe(1);
    for (const one of Snapshots) expect(tagsOf(await lab.snapshot(one.SnapshotId ?? ''))).toEqual(tagsOf(one));
    lab.clock.advance(3100);
    expect((await lab.snapshot(Snapshots[1]?.SnapshotId ?? ''))?.State).toBe('completed');
    expect(lab.stored.size).toBe(2);
  });

  test('leaves out excluded volumes', async () => {
    const volumes = async (...given: Parameters<typeof create>) =>
      (await create(...given)).Snapshots?.map((one) => one.VolumeId);
    expect(await volumes({ ExcludeBootVolume: true })).toEqual([data, logs]);
    expect(await volumes({ ExcludeDataVolumeIds: [data] })).toEqual([root, logs]);
    expect(await volumes({ ExcludeBootVolume: true, ExcludeDataVolumeIds: [logs] })).toEqual([data]);
  });

  test.each<[string, Parameters<typeof create>, string]>([
    ['the root volume among the data volumes', [{ ExcludeDataVolumeIds: [root] }], 'InvalidParameterCombination'],
    ['too many exclusions', [{ ExcludeDataVolumeIds: Array(41).fill(data) }], 'InvalidParameterValue'],
    ['an unknown volume', [{ ExcludeDataVolumeIds: ['vol-0123456789abcdef0'] }], 'InvalidVolume.NotFound'],
    ['nothing left', [{ ExcludeBootVolume: true, ExcludeDataVolumeIds: [data, logs] }], 'InvalidParameterCombination'],
    ['an unknown instance', [{ InstanceId: 'i-0123456789abcdef0' }], 'InvalidInstanceID.NotFound'],
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
  ])('refuses %s, and creates nothing', async (_what, given, error) => {
    const before = (await lab.own()).length;
    expect(await errorName(create(...given))).toBe(error);
    expect(await lab.own()).toHaveLength(before);
  });

  test('creates none when one volume has reached its rate limit', async () => {
    await lab.restart({ snapshotsPerVolume: 2 });
    for (let count = 0; count < 2; count += 1) await lab.ec2().send(new CreateSnapshotCommand({ VolumeId: logs }));
    const before = (await lab.own()).length;
    expect(await errorName(create())).toBe('SnapshotCreationPerVolumeRateExceeded');
    expect(await lab.own()).toHaveLength(before);
    // The refusal has not used up the limit of the other volumes.
    for (let count = 0; count < 2; count += 1) await create({ ExcludeDataVolumeIds: [logs] });
    lab.clock.advance(60_000);
    expect(await errorName(create())).toBe('no error');
  });

  test('creates none when one volume has five pending ones, even for many calls at once', async () => {
    await lab.restart({ snapshotsPerVolume: 100 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => errorName(create({ ExcludeBootVolume: true }))));
    // The pending one that is seeded for the data volume is the fifth.
    expect(answers.filter((one) => one === 'no error')).toHaveLength(4);
    expect(answers.filter((one) => one === 'ConcurrentSnapshotLimitExceeded')).toHaveLength(4);
    expect((await lab.own()).filter((one) => one.VolumeId === logs)).toHaveLength(4);
  });

  test('creates none when the data of one volume cannot be copied', async () => {
    lab.unreadable = 'logs';
    const before = (await lab.own()).length;
    const error = console.error;
    const said: string[] = [];
    console.error = (...words: unknown[]) => void said.push(words.join(' '));
    await expect(create())
      .rejects.toThrow('socket hang up')
      .finally(() => {
        console.error = error;
      });
    expect(said).toEqual(['lab: ec2:CreateSnapshots failed inside the lab: Error: logs cannot be read']);
    expect(await lab.own()).toHaveLength(before);
    expect(lab.stored.size).toBe(0);
  });

  test('uses the volumes attached now; the instance may be stopped, but not between two states', async () => {
    const InstanceId = 'i-0f84c6b27d1e93a02';
    const there = lab.ec2(far);
    const volumes = async () =>
      (await there.send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId } }))).Snapshots?.map(
        (one) => one.VolumeId,
      );
    expect(await volumes()).toEqual(['vol-0aaaaaaaaaaaaaaa2', 'vol-0ccccccccccccccc1']);
    const [SnapshotId] = (await lab.own(far)).map((one) => one.SnapshotId);
    lab.clock.advance(3100);
    const made = await there.send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone: 'eu-west-1a' }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    lab.clock.advance(1100);
    await there.send(new AttachVolumeCommand({ VolumeId: made.VolumeId, InstanceId, Device: '/dev/sdh' }));
    lab.clock.advance(600);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { Volumes } = await there.send(new DescribeVolumesCommand({ VolumeIds: [made.VolumeId ?? ''] }));
    expect(Volumes?.[0]?.Attachments?.[0]?.State).toBe('attached');
    expect(await volumes()).toContain(made.VolumeId);
    await there.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await errorName(volumes())).toBe('IncorrectState');
  });

  test('asks the policies about the instance, its volumes, the snapshots and their tags', async () => {
    const asked = await lab.questions('CreateSnapshots', {
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
