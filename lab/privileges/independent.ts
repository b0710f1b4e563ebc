/**
 * A second opinion on every decision, by an evaluator that is not ours. It also knows from AWS's service authorization
 * reference which actions, types of resources and condition keys there are, so it says when the lab asks what AWS never asks.
 */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { decide, type Question } from '../services/aws/auth/iam.ts';
import type { Policy, Statement } from '../services/aws/auth/policy.ts';
import { awsKey, federatedKey, serviceKey } from '../services/aws/auth/trust.ts';

const accountId = '123456789012';
const version = '2012-10-17';

/**
 * The reference lists `aud` and `sub` for some issuers only, although every issuer has them (IAM user guide, "Available keys
 * for AWS OIDC federation"). So the independent evaluator judges trust policies as if the issuer were one that it knows.
 */
const knownIssuer = 'accounts.google.com';

/** @returns a line for each question that the two judge differently, or that AWS would not ask; empty when they agree */
export async function disagreements(
  policiesOf: (by: string) => readonly Policy[],
  questions: readonly (Question & { readonly by: string })[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const question of questions) {
    const policies = policiesOf(question.by);
    const ours = decide(policies, question).allowed ? 'allowed' : 'refused';
    const theirs = await secondOpinion(policies, question);
    if (theirs !== ours) lines.push(`${describe(question)}: here ${ours}, there ${theirs}`);
  }
  return lines;
}

/** `allowed`, `refused`, or why the question cannot be asked. */
export async function secondOpinion(
  policies: readonly Policy[],
  question: Question & { readonly by: string },
): Promise<string> {
  const trust = question.action.startsWith('sts:');
  const statements = policies
    .filter(({ name }) => name.startsWith('trust of ') === trust)
    .flatMap((policy) => policy.statements);
  const answer = await runSimulation(
    trust ? trustSimulation(statements, question) : callSimulation(statements, question),
    {},
  );
  if (answer.resultType === 'error') return `impossible: ${answer.errors.message} ${JSON.stringify(answer.errors)}`;
  const ignored = (answer.resultType === 'single' ? [answer.result] : answer.results).flatMap(
    (one) => one.ignoredContextKeys ?? [],
  );
  if (ignored.length > 0) return `impossible: ${question.action} has no condition keys ${ignored.join(', ')}`;
  return answer.overallResult === 'Allowed' ? 'allowed' : 'refused';
}

/**
 * AWS's own documents have no account in their ARN (Systems Manager user guide), which the reference's pattern for documents
 * does not provide for: the independent evaluator judges as if they were the account's.
 */
function withAccount<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('::document/AWS', `:${accountId}:document/AWS`)) as T;
}

function callSimulation(original: readonly Statement[], { by, action, resource, keys }: Asking) {
  const statements = withAccount(original);
  const allows = statements.filter((one) => one.Principal === undefined);
  const denies = statements.filter((one) => one.Principal !== undefined);
  return {
    ...nothingElse,
    request: {
      principal: by.startsWith('user/')
        ? `arn:aws:iam::${accountId}:${by}`
        : `arn:aws:sts::${accountId}:assumed-role/${by}/session`,
      action,
      resource: { resource: withAccount(resource), accountId },
      contextVariables: mutable(keys),
    },
    identityPolicies: [{ name: by, policy: { Version: version, Statement: allows } }],
    ...resourcePolicyFor(action, denies),
  };
}

/**
 * A key without a policy that names anybody can be used by nobody. The stack asks for one that leaves the decision to the
 * account's policies, as the default key policy does (KMS developer guide, "Default key policy").
 */
const keyPolicy = {
  Version: version,
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

function resourcePolicyFor(action: string, denies: readonly Statement[]) {
  if (action.startsWith('kms:')) return { resourcePolicy: keyPolicy };
  const ofBuckets = action.startsWith('s3:') && denies.length > 0;
  return ofBuckets ? { resourcePolicy: { Version: version, Statement: denies } } : {};
}

function trustSimulation(statements: readonly Statement[], { action, resource, keys }: Asking) {
  const { [federatedKey]: provider, [awsKey]: user, [serviceKey]: service, ...claims } = keys;
  const known = (name: string): string => name.replace(/^[^:]+(?=:(aud|sub)$)/, knownIssuer);
  const renamed = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [known(name), value]));
  return {
    ...nothingElse,
    request: {
      principal: String(provider ?? user ?? service),
      action,
      resource: { resource, accountId },
      contextVariables: mutable(renamed(claims)),
    },
    identityPolicies: [],
    resourcePolicy: {
      Version: version,
      Statement: statements.map(({ Resource: _all, Condition = {}, ...statement }) => {
        const {
          [federatedKey]: Federated,
          [awsKey]: AWS,
          [serviceKey]: Service,
          ...equals
        } = Condition.StringEquals ?? {};
        const Principal = Service !== undefined ? { Service } : AWS !== undefined ? { AWS } : { Federated };
        return { ...statement, Principal, Condition: { ...Condition, StringEquals: renamed(equals) } };
      }),
    },
  };
}

type Asking = Question & { readonly by: string };

const nothingElse = { serviceControlPolicies: [], resourceControlPolicies: [] };

/**
 * Without the encryption context, whose key contains colons (`kms:EncryptionContext:aws:s3:arn`, S3 user guide, "S3 Bucket
 * Keys"): the evaluator takes such a key for unknown, and no policy of the stack looks at it.
 */
function mutable(keys: Question['keys']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(keys)
      .filter(([name]) => !name.startsWith('kms:EncryptionContext:'))
      .map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function describe({ by, action, resource, keys }: Asking): string {
  return `${by} ${action} on ${resource} ${JSON.stringify(keys)}`;
}
