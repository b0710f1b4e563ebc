/** The callers of the pages with actions that only say what they are given: a pull request, and every input on its way to the action. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Bench, bench } from './support-github.ts';

const stub = `const e = process.env;
require('node:fs').appendFileSync(e.GITHUB_OUTPUT, 'regions=["us-east-1"]\\n');
for (const [name, value] of Object.entries(e)) if (name.startsWith('INPUT_') && value) console.log(name.slice(6).toLowerCase() + '=' + value);
`;
const bundles = ['ib-snapshot', 'verify-volume', 'ebs-rotate', 'db-dump', 'doctor'];

let current: Bench | undefined;
afterEach(async () => {
  await current?.stop();
  current = undefined;
});

/** This repository with its workflows and manifests, whose bundles are the stub, and a caller's folder beside it. */
async function withStubs() {
  const files = Object.fromEntries(
    bundles.flatMap((name) => [
      [`dist/${name}/index.js`, stub],
      [`dist/${name}-post/index.js`, ''],
    ]),
  );
  const lab = await bench(files, { vars: {}, secrets: {} });
  current = lab;
  cpSync('.github/workflows', join(lab.root, '.github/workflows'), { recursive: true });
  for (const name of bundles) {
    mkdirSync(join(lab.root, 'actions', name), { recursive: true });
    cpSync(`actions/${name}/action.yml`, join(lab.root, 'actions', name, 'action.yml'));
  }
  Object.assign(lab.runner.options, { repositories: { 'OWNER/holdfast': lab.root } });
  const root = join(dirname(lab.root), 'caller');
  const file = '.github/workflows/backup.yml';
  mkdirSync(join(root, '.github/workflows'), { recursive: true });
  return {
    lab,
    root,
    write: (text: string) => writeFileSync(join(root, file), text),
    run: async (event: 'workflow_dispatch' | 'pull_request' | 'schedule') =>
      (await lab.runner.start(file, { event, root })).finished,
    said: () => lab.lines.map(({ text }) => text),
    texts: () => lab.lines.filter(({ kind }) => kind === 'text').map(({ text }) => text),
  };
}

const callerOn = (page: string): string =>
  /^```yaml\n(name: [\s\S]*?)^```/m.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

test('a pull request that changes the retention of a caller compares it with that of the base branch', async () => {
  const { root, write, run, texts } = await withStubs();
  const caller = callerOn('docs/rotation.md');
  write(caller);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=lab', '-c', 'user.email=lab@example.com', ...words]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=base');
  write(caller.replace('retention: 7d 4w 12m', 'retention: 14'));
  const review = await run('pull_request');
  expect(review.conclusion).toBe('success');
  expect(review.jobs.map(({ id, conclusion }) => `${id} ${conclusion}`)).toEqual(
    expect.arrayContaining(['rotate/difference success', 'rotate/rotate skipped']),
  );
  expect(texts()).toEqual(
    expect.arrayContaining([
      'retention=7d 4w 12m',
      'compare-retention=14',
      'role-to-assume=arn:aws:iam::123456789012:role/holdfast-plan',
    ]),
  );
  expect(texts().join('\n')).not.toContain('role/holdfast-rotate');
});

test('a retention in flow style is compared with nothing, and a notice says so', async () => {
  const { root, write, run, said } = await withStubs();
  const caller = callerOn('docs/rotation.md').replace(
    /^ {4}with:\n(?: {6}.*\n)+/m,
    `    with: { region: us-east-1, role: arn:aws:iam::123456789012:role/holdfast-rotate, plan-role: arn:aws:iam::123456789012:role/holdfast-plan, retention: 7d }\n`,
  );
  expect(caller).toContain('with: { region');
  write(caller);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=lab', '-c', 'user.email=lab@example.com', ...words]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=base');
  write(caller.replace('retention: 7d', 'retention: 14'));
  const review = await run('pull_request');
  expect(review.conclusion).toBe('success');
  expect(review.jobs.map(({ id, conclusion }) => `${id} ${conclusion}`)).toContain('rotate/difference skipped');
  expect(said().join('\n')).toContain(
    'No retention was compared: .github/workflows/backup.yml of the base branch has none on a line of its own',
  );
});

test.each(['us-east-1 eu-west-1', '["us-east-1", "eu-west-1"]', 'us-east-1,eu-west-1'])(
  'the rotation takes the regions %s',
  async (regions) => {
    const { write, run, texts } = await withStubs();
    write(callerOn('docs/rotation.md').replace(/^ {6}retention: .*$/m, `      regions: '${regions}'`));
    expect((await run('schedule')).conclusion).toBe('success');
    for (const region of ['us-east-1', 'eu-west-1']) expect(texts()).toContain(`aws-region=${region}`);
    expect(texts().filter((text) => text.startsWith('aws-region='))).toHaveLength(2);
  },
);

test('a region that cannot be one is one line', async () => {
  const { write, run, said } = await withStubs();
  write(callerOn('docs/rotation.md').replace(/^ {6}retention: .*$/m, '      regions: us-east-1;x'));
  expect((await run('schedule')).conclusion).toBe('failure');
  expect(said().filter((text) => text.includes('regions:'))).toEqual([
    'regions: "us-east-1;x" is not the name of a region; allowed: us-east-1 eu-west-1, or ["us-east-1", "eu-west-1"]',
  ]);
});

/** Values of inputs that decide, and do not pass, or that the workflow's own steps use. */
const special = [
  'required',
  'runner',
  'regions',
  'install',
  'series',
  'packages',
  'scratch-image',
  'client',
  'plan-role',
  'snapshot-id',
];

const isDump = (name: string): boolean => name.endsWith('-dump');

test.each(['infobright-backup', 'ebs-rotate', 'postgres-dump', 'mongodb-dump', 'mysql-dump', 'doctor'])(
  '%s: every input reaches an action',
  async (name) => {
    const { write, run, texts } = await withStubs();
    const workflow = parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as {
      on: { workflow_call: { inputs: Record<string, { type: string }> } };
    };
    const names = Object.entries(workflow.on.workflow_call.inputs)
      .filter(([input, { type }]) => type === 'string' && !special.includes(input))
      .map(([input]) => input);
    // A file that is checked out, and values that say where they come from.
    const given = names.map((input) => `      ${input}: value-of-${input}`).join('\n');
    write(`name: All
on: { schedule: [{ cron: '7 3 * * *' }] }
permissions: {}
jobs:
  all:
    permissions: { id-token: write, contents: read, issues: write, actions: read }
    uses: OWNER/holdfast/.github/workflows/${name}.yml@FULL-HASH
    with:
${given}
      ${isDump(name) ? 'install: "false"' : 'required: true'}${isDump(name) && name !== 'postgres-dump' ? '\n      scratch-image: none' : ''}
    secrets: { ${isDump(name) ? 'DATABASE_URL: postgresql://x' : 'SLACK_WEBHOOK_URL: https://x'} }
`);
    const result = await run('schedule');
    expect(texts().filter((text) => text.startsWith('::error'))).toEqual([]);
    expect(result.conclusion).toBe('success');
    const said = texts().join('\n');
    expect(names.filter((input) => !said.includes(`=value-of-${input}`))).toEqual([]);
  },
);
