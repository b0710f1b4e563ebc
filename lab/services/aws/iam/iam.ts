/** The part of IAM's API that deploying and examining an installation need, and what an operator may change by hand. */
import type { Policy, Statement } from '../auth/policy.ts';
import { type AwsCall, type AwsService, type CallContext, LabAwsError, type Parameters } from '../protocol/service.ts';
import { type Identities, type PrincipalDefinition, type RoleDefinition, roleIdOf } from './identities.ts';

type Handler = (parameters: Parameters, iam: Identities) => unknown;

const createdAt = '2026-01-01T00:00:00Z';

export class Iam implements AwsService {
  readonly name = 'iam';
  readonly #identities: Identities;

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  async handle({ operation, parameters }: AwsCall, policies: CallContext): Promise<unknown> {
    const handler = handlers[operation];
    if (!handler) throw new LabAwsError('InvalidAction', `the lab's IAM does not know ${operation}`);
    policies.authorize({ action: `iam:${operation}`, resources: [this.#resource(operation, parameters)] });
    return handler(parameters, this.#identities);
  }

  #resource(operation: string, parameters: Parameters): string {
    const { RoleName, UserName, PolicyArn, OpenIDConnectProviderArn } = parameters;
    if (RoleName !== undefined) return this.#identities.arn('role', String(RoleName));
    if (UserName !== undefined) return this.#identities.arn('user', String(UserName));
    const arn = PolicyArn ?? OpenIDConnectProviderArn;
    if (arn !== undefined) return String(arn);
    // ListOpenIDConnectProviders is checked against the providers of the account (service authorization reference).
    return operation.includes('OpenIDConnect') ? this.#identities.arn('oidc-provider', '*') : '*';
  }
}

const encoded = (statements: readonly Statement[]): string =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));

function statementsOf(text: unknown): readonly Statement[] {
  try {
    return (JSON.parse(String(text)) as { Statement: readonly Statement[] }).Statement;
  } catch {
    throw new LabAwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
}

function noEntity(what: string): LabAwsError {
  return new LabAwsError('NoSuchEntity', `${what} cannot be found.`, 404);
}

function inlineOf(principal: PrincipalDefinition, name: unknown): Policy {
  const policy = principal.inline.find((one) => one.name === name);
  if (!policy) throw noEntity(`The policy with name ${String(name)}`);
  return policy;
}

function roleView(iam: Identities, role: RoleDefinition) {
  return {
    Path: '/',
    RoleName: role.name,
    RoleId: roleIdOf(role.name),
    Arn: iam.arn('role', role.name),
    CreateDate: createdAt,
    AssumeRolePolicyDocument: encoded(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.boundary
      ? { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary } }
      : {}),
  };
}

function managedPolicy(iam: Identities, arn: unknown) {
  const policy = iam.policies.get(String(arn));
  if (!policy) throw noEntity(`Policy ${String(arn)}`);
  return policy;
}

const attachedView = (arns: readonly string[]) => ({
  AttachedPolicies: arns.map((PolicyArn) => ({ PolicyName: PolicyArn.split('/').at(-1), PolicyArn })),
  IsTruncated: false,
});

const reading: Readonly<Record<string, Handler>> = {
  ListOpenIDConnectProviders: (_parameters, iam) => ({
    OpenIDConnectProviderList: [...iam.providers.keys()].map((Arn) => ({ Arn })),
  }),
  GetOpenIDConnectProvider: ({ OpenIDConnectProviderArn }, iam) => {
    const provider = iam.providers.get(String(OpenIDConnectProviderArn));
    if (!provider) throw noEntity(`OpenIDConnect Provider for arn ${String(OpenIDConnectProviderArn)}`);
    return { Url: provider.url, ClientIDList: provider.clientIds, ThumbprintList: [], CreateDate: createdAt, Tags: [] };
  },
  GetRole: ({ RoleName }, iam) => ({ Role: roleView(iam, iam.role(String(RoleName))) }),
  ListRoles: (_parameters, iam) => ({
    Roles: iam.roles.map((one) => roleView(iam, iam.role(one.name))),
    IsTruncated: false,
  }),
  ListRolePolicies: ({ RoleName }, iam) => ({
    PolicyNames: iam.role(String(RoleName)).inline.map((one) => one.name),
    IsTruncated: false,
  }),
  GetRolePolicy: ({ RoleName, PolicyName }, iam) => {
    const { statements } = inlineOf(iam.role(String(RoleName)), PolicyName);
    return { RoleName, PolicyName, PolicyDocument: encoded(statements) };
  },
  ListAttachedRolePolicies: ({ RoleName }, iam) => attachedView(iam.attached('roles', iam.role(String(RoleName)).name)),
  GetUser: ({ UserName }, iam) => {
    const { name } = iam.user(String(UserName));
    return {
      User: { Path: '/', UserName: name, UserId: 'AIDALAB', Arn: iam.arn('user', name), CreateDate: createdAt },
    };
  },
  ListUserPolicies: ({ UserName }, iam) => ({
    PolicyNames: iam.user(String(UserName)).inline.map((one) => one.name),
    IsTruncated: false,
  }),
  ListAttachedUserPolicies: ({ UserName }, iam) => attachedView(iam.attached('users', iam.user(String(UserName)).name)),
  GetPolicy: ({ PolicyArn }, iam) => {
    const { name, arn } = managedPolicy(iam, PolicyArn);
    return { Policy: { PolicyName: name, Arn: arn, DefaultVersionId: 'v1', Path: '/', CreateDate: createdAt } };
  },
  GetPolicyVersion: ({ PolicyArn, VersionId }, iam) => ({
    PolicyVersion: {
      Document: encoded(managedPolicy(iam, PolicyArn).statements),
      VersionId,
      IsDefaultVersion: true,
      CreateDate: createdAt,
    },
  }),
};

/** What an operator does by hand. */
const writing: Readonly<Record<string, Handler>> = {
  CreateOpenIDConnectProvider: ({ Url, ClientIDList = [] }, iam) => ({
    OpenIDConnectProviderArn: iam.createProvider(String(Url).replace('https://', ''), ClientIDList as string[]).arn,
  }),
  DeleteOpenIDConnectProvider: ({ OpenIDConnectProviderArn }, iam) => {
    iam.providers.delete(String(OpenIDConnectProviderArn));
    return undefined;
  },
  CreateRole: ({ RoleName, AssumeRolePolicyDocument, Description = '', MaxSessionDuration = 3600 }, iam) => {
    iam.create('roles', {
      logicalId: '',
      name: String(RoleName),
      description: String(Description),
      maxSessionSeconds: Number(MaxSessionDuration),
      trust: iam.checkTrust(statementsOf(AssumeRolePolicyDocument)),
      inline: [],
      attached: [],
    });
    return { Role: roleView(iam, iam.role(String(RoleName))) };
  },
  DeleteRole: ({ RoleName }, iam) => {
    iam.remove('roles', iam.role(String(RoleName)).name);
    return undefined;
  },
  UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }, iam) => {
    const trust = iam.checkTrust(statementsOf(PolicyDocument));
    iam.update('roles', { ...iam.role(String(RoleName)), trust });
    return undefined;
  },
  PutRolePolicy: ({ RoleName, PolicyName, PolicyDocument }, iam) => {
    const role = iam.role(String(RoleName));
    const policy = { name: String(PolicyName), statements: statementsOf(PolicyDocument) };
    const inline = [...role.inline.filter((one) => one.name !== policy.name), policy];
    iam.update('roles', { ...role, inline });
    return undefined;
  },
  AttachRolePolicy: ({ RoleName, PolicyArn }, iam) => {
    const role = iam.role(String(RoleName));
    iam.update('roles', { ...role, attached: [...new Set([...role.attached, String(PolicyArn)])] });
    return undefined;
  },
  DeleteRolePolicy: ({ RoleName, PolicyName }, iam) => {
    const role = iam.role(String(RoleName));
    const { name } = inlineOf(role, PolicyName);
    iam.update('roles', { ...role, inline: role.inline.filter((one) => one.name !== name) });
    return undefined;
  },
};

const handlers: Readonly<Record<string, Handler>> = { ...reading, ...writing };
