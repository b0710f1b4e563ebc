/** Lists in pages, as the adapters follow them; of what is in them only how many there are, and whether one is missing or comes twice. */
import {
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateSnapshotCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { DeleteParametersCommand, GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Scene, Side } from '../side.ts';

type Ids = readonly (string | undefined)[];
interface Page {
  readonly ids: Ids;
  readonly next: string | undefined;
}
type Ask = (NextToken?: string) => Promise<Page>;

export const paging: Scene = {
  name: 'paging',
  async play(side) {
    await side.crowd();
    await ofEc2(side);
    await ofStacks(side);
    await ofParameters(side);
  },
};

/** @param whole the same list in one piece; undefined when there is none */
async function followed(side: Side, step: string, ask: Ask, whole?: Ask): Promise<void> {
  const pages: Ids[] = [];
  let token: string | undefined;
  do {
    const { ids, next } = await ask(token);
    pages.push(ids);
    token = next;
  } while (token && pages.length < 10);
  const all = new Set(pages.flat());
  const expected = whole && new Set((await whole()).ids);
  side.note(step, {
    pages: pages.map((one) => one.length),
    different: all.size,
    ...(expected ? { whole: expected.size, missing: [...expected].filter((one) => !all.has(one)).length } : {}),
  });
}

async function ofEc2(side: Side): Promise<void> {
  const { crowded } = side;
  const { Volumes: [volume] = [] } = await crowded.send(new DescribeVolumesCommand({}));
  const VolumeId = volume?.VolumeId ?? '';
  for (let count = 0; count < 7; count += 1) {
    await crowded.send(new CreateSnapshotCommand({ VolumeId }));
    // Few of one volume may be under way at once.
    side.settle();
  }
  const lists: Readonly<Record<string, (MaxResults?: number) => Ask>> = {
    instances: (MaxResults) => async (NextToken) => {
      const answer = await crowded.send(new DescribeInstancesCommand({ MaxResults, NextToken }));
      const all = (answer.Reservations ?? []).flatMap((one) => one.Instances ?? []);
      return { ids: all.map((one) => one.InstanceId), next: answer.NextToken };
    },
    volumes: (MaxResults) => async (NextToken) => {
      const answer = await crowded.send(new DescribeVolumesCommand({ MaxResults, NextToken }));
      return { ids: (answer.Volumes ?? []).map((one) => one.VolumeId), next: answer.NextToken };
    },
    snapshots: (MaxResults) => async (NextToken) => {
      const Filters = [{ Name: 'volume-id', Values: [VolumeId] }];
      const answer = await crowded.send(
        new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults, NextToken }),
      );
      return { ids: (answer.Snapshots ?? []).map((one) => one.SnapshotId), next: answer.NextToken };
    },
    images: (MaxResults) => async (NextToken) => {
      const answer = await crowded.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults, NextToken }));
      return { ids: (answer.Images ?? []).map((one) => one.ImageId), next: answer.NextToken };
    },
  };
  for (const [name, list] of Object.entries(lists)) {
    await followed(side, name, list(5), list());
    await side.call(`${name} with a token that is none`, () => list(5)('nonsense'));
  }
}

/** A page of CloudFormation has at most a hundred. */
async function ofStacks(side: Side): Promise<void> {
  const { cloudformation } = side;
  const StackName = 'scene-large';
  const Resources = Object.fromEntries(
    Array.from({ length: 101 }, (_, index) => [
      `Store${index}`,
      { Type: 'AWS::S3::Bucket', Properties: { BucketName: `scene-large-${index}` } },
    ]),
  );
  const made = await cloudformation.send(
    new CreateChangeSetCommand({
      ...{ StackName, ChangeSetName: 'large', ChangeSetType: 'CREATE', TemplateBody: JSON.stringify({ Resources }) },
    }),
  );
  side.settle();
  await followed(side, 'changes', async (NextToken) => {
    const answer = await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: made.Id, NextToken }));
    return {
      ids: (answer.Changes ?? []).map((one) => one.ResourceChange?.LogicalResourceId),
      next: answer.NextToken,
    };
  });
  await cloudformation.send(new ExecuteChangeSetCommand({ ChangeSetName: made.Id }));
  side.settle();
  await followed(side, 'resources of a stack', async (NextToken) => {
    const answer = await cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }));
    const all = answer.StackResourceSummaries ?? [];
    return { ids: all.map((one) => one.LogicalResourceId), next: answer.NextToken };
  });
  await followed(side, 'events of a stack', async (NextToken) => {
    const answer = await cloudformation.send(new DescribeStackEventsCommand({ StackName, NextToken }));
    return { ids: (answer.StackEvents ?? []).map((one) => one.EventId), next: answer.NextToken };
  });
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  side.settle();
}

/** The claims of a rotation. */
async function ofParameters(side: Side): Promise<void> {
  const { ssm } = side;
  const Path = '/holdfast/scene';
  const put = (step: string, Name: string, Overwrite = false) =>
    side.call(step, () => ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: 'v', Overwrite })));
  for (let count = 1; count <= 12; count += 1) await put(`put claim ${count}`, `${Path}/${count}`);
  await put('put a claim that is there', `${Path}/1`);
  await put('put it over what is there', `${Path}/1`, true);
  await put('put a claim below another', `${Path}/1/deep`);
  const list =
    (Recursive: boolean): Ask =>
    async (NextToken) => {
      const answer = await ssm.send(new GetParametersByPathCommand({ Path, Recursive, NextToken }));
      return { ids: (answer.Parameters ?? []).map((one) => one.Name), next: answer.NextToken };
    };
  await followed(side, 'claims', list(false));
  await followed(side, 'claims and those below', list(true));
  await side.call('claims of a path that is not there', () =>
    ssm.send(new GetParametersByPathCommand({ Path: '/holdfast/none' })),
  );
  await side.call(
    'delete claims',
    () => ssm.send(new DeleteParametersCommand({ Names: [`${Path}/1`, `${Path}/none`] })),
    ({ DeletedParameters, InvalidParameters }) => ({ DeletedParameters, InvalidParameters }),
  );
  await followed(side, 'claims that are left', list(false));
}
