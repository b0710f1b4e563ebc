/** Instances as the rotation and the backup look for them: by tag, by name, by id. */

import type { Instance } from '@aws-sdk/client-ec2';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeRegionsCommand,
} from '@aws-sdk/client-ec2';
import type { Scene, Side } from '../side.ts';

/** What the adapters read of an instance. */
function view(one: Instance) {
  return {
    InstanceId: one.InstanceId,
    State: one.State,
    Zone: one.Placement?.AvailabilityZone,
    Tags: one.Tags,
    BlockDeviceMappings: one.BlockDeviceMappings,
    RootDeviceName: one.RootDeviceName,
    RootDeviceType: one.RootDeviceType,
    LaunchTime: one.LaunchTime,
    InstanceType: one.InstanceType,
    Platform: one.Platform ?? '',
  };
}

const describe = (side: Side, step: string, input: DescribeInstancesCommandInput) =>
  side.call(
    step,
    () => side.ec2.send(new DescribeInstancesCommand(input)),
    ({ Reservations = [], NextToken }) => ({
      NextToken,
      instances: Reservations.flatMap((one) => one.Instances ?? []).map(view),
    }),
  );

export const instances: Scene = {
  name: 'instances',
  async play(side) {
    const { instanceId } = side.world;
    await describe(side, 'by id', { InstanceIds: [instanceId] });
    await describe(side, 'by name', { Filters: [{ Name: 'tag:Name', Values: ['db01'] }], MaxResults: 500 });
    await describe(side, 'by tag key and state', {
      Filters: [
        { Name: 'tag-key', Values: ['Backup'] },
        { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
      ],
      MaxResults: 1000,
    });
    await describe(side, 'of no name', { Filters: [{ Name: 'tag:Name', Values: ['db99'] }], MaxResults: 500 });
    await describe(side, 'by a name with a star', { Filters: [{ Name: 'tag:Name', Values: ['db*'] }] });
    await describe(side, 'by a name whose star is one', { Filters: [{ Name: 'tag:Name', Values: ['db\\*'] }] });
    await describe(side, 'missing id', { InstanceIds: ['i-0fffffffffffffff0'] });
    await describe(side, 'malformed id', { InstanceIds: ['nonsense'] });
    await describe(side, 'page beside ids', { InstanceIds: [instanceId], MaxResults: 500 });
    await describe(side, 'unknown filter', { Filters: [{ Name: 'no-such-filter', Values: ['x'] }] });
    await describe(side, 'dry run', { DryRun: true });
    await side.call(
      'regions',
      () => side.ec2.send(new DescribeRegionsCommand({ RegionNames: ['us-east-1', 'eu-west-1'] })),
      ({ Regions = [] }) => ({ Regions: Regions.map(({ RegionName, OptInStatus }) => ({ RegionName, OptInStatus })) }),
    );
    await side.call('unknown region', () => side.ec2.send(new DescribeRegionsCommand({ RegionNames: ['us-east-9'] })));
    await side.call(
      'own images',
      () => side.ec2.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, MaxResults: 1000 })),
      ({ Images = [] }) => ({
        Images: Images.map((one) => ({
          ImageId: one.ImageId,
          Name: one.Name,
          State: one.State,
          snapshots: (one.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.SnapshotId),
        })),
      }),
    );
    await side.call('missing image', () =>
      side.ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-0fffffffffffffff0'] })),
    );
  },
};
