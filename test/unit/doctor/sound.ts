/** An installation in which nothing is wrong, for tests that break one thing of it. */

import type { BucketReadings, Inventory } from '../../../src/doctor/inventory.ts';
import { read, unread } from '../../../src/doctor/reading.ts';
import type { TrustStatement, WorkflowFacts } from '../../../src/domain/installation.ts';

export const issuer = 'token.actions.githubusercontent.com';
export const providerArn = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
export const now = new Date('2026-11-25T12:00:00Z');

export function trustOf(...subjects: readonly string[]): readonly TrustStatement[] {
  return [
    {
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: subjects } },
    },
  ];
}

export const branch = 'ref:refs/heads/main';
export const classic = `repo:acme/backups:${branch}`;
export const immutable = `repo:acme@7/backups@42:${branch}`;

export function workflow(change: Partial<WorkflowFacts> = {}): WorkflowFacts {
  return {
    path: '.github/workflows/nightly.yml',
    name: 'Nightly',
    state: 'active',
    text: 'on:\n  schedule:\n    - cron: "17 3 * * *"\njobs:\n  a:\n    uses: acme/holdfast/.github/workflows/infobright-backup.yml@0123\n',
    runs: [
      {
        event: 'schedule',
        status: 'completed',
        conclusion: 'success',
        startedAt: new Date('2026-11-25T03:17:00Z'),
        url: 'https://github.com/acme/backups/actions/runs/1',
      },
    ],
    ...change,
  };
}

export function bucket(change: Partial<BucketReadings> = {}): BucketReadings {
  return {
    name: 'acme-receipts',
    variable: 'HOLDFAST_RECEIPT_BUCKET',
    region: read('eu-west-1'),
    versioning: read('Enabled'),
    lifecycle: read([{ enabled: true, noncurrentDays: 90, newerNoncurrentVersions: undefined, abortUploadDays: 2 }]),
    publicAccessBlocked: read(true),
    encryption: read('AES256'),
    objectLock: read(undefined),
    tlsOnly: read(true),
    ...change,
  };
}

export const variables = {
  HOLDFAST_REGION: 'eu-west-1',
  HOLDFAST_BACKUP_ROLE: 'arn:aws:iam::123456789012:role/holdfast-backup',
  HOLDFAST_VERIFY_ROLE: 'arn:aws:iam::123456789012:role/holdfast-verify',
  HOLDFAST_RECEIPT_BUCKET: 'acme-receipts',
  HOLDFAST_IB_SOURCE: 'ib01',
  HOLDFAST_IB_INSTANCE: 'ib01',
  HOLDFAST_IB_VERIFY_INSTANCE: 'ib02',
};

const launchedAt = new Date('2026-11-01T00:00:00Z');
export const source = { id: 'i-01', name: 'ib01', state: 'running', tags: { 'holdfast:host': 'source' }, launchedAt };
export const verification = {
  id: 'i-02',
  name: 'ib02',
  state: 'running',
  tags: { 'holdfast:host': 'verification' },
  launchedAt,
};

export function agent(instanceId: string, change = {}) {
  return { instanceId, ping: 'Online', lastPingAt: now, version: '3.3.2746.0', ...change };
}

export const document = {
  name: 'Holdfast-Inspect',
  prefix: 'Holdfast-',
  document: read({ name: 'Holdfast-Inspect', status: 'Active', script: 'echo\n' }),
  expected: 'echo',
};

export const region = {
  name: 'eu-west-1',
  documents: [document],
  instances: read([source, verification]),
  agents: read([agent('i-01'), agent('i-02')]),
};

export const role = {
  variable: 'HOLDFAST_BACKUP_ROLE',
  arn: variables.HOLDFAST_BACKUP_ROLE,
  trust: read(trustOf(immutable)),
  refusal: unread('only a job has a token'),
};

export const sound: Inventory = {
  where: 'terminal',
  now,
  environment: {
    skewSeconds: read(0.4),
    runner: unread('no runner'),
    postgresTools: read([]),
    region: 'eu-west-1',
    endpoint: '',
  },
  identity: {
    caller: read('arn:aws:iam::123456789012:user/operator'),
    issuer,
    providers: read([{ arn: providerArn, issuer, audiences: ['sts.amazonaws.com'] }]),
    repository: read({
      owner: 'acme',
      ownerId: 7,
      name: 'backups',
      id: 42,
      defaultBranch: 'main',
      visibility: 'private',
    }),
    subjectRule: read({ usesDefault: true, immutable: true, prefix: 'repo:acme@7/backups@42' }),
    claims: unread('no job'),
    roles: [role],
  },
  stack: read({ status: 'UPDATE_COMPLETE', statusReason: '', parameters: {}, outputs: {} }),
  stackName: 'holdfast',
  watching: { promises: unread('nothing watches'), subscriptions: unread('nothing watches') },
  regions: [region],
  hosts: [{ subject: 'tools of ib01', problems: read([]), has: 'xfs' }],
  buckets: [bucket()],
  configuration: {
    variables: read(variables),
    secrets: read([{ name: 'SLACK_WEBHOOK_URL', set: true }]),
    refusedPermissions: read([]),
    idToken: unread('no job'),
  },
  workflows: read([workflow()]),
  configured: variables,
};

export const job: Inventory = {
  ...sound,
  where: 'job',
  environment: { ...sound.environment, runner: read('2.336.0') },
  identity: {
    ...sound.identity,
    claims: read({ iss: `https://${issuer}`, aud: 'sts.amazonaws.com', sub: immutable }),
    roles: [{ ...role, trust: unread('holdfast-backup may not look: it needs iam:GetRole'), refusal: read('') }],
  },
  configuration: { ...sound.configuration, idToken: read(true) },
};
