/** What a caller may give: every input of the actions, under its name, or there is a reason. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { actions } from '../../../scripts/lib/actions.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
}
interface Workflow {
  readonly on: {
    readonly workflow_call: { readonly inputs: Record<string, unknown>; readonly secrets: Record<string, unknown> };
  };
  readonly jobs: Record<string, { readonly steps?: readonly Step[]; readonly if?: string }>;
}
const read = (name: string): Workflow => parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8'));

/** Inputs of actions that no input of the workflow has the name of. */
const everywhere: Readonly<Record<string, string>> = {
  'role-to-assume': 'the workflow names each role: role, backup-role, verify-role',
  'aws-region': 'region; the rotation takes each region of its matrix',
  'github-token': 'the token of the job, which the permissions of the caller shape',
  'slack-webhook-url': 'the secret SLACK_WEBHOOK_URL',
  'datadog-api-key': 'the secret DATADOG_API_KEY',
  'heartbeat-url': 'the secret HEARTBEAT_URL',
};
/** Secrets, and what follows from the workflow. */
const ofDumps = {
  engine: 'the workflow is for one',
  'database-url': 'the secret DATABASE_URL',
  'scratch-url': 'the secret HOLDFAST_SCRATCH_URL, or the service container',
  'scratch-superuser': 'of PostgreSQL',
  'anonymize-key': 'the secret HOLDFAST_ANONYMIZE_KEY',
};
const ofPostgres = Object.fromEntries(
  ['database', 'host-user', 'jobs', 'archive-level', 'list-databases'].map((input) => [input, 'of PostgreSQL']),
);
/** Of a host over SSM. */
const ofHosts = Object.fromEntries(
  ['instance', 'host-config', 'host-port', 'host-folder', 'host-timeout', 'keep-on-host', 'ssm-documents'].map(
    (input) => [input, 'of PostgreSQL and MongoDB'],
  ),
);
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'postgres-dump': {
    ...Object.fromEntries(
      ['databases', 'kube-service', 'kube-pod', 'kube-namespace', 'kube-context', 'kube-container'].map((input) => [
        input,
        'of MySQL and MongoDB',
      ]),
    ),
    ...{ oplog: 'of MongoDB', users: 'of MongoDB', 'host-config': 'of MongoDB' },
    engine: 'the workflow installs the tools of PostgreSQL',
    ...Object.fromEntries(
      [
        'databases',
        'kube-service',
        'kube-pod',
        'kube-namespace',
        'kube-context',
        'kube-container',
        'oplog',
        'users',
      ].map((name) => [name, 'of MySQL and MongoDB alone']),
    ),
    'list-databases': 'postgres-server.yml lists the databases in a job of its own',
    'exclude-databases': 'of that job',
    'database-url': 'the secret DATABASE_URL',
    'scratch-url': 'the secret HOLDFAST_SCRATCH_URL, or the service container',
    'scratch-superuser': 'follows from which of both it is',
    'anonymize-key': 'the secret HOLDFAST_ANONYMIZE_KEY',
  },
  'mongodb-dump': {
    ...ofDumps,
    ...{ 'lock-timeout': 'of PostgreSQL and MySQL', compression: 'of PostgreSQL and MySQL' },
    ...ofPostgres,
  },
  'mysql-dump': {
    ...ofDumps,
    'archive-format': 'a dump of MySQL has one format',
    ...{ oplog: 'of MongoDB', users: 'of MongoDB' },
    ...ofPostgres,
    ...ofHosts,
  },
  'infobright-backup': {},
  'ebs-rotate': { 'compare-retention': "the pull request's own retention" },
  patrol: {
    ...Object.fromEntries(
      ['source', 'snapshot-id', 'instance'].map((input) => [input, 'what the plan chose, and the host of its region']),
    ),
    receipt: 'a snapshot of the rotation has none',
    'receipt-region': 'region',
    ...Object.fromEntries(
      ['service', 'socket', 'defaults-file', 'compare-at-least'].map((input) => [
        input,
        'no database is started on it',
      ]),
    ),
    'wait-timeout': 'a kept snapshot is complete',
  },
  doctor: {
    issuer: "that of the job's own token",
    variables: 'the variables of the caller',
    given: 'region, roles and buckets, each an input',
    secrets: 'which of the declared secrets are set',
  },
};

describe.each(Object.entries(reasons))('%s', (name, own) => {
  const { on, jobs } = read(name);
  const { inputs, secrets } = on.workflow_call;
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
  const uses = steps.filter((step) => /^\$\/actions\//.test(step.uses ?? ''));
  const used = [...new Set(uses.map((step) => step.uses?.split('/').at(-1) ?? ''))];

  test.each(used)('%s: a caller can give every input', (action) => {
    const known = Object.keys(actions.find((one) => one.name === action)?.inputs ?? {});
    expect(known.length).toBeGreaterThan(10);
    const given = uses.filter((step) => step.uses?.endsWith(`/${action}`));
    const lacking = known.filter(
      (input) =>
        everywhere[input] === undefined &&
        own[input] === undefined &&
        // In one of the steps, from the input of the same name.
        !(
          input in inputs &&
          given.some((step) => new RegExp(`inputs\\.(verify-)?${input}[ )]`).test(String(step.with?.[input])))
        ),
    );
    expect(lacking).toEqual([]);
    // Steps hand on what is no input of the caller's, too: by another name, or a secret.
    const elsewhere = Object.keys({ ...everywhere, ...own }).filter(
      (input) => known.includes(input) && input in inputs,
    );
    expect(elsewhere).toEqual([]);
  });

  test('every reason is about an input that an action has', () => {
    const known = used.flatMap((action) => Object.keys(actions.find((one) => one.name === action)?.inputs ?? {}));
    expect(Object.keys(own).filter((input) => !known.includes(input))).toEqual([]);
    for (const [, secret] of Object.values(own)
      .join()
      .matchAll(/the secret ([A-Z_]+)/g))
      expect(secrets).toHaveProperty(secret ?? '');
  });
});

test('postgres-server hands on to each dump what a caller can give it, but for hosts, and what the list says', () => {
  const { on, jobs } = read('postgres-server');
  const known = Object.keys(read('postgres-dump').on.workflow_call.inputs);
  const given = (jobs.dump as unknown as { readonly with: Readonly<Record<string, string>> }).with;
  const ofHosts = ['instance', 'container', 'host-user', 'host-port', 'host-folder', 'keep-on-host', 'host-timeout'];
  // A kept dump is one of one database, and has a source of its own.
  expect(known.filter((name) => !(name in given))).toEqual(['prove-again', ...ofHosts]);
  const listed = ['source', 'database', 'name', 'prefix'];
  for (const [name, value] of Object.entries(given))
    expect(value).toBe(listed.includes(name) ? `\${{ matrix.database.${name} }}` : `\${{ inputs.${name} }}`);
  const own = ['exclude-databases', 'name', 'prefix', 'source'];
  expect(
    Object.keys(on.workflow_call.inputs)
      .filter((name) => !given[name]?.includes('inputs.'))
      .sort(),
  ).toEqual(own);
});

/** What decides where a proof runs, and as whom: a caller has no variables of its own for it. */
test('patrol hands on to each proof what a caller can give it', () => {
  const { on, jobs } = read('patrol');
  const called = ['postgres', 'mysql', 'mongodb', 'volumes'] as const;
  const everywhereAlike = [
    'role-from',
    'receipt-bucket',
    'runbook-url',
    'api-timeout',
    'transfer-timeout',
    'datadog-site',
    'runner',
  ];
  const ofVolumes = ['ssm-documents', 'volume-type', 'read-timeout'];
  for (const name of called) {
    const { with: given = {}, secrets = {} } = jobs[name] as unknown as Record<
      'with' | 'secrets',
      Record<string, string>
    >;
    const own = name === 'volumes' ? ofVolumes : ['install', 'work-directory'];
    for (const input of [...everywhereAlike, ...own]) expect(given[input]).toBe(`\${{ inputs.${input} }}`);
    for (const input of name === 'volumes' ? ['service', 'socket', 'defaults-file'] : [])
      expect(given[input]).toBe(`\${{ inputs.verify-${input} }}`);
    const role = name === 'volumes' ? ['verify-role', 'verify-role'] : ['role', 'dump-role'];
    expect(given[role[0] ?? '']).toBe(`\${{ inputs.${role[1]} }}`);
    if (name !== 'volumes') expect(given.bucket).toBe('${{ inputs.dump-bucket }}');
    // Its success must not stand for a backup.
    expect(Object.keys(secrets)).not.toContain('HEARTBEAT_URL');
    expect('HOLDFAST_SCRATCH_URL' in secrets).toBe(name !== 'volumes');
  }
  const used = JSON.stringify(jobs);
  expect(Object.keys(on.workflow_call.inputs).filter((input) => !used.includes(`inputs.${input}`))).toEqual([]);
  expect(Object.keys(on.workflow_call.secrets).filter((secret) => !used.includes(secret))).toEqual([]);
});

/** Answered as GitHub would: `github.event_name` of a called workflow is the caller's. */
test('a doctor that is called on a schedule runs, whatever variables the caller has', () => {
  const { on, jobs } = read('doctor');
  expect(on.workflow_call.inputs.required).toMatchObject({ type: 'boolean', default: true });
  expect(jobs.doctor?.if).toBe("inputs.required || github.event_name != 'schedule' || vars.HOLDFAST_REGION != ''");
});

test('a restore that is called where nobody tells it its own repository refuses, in one line', () => {
  const [{ run = '' } = {}] = read('restore').jobs.restore?.steps ?? [];
  const of = (env: Readonly<Record<string, string>>) => {
    const { stdout, status } = spawnSync('bash', ['-c', run], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, PAGE: 'x', ...env },
    });
    return { status, lines: stdout.trim().split('\n') };
  };
  const called = of({ TRIGGERED: 'acme/backups/.github/workflows/again.yml@refs/heads/main' });
  expect(called).toEqual({
    status: 1,
    lines: [expect.stringContaining('Run restore.yml in the copy of Holdfast itself')],
  });
  // Its own repository: only the variables are missing.
  for (const env of [
    { TRIGGERED: 'acme/holdfast/.github/workflows/restore.yml@refs/heads/main' },
    { OWN_REPOSITORY: 'OWNER/holdfast' },
  ])
    expect(of(env).lines).toEqual([expect.stringContaining('are missing: HOLDFAST_REGION')]);
});
