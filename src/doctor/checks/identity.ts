/** The OIDC provider, the trust of each role, and the claim that a job sends. */
import type { Finding } from '../../domain/finding.ts';
import type { RepositoryFacts, SubjectRule, TrustStatement } from '../../domain/installation.ts';
import type { IdentityReadings, Inventory, RoleReadings } from '../inventory.ts';
import { trustCommand } from '../mends.ts';
import { judge, type Reading } from '../reading.ts';
import { federatedOf, jobStatements, trustedSubjects, trusts } from '../trust.ts';

const area = 'Identity';
export const audience = 'sts.amazonaws.com';

export function identityFindings({ identity, configuration, where }: Inventory): readonly Finding[] {
  const keys = 'value' in configuration.variables && configuration.variables.value.HOLDFAST_ROLE_FROM === 'keys';
  return [
    ...caller(identity, where),
    ...(keys ? [keysFinding] : []),
    ...provider(identity),
    ...subjectForm(identity),
    ...identity.roles.flatMap((role) => roleFindings(role, identity, where, keys)),
  ];
}

const keysFinding: Finding = {
  area,
  subject: 'HOLDFAST_ROLE_FROM',
  status: 'warning',
  is: 'keys: jobs hold access keys that live until somebody deletes them',
  should: "token: a job's own identity, good for minutes",
  fix: 'npm run setup -- - ROLE_ARN WEBHOOK  (then delete the keys: aws iam delete-access-key)',
};

/** Asking who one is needs no permission: at a terminal, whoever cannot has no credentials, and nothing of AWS was seen. */
function caller({ caller: reading }: IdentityReadings, where: Inventory['where']): readonly Finding[] {
  const about = { area, subject: 'the doctor itself', should: 'credentials that may read' };
  if (where === 'terminal' && !('value' in reading))
    return [
      {
        ...about,
        status: 'failed',
        is: `nothing of AWS could be seen: ${reading.reason}`,
        fix: 'aws sts get-caller-identity  (then aws sso login, or export AWS_PROFILE=NAME; and --region, if none is known)',
      },
    ];
  return judge(about, reading, (arn) => [{ ...about, status: 'ok', is: arn }]);
}

function provider({ providers, issuer }: IdentityReadings): readonly Finding[] {
  const about = {
    area,
    subject: `OIDC provider ${issuer}`,
    should: `exists in this account, with the audience ${audience}`,
  };
  return judge(about, providers, (all) => {
    const found = all.find((one) => one.issuer === issuer);
    if (found === undefined) {
      const others = all.map((one) => one.issuer).join(', ');
      return [
        {
          ...about,
          status: 'failed',
          is: others === '' ? 'the account has no provider' : `the account has only ${others}`,
          fix: `npm run deploy  (it makes the provider), or: aws iam create-open-id-connect-provider --url https://${issuer} --client-id-list ${audience}`,
        },
      ];
    }
    if (found.audiences.includes(audience)) return [{ ...about, status: 'ok', is: found.arn }];
    return [
      {
        ...about,
        status: 'failed',
        is: `${found.arn} has the audiences ${found.audiences.join(', ') || '(none)'}`,
        fix: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${found.arn} --client-id ${audience}`,
      },
    ];
  });
}

/** A repository or organisation may write subjects of its own (GitHub docs, REST API, OIDC subject customization). */
function subjectForm({ subjectRule }: IdentityReadings): readonly Finding[] {
  if (!('value' in subjectRule) || subjectRule.value.usesDefault) return [];
  return [
    {
      area,
      subject: 'form of the subject',
      status: 'warning',
      is: 'the repository or its organisation has a template of its own for the claim sub',
      should: "GitHub's default, or AllowedSubjects in that form",
      fix: 'gh workflow run doctor.yml  (a job sees the claim itself)',
    },
  ];
}

/** The subjects that a job of the default branch, or of a pull request, may send. */
export function subjectsOf(
  repository: RepositoryFacts,
  rule: Reading<SubjectRule>,
  context: string,
): { readonly sent: readonly string[]; readonly sure: boolean } {
  const { owner, ownerId, name, id } = repository;
  const classic = `repo:${owner}/${name}:${context}`;
  const immutable = `repo:${owner}@${ownerId}/${name}@${id}:${context}`;
  const known = 'value' in rule ? rule.value : undefined;
  if (known?.usesDefault === false) return { sent: [classic, immutable], sure: false };
  if (known?.prefix) return { sent: [`${known.prefix}:${context}`], sure: true };
  if (known?.immutable === undefined) return { sent: [classic, immutable], sure: false };
  return { sent: [known.immutable ? immutable : classic], sure: true };
}

function roleFindings(
  role: RoleReadings,
  identity: IdentityReadings,
  where: Inventory['where'],
  keys: boolean,
): readonly Finding[] {
  const plan = role.variable === 'HOLDFAST_PLAN_ROLE';
  const parameter = plan ? 'PlanSubjects' : 'AllowedSubjects';
  const about = { area, subject: `${role.variable} ${role.arn}`, should: "trusts this repository's jobs" };
  const assumed: readonly Finding[] =
    where === 'job' && !plan
      ? judge({ ...about, should: "can be assumed with this job's credentials" }, role.refusal, (refusal) => [
          refusal === ''
            ? { ...about, status: 'ok', is: `assumed with ${keys ? 'the access keys' : sentClaim(identity)}` }
            : { ...about, status: 'failed', is: refusal, fix: refusalFix(identity, parameter) },
        ])
      : [];
  // What STS itself answered in a job settles it; the policy is of interest where nobody can try.
  if (assumed.some(({ status }) => status !== 'not-checked') || keys) return assumed;
  return [
    ...assumed,
    ...judge(about, role.trust, (trust) =>
      trust === undefined
        ? [{ ...about, status: 'failed', is: 'the role does not exist', fix: 'npm run deploy  (docs/setup.md)' }]
        : trustFindings(about, trust, identity, plan, parameter),
    ),
  ];
}

const sentClaim = ({ claims }: IdentityReadings): string =>
  'value' in claims ? `sub "${claims.value.sub}", aud "${claims.value.aud}"` : 'the identity token';

function refusalFix({ claims, repository }: IdentityReadings, parameter: string): string {
  return 'value' in claims
    ? trustCommand(claims.value.sub, parameter, repository)
    : 'docs/setup.md, "The role trusts exactly your workflow"';
}

function trustFindings(
  about: Pick<Finding, 'area' | 'subject' | 'should'>,
  trust: readonly TrustStatement[],
  identity: IdentityReadings,
  plan: boolean,
  parameter: string,
): readonly Finding[] {
  const { issuer, providers } = identity;
  const arns = 'value' in providers ? providers.value.map((one) => one.arn) : [];
  const named = jobStatements(trust, issuer).flatMap(({ Principal }) => federatedOf(Principal));
  const stranger = 'value' in providers ? named.find((arn) => !arns.includes(arn)) : undefined;
  if (stranger !== undefined)
    return [
      {
        ...about,
        status: 'failed',
        is: `it trusts the provider ${stranger}, which does not exist in this account`,
        fix: 'npm run deploy, with the right OidcProviderArn (docs/setup.md)',
      },
    ];
  const subjects = trustedSubjects(trust, issuer);
  const wide = subjects.filter((one) => /[*?]/.test(one));
  return [
    ...judge({ ...about, should: "trusts this repository's subject" }, identity.repository, (repository) => {
      const context = plan ? 'pull_request' : `ref:refs/heads/${repository.defaultBranch}`;
      const { sent, sure } = subjectsOf(repository, identity.subjectRule, context);
      const answers = sent.map((sub) => trusts(trust, { providerArns: arns, issuer, claims: { aud: audience, sub } }));
      if (answers.some((one) => one.trusts === true)) {
        const mend = (subject: string): string => trustCommand(subject, parameter, identity.repository);
        return [trusted(about, sent, answers, sure, mend)];
      }
      const undecided = answers.find((one) => one.trusts === 'undecided');
      if (undecided?.trusts === 'undecided')
        return [
          {
            ...about,
            status: 'not-checked',
            is: `the condition ${undecided.condition} is not judged here: run the workflow doctor.yml`,
          },
        ];
      const refused = answers.find((one) => one.trusts === false);
      return [
        {
          ...about,
          status: 'failed',
          is: `it expects ${refused?.trusts === false ? refused.expected : 'something else'}; jobs on ${context} send ${sent.join(' or ')}`,
          fix: trustCommand(sent.at(-1) ?? '', parameter, identity.repository),
        },
      ];
    }),
    ...(wide.length > 0
      ? [
          {
            ...about,
            status: 'warning' as const,
            is: `it trusts every subject like ${wide.join(', ')}`,
            should: 'names subjects exactly',
            // The stack names exact subjects only: somebody wrote this policy.
            fix: `aws iam get-role --role-name ${about.subject.split('/').at(-1)} --query Role.AssumeRolePolicyDocument > trust.json; write the exact subjects there, then: aws iam update-assume-role-policy --role-name ${about.subject.split('/').at(-1)} --policy-document file://trust.json`,
          },
        ]
      : []),
  ];
}

/** With both forms possible, one of two that is trusted may be the wrong one. */
function trusted(
  about: Pick<Finding, 'area' | 'subject' | 'should'>,
  sent: readonly string[],
  answers: readonly { readonly trusts: unknown }[],
  sure: boolean,
  mend: (subject: string) => string,
): Finding {
  const missing = sent.filter((_, index) => answers[index]?.trusts !== true);
  if (sure || missing.length === 0) return { ...about, status: 'ok', is: `trusts ${sent.join(' and ')}` };
  return {
    ...about,
    status: 'warning',
    is: `trusts one of the two forms that this repository may send, and not ${missing.join(', ')}`,
    fix: mend(missing[0] ?? ''),
  };
}
