/** What IAM holds in the lab's account: roles, users, managed policies and identity providers, which come and go. */
import { createHash } from 'node:crypto';
import type { Policy, Role, Statement } from '../auth/policy.ts';
import { LabAwsError } from '../protocol/service.ts';

export interface User {
  readonly name: string;
  readonly arn: string;
  readonly policies: readonly Policy[];
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  statements: readonly Statement[];
  /** Names of the roles and users that it is attached to. */
  readonly roles: Set<string>;
  readonly users: Set<string>;
}

export interface Provider {
  readonly arn: string;
  /** Without `https://`. */
  readonly url: string;
  clientIds: readonly string[];
}

/** What is written into a role or a user: its inline policies, and the ARNs of the managed ones that it names. */
export interface PrincipalDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly inline: readonly Policy[];
  readonly attached: readonly string[];
}

export interface RoleDefinition extends PrincipalDefinition {
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trust: readonly Statement[];
  readonly boundary?: string | undefined;
}

type Kind = 'roles' | 'users';

/** The role's own number: `AROA` and 17 letters and digits (IAM user guide, "Unique identifiers"). */
export function roleIdOf(name: string): string {
  return `AROA${createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase()}`;
}

export class Identities {
  readonly #accountId: string;
  readonly #definitions = {
    roles: new Map<string, RoleDefinition>(),
    users: new Map<string, PrincipalDefinition>(),
  };
  readonly policies = new Map<string, ManagedPolicy>();
  readonly providers = new Map<string, Provider>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  get roles(): readonly Role[] {
    return [...this.#definitions.roles.values()].map((one) => ({
      logicalId: one.logicalId,
      name: one.name,
      arn: this.arn('role', one.name),
      maxSessionSeconds: one.maxSessionSeconds,
      trust: one.trust,
      policies: this.#policiesOf('roles', one),
    }));
  }

  get users(): readonly User[] {
    return [...this.#definitions.users.values()].map((one) => ({
      name: one.name,
      arn: this.arn('user', one.name),
      policies: this.#policiesOf('users', one),
    }));
  }

  arn(type: 'role' | 'user' | 'policy' | 'oidc-provider', name: string): string {
    return `arn:aws:iam::${this.#accountId}:${type}/${name}`;
  }

  role(name: string): RoleDefinition {
    return this.#existing('roles', name) as RoleDefinition;
  }

  user(name: string): PrincipalDefinition {
    return this.#existing('users', name);
  }

  /** ARNs of the managed policies of a role or user. */
  attached(kind: Kind, name: string): string[] {
    const named = this.#definitions[kind].get(name)?.attached ?? [];
    const attached = [...this.policies.values()].filter((one) => one[kind].has(name)).map((one) => one.arn);
    return [...new Set([...named, ...attached])];
  }

  /** @throws LabAwsError EntityAlreadyExists */
  create(kind: Kind, definition: RoleDefinition | PrincipalDefinition): void {
    const { name } = definition;
    if (this.#definitions[kind].has(name)) throw exists(`${titles[kind]} with name ${name} already exists.`);
    this.#definitions[kind].set(name, definition as RoleDefinition);
  }

  /**
   * Users and roles of the account that a trust policy names must be there when it is written.
   * @throws LabAwsError MalformedPolicyDocument (IAM user guide, "Troubleshoot IAM policies", as IAM words it)
   */
  checkTrust(trust: readonly Statement[]): readonly Statement[] {
    const known = new Set([...this.roles, ...this.users].map(({ arn }) => arn));
    const named = trust.flatMap(({ Principal }) =>
      [(Principal as { AWS?: string | string[] } | undefined)?.AWS ?? []].flat(),
    );
    const unknown = named.find(
      (arn) => new RegExp(`^arn:[^:]+:iam::${this.#accountId}:(user|role)/`).test(arn) && !known.has(arn),
    );
    if (unknown === undefined) return trust;
    throw new LabAwsError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${unknown}"`, 400);
  }

  /** @throws LabAwsError NoSuchEntity */
  update(kind: Kind, definition: RoleDefinition | PrincipalDefinition): void {
    this.#existing(kind, definition.name);
    this.#definitions[kind].set(definition.name, definition as RoleDefinition);
  }

  remove(kind: Kind, name: string): void {
    this.#definitions[kind].delete(name);
    for (const policy of this.policies.values()) policy[kind].delete(name);
  }

  /** @throws LabAwsError EntityAlreadyExists */
  createProvider(url: string, clientIds: readonly string[]): Provider {
    const arn = this.arn('oidc-provider', url);
    if (this.providers.has(arn)) throw exists(`Provider with url https://${url} already exists.`);
    const provider = { arn, url, clientIds };
    this.providers.set(arn, provider);
    return provider;
  }

  /** @throws LabAwsError EntityAlreadyExists */
  createPolicy(name: string, statements: readonly Statement[]): ManagedPolicy {
    const arn = this.arn('policy', name);
    if (this.policies.has(arn))
      throw exists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    const policy = { arn, name, statements, roles: new Set<string>(), users: new Set<string>() };
    this.policies.set(arn, policy);
    return policy;
  }

  #existing(kind: Kind, name: string): PrincipalDefinition {
    const definition = this.#definitions[kind].get(name);
    if (definition) return definition;
    const title = titles[kind].toLowerCase();
    throw new LabAwsError('NoSuchEntity', `The ${title} with name ${name} cannot be found.`, 404);
  }

  #policiesOf(kind: Kind, { name, inline }: PrincipalDefinition): Policy[] {
    const managed = this.attached(kind, name).flatMap((arn) => this.policies.get(arn) ?? []);
    return [...inline, ...managed.map((one) => ({ name: one.name, statements: one.statements }))];
  }
}

const titles: Readonly<Record<Kind, string>> = { roles: 'Role', users: 'User' };

function exists(message: string): LabAwsError {
  return new LabAwsError('EntityAlreadyExists', message, 409);
}
