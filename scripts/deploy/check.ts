/** Compares an installation with this release, and with what its stack has deployed. */
import { isDeepStrictEqual } from 'node:util';
import { GetTemplateCommand, type Stack as StackView } from '@aws-sdk/client-cloudformation';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  type Role,
} from '@aws-sdk/client-iam';
import { GetDocumentCommand } from '@aws-sdk/client-ssm';
import { type Resource, Template } from '../../lab/services/aws/cloudformation/template.ts';
import type { Account } from './account.ts';
import { bucketDrift, bucketPolicyDrift, type Drift } from './bucket-drift.ts';
import { parameterOf, type Values } from './parameters.ts';
import { type PolicyDocument, samePolicy } from './policy.ts';
import { awsProblem, Problem } from './problem.ts';
import type { ReleaseTemplate } from './template.ts';
import { nounOf } from './words.ts';

/** @returns the differences, one a line, and what was not read @throws Problem */
export async function differences(
  account: Account,
  stack: StackView,
  release: ReleaseTemplate,
  wanted: Values,
): Promise<Drift> {
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
  const byHand = await changedByHand(account, stack, text);
  return { lines: [...lines, ...byHand.lines], unread: byHand.unread };
}

/** What differs from the template of the stack itself. @throws Problem */
export async function changedByHand(account: Account, stack: StackView, template?: string): Promise<Drift> {
  const lines: string[] = [];
  const resources = deployedResources(account, stack, template ?? (await deployedTemplate(account, stack)));
  const unread = new Set(resources.filter(({ type }) => !readTypes.has(type)).map(({ type }) => nounOf(type)));
  if (resources.some(({ type }) => type === 'AWS::S3::Bucket')) unread.add('ownership controls of buckets');
  for (const resource of resources) {
    const found = await drift(account, resource, resources);
    lines.push(...found.lines);
    for (const one of found.unread) unread.add(one);
  }
  return { lines, unread: [...unread, 'tags'] };
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

const readTypes = new Set([
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::SSM::Document',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
]);

const all = (lines: readonly string[]): Drift => ({ lines, unread: [] });

/** What was changed by hand, as far as this can be seen. Inline policies are read with their roles. */
async function drift(account: Account, resource: Resource, others: readonly Resource[]): Promise<Drift> {
  try {
    if (resource.type === 'AWS::IAM::Role') return all(await roleDrift(account, resource, others));
    if (resource.type === 'AWS::SSM::Document') return all(await documentDrift(account, resource));
    if (resource.type === 'AWS::S3::Bucket') return await bucketDrift(account, resource);
    if (resource.type === 'AWS::S3::BucketPolicy') return await bucketPolicyDrift(account, resource);
    return all([]);
  } catch (error) {
    const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    if (/NoSuch|InvalidDocument|NotFound/.test(name) || $metadata?.httpStatusCode === 404)
      return all([`${resource.physicalId} (${resource.logicalId}) is gone: it was deleted by hand`]);
    throw awsProblem(error, `reading ${resource.physicalId}`);
  }
}

const decoded = (text: string | undefined): PolicyDocument => JSON.parse(decodeURIComponent(text ?? '{}'));

async function roleDrift(account: Account, resource: Resource, others: readonly Resource[]): Promise<string[]> {
  const { physicalId: RoleName, properties } = resource;
  const { Role: role } = await account.iam.send(new GetRoleCommand({ RoleName }));
  const lines: string[] = [];
  if (!samePolicy(decoded(role?.AssumeRolePolicyDocument), properties.AssumeRolePolicyDocument))
    lines.push(`the trust policy of the role ${RoleName} was changed by hand`);
  if (role?.MaxSessionDuration !== Number(properties.MaxSessionDuration ?? 3600))
    lines.push(`the longest session of the role ${RoleName} was changed by hand`);
  return [
    ...lines,
    ...boundaryDrift(role, resource),
    ...(await attachedDrift(account, resource, others)),
    ...(await inlineDrift(account, resource, others)),
  ];
}

function boundaryDrift(role: Role | undefined, { physicalId, properties }: Resource): string[] {
  const is = role?.PermissionsBoundary?.PermissionsBoundaryArn ?? '';
  const should = properties.PermissionsBoundary ?? '';
  if (is === should) return [];
  return [
    `the permissions boundary of the role ${physicalId} was changed by hand: it is ${is || 'none'}, not ${should || 'none'}`,
  ];
}

async function attachedDrift(
  { iam, partition, id }: Account,
  { physicalId: RoleName, properties }: Resource,
  others: readonly Resource[],
): Promise<string[]> {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const attached = AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn);
  const made = others.filter(({ type, properties: own }) => isManaged(type) && own.Roles?.includes(RoleName));
  const expected: string[] = [
    ...(properties.ManagedPolicyArns ?? []),
    ...made.map((one) => `arn:${partition}:iam::${id}:policy/${one.properties.ManagedPolicyName}`),
  ];
  return [
    ...attached
      .filter((arn) => !expected.includes(arn))
      .map((arn) => `the role ${RoleName} has the managed policy ${arn}, which was attached by hand`),
    ...expected
      .filter((arn) => !attached.includes(arn))
      .map((arn) => `the role ${RoleName} lacks the managed policy ${arn}, which was detached by hand`),
  ];
}

const isManaged = (type: string): boolean => type === 'AWS::IAM::ManagedPolicy';

async function inlineDrift(
  { iam }: Account,
  { physicalId: RoleName, properties }: Resource,
  others: readonly Resource[],
): Promise<string[]> {
  const lines: string[] = [];
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const expected = new Map<string, PolicyDocument>();
  for (const one of properties.Policies ?? []) expected.set(one.PolicyName, one.PolicyDocument);
  for (const { type, properties: own } of others)
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
