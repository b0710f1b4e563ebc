/** `npm run deploy` itself, against the lab's AWS with an empty account, with the real gh; and the real AWS CLI. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateDocumentCommand, DeleteDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type DeployUnderTest, startDeployUnderTest } from './support-programs.ts';

const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
const first = ['--yes', '--repository', 'ACME/Backups'];

let lab: DeployUnderTest;
beforeAll(() => ensurePrerequisites());
beforeEach(async () => {
  lab = await startDeployUnderTest();
});
afterEach(() => lab.stop());

async function parameters(): Promise<Record<string, string>> {
  const client = new CloudFormationClient(lab.settings);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'holdfast' }));
  client.destroy();
  return Object.fromEntries((Stacks?.[0]?.Parameters ?? []).map((one) => [one.ParameterKey, one.ParameterValue]));
}

async function stacks(): Promise<string[]> {
  const client = new CloudFormationClient(lab.settings);
  const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
  client.destroy();
  return StackSummaries.map((one) => `${one.StackName} ${one.StackStatus}`);
}

describe('in an empty account', () => {
  test('a plan shows everything and leaves nothing behind', async () => {
    const { status, text } = await lab.deploy(['--plan', '--repository', 'acme/backups', '--plan-role']);
    expect(text).toContain('+ add      bucket ReceiptBucket');
    expect(text).toContain('PlanSubjects = repo:acme/backups:pull_request,repo:acme@42/backups@4711:pull_request');
    expect(text).toMatch(/\+ add {6}\d\d documents: Inspect, /);
    expect(text).toContain('nothing is left of it');
    expect(status).toBe(0);
    expect(await stacks()).toEqual(['holdfast DELETE_COMPLETE']);
    expect([...lab.aws.s3.buckets.keys()]).toEqual([]);
    expect(lab.aws.iam.roles).toEqual([]);
  });

  test('a first deployment writes the variables; again nothing changes; an update changes only what is given', async () => {
    const made = await lab.deploy(first);
    expect(made.text).toContain('CREATE_COMPLETE       role BackupRole');
    expect(made.status).toBe(0);
    // In GitHub's own spelling, whatever was typed.
    const AllowedSubjects = 'repo:acme/backups:ref:refs/heads/main,repo:acme@42/backups@4711:ref:refs/heads/main';
    expect(await parameters()).toMatchObject({ AllowedSubjects, OidcProviderArn: '', PlanSubjects: '' });
    expect(lab.github.state.variables).toMatchObject({
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_BACKUP_ROLE: 'arn:aws:iam::123456789012:role/holdfast-backup',
      HOLDFAST_DUMP_BUCKET: 'holdfast-dumps-123456789012-us-east-1',
      HOLDFAST_RECEIPT_BUCKET: 'holdfast-receipts-123456789012-us-east-1',
    });
    const again = await lab.deploy(first);
    expect(again.text).toContain('Nothing to change');
    expect(again.text).toContain('are as they must be');
    expect(again.status).toBe(0);

    const updated = await lab.deploy(['--yes', '--repository', 'acme/backups', '--parameter', 'KeptDumps=10']);
    expect(updated.text).toContain('1 changed');
    expect(updated.text).toContain(
      '~ change   bucket holdfast-dumps-123456789012-us-east-1 (DumpBucket): LifecycleConfiguration',
    );
    expect(updated.status).toBe(0);
    expect(await parameters()).toMatchObject({ AllowedSubjects, KeptDumps: '10', OidcProviderArn: '' });
    // The provider that the stack made is the stack's still.
    expect([...lab.aws.iam.providers.keys()]).toEqual([provider]);

    // Another branch is trusted, too, and the first one as before.
    const branch = await lab.deploy(['--yes', '--repository', 'acme/backups', '--branch', 'release']);
    expect(branch.text).toContain('    + repo:acme/backups:ref:refs/heads/release');
    expect(branch.text).toContain('      repo:acme/backups:ref:refs/heads/main  (stays)');
    expect(branch.status).toBe(0);
    const both = `${AllowedSubjects},${AllowedSubjects.replaceAll('heads/main', 'heads/release')}`;
    expect(await parameters()).toMatchObject({ AllowedSubjects: both, OidcProviderArn: '' });
    const replaced = await lab.deploy(['--yes', '--repository', 'acme/backups', '--replace-subjects']);
    expect(replaced.text).toContain('- repo:acme/backups:ref:refs/heads/release  (no longer trusted)');
    expect(await parameters()).toMatchObject({ AllowedSubjects });

    // Of a repository that no role trusts the variables stay as they are.
    const before = { ...lab.github.state.variables };
    const subjects = 'repo:acme/others:ref:refs/heads/main';
    const untrusted = await lab.deploy(['--yes', '--repository', 'acme/backups', '--subjects', subjects]);
    expect(untrusted.text).toContain('No role of this stack trusts acme/backups, so it gets no variables.');
    expect(untrusted.status).toBe(0);
    expect(lab.github.state.variables).toEqual(before);
  });

  test('with nobody to ask, nothing is left behind, and nothing is changed', async () => {
    const { status, text } = await lab.deploy(['--repository', 'acme/backups']);
    expect(text).toContain('nobody can be asked here');
    expect(status).toBe(2);
    expect(await stacks()).toEqual(['holdfast DELETE_COMPLETE']);
    expect([...lab.aws.s3.buckets.keys()]).toEqual([]);
  });

  test('a removed bucket is shown in red, and its data stays', async () => {
    await lab.deploy(first);
    const colours = { NO_COLOR: '', FORCE_COLOR: '1' };
    const { text } = await lab.deploy(['--plan', '--repository', 'acme/backups', '--dump-bucket', 'none'], colours);
    const line =
      text.split('\n').find((one) => one.includes('DumpBucket)') && one.includes('- remove   bucket ')) ?? '';
    expect(line).toContain('\u001b[31m');
    expect(line).toContain('stays as it is, outside the stack');
  });

  test('an OIDC provider that exists already is found, used, and not taken over', async () => {
    const iam = new IAMClient(lab.settings);
    const url = 'https://token.actions.githubusercontent.com';
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ['sts.amazonaws.com'] }));
    iam.destroy();
    const { status, text } = await lab.deploy(first);
    expect(text).toContain(`OidcProviderArn = ${provider}`);
    expect(status).toBe(0);
    expect((await lab.deploy(['--yes', '--repository', 'acme/backups', '--parameter', 'KeptDumps=9'])).status).toBe(0);
    expect(await parameters()).toMatchObject({ OidcProviderArn: provider, KeptDumps: '9' });
    expect([...lab.aws.iam.providers.keys()]).toEqual([provider]);
  });

  test('what exists already is told at once, each with the way to mend it', async () => {
    const ssm = new SSMClient(lab.settings);
    const Content = JSON.stringify({ schemaVersion: '2.2', mainSteps: [] });
    await ssm.send(new CreateDocumentCommand({ Name: 'Holdfast-Inspect', Content, DocumentType: 'Command' }));
    ssm.destroy();
    const { status, text } = await lab.deploy([...first, '--receipt-bucket', 'x'.repeat(3)]);
    expect(text).toContain("Resource of type 'AWS::SSM::Document' with identifier 'Holdfast-Inspect' already exists.");
    expect(text).toContain('--parameter DocumentPrefix=NAME-');
    expect(status).toBe(1);
    expect(await stacks()).toEqual(['holdfast DELETE_COMPLETE']);
  });

  test('a bucket name that somebody else has: rolled back, explained, and the second try succeeds', async () => {
    lab.aws.s3.foreign.add('acme-dumps');
    const failed = await lab.deploy([...first, '--dump-bucket', 'acme-dumps']);
    expect(failed.text).toContain('The requested bucket name is not available');
    expect(failed.text).toContain('Choose another: --dump-bucket NAME');
    expect(failed.text).toContain('What was made has been taken back');
    expect(failed.status).toBe(1);
    expect(await stacks()).toEqual(['holdfast ROLLBACK_COMPLETE']);
    expect(lab.aws.iam.roles).toEqual([]);
    // The template's RetainExceptOnCreate: the bucket of receipts went, so that it can be made again.
    expect(lab.aws.s3.buckets.has('holdfast-receipts-123456789012-us-east-1')).toBe(false);

    const again = await lab.deploy(first);
    expect(again.text).toContain('it can only be deleted');
    expect(again.status).toBe(0);
    expect(await stacks()).toEqual(['holdfast DELETE_COMPLETE', 'holdfast CREATE_COMPLETE']);
  });

  test('a further region gets the documents, and the stack itself is refused as one', async () => {
    await lab.deploy(first);
    expect((await lab.deploy(['--yes', '--region', 'us-east-1'])).status).toBe(2);
    const before = lab.aws.iam.roles.map((one) => one.name);
    const { status, text } = await lab.deploy(['--yes', '--region', 'eu-west-1']);
    expect(text).toContain('The documents are in eu-west-1.');
    expect(status).toBe(0);
    expect(lab.aws.ssm.documents.has('eu-west-1', 'Holdfast-Freeze')).toBe(true);
    expect(lab.aws.ssm.documents.has('eu-central-1', 'Holdfast-Freeze')).toBe(false);
    expect(lab.aws.iam.roles.map((one) => one.name)).toEqual(before);
    expect(lab.github.state.variables.HOLDFAST_REGION).toBe('us-east-1');
    expect((await lab.deploy(['--check', '--region', 'eu-west-1'])).status).toBe(0);
  });

  test('a check finds what was changed by hand', async () => {
    await lab.deploy(first);
    expect((await lab.deploy(['--check'])).status).toBe(0);
    const iam = new IAMClient(lab.settings);
    const PolicyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'holdfast-backup', PolicyName: 'holdfast-backup', PolicyDocument }),
    );
    await iam.send(new PutRolePolicyCommand({ RoleName: 'holdfast-verify', PolicyName: 'more', PolicyDocument }));
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'holdfast-rotate', PolicyArn }));
    const ssm = new SSMClient(lab.settings);
    await ssm.send(new DeleteDocumentCommand({ Name: 'Holdfast-Thaw' }));
    const bucket = lab.aws.s3.buckets.get('holdfast-receipts-123456789012-us-east-1');
    bucket?.change({ lifecycle: [], publicAccessBlocked: false });
    if (bucket) bucket.policy = [];
    for (const client of [iam, ssm]) client.destroy();
    const { status, text } = await lab.deploy(['--check', '--parameter', 'KeptDumps=3']);
    expect(text).toContain('the policy holdfast-backup of the role holdfast-backup was changed by hand');
    expect(text).toContain('the role holdfast-verify has a policy more, which the stack did not make');
    expect(text).toContain('Holdfast-Thaw (ThawDocument) is gone');
    expect(text).toContain('the parameter KeptDumps is "45", not "3"');
    expect(text).toContain(`the role holdfast-rotate has the managed policy ${PolicyArn}, which was attached by hand`);
    for (const what of ['public access block', 'lifecycle', 'policy'])
      expect(text).toContain(`the ${what} of the bucket holdfast-receipts-123456789012-us-east-1 was changed by hand`);
    expect(text).toContain('8 differences');
    expect(text).toMatch(/Not read: .*OIDC provider.*tags/);
    expect(status).toBe(1);

    // A deployment says so, too, and brings back what was deleted.
    const plain = await lab.deploy(['--yes']);
    expect(plain.text).toMatch(/Nothing to change[\s\S]*Holdfast-Thaw \(ThawDocument\) is gone[\s\S]*-- --repair/);
    expect(lab.aws.ssm.documents.has('us-east-1', 'Holdfast-Thaw')).toBe(false);
    const repaired = await lab.deploy(['--yes', '--repair']);
    expect(repaired.text).toContain('+ add      document ThawDocument');
    expect(repaired.status).toBe(0);
    expect(lab.aws.ssm.documents.has('us-east-1', 'Holdfast-Thaw')).toBe(true);
  });
});

describe('what is missing is named', () => {
  test.each([
    ['no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'there are no AWS credentials'],
    ['a wrong key', { AWS_ACCESS_KEY_ID: 'AKIANOBODY' }, 'AWS does not know these credentials'],
    ['no region', { AWS_REGION: '', AWS_DEFAULT_REGION: '' }, 'no region is set'],
    ['gh is not signed in', { GH_TOKEN: '' }, 'gh auth login'],
    ['a wrong token', { GH_TOKEN: 'ghp_wrong' }, 'gh is not signed in'],
  ])('%s', async (_what, environment, words) => {
    const { status, text } = await lab.deploy(first, environment);
    expect(text).toContain(words);
    expect(status).toBe(2);
    expect(await stacks()).toEqual([]);
  });

  test('gh, when it is not installed', async () => {
    const programs = join(lab.directory, 'programs');
    mkdirSync(programs);
    for (const name of ['bash', 'git', 'env', 'sh']) symlinkSync(`/usr/bin/${name}`, join(programs, name));
    const { status, text } = await lab.deploy(first, { PATH: programs });
    expect(text).toContain('gh, the GitHub CLI, is not installed');
    expect(status).toBe(2);
  });

  test('an expired SSO session', async () => {
    const config = join(lab.directory, 'config');
    const lines = ['[profile work]', 'sso_session = acme', 'sso_account_id = 123456789012', 'sso_role_name = Admin'];
    const session = ['[sso-session acme]', 'sso_region = us-east-1', 'sso_start_url = https://acme.awsapps.com/start'];
    writeFileSync(config, [...lines, ...session, ''].join('\n'));
    const environment = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONFIG_FILE: config,
      AWS_PROFILE: 'work',
    };
    const { status, text } = await lab.deploy(first, environment);
    expect(text).toContain('aws sso login --profile work');
    expect(status).toBe(2);
  });

  test('a permission: which, and of whom', async () => {
    const { accessKeyId, secretAccessKey } = lab.aws.sts.addUser('bob');
    const { text } = await lab.deploy(first, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
    expect(text).toContain('arn:aws:iam::123456789012:user/bob may not do cloudformation:DescribeStacks');
  });

  test('a repository that the signed-in person may not see', async () => {
    const { status, text } = await lab.deploy(['--yes', '--repository', 'acme/elsewhere']);
    expect(text).toContain('GitHub does not show the repository acme/elsewhere');
    expect(status).toBe(2);
  });

  test('whose workflows are trusted, when nobody looks', async () => {
    expect((await lab.deploy(['--yes'])).text).toContain('--yes needs --repository');
  });

  test('without gh the subjects can be given, and the commands are printed', async () => {
    const subjects = 'repo:acme/backups:ref:refs/heads/main';
    const { status, text } = await lab.deploy([...first, '--subjects', subjects], { GH_TOKEN: '' });
    expect(text).toContain("gh variable set HOLDFAST_REGION --repo ACME/Backups --body 'us-east-1'");
    expect(status).toBe(0);
    expect(lab.github.state.variables).toEqual({});
  });
});

test('aws cloudformation deploy, of the distribution, with the template through a bucket', async () => {
  const template = join(process.cwd(), 'infra', 'holdfast.yml');
  expect(await lab.run('aws', ['s3', 'mb', 's3://acme-templates'])).toMatchObject({ status: 0 });
  const deploy = ['cloudformation', 'deploy', '--stack-name', 'holdfast', '--template-file', template];
  const given = ['ReceiptBucketName=acme-receipts', 'AllowedSubjects=repo:acme/backups:ref:refs/heads/main'];
  const named = ['--s3-bucket', 'acme-templates', '--parameter-overrides', ...given];
  const refused = await lab.run('aws', [...deploy, ...named]);
  expect(refused.text).toContain('InsufficientCapabilities');
  const tooLarge = await lab.run('aws', [...deploy, '--capabilities', 'CAPABILITY_NAMED_IAM']);
  expect(tooLarge.text).toContain('51,200');
  const made = await lab.run('aws', [...deploy, ...named, '--capabilities', 'CAPABILITY_NAMED_IAM']);
  expect(made).toMatchObject({ status: 0, text: expect.stringContaining('Successfully created/updated stack') });
  const outputs = ['cloudformation', 'describe-stacks', '--stack-name', 'holdfast', '--query', 'Stacks[0].Outputs'];
  expect((await lab.run('aws', outputs)).text).toContain('acme-receipts');
});
