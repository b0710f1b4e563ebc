/** The stack as the privilege tests judge it: with everything that it can make. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { piecesOf } from '../services/aws/auth/pieces.ts';
import type { Policy } from '../services/aws/auth/policy.ts';
import { trustPolicy } from '../services/aws/auth/trust.ts';
import { loadStack } from '../services/aws/cloudformation/stack.ts';

export const accountId = '123456789012';
export const issuer = 'token.actions.githubusercontent.com';
export const subjects = {
  main: 'repo:acme/backups:ref:refs/heads/main',
  pullRequest: 'repo:acme/backups:pull_request',
} as const;
/** As the lab names them. */
export const buckets = { receipts: 'holdfast-receipts-lab', dumps: 'holdfast-dumps-lab' } as const;

const template = fileURLToPath(new URL('../../infra/holdfast.yml', import.meta.url));

const stack = loadStack(readFileSync(template, 'utf8'), {
  region: 'us-east-1',
  accountId,
  parameters: {
    AllowedSubjects: subjects.main,
    PlanSubjects: subjects.pullRequest,
    ReceiptBucketName: buckets.receipts,
    DumpBucketName: buckets.dumps,
  },
});

/** Every role of the stack, by name. */
export const roles: readonly string[] = stack.roles.map(({ name }) => name);

/** The policies of a role, and its trust policy. */
export function policiesOf(name: string): readonly Policy[] {
  const role = stack.roles.find((one) => one.name === name);
  if (!role) throw new Error(`the stack has no role ${name}`);
  return [...role.policies, trustPolicy(role)];
}

/** Every piece of every policy. */
export const pieces = roles.flatMap((role) => piecesOf(policiesOf(role)));
