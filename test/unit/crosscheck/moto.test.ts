/** What the witness moto is given, and what is compared of a rotation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Points } from '../../../crosscheck/points.ts';
import { outputsOf } from '../../../crosscheck/witnesses/moto/expected-outputs.ts';
import { ofDeployments } from '../../../crosscheck/witnesses/moto/known/deployments.ts';
import { decided, told } from '../../../crosscheck/witnesses/moto/rotate-bundle.ts';
import { strippedTemplate } from '../../../crosscheck/witnesses/moto/stripped-template.ts';
import { root } from '../../../scripts/lib/actions.ts';

test('the template for moto has what it can make, and the rest of the template as it is', () => {
  const text = `
Conditions:
  MakeProvider: !Equals [!Ref OidcProviderArn, '']
Resources:
  Provider: { Type: 'AWS::IAM::OIDCProvider', Condition: MakeProvider }
  Bin: { Type: 'AWS::Rbin::Rule' }
  Reader: { Type: 'AWS::IAM::User', Condition: MakeUsers }
  Role:
    Type: AWS::IAM::Role
    Condition: Everything
    Properties:
      Trusts: !If [MakeProvider, !Ref Provider, !Ref OidcProviderArn]
      Boundary: !If [Bounded, !Ref Boundary, !Ref 'AWS::NoValue']
      Statement: [{ Sid: A }, !If [Keyed, { Sid: B }, !Ref 'AWS::NoValue'], !If [Keyed, { Sid: C }, { Sid: D }]]
Outputs:
  Arn: { Value: !GetAtt Role.Arn, Condition: Everything }
  ReaderArn: { Value: !GetAtt Reader.Arn, Condition: MakeUsers }
`;
  expect(JSON.parse(strippedTemplate(text))).toEqual({
    Conditions: { MakeProvider: { 'Fn::Equals': [{ Ref: 'OidcProviderArn' }, ''] } },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Condition: 'Everything',
        Properties: {
          Trusts: { Ref: 'OidcProviderArn' },
          Boundary: { 'Fn::If': ['Bounded', { Ref: 'Boundary' }, { Ref: 'AWS::NoValue' }] },
          Statement: [{ Sid: 'A' }, { 'Fn::If': ['Keyed', { Sid: 'C' }, { Sid: 'D' }] }],
        },
      },
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] }, Condition: 'Everything' } },
  });
});

test('of the stack itself only what moto cannot make is missing, and what no parameter of the deployment wants', () => {
  const text = readFileSync(join(root, 'infra', 'holdfast.yml'), 'utf8');
  const whole = [...text.matchAll(/^ {2}(\w+):\n {4}Type: (AWS::\S+)/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
  }));
  const { Resources } = JSON.parse(strippedTemplate(text)) as { Resources: object };
  const missing = whole.filter(({ name }) => !(name in Resources));
  const cannot = /^AWS::(IAM::OIDCProvider|Rbin::Rule|S3::BucketPolicy)$/;
  const unwanted = [
    'BucketKeyPolicy',
    'CopyKeyPolicy',
    'DumpReader',
    'DumpReadPolicy',
    'DumpWriter',
    'DumpWritePolicy',
    // The watchdog inside the stack is an option.
    ...whole.map(({ name }) => name).filter((name) => /^Watchdog/.test(name)),
  ];
  expect(missing.flatMap(({ name, type }) => (cannot.test(type) ? [] : [name])).sort()).toEqual(
    [...unwanted, 'PlanRole'].sort(),
  );
  expect(Object.keys(Resources).length + missing.length).toBe(whole.length);
});

test('plans and summaries of two sides are the same, whatever their ids, their order and their times', () => {
  const plan = (one: string, other: string) =>
    JSON.stringify([
      { part: 'copy', decision: `copy ${one} to eu-west-1`, reason: 'no copy there yet' },
      { part: 'expire', decision: `delete ${other}`, reason: 'was due on 2026-12-10' },
      { part: 'create', decision: `describe ${one}`, reason: 'a run died' },
    ]);
  const here = decided(plan('snap-0a1b2c3d4e5f60713', 'snap-0a1b2c3d'));
  expect(here).toEqual(decided(plan('snap-fffffffff', 'snap-00000000')));
  expect(here).toEqual({
    decisions: ['copy: copy snap to eu-west-1: no copy there yet', 'expire: delete snap: was due on 2026-12-10'],
    descriptions: 1,
  });
  expect(
    told(
      '| describe snap-0a1b2c3d | a run died |\n| b | snap-0a1b2c3d |\n\n| a | 12:01:02.5 | 1.25 s |\n<details><summary>Plan (1 decision)</summary>\nx\n</details>\n',
    ),
  ).toEqual(['| a | T | N s |', '| b | snap |']);
});

test('what an output must be follows from what it refers to', () => {
  const template = {
    Resources: {
      DumpRole: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'holdfast-dump' } },
      DumpBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'DumpBucketName' } } },
    },
    Outputs: {
      Region: { Description: 'R', Value: { Ref: 'AWS::Region' } },
      DumpRoleArn: { Description: 'A', Value: { 'Fn::GetAtt': ['DumpRole', 'Arn'] } },
      DumpBucketName: { Description: 'B', Value: { Ref: 'DumpBucket' } },
    },
  };
  expect(outputsOf(JSON.stringify(template))).toEqual([
    { OutputKey: 'Region', OutputValue: 'us-east-1', Description: 'R' },
    { OutputKey: 'DumpRoleArn', OutputValue: 'arn:aws:iam::123456789012:role/holdfast-dump', Description: 'A' },
    { OutputKey: 'DumpBucketName', OutputValue: 'holdfast-dumps-123456789012-us-east-1', Description: 'B' },
  ]);
  const unclear = { ...template, Outputs: { Id: { Value: { 'Fn::GetAtt': ['DumpRole', 'RoleId'] } } } };
  expect(() => outputsOf(JSON.stringify(unclear))).toThrow('it cannot be worked out what the output Id must be');
});

test.each([
  ['stack: outputs.DumpRoleArn.OutputValue', 'arn:aws:iam::123456789012:role/holdfast-dump', true],
  ['stack: outputs.DumpRoleArn.OutputValue', 'arn:aws:iam::123456789012:role/Admin', false],
  ['stack: outputs.DumpBucketName.OutputValue', 'us-east-1', false],
  ['stack: outputs.DumpBucketName.OutputValue', 'holdfast-dumps-123456789012-us-east-1', true],
  ['stack: outputs.Nobody.OutputValue', undefined, false],
  ['deploy: variables[0]', "  gh variable set HOLDFAST_REGION --repo OWNER/NAME --body 'us-east-1'", true],
  ['deploy: variables[0]', "  gh variable set HOLDFAST_REGION --repo OWNER/NAME --body 'eu-west-1'", false],
  ['deploy: variables.length', 1, false],
])('%s may be %s: %s', (at, ours, explained) => {
  const points = new Points(ofDeployments);
  points.differ(`deployment: after the first: ${at}`, ours, typeof ours === 'number' ? 0 : undefined);
  expect(points.tally(false).unexplained.length === 0).toBe(explained);
});
