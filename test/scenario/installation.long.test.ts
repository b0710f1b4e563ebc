/**
 * A stranger's first quarter of an hour: an empty account, hosts without tags, and a repository that has caller files only. The commands are
 * those of the README; the docs' callers run every job under the roles that were deployed.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { source, verification } from '../../lab/hosts/pair.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { addCaller, commandsBelow, type Stranger, startStranger, workflowBelow } from './support-installation.ts';

ensurePrerequisites();
const minutes = 60_000;
const names = {
  'YOUR-ORG/YOUR-REPO': 'acme/backups',
  'i-0123456789abcdef0': source.id,
  'i-0fedcba9876543210': verification.id,
};
const [deploy = '', tag = '', run = ''] = commandsBelow('README.md', '## Use it from your repository', names);

let stranger: Stranger;
beforeAll(async () => {
  stranger = await startStranger();
}, 5 * minutes);
afterAll(() => stranger?.stop(), minutes);

test(
  'the commands deploy the stack for the repository, and write what the workflows read into its variables',
  async () => {
    const output = await stranger.shell(deploy, 'y');
    expect(output).toContain('arn:aws:iam::123456789012:role/holdfast-backup');
    expect(stranger.lab.github.state.variables).toMatchObject({
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_BACKUP_ROLE: 'arn:aws:iam::123456789012:role/holdfast-backup',
      HOLDFAST_RECEIPT_BUCKET: 'holdfast-receipts-123456789012-us-east-1',
    });
  },
  10 * minutes,
);

test(
  'tags, workflow, dry run, first run: the first backup is proven good',
  async () => {
    await stranger.shell(tag);
    addCaller(stranger, 'infobright-backup.yml', workflowBelow('README.md', '## Use it from your repository'));
    const [dry = '', real = ''] = run.trim().split('\n');
    await stranger.shell(dry);
    const plan = await stranger.lastRun();
    expect(plan.conclusion).toBe('success');
    expect(plan.summary).toContain('dry run');
    await stranger.shell(real);
    const night = await stranger.lastRun();
    expect(night.summary).toContain('The backup of ib01.prod is good: restored and checked');
    expect(night.conclusion).toBe('success');
  },
  10 * minutes,
);
