/**
 * `npm run doctor` and the action, against the lab's AWS and GitHub with the real gh: sound as the stack is deployed, and
 * each thing found that is broken on purpose.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../lab/directory.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { readSkewSeconds } from '../../src/adapters/aws/inspection/skew.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { identity } from './lab/support-github.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';

const [source, verification] = ['i-0000000000000001a', 'i-0000000000000002b'];
const instance = (id: string, name: string, role: string, tags = {}) => ({
  ...{ id, name, state: 'running' as const, zone: 'us-east-1a', type: 'm5.large', volumes: [] },
  ...{ rootVolumeId: `vol-${id.slice(2)}`, tags: { 'holdfast:host': role, ...tags } },
});
const path = '.github/workflows/nightly.yml';
const text = `on:
  schedule:
    - cron: "17 3 * * *"
jobs:
  backup:
    uses: OWNER/holdfast/.github/workflows/infobright-backup.yml@0123
`;

let lab: AccountUnderTest;
beforeAll(() => ensurePrerequisites());
beforeEach(async () => {
  const instances = [instance(source, 'ib01', 'source'), instance(verification, 'ib02', 'verification')];
  lab = await startAccountUnderTest({ stack: 'deployed', seed: { instances, regions: [] } });
  const { aws, github } = lab;
  Object.assign(github.state.variables, {
    HOLDFAST_REGION: 'us-east-1',
    HOLDFAST_BACKUP_ROLE: aws.roles.BackupRole,
    HOLDFAST_VERIFY_ROLE: aws.roles.VerifyRole,
    HOLDFAST_RECEIPT_BUCKET: aws.receiptBucket,
    HOLDFAST_DUMP_BUCKET: aws.dumpBucket,
    HOLDFAST_IB_SOURCE: 'ib01',
    HOLDFAST_IB_INSTANCE: 'ib01',
    HOLDFAST_IB_VERIFY_INSTANCE: 'ib02',
  });
  github.state.subjectRule = { use_default: true, use_immutable_subject: false };
  github.state.workflows.push({ id: 1, name: 'Nightly', path, state: 'active', text });
  const run = github.state.startRun({ workflow: path, name: 'Nightly', event: 'schedule' });
  Object.assign(run, { status: 'completed', conclusion: 'success' });
});
afterEach(() => lab.stop());

/** As an operator runs it. @returns the findings, and the exit status */
async function atTerminal(more: Readonly<Record<string, string>> = {}) {
  const file = join(lab.directory, 'findings.json');
  const command = `cd ${repositoryRoot} && scripts/node24 scripts/doctor.ts --repository acme/backups --output ${file}`;
  const { status, stdout, stderr } = await lab.shell(command, { AWS_ENDPOINT_URL: lab.aws.url, ...more });
  expect(stderr).not.toContain('Error:');
  return { status, stdout, findings: JSON.parse(readFileSync(file, 'utf8')) as readonly Finding[] };
}

/** What is broken, without what a lab without hosts cannot have. */
const failed = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ status, subject }) => status === 'failed' && !subject.startsWith('tools'));

describe('npm run doctor', () => {
  test('of a sound installation everything is ok but the endpoint and the hosts, and nothing was changed', async () => {
    const before = lab.log.records.length;
    const { findings, stdout } = await atTerminal();
    expect(failed(findings)).toEqual([]);
    expect(findings.filter(({ status }) => status === 'warning').map(({ subject }) => subject)).toEqual([
      'region and endpoint',
    ]);
    const unseen = findings.filter(({ status, expected }) => status === 'not-checked' && !expected);
    expect(unseen.map(({ subject }) => subject)).toEqual(['tools and volume of ib01']);
    // Refused calls change nothing: the clock is asked for by one.
    const calls = lab.log.records.slice(before).flatMap(({ operation, status }) => (status < 400 ? [operation] : []));
    expect(calls.filter((one) => !/^(Get|List|Describe|Head|GraphQL|AssumeRole)/.test(one))).toEqual(['SendCommand']);
    expect(stdout).toMatch(/Identity[\s\S]*OIDC provider/);
    expect(findings.filter(({ status }) => status === 'ok').map(({ area }) => area)).toEqual(
      expect.arrayContaining(['Identity', 'Stack', 'Configuration', 'Schedules', 'Hosts', 'Buckets', 'Environment']),
    );
  });

  test('everything that is broken on purpose is found in one run, each with its mend', async () => {
    const { aws, github } = lab;
    const [provider] = [...aws.iam.providers.values()];
    aws.iam.providers.set(provider?.arn ?? '', { ...(provider as NonNullable<typeof provider>), clientIds: ['other'] });
    aws.iam.update('roles', { ...aws.iam.role('holdfast-verify'), trust: [] });
    aws.ssm.documents.remove('us-east-1', 'Holdfast-Quiesce');
    aws.ssm.agentOffline(source, true);
    aws.ssm.agentVersion(verification, '3.2.582.0');
    aws.s3.bucket(aws.receiptBucket).change({ versioned: false });
    aws.s3.bucket(aws.dumpBucket).change({ publicAccessBlocked: false });
    aws.s3.bucket(aws.dumpBucket).policy = [];
    aws.ec2.world('us-east-1').instances.get(source)?.tags.set('backup', 'yes');
    github.state.workflows.splice(0, 1, { id: 1, name: 'Nightly', path, state: 'disabled_inactivity', text });
    Object.assign(github.state.variables, {
      HOLDFAST_DATABASES: '[{"source":"shop","secret":"SHOP_URL"}]',
      HOLDFAST_IB_SOURCE: '',
    });
    const { status, findings } = await atTerminal();
    expect(status).toBe(1);
    const found = failed(findings).map(({ is, fix }) => `${is} -> ${fix}`);
    const expected = [
      /audiences other -> aws iam add-client-id/,
      /no statement is for jobs of .* -> npm run deploy -- --repository acme\/backups /,
      /missing: Holdfast-Quiesce -> AWS_REGION=us-east-1 npm run deploy /,
      /ConnectionLost.* -> on the host: sudo systemctl restart amazon-ssm-agent/,
      /version 3\.2\.582\.0: .* -> aws ssm send-command --region us-east-1 --document-name AWS-UpdateSSMAgent/,
      /never enabled.* -> aws s3api put-bucket-versioning/,
      /not blocked.* -> aws s3api put-public-access-block/,
      /not required -> aws s3api put-bucket-policy/,
      /"backup", which means nothing -> aws ec2 create-tags/,
      /no activity for 60 days -> gh workflow enable nightly\.yml/,
      /missing: HOLDFAST_IB_SOURCE; .* -> gh variable set HOLDFAST_IB_SOURCE/,
      /not set -> gh secret set SHOP_URL/,
    ];
    for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
  });

  test('in an account without the stack it says so, and what cannot be read is not checked', async () => {
    const user = lab.aws.sts.addUser('nobody');
    const { findings } = await atTerminal({
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    });
    const unread = findings.filter(({ status }) => status === 'not-checked').map(({ is }) => is);
    for (const permission of [
      'iam:GetRole',
      'cloudformation:DescribeStacks',
      'ssm:GetDocument',
      'ec2:DescribeInstances',
      's3:GetBucketVersioning',
    ])
      expect(unread).toContainEqual(expect.stringContaining(`your credentials may not look: it needs ${permission}`));
    expect(findings.filter(({ area, status }) => area === 'Buckets' && status === 'ok')).toEqual([]);
  });

  /** Runs a command that was printed, and says yes to it. */
  const mend = (command: string) =>
    lab.shell(
      `cd ${repositoryRoot} && ${command.replace(/npm run deploy( --)?/g, 'npm run --silent deploy -- --yes')}`,
      { AWS_ENDPOINT_URL: lab.aws.url },
    );

  test('documents that were deleted by hand are there again after the command that is printed for that', async () => {
    lab.aws.ssm.documents.remove('us-east-1', 'Holdfast-Quiesce');
    const [missing] = failed((await atTerminal()).findings);
    const [, command = ''] = / {2}\(.*by hand: (.*)\)$/.exec(missing?.fix ?? '') ?? [];
    expect(await mend(command)).toMatchObject({ status: 0, stderr: '' });
    expect(failed((await atTerminal()).findings)).toEqual([]);
  });

  test('the subject that the repository sends is trusted after the command that is printed for that', async () => {
    lab.github.state.subjectRule = { use_default: true, use_immutable_subject: true };
    const refused = failed((await atTerminal()).findings);
    expect(refused.map(({ subject }) => subject.split(' ')[0])).toEqual([
      'HOLDFAST_BACKUP_ROLE',
      'HOLDFAST_VERIFY_ROLE',
    ]);
    expect(await mend(refused[0]?.fix?.split('  ')[0] ?? '')).toMatchObject({ status: 0, stderr: '' });
    // Deploy wrote the variables of all roles, so that of the reviews is looked at, too.
    const left = failed((await atTerminal()).findings);
    expect(left.map(({ subject }) => subject.split(' ')[0])).toEqual(['HOLDFAST_PLAN_ROLE']);
    expect(await mend(left[0]?.fix?.split('  ')[0] ?? '')).toMatchObject({ status: 0, stderr: '' });
    expect(failed((await atTerminal()).findings)).toEqual([]);
  });

  test('without credentials, gh and a known region nothing was seen, and that is no order', async () => {
    const { status, stdout } = await lab.shell(
      `cd ${repositoryRoot} && env -i PATH="$PATH" HOME=${lab.directory} AWS_EC2_METADATA_DISABLED=true scripts/node24 scripts/doctor.ts --region eu-west-1`,
    );
    expect(status).toBe(1);
    expect(stdout).toContain('The installation is broken: 1 failed');
    expect(stdout).toContain('nothing of AWS could be seen');
    expect(stdout).not.toContain('in order');
  });

  test('wrong arguments are refused', async () => {
    const { status, stderr } = await lab.shell(
      `cd ${repositoryRoot} && scripts/node24 scripts/doctor.ts --repository x --region nowhere`,
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/"nowhere" is not the name of a region[\s\S]*--repository: "x" is not allowed/);
  });
});

/** The action as a job runs it, from its sources. */
function inJob(
  inputs: Readonly<Record<string, string>> = {},
): Promise<{ status: number | null; log: string; findings: readonly Finding[]; summary: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
  const [output, summary] = ['output', 'summary'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(output, '');
  writeFileSync(summary, '');
  const { github, aws } = lab;
  const permissions = {
    'id-token': 'write',
    contents: 'read',
    actions: 'read',
    issues: 'write',
    metadata: 'read',
  } as const;
  const { token, oidcToken } = github.state.issueTokens(identity(permissions));
  const given = { variables: JSON.stringify(github.state.variables), 'github-token': token, ...inputs };
  return new Promise((resolve) => {
    // Not through a shell, which drops variables with a hyphen in their names.
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/actions/doctor/main.ts'], {
      cwd: repositoryRoot,
      env: {
        ...{ PATH: process.env.PATH, HOME: folder, RUNNER_TEMP: folder, GITHUB_ACTIONS: 'true' },
        ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_API_URL: github.apiUrl },
        ...{ GITHUB_REPOSITORY: 'acme/backups', GITHUB_RUN_ID: '1', AWS_ENDPOINT_URL: aws.url },
        ...(oidcToken
          ? { ACTIONS_ID_TOKEN_REQUEST_URL: github.oidcUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidcToken }
          : {}),
        ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      },
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        log += chunk;
      });
    child.once('close', (status) => {
      const [, report = '[]'] = /^report<<(?:.*)\n([\s\S]*?)\nghadelimiter/m.exec(readFileSync(output, 'utf8')) ?? [];
      const done = { status, log, findings: JSON.parse(report), summary: readFileSync(summary, 'utf8') };
      rmSync(folder, { recursive: true });
      resolve(done);
    });
  });
}

describe('the action in a job', () => {
  test("assumes each role with the job's own token, and says which claim was sent", async () => {
    const { findings, summary } = await inJob();
    expect(failed(findings)).toEqual([]);
    const roles = findings.filter(({ subject }) => subject.includes('_ROLE'));
    expect(roles.map(({ status, is }) => [status, is])).toEqual([
      ['ok', 'assumed with sub "repo:acme/backups:ref:refs/heads/main", aud "sts.amazonaws.com"'],
      ['ok', 'assumed with sub "repo:acme/backups:ref:refs/heads/main", aud "sts.amazonaws.com"'],
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        status: 'not-checked',
        is: expect.stringContaining('it needs cloudformation:DescribeStacks'),
      }),
    );
    expect(summary).toContain('### Identity');
  });

  test('what the caller gives in place of variables is examined as they are', async () => {
    const { variables } = lab.github.state;
    const given = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const [byVariables, byInputs, byNothing] = [
      await inJob(),
      await inJob({ variables: '{}', given: given.join('\n') }),
      await inJob({ variables: '{}' }),
    ];
    const subjects = ({ findings }: typeof byInputs) => findings.map(({ subject, status }) => `${status} ${subject}`);
    expect(subjects(byInputs)).toEqual(subjects(byVariables));
    expect(subjects(byNothing)).not.toEqual(subjects(byVariables));
  });

  test('a role that trusts another subject fails the step, opens an issue, and names claim and parameter', async () => {
    lab.github.oidc.subjectForm = 'immutable';
    const { status, findings, log } = await inJob();
    expect(status).toBe(1);
    const [refused] = failed(findings).filter(({ subject }) => subject.startsWith('HOLDFAST_BACKUP_ROLE'));
    expect(refused?.is).toMatch(/refused this job.*repo:acme@\d+\/backups@\d+:ref:refs\/heads\/main/);
    expect(refused?.fix).toMatch(/AllowedSubjects.*repo:acme@\d+\/backups@\d+/);
    expect(log).toContain('of the installation are broken');
    expect(lab.github.state.issues).toMatchObject([{ state: 'open', title: 'The installation of Holdfast is broken' }]);
  });
});

test("the clock is measured against the date in AWS's answers, which a refusal has, too", async () => {
  const before = process.env.AWS_ENDPOINT_URL;
  process.env.AWS_ENDPOINT_URL = lab.aws.url;
  try {
    const skewed = { now: () => new Date(Date.now() - 400_000), sleep: async () => {} };
    const seconds = (await readSkewSeconds('us-east-1', skewed, 10)) ?? 0;
    expect(Math.abs(seconds + 400)).toBeLessThan(30);
  } finally {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = before;
  }
});
