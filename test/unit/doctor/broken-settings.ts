/** Trust, stack, settings and schedules, each with one thing broken. */
import { read, unread } from '../../../src/doctor/reading.ts';
import { type Broken, change, run, withRegion, withRole, withVariables, withWorkflow } from './changed.ts';
import * as given from './sound.ts';

const { job } = given;

export const brokenSettings: readonly Broken[] = [
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
    { ...given.sound, stack: read(undefined) },
    'failed',
    /no such stack/,
    /^AWS_REGION=eu-west-1 npm run deploy$/,
  ],
  [
    'a stack whose deployment failed',
    {
      ...given.sound,
      stack: read({ status: 'ROLLBACK_COMPLETE', statusReason: 'bucket exists', parameters: {}, outputs: {} }),
    },
    'failed',
    /ROLLBACK_COMPLETE: bucket exists/,
    /describe-stack-events/,
  ],
  [
    'a stack whose update was taken back',
    {
      ...given.sound,
      stack: read({ status: 'UPDATE_ROLLBACK_COMPLETE', statusReason: '', parameters: {}, outputs: {} }),
    },
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
    'deployments of MongoDB that nothing reaches',
    withVariables({ HOLDFAST_MONGODB_DATABASES: '[{"source":"a","kube-namespace":"b"}]' }),
    'failed',
    /incomplete: \{"source":"a","kube-namespace":"b"\}/,
    /HOLDFAST_MONGODB_DATABASES < databases\.json {2}\(docs\/mongodb\.md\)/,
  ],
  [
    'servers of MySQL that are no JSON',
    withVariables({ HOLDFAST_MYSQL_DATABASES: '{' }),
    'failed',
    /not a JSON list/,
    /HOLDFAST_MYSQL_DATABASES < databases\.json {2}\(docs\/mysql\.md\)/,
  ],
  [
    "a cluster's secret that is not set",
    withVariables({
      HOLDFAST_MONGODB_DATABASES: '[{"source":"a","kube-service":"s","kubeconfig-secret":"A_CLUSTER"}]',
    }),
    'failed',
    /not set/,
    /gh secret set A_CLUSTER/,
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
  [
    'a schedule that GitHub refuses',
    withWorkflow({ text: given.workflow().text?.replace('17 3 * * *', '17 3 * * 7') }),
    'failed',
    /Sunday is 0/,
    /on\.schedule/,
  ],
  [
    'a time zone that does not exist',
    withWorkflow({ text: given.workflow().text?.replace('"17 3 * * *"', '"17 3 * * *"\n      timezone: Mars/Base') }),
    'failed',
    /timezone "Mars\/Base" is no time zone/,
    /on\.schedule/,
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
    { ...given.sound, workflows: read([]) },
    'failed',
    /no workflow of this repository runs it/,
    /add a caller/,
  ],
];
