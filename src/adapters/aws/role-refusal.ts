/**
 * What a refused identity token means, in words. A job cannot read the trust policy of a role, and STS does not say which
 * condition failed: so the reader gets what the token says, what the role expects, and the commands that show both.
 */

/** The claims that a trust policy looks at. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
}

/** The claims, read from the token without checking it: only for the reader. */
export function claimsOf(token: string): Claims {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
  } catch {
    return {};
  }
}

export interface Advice {
  readonly likelyCause: string;
  readonly fix: string;
}

/** STS's refusals that are not about the trust policy (STS API reference, AssumeRoleWithWebIdentity, "Errors"). */
const otherRefusals: readonly (readonly [words: RegExp, advice: (roleArn: string, claims: Claims) => Advice])[] = [
  [
    /No OpenIDConnect provider found/i,
    (roleArn, { iss = 'unknown' }) => ({
      likelyCause: `the account of ${roleArn} has no OIDC provider for ${iss}, or the ARN names another account`,
      fix: `compare the account in the ARN; deploy infra/holdfast.yml there, which makes the provider (parameters OidcProviderArn and OidcIssuer, docs/setup.md)`,
    }),
  ],
  [
    /audience/i,
    (_roleArn, { aud = 'unknown' }) => ({
      likelyCause: `the OIDC provider of the account does not list the token's audience "${aud}"`,
      fix: `add it: aws iam add-client-id-to-open-id-connect-provider --client-id ${aud} --open-id-connect-provider-arn PROVIDER_ARN`,
    }),
  ],
];

/** @param message STS's own */
export function adviceForToken(message: string, roleArn: string, claims: Claims): Advice {
  for (const [words, advice] of otherRefusals) if (words.test(message)) return advice(roleArn, claims);
  const { sub = 'unknown', aud = 'unknown', iss = 'unknown' } = claims;
  return {
    likelyCause:
      `${whatTheJobIs(sub)}. The job's token says sub "${sub}", aud "${aud}", issuer "${iss}". The role accepts only the subjects of the ` +
      `parameter ${parameterOf(roleArn)}, compared character by character, aud "sts.amazonaws.com", and the issuer of its provider`,
    fix: `${fixOf(roleArn, sub)}. To see what the role accepts: npm run doctor, or aws iam get-role --role-name ${nameOf(roleArn)} --query Role.AssumeRolePolicyDocument`,
  };
}

/** What the subject gives away about the job (GitHub's documentation, "OpenID Connect reference", example subject claims). */
function whatTheJobIs(sub: string): string {
  const [repository = '', rest = ''] = split(sub);
  const environment = /^environment:(.*)$/.exec(rest)?.[1];
  const branch = /^ref:refs\/heads\/(.*)$/.exec(rest)?.[1];
  const tag = /^ref:refs\/tags\/(.*)$/.exec(rest)?.[1];
  if (rest === 'pull_request') return `the job runs for a pull request of ${repository}`;
  if (environment !== undefined)
    return `the job has the environment ${environment}, which takes the branch's place in the subject`;
  if (branch !== undefined) return `the job runs on the branch ${branch} of ${repository}`;
  if (tag !== undefined) return `the job runs on the tag ${tag} of ${repository}, not on a branch`;
  return 'the subject has a form of its own (a customised subject of the repository or the organisation)';
}

/** `OWNER/REPO`, with ids where the subject has them, and what follows. */
function split(sub: string): readonly [repository: string, rest: string] | readonly [] {
  const [, repository, rest] = /^repo:([^:]+):(.*)$/.exec(sub) ?? [];
  return repository === undefined || rest === undefined ? [] : [repository, rest];
}

const nameOf = (roleArn: string): string => roleArn.split('/').at(-1) ?? roleArn;
const isReadOnly = (roleArn: string): boolean => /\bplan$/.test(roleArn);
const parameterOf = (roleArn: string): string => (isReadOnly(roleArn) ? 'PlanSubjects' : 'AllowedSubjects');

/** Each role of infra/holdfast.yml trusts the subjects of one parameter. */
export function fixOf(roleArn: string, sub: string): string {
  // Whoever can open a pull request could otherwise change and delete backups.
  if (!isReadOnly(roleArn) && sub.endsWith(':pull_request'))
    return 'use the read-only role holdfast-plan for pull requests: parameter PlanSubjects of infra/holdfast.yml (docs/rotation.md)';
  const [repository = '', rest = ''] = split(sub);
  const form = repository.includes('@')
    ? ', in this form with ids (repositories made, renamed or transferred since 15 July 2026)'
    : '';
  const run = /^ref:refs\/heads\//.test(rest)
    ? 'run the workflow on the branch that the role trusts, or '
    : /^environment:/.test(rest)
      ? 'remove the environment from the job, or '
      : '';
  return `${run}add "${sub}"${form} to the parameter ${parameterOf(roleArn)} of infra/holdfast.yml and deploy the stack again (docs/${isReadOnly(roleArn) ? 'rotation' : 'setup'}.md)`;
}
