/** The lab's CloudFormation through the unmodified SDK: states, events, refusals, and what failures leave behind. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LabAccount, startAccount } from '../../../lab/services/aws/account.ts';
import { type LabClock, manualClock } from '../../../lab/services/clock/clock.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { errorName } from './support-aws.ts';

let aws: LabAccount;
let clock: LabClock;
let client: CloudFormationClient;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-cfn-'));
  clock = manualClock();
  aws = await startAccount({
    ...{ directory, clock, stack: 'none', faults: faultRules(), issuer: 'x', subject: 's', planSubject: 'p' },
    log: { path: '/dev/null', records: [], add: () => {} },
    hosts: { storage: { copy: async (image) => image, remove: async () => {} }, host: () => undefined },
    seed: { instances: [], regions: [] },
  });
  client = new CloudFormationClient({
    region: 'us-east-1',
    endpoint: aws.url,
    credentials: aws.administrator,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await aws.stop();
  rmSync(directory, { recursive: true, force: true });
});

const StackName = 'sample';
const Capabilities = ['CAPABILITY_NAMED_IAM' as const];

/** A bucket with a deletion policy, and a role after it. */
function template({ policy = 'Delete', role = 'keeper', description = 'first' } = {}): string {
  return JSON.stringify({
    Parameters: {
      Name: {
        Type: 'String',
        Default: 'kept',
        AllowedPattern: '[a-z-]+',
        ConstraintDescription: 'must be lower case.',
      },
      Kind: { Type: 'String', Default: 'a', AllowedValues: ['a', 'b'] },
    },
    Rules: {
      R: {
        Assertions: [{ Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Kind' }, 'b'] }] }, AssertDescription: 'not b' }],
      },
    },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        DependsOn: 'Bucket',
        Properties: { RoleName: role, Description: description, AssumeRolePolicyDocument: { Statement: [] } },
      },
      Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: policy, Properties: { BucketName: { Ref: 'Name' } } },
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  });
}

/** Lets everything come to its end. */
const settle = () => clock.advance(60_000);
const state = async (name = StackName) =>
  (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0]?.StackStatus;
const create = (TemplateBody: string, more = {}) =>
  client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities, ...more }));
const events = async () =>
  ((await client.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? [])
    .reverse()
    .map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`);

test('a stack passes through its states, resource by resource, in the order of their references', async () => {
  await create(template());
  expect(await state()).toBe('CREATE_IN_PROGRESS');
  settle();
  expect(await state()).toBe('CREATE_COMPLETE');
  expect(await events()).toEqual([
    'sample CREATE_IN_PROGRESS',
    'Bucket CREATE_IN_PROGRESS',
    'Bucket CREATE_COMPLETE',
    'Role CREATE_IN_PROGRESS',
    'Role CREATE_COMPLETE',
    'sample CREATE_COMPLETE',
  ]);
  const listed = await client.send(new ListStackResourcesCommand({ StackName }));
  expect(listed.StackResourceSummaries?.map((one) => one.PhysicalResourceId)).toEqual(['kept', 'keeper']);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]?.Outputs?.[0]?.OutputValue).toBe('arn:aws:iam::123456789012:role/keeper');
  expect((await client.send(new GetTemplateCommand({ StackName }))).TemplateBody).toBe(template());
  const summary = await client.send(new GetTemplateSummaryCommand({ StackName }));
  expect(summary.Capabilities).toEqual(['CAPABILITY_NAMED_IAM']);
});

describe('refusals', () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  test.each([
    [
      'no capability',
      { Capabilities: [] },
      'InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]',
    ],
    ['a pattern', { Parameters: [{ ParameterKey: 'Name', ParameterValue: 'Kept' }] }, 'must be lower case.'],
    [
      'a value',
      { Parameters: [{ ParameterKey: 'Kind', ParameterValue: 'c' }] },
      "Parameter 'Kind' must be one of AllowedValues",
    ],
    ['a rule', { Parameters: [{ ParameterKey: 'Kind', ParameterValue: 'b' }] }, 'not b'],
    ['a parameter', { Parameters: [{ ParameterKey: 'No', ParameterValue: 'b' }] }, '[No] do not exist in the template'],
    ['a large body', { TemplateBody: `${template()}${' '.repeat(51_200)}` }, 'less than or equal to 51200'],
    [
      'an object that is missing',
      { TemplateBody: undefined, TemplateURL: 'https://none.s3.amazonaws.com/x' },
      'S3 error',
    ],
  ])('%s', async (_what, more, words) => {
    expect(await refusal(create(template(), more))).toContain(words);
    expect(await errorName(state())).toBe('ValidationError');
  });

  test('an update without changes, and a change set without changes', async () => {
    await create(template());
    settle();
    const update = client.send(new UpdateStackCommand({ StackName, TemplateBody: template(), Capabilities }));
    expect(await refusal(update)).toBe('ValidationError: No updates are to be performed.');
    await client.send(
      new CreateChangeSetCommand({ StackName, ChangeSetName: 'x', TemplateBody: template(), Capabilities }),
    );
    settle();
    const { Status, StatusReason } = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: 'x' }));
    expect([Status, StatusReason]).toEqual(['FAILED', expect.stringContaining("didn't contain changes")]);
  });
});

test.each(['https://store.s3.us-east-1.amazonaws.com/t.json', 'https://s3.amazonaws.com/store/t.json'])(
  'a template is read from %s',
  async (TemplateURL) => {
    aws.s3.create({ name: 'store', versioned: false, lifecycle: [] }, 'us-east-1');
    const s3 = new S3Client({
      region: 'us-east-1',
      endpoint: aws.url,
      credentials: aws.administrator,
      forcePathStyle: true,
    });
    await s3.send(new PutObjectCommand({ Bucket: 'store', Key: 't.json', Body: template() }));
    s3.destroy();
    await client.send(new CreateStackCommand({ StackName, TemplateURL, Capabilities }));
    settle();
    expect(await state()).toBe('CREATE_COMPLETE');
  },
);

describe('a first deployment that fails after its bucket was made', () => {
  /** The role is taken; early validation, which would say so before, is off. */
  async function failThenMend(policy: string): Promise<string | undefined> {
    aws.cloudformation.earlyValidation = false;
    aws.iam.create('roles', { logicalId: '', name: 'keeper', inline: [], attached: [] });
    await create(template({ policy }));
    settle();
    expect(await state()).toBe('ROLLBACK_COMPLETE');
    const update = client.send(new UpdateStackCommand({ StackName, TemplateBody: template(), Capabilities }));
    expect(await errorName(update)).toBe('ValidationError');
    await client.send(new DeleteStackCommand({ StackName }));
    settle();
    aws.iam.remove('roles', 'keeper');
    await create(template({ policy }));
    settle();
    return state();
  }

  test('with Retain the bucket stays, and the second try fails', async () => {
    expect(await failThenMend('Retain')).toBe('ROLLBACK_COMPLETE');
    expect(aws.s3.buckets.has('kept')).toBe(true);
  });

  test('with RetainExceptOnCreate the second try succeeds, and deletion keeps the bucket', async () => {
    expect(await failThenMend('RetainExceptOnCreate')).toBe('CREATE_COMPLETE');
    await client.send(new DeleteStackCommand({ StackName }));
    settle();
    expect(aws.s3.buckets.has('kept')).toBe(true);
    expect(aws.iam.roles).toEqual([]);
  });
});

test('early validation names what exists before anything is made, through DescribeEvents', async () => {
  aws.iam.create('roles', { logicalId: '', name: 'keeper', inline: [], attached: [] });
  const named = { StackName, ChangeSetName: 'first' };
  const { Id } = await client.send(
    new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody: template(), Capabilities }),
  );
  settle();
  expect(await state()).toBe('REVIEW_IN_PROGRESS');
  expect((await client.send(new DescribeChangeSetCommand(named))).StatusReason).toContain('EarlyValidation');
  const { OperationEvents } = await client.send(new DescribeEventsCommand({ ChangeSetName: Id }));
  expect(OperationEvents?.map((one) => one.ValidationStatusReason)).toEqual([
    "Resource of type 'AWS::IAM::Role' with identifier 'keeper' already exists.",
  ]);
  expect(aws.s3.buckets.has('kept')).toBe(false);
});

test('a change set says what is replaced; an update that fails is rolled back', async () => {
  await create(template());
  settle();
  aws.iam.create('roles', { logicalId: '', name: 'taken', inline: [], attached: [] });
  const named = { StackName, ChangeSetName: 'second' };
  const TemplateBody = template({ role: 'taken', description: 'second' });
  await client.send(new CreateChangeSetCommand({ ...named, TemplateBody, Capabilities }));
  settle();
  const { Changes } = await client.send(new DescribeChangeSetCommand(named));
  expect(Changes?.map((one) => one.ResourceChange)).toMatchObject([
    { Action: 'Modify', LogicalResourceId: 'Role', PhysicalResourceId: 'keeper', Replacement: 'True' },
  ]);
  await client.send(new ExecuteChangeSetCommand(named));
  expect(await state()).toBe('UPDATE_IN_PROGRESS');
  settle();
  expect(await state()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(aws.iam.role('keeper').name).toBe('keeper');
  expect(await events()).toContain('Role UPDATE_FAILED');
});

test('a stack is made with the permissions of who makes it', async () => {
  const { accessKeyId, secretAccessKey } = aws.sts.addUser('bob');
  const bob = new CloudFormationClient({
    region: 'us-east-1',
    endpoint: aws.url,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  const refused = bob.send(new CreateStackCommand({ StackName, TemplateBody: template(), Capabilities }));
  expect(
    await refused.then(
      () => '',
      (error: Error) => error.message,
    ),
  ).toContain('cloudformation:CreateStack');
  bob.destroy();
});
