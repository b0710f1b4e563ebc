/** The stack as the privilege tests judge it: with everything that it can make. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Piece, piecesOf } from '../services/aws/auth/pieces.ts';
import type { Policy } from '../services/aws/auth/policy.ts';
import { trustPolicy } from '../services/aws/auth/trust.ts';
import { loadStack } from '../services/aws/cloudformation/stack.ts';
import { Template } from '../services/aws/cloudformation/template.ts';

export const accountId = '123456789012';
export const issuer = 'token.actions.githubusercontent.com';
export const subjects = {
  main: 'repo:acme/backups:ref:refs/heads/main',
  pullRequest: 'repo:acme/backups:pull_request',
} as const;
/** The role that Lambda assumes, and no job. */
export const functionRole = 'holdfast-watchdog-function';
/** As the lab names them. */
export const buckets = { receipts: 'holdfast-receipts-lab', dumps: 'holdfast-dumps-lab' } as const;

/** What the stack can make beside what every lab has. */
export const keys = {
  buckets: `arn:aws:kms:us-east-1:${accountId}:key/11111111-1111-4111-8111-111111111111`,
  copies: `arn:aws:kms:us-east-1:${accountId}:key/22222222-2222-4222-8222-222222222222`,
} as const;
export const everything = {
  SnapshotLock: 'yes',
  Users: 'yes',
  BucketKeyArn: keys.buckets,
  CopyKeyArns: keys.copies,
  WatchdogEmail: 'ops@example.com',
} as const;

const text = readFileSync(fileURLToPath(new URL('../../infra/holdfast.yml', import.meta.url)), 'utf8');
const options = {
  region: 'us-east-1',
  accountId,
  parameters: {
    AllowedSubjects: subjects.main,
    PlanSubjects: subjects.pullRequest,
    ReceiptBucketName: buckets.receipts,
    DumpBucketName: buckets.dumps,
    ...everything,
  },
};
const stack = loadStack(text, options);
const resources = new Template(text, options).resources();

/** Every role of the stack, by name. */
export const roles: readonly string[] = stack.roles.map(({ name }) => name);

/** `user/NAME` for each managed policy that the stack attaches to nobody, as if somebody had attached it to such a user. */
const forPeople = new Map<string, Policy>(
  resources
    .filter(({ type, properties }) => type === 'AWS::IAM::ManagedPolicy' && !properties.Users && !properties.Roles)
    .map(({ properties }) => [
      `user/${properties.ManagedPolicyName}`,
      { name: properties.ManagedPolicyName, statements: properties.PolicyDocument.Statement },
    ]),
);

/** Policies of buckets, which hold for everybody. */
const ofBuckets = resources
  .filter(({ type }) => type === 'AWS::S3::BucketPolicy')
  .map(({ logicalId, properties }): Policy => ({ name: logicalId, statements: properties.PolicyDocument.Statement }));

/** Whoever has policies from the stack: roles, and `user/NAME`. */
export const principals: readonly string[] = [
  ...roles,
  ...(stack.users ?? []).map(({ name }) => `user/${name}`),
  ...forPeople.keys(),
];

/** The policies of a principal itself, with a role's trust policy. */
export function ownPoliciesOf(name: string): readonly Policy[] {
  const role = stack.roles.find((one) => one.name === name);
  if (role) return [...role.policies, trustPolicy(role)];
  const user = (stack.users ?? []).find((one) => `user/${one.name}` === name);
  const policies = user?.policies ?? [forPeople.get(name)].flatMap((policy) => policy ?? []);
  if (policies.length === 0) throw new Error(`the stack has no ${name}`);
  return policies;
}

/** Everything that decides about what a principal asks: also the policies of the buckets. */
export function policiesOf(name: string): readonly Policy[] {
  return [...ownPoliciesOf(name), ...ofBuckets];
}

/** Every policy once: the same policy may belong to several principals. */
export const policies: readonly Policy[] = [
  ...new Map([...principals.flatMap(ownPoliciesOf), ...ofBuckets].map((policy) => [policy.name, policy])).values(),
];

/** Every piece of every policy. */
export const pieces: readonly Piece[] = piecesOf(policies);
