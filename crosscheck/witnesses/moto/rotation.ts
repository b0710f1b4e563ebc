/** The bundle of ebs-rotate, run whole against both: creates, copies, expires; and once more, which changes nothing. */
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { runRotation } from './rotate-bundle.ts';
import type { Side } from './side.ts';

/** Tags whose values tell the time or the run. */
const timed = /^(DeleteOn|holdfast:(slot|keep|started|point-in-time|taken-at|run|attempt|volume-started).*)$/;

/** Notes what both regions hold after each of two runs. @throws Error when a run fails */
export async function rotate(side: Side): Promise<void> {
  await arrange(side);
  for (const run of [1, 2]) {
    await runRotation(side, { run });
    side.settle();
    await held(side, `primaries after run ${run}`, side.ec2);
    await held(side, `copies after run ${run}`, side.far);
  }
}

/** Two snapshots that were due long ago, and a region to copy to. */
async function arrange(side: Side): Promise<void> {
  const { instanceId, dataVolumeId } = side.world;
  await side.ec2.send(
    new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'Copy_Dest', Value: 'eu-west-1' }] }),
  );
  for (const Description of ['old 1', 'old 2'])
    await side.ec2.send(
      new CreateSnapshotCommand({
        VolumeId: dataVolumeId,
        Description,
        TagSpecifications: [
          {
            ResourceType: 'snapshot',
            Tags: [
              { Key: 'Type', Value: 'Automated' },
              { Key: 'DeleteOn', Value: '2020-01-01' },
            ],
          },
        ],
      }),
    );
  side.settle();
}

async function held(side: Side, step: string, client: EC2Client): Promise<void> {
  const { Snapshots = [] } = await client.send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'tag:Type', Values: ['Automated'] }] }),
  );
  const all = Snapshots.map(({ State, VolumeSize, Description = '', Tags = [] }) => ({
    State,
    VolumeSize,
    Description: Description.replace(/\b(vol|snap|i)-[0-9a-f]{17}\b/g, '$1'),
    tags: Object.fromEntries(
      Tags.map(({ Key = '', Value = '' }): [string, string] => [
        Key,
        timed.test(Key) ? 'given' : Value.replace(/\b(vol|snap|i)-[0-9a-f]{17}\b/g, '$1'),
      ]).sort(),
    ),
  }));
  const order = (one: unknown): string => JSON.stringify(one);
  side.note(step, { list: all.sort((one, other) => (order(one) < order(other) ? -1 : 1)) });
}
