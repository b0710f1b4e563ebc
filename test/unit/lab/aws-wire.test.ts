/** Answers of the lab's AWS as AWS's API models have them (`npm run crosscheck -- api-models`). */
import { describe, expect, test } from '@jest/globals';
import { resourceSummaryView, resourceView } from '../../../lab/services/aws/cloudformation/views.ts';
import { roleIdOf } from '../../../lab/services/aws/iam/identities.ts';
import { errorAnswer, queryAnswer } from '../../../lab/services/aws/protocol/answers.ts';
import { LabAwsError } from '../../../lab/services/aws/protocol/service.ts';
import { CommandRun } from '../../../lab/services/aws/ssm/command-run.ts';

const run = new CommandRun({
  id: 'command',
  name: 'Document',
  instanceIds: ['i-1'],
  comment: '',
  timeoutSeconds: 60,
  at: new Date(0),
  work: [{ name: 'runScript', script: '', environment: {}, executionSeconds: 60 }],
});

describe('an error', () => {
  test('of a query API says whose it is', () => {
    const typeOf = (status: number) => errorAnswer('sts', new LabAwsError('Code', 'no', status), '1').body;
    expect(typeOf(403)).toContain('<Type>Sender</Type>');
    expect(typeOf(503)).toContain('<Type>Receiver</Type>');
  });

  test.each([
    ['ssm', 'InvalidInstanceId', { Message: 'no' }],
    ['ssm', 'ParameterAlreadyExists', { message: 'no' }],
    ['ssm', 'InvocationDoesNotExist', {}],
    ['cloudtrail', 'InvalidTimeRangeException', {}],
    ['cloudtrail', 'AccessDeniedException', { message: 'no' }],
  ])('of %s has the members of its shape: %s', (service, code, members) => {
    const { body } = errorAnswer(service, new LabAwsError(code, 'no'), '1');
    expect(JSON.parse(String(body))).toEqual({ __type: code, ...members });
  });
});

test('an operation without results has no element for them', () => {
  const bodyOf = (result: unknown) => String(queryAnswer('cloudformation', 'DeleteStack', result, '1').body);
  expect(bodyOf(undefined)).not.toContain('DeleteStackResult');
  expect(bodyOf({})).toContain('<DeleteStackResult></DeleteStackResult>');
});

test('the number of a role is AROA and 17 letters and digits', () => {
  expect(roleIdOf('holdfast')).toMatch(/^AROA[A-Z0-9]{17}$/);
  expect(roleIdOf('other')).not.toBe(roleIdOf('holdfast'));
});

test('ListCommandInvocations shows neither output nor plugin, GetCommandInvocation the name of the step', () => {
  expect(Object.keys(run.listedView('i-1'))).toEqual([
    ...['CommandId', 'InstanceId', 'Comment', 'DocumentName', 'DocumentVersion', 'RequestedDateTime'],
    ...['Status', 'StatusDetails'],
  ]);
  expect(run.invocationView('i-1')).toMatchObject({ PluginName: 'runScript', StandardOutputContent: '' });
  expect(run.invocationView('i-1')).not.toHaveProperty('RequestedDateTime');
});

test('a resource of a stack has its time under the name of the operation', () => {
  const resource = { logicalId: 'Bucket', physicalId: 'bucket', type: 'AWS::S3::Bucket' };
  const one = { resource, at: new Date(0), status: 'CREATE_COMPLETE', reason: undefined } as unknown as Parameters<
    typeof resourceSummaryView
  >[0];
  const stack = { id: 'arn', name: 'stack' } as Parameters<typeof resourceView>[0];
  expect(resourceSummaryView(one)).not.toHaveProperty('StackId');
  expect(resourceSummaryView(one)).not.toHaveProperty('Timestamp');
  expect(resourceSummaryView(one)).toHaveProperty('LastUpdatedTimestamp');
  expect(resourceView(stack, one)).toMatchObject({ StackName: 'stack', Timestamp: '1970-01-01T00:00:00.000Z' });
  expect(resourceView(stack, one)).not.toHaveProperty('LastUpdatedTimestamp');
});
