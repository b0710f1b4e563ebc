/** Every check of the doctor: sound where nothing is wrong, and the right words where one thing is broken on purpose. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { knownVariables } from '../../../src/doctor/checks/configuration.ts';
import { examine } from '../../../src/doctor/examine.ts';
import type { Inventory } from '../../../src/doctor/inventory.ts';
import { read, unread } from '../../../src/doctor/reading.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import * as given from './sound.ts';

const { sound, job } = given;

function change<K extends keyof Inventory>(part: K, by: Partial<Inventory[K]>, of: Inventory = sound): Inventory {
  return { ...of, [part]: { ...(of[part] as object), ...by } };
}

/** Everything that is not in order. */
function trouble(inventory: Inventory): readonly Finding[] {
  return examine(inventory).filter(({ status }) => status !== 'ok');
}

const withVariables = (by: Readonly<Record<string, string>>, of = sound): Inventory =>
  change('configuration', { variables: read({ ...given.variables, ...by }) }, of);
const withRegion = (by: object): Inventory => ({ ...sound, regions: [{ ...given.region, ...by }] });
const withBucket = (by: object): Inventory => ({ ...sound, buckets: [given.bucket(by)] });
const withWorkflow = (by: object): Inventory => ({ ...sound, workflows: read([given.workflow(by)]) });
const withRole = (by: object, of = sound): Inventory => change('identity', { roles: [{ ...given.role, ...by }] }, of);
const tagged = (tags: object): Inventory =>
  withRegion({ instances: read([{ ...given.source, tags: { ...tags } }, given.verification]) });
const withSource = (by: object): Inventory =>
  withRegion({ instances: read([{ ...given.source, ...by }, given.verification]) });
const withAgent = (by: object): Inventory =>
  withRegion({ agents: read([given.agent('i-01', by), given.agent('i-02')]) });
const run = (by: object) => ({ runs: [{ ...given.workflow().runs[0], ...by }] });

test.each([
  ['a terminal', sound],
  ['a job', job],
])('of a sound installation at %s nothing is broken, and nothing is unread', (_where, inventory) => {
  expect(trouble(inventory)).toEqual([]);
  expect(examine(inventory).length).toBeGreaterThan(15);
});

/** [what is broken, the inventory, status, what the finding says, how to mend it] */
const broken: readonly (readonly [string, Inventory, Finding['status'], RegExp, RegExp])[] = [
  [
    'no provider',
    change('identity', { providers: read([]) }),
    'failed',
    /has no provider/,
    /create-open-id-connect-provider/,
  ],
  [
    'another issuer',
    change('identity', { providers: read([{ arn: 'a', issuer: 'oidc.example', audiences: [] }]) }),
    'failed',
    /has only oidc\.example/,
    /npm run deploy/,
  ],
  [
    'another audience',
    change('identity', { providers: read([{ arn: given.providerArn, issuer: given.issuer, audiences: ['sts'] }]) }),
    'failed',
    /audiences sts/,
    /add-client-id-to-open-id-connect-provider .* --client-id sts\.amazonaws\.com/,
  ],
  ['a role that does not exist', withRole({ trust: read(undefined) }), 'failed', /does not exist/, /npm run deploy/],
  [
    'trust in another branch',
    withRole({ trust: read(given.trustOf('repo:acme@7/backups@42:ref:refs/heads/x')) }),
    'failed',
    /expects sub repo:acme@7\/backups@42:ref:refs\/heads\/x; jobs on ref:refs\/heads\/main send repo:acme@7/,
    /^npm run deploy -- --repository acme\/backups {2}\(AllowedSubjects.*"repo:acme@7\/backups@42:ref:refs\/heads\/main"/,
  ],
  [
    'trust in the older form of a repository that sends the newer one',
    withRole({ trust: read(given.trustOf(given.classic)) }),
    'failed',
    /expects sub repo:acme\/backups/,
    /AllowedSubjects/,
  ],
  [
    'trust in one of two forms that may be sent',
    change('identity', {
      subjectRule: unread('404'),
      roles: [{ ...given.role, trust: read(given.trustOf(given.classic)) }],
    }),
    'warning',
    /one of the two forms .* and not repo:acme@7/,
    /AllowedSubjects/,
  ],
  [
    'trust that differs in case',
    withRole({ trust: read(given.trustOf(given.immutable.replace('acme', 'Acme'))) }),
    'failed',
    /expects sub repo:Acme/,
    /AllowedSubjects/,
  ],
  [
    'trust in a provider of another account',
    withRole({
      trust: read(
        given
          .trustOf(given.immutable)
          .map((one) => ({ ...one, Principal: { Federated: `arn:aws:iam::9:oidc-provider/${given.issuer}` } })),
      ),
    }),
    'failed',
    /oidc-provider.* does not exist in this account/,
    /OidcProviderArn/,
  ],
  [
    'a subject with a wildcard',
    withRole({
      trust: read([
        ...given.trustOf(given.immutable),
        { ...given.trustOf()[0], Condition: { StringLike: { [`${given.issuer}:sub`]: 'repo:acme/*' } } },
      ]),
    }),
    'warning',
    /every subject like repo:acme\/\*/,
    /aws iam update-assume-role-policy --role-name holdfast-backup/,
  ],
  [
    'the role for pull requests trusts the branch',
    withRole({ variable: 'HOLDFAST_PLAN_ROLE' }),
    'failed',
    /jobs on pull_request send/,
    /^npm run deploy -- --repository acme\/backups --plan-role {2}\(PlanSubjects/,
  ],
  [
    "a role that refuses this job's token",
    change('identity', { roles: [{ ...given.role, refusal: read('the role refused this job: AccessDenied') }] }, job),
    'failed',
    /refused this job/,
    /AllowedSubjects.*repo:acme@7/,
  ],
  [
    "a subject template of the organisation's own",
    change('identity', {
      subjectRule: read({ usesDefault: false, immutable: undefined, prefix: undefined }),
      roles: [{ ...given.role, trust: read(given.trustOf(given.classic, given.immutable)) }],
    }),
    'warning',
    /template of its own/,
    /doctor\.yml/,
  ],
  [
    'access keys',
    change(
      'configuration',
      {
        variables: read({ ...given.variables, HOLDFAST_ROLE_FROM: 'keys' }),
        secrets: read([
          { name: 'AWS_ACCESS_KEY_ID', set: true },
          { name: 'AWS_SECRET_ACCESS_KEY', set: true },
        ]),
      },
      job,
    ),
    'warning',
    /access keys that live/,
    /npm run setup -- - /,
  ],
  [
    'no stack',
    { ...sound, stack: read(undefined) },
    'failed',
    /no such stack/,
    /^AWS_REGION=eu-west-1 npm run deploy$/,
  ],
  [
    'a stack whose deployment failed',
    { ...sound, stack: read({ status: 'ROLLBACK_COMPLETE', statusReason: 'bucket exists', outputs: {} }) },
    'failed',
    /ROLLBACK_COMPLETE: bucket exists/,
    /describe-stack-events/,
  ],
  [
    'a stack whose update was taken back',
    { ...sound, stack: read({ status: 'UPDATE_ROLLBACK_COMPLETE', statusReason: '', outputs: {} }) },
    'warning',
    /UPDATE_ROLLBACK_COMPLETE/,
    /describe-stack-events/,
  ],
  [
    'a missing document',
    withRegion({
      documents: [given.document, { ...given.document, name: 'Holdfast-Thaw', document: read(undefined) }],
    }),
    'failed',
    /missing: Holdfast-Thaw/,
    /^AWS_REGION=eu-west-1 npm run deploy {2}.*deploy -- --parameter DocumentPrefix=Repair- && .*DocumentPrefix=Holdfast-\)$/,
  ],
  [
    'a document that is not active',
    withRegion({ documents: [{ ...given.document, document: read({ name: '', status: 'Failed', script: 'echo' }) }] }),
    'failed',
    /not active: Holdfast-Inspect/,
    /describe-stack-events/,
  ],
  [
    'a document of another release',
    withRegion({ documents: [{ ...given.document, expected: 'echo new' }] }),
    'warning',
    /of another release: Holdfast-Inspect/,
    /^AWS_REGION=eu-west-1 npm run deploy /,
  ],
  [
    'a missing variable',
    withVariables({ HOLDFAST_IB_SOURCE: '' }),
    'failed',
    /missing: HOLDFAST_IB_SOURCE; the job skips/,
    /gh variable set HOLDFAST_IB_SOURCE/,
  ],
  [
    'a misspelt variable',
    withVariables({ HOLDFAST_IB_SUORCE: 'x' }),
    'warning',
    /no workflow reads it/,
    /gh variable set HOLDFAST_IB_SOURCE/,
  ],
  [
    'databases that are no JSON',
    withVariables({ HOLDFAST_DATABASES: '{' }),
    'failed',
    /not a JSON list/,
    /databases\.json/,
  ],
  [
    'databases that are incomplete',
    withVariables({ HOLDFAST_DATABASES: '[{"source":"a"}]' }),
    'failed',
    /incomplete: \{"source":"a"\}/,
    /databases\.json/,
  ],
  [
    "a database's secret that is not set",
    withVariables({ HOLDFAST_DATABASES: '[{"source":"a","secret":"A_URL"}]' }),
    'failed',
    /not set/,
    /gh secret set A_URL/,
  ],
  [
    'keys that are not set',
    withVariables({ HOLDFAST_ROLE_FROM: 'keys' }, job),
    'failed',
    /not set/,
    /gh secret set AWS_SECRET_ACCESS_KEY/,
  ],
  [
    'no permission id-token',
    change('configuration', { idToken: read(false) }, job),
    'failed',
    /missing: id-token: write/,
    /permissions: \{ id-token: write \}/,
  ],
  [
    'a permission that GitHub refused',
    change('configuration', { refusedPermissions: read(['actions: read']) }, job),
    'failed',
    /missing: actions: read/,
    /permissions: \{ actions: read \}/,
  ],
  [
    'a schedule that GitHub disabled',
    withWorkflow({ state: 'disabled_inactivity' }),
    'failed',
    /no activity for 60 days/,
    /gh workflow enable nightly\.yml/,
  ],
  [
    'a schedule that somebody disabled',
    withWorkflow({ state: 'disabled_manually' }),
    'failed',
    /disabled_manually/,
    /gh workflow enable nightly\.yml/,
  ],
  [
    'a schedule on the hour',
    withWorkflow({ text: given.workflow().text?.replace('17 3', '0 3') }),
    'warning',
    /top of the hour/,
    /another minute/,
  ],
  [
    'no schedule',
    withWorkflow({
      text: 'on:\n  workflow_dispatch:\njobs:\n  a:\n    uses: x/holdfast/.github/workflows/infobright-backup.yml@1\n',
    }),
    'warning',
    /no schedule/,
    /cron/,
  ],
  ['no run', withWorkflow({ runs: [] }), 'warning', /started no run/, /default branch/],
  [
    'an old run',
    withWorkflow(run({ startedAt: new Date('2026-11-20T03:17:00Z') })),
    'failed',
    /2026-11-20T03:17:00.000Z, 129 hours ago/,
    /permissions/,
  ],
  [
    'a failed run',
    withWorkflow(run({ conclusion: 'failure' })),
    'failed',
    /ended with failure; none succeeded/,
    /gh run view --log-failed 1 /,
  ],
  [
    'a job without a workflow',
    { ...sound, workflows: read([]) },
    'failed',
    /no workflow of this repository runs it/,
    /add a caller/,
  ],
  [
    'a tag in the wrong case',
    tagged({ 'holdfast:host': 'source', backup: 'yes' }),
    'failed',
    /"backup", which means nothing/,
    /create-tags .* 'Key=Backup,Value=yes' && aws ec2 delete-tags .* 'Key=backup'/,
  ],
  [
    'a tag with a typing mistake',
    tagged({ 'holdfast:host': 'source', Retenton: '7' }),
    'failed',
    /"Retenton"/,
    /Key=Retention,Value=7/,
  ],
  ['an instance without its tag', tagged({}), 'failed', /has no tag holdfast:host/, /Key=holdfast:host,Value=source/],
  [
    'an instance of another name',
    withSource({ name: 'other' }),
    'failed',
    /no instance of that id or name/,
    /describe-instances/,
  ],
  [
    'two instances of one name',
    withRegion({
      instances: read([given.source, { ...given.source, id: 'i-03' }, given.verification]),
      agents: read([given.agent('i-01'), given.agent('i-02'), given.agent('i-03')]),
    }),
    'failed',
    /2 instances have that name: i-01, i-03/,
    /give the id/,
  ],
  [
    'no agent',
    withRegion({ agents: read([given.agent('i-02')]) }),
    'failed',
    /no agent has registered/,
    /AmazonSSMManagedInstanceCore/,
  ],
  [
    'an offline agent',
    withAgent({ ping: 'ConnectionLost' }),
    'failed',
    /ConnectionLost, last heard of/,
    /restart amazon-ssm-agent/,
  ],
  [
    'an old agent',
    withAgent({ version: '3.2.582.0' }),
    'failed',
    /version 3\.2\.582\.0/,
    /AWS-UpdateSSMAgent --instance-ids i-01/,
  ],
  [
    'a ping from before the start',
    withSource({ launchedAt: new Date('2026-11-25T13:00:00Z') }),
    'warning',
    /before the instance was started/,
    /restart/,
  ],
  [
    'a host that lacks a program',
    {
      ...sound,
      hosts: [{ subject: 'tools of ib01', problems: read([{ what: 'it lacks gawk', fix: 'install it' }]), has: '' }],
    },
    'failed',
    /it lacks gawk/,
    /install it/,
  ],
  [
    'no bucket',
    withBucket({ region: read(undefined) }),
    'failed',
    /no such bucket/,
    /gh variable set HOLDFAST_RECEIPT_BUCKET/,
  ],
  [
    'a bucket in another region',
    withBucket({ region: read('us-east-1') }),
    'warning',
    /us-east-1: every transfer/,
    /HOLDFAST_RECEIPT_BUCKET/,
  ],
  [
    'a bucket without versions',
    withBucket({ versioning: read('') }),
    'failed',
    /never enabled/,
    /put-bucket-versioning --bucket acme-receipts/,
  ],
  [
    'a bucket whose versions were suspended',
    withBucket({ versioning: read('Suspended') }),
    'failed',
    /Suspended/,
    /put-bucket-versioning/,
  ],
  [
    'a bucket without lifecycle rules',
    withBucket({ lifecycle: read([]) }),
    'warning',
    /stay for ever/,
    /put-bucket-lifecycle-configuration --bucket acme-receipts .*"NoncurrentDays":180/,
  ],
  [
    'uploads given up after a day',
    withBucket({
      lifecycle: read([{ enabled: true, noncurrentDays: 1, newerNoncurrentVersions: 45, abortUploadDays: 1 }]),
    }),
    'failed',
    /after 1 day/,
    /put-bucket-lifecycle-configuration .*"DaysAfterInitiation":2/,
  ],
  [
    'public access',
    withBucket({ publicAccessBlocked: read(false) }),
    'failed',
    /not blocked in all four/,
    /put-public-access-block/,
  ],
  ['no encryption', withBucket({ encryption: read('') }), 'failed', /none/, /put-bucket-encryption/],
  [
    'no TLS policy',
    withBucket({ tlsOnly: read(false) }),
    'failed',
    /not required/,
    /put-bucket-policy --bucket acme-receipts .*"arn:aws:s3:::acme-receipts\/\*"/,
  ],
  [
    'a skewed clock',
    change('environment', { skewSeconds: read(-400) }),
    'failed',
    /400 s behind AWS's/,
    /timedatectl set-ntp true/,
  ],
  ['a clock that drifts', change('environment', { skewSeconds: read(90) }), 'warning', /90 s ahead of/, /timedatectl/],
  ['an old runner', change('environment', { runner: read('2.335.1') }, job), 'failed', /2\.335\.1/, /actions\/runner/],
  ['no region', change('environment', { region: '' }), 'failed', /no region is known/, /HOLDFAST_REGION/],
  [
    'another endpoint',
    change('environment', { endpoint: 'http://127.0.0.1:1' }),
    'warning',
    /AWS_ENDPOINT_URL sends/,
    /unset AWS_ENDPOINT_URL/,
  ],
];

describe.each(broken)('%s', (_what, inventory, status, is, fix) => {
  test('is found, alone of its status but for what follows from it, with the way to mend it', () => {
    const found = trouble(inventory).filter((one) => is.test(one.is) && one.status === status);
    expect(found).not.toEqual([]);
    expect(found.at(-1)?.fix).toMatch(fix);
  });
});

describe("PostgreSQL's tools", () => {
  const dumps = { HOLDFAST_DATABASES: '[{"source":"a","secret":"A"}]', HOLDFAST_INSTALL_CLIENT: 'false' };
  const withTools = (version: string | undefined, unsafe = false): readonly Finding[] =>
    trouble(
      change(
        'environment',
        { postgresTools: read(version === undefined ? [] : [{ folder: '/usr/bin', version, unsafe }]) },
        withVariables(dumps),
      ),
    ).filter(({ area }) => area === 'Environment');

  test('are asked for only where the job does not install them', () => {
    expect(withTools('17.11')).toEqual([]);
    expect(withTools(undefined)).toMatchObject([
      { status: 'failed', is: 'none', fix: expect.stringContaining('apt-get') },
    ]);
    expect(withTools('17.1', true)).toMatchObject([{ status: 'failed', is: expect.stringContaining('known holes') }]);
  });
});

describe('what could not be read', () => {
  const reason = unread('holdfast-backup may not look: it needs iam:GetRole');
  test.each<[string, Inventory]>([
    ['the provider', change('identity', { providers: reason })],
    ['the trust', withRole({ trust: reason })],
    ['the repository', change('identity', { repository: reason })],
    ['the stack', { ...sound, stack: reason }],
    ['a document', withRegion({ documents: [{ ...given.document, document: reason }] })],
    ['the instances', withRegion({ instances: reason })],
    ['the agents', withRegion({ agents: reason })],
    ['a host', { ...sound, hosts: [{ subject: 'a', problems: reason, has: '' }] }],
    ['the buckets', withBucket({ versioning: reason })],
    ['the variables', change('configuration', { variables: reason })],
    ['the secrets', change('configuration', { secrets: reason })],
    ['the workflows', { ...sound, workflows: reason }],
    ['the clock', change('environment', { skewSeconds: reason })],
  ])('%s is not-checked, names the permission, and is never ok', (_what, inventory) => {
    const found = trouble(inventory);
    expect(found).toContainEqual(
      expect.objectContaining({ status: 'not-checked', is: 'holdfast-backup may not look: it needs iam:GetRole' }),
    );
    const unreadSubjects = found.filter(({ status }) => status === 'not-checked').map(({ subject }) => subject);
    const ok = examine(inventory)
      .filter(({ status }) => status === 'ok')
      .map(({ subject }) => subject);
    expect(ok.filter((subject) => unreadSubjects.includes(subject))).toEqual([]);
  });
});

test('a secret that the workflow did not name is unknown to a job, not missing', () => {
  const inventory = change(
    'configuration',
    {
      variables: read({ ...given.variables, HOLDFAST_DATABASES: '[{"source":"a","secret":"A_URL"}]' }),
      secrets: read([{ name: 'SLACK_WEBHOOK_URL', set: false }]),
    },
    job,
  );
  expect(trouble(inventory)).toContainEqual(
    expect.objectContaining({ subject: 'secret A_URL', status: 'not-checked' }),
  );
});

test('the doctor knows every variable that a workflow reads', () => {
  const folder = '.github/workflows';
  const texts = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  const used = texts.flatMap((text) => [...text.matchAll(/vars\.(HOLDFAST_[A-Z_]+)/g)].map(([, name]) => name));
  expect([...new Set(used)].filter((name) => !knownVariables.includes(name ?? ''))).toEqual([]);
});
