/**
 * A stranger's first quarter of an hour: an empty account, hosts without tags, and a repository that has caller files only. The commands are
 * those of the README; the callers of the pages run every job under the roles that were deployed. What a reader sees is
 * docs/first-backup.md; `HOLDFAST_WRITE=1` writes it anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../lab/directory.ts';
import { source, verification } from '../../lab/hosts/pair.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { addCaller, commandsBelow, type Stranger, startStranger, workflowBelow } from './support-installation.ts';
import { Transcript } from './transcript.ts';

ensurePrerequisites();
const minutes = 60_000;
const heading = '## Use it from your repository';
const names = {
  'YOUR-ORG/YOUR-REPO': 'acme/backups',
  'i-0123456789abcdef0': source.id,
  'i-0fedcba9876543210': verification.id,
};
const [deploy = '', tag = '', run = ''] = commandsBelow('README.md', heading, names);
const transcript = new Transcript();

let stranger: Stranger;
beforeAll(async () => {
  stranger = await startStranger();
}, 5 * minutes);
afterAll(() => stranger?.stop(), minutes);

/** Runs commands, and notes what a reader would see. */
async function type(commands: string, answer?: string): Promise<string> {
  const startedAt = performance.now();
  const output = await stranger.shell(commands, answer);
  transcript.add(commands, output, performance.now() - startedAt);
  return output;
}

/** Starts a run with a command, and waits for its end. */
async function start(command: string): Promise<RunResult> {
  const startedAt = performance.now();
  const output = await stranger.shell(command);
  const ended = await stranger.lastRun();
  transcript.add(command, output, performance.now() - startedAt, ended.summary);
  return ended;
}

test(
  'the commands deploy the stack for the repository, and write what the workflows read into its variables',
  async () => {
    const output = await type(deploy, 'y');
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
    await type(tag);
    addCaller(stranger, 'infobright-backup.yml', workflowBelow('README.md', heading));
    const [dryRun = '', realRun = ''] = run.trim().split('\n');
    const before = (await stranger.lab.state.snapshots()).length;
    const plan = await start(dryRun);
    expect(plan.conclusion).toBe('success');
    expect(plan.summary).toContain('dry run');
    expect(await stranger.lab.state.snapshots()).toHaveLength(before);
    const night = await start(realRun);
    expect(night.summary).toContain('The backup of ib01.prod is good: restored and checked');
    expect(night.conclusion).toBe('success');
  },
  10 * minutes,
);

test('the README says how many commands it takes, and its page is what a reader sees', () => {
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const counted = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
  expect(readme).toContain(`**${counted[transcript.commands]}\ncommands**`);
  const page = join(repositoryRoot, 'docs', 'first-backup.md');
  if (process.env.HOLDFAST_WRITE === '1') writeFileSync(page, transcript.page());
  const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
  expect(Transcript.comparable(transcript.page())).toBe(Transcript.comparable(written));
});

test(
  'the first runs of the other jobs, from the callers of their pages: a rotation, and a dump that is proven',
  async () => {
    const { variables } = stranger.lab.github.state;
    const own = (text: string): string =>
      text
        .replaceAll('your-company-holdfast-receipts', variables.HOLDFAST_RECEIPT_BUCKET ?? '')
        .replaceAll('your-company-holdfast-dumps', variables.HOLDFAST_DUMP_BUCKET ?? '');
    addCaller(stranger, 'ebs-rotation.yml', own(workflowBelow('docs/rotation.md', '## Set up')));
    addCaller(stranger, 'postgres-backup.yml', own(workflowBelow('docs/postgres.md', '## Set up')));
    const url = stranger.lab.databases?.source.url(stranger.lab.databases.name);
    await stranger.shell(`gh secret set INFINITE_PROD_URL --repo acme/backups <<< '${url}'`);
    await stranger.shell('gh workflow run ebs-rotation.yml --repo acme/backups');
    const rotation = await stranger.lastRun();
    expect(rotation.summary).toContain('2 created, 0 copied, 0 expired');
    expect(rotation.conclusion).toBe('success');
    await stranger.shell('gh workflow run postgres-backup.yml --repo acme/backups');
    const dump = await stranger.lastRun();
    expect(dump.summary).toMatch(/The dump of infinite\.prod is good: restored and compared/);
    expect(dump.conclusion).toBe('success');
  },
  10 * minutes,
);

test(
  'the doctor finds nothing wrong with what these commands have made',
  async () => {
    const output = await stranger.shell('cd holdfast\nnpm run doctor -- --repository acme/backups');
    expect(output).toContain('The installation is in order');
  },
  3 * minutes,
);
