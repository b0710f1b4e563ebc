// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are workflow files, whose expressions look alike
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWorkflow } from '../../../lab/runner/workflow-file.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-refusals-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function refusal(files: Record<string, string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return readWorkflow(root, 'w.yml').then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

const job = (body: string): string => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n${body}`;

describe('a workflow is refused before it runs, with file, line and key', () => {
  test.each([
    [
      'a service container',
      job('    services: { db: { image: x } }\n    steps: [{ run: x }]'),
      'w.yml:5: jobs.a.services',
    ],
    ['another shell', job('    steps:\n      - run: x\n        shell: pwsh'), 'w.yml:7: jobs.a.steps[0].shell'],
    [
      'another shell for all jobs',
      `defaults: { run: { shell: pwsh } }\n${job('    steps: [{ run: x }]')}`,
      'w.yml:1: defaults.run.shell',
    ],
    ['an action from elsewhere', job('    steps:\n      - uses: acme/deploy@v1'), 'has no acme/deploy@v1'],
    [
      'hashFiles',
      job("    steps:\n      - run: echo ${{ hashFiles('x') }}"),
      "w.yml:6: jobs.a.steps[0].run: Unrecognized function: 'hashFiles'",
    ],
    [
      'a Windows runner',
      'on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps: [{ run: x }]',
      'w.yml:4: jobs.a.runs-on',
    ],
    [
      'a matrix with include',
      job('    strategy: { fail-fast: false, matrix: { include: [{ x: 1 }] } }\n    steps: [{ run: x }]'),
      'jobs.a.strategy.matrix.include',
    ],
    [
      'a workflow of another repository',
      'on: push\njobs:\n  a:\n    uses: acme/x/.github/workflows/y.yml@v1',
      'w.yml:4: jobs.a.uses',
    ],
    [
      'queue: max with cancel-in-progress (GitHub too)',
      `concurrency: { group: g, queue: max, cancel-in-progress: true }\n${job('    steps: [{ run: x }]')}`,
      'w.yml:1: concurrency.queue',
    ],
    ['an unknown key (GitHub too)', job('    stepz: []\n    steps: [{ run: x }]'), 'w.yml:5'],
    [
      'a need that no job fulfils (GitHub too)',
      job('    needs: b\n    steps: [{ run: x }]'),
      'at least one job with no dependencies',
    ],
    [
      'an unknown context (GitHub too)',
      job('    steps: [{ run: "echo ${{ nothing.x }}" }]'),
      "Unrecognized named-value: 'nothing'",
    ],
  ])('%s', async (_, content, expected) => {
    expect(await refusal({ 'w.yml': content })).toContain(expected);
  });

  test('several reasons at once', async () => {
    const message = await refusal({
      'w.yml': job('    container: x\n    steps:\n      - uses: a/b@v1\n      - run: x\n        shell: sh'),
    });
    expect(message.split('\n')).toHaveLength(3);
  });

  test('an action of another kind, without its bundle, or given an input that it does not have', async () => {
    const uses = job('    steps:\n      - uses: ./act\n        with: { wrong: 1 }');
    expect(await refusal({ 'w.yml': uses })).toContain('act/action.yml:1: there is no such action');
    const composite = 'name: x\ndescription: x\nruns:\n  using: composite\n  steps: []\n';
    expect(await refusal({ 'w.yml': uses, 'act/action.yml': composite })).toContain('act/action.yml:4: runs.using');
    const bare = 'name: x\ndescription: x\nruns: { using: node24, main: gone.js }\n';
    expect(await refusal({ 'w.yml': uses, 'act/action.yml': bare })).toContain('act/gone.js does not exist');
    const whole = { 'act/gone.js': '', 'act/action.yml': bare };
    expect(await refusal({ 'w.yml': uses, ...whole })).toBe(
      'w.yml:7: jobs.a.steps[0].with.wrong: ./act has no such input',
    );
  });

  test('a workflow that calls itself', async () => {
    const self = 'on: workflow_call\njobs:\n  a:\n    uses: ./.github/workflows/s.yml\n';
    const message = await refusal({
      'w.yml': 'on: push\njobs:\n  a:\n    uses: ./.github/workflows/s.yml\n',
      '.github/workflows/s.yml': self,
    });
    expect(message).toContain('calls itself: w.yml → .github/workflows/s.yml → .github/workflows/s.yml');
  });

  test('what the runner supports is accepted', async () => {
    const whole = `run-name: x
${job(`    permissions: { id-token: write }
    timeout-minutes: 5
    concurrency: { group: "\${{ github.ref }}", queue: max }
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8
      - { run: 'echo "\${{ matrix.n }}"', if: "\${{ !cancelled() && matrix.n == 1 }}", shell: bash, timeout-minutes: 1 }`)}`;
    expect(await refusal({ 'w.yml': whole })).toBe('accepted');
  });
});
