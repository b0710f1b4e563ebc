/** The command in the notes of a release, taken out of the text that GitHub shows, and run with the real `gh` and `aws` in the lab. */
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

const stack = ({ aws }: AccountUnderTest) => aws.cloudformation.stacks.all.filter(({ name }) => name === 'holdfast');

/** Runs the command, and shows what went wrong. */
async function deploy(lab: AccountUnderTest, text = command(lab)): Promise<string> {
  const { status, stdout, stderr } = await lab.shell(text);
  expect(`${status} ${status === 0 ? '' : stderr}`).toBe('0 ');
  return stdout;
}

const trusted = (lab: AccountUnderTest): string => JSON.stringify(lab.aws.policiesOf('holdfast-backup').at(-1));

/** Whether the command changes nothing when it is run again. */
async function deployAgain(lab: AccountUnderTest, text = command(lab)): Promise<void> {
  const before = lab.log.records.length;
  expect(await deploy(lab, text)).toContain('No changes to deploy');
  const calls = lab.log.records.slice(before).map(({ operation }) => operation);
  expect(calls.filter((operation) => /ExecuteChangeSet|CreateBucket|DeleteStack/.test(operation))).toEqual([]);
}

test('an empty account gets the stack, which trusts the repository of the clone in either form; again, nothing changes', async () => {
  const lab = await start({ stack: 'none' });
  const output = await deploy(lab);
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

test('a stack that somebody has given other parameters keeps them', async () => {
  const lab = await start({ stack: 'deployed' });
  const before = trusted(lab);
  const output = await deploy(lab);
  expect(output).toContain(lab.aws.receiptBucket);
  expect(lab.aws.receiptBucket).toBe('holdfast-receipts-lab');
  expect(trusted(lab)).toBe(before);
});

test('a file that is not that of the release is not deployed', async () => {
  const lab = await start({ stack: 'none' }, Buffer.concat([template, Buffer.from('\n# changed\n')]));
  const { status, stderr } = await lab.shell(command(lab));
  expect([status, stderr]).toEqual([1, expect.stringContaining('holdfast.yml is not the file of v2026.1126.3')]);
  expect(lab.log.records.filter(({ operation }) => /CreateBucket|ChangeSet|CreateStack/.test(operation))).toEqual([]);
});
