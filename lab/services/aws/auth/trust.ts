/** A role's trust policy in the form of the other policies, so that one evaluator decides about all of them. */
import type { Keys, Question } from './iam.ts';
import type { Policy, Role } from './policy.ts';

/** Stands for the element Principal, which other policies do not have. */
export const federatedKey = 'Principal.Federated';
export const awsKey = 'Principal.AWS';
export const serviceKey = 'Principal.Service';

/** Its name in the names of pieces is `trust of ROLE`. */
export function trustPolicy({ name, trust }: Pick<Role, 'name' | 'trust'>): Policy {
  return {
    name: `trust of ${name}`,
    statements: trust.map(({ Principal, ...statement }) => {
      const named = Object.entries((Principal ?? {}) as Record<string, string | readonly string[]>);
      const principal = Object.fromEntries(named.map(([kind, arn]) => [`Principal.${kind}`, arn]));
      const StringEquals = { ...statement.Condition?.StringEquals, ...principal };
      return { ...statement, Resource: '*', Condition: { ...statement.Condition, StringEquals } };
    }),
  };
}

/** May a bearer of these claims, issued by this provider, assume the role? */
export function trustQuestion(roleArn: string, providerArn: string, claims: Keys): Question {
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn,
    keys: { ...claims, [federatedKey]: providerArn },
  };
}

/** May this user, or account, assume the role with its access keys? */
export function keysQuestion(roleArn: string, principal: string): Question {
  return { action: 'sts:AssumeRole', resource: roleArn, keys: { [awsKey]: principal } };
}

/** May this service of AWS assume the role, for what it runs? */
export function serviceQuestion(roleArn: string, service: string): Question {
  return { action: 'sts:AssumeRole', resource: roleArn, keys: { [serviceKey]: service } };
}
