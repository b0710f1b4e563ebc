/** Compares an installation with this release, and with what its stack has deployed. */
import { isDeepStrictEqual } from 'node:util';
import { GetTemplateCommand, type Stack as StackView } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetDocumentCommand } from '@aws-sdk/client-ssm';
import { type Resource, Template } from '../../lab/services/aws/cloudformation/template.ts';
import type { Account } from './account.ts';
import { parameterOf, type Values } from './parameters.ts';
import { awsProblem, Problem } from './problem.ts';
import type { ReleaseTemplate } from './template.ts';

/** @returns the differences, one a line; empty when there is none @throws Problem */
export async function differences(
  account: Account,
  stack: StackView,
  release: ReleaseTemplate,
  wanted: Values,
): Promise<string[]> {
  const text = await deployedTemplate(account, stack);
  const lines = [
    ...(/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(stack.StackStatus ?? '')
      ? []
      : [`the stack ${stack.StackName} is in the state ${stack.StackStatus}`]),
    ...(text.trim() === release.text.trim()
      ? []
      : ['the template of the stack is not that of this release: npm run deploy']),
    ...parameterDifferences(stack, release, wanted),
  ];
  const resources = deployedResources(account, stack, text);
  for (const resource of resources) lines.push(...(await drift(account, resource, resources)));
  return lines;
}

/** @throws Problem for a template that is not one of Holdfast's */
function deployedResources({ region, id }: Account, stack: StackView, text: string): Resource[] {
  const given = (stack.Parameters ?? []).map((one) => [one.ParameterKey ?? '', one.ParameterValue ?? '']);
  try {
    return new Template(text, {
      region,
      accountId: id,
      parameters: Object.fromEntries(given),
      stackName: stack.StackName ?? '',
      stackId: stack.StackId ?? '',
    }).resources();
  } catch (error) {
    throw new Problem(
      `the stack ${stack.StackName} is not one of Holdfast, or of a release that cannot be compared (${(error as Error).message}).\n  Which stack it is: --stack-name`,
    );
  }
}

async function deployedTemplate({ cloudformation }: Account, { StackName }: StackView): Promise<string> {
  try {
    const { TemplateBody = '' } = await cloudformation.send(
      new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
    );
    return TemplateBody;
  } catch (error) {
    throw awsProblem(error, `reading the template of the stack ${StackName}`);
  }
}

function parameterDifferences(stack: StackView, { parameters }: ReleaseTemplate, wanted: Values): string[] {
  const missing = Object.keys(parameters)
    .filter((name) => parameterOf(stack, name) === undefined)
    .map(
      (name) =>
        `the parameter ${name} is new in this release; its default is ${JSON.stringify(parameters[name]?.Default ?? '')}`,
    );
  const other = Object.entries(wanted)
    .filter(
      ([name, value]) =>
        value !== undefined && parameterOf(stack, name) !== undefined && parameterOf(stack, name) !== value,
    )
    .map(
      ([name, value]) =>
        `the parameter ${name} is ${JSON.stringify(parameterOf(stack, name))}, not ${JSON.stringify(value)}`,
    );
  return [...missing, ...other];
}

/** What was changed by hand, as far as this can be seen. */
async function drift(account: Account, resource: Resource, all: readonly Resource[]): Promise<string[]> {
  try {
    if (resource.type === 'AWS::IAM::Role') return await roleDrift(account, resource, all);
    if (resource.type === 'AWS::SSM::Document') return await documentDrift(account, resource);
    if (resource.type === 'AWS::S3::Bucket') return await bucketDrift(account, resource);
    return [];
  } catch (error) {
    const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    if (/NoSuch|InvalidDocument|NotFound/.test(name) || $metadata?.httpStatusCode === 404)
      return [`${resource.physicalId} (${resource.logicalId}) is gone: it was deleted by hand`];
    throw awsProblem(error, `reading ${resource.physicalId}`);
  }
}

interface PolicyDocument {
  readonly Statement: unknown;
}

const decoded = (text: string | undefined): PolicyDocument => JSON.parse(decodeURIComponent(text ?? '{}'));

/** IAM may return one-element lists as they were given, but not in the same order of keys. */
function samePolicy(a: PolicyDocument, b: PolicyDocument | string): boolean {
  const other = typeof b === 'string' ? (JSON.parse(b) as PolicyDocument) : b;
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(a.Statement), plain(other.Statement));
}

async function roleDrift(
  { iam }: Account,
  { physicalId: RoleName, properties }: Resource,
  all: readonly Resource[],
): Promise<string[]> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const lines: string[] = [];
  if (!samePolicy(decoded(Role?.AssumeRolePolicyDocument), properties.AssumeRolePolicyDocument))
    lines.push(`the trust policy of the role ${RoleName} was changed by hand`);
  if (Role?.MaxSessionDuration !== Number(properties.MaxSessionDuration ?? 3600))
    lines.push(`the longest session of the role ${RoleName} was changed by hand`);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const expected = new Map<string, PolicyDocument>();
  for (const one of properties.Policies ?? []) expected.set(one.PolicyName, one.PolicyDocument);
  for (const { type, properties: own } of all)
    if (type === 'AWS::IAM::Policy' && own.Roles?.includes(RoleName)) expected.set(own.PolicyName, own.PolicyDocument);
  for (const name of PolicyNames)
    if (!expected.has(name)) lines.push(`the role ${RoleName} has a policy ${name}, which the stack did not make`);
  for (const [PolicyName, document] of expected) {
    if (!PolicyNames.includes(PolicyName)) {
      lines.push(`the role ${RoleName} lacks its policy ${PolicyName}`);
      continue;
    }
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    if (!samePolicy(decoded(PolicyDocument), document))
      lines.push(`the policy ${PolicyName} of the role ${RoleName} was changed by hand`);
  }
  return lines;
}

async function documentDrift({ ssm }: Account, { physicalId: Name, properties }: Resource): Promise<string[]> {
  const { Content = '{}' } = await ssm.send(new GetDocumentCommand({ Name }));
  const same = isDeepStrictEqual(JSON.parse(Content), JSON.parse(JSON.stringify(properties.Content)));
  return same ? [] : [`the document ${Name} was changed by hand`];
}

async function bucketDrift({ s3 }: Account, { physicalId: Bucket }: Resource): Promise<string[]> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  return Status === 'Enabled' ? [] : [`the versioning of the bucket ${Bucket} was turned off by hand`];
}
