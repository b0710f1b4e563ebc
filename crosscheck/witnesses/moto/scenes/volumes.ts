/** Volumes as a proof uses them: made from a snapshot, attached, detached, deleted. */
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  DetachVolumeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Scene, Side } from '../side.ts';

const missing = 'vol-0fffffffffffffff0';
const describe = (side: Side, step: string, input: DescribeVolumesCommandInput) =>
  side.call(step, () => side.ec2.send(new DescribeVolumesCommand(input)));

export const volumes: Scene = {
  name: 'volumes',
  async play(side) {
    const { dataVolumeId, instanceId, rootVolumeId } = side.world;
    await describe(side, 'all', { MaxResults: 1000 });
    await describe(side, 'by id', { VolumeIds: [dataVolumeId] });
    await describe(side, 'by ids as a filter', {
      Filters: [{ Name: 'volume-id', Values: [dataVolumeId, missing] }],
      MaxResults: 1000,
    });
    await describe(side, 'of an instance', { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] });
    await describe(side, 'missing id', { VolumeIds: [missing] });
    await describe(side, 'malformed id', { VolumeIds: ['nonsense'] });
    await describe(side, 'page beside ids', { VolumeIds: [dataVolumeId], MaxResults: 500 });
    const { SnapshotId } = await side.call('snapshot', () =>
      side.ec2.send(new CreateSnapshotCommand({ VolumeId: dataVolumeId })),
    );
    side.settle();
    const made = await create(side, SnapshotId ?? '');
    await attach(side, made);
    await side.call('delete the attached root', () =>
      side.ec2.send(new DeleteVolumeCommand({ VolumeId: rootVolumeId })),
    );
    await side.call('delete', () => side.ec2.send(new DeleteVolumeCommand({ VolumeId: made })));
    side.settle();
    await side.call('delete again', () => side.ec2.send(new DeleteVolumeCommand({ VolumeId: made })));
    await side.call('delete a malformed id', () => side.ec2.send(new DeleteVolumeCommand({ VolumeId: 'nonsense' })));
    await side.call('delete the snapshot', () => side.ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
    await describe(side, 'afterwards', { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] });
    await power(side);
    await occupied(side);
  },
};

async function create(side: Side, SnapshotId: string): Promise<string> {
  const input = {
    SnapshotId,
    AvailabilityZone: 'us-east-1a',
    VolumeType: 'gp3' as const,
    ClientToken: 'proof-1',
    TagSpecifications: [{ ResourceType: 'volume' as const, Tags: [{ Key: 'Run', Value: '1' }] }],
  };
  const ask = (step: string, more: object = {}) =>
    side.call(step, () => side.ec2.send(new CreateVolumeCommand({ ...input, ...more })));
  const made = await ask('create');
  side.settle();
  await ask('create from a missing snapshot', { SnapshotId: 'snap-0fffffffffffffff0', ClientToken: '2' });
  await ask('create as a dry run', { DryRun: true, ClientToken: '4' });
  await describe(side, 'by tag', { Filters: [{ Name: 'tag:Run', Values: ['1'] }], MaxResults: 500 });
  await ask('create with the same token');
  await ask('create in no zone', { AvailabilityZone: 'us-east-1q', ClientToken: '3' });
  return made.VolumeId ?? missing;
}

async function attach(side: Side, VolumeId: string): Promise<void> {
  const { instanceId: InstanceId } = side.world;
  const ask = (step: string, more: object = {}) =>
    side.call(step, () =>
      side.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdp', ...more })),
    );
  await ask('attach to a missing instance', { InstanceId: 'i-0fffffffffffffff0' });
  await ask('attach a missing volume', { VolumeId: missing });
  await ask('attach');
  side.settle();
  await describe(side, 'attached', { VolumeIds: [VolumeId] });
  await side.call('delete while attached', () => side.ec2.send(new DeleteVolumeCommand({ VolumeId })));
  const detach = (step: string, id = VolumeId) =>
    side.call(step, () => side.ec2.send(new DetachVolumeCommand({ VolumeId: id, InstanceId, Force: false })));
  await detach('detach');
  side.settle();
  await detach('detach again');
  await detach('detach a missing volume', missing);
  await describe(side, 'detached', { VolumeIds: [VolumeId] });
}

async function power(side: Side): Promise<void> {
  const InstanceIds = [side.world.instanceId];
  await side.call('stop', () => side.ec2.send(new StopInstancesCommand({ InstanceIds })));
  side.settle();
  await side.call('stop again', () => side.ec2.send(new StopInstancesCommand({ InstanceIds })));
  await side.call('start', () => side.ec2.send(new StartInstancesCommand({ InstanceIds })));
  side.settle();
  await side.call('start again', () => side.ec2.send(new StartInstancesCommand({ InstanceIds })));
  await side.call('start a missing instance', () =>
    side.ec2.send(new StartInstancesCommand({ InstanceIds: ['i-0fffffffffffffff0'] })),
  );
}

/** Attachments that EC2 refuses: moto makes them, so they come last. */
async function occupied(side: Side): Promise<void> {
  const { instanceId: InstanceId, dataVolumeId: VolumeId } = side.world;
  const ask = (step: string, Device: string) =>
    side.call(step, () => side.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device })));
  await ask('attach what is attached', '/dev/sdo');
  const { VolumeId: spare } = await side.call(
    'create a spare one',
    () =>
      side.ec2.send(
        new CreateVolumeCommand({
          SnapshotId: side.world.imageSnapshotId,
          AvailabilityZone: 'us-east-1a',
          VolumeType: 'gp3',
        }),
      ),
    () => ({}),
  );
  side.settle();
  await side.call('attach at a device in use', () =>
    side.ec2.send(new AttachVolumeCommand({ VolumeId: spare, InstanceId, Device: '/dev/xvda' })),
  );
  await side.call('detach without naming the instance', () =>
    side.ec2.send(new DetachVolumeCommand({ VolumeId, Force: false })),
  );
}
