/** Differences from the models that stay. */
import type { KnownDifference } from '../../points.ts';

export const known: readonly KnownDifference[] = [
  {
    point: /^ec2 (CreateTags|DeleteTags|DeleteSnapshot|DeleteVolume) answer: return$/,
    right: 'the lab',
    why: 'EC2 answers with an element `return`, which its model leaves out.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html',
  },
  {
    point: 'ec2 DescribeInstances answer: Reservations[].Instances[].Platform',
    right: 'the lab',
    why: 'The platform of a Windows instance is `windows`; the enumeration of the model writes it with a capital.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html',
  },
  {
    point: 'cloudformation DescribeStackEvents answer: StackEvents[].ResourceStatus',
    rule: (ours) => /^(REVIEW_IN_PROGRESS|UPDATE_(ROLLBACK_)?COMPLETE_CLEANUP_IN_PROGRESS)$/.test(String(ours)),
    right: 'the lab',
    why: 'The events of a stack have the states of stacks, of which the enumeration of the model names only those of resources.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html',
  },
  {
    point: /^ssm GetCommandInvocation answer: Execution(Start|End)DateTime$/,
    right: 'the lab',
    why: 'Run Command writes times with milliseconds, for which the pattern of the model has no room.',
    source: 'https://docs.aws.amazon.com/cli/latest/reference/ssm/get-command-invocation.html',
  },
  {
    point: 'ssm DeleteParameters answer: InvalidParameters',
    right: 'the lab',
    why: 'Parameter Store answers with an empty list where every name was valid; the model asks for one item at least.',
    source: 'https://github.com/aws/aws-cli/blob/1.16.313/awscli/examples/ssm/delete-parameters.rst',
  },
];
