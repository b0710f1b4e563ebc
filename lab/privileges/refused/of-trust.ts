/** Whom the roles must not trust: tokens of other jobs, keys of other users. */
import { federatedKey, keysQuestion, serviceQuestion } from '../../services/aws/auth/trust.ts';
import { accountId, functionRole, issuer, subjects } from '../installation.ts';
import type { Refused } from './things.ts';

/** Tokens that no role may accept, by what is wrong with them. */
const claims: readonly (readonly [why: string, sub: string, aud?: string | undefined, provider?: string])[] = [
  ['another repository', 'repo:acme/other:ref:refs/heads/main'],
  ['another owner', 'repo:evil/backups:ref:refs/heads/main'],
  ['another branch', 'repo:acme/backups:ref:refs/heads/feature'],
  ['a tag of the repository', 'repo:acme/backups:ref:refs/tags/main'],
  ['an environment', 'repo:acme/backups:environment:production'],
  ['other upper and lower case', 'repo:Acme/backups:ref:refs/heads/main'],
  ['a token for another service', subjects.main, 'https://github.com/acme'],
  ['a token of another issuer', subjects.main, undefined, 'gitlab.com'],
];

export function ofTokens(role: string, roleArn: string): Refused[] {
  const wrong = role === 'holdfast-plan' ? subjects.main : subjects.pullRequest;
  const mine = role === 'holdfast-plan' ? subjects.pullRequest : subjects.main;
  const table = [
    ...claims.map(([why, sub, aud, by]) => [why, sub === subjects.main ? mine : sub, aud, by] as const),
    [role === 'holdfast-plan' ? 'a push to the branch' : 'a pull request', wrong] as const,
  ];
  return table.map(([why, sub, aud = 'sts.amazonaws.com', provider = issuer]) => ({
    why,
    by: role,
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn,
    keys: {
      [`${issuer}:aud`]: aud,
      [`${issuer}:sub`]: sub,
      [federatedKey]: `arn:aws:iam::${accountId}:oidc-provider/${provider}`,
    },
    allowed: false,
  }));
}

/** Users that the role does not trust: none but the one, and that one with the role for dumps only. */
export function ofKeys(role: string, roleArn: string): Refused[] {
  const users = ['holdfast-dumps-ro', ...(role === 'holdfast-dump' ? [] : ['holdfast-dumps-rw'])];
  return users.map((user) => ({
    why: `the access keys of ${user}`,
    by: role,
    ...keysQuestion(roleArn, `arn:aws:iam::${accountId}:user/${user}`),
    allowed: false,
  }));
}

/** Services of AWS that the role does not trust: none but Lambda, and that one with the role of the function only. */
export function ofServices(role: string, roleArn: string): Refused[] {
  const services = ['ec2.amazonaws.com', ...(role === functionRole ? [] : ['lambda.amazonaws.com'])];
  return services.map((service) => ({
    why: `what ${service} runs`,
    by: role,
    ...serviceQuestion(roleArn, service),
    allowed: false,
  }));
}
