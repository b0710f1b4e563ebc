/** The command in the notes of a release, taken out of the text that GitHub shows, and run with the real `gh` and `aws` in the lab. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { root } from '../../scripts/lib/actions.ts';
import { sha256 } from '../../scripts/release/assets.ts';
import { notes } from '../../scripts/release/notes.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';

ensurePrerequisites();

const vendor = 'OWNER/holdfast';
const tag = 'v2026.1126.3';
const template = readFileSync(join(root, 'infra', 'holdfast.yml'));
const classic = 'repo:acme/backups:ref:refs/heads/main';
const withIds = 'repo:acme@42/backups@4711:ref:refs/heads/main';

let account: AccountUnderTest | undefined;
afterEach(async () => {
  await account?.stop();
  account = undefined;
});

/** An account, and a release of the vendor's with the template. */
async function start(
  options: Parameters<typeof startAccountUnderTest>[0],
  content = template,
): Promise<AccountUnderTest> {
  account = await startAccountUnderTest(options);
  const { state } = account.github;
  const body = notes({
    ...{ repository: vendor, tag, hash: 'a'.repeat(40), templateHash: sha256(template) },
    ...{ previous: undefined, changes: [], stackChanged: false },
  });
  state.releases.push({
    ...{ id: state.nextId(), repository: vendor, tag, target: 'a'.repeat(40), name: tag, body },
    ...{ draft: false, latest: true, immutable: true },
    assets: [{ id: state.nextId(), name: 'holdfast.yml', state: 'uploaded', content }],
  });
  return account;
}

/** The first block of commands below "Deploy it", as a reader copies it. */
function command({ github }: AccountUnderTest): string {
  const body = github.state.releases[0]?.body ?? '';
  const [, block = ''] = /## Deploy it\n[\s\S]*?```bash\n([\s\S]*?)```/.exec(body) ?? [];
  expect(block).toContain('aws cloudformation deploy');
  return block;
}

function remote(lab: AccountUnderTest, ...parameters: string[]): void {
  execFileSync('git', ['-C', lab.clone, 'remote', ...parameters]);
}

const stack = ({ aws }: AccountUnderTest) => aws.cloudformation.stacks.all.filter(({ name }) => name === 'holdfast');

/** Runs the command, and shows what went wrong. */
async function deploy(lab: AccountUnderTest, text = command(lab)): Promise<string> {
  const { status, stdout, stderr } = await lab.shell(text);
  expect(`${status} ${status === 0 ? '' : stderr}`).toBe('0 ');
  return stdout;
}

const trusted = (lab: AccountUnderTest): string => JSON.stringify(lab.aws.policiesOf('holdfast-backup').at(-1));

/** Calls that make something. */
const made = ({ log }: AccountUnderTest) =>
  log.records.filter(({ operation }) => /CreateBucket|ChangeSet|CreateStack|DeleteStack/.test(operation));

/** Whether the command changes nothing when it is run again. */
async function deployAgain(lab: AccountUnderTest, text = command(lab)): Promise<void> {
  const before = lab.log.records.length;
  expect(await deploy(lab, text)).toContain('No changes to deploy');
  const calls = lab.log.records.slice(before).map(({ operation }) => operation);
  expect(calls.filter((operation) => /ExecuteChangeSet|CreateBucket|DeleteStack/.test(operation))).toEqual([]);
}

test('an empty account gets the stack, which trusts the repository of the clone in either form, and not its upstream; again, nothing changes', async () => {
  const lab = await start({ stack: 'none' });
  // The clone of a fork: gh itself would take the remote upstream.
  lab.github.state.foreign.push({ owner: 'OWNER', name: 'holdfast', ownerId: 1, id: 2 });
  remote(lab, 'add', 'upstream', `https://github.com/${vendor}.git`);
  const output = await deploy(lab);
  expect(output.split('\n')[0]).toBe(`The roles will trust: ${classic},${withIds}`);
  expect(output).not.toContain('do not trust');
  expect(output).toContain('arn:aws:iam::123456789012:role/holdfast-backup');
  expect(output).toContain('holdfast-receipts-123456789012-us-east-1');
  for (const subject of [classic, withIds]) expect(trusted(lab)).toContain(`"${subject}"`);
  expect(trusted(lab)).not.toContain('OWNER/holdfast');
  expect(lab.github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' })).toBe(classic);
  await deployAgain(lab);
});

test('a provider that the account has is used, and stays; a repository of the new form, named in the environment', async () => {
  const lab = await start({ stack: 'none', subjectForm: 'immutable' });
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const make = `aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com \\
    --client-id-list sts.amazonaws.com --thumbprint-list ${'0'.repeat(40)} --query OpenIDConnectProviderArn --output text`;
  expect((await deploy(lab, make)).trim()).toBe(provider);
  const text = `cd /tmp\nexport GH_REPO=acme/backups\n${command(lab)}`;
  await deploy(lab, text);
  expect(lab.github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' })).toBe(withIds);
  expect(trusted(lab)).toContain(`"${withIds}"`);
  await deployAgain(lab, text);
  const list = 'aws iam list-open-id-connect-providers --query "OpenIDConnectProviderList[].Arn" --output text';
  expect((await deploy(lab, list)).trim()).toBe(provider);
  const own = stack(lab)[0]?.resources.get('OidcProvider');
  expect(own).toBeUndefined();
});

test('a stack that somebody has given other parameters keeps them; it says whom it does not trust, and the line that it prints adds them', async () => {
  const lab = await start({ stack: 'deployed' });
  const other = { ...lab.github.state.repository, name: 'other', id: 4712 };
  Object.assign(lab.github.state, { repository: other });
  remote(lab, 'set-url', 'origin', 'https://github.com/acme/other.git');
  const before = trusted(lab);
  const output = await deploy(lab);
  expect(output).toContain(`The roles will trust: ${classic}\n`);
  expect(output).toContain(lab.aws.receiptBucket);
  expect(lab.aws.receiptBucket).toBe('holdfast-receipts-lab');
  expect(trusted(lab)).toBe(before);
  const theirs = ['repo:acme/other:ref:refs/heads/main', 'repo:acme@42/other@4712:ref:refs/heads/main'];
  expect(output).toContain(`The roles trust:  ${classic}\nand do not trust: ${theirs}\n`);
  const [, line = ''] = /If they should trust it, run:\n([\s\S]*)$/.exec(output) ?? [];
  await deploy(lab, line);
  for (const subject of [classic, ...theirs]) expect(trusted(lab)).toContain(`"${subject}"`);
  expect(lab.aws.receiptBucket).toBe('holdfast-receipts-lab');
});

test('a file that is not that of the release is not deployed', async () => {
  const lab = await start({ stack: 'none' }, Buffer.concat([template, Buffer.from('\n# changed\n')]));
  const { status, stderr } = await lab.shell(command(lab));
  expect([status, stderr]).toEqual([1, expect.stringContaining('holdfast.yml is not the file of v2026.1126.3')]);
  expect(made(lab)).toEqual([]);
});

test('what would go wrong is said before anything is made: a repository of others, no clone, no region, a further region', async () => {
  const lab = await start({ stack: 'deployed' });
  lab.github.state.foreign.push({ owner: 'OWNER', name: 'holdfast', ownerId: 1, id: 2 });
  const said = async (environment: Record<string, string>): Promise<string> => {
    const { status, stderr } = await lab.shell(command(lab), environment);
    return `${status} ${stderr}`;
  };
  expect(await said({ GH_REPO: vendor })).toMatch(/^1 You may not push to OWNER\/holdfast/);
  expect(await said({ AWS_DEFAULT_REGION: '' })).toMatch(/^1 Which region\? Set AWS_REGION/);
  expect(await said({ AWS_REGION: 'eu-west-1' })).toMatch(
    /^1 The account has the roles already.*another region than eu-west-1[\s\S]*Parts=documents here: npm run deploy -- --region eu-west-1/,
  );
  remote(lab, 'remove', 'origin');
  expect(await said({})).toMatch(/^1 [\s\S]*Run this in a clone of your repository, or set GH_REPO/);
  expect(made(lab)).toEqual([]);
});

test.each([
  'git@github.com:acme/backups.git',
  'ssh://git@ssh.github.com:443/acme/backups',
  'https://github.com/acme/backups/',
])('the address %s of a clone names the repository', async (address) => {
  const lab = await start({ stack: 'none' });
  remote(lab, 'set-url', 'origin', address);
  // Only up to what will be trusted.
  const text = command(lab).replace(/^cd "\$\(mktemp -d\)"$[\s\S]*(?=^HOLDFAST$)/m, '');
  expect(await deploy(lab, text)).toBe(`The roles will trust: ${classic},${withIds}\n`);
});

test('a first deployment that failed is deleted, and made anew', async () => {
  const lab = await start({ stack: 'none' });
  const bucket = 'holdfast-dumps-123456789012-us-east-1';
  lab.aws.s3.foreign.add(bucket);
  // Somebody else has the bucket's name. Small, since the CLI looks at a stack once in 30 seconds.
  const template = JSON.stringify({
    Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } } },
  });
  await deploy(
    lab,
    `aws cloudformation create-stack --stack-name holdfast --template-body '${template}'
    until aws cloudformation describe-stacks --stack-name holdfast | grep -q '"ROLLBACK_COMPLETE"'; do sleep 0.2; done`,
  );
  lab.aws.s3.foreign.delete(bucket);
  expect(await deploy(lab)).toContain('arn:aws:iam::123456789012:role/holdfast-backup');
  expect(stack(lab).map((one) => one.status)).toEqual(['DELETE_COMPLETE', 'CREATE_COMPLETE']);
}, 240_000);
