import type { Change } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { causeLines, failuresIn } from '../../../../scripts/deploy/failures.ts';
import { awsProblem } from '../../../../scripts/deploy/problem.ts';
import { planSubjectsOf, subjectsOf } from '../../../../scripts/deploy/subjects.ts';
import { variableCommands, variablesFrom } from '../../../../scripts/deploy/variables.ts';
import { changeLines, countsOf } from '../../../../scripts/deploy/words.ts';

const change = (Action: string, type: string, id: string, more = {}): Change =>
  ({ ResourceChange: { Action, ResourceType: `AWS::${type}`, LogicalResourceId: id, ...more } }) as Change;

describe('changes in words', () => {
  const changes = [
    change('Add', 'SSM::Document', 'ThawDocument'),
    change('Modify', 'IAM::Role', 'PlanRole', {
      PhysicalResourceId: 'holdfast-plan',
      Replacement: 'True',
      Details: [{ Target: { Name: 'RoleName' } }],
    }),
    change('Remove', 'S3::Bucket', 'DumpBucket', { PhysicalResourceId: 'dumps', PolicyAction: 'Retain' }),
    change('Modify', 'S3::Bucket', 'ReceiptBucket', {
      PhysicalResourceId: 'r',
      Replacement: 'Conditional',
      Details: [],
    }),
    change('Remove', 'SSM::Document', 'OldDocument', { PhysicalResourceId: 'Holdfast-Old' }),
  ];

  test('what is lost comes first, and lost buckets and roles are alarming', () => {
    expect(changeLines(changes)).toEqual([
      { text: '- remove   bucket dumps (DumpBucket); the old one stays as it is, outside the stack', alarming: true },
      { text: '- remove   document Holdfast-Old (OldDocument)', alarming: false },
      { text: '! replace  role holdfast-plan (PlanRole): RoleName', alarming: true },
      { text: '! perhaps replace  bucket r (ReceiptBucket): ', alarming: true },
      { text: '+ add      document ThawDocument', alarming: false },
    ]);
    expect(countsOf(changes)).toBe('1 added, 2 replaced, 2 removed');
    expect(countsOf([])).toBe('outputs only');
  });
});

describe('failures in words', () => {
  const event = (ResourceStatus: string, LogicalResourceId: string, ResourceStatusReason: string) =>
    ({ ResourceStatus, LogicalResourceId, ResourceStatusReason, ResourceType: 'AWS::IAM::Role' }) as never;

  test('what was only cancelled is left out', () => {
    const events = [event('CREATE_FAILED', 'A', 'x'), event('CREATE_FAILED', 'B', 'Resource creation cancelled')];
    expect(failuresIn(events).map((one) => one.LogicalResourceId)).toEqual(['A']);
  });

  test.each([
    ['Provider with url https://token.actions.githubusercontent.com already exists.', 'deploy passes its ARN'],
    ['The requested bucket name is not available.', '--receipt-bucket NAME'],
    ['Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/holdfast-dumps-rw"', 'Run again'],
    ['User: x is not authorized to perform: iam:CreateRole on resource: y', 'You lack the permission iam:CreateRole.'],
    ['Role with name holdfast-backup already exists.', 'another stack of Holdfast'],
    ['something else', 'console'],
  ])('%s', (reason, fix) => {
    expect(causeLines([{ id: 'ReceiptBucket', reason }]).join('\n')).toContain(fix);
  });

  test('causes with one way to mend them are told together', () => {
    const causes = ['A', 'B', 'C'].map((id) => ({ id, reason: `Role with name ${id} already exists.` }));
    const lines = causeLines(causes);
    expect(lines.slice(0, 2)).toEqual(['  A: Role with name A already exists.', '  likewise: B, C']);
    expect(lines).toHaveLength(3);
  });
});

test.each([
  ['ExpiredTokenException', 'The security token included in the request is expired', 'the AWS session has expired'],
  [
    'TokenProviderError',
    'Token is expired. To refresh this SSO session run aws sso login',
    'the SSO session has expired',
  ],
  ['CredentialsProviderError', 'Could not load credentials from any providers', 'there are no AWS credentials'],
  ['Error', 'Region is missing', 'export AWS_REGION'],
  ['Error', 'getaddrinfo ENOTFOUND sts.eu-wset-1.amazonaws.com', 'spelled right'],
  [
    'AccessDenied',
    'User: arn:u is not authorized to perform: iam:GetRole on resource: r because no permissions boundary allows',
    'arn:u may not do iam:GetRole on r (permissions boundary)',
  ],
])('%s is explained', (name, message, words) => {
  expect(awsProblem(Object.assign(new Error(message), { name }), 'trying').message).toContain(words);
});

const repository = { owner: 'Acme', name: 'Backups', ownerId: 42, id: 7, defaultBranch: 'trunk', writable: true };

test('subjects come in both forms, of the default branch, of branches, of environments', () => {
  const none = { branches: [], environments: [] };
  expect(subjectsOf(repository, none)).toEqual([
    'repo:Acme/Backups:ref:refs/heads/trunk',
    'repo:Acme@42/Backups@7:ref:refs/heads/trunk',
  ]);
  expect(subjectsOf(repository, { branches: ['a'], environments: ['b:c'] })).toEqual([
    'repo:Acme/Backups:ref:refs/heads/a',
    'repo:Acme@42/Backups@7:ref:refs/heads/a',
    'repo:Acme/Backups:environment:b%3Ac',
    'repo:Acme@42/Backups@7:environment:b%3Ac',
  ]);
  expect(planSubjectsOf(repository)).toEqual(['repo:Acme/Backups:pull_request', 'repo:Acme@42/Backups@7:pull_request']);
});

test('outputs name their variables', () => {
  const outputs = [
    { Description: 'The bucket (repository variable HOLDFAST_DUMP_BUCKET).', OutputValue: 'b' },
    { Description: 'Something else', OutputValue: 'c' },
  ];
  expect(variablesFrom(outputs)).toEqual({ HOLDFAST_DUMP_BUCKET: 'b' });
  expect(variableCommands(variablesFrom(outputs), 'a/b')).toEqual([
    "gh variable set HOLDFAST_DUMP_BUCKET --repo a/b --body 'b'",
  ]);
});
