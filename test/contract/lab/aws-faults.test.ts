/** Fault rules on the lab's AWS, its policies, and what it refuses in a template. */
import { readFileSync } from 'node:fs';
import { DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conditionHolds, decide } from '../../../lab/services/aws/auth/iam.ts';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';
import type { FaultEffect } from '../../../lab/services/http/faults.ts';
import { type AwsUnderTest, accountId, bucket, region, startAwsUnderTest } from './support-aws.ts';

let lab: AwsUnderTest;
let ec2: EC2Client;
let kills: number;
beforeEach(async () => {
  lab = await startAwsUnderTest();
  ec2 = new EC2Client(lab.administrator);
  kills = 0;
  lab.faults.kill = () => {
    kills += 1;
  };
});
afterEach(async () => {
  ec2.destroy();
  await lab.stop();
});

const describeVolumes = (abortSignal?: AbortSignal) =>
  ec2.send(new DescribeVolumesCommand({}), abortSignal ? { abortSignal } : {});
const arm = (effect: FaultEffect, more: { from?: number; times?: number } = {}) =>
  lab.faults.add({ name: 'rule', endpoint: 'ec2', operation: 'DescribeVolumes', effect, ...more });

describe('fault rules', () => {
  test('each service words its throttling error as AWS does', async () => {
    lab.faults.add({ name: 'all', endpoint: '*', operation: '*', times: 9, effect: { kind: 'throttle' } });
    const settings = lab.administrator;
    await expect(describeVolumes()).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      $metadata: { httpStatusCode: 503 },
    });
    await expect(new SSMClient(settings).send(new DescribeInstanceInformationCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(new STSClient(settings).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(new S3Client(settings).send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'SlowDown',
      $metadata: { httpStatusCode: 503 },
    });
    expect(lab.effects()).toBe(0);
  });

  test('a rule hits only the calls that it names', async () => {
    arm({ kind: 'refuse', status: 500, code: 'InternalError', message: 'no' }, { from: 2, times: 1 });
    await describeVolumes();
    await expect(describeVolumes()).rejects.toMatchObject({ name: 'InternalError' });
    await describeVolumes();
    expect(lab.log.records.map((record) => record.fault)).toEqual([undefined, 'rule', undefined]);
  });

  test('a hanging call has no effect, and ends when the client leaves', async () => {
    arm({ kind: 'hang-before' });
    await expect(describeVolumes(AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'AbortError' });
    expect(lab.effects()).toBe(0);
  });

  test.each<[FaultEffect['kind'], number, number]>([
    ['lose-answer', 1, 0],
    ['kill-before', 0, 1],
    ['kill-after', 1, 1],
  ])('%s: %i effect, %i kill, and no answer', async (kind, effects, killed) => {
    arm({ kind } as FaultEffect);
    await expect(describeVolumes()).rejects.toThrow('socket hang up');
    expect([lab.effects(), kills]).toEqual([effects, killed]);
  });

  test('a call that is refused for its signature uses up no rule', async () => {
    arm({ kind: 'throttle' });
    const credentials = { ...lab.administrator.credentials, secretAccessKey: 'wrong' };
    await expect(
      new EC2Client({ ...lab.administrator, credentials }).send(new DescribeVolumesCommand({})),
    ).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(describeVolumes()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  });
});

test('the log has one JSON line for each call, without secrets', async () => {
  await describeVolumes();
  const lines = readFileSync(lab.log.path, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).operation)).toEqual(['DescribeVolumes']);
  expect(lines.join()).not.toContain(lab.administrator.credentials.secretAccessKey);
});

describe('policies as data', () => {
  const key = (values: string | string[]) => ({ 'aws:TagKeys': values });
  test.each([
    ['StringEquals', { 'aws:TagKeys': ['a', 'b'] }, key('b'), true],
    ['StringEquals', { 'aws:TagKeys': 'a' }, {}, false],
    ['StringEqualsIfExists', { 'aws:TagKeys': 'a' }, {}, true],
    ['StringNotEquals', { 'aws:TagKeys': 'a' }, key('a'), false],
    ['StringNotEquals', { 'aws:TagKeys': 'a' }, {}, true],
    ['StringLike', { 'aws:TagKeys': 'a*c?' }, key('abcd'), true],
    ['StringLike', { 'aws:TagKeys': 'a.c' }, key('abc'), false],
    ['Null', { 'aws:TagKeys': 'true' }, {}, true],
    ['Null', { 'aws:TagKeys': 'true' }, key('a'), false],
    ['NumericLessThanEquals', { 'aws:TagKeys': '900' }, key('1000'), false],
    ['ForAllValues:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, key(['a', 'c']), false],
    ['ForAllValues:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, {}, true],
    ['ForAnyValue:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, key(['a', 'c']), true],
    ['ForAnyValue:StringEquals', { 'aws:TagKeys': ['a'] }, {}, false],
  ])('%s %j against %j is %s', (operator, wanted, keys, holds) => {
    expect(conditionHolds({ [operator]: wanted }, keys)).toBe(holds);
  });

  test('an unknown operator is an error', () => {
    expect(() => conditionHolds({ IpAddress: { 'aws:SourceIp': '::1' } }, { 'aws:SourceIp': '::1' })).toThrow(
      'IpAddress',
    );
  });

  test('a deny wins over any allow', () => {
    const allow = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' } as const;
    const deny = { Sid: 'Not', Effect: 'Deny', Action: 'ec2:Delete*', Resource: 'arn:*:volume/*' } as const;
    const policies = [{ name: 'p', statements: [allow, deny] }];
    const ask = (action: string) => decide(policies, { action, resource: 'arn:aws:ec2:x:1:volume/v', keys: {} });
    expect(ask('ec2:DeleteVolume')).toEqual({ allowed: false, statements: ['p/Not'] });
    expect(ask('ec2:CreateVolume')).toEqual({ allowed: true, statements: ['p/All'] });
  });
});

describe('the template', () => {
  const load = (text: string) => loadStack(text, { region, accountId, parameters: {} });
  test.each([
    ['a type', 'Resources: { X: { Type: AWS::EC2::VPC } }', 'AWS::EC2::VPC'],
    ['a name', 'Resources: { X: { Type: AWS::S3::Bucket, Properties: { BucketName: !Ref Nobody } } }', 'Nobody'],
    [
      'a long function',
      'Resources: { X: { Type: AWS::S3::Bucket, Properties: { BucketName: { Fn::Cidr: [a] } } } }',
      'Fn::Cidr',
    ],
    [
      'a parameter',
      'Parameters: { P: { Type: String } }\nResources: { X: { Type: AWS::S3::Bucket, Properties: { BucketName: !Ref P } } }',
      'P',
    ],
  ])('%s that it cannot resolve is refused by name', (_what, text, name) => {
    expect(() => load(text)).toThrow(name);
  });

  test.each(['[a-z]+', '^(?!/)[a-z]+$', '^([a-z])\\1$'])(
    'the pattern %s of a document is refused',
    (allowedPattern) => {
      const Content = { schemaVersion: '2.2', parameters: { Path: { type: 'String', allowedPattern } }, mainSteps: [] };
      const Resources = { X: { Type: 'AWS::SSM::Document', Properties: { Name: 'Own', Content } } };
      expect(() => load(JSON.stringify({ Resources }))).toThrow('SSM may read the pattern');
    },
  );
});

test('the manual clock makes due calls in order, and moves only when it is advanced', () => {
  const clock = manualClock();
  const start = clock.now().getTime();
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.now().getTime() - start]);
  clock.after(200, note('late'));
  clock.after(100, () => clock.after(50, note('chained')));
  clock.after(120, note('cancelled'))();
  clock.advance(199);
  expect(fired).toEqual([['chained', 150]]);
  clock.advance(1);
  expect(fired.at(-1)).toEqual(['late', 200]);
});
