/** The stack's template, and what it makes of parameters. */
import { readFileSync } from 'node:fs';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';

export const hookLease = 'Holdfast-HookLease';
export const template = readFileSync('infra/holdfast.yml', 'utf8');
export const load = (more: Record<string, string> = {}, text = template) =>
  loadStack(text, {
    region: 'us-east-1',
    accountId: '123456789012',
    parameters: {
      AllowedSubjects: 'repo:a/b:ref:refs/heads/main,repo:a@1/b@2:ref:refs/heads/main',
      ReceiptBucketName: 'receipts',
      ...more,
    },
  });
