/** `npm run setup` as a user runs it: the real gh, against the lab's GitHub, STS and Slack. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../lab/directory.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { labTarget } from '../../lab/services/hosts.ts';
import { openCallLog } from '../../lab/services/http/call-log.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { type Proxy as LabProxy, startProxy } from '../../lab/services/http/proxy.ts';
import { type SlackLab, startSlack } from '../../lab/services/notify/slack.ts';
import { type AwsUnderTest, accountId, stackWithUsers, startAwsUnderTest } from './lab/support-aws.ts';

const roleArn = `arn:aws:iam::${accountId}:role/holdfast-dump`;
const variables = {
  HOLDFAST_REGION: 'us-east-1',
  HOLDFAST_DUMP_BUCKET: 'dumps',
  HOLDFAST_RECEIPT_BUCKET: 'receipts',
  HOLDFAST_DATABASES: '[{"source":"shop","secret":"SHOP_URL"}]',
};

let folder: string;
let aws: AwsUnderTest;
let slack: SlackLab;
let proxy: LabProxy;
/** Credentials of whoever runs setup, in the environment. */
let operator: Readonly<Record<string, string>>;

beforeAll(() => ensurePrerequisites());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-setup-'));
  operator = {};
  aws = await startAwsUnderTest({ deployed: stackWithUsers() });
  slack = await startSlack({ log: openCallLog(join(folder, 'slack.jsonl')), faults: faultRules() });
  proxy = await startProxy({
    directory: join(folder, 'proxy'),
    target: labTarget({ aws: aws.aws.url, github: aws.github.url }),
  });
  const { state } = aws.github;
  Object.assign(state.variables, variables);
  state.workflows.push({ id: 1, name: 'Dumps', path: '.github/workflows/postgres-backup.yml', state: 'active' });
});
afterEach(async () => {
  await Promise.all([aws.stop(), slack.stop(), proxy.stop()]);
  rmSync(folder, { recursive: true });
});

/** A dry run that ends at once, and has printed its summary. */
function dispatchable(conclusion: 'success' | 'failure' = 'success'): Record<string, string>[] {
  const { state } = aws.github;
  const started: Record<string, string>[] = [];
  state.dispatch = (path, inputs) => {
    started.push({ path, ...inputs });
    const run = state.startRun({ workflow: path, name: 'Dumps', event: 'workflow_dispatch' });
    Object.assign(run, { status: 'completed', conclusion });
    const time = '2026-11-26T06:00:00.0000000Z ';
    const log = ['before', '##[group]Summary', '## Plan', 'dump shop', '##[endgroup]', 'after'].map(
      (line) => time + line,
    );
    state.jobs.push({ id: 5, runId: run.id, name: 'Dump shop', status: 'completed', conclusion, log: log.join('\n') });
    return undefined;
  };
  return started;
}

function csv(text: string): string {
  const file = join(folder, 'credentials.csv');
  writeFileSync(file, text);
  return file;
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

function setup(...parameters: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn('scripts/node24', ['scripts/setup.ts', ...parameters], {
      cwd: repositoryRoot,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        ...proxy.environment,
        AWS_ENDPOINT_URL: aws.aws.url,
        GH_TOKEN: aws.github.state.signIn(),
        SLACK_WEBHOOK_URL: slack.webhookUrl,
        HOLDFAST_POLL_MS: '50',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...operator,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('close', (status) => resolve({ status, output }));
  });
}

const repository = ['--repository', 'acme/backups'];

describe('npm run setup', () => {
  test('with keys: checks them, stores them sealed, runs dry and shows the summary', async () => {
    const started = dispatchable();
    const { accessKeyId, secretAccessKey } = aws.sts.addUser('holdfast-dumps-rw');
    // As the console of AWS writes it: byte order mark, CRLF, the older columns.
    const file = csv(
      `\uFEFFUser name,Password,Access key ID,Secret access key,Console login link\r\nholdfast-dumps-rw,,${accessKeyId},${secretAccessKey},https://x\r\n`,
    );
    const { status, output } = await setup(file, roleArn, '-', ...repository);
    expect({ status, output }).toMatchObject({ status: 0 });
    const { state } = aws.github;
    expect(state.secrets).toEqual({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      SLACK_WEBHOOK_URL: slack.webhookUrl,
    });
    expect(state.variables).toEqual({ ...variables, HOLDFAST_DUMP_ROLE: roleArn, HOLDFAST_ROLE_FROM: 'keys' });
    expect(slack.messages).toHaveLength(1);
    expect(started).toEqual([{ path: '.github/workflows/postgres-backup.yml', 'dry-run': 'true' }]);
    expect(output).toContain('Access keys are second best');
    expect(output).toContain(`they may assume ${roleArn}`);
    expect(output.indexOf('Sending a test message')).toBeLessThan(output.indexOf('Slack took the test message'));
    expect(output).toMatch(/Plan[\s\S]*dump shop[\s\S]*ended with success/);
    expect(output).not.toContain(secretAccessKey);
    expect(output).not.toContain(slack.webhookUrl);
  });

  test('everything that is wrong is said at once, and nothing is stored', async () => {
    const { accessKeyId } = aws.sts.addUser('holdfast-dumps-ro');
    for (const name of Object.keys(variables)) delete aws.github.state.variables[name];
    const file = csv(`Access key ID,Secret access key\n${accessKeyId},0123456789012345678901234567890123456789\n`);
    const { status, output } = await setup(file, roleArn, `${slack.webhookUrl}x`, ...repository);
    expect(status).toBe(1);
    expect(output).toContain('CREDENTIALS: AWS does not accept the keys');
    expect(output).toContain('WEBHOOK: Slack did not take the test message: status 404');
    expect(output).toContain('acme/backups lacks HOLDFAST_REGION, HOLDFAST_DUMP_BUCKET');
    expect(output).toContain('3 things are wrong; nothing was stored');
    expect(aws.github.state.secrets).toEqual({});
    expect(aws.github.state.variables).toEqual({});
  });

  test('a role that does not trust the user of the keys is named, with the user', async () => {
    const { accessKeyId, secretAccessKey } = aws.sts.addUser('holdfast-dumps-ro');
    const file = csv(`Access key ID,Secret access key\n${accessKeyId},${secretAccessKey}\n`);
    const { status, output } = await setup(file, roleArn, 'none', ...repository);
    expect(status).toBe(1);
    expect(output).toMatch(
      /ROLE_ARN: the role .*holdfast-dump refused the access keys: .*user\/holdfast-dumps-ro is not authorized/,
    );
    expect(output).not.toContain(secretAccessKey);
    expect(aws.github.state.secrets).toEqual({});
  });

  test('without keys: OIDC, and keys of before are taken out of the repository', async () => {
    dispatchable('failure');
    Object.assign(aws.github.state.secrets, { AWS_ACCESS_KEY_ID: 'old', AWS_SECRET_ACCESS_KEY: 'old' });
    const { status, output } = await setup('-', roleArn, 'none', ...repository);
    expect(status).toBe(1);
    expect(output).toContain('The dry run ended with failure');
    expect(output).toContain(`? whether ${roleArn} exists was not checked`);
    expect(aws.github.state.variables).toMatchObject({ HOLDFAST_ROLE_FROM: 'token', HOLDFAST_DUMP_ROLE: roleArn });
    expect(aws.github.state.secrets).toEqual({});
  });

  test('a repository that holds nothing but a caller needs no variables; the role is looked up', async () => {
    const started = dispatchable();
    const { state } = aws.github;
    for (const name of Object.keys(variables)) delete state.variables[name];
    const inputs = ['region: us-east-1', 'bucket: dumps', 'receipt-bucket: receipts', 'source: shop'];
    const lines = (given: readonly string[]) =>
      [
        'jobs:',
        '  shop:',
        '    uses: acme/holdfast/.github/workflows/postgres-dump.yml@0123456789012345678901234567890123456789',
        '    with:',
        ...given.map((line) => `      ${line}`),
      ].join('\n');
    const [workflow] = state.workflows;
    if (workflow) state.workflows[0] = { ...workflow, text: lines(inputs.slice(1)) };
    const { accessKeyId, secretAccessKey } = aws.sts.administrator;
    operator = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'us-east-1' };
    const none = `${roleArn}-none`;
    const refused = await setup('-', none, 'none', ...repository);
    expect(refused.output).toContain(`ROLE_ARN: account ${accountId} has no role holdfast-dump-none`);
    expect(refused.output).toContain('acme/backups lacks HOLDFAST_REGION; give');
    expect(refused.status).toBe(1);

    // More variables than one page has.
    for (let n = 0; n < 40; n += 1) state.variables[`A_${n}`] = 'x';
    state.variables.HOLDFAST_REGION = 'us-east-1';
    const iam = new IAMClient(aws.administrator);
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await iam.send(new CreateRoleCommand({ RoleName: 'holdfast-dump', AssumeRolePolicyDocument }));
    iam.destroy();
    const { status, output } = await setup('-', roleArn, 'none', ...repository);
    expect(output).toContain(`✓ the role ${roleArn} exists`);
    expect(started).toHaveLength(1);
    expect(status).toBe(0);
  });

  test('a workflow that the repository does not have is named before anything is stored', async () => {
    const { status, output } = await setup('-', roleArn, 'none', ...repository, '--workflow', 'other.yml');
    expect(status).toBe(1);
    expect(output).toContain('acme/backups has no workflow other.yml');
    expect(aws.github.state.variables).toEqual(variables);
  });

  test('wrong forms are refused together, without a call', async () => {
    const { status, output } = await setup(join(folder, 'none.csv'), 'role', 'x', ...repository, '--variable', 'A=1');
    expect(status).toBe(1);
    for (const name of [
      'CREDENTIALS: ENOENT',
      'ROLE_ARN: "role"',
      'WEBHOOK: what was given (not shown)',
      '--variable: "A=1"',
    ])
      expect(output).toContain(name);
    expect(slack.messages).toEqual([]);
  });

  test('the number of arguments is checked', async () => {
    expect(await setup('-')).toMatchObject({ status: 2, output: expect.stringContaining('1 arguments were given') });
  });
});
