/** The lab's EC2 through the unmodified SDK: what it must refuse above all, and what faults do to it. */
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountId, errorName } from './support-aws.ts';
import { type HostsUnderTest, startHostsUnderTest, verification, volume } from './support-hosts.ts';

let lab: HostsUnderTest;
beforeEach(async () => {
  lab = await startHostsUnderTest();
});
afterEach(() => lab.stop());

describe('EC2', () => {
  test('snapshots progress to completed; only then can a volume be created', async () => {
    const client = lab.ec2();
    const made = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const id = made.SnapshotId ?? '';
    const state = async () => (await client.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))).Snapshots?.[0];
    expect(await state()).toMatchObject({ State: 'pending', Progress: '0%' });
    const create = new CreateVolumeCommand({ SnapshotId: id, AvailabilityZone: 'us-east-1a' });
    expect(await errorName(client.send(create))).toBe('IncorrectState');
    lab.clock.advance(1500);
    expect(await state()).toMatchObject({ State: 'pending', Progress: '50%' });
    lab.clock.advance(1600);
    expect(await state()).toMatchObject({ State: 'completed', Progress: '100%' });
    expect(await errorName(client.send(create))).toBe('no error');
  });

  test('a client token creates one volume, and refuses another request', async () => {
    const client = lab.ec2();
    const { SnapshotId } = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    lab.clock.advance(3100);
    const make = (zone: string) =>
      client.send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone: zone, ClientToken: 'one' }));
    const [first, second] = [await make('us-east-1a'), await make('us-east-1a')];
    expect(second.VolumeId).toBe(first.VolumeId);
    expect(await errorName(make('us-east-1b'))).toBe('IdempotentParameterMismatch');
  });

  test('a mounted volume stays busy until it is detached by force', async () => {
    const client = lab.ec2();
    const { SnapshotId } = await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    lab.clock.advance(3100);
    const { VolumeId = '' } = await client.send(
      new CreateVolumeCommand({ SnapshotId, AvailabilityZone: 'us-east-1a' }),
    );
    await lab.settle(1100);
    const to = { VolumeId, InstanceId: verification };
    expect(await errorName(client.send(new AttachVolumeCommand({ ...to, Device: '/dev/xvda' })))).toBe(
      'InvalidParameterValue',
    );
    await client.send(new AttachVolumeCommand({ ...to, Device: '/dev/sdf' }));
    await lab.settle(600);
    const state = async () => (await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes?.[0];
    expect((await state())?.Attachments?.[0]?.State).toBe('attached');
    expect(await errorName(client.send(new DeleteVolumeCommand({ VolumeId })))).toBe('VolumeInUse');
    lab.host.mounted = true;
    await client.send(new DetachVolumeCommand({ VolumeId }));
    await lab.settle(600);
    expect((await state())?.Attachments?.[0]?.State).toBe('busy');
    await client.send(new DetachVolumeCommand({ VolumeId, Force: true }));
    await lab.settle(600);
    expect((await state())?.State).toBe('available');
  });

  test('listings have pages, and contain public snapshots of others unless an owner is named', async () => {
    const client = lab.ec2();
    for (let count = 0; count < 3; count += 1) await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const all = await client.send(new DescribeSnapshotsCommand({}));
    expect(all.Snapshots?.filter((one) => one.OwnerId !== accountId)).toHaveLength(2);
    lab.clock.advance(60_000);
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
    expect(await errorName(lab.ec2().send(command()))).toBe(error);
  });

  test('too many snapshots of one volume in a short time are refused', async () => {
    const client = lab.ec2();
    for (let count = 0; count < 3; count += 1) await client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    expect(await errorName(client.send(new CreateSnapshotCommand({ VolumeId: volume })))).toBe(
      'SnapshotCreationPerVolumeRateExceeded',
    );
  });

  test('an empty request bucket throttles', async () => {
    const client = lab.ec2();
    const answers = await Promise.all(
      Array.from({ length: 110 }, () => errorName(client.send(new DescribeInstancesCommand({})))),
    );
    expect(answers.filter((one) => one === 'RequestLimitExceeded')).toHaveLength(10);
  });
});

describe('faults', () => {
  const call = () => lab.ec2().send(new DescribeInstancesCommand({}));

  test('a rule can skip calls and hit the next ones', async () => {
    lab.faults.add({
      name: 'slow',
      endpoint: 'ec2',
      operation: 'DescribeInstances',
      from: 2,
      times: 1,
      effect: { kind: 'throttle' },
    });
    expect([await errorName(call()), await errorName(call()), await errorName(call())]).toEqual([
      'no error',
      'RequestLimitExceeded',
      'no error',
    ]);
  });

  test('a call whose answer is lost has its effect; a kill before the call leaves none', async () => {
    const client = lab.ec2();
    const make = () => client.send(new CreateSnapshotCommand({ VolumeId: volume }));
    const count = async () =>
      (await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.length;
    lab.faults.add({ name: 'lost', endpoint: 'ec2', operation: 'CreateSnapshot', effect: { kind: 'lose-answer' } });
    await expect(make()).rejects.toThrow('socket hang up');
    expect(await count()).toBe(1);
    let killed = 0;
    lab.faults.kill = () => {
      killed += 1;
    };
    lab.faults.clear();
    lab.faults.add({ name: 'kill', endpoint: 'ec2', operation: 'CreateSnapshot', effect: { kind: 'kill-before' } });
    await expect(make()).rejects.toThrow('socket hang up');
    expect([killed, await count()]).toEqual([1, 1]);
  });
});
