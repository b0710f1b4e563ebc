/** Changes of a stack that CloudFormation refuses, and an update that fails on the way. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { Scene } from '../side.ts';

const StackName = 'failing';
const taken = 'holdfast-scene-taken';

function template(names: Readonly<Record<string, string>>): string {
  const buckets = Object.entries(names).map(([id, BucketName]) => [
    id,
    { Type: 'AWS::S3::Bucket', Properties: { BucketName } },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(buckets) });
}

export const failures: Scene = {
  name: 'failures',
  async play(side) {
    const client = side.cloudformation;
    const first = { Store: 'holdfast-scene-failing' };
    const wanted = { StackName, TemplateBody: template({ ...first, Other: taken }) };
    await side.call('make the bucket', () => side.s3.send(new CreateBucketCommand({ Bucket: taken })));
    await side.call('create', () => client.send(new CreateStackCommand({ StackName, TemplateBody: template(first) })));
    side.settle();
    const set = { StackName, ChangeSetName: 'taken' };
    await side.call('change set with a name that is taken', () =>
      client.send(new CreateChangeSetCommand({ ...wanted, ...set, ChangeSetType: 'UPDATE' })),
    );
    side.settle();
    const describe = (step: string) =>
      side.call(
        step,
        () => client.send(new DescribeChangeSetCommand(set)),
        ({ Status, ExecutionStatus }) => ({
          Status,
          ExecutionStatus,
        }),
      );
    await describe('describe the change set');
    await side.call(
      'events of the change set',
      () => client.send(new DescribeEventsCommand({ ...set, Filters: { FailedEvents: true } })),
      ({ OperationEvents = [] }) => OperationEvents.map(({ EventId: _id, OperationId: _operation, ...event }) => event),
    );
    await side.call('delete the change set', () => client.send(new DeleteChangeSetCommand(set)));
    await describe('describe the deleted change set');
    await side.call('update', () => client.send(new UpdateStackCommand(wanted)));
    side.settle();
    await side.call(
      'describe the stack',
      () => client.send(new DescribeStacksCommand({ StackName })),
      ({ Stacks = [] }) => ({ status: Stacks[0]?.StackStatus }),
    );
    await side.call(
      'events of the stack',
      () => client.send(new DescribeStackEventsCommand({ StackName })),
      ({ StackEvents = [] }) => ({
        failed: StackEvents.filter(({ ResourceStatus = '' }) => /FAILED|ROLLBACK/.test(ResourceStatus)).map(
          ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
        ),
      }),
    );
    await side.call('delete', () => client.send(new DeleteStackCommand({ StackName })));
    side.settle();
  },
};
