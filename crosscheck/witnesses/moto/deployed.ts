/** What a stack of infra/holdfast.yml has made: the stack itself, and its roles, policies, buckets and documents. */
import {
  type CloudFormationClient,
  DescribeStacksCommand,
  type DescribeStacksCommandOutput,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Side } from './side.ts';

/** Makes a value of the text of a document, which each side writes in its own way. */
export type Read = (text: string) => unknown;

/** @returns its resources; none when there is no such stack */
export async function noteStack(side: Side, when: string, StackName: string): Promise<StackResourceSummary[]> {
  const { cloudformation } = side;
  const { Stacks } = await side.call(
    `${when}: stack`,
    () => cloudformation.send(new DescribeStacksCommand({ StackName })),
    ({ Stacks: [stack] = [] }: DescribeStacksCommandOutput) => ({
      status: stack?.StackStatus,
      parameters: Object.fromEntries(
        (stack?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue }) => [ParameterKey, ParameterValue]),
      ),
      outputCount: stack?.Outputs?.length ?? 0,
      outputs: Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue, Description }) => [
          OutputKey,
          { OutputValue, Description },
        ]),
      ),
    }),
  );
  if (Stacks === undefined) return [];
  const resources = await resourcesOf(cloudformation, StackName);
  side.note(
    `${when}: resources`,
    Object.fromEntries(
      resources.map(({ LogicalResourceId = '', ResourceType, PhysicalResourceId }) => [
        LogicalResourceId,
        { ResourceType, PhysicalResourceId },
      ]),
    ),
  );
  return resources;
}

/** Everything that can be read of what it made. */
export async function noteMade(side: Side, resources: readonly StackResourceSummary[], read: Read): Promise<void> {
  await noteRoles(side, 'after the first', resources, read);
  for (const Bucket of named(resources, 'AWS::S3::Bucket')) await noteBucket(side, Bucket);
  await noteDocuments(side, named(resources, 'AWS::SSM::Document'), read);
}

function named(resources: readonly StackResourceSummary[], type: string): string[] {
  return resources.filter((one) => one.ResourceType === type).map((one) => one.PhysicalResourceId ?? '');
}

/** moto lists resources whose condition does not hold, without name and type. */
async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<StackResourceSummary[]> {
  const all: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
    all.push(...(page.StackResourceSummaries ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return all.filter(({ LogicalResourceId }) => LogicalResourceId);
}

export async function noteRoles(
  side: Side,
  when: string,
  resources: readonly StackResourceSummary[],
  read: Read,
): Promise<void> {
  const iam = new IAMClient({ ...side.settings, region: 'us-east-1', maxAttempts: 1 });
  for (const RoleName of named(resources, 'AWS::IAM::Role')) {
    await side.call(
      `${when}: role ${RoleName}`,
      () => iam.send(new GetRoleCommand({ RoleName })),
      ({ Role }) => ({
        seconds: Role?.MaxSessionDuration,
        description: Role?.Description,
        // The template gives it as text, which moto keeps.
        trust: JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')),
      }),
    );
    await side.call(
      `${when}: policy of ${RoleName}`,
      () => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: RoleName })),
      ({ PolicyDocument = '{}' }) => read(decodeURIComponent(PolicyDocument)) as object,
    );
  }
  iam.destroy();
}

async function noteBucket(side: Side, Bucket: string): Promise<void> {
  const { s3 } = side;
  const note = <T extends object>(what: string, send: () => Promise<T>) => side.call(`${what} of ${Bucket}`, send);
  await note('versioning', () => s3.send(new GetBucketVersioningCommand({ Bucket })));
  await note('encryption', () => s3.send(new GetBucketEncryptionCommand({ Bucket })));
  await note('public access', () => s3.send(new GetPublicAccessBlockCommand({ Bucket })));
  await note('lifecycle', () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })));
}

async function noteDocuments(side: Side, names: readonly string[], read: Read): Promise<void> {
  const ssm = new SSMClient({ ...side.settings, region: 'us-east-1', maxAttempts: 1 });
  for (const Name of names)
    await side.call(
      `document ${Name}`,
      () => ssm.send(new GetDocumentCommand({ Name })),
      ({ Content = '', DocumentType, DocumentFormat }) => ({
        ...{ DocumentType, DocumentFormat },
        content: read(Content),
      }),
    );
  ssm.destroy();
}
