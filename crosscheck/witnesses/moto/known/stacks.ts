/** Where moto 5.2.5 and the lab differ: CloudFormation and STS. */
import type { KnownDifference } from '../../../points.ts';

export const ofStacks: readonly KnownDifference[] = [
  {
    point: 'sts: by keys for a role of nobody',
    right: 'Holdfast',
    why: 'moto gives a session of a role that does not exist, so that nothing trusts the caller.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html',
  },
  {
    point: /^sts: (with a session name that is too short|for too short a time)$/,
    right: 'Holdfast',
    why: 'moto checks nothing of a request for a session.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html',
  },
  {
    point: 'sts: who am I: kind',
    right: 'Holdfast',
    why: 'The ARN of a user belongs to IAM, not STS, as in the example of the page.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html',
  },
  {
    point: /^cloudformation: .*(Capabilities\.length|NotificationARNs\.length)$/,
    right: 'both',
    why: 'One leaves out an empty list, the other another.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html',
  },
  {
    point: /^cloudformation: .*StagesAvailable(\.length|\[\d\])$/,
    right: 'Holdfast',
    why: 'moto does not tell that both stages of a template can be read.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html',
  },
  {
    point: /^cloudformation: .*(DriftStatus|LastUpdatedTime)$/,
    right: 'Holdfast',
    why: 'moto tells neither drift nor the time of the update.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html',
  },
  {
    point: /^cloudformation: resources: StackResources\[\d\]\.Timestamp$/,
    right: 'Holdfast',
    why: 'moto says of every resource that its state is of 2010.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResource.html',
  },
  {
    point: /^cloudformation: update with a template that is none: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500; what CloudFormation does not accept is a ValidationError, 400.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html',
  },
  {
    point: /^cloudformation: (describe the )?change set without a change$/,
    right: 'Holdfast',
    why: "moto refuses a change set without a change, which CloudFormation makes, and marks as failed: AWS's command line waits for that.",
    source: 'https://github.com/aws/aws-cli/blob/develop/awscli/customizations/cloudformation/deployer.py',
  },
  {
    point: 'cloudformation: describe the change set: Tags.length',
    right: 'both',
    why: 'The lab leaves out an empty list of tags.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html',
  },
  {
    point:
      /^cloudformation: describe the change set: Changes\[0\]\.ResourceChange\.(PhysicalResourceId|Replacement|Scope.*|Details.*)$/,
    right: 'Holdfast',
    why: 'moto tells of a change only which resource it is about.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html',
  },
  {
    point: /^(cloudformation: describe a missing|failures: describe the deleted) change set: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto has another code for a change set that does not exist; CloudFormation says ChangeSetNotFound, 404.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html',
  },
  {
    point: /^failures: describe the change set: (Status|ExecutionStatus)$/,
    right: 'Holdfast',
    why: 'moto takes a change set with the name of a bucket that exists; early validation marks it as failed.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html',
  },
  {
    point: 'failures: events of the change set',
    right: 'Holdfast',
    why: 'moto has no DescribeEvents, which alone tells what early validation has found.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html',
  },
  {
    point: /^failures: (update|describe the stack: status|events of the stack: failed(\.length|\[\d\]))$/,
    right: 'Holdfast',
    why: 'moto refuses an update that cannot be made before it begins; CloudFormation rolls a stack back when an update fails on the way.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html',
  },
  {
    point: /^paging: (changes|resources of a stack): pages(\.length|\[\d\])$/,
    right: 'both',
    why: 'moto lists changes and resources on one page, the lab a hundred to a page; the page says that one holds 1 MB.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html',
  },
  {
    point: /^paging: events of a stack: (pages(\.length|\[\d\])|different)$/,
    right: 'Holdfast',
    why: 'moto has events of the stack itself only, not of its resources.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html',
  },
];
