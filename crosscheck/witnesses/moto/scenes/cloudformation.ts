/** Stacks as the deployment makes and asks them. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Scene, Side } from '../side.ts';

const StackName = 'scene';

function template(days = 30): string {
  return JSON.stringify({
    Parameters: { Name: { Type: 'String', AllowedPattern: '[a-z-]+' } },
    Resources: {
      Store: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: { Ref: 'Name' },
          VersioningConfiguration: { Status: 'Enabled' },
          LifecycleConfiguration: {
            Rules: [{ Id: 'old', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: days } }],
          },
        },
      },
    },
    Outputs: { Bucket: { Value: { Ref: 'Store' }, Description: 'where it is' } },
  });
}

const Parameters = [{ ParameterKey: 'Name', ParameterValue: 'holdfast-scene-stack' }];

export const cloudformation: Scene = {
  name: 'cloudformation',
  async play(side) {
    const client = side.cloudformation;
    const describe = (step: string, name = StackName) =>
      side.call(step, () => client.send(new DescribeStacksCommand({ StackName: name })));
    await describe('describe a missing stack');
    await side.call('create', () =>
      client.send(new CreateStackCommand({ StackName, TemplateBody: template(), Parameters })),
    );
    side.settle();
    await describe('describe');
    await side.call('create again', () =>
      client.send(new CreateStackCommand({ StackName, TemplateBody: template(), Parameters })),
    );
    await side.call('resources', () => client.send(new DescribeStackResourcesCommand({ StackName })));
    await side.call('list of resources', () => client.send(new ListStackResourcesCommand({ StackName })));
    await side.call('template', () => client.send(new GetTemplateCommand({ StackName })));
    await updates(side);
    await changeSets(side);
    // It spoils the stack of moto.
    await side.call('update with a template that is none', () =>
      client.send(new UpdateStackCommand({ StackName, TemplateBody: '{', Parameters })),
    );
    await side.call('delete', () => client.send(new DeleteStackCommand({ StackName })));
    side.settle();
    await describe('describe the deleted stack');
    await side.call('delete again', () => client.send(new DeleteStackCommand({ StackName })));
  },
};

async function updates(side: Side): Promise<void> {
  const client = side.cloudformation;
  const update = (step: string, TemplateBody: string, more: object = {}) =>
    side.call(step, () => client.send(new UpdateStackCommand({ StackName, TemplateBody, Parameters, ...more })));
  await update('update', template(60));
  side.settle();
  await side.call('describe the updated stack', () => client.send(new DescribeStacksCommand({ StackName })));
  await update('update to the same', template(60));
  await update('update a missing stack', template(), { StackName: 'none' });
}

async function changeSets(side: Side): Promise<void> {
  const client = side.cloudformation;
  const make = (step: string, ChangeSetName: string, TemplateBody: string) =>
    side.call(step, () =>
      client.send(
        new CreateChangeSetCommand({ StackName, ChangeSetName, TemplateBody, Parameters, ChangeSetType: 'UPDATE' }),
      ),
    );
  const describe = (step: string, ChangeSetName: string) =>
    side.call(step, () => client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName })));
  await make('change set', 'more', template(90));
  side.settle();
  await describe('describe the change set', 'more');
  await side.call('execute the change set', () =>
    client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: 'more' })),
  );
  side.settle();
  await side.call('describe what it made', () => client.send(new DescribeStacksCommand({ StackName })));
  await make('change set without a change', 'same', template(90));
  side.settle();
  await describe('describe the change set without a change', 'same');
  await describe('describe a missing change set', 'none');
}
