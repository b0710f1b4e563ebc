/** IAM's resources. Which changes replace them: AWS resource reference, AWS::IAM::*. */
import type { Policy, Statement } from '../../auth/policy.ts';
import type { PrincipalDefinition, RoleDefinition } from '../../iam/identities.ts';
import { LabAwsError } from '../../protocol/service.ts';
import type { Resource } from '../template.ts';
import type { Holdings, ResourceType } from './resource-type.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

function inlineOf(policies: readonly InlinePolicy[] = []): Policy[] {
  return policies.map(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, statements: PolicyDocument.Statement }));
}

/** Characters of a trust policy, white space not counted (IAM user guide, "IAM and AWS STS quotas"; can be raised). */
const longestTrust = 2048;

/** A trust policy, which may be given as an object or as JSON text. @throws LabAwsError for one that is too long */
function trustOf(role: string, document: string | { readonly Statement: readonly Statement[] }): readonly Statement[] {
  const { length } = (typeof document === 'string' ? document : JSON.stringify(document)).replaceAll(/\s/g, '');
  if (length > longestTrust)
    throw new LabAwsError(
      'LimitExceeded',
      `Cannot exceed quota for ACLSizePerRole: ${longestTrust} (the trust policy of ${role} has ${length})`,
      409,
    );
  return (typeof document === 'string' ? JSON.parse(document) : document).Statement;
}

function roleOf({ logicalId, physicalId, properties }: Resource, iam: Holdings['iam']): RoleDefinition {
  return {
    logicalId,
    name: physicalId,
    description: properties.Description ?? '',
    maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
    trust: iam.checkTrust(trustOf(physicalId, properties.AssumeRolePolicyDocument)),
    inline: inlineOf(properties.Policies),
    attached: properties.ManagedPolicyArns ?? [],
    boundary: properties.PermissionsBoundary,
  };
}

function userOf({ logicalId, physicalId, properties }: Resource): PrincipalDefinition {
  return {
    logicalId,
    name: physicalId,
    inline: inlineOf(properties.Policies),
    attached: properties.ManagedPolicyArns ?? [],
  };
}

export const role: ResourceType = {
  replacing: ['RoleName', 'Path'],
  nameProperty: 'RoleName',
  createAction: 'iam:CreateRole',
  exists: ({ physicalId }, { iam }) => iam.roles.some((one) => one.name === physicalId),
  create: (resource, { iam }) => iam.create('roles', roleOf(resource, iam)),
  update: (resource, { iam }) => {
    const definition = roleOf(resource, iam);
    const kept = policiesOfResources(iam.role(definition.name));
    iam.update('roles', { ...definition, inline: [...definition.inline, ...kept] });
  },
  remove: ({ physicalId }, { iam }) => iam.remove('roles', physicalId),
};

export const user: ResourceType = {
  replacing: ['UserName', 'Path'],
  nameProperty: 'UserName',
  createAction: 'iam:CreateUser',
  exists: ({ physicalId }, { iam }) => iam.users.some((one) => one.name === physicalId),
  create: (resource, { iam }) => iam.create('users', userOf(resource)),
  update: (resource, { iam }) => iam.update('users', userOf(resource)),
  remove: ({ physicalId }, { iam }) => iam.remove('users', physicalId),
};

/** Inline policies that resources of their own have put into a role. */
const ownResource = Symbol('AWS::IAM::Policy');
type PlacedPolicy = Policy & { readonly [ownResource]?: true };

function policiesOfResources({ inline }: PrincipalDefinition): Policy[] {
  return inline.filter((one: PlacedPolicy) => one[ownResource]);
}

function place({ properties }: Resource, { iam }: Holdings, present: boolean): void {
  for (const name of (properties.Roles ?? []) as string[]) {
    const definition = iam.role(name);
    const others = definition.inline.filter((one) => one.name !== properties.PolicyName);
    const own: PlacedPolicy[] = present
      ? [{ name: properties.PolicyName, statements: properties.PolicyDocument.Statement, [ownResource]: true }]
      : [];
    iam.update('roles', { ...definition, inline: [...others, ...own] });
  }
}

export const inlinePolicy: ResourceType = {
  replacing: ['PolicyName'],
  createAction: 'iam:PutRolePolicy',
  create: (resource, holdings) => place(resource, holdings, true),
  update: (resource, holdings) => place(resource, holdings, true),
  remove: (resource, holdings) => place(resource, holdings, false),
};

function attach({ physicalId, properties }: Resource, { iam }: Holdings): void {
  const policy = iam.policies.get(physicalId);
  policy?.roles.clear();
  policy?.users.clear();
  for (const name of (properties.Roles ?? []) as string[]) policy?.roles.add(iam.role(name).name);
  for (const name of (properties.Users ?? []) as string[]) policy?.users.add(iam.user(name).name);
}

export const managedPolicy: ResourceType = {
  replacing: ['ManagedPolicyName', 'Path', 'Description'],
  nameProperty: 'ManagedPolicyName',
  createAction: 'iam:CreatePolicy',
  create: (resource, holdings) => {
    const name = resource.physicalId.split('/').at(-1) ?? '';
    holdings.iam.createPolicy(name, resource.properties.PolicyDocument.Statement);
    attach(resource, holdings);
  },
  update: (resource, holdings) => {
    const policy = holdings.iam.policies.get(resource.physicalId);
    if (policy) policy.statements = resource.properties.PolicyDocument.Statement;
    attach(resource, holdings);
  },
  remove: ({ physicalId }, { iam }) => void iam.policies.delete(physicalId),
};

export const provider: ResourceType = {
  replacing: ['Url'],
  nameProperty: 'Url',
  createAction: 'iam:CreateOpenIDConnectProvider',
  create: ({ properties }, { iam }) =>
    void iam.createProvider(String(properties.Url).replace('https://', ''), properties.ClientIdList ?? []),
  update: ({ physicalId, properties }, { iam }) => {
    const known = iam.providers.get(physicalId);
    if (known) known.clientIds = properties.ClientIdList ?? [];
  },
  remove: ({ physicalId }, { iam }) => void iam.providers.delete(physicalId),
};
