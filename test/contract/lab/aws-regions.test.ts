/** The regions of the lab's EC2, through the unmodified SDK: their content, request buckets, big ones. */
import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  paginateDescribeSnapshots,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RegionSeed } from '../../../lab/services/aws/ec2/model/seed.ts';
import { accountId, errorName, region } from './support-aws.ts';
import { far, old, past, type RotationUnderTest, seed, startRotationUnderTest, web } from './support-rotation.ts';

let lab: RotationUnderTest;
beforeEach(async () => {
  lab = await startRotationUnderTest();
});
afterEach(() => lab.stop());

describe('regions', () => {
  test('the regions of the account are listed, each with its own instances', async () => {
    const { Regions } = await lab.ec2().send(new DescribeRegionsCommand({ AllRegions: true }));
    expect(Regions?.map((one) => [one.RegionName, one.OptInStatus])).toEqual([
      [region, 'opt-in-not-required'],
      [far, 'opt-in-not-required'],
    ]);
    const filtered = { Filters: [{ Name: 'region-name', Values: ['eu-*'] }] };
    expect((await lab.ec2().send(new DescribeRegionsCommand(filtered))).Regions).toHaveLength(1);
    const { Reservations } = await lab.ec2(far).send(new DescribeInstancesCommand({}));
    expect(Reservations?.[0]?.Instances).toMatchObject([
      {
        Platform: 'windows',
        State: { Name: 'stopped' },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }, { DeviceName: 'xvdf' }],
      },
    ]);
    expect(Reservations).toHaveLength(1);
  });

  test('a region that is down answers no call, and nothing can be copied from it', async () => {
    lab.service.switches.regionsDown.add(far);
    expect(await errorName(lab.ec2(far).send(new DescribeInstancesCommand({})))).toBe('Unavailable');
    const from = (SourceRegion: string) =>
      errorName(lab.ec2().send(new CopySnapshotCommand({ SourceRegion, SourceSnapshotId: old.plain })));
    expect(await from(far)).toBe('Unavailable');
    expect(await from(region)).toBe('no error');
    lab.service.switches.regionsDown.clear();
    expect(await errorName(lab.ec2(far).send(new DescribeInstancesCommand({})))).toBe('no error');
  });
});

describe('request buckets', () => {
  const burst = async (count: number, call: () => Promise<unknown>) =>
    (await Promise.all(Array.from({ length: count }, () => errorName(call())))).filter(
      (one) => one === 'RequestLimitExceeded',
    ).length;

  test('each API has its own bucket in every region, of the size that EC2 documents', async () => {
    const here = lab.ec2();
    const there = lab.ec2(far);
    const dry = { SnapshotId: old.plain, DryRun: true };
    expect(await burst(103, () => here.send(new DescribeInstancesCommand({})))).toBe(3);
    expect(await burst(1, () => here.send(new DescribeSnapshotsCommand({})))).toBe(0);
    expect(await burst(1, () => there.send(new DescribeInstancesCommand({})))).toBe(0);
    expect(await burst(103, () => here.send(new DeleteSnapshotCommand(dry)))).toBe(3);
    const start = new StartInstancesCommand({ InstanceIds: [web], DryRun: true });
    expect(await burst(53, () => here.send(start))).toBe(3);
    lab.clock.advance(1000);
    expect(await burst(23, () => here.send(new DescribeInstancesCommand({})))).toBe(3);
    expect(await burst(8, () => here.send(new DeleteSnapshotCommand(dry)))).toBe(3);
    const tag = new CreateTagsCommand({ Resources: [web], Tags: [{ Key: 'a', Value: 'b' }], DryRun: true });
    expect(await burst(102, () => here.send(tag))).toBe(2);
    lab.clock.advance(1000);
    expect(await burst(12, () => here.send(tag))).toBe(2);
  });
});

describe('big regions', () => {
  const id = (prefix: string, at: number) => `${prefix}-0${at.toString(16).padStart(16, '0')}`;
  /** As big as the regions of the rotation's rehearsal. */
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

  async function listIds(client: EC2Client, input = {}): Promise<(string | undefined)[]> {
    const ids: (string | undefined)[] = [];
    const pages = paginateDescribeSnapshots({ client, pageSize: 1000 }, { OwnerIds: ['self'], ...input });
    for await (const one of pages) ids.push(...(one.Snapshots ?? []).map((snapshot) => snapshot.SnapshotId));
    return ids;
  }

  test('pages contain each snapshot exactly once, even while snapshots are created and deleted', async () => {
    await lab.restart({ pageSize: 1000, seed: { ...seed, regions: [big(10, 5000)] } });
    const client = lab.ec2('ap-south-1');
    const all = await listIds(client);
    expect([all.length, new Set(all).size]).toEqual([5000, 5000]);
    const automated = await listIds(client, { Filters: [{ Name: 'tag:Type', Values: ['Automated'] }] });
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
    expect(await errorName(client.send(other))).toBe('InvalidNextToken');
  });

  test('a page costs little', async () => {
    const wide = { capacity: 10_000, refill: 10_000 };
    await lab.restart({
      pageSize: 1000,
      buckets: { describe: wide },
      seed: { ...seed, regions: [big(1000, 100_000)] },
    });
    const identity = { arn: 'arn', account: accountId, role: undefined };
    const call = async (operation: string, parameters: Record<string, unknown>) => {
      const before = process.cpuUsage();
      const answer = await lab.service.handle(
        { service: 'ec2', region: 'ap-south-1', operation, parameters, identity, requestId: 'r' },
        { authorize: () => {} },
      );
      return { answer: answer as { nextToken?: string }, took: process.cpuUsage(before).user / 1000 };
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
    // The median, of the processor's time: other programs do not count. A scan for each page or record would exceed it by far.
    for (const what of ['all', 'by tag', 'volumes', 'instances']) expect(times[what]).toBeLessThan(60);
  });
});
