/** Where moto 5.2.5 and the lab differ: the stack of infra/holdfast.yml. */
import type { KnownDifference } from '../../../points.ts';
import { expectedOutputs, expectedVariables } from '../expected-outputs.ts';

/** What a point such as `…: stack: outputs.DumpRoleArn.OutputValue` must have. */
const expected = (point: string): unknown => {
  const [key, field] = point.split('.').slice(-2);
  return expectedOutputs().find(({ OutputKey }) => OutputKey === key)?.[field as 'OutputValue' | 'Description'];
};
const told: KnownDifference['rule'] = (ours, theirs, point) =>
  theirs === undefined && typeof ours === 'string' && ours === expected(point);

export const ofDeployments: readonly KnownDifference[] = [
  {
    point: /^deployment: .*: stack: outputs\..*\.Description$/,
    rule: told,
    right: 'Holdfast',
    why: 'moto tells no outputs of a stack that a change set has made, nor what they are.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Output.html',
  },
  {
    point: /^deployment: .*: stack: outputs\..*\.OutputValue$/,
    rule: told,
    right: 'Holdfast',
    why: 'moto tells no outputs of a stack that a change set has made.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html',
  },
  {
    point: /^deployment: .*: stack: outputCount$/,
    rule: (ours, theirs) => ours === expectedOutputs().length && theirs === 0,
    right: 'Holdfast',
    why: 'moto tells no outputs of a stack that a change set has made, however many it has.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html',
  },
  {
    point: /^deployment: .*: deploy: variables(\.length|\[\d+\])$/,
    rule: (ours, theirs, point) =>
      typeof ours === 'number'
        ? ours === expectedVariables().length && theirs === 0
        : theirs === undefined && ours === expectedVariables()[Number(/\d+/.exec(point.slice(-4)))],
    right: 'Holdfast',
    why: 'moto tells no outputs of a stack that a change set has made, which the variables of a repository are to get.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html',
  },
  {
    point:
      /^deployment: .*: (stack: parameters\.(AllowedSubjects|PlanSubjects|CopyKeyArns)|deploy: subjects(\.length|\[\d\]))$/,
    right: 'Holdfast',
    why: 'moto tells the value of a parameter that is a list as Python writes it.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html',
  },
  {
    point: /^deployment: (versioning|public access|lifecycle) of holdfast-(receipts|dumps)-[\w-]+(: Status)?$/,
    right: 'Holdfast',
    why: "moto's CloudFormation makes buckets without versions, lifecycle rules, and the block of public access.",
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html',
  },
  {
    point: /^deployment: encryption of .*\.BucketKeyEnabled$/,
    right: 'both',
    why: 'moto says that a bucket has no key of its own, which the lab leaves out; no page says which.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html',
  },
  {
    point: /^deployment: longer sessions: deploy: changes\..*: MaxSessionDuration$/,
    rule: (ours, theirs) => ours === 'change' && theirs === undefined,
    right: 'Holdfast',
    why: 'moto does not say that it is to change how long the sessions of a role may last.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html',
  },
  {
    point: /^deployment: longer sessions: deploy: count$/,
    rule: (ours, theirs) => /^[1-9]\d* changed:$/.test(String(ours)) && theirs === 'outputs only:',
    right: 'Holdfast',
    why: 'moto counts no role among the changes whose sessions are to last longer.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html',
  },
  {
    point: /^deployment: with longer sessions: role .*: seconds$/,
    rule: (ours, theirs) => ours === 7200 && theirs === 3600,
    right: 'Holdfast',
    why: 'moto does not change how long the sessions of a role may last; CloudFormation does, without interruption.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html',
  },
  {
    point: /^deployment: longer sessions: deploy: events(\.length|\[\d\])$/,
    right: 'Holdfast',
    why: 'moto leaves out that a stack cleans up after an update.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html',
  },
  {
    point: /^deployment: without a change: deploy: (events(\.length|\[\d\])|count)$/,
    right: 'Holdfast',
    why: 'moto finds a change where there is none, since it compares parameters that are lists in two forms.',
    source: 'https://github.com/aws/aws-cli/blob/develop/awscli/customizations/cloudformation/deployer.py',
  },
];
