/** Snapshots from creation to deletion, in two regions, with their tags and refusals. */
import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandInput,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { Scene, Side } from '../side.ts';

const missing = 'snap-0fffffffffffffff0';
const specification = (tags: Readonly<Record<string, string>>) => [
  { ResourceType: 'snapshot' as const, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
];

const describe = (side: Side, step: string, input: DescribeSnapshotsCommandInput, client: EC2Client = side.ec2) =>
  side.call(step, () => client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...input })));

export const snapshots: Scene = {
  name: 'snapshots',
  async play(side) {
    const one = await create(side);
    const [first, second] = await createSet(side);
    await lists(side, one);
    await tags(side, one, second);
    await copies(side, one);
    await refusals(side);
    for (const id of [one, first, second])
      await side.call('delete', () => side.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id })));
    await side.call('delete again', () => side.ec2.send(new DeleteSnapshotCommand({ SnapshotId: one })));
    await describe(side, 'list after the deletion', { Filters: [{ Name: 'tag:Type', Values: ['Automated'] }] });
  },
};

async function create(side: Side): Promise<string> {
  const { dataVolumeId: VolumeId } = side.world;
  const made = await side.call('create', () =>
    side.ec2.send(
      new CreateSnapshotCommand({
        VolumeId,
        Description: 'nightly',
        TagSpecifications: specification({ Type: 'Automated', Run: '1' }),
      }),
    ),
  );
  side.settle();
  await describe(side, 'when it is completed', { SnapshotIds: [made.SnapshotId ?? missing] });
  return made.SnapshotId ?? missing;
}

async function createSet(side: Side): Promise<readonly [string, string]> {
  const { instanceId: InstanceId } = side.world;
  const set = await side.call(
    'create of an instance',
    () =>
      side.ec2.send(
        new CreateSnapshotsCommand({
          InstanceSpecification: { InstanceId, ExcludeBootVolume: false },
          Description: 'db01',
          TagSpecifications: specification({ Type: 'Automated', Slot: '2026-01-01' }),
        }),
      ),
    ({ Snapshots = [] }) => ({ Snapshots: [...Snapshots].sort((a, b) => (a.VolumeSize ?? 0) - (b.VolumeSize ?? 0)) }),
  );
  side.settle();
  await side.call('create without the root', () =>
    side.ec2.send(
      new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId, ExcludeBootVolume: true }, DryRun: true }),
    ),
  );
  await side.call('create of a missing instance', () =>
    side.ec2.send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: 'i-0fffffffffffffff0' } })),
  );
  const [a, b] = set.Snapshots ?? [];
  return [a?.SnapshotId ?? missing, b?.SnapshotId ?? missing];
}

async function lists(side: Side, id: string): Promise<void> {
  await describe(side, 'by tag', { Filters: [{ Name: 'tag:Type', Values: ['Automated'] }], MaxResults: 1000 });
  await describe(side, 'by tag and tag key', {
    Filters: [
      { Name: 'tag:Type', Values: ['Automated'] },
      { Name: 'tag-key', Values: ['Slot'] },
    ],
  });
  await describe(side, 'by volume', { Filters: [{ Name: 'volume-id', Values: [side.world.dataVolumeId] }] });
  await describe(side, 'by state', {
    Filters: [
      { Name: 'status', Values: ['completed'] },
      { Name: 'tag:Type', Values: ['Automated'] },
    ],
  });
  await describe(side, 'of no tag', { Filters: [{ Name: 'tag:Type', Values: ['Manual'] }], MaxResults: 5 });
  await describe(side, 'page beside ids', { SnapshotIds: [id], MaxResults: 5 });
  await describe(side, 'page that is too small', { MaxResults: 1, Filters: [{ Name: 'tag:Run', Values: ['1'] }] });
  await describe(side, 'missing id', { SnapshotIds: [missing] });
  await describe(side, 'malformed id', { SnapshotIds: ['nonsense'] });
  await describe(side, 'unknown filter', { Filters: [{ Name: 'no-such-filter', Values: ['x'] }] });
  await describe(side, 'dry run', { DryRun: true, SnapshotIds: [id] });
}

async function tags(side: Side, id: string, other: string): Promise<void> {
  const set = (step: string, Resources: string[], Key: string, Value: string) =>
    side.call(step, () => side.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value }] })));
  await set('tag', [id], 'Verdict', 'good');
  await set('tag again', [id], 'Verdict', 'bad');
  await set('tag a missing snapshot', [missing], 'a', 'b');
  await set('tag a malformed id', ['nonsense'], 'a', 'b');
  await set("tag with AWS's prefix", [other], 'aws:a', 'b');
  await set('tag with a long key', [other], 'k'.repeat(128), 'b');
  await set('tag with a key that is too long', [other], 'k'.repeat(129), 'b');
  await set('tag with a value that is too long', [other], 'a', 'v'.repeat(257));
  const remove = (step: string, Resources: string[], tag: { Key: string; Value?: string }) =>
    side.call(step, () => side.ec2.send(new DeleteTagsCommand({ Resources, Tags: [tag] })));
  await remove('untag with another value', [id], { Key: 'Verdict', Value: 'good' });
  await describe(side, 'with its tags', { SnapshotIds: [id] });
  await remove('untag', [id], { Key: 'Verdict' });
  await remove('untag again', [id], { Key: 'Verdict' });
  await remove('untag a missing snapshot', [missing], { Key: 'Verdict' });
  await describe(side, 'without the tag', { SnapshotIds: [id] });
}

async function copies(side: Side, id: string): Promise<void> {
  const copy = (step: string, more: object = {}) =>
    side.call(step, () =>
      side.far.send(
        new CopySnapshotCommand({
          ...{ SourceRegion: 'us-east-1', SourceSnapshotId: id, Description: 'copy', Encrypted: true },
          TagSpecifications: specification({ Source_SnapshotId: 'x' }),
          ...more,
        }),
      ),
    );
  const made = await copy('copy');
  await copy('copy again');
  await copy('copy a missing snapshot', { SourceSnapshotId: missing });
  await copy('copy a malformed id', { SourceSnapshotId: 'nonsense' });
  await copy('copy as a dry run', { DryRun: true });
  side.settle();
  await describe(side, 'the copies', {}, side.far);
  await describe(side, 'the copy in the other region', { SnapshotIds: [made.SnapshotId ?? missing] });
  await side.call('delete a copy', () =>
    side.far.send(new DeleteSnapshotCommand({ SnapshotId: made.SnapshotId ?? missing })),
  );
}

async function refusals(side: Side): Promise<void> {
  const remove = (step: string, SnapshotId: string, DryRun = false) =>
    side.call(step, () => side.ec2.send(new DeleteSnapshotCommand({ SnapshotId, DryRun })));
  await remove('delete a missing snapshot', missing);
  await remove('delete a malformed id', 'nonsense');
  await remove('delete the snapshot of an AMI', side.world.imageSnapshotId);
  await remove('delete as a dry run', side.world.imageSnapshotId, true);
  const create = (step: string, VolumeId: string, more: object = {}) =>
    side.call(step, () => side.ec2.send(new CreateSnapshotCommand({ VolumeId, ...more })));
  await create('create of a missing volume', 'vol-0fffffffffffffff0');
  await create('create of a malformed id', 'nonsense');
  await create('create as a dry run', side.world.dataVolumeId, { DryRun: true });
  await side.call('create without any volume', () =>
    side.ec2.send(
      new CreateSnapshotsCommand({
        InstanceSpecification: {
          InstanceId: side.world.instanceId,
          ExcludeBootVolume: true,
          ExcludeDataVolumeIds: [side.world.dataVolumeId],
        },
      }),
    ),
  );
}
