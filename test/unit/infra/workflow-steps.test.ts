/** What the steps before an action say: missing variables in any combination, pull requests from forks, runners without anything. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { groupOf } from '../../../lab/runner/concurrency.ts';
import type { Contexts } from '../../../lab/runner/expressions.ts';
import { readWorkflow } from '../../../lab/runner/workflow-file.ts';
import { runStep, type StepResult, script, subsets } from './support-steps.ts';

const PAGE = 'https://github.com/OWNER/holdfast/blob/abc/docs/page.md';

/** One line, which names all that is missing and nothing else; the step fails only where it must. */
function expectOneLine(result: StepResult, kind: 'error' | 'notice', missing: readonly string[]): void {
  expect(result.status).toBe(kind === 'error' ? 1 : 0);
  expect(result.lines).toHaveLength(1);
  expect(result.lines[0]).toMatch(new RegExp(`^::${kind}::Nothing was `));
  expect(result.lines[0]?.match(/\b(HOLDFAST_[A-Z_]+|DATABASE_URL|RESTORE_URL|npm)\b/g)).toEqual(missing);
  expect(result.lines[0]).toContain(`(${PAGE})`);
  if (kind === 'notice') expect(result.summary).toContain('skipped');
}

const given = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'x']));

const shared = ['HOLDFAST_REGION'];
const dumping = [...shared, 'HOLDFAST_DUMP_ROLE', 'HOLDFAST_DUMP_BUCKET', 'HOLDFAST_RECEIPT_BUCKET'];
const skipping = {
  'infobright-backup': {
    step: 'Find what is not configured',
    names: [
      ...shared,
      ...['HOLDFAST_BACKUP_ROLE', 'HOLDFAST_VERIFY_ROLE', 'HOLDFAST_RECEIPT_BUCKET'],
      ...['HOLDFAST_IB_SOURCE', 'HOLDFAST_IB_INSTANCE', 'HOLDFAST_IB_VERIFY_INSTANCE'],
    ],
    complete: ['complete=true'],
  },
  'ebs-rotate': {
    step: 'Find what is not configured',
    names: [...shared, 'HOLDFAST_ROTATE_ROLE'],
    complete: ['complete=true'],
  },
  'postgres-backup': {
    step: 'Choose the databases, find missing variables',
    names: [...dumping, 'HOLDFAST_DATABASES'],
    complete: undefined,
  },
  'mongodb-backup': {
    step: 'Choose the databases, find missing variables',
    names: [...dumping, 'HOLDFAST_MONGODB_DATABASES'],
    complete: undefined,
  },
  'mysql-backup': {
    step: 'Choose the databases, find missing variables',
    names: [...dumping, 'HOLDFAST_MYSQL_DATABASES'],
    complete: undefined,
  },
};

describe.each(Object.entries(skipping))('%s', (workflow, { step, names, complete }) => {
  test.each(['', 'false', 'true'])('missing variables in every combination, required: "%s"', (REQUIRED) => {
    // Every combination once; the other ways to say whether it is required, with none and with all but one. The steps of MongoDB and
    // MySQL are PostgreSQL's.
    const few = (one: readonly string[]) => one.length === 0 || one.length === names.length - 1;
    const every = REQUIRED === 'true' && !/^m/.test(workflow);
    const tried = subsets(names).filter((one) => one.length < names.length && (every || few(one)));
    for (const some of tried) {
      const result = runStep(script(workflow, step), {
        ...given(some),
        REQUIRED,
        PAGE,
        SOURCE: '',
        PULL_REQUEST: 'false',
      });
      const missing = names.filter((name) => !some.includes(name));
      expectOneLine(result, REQUIRED === 'true' ? 'error' : 'notice', missing);
      expect(result.outputs).not.toContain('complete=true');
    }
  });

  if (complete !== undefined)
    test('all of them', () => {
      const result = runStep(script(workflow, step), {
        ...given(names),
        REQUIRED: 'true',
        PAGE,
        PULL_REQUEST: 'false',
      });
      expect(result).toMatchObject({ status: 0, lines: [], outputs: complete });
    });
});

test.each(['postgres-dump', 'postgres-server', 'mongodb-dump', 'mysql-dump'])(
  '%s: missing values in every combination, and the database',
  (workflow) => {
    const names = [
      'HOLDFAST_REGION',
      'HOLDFAST_DUMP_ROLE',
      'HOLDFAST_DUMP_BUCKET',
      'HOLDFAST_RECEIPT_BUCKET',
      'DATABASE',
    ];
    for (const some of subsets(names)) {
      const result = runStep(script(workflow, 'Find what is not configured'), { ...given(some), PAGE });
      const missing = names
        .filter((name) => !some.includes(name))
        .map((name) => (name === 'DATABASE' ? 'DATABASE_URL' : name));
      if (missing.length === 0) expect(result).toMatchObject({ status: 0, lines: [] });
      else expectOneLine(result, 'error', missing);
    }
  },
);

test('restore: missing values in every combination, and a runner without npm', () => {
  const names = ['HOLDFAST_REGION', 'HOLDFAST_DUMP_ROLE', 'HOLDFAST_RECEIPT_BUCKET', 'TARGET', 'npm'];
  for (const some of subsets(names)) {
    const standIns = some.includes('npm') ? { npm: '' } : {};
    const result = runStep(
      script('restore', 'Find what is not configured'),
      { ...given(some), PAGE, OWN_REPOSITORY: 'acme/holdfast' },
      { standIns },
    );
    const missing = names
      .filter((name) => !some.includes(name))
      .map((name) => (name === 'TARGET' ? 'RESTORE_URL' : name));
    if (missing.length === 0) expect(result).toMatchObject({ status: 0, lines: [] });
    else expectOneLine(result, 'error', missing);
  }
});

test.each([
  ['postgres-backup', 'HOLDFAST_DATABASES'],
  ['mongodb-backup', 'HOLDFAST_MONGODB_DATABASES'],
  ['mysql-backup', 'HOLDFAST_MYSQL_DATABASES'],
])('%s: a runner without jq is named', (workflow, variable) => {
  const names = ['HOLDFAST_REGION', 'HOLDFAST_DUMP_ROLE', 'HOLDFAST_DUMP_BUCKET', 'HOLDFAST_RECEIPT_BUCKET', variable];
  const environment = { ...given(names), REQUIRED: 'true', PAGE, SOURCE: '' };
  const result = runStep(script(workflow, 'Choose the databases, find missing variables'), environment);
  expect(result.status).toBe(1);
  expect(result.lines).toEqual([
    `::error::This runner has no jq, which reads ${variable}: install the package jq on it`,
  ]);
});

describe('a pull request that changes the retention', () => {
  const check = script('ebs-rotate', 'Find what is not configured');
  const names = ['HOLDFAST_REGION', 'HOLDFAST_PLAN_ROLE', 'HOLDFAST_ROTATE_ROLE'];

  test('from a fork or from Dependabot, whose jobs get no identity: green, one line, whatever is configured', () => {
    for (const some of subsets(names)) {
      const result = runStep(check, { ...given(some), PAGE, PULL_REQUEST: 'true', REQUIRED: 'true' });
      expect(result).toMatchObject({ status: 0, outputs: [] });
      expect(result.lines).toEqual([
        expect.stringMatching(/^::notice::No retention was compared: .*from a fork or a bot/),
      ]);
    }
  });

  test('of the repository itself: compared with the plan role, green with one line where something is missing', () => {
    for (const some of subsets(names)) {
      const token = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' };
      const result = runStep(check, { ...given(some), ...token, PAGE, PULL_REQUEST: 'true', REQUIRED: 'true' });
      const missing = ['HOLDFAST_REGION', 'HOLDFAST_PLAN_ROLE'].filter((name) => !some.includes(name));
      if (missing.length > 0) expectOneLine(result, 'notice', missing);
      else expect(result).toMatchObject({ status: 0, lines: [], outputs: ['complete=true'] });
    }
  });

  const file = '.github/workflows/ebs-rotation.yml';
  test.each([
    [
      'a copy of this repository',
      'env:\n  # tiers\n  RETENTION: "7"\njobs:\n  a: { x: 1 }\n    retention: ${{ env.RETENTION }}\n',
      '7',
    ],
    ['a caller', 'jobs:\n  rotate:\n    with:\n      retention: 7d 4w 12m\n', '7d 4w 12m'],
    ['quotes and a comment', "      retention: '14' # two weeks\n", '14'],
    ['an expression', '      retention: ${{ vars.DAYS }}\n', ''],
    ['the definition of an input', '      retention:\n        type: string\n', ''],
    ['no such file', undefined, ''],
  ])('reads the retention before from %s', (_, content, before) => {
    const result = runStep(
      script('ebs-rotate', 'Read the retention of the base branch'),
      { WORKFLOW_REF: `acme/backups/${file}@refs/pull/7/merge` },
      { path: '/usr/bin:/bin', files: content === undefined ? {} : { [`base/${file}`]: content } },
    );
    const notice = `::notice::No retention was compared: ${file} of the base branch has none on a line of its own, such as retention: 7d 4w 12m`;
    expect(result).toMatchObject({
      status: 0,
      lines: before === '' ? [notice] : [],
      outputs: [`retention=${before}`],
    });
  });

  test('several different ones are not guessed at', () => {
    const content = '  a:\n      retention: 7\n  b:\n      retention: 14\n';
    const result = runStep(
      script('ebs-rotate', 'Read the retention of the base branch'),
      { WORKFLOW_REF: `acme/backups/${file}@refs/pull/7/merge` },
      { path: '/usr/bin:/bin', files: { [`base/${file}`]: content } },
    );
    expect(result).toMatchObject({ status: 0, outputs: ['retention='] });
    expect(result.lines).toEqual([`::notice::No retention was compared: ${file} of the base branch has several`]);
  });
});

test('every job that somebody may wait for has a queue, in which none is replaced', async () => {
  const names = ['infobright-backup', 'ebs-rotate', 'postgres-dump', 'mongodb-dump', 'mysql-dump'];
  const groups = await Promise.all(
    names.map(async (name) => {
      const { concurrency, jobs } = await readWorkflow('.', `.github/workflows/${name}.yml`);
      return [concurrency, ...jobs.map((job) => job.concurrency)].filter((one) => one !== undefined);
    }),
  );
  expect(groups.map((found) => [...new Set(found.map(({ queue }) => queue))])).toEqual(names.map(() => ['max']));
  expect(readFileSync('.github/workflows/restore.yml', 'utf8')).toContain('  queue: max\n');
});

test('all jobs that verify on one host are in one group, whatever they prove', async () => {
  const groupIn = async (name: string, id: string, contexts: Contexts): Promise<string | undefined> => {
    const { jobs } = await readWorkflow('.', `.github/workflows/${name}.yml`);
    return groupOf(jobs.find((job) => job.id === id)?.concurrency, contexts);
  };
  const variables = { HOLDFAST_REGION: 'eu-west-1', HOLDFAST_IB_VERIFY_INSTANCE: 'ib02.dev' };
  const volume = { region: 'eu-west-1', instance: 'ib02.dev', snapshot: 'snap-1' };
  expect([
    await groupIn('infobright-backup', 'verify', { inputs: { source: 'a' }, vars: variables }),
    await groupIn('infobright-backup', 'verify', {
      inputs: { source: 'b', region: 'eu-west-1', 'verify-instance': 'ib02.dev' },
      vars: { HOLDFAST_REGION: 'us-east-1' },
    }),
    await groupIn('patrol', 'rotations', { inputs: {}, vars: variables, matrix: { volume } }),
  ]).toEqual(Array(3).fill('holdfast-verify-eu-west-1-ib02.dev'));
});

describe('the status page is published only where Pages come from workflows', () => {
  const ask = (status: string, build: string) =>
    runStep(
      script('status-page', 'Ask whether Pages is on'),
      {
        RUNNER_TEMP: '.',
        TOKEN: 'ghs_1',
        GITHUB_API_URL: 'https://api.github.example',
        GITHUB_REPOSITORY: 'acme/backups',
      },
      {
        // Writes where --output says.
        standIns: {
          curl: `while [ "$1" != --output ]; do shift; done; printf '%s' '{"url": "x", "build_type": "${build}"}' > "$2"; printf ${status}`,
        },
        path: '/usr/bin:/bin',
      },
    );

  test.each([
    ['200', 'workflow', 0, ['on=true'], []],
    ['200', 'legacy', 0, [], [expect.stringMatching(/^::notice::.*come from a branch/)]],
    ['404', '', 0, [], [expect.stringMatching(/^::notice::.*has no GitHub Pages/)]],
    ['502', '', 1, [], [expect.stringMatching(/^::error::.*status 502$/)]],
  ])('status %s, build %s', (status, build, exit, outputs, lines) => {
    const result = ask(status, build);
    expect([result.status, result.outputs, result.lines]).toEqual([exit, outputs, lines]);
    expect(result.calls).toEqual([expect.stringContaining('https://api.github.example/repos/acme/backups/pages')]);
  });
});
